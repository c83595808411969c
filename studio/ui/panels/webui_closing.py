"""What becomes of running web UIs when the window closes."""

from PySide6.QtWidgets import QDialog, QWidget

from studio.ui import theme
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.widgets.parts import button, column, label, row


class ClosingDialog(QDialog):
    """Asks whether running web UIs are stopped (the default) or go on; `accepted` is that the window may close."""

    def __init__(self, parent: QWidget, webui: WebuiSession) -> None:
        super().__init__(parent)
        theme.clothe(self)
        self.webui = webui
        self.setWindowTitle(tr("Close SD Studio"))
        self.setMinimumWidth(480)
        titles = ", ".join(run.install.title for run in webui.live)
        stop_tip = tr("Ends the web UI, then closes the window.")
        keep_tip = tr("The web UI goes on without the studio, which finds it again at its next start.")
        self.stop = button(tr("Stop it and close"), self.accept, role="primary", tip=stop_tip)
        self.keep = button(tr("Keep it running"), self._leave, tip=keep_tip)
        stay = button(tr("Cancel"), self.reject, tip=tr("Keeps the window open."))
        text = tr("It is stopped with the window. Kept running, it goes on and is found again at the next start.")
        parts = (label(tr("{titles} is running", titles=titles), "title", wrap=True), label(text, "muted", wrap=True))
        column(*parts, row(stay, None, self.keep, self.stop), parent=self, spacing=theme.MEDIUM, margin=theme.LARGE)
        self.stop.setDefault(True)

    def _leave(self) -> None:
        self.webui.leave()
        self.accept()
