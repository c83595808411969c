"""What a fix would change, shown before it does, and facts that help to do it oneself."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QListWidget, QWidget

from studio.ui import theme
from studio.ui.translate import tr
from studio.ui.widgets.parts import button, column, label, row


class FactsDialog(QDialog):
    """Facts, one a line, and a sentence on what to do with them; `paths` belong to lines and open by double click."""

    def __init__(
        self, parent: QWidget, title: str, lines: Sequence[str], text: str, paths: Sequence[Path] = ()
    ) -> None:
        super().__init__(parent)
        theme.clothe(self)
        self.setWindowTitle(title)
        self.setMinimumWidth(560)
        self.paths = list(paths)
        self.list = QListWidget()
        self.list.setFont(theme.mono_font())
        self.list.setAccessibleName(title)
        self.list.setToolTip(tr("Opens the folder by double click.") if paths else text)
        self.list.addItems(list(lines))
        self.list.itemActivated.connect(lambda item: self.open_line(self.list.row(item)))
        close = button(tr("Close"), self.accept, role="primary", tip=tr("Changes nothing."))
        parts = (label(title, "title", wrap=True), label(text, "muted", wrap=True), self.list)
        column(*parts, row(None, close), parent=self, spacing=theme.MEDIUM, margin=theme.LARGE)

    def open_line(self, place: int) -> None:
        """Show the folder of a line."""
        if place < len(self.paths):
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.paths[place])))


class FixDialog(QDialog):
    """Asks before a fix that installs, removes or fetches something; `accepted` is a yes."""

    def __init__(self, parent: QWidget, title: str, steps: Sequence[str], is_live: bool) -> None:
        super().__init__(parent)
        theme.clothe(self)
        self.setWindowTitle(title)
        self.setMinimumWidth(520)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("What would be changed"))
        self.list.addItems(list(steps))
        self.list.setVisible(bool(steps))
        text = tr("The web UI is stopped for this, and started again afterwards.") if is_live else ""
        text = text or tr("The web UI is started afterwards.")
        self.go = button(
            tr("Do it"), self.accept, role="primary", tip=tr("Makes these changes; they can be taken back.")
        )
        stay = button(tr("Cancel"), self.reject, tip=tr("Changes nothing."))
        parts = (label(title, "title", wrap=True), self.list, label(text, "muted", wrap=True))
        column(*parts, row(None, stay, self.go), parent=self, spacing=theme.MEDIUM, margin=theme.LARGE)
