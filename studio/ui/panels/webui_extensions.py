"""Extensions: what is installed, and what can be."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from studio.ui import theme
from studio.ui.panels.webui_change_card import ProbeBox, with_card
from studio.ui.panels.webui_extension_index import IndexList
from studio.ui.panels.webui_extension_list import InstalledList, Seen, read
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.widgets.parts import column, row


class ExtensionsPanel(WebuiPanel):
    """Two lists, one at a time; both follow every change."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__(webui)
        self.changes = webui.changes
        self._read_for = ""
        self.installed, self.index = InstalledList(webui), IndexList(webui)
        self.tabs, self.stack = QTabBar(), QStackedWidget()
        self.tabs.setAccessibleName(tr("Which extensions are listed"))
        self.tabs.setToolTip(tr("Shows the installed extensions, or those that can be installed."))
        self.tabs.setExpanding(False)
        for title, part in ((tr("Installed"), self.installed), (tr("Install"), self.index)):
            self.tabs.addTab(title)
            self.stack.addWidget(part)
        lists = QWidget()
        layout = column(row(self.tabs, None, ProbeBox(self.changes)), parent=lists, spacing=theme.MEDIUM)
        layout.addWidget(self.stack, 1)
        self.card = with_card(webui, self, lists)
        self.tabs.currentChanged.connect(self._show_list)
        self.index.state_changed.connect(self.state_changed)
        self.changes.ended.connect(self._read_again)
        webui.install_chosen.connect(self._read_again)

    def shown(self) -> None:
        """Look at the extensions, if that was not done yet."""
        if self._read_for != self._key:
            self._read()
        if self.tabs.currentIndex() == 1:
            self.index.load_once()

    @property
    def _key(self) -> str:
        return self.webui.install.key if self.webui.install else ""

    @Slot()
    def _read_again(self) -> None:
        self._read_for = ""
        if self.isVisible():
            self._read()

    def _read(self) -> None:
        self._read_for = self._key
        self.changes.look(read, self._take)

    @Slot(object)
    def _take(self, seen: Seen) -> None:
        self.installed.show_seen(seen)
        self.index.show_installed([one.remote for one in seen.extensions if one.remote])

    @Slot(int)
    def _show_list(self, place: int) -> None:
        self.stack.setCurrentIndex(place)
        if place == 1:
            self.index.load_once()
        self.state_changed.emit()

    def receive(self, value: object) -> None:
        """Choose the extension of that name."""
        if isinstance(value, str):
            self.tabs.setCurrentIndex(0)
            self.installed.table.choose(lambda one: one.name == value)

    def state(self) -> dict[str, object]:
        """Which list is shown, and how."""
        return {"tab": self.tabs.currentIndex(), "index": self.index.state()}

    def restore(self, state: dict[str, object]) -> None:
        """Show the same."""
        found = state.get("index")
        self.index.restore(found if isinstance(found, dict) else {})
        self.tabs.setCurrentIndex(1 if state.get("tab") == 1 else 0)
