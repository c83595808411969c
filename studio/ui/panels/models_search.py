"""Searching Civitai and Hugging Face: words and filters above, cards below, the chosen model beside them."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QSplitter, QStackedWidget, QWidget

from studio.catalog.hubs import HUB_BASES, HUB_KINDS
from studio.core.settings import lenient
from studio.library.downloads.found import Found, Page, Query
from studio.library.downloads.wanted import Wanted
from studio.ui import theme
from studio.ui.jobs import Job
from studio.ui.panels.download_card import SITES
from studio.ui.panels.hub_detail import HubDetail
from studio.ui.panels.hub_grid import HubGrid
from studio.ui.panels.model_texts import kind_text
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.choice_menu import ChoiceMenu
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.parts import button, column, label, row
from studio.ui.widgets.search_field import search_field

PERIODS = {"Year": "This year", "Month": "This month", "Week": "This week", "Day": "Today"}
SORTS = {"downloads": "Most downloaded", "rating": "Best liked", "newest": "Newest first"}
GRID, DETAIL = 640, 320
MOST_DRY = 5  # pages in a row of which nothing is shown, after which no more is asked for by itself


class SearchPanel(QWidget):
    """Search, look, choose a version and a file, download."""

    state_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.downloads = session, session.downloads
        self.setAccessibleName(tr("Search the sites"))
        self.query = Query(adult=session.settings.adult_previews)
        self.next_cursor = ""
        self._dry, self._has_failed = 0, False
        self._job: Job | None = None
        self._asked: Found | None = None
        self.field = search_field(tr("What are you looking for?"), tr("Searches the names of models on the site."))
        self.field.returnPressed.connect(self.search)
        self.go = button(tr("Search"), self.search, role="primary", tip=tr("Asks the site."))
        self.menus = self._menus()
        self.adult = QCheckBox(tr("Also for adults"))
        self.adult.setToolTip(tr("Finds and shows what its site marks as being for adults."))
        self.adult.setChecked(session.settings.adult_previews)
        self.adult.setMinimumHeight(self.menus["site"].sizeHint().height())
        self.adult.toggled.connect(self._set_adult)
        self.grid, self.detail, self.count = HubGrid(session), HubDetail(), label(role="small")
        self._lay_out()
        self.grid.chosen.connect(self._choose)
        self.grid.more_wanted.connect(self._more)
        self.detail.wanted.connect(self._download)
        self.setFocusProxy(self.field)

    def _menus(self) -> dict[str, ChoiceMenu]:
        made = {
            "site": ChoiceMenu(tr("Site"), tr("Where to look for models."), has_all=False),
            "kind": ChoiceMenu(tr("Kind"), tr("Shows only models of one kind.")),
            "base": ChoiceMenu(tr("Made for"), tr("Shows only what goes with one family of models.")),
            "period": ChoiceMenu(tr("Since"), tr("Shows only what is as new as that.")),
            "sort": ChoiceMenu(tr("Order"), tr("The order of the cards."), has_all=False),
        }
        offers = {
            "site": SITES,
            "kind": {one.name: kind_text(one.name) for one in HUB_KINDS},
            "base": {one.name: one.label for one in HUB_BASES},
            "period": {name: tr(PERIODS[name]) for name in PERIODS},
            "sort": {name: tr(SORTS[name]) for name in SORTS},
        }
        for name, menu in made.items():
            menu.offer(offers[name])
            menu.show_value("" if name == "period" else getattr(self.query, name))
            menu.chosen.connect(lambda value, name=name: self._narrow(name, value))
        return made

    def _lay_out(self) -> None:
        head = row(self.go)
        head.insertWidget(0, self.field, 1)
        filters = QWidget()
        flow = FlowLayout(filters, theme.SMALL)
        for widget in (*self.menus.values(), self.adult):
            flow.addWidget(widget)
        self.stack = QStackedWidget()
        self.empty = EmptyState("magnifying-glass", tr("Find models"), tr("Search Civitai or Hugging Face."))
        self.nothing = EmptyState("magnifying-glass", tr("Nothing found"), tr("Try other words or fewer filters."))
        for widget in (self.empty, self.nothing, self.grid):
            self.stack.addWidget(widget)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        for widget in (self.stack, self.detail):
            splitter.addWidget(widget)
        splitter.setSizes([GRID, DETAIL])
        layout = column(head, filters, parent=self, margin=theme.MEDIUM)
        layout.addWidget(splitter, 1)
        layout.addWidget(self.count)

    # searching

    @Slot()
    def search(self) -> None:
        """Ask the site for the words and filters that are set."""
        self.query = self.query.model_copy(update={"words": self.field.text().strip(), "cursor": ""})
        self.next_cursor, self._dry = "", 0
        self.detail.show_found(None)
        self.grid.rows.show_found(())
        self.stack.setCurrentWidget(self.grid)
        self._ask()
        self.state_changed.emit()

    @Slot()
    def _more(self) -> None:
        if self.next_cursor and self._job is None:
            self.query = self.query.model_copy(update={"cursor": self.next_cursor})
            self._ask()

    def _ask(self) -> None:
        if self._job:
            self._job.cancel()
        self._has_failed = False
        self.count.setText(tr("Searching …"))
        self._job = self.downloads.search(self.query, self._take)
        self._job.failed.connect(self._fail)
        self._job.finished.connect(self._end)

    @Slot(object)
    def _take(self, page: Page) -> None:
        if self.sender() is self._job:
            self.next_cursor = page.cursor
            self._dry = 0 if self.grid.rows.add(page.found) else self._dry + 1

    @Slot()
    def _fail(self) -> None:
        if self.sender() is self._job:
            self._has_failed = True

    @Slot()
    def _end(self) -> None:
        """Go on while nothing new was shown or there is room, but not against a site in trouble."""
        if self.sender() is not self._job:
            return
        self._job = None
        if not self._has_failed and self._dry < MOST_DRY:
            self.grid.look_for_end()
        if self._job is None:
            self._show_end()

    def _show_end(self) -> None:
        found = self.grid.rows.found
        self.count.setText("" if self._has_failed else tr("{count} models", count=f"{len(found):,}"))
        without = self.empty if self._has_failed else self.nothing
        self.stack.setCurrentWidget(self.grid if found else without)

    def _narrow(self, name: str, value: str) -> None:
        shown = value
        if name == "period":
            value = value or "AllTime"
        self.query = self.query.model_copy(update={name: value})
        self.menus[name].show_value(shown)
        if self.field.text().strip() or self.grid.rows.found:
            self.search()
        self.state_changed.emit()

    @Slot(bool)
    def _set_adult(self, is_on: bool) -> None:
        self.query = self.query.model_copy(update={"adult": is_on})
        self.session.change_settings(adult_previews=is_on)
        if self.grid.rows.found:
            self.search()

    # the chosen model

    @Slot(object)
    def _choose(self, found: Found) -> None:
        self._asked = found
        self.detail.show_found(found)
        if not found.variants:
            self.downloads.complete(found, self._show_whole)

    @Slot(object)
    def _show_whole(self, whole: Found) -> None:
        if self._asked and (whole.site, whole.id) == (self._asked.site, self._asked.id):
            self.detail.show_found(whole)

    @Slot(object)
    def _download(self, wanted: Wanted) -> None:
        self.downloads.add(wanted)

    # memory

    def state(self) -> dict[str, object]:
        """What is looked for."""
        return {"query": {**self.query.model_dump(exclude={"cursor", "adult"}), "words": self.field.text()}}

    def restore(self, state: dict[str, object]) -> None:
        """Show the words and filters that `state` gave; nothing is asked until somebody searches."""
        values = state.get("query")
        known = values if isinstance(values, dict) else {}
        self.query = lenient(Query, {**known, "cursor": "", "adult": self.adult.isChecked()})
        self.field.setText(self.query.words)
        for name, menu in self.menus.items():
            value = getattr(self.query, name)
            menu.show_value("" if value == "AllTime" else value)
