"""What a search of a site found, as cards whose pictures come when they are seen."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QBuffer,
    QByteArray,
    QIODevice,
    QModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.library.downloads.found import Found
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.panels.model_texts import kind_text
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.card_grid import ITEM, CardGrid, Index
from studio.ui.widgets.parts import plain_tip
from studio.ui.widgets.pixmaps import Pixmaps

FOUND = ITEM
EDGE, FOOT, GAP, INSET = 168, 48, 4, 8
PREVIEW_EDGE, MOST_BYTES, MOST_PIXELS = 450, 2**24, 80_000_000
NEAR_END = 400  # points above the end at which more is asked for


class Previews(Pixmaps):
    """Pictures of the sites by their addresses."""

    def __init__(self, session: Session) -> None:
        web = [session.downloads.web]  # a list, as the lane is to see another one

        def load(urls: Sequence[str], _: Places, context: JobContext) -> None:
            for url in urls:
                try:
                    image = decoded(web[0].bytes(url, MOST_BYTES, context))
                except StudioError:
                    image = QImage()  # a card without a picture says enough
                context.deliver((url, image))

        super().__init__(session, load, session.downloads.previews)
        self._web = web
        session.settings_changed.connect(self._follow_settings)

    @Slot()
    def _follow_settings(self) -> None:
        self._web[0] = self._session.downloads.web
        self.forget_missing()


def decoded(data: bytes) -> QImage:
    """A picture of at most PREVIEW_EDGE pixels; a null one if it cannot be read or is too large."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > MOST_PIXELS:
        return QImage()
    if max(size.width(), size.height()) > PREVIEW_EDGE:
        reader.setScaledSize(size.scaled(QSize(PREVIEW_EDGE, PREVIEW_EDGE), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class FoundRows(QAbstractListModel):
    """The models that were found so far."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Found] = []

    def show_found(self, found: Sequence[Found]) -> None:
        """Show other models."""
        self.beginResetModel()
        self.found = list(found)
        self.endResetModel()

    def add(self, found: Sequence[Found]) -> bool:
        """Show more behind those that are shown; one that is there is not shown twice. Whether any was new."""
        known = {(one.site, one.id) for one in self.found}
        new = [one for one in found if (one.site, one.id) not in known]
        if new:
            self.beginInsertRows(QModelIndex(), len(self.found), len(self.found) + len(new) - 1)
            self.found += new
            self.endInsertRows()
        return bool(new)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """How many there are."""
        return 0 if parent.isValid() else len(self.found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The Found, and what is said of it."""
        found = self.found[index.row()]
        if role == FOUND:
            return found
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            said = f"{found.title}\n{about(found)}"
            return plain_tip(said) if role == Qt.ItemDataRole.ToolTipRole else said
        return None


def about(found: Found) -> str:
    """What a model is, in one line."""
    base = next((one.base for one in found.variants if one.base), "")
    count = f"{found.downloads:,}" if found.downloads else ""
    return " · ".join(filter(None, (kind_text(found.kind) if found.kind else "", base, found.creator, count)))


class HubGrid(CardGrid):
    """Cards of what was found; `chosen` tells of the selection, `more_wanted` that its end comes into view."""

    chosen = Signal(object)  # Found
    more_wanted = Signal()
    foot = FOOT

    def __init__(self, session: Session) -> None:
        super().__init__(EDGE)
        self.session = session
        self.rows, self.previews = FoundRows(), Previews(session)
        self.setModel(self.rows)
        self.setItemDelegate(Card(self))
        self.setAccessibleName(tr("What was found"))
        self.setToolTip(tr("Choose a model to see its versions and files."))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.previews.arrived.connect(self._draw_again)
        self.selectionModel().currentChanged.connect(self._choose)
        self.verticalScrollBar().valueChanged.connect(self.look_for_end)
        self.verticalScrollBar().rangeChanged.connect(self.look_for_end)
        self.fit()

    def picture(self, found: Found) -> QPixmap | None:
        """The picture of a model: None while it comes, a null one if there is none or it is not to be shown."""
        url = found.picture(self.session.settings.adult_previews)
        return self.previews.get(url) if url else QPixmap()

    @Slot(object)
    def _draw_again(self, _: str) -> None:
        self.viewport().update()

    @Slot(QModelIndex, QModelIndex)
    def _choose(self, index: QModelIndex, _: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.data(FOUND))

    @Slot()
    def look_for_end(self) -> None:
        """Ask for more if the end is near, or what is there does not fill the view."""
        self.executeDelayedItemsLayout()
        bar = self.verticalScrollBar()
        if bar.value() >= bar.maximum() - NEAR_END:
            self.more_wanted.emit()


class Card(QStyledItemDelegate):
    """Draws one model."""

    def __init__(self, grid: HubGrid) -> None:
        super().__init__(grid)
        self._grid = grid
        self._sign = icon("image", theme.current().muted)
        self._hidden = icon("eye-slash", theme.current().muted)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's
        """The grid's cell."""
        return self._grid.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the picture, the title and what it is."""
        found: Found = index.data(FOUND)
        tokens, state = theme.current(), option.state  # type: ignore[attr-defined]
        tile = QRectF(option.rect).adjusted(GAP, GAP, -GAP, -GAP)  # type: ignore[attr-defined]
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        path = QPainterPath()
        path.addRoundedRect(tile, theme.INPUT_RADIUS, theme.INPUT_RADIUS)
        is_lit = is_selected or bool(state & QStyle.StateFlag.State_MouseOver)
        painter.fillPath(path, QColor(tokens.hover if is_lit else tokens.surface))
        painter.setClipPath(path)
        self._draw_picture(painter, tile.adjusted(0, 0, 0, -FOOT), found)
        painter.setClipping(False)
        self._draw_words(painter, tile, found)
        if is_selected:
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawPath(path)
        painter.restore()

    def _draw_picture(self, painter: QPainter, room: QRectF, found: Found) -> None:
        pixmap = self._grid.picture(found)
        if pixmap is None:
            return
        if pixmap.isNull():
            is_hidden = bool(found.picture(with_adult=True)) and not found.picture(
                self._grid.session.settings.adult_previews
            )
            middle = room.center().toPoint()
            (self._hidden if is_hidden else self._sign).paint(painter, QRect(middle.x() - 14, middle.y() - 14, 28, 28))
            return
        size = pixmap.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        at = QRectF(0, 0, size.width(), size.height())
        at.moveCenter(room.center())
        painter.save()
        painter.setClipRect(room, Qt.ClipOperation.IntersectClip)
        painter.drawPixmap(at, pixmap, QRectF(pixmap.rect()))
        painter.restore()

    def _draw_words(self, painter: QPainter, tile: QRectF, found: Found) -> None:
        tokens = theme.current()
        foot = QRectF(tile.left() + INSET, tile.bottom() - FOOT, tile.width() - 2 * INSET, FOOT)
        half = foot.height() / 2
        metrics = painter.fontMetrics()
        for text, top, colour in (
            (found.title, foot.top() + 2, tokens.text),
            (about(found), foot.top() + half - 3, tokens.muted),
        ):
            painter.setPen(QColor(colour))
            line = QRectF(foot.left(), top, foot.width(), half)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(foot.width()))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
