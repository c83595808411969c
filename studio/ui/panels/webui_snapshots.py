"""Snapshots."""

from studio.ui.panels.webui_panel import WebuiPanel


class SnapshotsPanel(WebuiPanel):
    """Snapshots."""
