"""Cards in rows that fill the width: what the grids of pictures, models and found models have in common."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

Index = QModelIndex | QPersistentModelIndex
ITEM = Qt.ItemDataRole.UserRole


class CardGrid(QListView):
    """Square tiles at least `edge` points wide, with `foot` points below each for texts."""

    foot = 0

    def __init__(self, edge: int) -> None:
        super().__init__()
        self.edge = edge
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def chosen_indexes(self) -> list[QModelIndex]:
        """The selected rows, the current one first."""
        current = self.currentIndex()
        return sorted(self.selectionModel().selectedIndexes(), key=lambda one: (one != current, one.row()))

    def choose(self, row: int) -> None:
        """Select one row and bring it into view."""
        index = self.model().index(min(max(row, 0), self.model().rowCount() - 1), 0)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the row."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Make the tiles as wide as fills the row."""
        width = self.viewport().width() - 1
        side = max(width // max(width // self.edge, 1), 1)
        self.setGridSize(QSize(side, side + self.foot))
