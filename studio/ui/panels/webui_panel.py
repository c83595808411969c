"""What the WebUI page expects of its panels."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.ui.webui import WebuiSession


class WebuiPanel(QWidget):
    """One panel of the WebUI page: made when first shown, made anew when language or theme change.

    It lives in `self.webui`'s signals and keeps nothing that is worth more than `state` gives.
    """

    state_changed = Signal()

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui = webui

    def state(self) -> dict[str, object]:
        """What the user would miss after a restart, as JSON values."""
        return {}

    def restore(self, state: dict[str, object]) -> None:
        """Show what `state` gave earlier; ignore what is not understood."""

    def receive(self, value: object) -> None:
        """Take what another panel sends through WebuiSession.show_panel."""

    def shown(self) -> None:
        """The panel is now the one that is seen."""
