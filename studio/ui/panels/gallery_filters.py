"""What is looked for in the gallery: one text, which the filters beside it only write into."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSlider, QWidget

from studio.library.gallery_search import STARRED, value_of, with_term
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.translate import tr
from studio.ui.widgets.choice_menu import ChoiceMenu
from studio.ui.widgets.parts import column, label, row, tool
from studio.ui.widgets.thumbnail_grid import EDGE, LEAST_EDGE, MOST_EDGE

DELAY_MS = 150


class GalleryFilters(QWidget):
    """The search field with its filters; `searched` follows a moment after the last key."""

    searched = Signal(str)
    edge_changed = Signal(int)
    refresh_wanted = Signal()
    open_wanted = Signal()
    left_downwards = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self.search)
        self.field = self._search_field()
        tip = tr("Shows only pictures made with one of these.")
        self.model, self.sampler = ChoiceMenu(tr("Model"), tip), ChoiceMenu(tr("Sampler"), tip)
        self.model.chosen.connect(partial(self._set_term, "model"))
        self.sampler.chosen.connect(partial(self._set_term, "sampler"))
        self.star = tool("star", tr("Starred only"), tip=tr("Shows only pictures with a star."))
        self.star.setCheckable(True)
        self.star.clicked.connect(self._toggle_star)
        self.edge = self._edge_slider()
        self.problem = label(role="small", wrap=True)
        self.problem.hide()
        refresh = tool("arrows-clockwise", tr("Look for new pictures"), self.refresh_wanted.emit)
        read = tool("file-search", tr("Read a file's parameters"), self.open_wanted.emit)
        read.setToolTip(tr("Shows how a picture from anywhere was made. Dropping it on this page does the same."))
        tools = row(self.field, self.model, self.sampler, self.star, self.edge, refresh, read)
        column(tools, self.problem, parent=self, spacing=theme.TINY)

    @property
    def text(self) -> str:
        """The search as it stands."""
        return self.field.text()

    def show_text(self, text: str) -> None:
        """Put a search into the field and look for it now."""
        self.field.setText(text)
        self.search()

    def offer(self, models: Sequence[str], samplers: Sequence[str]) -> None:
        """What the menus offer."""
        self.model.offer({name: name for name in models})
        self.sampler.offer({name: name for name in samplers})

    def show_problem(self, text: str) -> None:
        """Say what is wrong with the search; "" if nothing is."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    @Slot()
    def search(self) -> None:
        """Look for what stands in the field."""
        self._timer.stop()
        is_starred = bool(value_of(self.text, STARRED))
        self.star.setChecked(is_starred)
        self.star.setIcon(icon("star-fill" if is_starred else "star", theme.current().warn if is_starred else ""))
        for menu, key in ((self.model, "model"), (self.sampler, "sampler")):
            menu.show_value(value_of(self.text, key))
        self.searched.emit(self.text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down leaves the field for the pictures, Escape empties it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down:
                self.left_downwards.emit()
                return True
            if event.key() == Qt.Key.Key_Escape and self.text:
                self.show_text("")
                return True
        return super().eventFilter(watched, event)

    def _search_field(self) -> QLineEdit:
        field = QLineEdit(clearButtonEnabled=True)
        field.setPlaceholderText(tr("Search prompts, or model: seed: size: date:"))
        field.setAccessibleName(tr("Search"))
        field.setToolTip(
            tr(
                'Finds pictures by words of their prompt. More exactly: model:name, sampler:"Euler a", seed:123,'
                " size:512x768, date:2026-11, negative:word, starred; a minus before it leaves them out."
            )
        )
        field.addAction(icon("magnifying-glass", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition)
        field.textEdited.connect(self._timer.start)
        field.textChanged.connect(self._search_if_cleared)
        field.returnPressed.connect(self.search)
        field.installEventFilter(self)
        return field

    def _edge_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(LEAST_EDGE, MOST_EDGE)
        slider.setValue(EDGE)
        slider.setFixedWidth(88)
        slider.setAccessibleName(tr("Thumbnail size"))
        slider.setToolTip(tr("Makes the thumbnails smaller or larger."))
        slider.valueChanged.connect(self.edge_changed)
        return slider

    def _set_term(self, key: str, value: str) -> None:
        self.show_text(with_term(self.text, key, value))

    @Slot(bool)
    def _toggle_star(self, is_on: bool) -> None:
        self._set_term(STARRED, "yes" if is_on else "")

    @Slot(str)
    def _search_if_cleared(self, text: str) -> None:
        if not text:
            self._timer.start()
