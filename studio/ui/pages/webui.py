"""WebUI: install, start, follow, understand and look after web UIs; its panels are rows."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QStackedWidget, QTabBar

from studio.ui import theme
from studio.ui.page import Page
from studio.ui.panels.webui_change_card import ChangeCard
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.panels.webui_work import WorkBar
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.choice_edit import ChoiceEdit
from studio.ui.widgets.parts import column, row


@dataclass(frozen=True)
class PanelRow:
    """One panel: its lasting name, its title (translated), what it is for, and `module:class` below studio.ui.panels.

    One that `needs_install` gives way to the panel of installs while there is no web UI.
    """

    name: str
    title: str
    help: str
    path: str
    needs_install: bool = True

    def load(self) -> type[WebuiPanel]:
        """Import the panel's class."""
        module, _, name = self.path.partition(":")
        return getattr(import_module(f"studio.ui.panels.{module}"), name)


PANELS = (
    PanelRow("start", "Start", "Start and stop the web UI, and choose how.", "webui_start:StartPanel"),
    PanelRow("console", "Console", "What the web UI writes while it runs.", "webui_console:ConsolePanel"),
    PanelRow("diagnosis", "Troubleshooting", "What went wrong and what mends it.", "webui_diagnosis:DiagnosisPanel"),
    PanelRow(
        "versions",
        "Versions",
        "What there is and what is new: update, switch, go back.",
        "webui_versions:VersionsPanel",
    ),
    PanelRow("extensions", "Extensions", "Switch, update, install, uninstall.", "webui_extensions:ExtensionsPanel"),
    PanelRow("environment", "Environment", "Check and repair.", "webui_environment:EnvironmentPanel"),
    PanelRow("snapshots", "Snapshots", "What was changed, and the way back.", "webui_snapshots:SnapshotsPanel"),
    PanelRow("network", "Network", "Which ways to the servers work.", "webui_network:NetworkPanel", False),
    PanelRow("installs", "Web UIs", "Install, adopt and remove web UIs.", "webui_installs:InstallsPanel", False),
)


class WebuiPage(Page):
    """Tabs above, one panel below; panels are built when first shown."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.webui = session.webui
        self.panel_name = PANELS[0].name
        self._panels: dict[str, WebuiPanel] = {}
        self._states: dict[str, object] = {}
        self.stack, self.tabs, self.work = QStackedWidget(), self._tab_bar(), WorkBar(self.webui)
        self.chooser = ChoiceEdit(label=self._title)
        self.chooser.setFixedWidth(160)
        self.chooser.setAccessibleName(tr("Web UI"))
        self.chooser.setToolTip(tr("Which of your web UIs this page is about."))
        head = row(self.tabs, None, self.chooser, margin=0)
        head.setContentsMargins(theme.LARGE, theme.SMALL, theme.LARGE, 0)
        layout = column(head, parent=self, spacing=0)
        layout.addWidget(self.stack, 1)
        foot = row(self.work)
        foot.setContentsMargins(theme.LARGE, 0, theme.LARGE, theme.SMALL)
        layout.addLayout(foot)
        self.setFocusProxy(self.tabs)
        self.setAcceptDrops(True)
        self.chooser.changed.connect(self._choose)
        self.webui.installs_changed.connect(self._show_installs)
        self.webui.install_chosen.connect(self._show_installs)
        self.webui.panel_wanted.connect(self.show_panel)
        self._show_installs()
        if not self.webui.is_listed:
            self.webui.begin()

    def _tab_bar(self) -> QTabBar:
        tabs = QTabBar()
        tabs.setAccessibleName(tr("Parts of this page"))
        tabs.setToolTip(tr("Chooses a part of this page."))
        theme.dress(tabs, "tight")
        tabs.setExpanding(False)
        for place, panel in enumerate(PANELS):
            tabs.addTab(tr(panel.title))
            tabs.setTabToolTip(place, tr(panel.help))
        tabs.currentChanged.connect(self._follow_tab)
        return tabs

    # panels

    @Slot(str, object)
    def show_panel(self, name: str, value: object = None) -> None:
        """Show a panel, building it if needed, and hand it `value` if there is one."""
        self.panel_name = name
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(next(place for place, panel in enumerate(PANELS) if panel.name == name))
        panel = self._panel(self._possible(name))
        self.stack.setCurrentWidget(panel)
        self.work.leave_changes(panel.findChild(ChangeCard) is not None)
        panel.shown()
        if value is not None:
            panel.receive(value)
        self.state_changed.emit()

    def _possible(self, name: str) -> str:
        found = next(panel for panel in PANELS if panel.name == name)
        return "installs" if found.needs_install and self.webui.install is None else name

    def _panel(self, name: str) -> WebuiPanel:
        if name not in self._panels:
            found = next(panel for panel in PANELS if panel.name == name)
            made = self._panels[name] = found.load()(self.webui)
            made.setAccessibleName(tr(found.title))
            made.restore(self._state_of(name))
            made.state_changed.connect(self.state_changed)
            self.stack.addWidget(made)
        return self._panels[name]

    def _state_of(self, name: str) -> dict[str, object]:
        state = self._states.get(name)
        return state if isinstance(state, dict) else {}

    @Slot(int)
    def _follow_tab(self, place: int) -> None:
        self.show_panel(PANELS[place].name)

    # installs

    def _title(self, key: str) -> str:
        return next((one.title for one in self.webui.installs if one.key == key), key)

    @Slot()
    def _show_installs(self) -> None:
        with QSignalBlocker(self.chooser):
            self.chooser.set_choices([one.key for one in self.webui.installs])
            if self.webui.install:
                self.chooser.set_value(self.webui.install.key)
        self.chooser.setVisible(len(self.webui.installs) > 1)
        self.show_panel(self.panel_name)

    @Slot()
    def _choose(self) -> None:
        self.webui.choose(self.chooser.value())
        self.state_changed.emit()

    # memory

    def state(self) -> dict[str, object]:
        """The open panel, the chosen install and what the panels remember."""
        panels = {**self._states, **{name: panel.state() for name, panel in self._panels.items()}}
        install = self.webui.install.key if self.webui.install else ""
        return {"panel": self.panel_name, "install": install, "panels": panels}

    def restore(self, state: dict[str, object]) -> None:
        """Show the same panel of the same install."""
        panels, name, install = state.get("panels"), state.get("panel"), state.get("install")
        self._states = panels if isinstance(panels, dict) else {}
        if isinstance(install, str) and install:
            self.webui.choose(install)
        if isinstance(name, str) and any(panel.name == name for panel in PANELS):
            self.panel_name = name
        for known, panel in self._panels.items():
            panel.restore(self._state_of(known))
        self.show_panel(self.panel_name)

    def receive(self, value: object) -> None:
        """Show the panel of that name; "go" starts the chosen web UI."""
        if value == "go":
            self.show_panel("start", "go")
        elif isinstance(value, str):
            self.show_panel(value)

    def drop(self, path: Path) -> None:
        """A log that is dropped is looked through, a folder may be adopted."""
        self.show_panel("installs" if path.is_dir() else "diagnosis", path)
