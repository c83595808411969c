"""A grid of thumbnails that knows only what is on the screen, so that 50,000 pictures scroll like fifty."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.library.gallery import Gallery, Picture
from studio.library.thumbnails import thumbnail
from studio.ui import images, theme
from studio.ui.icons import icon
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.card_grid import ITEM, CardGrid, Index
from studio.ui.widgets.paged_rows import PagedRows
from studio.ui.widgets.parts import plain_tip
from studio.ui.widgets.pixmaps import Pixmaps

LEAST_EDGE, EDGE, MOST_EDGE = 96, 168, 256
GAP, INSET, STAR = 4, 6, 16

Key = tuple[Path, int]
PICTURE = ITEM


class Thumbnails(Pixmaps):
    """The thumbnails of pictures; a key is a path with its file's time."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, load)

    def pixmap(self, picture: Picture) -> QPixmap | None:
        """The thumbnail, a null one if the file cannot be shown, or None while it is on its way."""
        return self.get((picture.path, picture.mtime_ns))


def load(keys: Sequence[Key], places: Places, context: JobContext) -> None:
    """Deliver each key with its thumbnail; a null image stands for a file that cannot be shown."""
    for path, mtime_ns in keys:
        context.check()
        try:
            image = images.read(thumbnail(path, mtime_ns, places))
        except StudioError:  # a full disk too: no thumbnail is no reason to stop
            image = QImage()
        context.deliver(((path, mtime_ns), image))


class PictureModel(PagedRows[Picture]):
    """The rows of a search."""

    def picture(self, row: int) -> Picture | None:
        """The picture in a row."""
        return self.item(row)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The Picture, and what is said of it."""
        if role not in (PICTURE, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return None
        picture = self.picture(index.row())
        if picture is None or role == PICTURE:
            return picture
        said = f"{picture.path.name}\n{picture.width} × {picture.height}"
        return plain_tip(said) if role == Qt.ItemDataRole.ToolTipRole else said


class ThumbnailGrid(CardGrid):
    """Pictures in rows; `chosen` tells of the selection, `opened` of a double click or Enter."""

    chosen = Signal(object)  # list[Picture], the current one first
    opened = Signal(object)  # Picture

    def __init__(self, session: Session) -> None:
        super().__init__(EDGE)
        self.pictures = PictureModel()
        self.thumbnails = Thumbnails(session)
        self.setModel(self.pictures)
        self.setItemDelegate(Tile(self))
        self.setAccessibleName(tr("Pictures"))
        self.setToolTip(tr("A double click shows a picture large; Ctrl+click chooses two to compare."))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.thumbnails.arrived.connect(self._draw_again)
        self.selectionModel().selectionChanged.connect(self._choose)
        self.activated.connect(self._open)
        self.fit()

    def set_edge(self, edge: int) -> None:
        """Make tiles at least this wide; they grow to fill the row."""
        self.edge = min(max(edge, LEAST_EDGE), MOST_EDGE)
        self.fit()

    def show_pictures(self, gallery: Gallery, ids: list[int]) -> None:
        """Show these pictures in this order."""
        self.pictures.show_ids(gallery.pictures, ids)
        self.viewport().update()
        self._choose()

    def selected(self) -> list[Picture]:
        """The selected pictures, the current one first."""
        return [picture for index in self.chosen_indexes() if (picture := index.data(PICTURE))]

    @Slot(object)
    def _draw_again(self, key: Key) -> None:
        """Not by dataChanged, after which a QListView measures all its rows anew."""
        self.update(self.pictures.index(self.pictures.row_at(key[0])))

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self.selected())

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if picture := index.data(PICTURE):
            self.opened.emit(picture)


class Tile(QStyledItemDelegate):
    """Draws one picture on its tile."""

    def __init__(self, grid: ThumbnailGrid) -> None:
        super().__init__(grid)
        self._grid = grid
        self._star = icon("star-fill", theme.current().warn)
        self._broken = icon("warning", theme.current().muted)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's
        """The grid's cell."""
        return self._grid.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the tile, the picture as large as it fits, its star, and the ring of the selection."""
        picture = index.data(PICTURE)
        if picture is None:
            return
        state, rect = option.state, option.rect  # type: ignore[attr-defined]
        tile = QRectF(rect).adjusted(GAP, GAP, -GAP, -GAP)
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._draw_tile(painter, tile, is_selected, bool(state & QStyle.StateFlag.State_MouseOver))
        self._draw_picture(painter, tile.adjusted(INSET, INSET, -INSET, -INSET), picture)
        if picture.is_starred:
            corner = QRect(int(tile.right()) - STAR - INSET, int(tile.top()) + INSET, STAR, STAR)
            self._star.paint(painter, corner)
        if is_selected or state & QStyle.StateFlag.State_HasFocus:
            self._draw_ring(painter, tile, is_selected)
        painter.restore()

    def _draw_tile(self, painter: QPainter, tile: QRectF, is_selected: bool, is_hovered: bool) -> None:
        tokens = theme.current()
        colour = tokens.hover if is_selected else tokens.raised if is_hovered else tokens.surface
        path = QPainterPath()
        path.addRoundedRect(tile, theme.INPUT_RADIUS, theme.INPUT_RADIUS)
        painter.fillPath(path, QColor(colour))

    def _draw_picture(self, painter: QPainter, room: QRectF, picture: Picture) -> None:
        pixmap = self._grid.thumbnails.pixmap(picture)
        if pixmap is None:
            return
        if pixmap.isNull():
            middle = room.center().toPoint()
            self._broken.paint(painter, QRect(middle.x() - 14, middle.y() - 14, 28, 28))
            return
        size = pixmap.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        at = QRectF(0, 0, size.width(), size.height())
        at.moveCenter(room.center())
        painter.drawPixmap(at, pixmap, QRectF(pixmap.rect()))

    def _draw_ring(self, painter: QPainter, tile: QRectF, is_selected: bool) -> None:
        tokens = theme.current()
        painter.setPen(QPen(QColor(tokens.accent if is_selected else tokens.muted), 2 if is_selected else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(tile, theme.INPUT_RADIUS, theme.INPUT_RADIUS)
