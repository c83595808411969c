"""A grid or list of model cards that knows only what is on the screen, so that 10,000 scroll like ten."""

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.library import gallery, model_covers
from studio.library.index import ModelIndex
from studio.library.model_covers import CoverKey
from studio.library.model_rows import Model
from studio.ui import images, theme
from studio.ui.icons import icon
from studio.ui.panels.model_texts import about, is_usable, kind_of
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.card_grid import ITEM, CardGrid, Index
from studio.ui.widgets.paged_rows import PagedRows
from studio.ui.widgets.parts import plain_tip
from studio.ui.widgets.pixmaps import Pixmaps

MODEL = ITEM
LEAST_EDGE, EDGE, MOST_EDGE = 88, 152, 256
LINE, FOOT, GAP, INSET, SIGN = 52, 44, 4, 8, 18
SMALL_FOOT = 26
MOST_KEYS = 2000
SIGNS = {
    "checkpoint": "cube",
    "network": "stack",
    "embedding": "text-t",
    "vae": "palette",
    "control": "person",
    "upscaler": "arrows-out",
    "restorer": "smiley",
}


class Covers(Pixmaps):
    """The pictures on cards."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, load)
        self._keys: dict[int, tuple[Model, CoverKey]] = {}

    def pixmap(self, model: Model) -> QPixmap | None:
        """The cover, a null one if there is none, or None while it is on its way."""
        return self.get(self._key(model))

    def _key(self, model: Model) -> CoverKey:
        """The key of a model's cover; asking the disk on each drawing would be felt."""
        known = self._keys.get(model.id)
        if known is None or known[0] is not model:
            if len(self._keys) > MOST_KEYS:
                self._keys.clear()
            known = self._keys[model.id] = (model, model_covers.key(model))
        return known[1]


def load(keys: Sequence[CoverKey], places: Places, context: JobContext) -> None:
    """Deliver each key with its cover; a null image stands for a card without one."""
    pictures = gallery.opened(places.gallery)
    for key in keys:
        context.check()
        try:
            file = model_covers.thumbnail(key, pictures, places)
            image = images.read(file) if file else QImage()
        except StudioError:  # a full disk too: no cover is no reason to stop
            image = QImage()
        context.deliver((key, image))


class ModelRows(PagedRows[Model]):
    """The rows of a search."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The Model, and what is said of it."""
        if role not in (MODEL, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return None
        model = self.item(index.row())
        if model is None or role == MODEL:
            return model
        said = f"{model.title}\n{about(model)}\n{model.name}"
        return plain_tip(said) if role == Qt.ItemDataRole.ToolTipRole else said


class ModelGrid(CardGrid):
    """Cards of models; `chosen` tells of the selection, `used` of a double click, Enter or the card's plus.

    With `acts_on_click` a single click is enough: the small grid beside the prompt.
    """

    chosen = Signal(object)  # list[Model], the current one first
    used = Signal(object)  # Model
    starred = Signal(object)  # Model

    def __init__(self, session: Session, acts_on_click: bool = False) -> None:
        super().__init__(EDGE)
        self.is_list, self.acts_on_click = False, acts_on_click
        self.foot = SMALL_FOOT if acts_on_click else FOOT
        self.active: Collection[str] = ()
        self.rows = ModelRows()
        self.covers = Covers(session)
        self.setModel(self.rows)
        self.setItemDelegate(Card(self))
        self.setAccessibleName(tr("Models"))
        tip = tr("A click puts a model into the prompt, or takes it out again.")
        self.setToolTip(tip if acts_on_click else tr("A click shows a model; a double click paints with it."))
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.NoSelection if acts_on_click else mode.ExtendedSelection)
        self.covers.arrived.connect(self._draw_again)
        self.selectionModel().selectionChanged.connect(self._choose)
        (self.clicked if acts_on_click else self.activated).connect(self._use)
        self.fit()

    def set_edge(self, edge: int) -> None:
        """Make cards at least this wide; they grow to fill the row."""
        self.edge = min(max(edge, LEAST_EDGE), MOST_EDGE)
        self.fit()

    def set_list(self, is_list: bool) -> None:
        """Show lines instead of cards, or cards again."""
        self.is_list = is_list
        self.fit()

    def set_active(self, names: Collection[str]) -> None:
        """Mark the models (by the names of their files, without endings) that are in the prompt."""
        if names != self.active:
            self.active = names
            self.viewport().update()

    def show_models(self, index: ModelIndex, ids: list[int]) -> None:
        """Show these models in this order."""
        self.rows.show_ids(index.models, ids)
        self.viewport().update()
        self._choose()

    def read_again(self) -> None:
        """Show what models are called and look like now."""
        self.rows.forget()
        self.covers.forget_missing()
        self.viewport().update()

    def selected(self) -> list[Model]:
        """The selected models, the current one first."""
        return [model for index in self.chosen_indexes() if (model := index.data(MODEL))]

    def card(self, index: Index) -> QRect:
        """Where a card is drawn."""
        return self.visualRect(index).adjusted(GAP, GAP, -GAP, -GAP)  # type: ignore[arg-type]

    def plus(self, index: Index) -> QRect:
        """Where a card's plus is: the place that acts at one click."""
        card = self.card(index)
        return QRect(card.left() + INSET, card.top() + INSET, SIGN + 8, SIGN + 8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a card's plus paints with the model without showing it."""
        at = self.indexAt(event.position().toPoint())
        is_plus = at.isValid() and not self.is_list and self.plus(at).contains(event.position().toPoint())
        if is_plus and not self.acts_on_click and event.button() == Qt.MouseButton.LeftButton:
            self._use(at)
        else:
            super().mousePressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Cards are as high as their font needs."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit()

    def fit(self) -> None:
        """Make the cards as wide as fills the row, or lines as wide as the list."""
        if self.is_list:
            self.setGridSize(QSize(max(self.viewport().width() - 1, 1), LINE))
        else:
            super().fit()

    @Slot(object)
    def _draw_again(self, key: CoverKey) -> None:
        self.update(self.rows.index(self.rows.row_at(key.path)))

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self.selected())

    @Slot(QModelIndex)
    def _use(self, index: QModelIndex) -> None:
        model = index.data(MODEL)
        if model and is_usable(model):
            self.used.emit(model)


class Card(QStyledItemDelegate):
    """Draws one model."""

    def __init__(self, grid: ModelGrid) -> None:
        super().__init__(grid)
        self._grid = grid
        tokens = theme.current()
        self._star, self._broken = icon("star-fill", tokens.warn), icon("warning", tokens.bad)
        self._plus = icon("plus", tokens.on_accent)
        self._signs = {kind: icon(sign, tokens.muted) for kind, sign in SIGNS.items()}
        self._other = icon("file", tokens.muted)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's
        """The grid's cell."""
        return self._grid.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the card: cover, title, what it is, star or warning, and the ring of the selection."""
        model: Model | None = index.data(MODEL)
        if model is None:
            return
        state = option.state  # type: ignore[attr-defined]
        card = QRectF(option.rect).adjusted(GAP, GAP, -GAP, -GAP)  # type: ignore[attr-defined]
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        is_active = bool(self._grid.active and {model.path.stem, model.name.rpartition(".")[0]} & {*self._grid.active})
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        self._draw_ground(painter, card, is_selected, is_hovered)
        if self._grid.is_list:
            self._draw_line(painter, card, model)
        else:
            self._draw_card(painter, card, model, is_hovered)
        if is_selected or is_active or state & QStyle.StateFlag.State_HasFocus:
            self._draw_ring(painter, card, is_selected or is_active)
        painter.restore()

    def _draw_ground(self, painter: QPainter, card: QRectF, is_selected: bool, is_hovered: bool) -> None:
        tokens = theme.current()
        colour = tokens.hover if is_selected else tokens.raised if is_hovered else tokens.surface
        painter.fillPath(_rounded(card), QColor(colour))

    def _draw_card(self, painter: QPainter, card: QRectF, model: Model, is_hovered: bool) -> None:
        cover = QRectF(card.left(), card.top(), card.width(), card.height() - self._grid.foot)
        self._draw_cover(painter, cover, model)
        texts = QRect(int(card.left()) + INSET, int(cover.bottom()), int(card.width()) - 2 * INSET, self._grid.foot)
        if self._grid.acts_on_click:
            self._draw_text(painter, texts, model.title, theme.current().text)
        else:
            half = texts.adjusted(0, 4, 0, -self._grid.foot // 2)
            self._draw_text(painter, half, model.title, theme.current().text)
            self._draw_text(painter, half.translated(0, self._grid.foot // 2 - 3), about(model), theme.current().muted)
        self._draw_sign(painter, QRect(int(card.right()) - SIGN - INSET, int(card.top()) + INSET, SIGN, SIGN), model)
        if is_hovered and not self._grid.acts_on_click and is_usable(model):
            plus = QRectF(card.left() + INSET, card.top() + INSET, SIGN + 8, SIGN + 8)
            painter.fillPath(_rounded(plus), QColor(theme.current().accent))
            self._plus.paint(painter, plus.adjusted(4, 4, -4, -4).toRect())

    def _draw_line(self, painter: QPainter, card: QRectF, model: Model) -> None:
        side = card.height()
        self._draw_cover(painter, QRectF(card.left(), card.top(), side, side), model)
        left, width = int(card.left() + side) + INSET, int(card.width() - side) - 3 * INSET - SIGN
        upper = QRect(left, int(card.top()) + 3, width, int(side) // 2 - 2)
        self._draw_text(painter, upper, model.title, theme.current().text)
        lower = upper.translated(0, int(side) // 2 - 2)
        self._draw_text(painter, lower, f"{about(model)}  ·  {model.name}", theme.current().muted)
        self._draw_sign(painter, QRect(int(card.right()) - SIGN - INSET, int(card.center().y()) - 9, SIGN, SIGN), model)

    def _draw_cover(self, painter: QPainter, room: QRectF, model: Model) -> None:
        pixmap = self._grid.covers.pixmap(model)
        if pixmap is None or pixmap.isNull():
            side = int(min(room.width(), room.height()) * 0.32)
            sign = QRect(0, 0, side, side)
            sign.moveCenter(room.center().toPoint())
            self._signs.get(kind_of(model), self._other).paint(painter, sign)
            return
        size = QSize(pixmap.size()).scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        part = pixmap.width() / max(size.width(), 1)
        source = QRectF(0, 0, room.width() * part, room.height() * part)
        source.moveCenter(QRectF(pixmap.rect()).center())
        painter.save()
        painter.setClipPath(_rounded(room))
        painter.drawPixmap(room, pixmap, source)
        painter.restore()

    def _draw_text(self, painter: QPainter, room: QRect, text: str, colour: str) -> None:
        painter.setPen(QColor(colour))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _draw_sign(self, painter: QPainter, room: QRect, model: Model) -> None:
        if model.problem or model.sidecar.is_favourite:
            painter.fillPath(_rounded(QRectF(room).adjusted(-3, -3, 3, 3)), QColor(theme.current().surface))
            (self._broken if model.problem else self._star).paint(painter, room)

    def _draw_ring(self, painter: QPainter, card: QRectF, is_marked: bool) -> None:
        tokens = theme.current()
        painter.setPen(QPen(QColor(tokens.accent if is_marked else tokens.muted), 2 if is_marked else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(card, theme.INPUT_RADIUS, theme.INPUT_RADIUS)


def _rounded(room: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(room, theme.INPUT_RADIUS, theme.INPUT_RADIUS)
    return path
