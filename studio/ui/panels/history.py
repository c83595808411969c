"""What was asked for before: every order, to be taken up again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.core.request import GenerateRequest
from studio.core.settings import lenient
from studio.ui import theme
from studio.ui.translate import tr
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import column, plain_tip

MOST = 100


@dataclass(frozen=True)
class Entry:
    """One order and when it was given (seconds since 1970)."""

    request: GenerateRequest
    time: float

    @property
    def title(self) -> str:
        """The prompt's first words."""
        return " ".join(self.request.prompt.split())[:120] or tr("(no prompt)")

    @property
    def about(self) -> str:
        """When, and the numbers that matter most."""
        asked = self.request
        asked_at = datetime.fromtimestamp(self.time)
        when = asked_at.strftime("%H:%M" if asked_at.date() == datetime.now().date() else "%m-%d %H:%M")
        return f"{when}  ·  {asked.width} × {asked.height}  ·  {asked.sampler}"


class EntryRow(QStyledItemDelegate):
    """Draws an order in two lines."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one."""
        entry, tokens = index.data(Qt.ItemDataRole.UserRole), theme.current()
        rect: QRect = option.rect.adjusted(0, 1, 0, -1)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):  # type: ignore[attr-defined]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(rect, theme.INPUT_RADIUS, theme.INPUT_RADIUS)
        inside = rect.adjusted(theme.SMALL, 5, -theme.SMALL, -5)
        for text, colour, side in (
            (entry.title, tokens.text, Qt.AlignmentFlag.AlignTop),
            (entry.about, tokens.muted, Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setPen(QColor(colour))
            painter.drawText(
                inside,
                Qt.AlignmentFlag.AlignLeft | side,
                painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inside.width()),
            )
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002
        """Two lines."""
        return QSize(120, 2 * option.fontMetrics.height() + 16)  # type: ignore[attr-defined]


class History(QWidget):
    """The orders, the newest first; `chosen` asks for one to be shown on the page."""

    chosen = Signal(object)  # GenerateRequest

    def __init__(self) -> None:
        super().__init__()
        self._items = QStandardItemModel(self)
        self._list = QListView()
        self._list.setModel(self._items)
        self._list.setAccessibleName(tr("History"))
        self._list.setItemDelegate(EntryRow(self._list))
        self._list.setMouseTracking(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setToolTip(tr("Click an order to put all its values back on the page."))
        self._list.clicked.connect(self._choose)
        self._list.activated.connect(self._choose)
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState("clock-counter-clockwise", tr("No history yet"), tr("Every order you give is kept here."))
        )
        self._stack.addWidget(self._list)
        column(self._stack, parent=self, margin=theme.SMALL)

    @property
    def entries(self) -> list[Entry]:
        """The orders, the newest first."""
        return [self._items.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self._items.rowCount())]

    def add(self, request: GenerateRequest, time: float) -> None:
        """Put an order on top; the same order moves up instead of standing twice."""
        for row in range(self._items.rowCount()):
            if self._items.item(row).data(Qt.ItemDataRole.UserRole).request == request:
                self._items.removeRow(row)
                break
        self._items.insertRow(0, _item(Entry(request, time)))
        self._items.setRowCount(min(self._items.rowCount(), MOST))
        self._stack.setCurrentIndex(1)

    def state(self) -> list[object]:
        """The orders as JSON values, without what stands at its default."""
        return [[e.time, e.request.model_dump(mode="json", exclude_defaults=True)] for e in self.entries]

    def restore(self, state: object) -> None:
        """Show what `state` gave."""
        for row in reversed(state if isinstance(state, list) else []):
            if entry := _entry(row):
                self.add(entry.request, entry.time)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(Qt.ItemDataRole.UserRole).request)


def _item(entry: Entry) -> QStandardItem:
    item = QStandardItem(f"{entry.title}\n{entry.about}")
    item.setData(entry, Qt.ItemDataRole.UserRole)
    item.setToolTip(plain_tip(entry.request.prompt[:1000]))
    return item


def _entry(row: object) -> Entry | None:
    if not isinstance(row, Sequence) or len(row) != 2:
        return None
    time, values = row
    if not isinstance(time, int | float) or not isinstance(values, dict):
        return None
    return Entry(lenient(GenerateRequest, json.loads(json.dumps(values))), time)
