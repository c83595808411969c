"""Getting models from the network: searching the sites, and what is being downloaded."""

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from studio.library.downloads.queue import State
from studio.ui import theme
from studio.ui.panels.models_downloads import DownloadsPanel
from studio.ui.panels.models_search import SearchPanel
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.parts import button, column, row

NAMES = ("search", "downloads")


class GetPanel(QWidget):
    """Two tabs and the way back to one's own models."""

    left = Signal()
    state_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.downloads = session.downloads
        self.search, self.list = SearchPanel(session), DownloadsPanel(session)
        self.tabs, self.stack = QTabBar(), QStackedWidget()
        self.tabs.setAccessibleName(tr("Parts of this page"))
        self.tabs.setToolTip(tr("Chooses a part of this page."))
        self.tabs.setExpanding(False)
        for title, widget in ((tr("Search"), self.search), (tr("Downloads"), self.list)):
            self.tabs.addTab(title)
            self.stack.addWidget(widget)
        back = button(tr("Your models"), self.left.emit, tip=tr("Back to the models in your folders."))
        head = row(self.tabs, None, back)
        head.setContentsMargins(theme.LARGE, theme.SMALL, theme.LARGE, 0)
        column(head, parent=self, spacing=0).addWidget(self.stack, 1)
        self.setFocusProxy(self.tabs)
        self.tabs.currentChanged.connect(self._follow_tab)
        self.search.state_changed.connect(self.state_changed)
        self.downloads.changed.connect(self._count)
        self.downloads.token_wanted.connect(self._show_downloads)
        self._count()

    @Slot()
    def _count(self) -> None:
        """Say on the tab how many are under way."""
        states = self.downloads.queue.states().values()
        count = sum(state in (State.WAITING, State.RUNNING) for state in states)
        self.tabs.setTabText(1, f"{tr('Downloads')} ({count})" if count else tr("Downloads"))

    def show_panel(self, name: str) -> None:
        """Show "search" or "downloads"."""
        self.tabs.setCurrentIndex(NAMES.index(name))

    @Slot(str)
    def _show_downloads(self, _: str) -> None:
        self.show_panel("downloads")

    @Slot(int)
    def _follow_tab(self, place: int) -> None:
        self.stack.setCurrentIndex(place)
        self.state_changed.emit()

    def state(self) -> dict[str, object]:
        """The open tab and what both remember."""
        return {
            "panel": NAMES[self.stack.currentIndex()],
            "search": self.search.state(),
            "downloads": self.list.state(),
        }

    def restore(self, state: dict[str, object]) -> None:
        """Show what `state` gave."""
        for name, panel in (("search", self.search), ("downloads", self.list)):
            if isinstance(kept := state.get(name), dict):
                panel.restore(kept)
        if state.get("panel") in NAMES:
            with QSignalBlocker(self.tabs):
                self.show_panel(str(state["panel"]))
            self.stack.setCurrentIndex(self.tabs.currentIndex())
