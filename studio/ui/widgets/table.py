"""A table of records: columns are data, rows are drawn only where they are seen, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from studio.ui import theme
from studio.ui.widgets.parts import plain_tip

Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Column:
    """One column: its title (translated) and, of a record, the text, what it is sorted by, its colour and its tooltip.

    `width` is in points, 0 takes the room there is. `checked` makes it a column of check boxes (None: no box).
    """

    title: str
    text: Callable[[Any], str]
    width: int = 0
    key: Callable[[Any], Any] | None = None
    colour: Callable[[Any], str] | None = None
    tip: Callable[[Any], str] | None = None
    checked: Callable[[Any], bool | None] | None = None
    is_number: bool = False
    is_bold: Callable[[Any], bool] | None = None


class Records(QAbstractTableModel):
    """Records as Qt sees them."""

    switched = Signal(object, bool)

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns, self.records = tuple(columns), []
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None

    def show(self, records: Sequence[Any]) -> None:
        """Show other records, sorted as before."""
        self.beginResetModel()
        self.records = list(records)
        self._sort()
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """How many records."""
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """How many columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """The titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self.columns[section].is_number else LEFT
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """What a cell shows."""
        column, record = self.columns[index.column()], self.records[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(record)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(column.tip(record) if column.tip else column.text(record))
        if role == Qt.ItemDataRole.ForegroundRole and column.colour and (colour := column.colour(record)):
            return QColor(colour)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.is_number else LEFT
        if role == Qt.ItemDataRole.CheckStateRole and column.checked and (box := column.checked(record)) is not None:
            return Qt.CheckState.Checked if box else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.FontRole and column.is_bold and column.is_bold(record):
            return _bold()
        return theme.number_font() if role == Qt.ItemDataRole.FontRole and column.is_number else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Check boxes can be clicked."""
        found = super().flags(index)
        column = self.columns[index.column()]
        is_box = column.checked is not None and column.checked(self.records[index.row()]) is not None
        return found | Qt.ItemFlag.ItemIsUserCheckable if is_box else found

    def setData(self, index: Index, value: Any, role: int = 0) -> bool:
        """A check box was clicked: whoever shows the records decides what that means."""
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.switched.emit(self.records[index.row()], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 is as they came."""
        self._sorted_by = (column, order) if column >= 0 else None
        self.layoutAboutToBeChanged.emit()
        self._sort()
        self.layoutChanged.emit()

    def _sort(self) -> None:
        if self._sorted_by:
            column, order = self.columns[self._sorted_by[0]], self._sorted_by[1]
            key = column.key or (lambda record: column.text(record).casefold())
            self.records.sort(key=key, reverse=order == Qt.SortOrder.DescendingOrder)


def _bold() -> Any:
    font = theme.number_font()
    font.setBold(True)
    return font


class Cell(QStyledItemDelegate):
    """Draws a cell; the chosen row keeps the colours of its texts."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """A ground of its own instead of the selection's."""
        super().initStyleOption(option, index)
        if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            option.state &= ~QStyle.StateFlag.State_Selected  # type: ignore[attr-defined]
            option.backgroundBrush = QColor(theme.current().hover)  # type: ignore[attr-defined]


class Table(QTreeView):
    """The view: one record can be chosen; a click on a title sorts."""

    chosen = Signal()
    switched = Signal(object, bool)  # record, whether its box is to be checked

    def __init__(self, columns: Sequence[Column], name: str, tip: str, *, sortable: bool = True) -> None:
        super().__init__()
        self.model_ = Records(columns)
        self.setModel(self.model_)
        self.setItemDelegate(Cell(self))
        self.setProperty("role", "table")
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._size_columns(columns)
        if sortable:
            self.header().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            self.header().setSortIndicatorClearable(True)
            self.setSortingEnabled(True)
        self.model_.switched.connect(self.switched)
        self.selectionModel().currentRowChanged.connect(self._tell)
        self.model_.modelReset.connect(self._tell)

    def _size_columns(self, columns: Sequence[Column]) -> None:
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(24)
        for place, column in enumerate(columns):
            fixed = QHeaderView.ResizeMode.Interactive if column.width else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(place, fixed)
            if column.width:
                self.setColumnWidth(place, column.width)

    @property
    def records(self) -> list[Any]:
        """The records as they are shown."""
        return self.model_.records

    @property
    def record(self) -> Any:
        """The chosen record; None if none is."""
        place = self.currentIndex().row()
        return self.records[place] if 0 <= place < len(self.records) else None

    def show_records(self, records: Sequence[Any], key: Callable[[Any], object] = lambda record: record) -> None:
        """Show records; the one with the same `key` as the one that was chosen is chosen again."""
        before, top = self.record, self.verticalScrollBar().value()
        self.model_.show(records)
        if before is not None:
            self.choose(lambda record: key(record) == key(before))
        self.verticalScrollBar().setValue(top)

    def choose(self, is_wanted: Callable[[Any], bool]) -> None:
        """Choose the first record that is wanted, if there is one."""
        place = next((place for place, record in enumerate(self.records) if is_wanted(record)), -1)
        if place >= 0:
            self.setCurrentIndex(self.model_.index(place, 0))

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit()
