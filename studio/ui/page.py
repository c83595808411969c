"""What the window expects of a page."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from studio.ui import theme
from studio.ui.session import Session


class Page(QWidget):
    """One page of the window: made when first shown, and made anew when language or theme change.

    Everything worth keeping goes through `state` and `restore` (JSON values only); emit `state_changed` after every
    edit and the window writes it within a second.
    """

    state_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        theme.dress(self, "page")

    def state(self) -> dict[str, object]:
        """What the user would miss after a restart, as JSON values."""
        return {}

    def restore(self, state: dict[str, object]) -> None:
        """Show what `state` gave earlier, perhaps in another version: ignore what is not understood."""

    def receive(self, value: object) -> None:
        """Take what another page sends through Session.show_page: a request, a saved picture, a path."""

    def drop(self, path: Path) -> None:
        """Take a file that was dropped here, where the page accepts drops."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files; models are the window's."""
        files = dropped_files(event)
        if files and not models_of(files):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the first file that was dropped."""
        if files := dropped_files(event):
            event.acceptProposedAction()
            self.drop(files[0])


def dropped_files(event: QDropEvent) -> list[Path]:
    """The files of this machine that are dragged or dropped."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def models_of(files: list[Path]) -> list[Path]:
    """Those that look like models."""
    from studio.library.filing import is_model  # reads headers, which the window can open without

    return [path for path in files if is_model(path)]
