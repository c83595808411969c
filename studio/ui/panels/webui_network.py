"""Network."""

from studio.ui.panels.webui_panel import WebuiPanel


class NetworkPanel(WebuiPanel):
    """Network."""
