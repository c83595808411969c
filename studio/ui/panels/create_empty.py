"""What stands in the picture's place before there is one: what to do next."""

from typing import cast

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import button


class CreateEmpty(QStackedWidget):
    """Either there is no model yet, or no picture yet."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.folder = session.places.models / "Stable-diffusion"
        self.no_model = EmptyState(
            "cube",
            tr("No model yet"),
            tr("Put a .safetensors checkpoint into the folder models/Stable-diffusion, then look again."),
            tr("Open the folder"),
        )
        self.no_model.acted.connect(self._open_folder)
        self.again = button(
            tr("Look again"), self._look_again, role="quiet", tip=tr("Looks for models in all model folders again.")
        )
        self.addWidget(
            EmptyState("image", tr("No picture yet"), tr("Describe one on the left and press Generate (Ctrl+Enter)."))
        )
        cast(QVBoxLayout, self.no_model.layout()).addWidget(self.again, 0, Qt.AlignmentFlag.AlignHCenter)
        self.addWidget(self.no_model)

    def show_models(self, are_there: bool) -> None:
        """Say what is missing."""
        self.setCurrentIndex(0 if are_there else 1)

    @Slot()
    def _open_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.folder)))

    @Slot()
    def _look_again(self) -> None:
        self._session.refresh_models()
