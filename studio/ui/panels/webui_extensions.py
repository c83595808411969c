"""Extensions."""

from studio.ui.panels.webui_panel import WebuiPanel


class ExtensionsPanel(WebuiPanel):
    """Extensions."""
