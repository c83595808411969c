"""What is looked for among the models: words, kind, family, tag, favourites, order; and how they are shown."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSlider, QToolButton, QWidget

from studio.library.model_rows import Query
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.panels.model_grid import EDGE, LEAST_EDGE, MOST_EDGE
from studio.ui.panels.model_overview import Overview
from studio.ui.panels.model_texts import SORTS, kind_text
from studio.ui.translate import tr
from studio.ui.widgets.choice_menu import ChoiceMenu
from studio.ui.widgets.parts import column, row, tool
from studio.ui.widgets.search_field import search_field

DELAY_MS = 150


class ModelFilters(QWidget):
    """The search field with its filters; `searched` follows a moment after the last key."""

    searched = Signal()
    edge_changed = Signal(int)
    list_wanted = Signal(bool)
    refresh_wanted = Signal()
    check_wanted = Signal()
    hashes_wanted = Signal()
    left_downwards = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.query = Query()
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self.search)
        self.field = search_field(
            tr("Search names, trigger words, tags …"),
            tr("Finds models by words of their names, descriptions, trigger words and tags."),
        )
        self.field.textEdited.connect(self._timer.start)
        self.field.textChanged.connect(self._search_if_cleared)
        self.field.returnPressed.connect(self.search)
        self.field.installEventFilter(self)
        self.menus = {
            "kind": ChoiceMenu(tr("Kind"), tr("Shows only models of one kind.")),
            "base": ChoiceMenu(tr("Made for"), tr("Shows only what goes with one family of models.")),
            "tag": ChoiceMenu(tr("Tag"), tr("Shows only models with one tag.")),
            "sort": ChoiceMenu(tr("Order"), tr("The order of the cards."), has_all=False),
        }
        for name, menu in self.menus.items():
            menu.chosen.connect(lambda value, name=name: self._narrow(**{name: value}))
        self.menus["sort"].offer({name: tr(SORTS[name]) for name in SORTS})
        self.star = _switch("star", tr("Favourites only"), tr("Shows only models with a star."), self._toggle_star)
        self.as_list = _switch("rows", tr("As a list"), tr("Shows lines instead of cards."), self._toggle_list)
        self.edge = self._edge_slider()
        refresh = tool("arrows-clockwise", tr("Look again"), self.refresh_wanted.emit)
        refresh.setToolTip(tr("Looks for models in all model folders again."))
        check = tool("first-aid-kit", tr("Check all models"), self.check_wanted.emit)
        check.setToolTip(tr("Finds broken files, wrong folders and copies that take room twice."))
        hashes = tool("fingerprint", tr("Compute the hashes"), self.hashes_wanted.emit)
        hashes.setToolTip(tr("Reads all models shown below; by their hashes pictures from elsewhere find them."))
        upper = row(self.field, self.edge, self.as_list, check, hashes, refresh)
        lower = row(*self.menus.values(), self.star, None)
        column(upper, lower, parent=self, spacing=theme.SMALL)
        self.show_query(Query())

    def show_query(self, query: Query) -> None:
        """Put a query into the fields and look for it now."""
        self.query = query
        self.field.setText(query.words)
        self.search()

    def clear(self) -> None:
        """Look for everything."""
        self.show_query(Query(sort=self.query.sort))

    def offer(self, there: Overview) -> None:
        """What the menus offer, with counts."""
        self.menus["kind"].offer({value: f"{kind_text(value)} ({count})" for value, count in there.kinds.items()})
        self.menus["base"].offer({value: f"{value} ({count})" for value, count in there.bases.items()})
        self.menus["tag"].offer({value: f"{value} ({count})" for value, count in there.tags.items()})

    @Slot()
    def search(self) -> None:
        """Look for what is chosen."""
        self._timer.stop()
        self.query = replace(self.query, words=self.field.text().strip())
        for name, menu in self.menus.items():
            menu.show_value(getattr(self.query, name))
        is_starred = self.query.only_favourites
        self.star.setChecked(is_starred)
        self.star.setIcon(icon("star-fill" if is_starred else "star", theme.current().warn if is_starred else ""))
        self.searched.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down leaves the field for the cards, Escape empties it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down:
                self.left_downwards.emit()
                return True
            if event.key() == Qt.Key.Key_Escape and self.field.text():
                self.field.clear()
                self.search()
                return True
        return super().eventFilter(watched, event)

    def _narrow(self, **changes: str) -> None:
        self.query = replace(self.query, **changes)  # type: ignore[arg-type]
        self.search()

    @Slot(bool)
    def _toggle_star(self, is_on: bool) -> None:
        self.query = replace(self.query, only_favourites=is_on)
        self.search()

    @Slot(bool)
    def _toggle_list(self, is_on: bool) -> None:
        self.edge.setEnabled(not is_on)
        self.list_wanted.emit(is_on)

    @Slot(str)
    def _search_if_cleared(self, text: str) -> None:
        if not text:
            self._timer.start()

    def _edge_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(LEAST_EDGE, MOST_EDGE)
        slider.setValue(EDGE)
        slider.setFixedWidth(72)
        slider.setAccessibleName(tr("Card size"))
        slider.setToolTip(tr("Makes the cards smaller or larger."))
        slider.valueChanged.connect(self.edge_changed)
        return slider


def _switch(sign: str, name: str, tip: str, act: Callable[[bool], None]) -> QToolButton:
    made = tool(sign, name, tip=tip)
    made.setCheckable(True)
    made.clicked.connect(act)
    return made
