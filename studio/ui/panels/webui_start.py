"""Start."""

from studio.ui.panels.webui_panel import WebuiPanel


class StartPanel(WebuiPanel):
    """Start."""
