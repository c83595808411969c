"""While a waiting order is changed on the Create page: what to do with the changes."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame

from studio.core.errors import StudioError
from studio.core.request import GenerateRequest
from studio.core.settings import lenient
from studio.ui import theme
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.parts import button, column, label, row


class OrderEdit(QFrame):
    """A card above Generate; `ended` gives back what stood on the page before, `saved` asks for its changes."""

    saved = Signal()
    ended = Signal(object)  # GenerateRequest

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._order = 0
        self._before = GenerateRequest()
        self.setProperty("role", "panel")
        about = label(tr("You are changing an order of the queue."), "small", wrap=True)
        self.save = button(tr("Save changes"), self.saved.emit, role="primary")
        self.save.setToolTip(tr("The order is painted as the page says now."))
        self.cancel = button(tr("Cancel"), self._end, role="quiet", tip=tr("The order stays as it was."))
        lines = column(about, row(self.save, self.cancel, None), parent=self, spacing=theme.TINY)
        lines.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, 0)
        self.hide()

    @property
    def is_on(self) -> bool:
        """Whether an order is being changed."""
        return self._order > 0

    def begin(self, order: int, before: GenerateRequest) -> None:
        """Change the order with this id; `before` is what stands on the page."""
        if not self.is_on:
            self._before = before
        self._order = order
        self.show()

    def put(self, request: GenerateRequest) -> None:
        """Give the order its changes; if it has begun meanwhile, a notice says so and they stay on the page."""
        try:
            self._session.orders.edit(self._order, request)
        except StudioError as error:
            self._session.tell(error)
            self._leave()
        else:
            self._end()

    def state(self) -> list[object]:
        """What is being changed, as JSON values."""
        return [self._order, self._before.model_dump(mode="json")] if self.is_on else []

    def restore(self, state: object) -> None:
        """Go on with what `state` gave."""
        if isinstance(state, list) and len(state) == 2 and isinstance(state[0], int) and isinstance(state[1], dict):
            self.begin(state[0], lenient(GenerateRequest, state[1]))

    def _leave(self) -> None:
        self._order = 0
        self.hide()

    @Slot()
    def _end(self) -> None:
        self._leave()
        self.ended.emit(self._before)
