"""One order of the queue on a card: what it asks for, how far it is, and what can be done about it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QProgressBar, QToolButton

from studio.core.job import Progress
from studio.library.queue import Queue, Row, State
from studio.ui import theme
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import column, label, row, tool

STATES = {
    State.WAITING: "waiting",
    State.RUNNING: "running",
    State.DONE: "done",
    State.CANCELLED: "stopped",
    State.FAILED: "failed",
}
ANY = frozenset(State)
ENDED_EARLY = frozenset({State.CANCELLED, State.FAILED})
WAITING, RUNNING = frozenset({State.WAITING}), frozenset({State.RUNNING})


class OrderCard(QFrame):
    """Shows one row of the queue, and follows it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.order: Row | None = None
        self._before: Row | None = None
        self._behind: Row | None = None
        self.setProperty("role", "card")
        self._head, self._state, self._facts = ElidedLabel(), label(role="small"), ElidedLabel(role="small")
        self._error, self._bar = label(role="mistake", wrap=True), QProgressBar()
        self._bar.setAccessibleName(tr("Progress"))
        self.tools: dict[str, tuple[QToolButton, frozenset[State]]] = {}
        self._add("stop", "stop", tr("Stop"), self._stop, RUNNING)
        self._add("retry", "arrow-clockwise", tr("Go on with what is missing"), self._retry, ENDED_EARLY)
        self._add("up", "arrow-up", tr("Earlier"), self._earlier, WAITING)
        self._add("down", "arrow-down", tr("Later"), self._later, WAITING)
        self._add("edit", "pencil-simple", tr("Change this order"), self._edit, WAITING)
        self._add("show", "sliders-horizontal", tr("Show on the Create page"), self._edit, ANY - WAITING)
        self._add("copy", "copy", tr("Duplicate"), self._duplicate, ANY)
        self._add("remove", "trash", tr("Take off the list"), self._remove, ANY - RUNNING)
        facts = row(self._state)
        facts.addWidget(self._facts, 1)
        buttons = row(None, *(made for made, _ in self.tools.values()), spacing=0)
        parts = (self._head, facts, self._error, self._bar, buttons)
        column(*parts, parent=self, spacing=theme.TINY, margin=theme.SMALL)

    def show_order(self, order: Row, waiting: Sequence[Row]) -> None:
        """Show `order`; `waiting` are the orders that wait, by which its neighbours are known."""
        place = next((place for place, one in enumerate(waiting) if one.id == order.id), -1)
        self._before = waiting[place - 1] if place > 0 else None
        self._behind = waiting[place + 1] if 0 <= place < len(waiting) - 1 else None
        if order != self.order:
            self.order = order
            self._show(order)
        self.tools["up"][0].setEnabled(self._before is not None)
        self.tools["down"][0].setEnabled(self._behind is not None)

    def show_progress(self, progress: Progress) -> None:
        """Show how far the running row is."""
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)

    def _show(self, order: Row) -> None:
        request = order.request
        prompt = request.template or request.prompt or tr("(no prompt)")
        state = tr(STATES[order.state])
        self.setAccessibleName(prompt)
        self._head.set_text(" ".join(prompt.split()))
        self._state.setText(f"{state} {order.done}/{order.total}" if order.total > 1 else state)
        self._facts.set_text(f"{request.width} × {request.height} · {tr(request.sampler)} · {request.steps}")
        self._error.setText(tr("It failed: {reason}", reason=order.error))
        self._error.setVisible(order.state == State.FAILED and bool(order.error))
        self._bar.setRange(0, order.total)
        self._bar.setValue(order.done)
        self._bar.setVisible(order.state == State.RUNNING)
        for made, states in self.tools.values():
            made.setVisible(order.state in states)

    def _add(self, name: str, sign: str, title: str, act: Callable[[], None], states: frozenset[State]) -> None:
        self.tools[name] = (tool(sign, title, act), states)

    @Slot()
    def _stop(self) -> None:
        if self.session.orders.job:
            self.session.orders.job.cancel()

    @Slot()
    def _retry(self) -> None:
        self._change(lambda queue, key: queue.retry(key))

    @Slot()
    def _earlier(self) -> None:
        self._take_place_of(self._before)

    @Slot()
    def _later(self) -> None:
        self._take_place_of(self._behind)

    def _take_place_of(self, other: Row | None) -> None:
        if other:
            self._change(lambda queue, key: queue.move(key, other.position))

    @Slot()
    def _edit(self) -> None:
        self.session.show_page("create", self.order)

    @Slot()
    def _duplicate(self) -> None:
        self._change(lambda queue, key: queue.duplicate(key))

    @Slot()
    def _remove(self) -> None:
        self._change(lambda queue, key: queue.remove(key))

    def _change(self, act: Callable[[Queue, int], object]) -> None:
        if self.order:
            with self.session.orders.changing() as queue:
                act(queue, self.order.id)
