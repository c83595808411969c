"""Installs."""

from studio.ui.panels.webui_panel import WebuiPanel


class InstallsPanel(WebuiPanel):
    """Installs."""
