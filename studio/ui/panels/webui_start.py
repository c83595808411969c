"""Start: the large button, what goes on, and how the web UI is started."""

from typing import cast

from PySide6.QtWidgets import QWidget

from studio.catalog.webui_flags import LEVEL_TITLES
from studio.ui import theme
from studio.ui.panels.webui_command import CommandCard
from studio.ui.panels.webui_launch import LaunchCard
from studio.ui.panels.webui_options import OptionsCard
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.webui import WebuiSession
from studio.ui.widgets.parts import column, row, scrolled

SIDE = 300


class StartPanel(WebuiPanel):
    """The launch card above; options and command line side by side below."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__(webui)
        self.launch, self.options, self.command = LaunchCard(webui), OptionsCard(webui), CommandCard(webui)
        self.command.setFixedWidth(SIDE)
        lower = QWidget()
        layout = row(parent=lower, spacing=theme.LARGE)
        layout.addWidget(self.options, 1)
        layout.addLayout(column(self.command, None))
        lower.layout().setContentsMargins(theme.LARGE, 0, theme.LARGE, theme.LARGE)  # type: ignore[union-attr]
        upper = row(self.launch, margin=theme.LARGE)
        column(upper, parent=self, spacing=0).addWidget(scrolled(lower), 1)
        self.options.level_changed.connect(self.state_changed)
        self.setFocusProxy(self.launch.start)

    def receive(self, value: object) -> None:
        """Start the web UI at once, if asked to."""
        if value == "go" and self.webui.run and not self.webui.run.is_live:
            self.webui.start()

    def state(self) -> dict[str, object]:
        """The level of the options."""
        return {"level": self.options.level}

    def restore(self, state: dict[str, object]) -> None:
        """Show the same level."""
        if state.get("level") in LEVEL_TITLES:
            self.options.set_level(cast(str, state["level"]))
