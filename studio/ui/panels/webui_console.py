"""Console."""

from studio.ui.panels.webui_panel import WebuiPanel


class ConsolePanel(WebuiPanel):
    """Console."""
