"""The environment of the web UI: checked and repaired, its torch and Python chosen, its packages, its shield."""

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from studio.ui import theme
from studio.ui.panels.webui_change_card import with_card
from studio.ui.panels.webui_checks import CheckList
from studio.ui.panels.webui_packages import PackageList
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.panels.webui_shield import ShieldEdit
from studio.ui.panels.webui_torch import TorchTables
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.widgets.parts import column

PARTS = ("checks", "torch", "packages", "shield")


class EnvironmentPanel(WebuiPanel):
    """Four parts, one at a time; each is read when it is first shown and after every change."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__(webui)
        self._read_for: dict[int, str] = {}
        self.checks, self.torch = CheckList(webui), TorchTables(webui)
        self.packages, self.shield = PackageList(webui), ShieldEdit(webui)
        self.tabs, self.stack = QTabBar(), QStackedWidget()
        self.tabs.setAccessibleName(tr("Parts of the environment"))
        self.tabs.setToolTip(tr("Chooses a part of the environment."))
        self.tabs.setExpanding(False)
        titles = (tr("Check and repair"), tr("torch and Python"), tr("Packages"), tr("Protection"))
        for title, part in zip(titles, (self.checks, self.torch, self.packages, self.shield), strict=True):
            self.tabs.addTab(title)
            self.stack.addWidget(part)
        parts = QWidget()
        layout = column(self.tabs, parent=parts, spacing=theme.MEDIUM)
        layout.addWidget(self.stack, 1)
        self.card = with_card(webui, self, parts)
        self.tabs.currentChanged.connect(self._show_part)
        webui.changes.ended.connect(self._read_again)
        webui.install_chosen.connect(self._read_again)

    @property
    def _reads(self) -> tuple[Callable[[], object], ...]:
        return self.checks.check, self.torch.read, self.packages.read, self.shield.read

    def shown(self) -> None:
        """Look at the part that is shown, if that was not done yet."""
        place = self.tabs.currentIndex()
        key = self.webui.install.key if self.webui.install else ""
        if self._read_for.get(place) != key:
            self._read_for[place] = key
            self._reads[place]()

    @Slot()
    def _read_again(self) -> None:
        self._read_for.clear()
        if self.isVisible():
            self.shown()

    @Slot(int)
    def _show_part(self, place: int) -> None:
        self.stack.setCurrentIndex(place)
        self.shown()
        self.state_changed.emit()

    def state(self) -> dict[str, object]:
        """Which part is shown."""
        return {"part": PARTS[self.tabs.currentIndex()]}

    def restore(self, state: dict[str, object]) -> None:
        """Show the same part."""
        if state.get("part") in PARTS:
            self.tabs.setCurrentIndex(PARTS.index(str(state["part"])))

    def receive(self, value: object) -> None:
        """Show the part of that name."""
        if value in PARTS:
            self.tabs.setCurrentIndex(PARTS.index(str(value)))
