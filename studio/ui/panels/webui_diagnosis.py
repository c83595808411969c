"""Diagnosis."""

from studio.ui.panels.webui_panel import WebuiPanel


class DiagnosisPanel(WebuiPanel):
    """Diagnosis."""
