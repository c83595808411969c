"""The pictures of this session in a row."""

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from studio.core.result import SavedImage
from studio.ui import images, theme
from studio.ui.translate import tr
from studio.ui.widgets.parts import plain_tip

EDGE, MOST = 72, 200


class Thumbnail(QStyledItemDelegate):
    """Draws a thumbnail with round corners, framed where it is chosen."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one."""
        tokens = theme.current()
        pixmap = index.data(Qt.ItemDataRole.DecorationRole)
        size = pixmap.deviceIndependentSize() if isinstance(pixmap, QPixmap) else QSize(EDGE, EDGE * 2 // 3).toSizeF()
        rect = QRectF(0, 0, size.width(), size.height())
        rect.moveCenter(QRectF(option.rect).center())  # type: ignore[attr-defined]
        outline = QPainterPath()
        outline.addRoundedRect(rect, 4, 4)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(outline)
        painter.fillRect(rect, QColor(tokens.raised))
        if isinstance(pixmap, QPixmap):
            painter.drawPixmap(rect.topLeft(), pixmap)
        painter.setClipping(False)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):  # type: ignore[attr-defined]
            is_chosen = option.state & QStyle.StateFlag.State_Selected  # type: ignore[attr-defined]
            painter.setPen(QPen(QColor(tokens.accent if is_chosen else tokens.muted), 2))
            painter.drawRoundedRect(rect.adjusted(-2, -2, 2, 2), 5, 5)
        painter.restore()


class FilmStrip(QListView):
    """Thumbnails, the newest at the right; `picked` tells which picture is chosen."""

    picked = Signal(object)  # SavedImage

    def __init__(self) -> None:
        super().__init__()
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setItemDelegate(Thumbnail(self))
        self.setAccessibleName(tr("Pictures of this session"))
        self.setToolTip(tr("The newest is at the right; a click shows one large."))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(EDGE, EDGE))
        self.setGridSize(QSize(EDGE + 8, EDGE + 8))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(EDGE + 22)
        self.selectionModel().currentChanged.connect(self._pick)

    def pictures(self) -> Iterator[SavedImage]:
        """The pictures from left to right."""
        for row in range(self._items.rowCount()):
            yield self._items.item(row).data(Qt.ItemDataRole.UserRole)

    def current(self) -> SavedImage | None:
        """The chosen picture."""
        return self.currentIndex().data(Qt.ItemDataRole.UserRole)

    def add(self, saved: SavedImage) -> None:
        """Put a picture at the right; its thumbnail may follow."""
        item = QStandardItem()
        item.setData(saved, Qt.ItemDataRole.UserRole)
        item.setData(saved.path.name, Qt.ItemDataRole.AccessibleTextRole)
        item.setToolTip(plain_tip(f"{saved.path.name}\n{saved.width} × {saved.height}"))
        item.setSizeHint(QSize(EDGE + 8, EDGE + 8))
        self._items.appendRow(item)
        if self._items.rowCount() > MOST:
            self._items.removeRow(0)

    def set_thumbnail(self, saved: SavedImage, image: QImage) -> None:
        """Show what a picture looks like."""
        if (item := self._item(saved)) is not None:
            item.setData(images.pixmap(image, EDGE, self.devicePixelRatioF()), Qt.ItemDataRole.DecorationRole)

    def choose(self, saved: SavedImage) -> None:
        """Choose a picture and bring it into view."""
        if (item := self._item(saved)) is not None:
            self.setCurrentIndex(item.index())
            self.scrollTo(item.index())

    def remove(self, saved: SavedImage) -> None:
        """Take a picture out; its neighbour is chosen."""
        if (item := self._item(saved)) is not None:
            self._items.removeRow(item.row())

    def _item(self, saved: SavedImage) -> QStandardItem | None:
        rows = range(self._items.rowCount() - 1, -1, -1)
        items = (self._items.item(row) for row in rows)
        return next((item for item in items if item.data(Qt.ItemDataRole.UserRole).path == saved.path), None)

    @Slot(QModelIndex, QModelIndex)
    def _pick(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self.picked.emit(index.data(Qt.ItemDataRole.UserRole))
