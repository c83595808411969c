"""Environment."""

from studio.ui.panels.webui_panel import WebuiPanel


class EnvironmentPanel(WebuiPanel):
    """Environment."""
