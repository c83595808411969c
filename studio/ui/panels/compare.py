"""Two pictures over each other, and what was asked differently for them."""

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from studio.core.job import JobContext
from studio.library.gallery import Picture
from studio.ui import images, theme
from studio.ui.panels.lineage import differing, rows_of
from studio.ui.panels.picture_detail import Table
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.image_view import ImageView
from studio.ui.widgets.parts import button, column, label, row, scrolled

TABLE_HEIGHT = 144


class PictureViewer(QWidget):
    """One picture large, or two with a divider and a table of their differences; `closed` goes back to the grid."""

    closed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._paths: tuple[Path, ...] = ()
        self.view = ImageView()
        self.view.setAccessibleName(tr("Picture"))
        self.view.zoom_changed.connect(self._say_zoom)
        self._title, self._zoom = ElidedLabel(), label(role="muted")
        self._table = Table(columns=3)
        self._differences = scrolled(self._table)
        self._differences.setFixedHeight(TABLE_HEIGHT)
        back = button(tr("Back to the grid"), self.closed.emit, tip=tr("Shows all pictures again (Esc)."))
        whole = button(tr("Fit"), self.view.fit, role="quiet", tip=tr("Makes the picture as large as the window (0)."))
        exact = button("100 %", self._show_actual, role="quiet", tip=tr("Shows every pixel as it is (1)."))
        head = row(back, self._title, self._zoom, whole, exact)
        head.setStretch(1, 1)
        column(head, self.view, self._differences, parent=self, spacing=theme.SMALL).setStretch(1, 1)
        QShortcut(QKeySequence.StandardKey.Cancel, self, self.closed.emit)

    def show_picture(self, picture: Picture) -> None:
        """Show one picture."""
        self._title.set_text(picture.path.name)
        self._differences.hide()
        self._load(picture.path)

    def compare(self, first: Picture, second: Picture) -> None:
        """Lay `first` over the left part of `second`."""
        self._title.set_text(f"{first.path.name}  |  {second.path.name}")
        one, other = rows_of(first.infotext), rows_of(second.infotext)
        said = [
            (tr(name), one.get(name, "–"), other.get(name, "–")) for name in differing(first.infotext, second.infotext)
        ]
        heads = ("", first.path.name, second.path.name)
        self._table.show_rows([heads, *said] if said else [(tr("The parameters are the same."),)])
        self._differences.show()
        self._load(second.path, first.path)

    def _load(self, *paths: Path) -> None:
        self._paths = paths
        self.view.clear()
        job = self._session.pictures.begin(lambda context: _read(paths, context))
        job.succeeded.connect(self._show)
        job.failed.connect(self._session.tell)

    @Slot(object)
    def _show(self, loaded: dict[Path, QImage]) -> None:
        if self._paths != tuple(loaded):
            return
        picture, *before = loaded.values()
        self.view.show_picture(picture)
        self.view.compare(before[0] if before else None)
        self.view.fit()
        self.view.setFocus()

    @Slot()
    def _show_actual(self) -> None:
        self.view.show_actual_size()

    @Slot(float)
    def _say_zoom(self, zoom: float) -> None:
        self._zoom.setText(f"{zoom * 100:.0f} %")


def _read(paths: tuple[Path, ...], context: JobContext) -> dict[Path, QImage]:
    context.check()
    return {path: images.read(path) for path in paths}
