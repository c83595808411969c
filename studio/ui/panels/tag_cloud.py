"""Words to click: what a network was trained on, the larger the more often; trigger words."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from studio.ui import theme
from studio.ui.translate import tr
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.parts import plain_tip

LEAST, MOST = 11, 17  # points


class TagCloud(QWidget):
    """Words as buttons; `chosen` gives the one that was clicked."""

    chosen = Signal(str)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self._flow = FlowLayout(self, 4)
        self.words: tuple[str, ...] = ()

    def show_words(self, words: Sequence[tuple[str, int]]) -> None:
        """Show words with how often each was; 0 where that is not counted."""
        self.words = tuple(word for word, _ in words)
        while item := self._flow.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        most = max((count for _, count in words), default=0)
        for word, count in words:
            self._flow.addWidget(self._chip(word, count, count / most if most else 0.3))
        self.setVisible(bool(words))
        self.updateGeometry()

    def _chip(self, word: str, count: int, share: float) -> QPushButton:
        made = QPushButton(word[:80].replace("&", "&&"))
        theme.dress(made, "tag")
        made.setStyleSheet(f"font-size: {LEAST + (MOST - LEAST) * share**0.5:.0f}px")
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        tip = tr("Click puts it into the prompt.")
        made.setToolTip(
            plain_tip(f"{word[:400]}\n{tr('{count} pictures', count=f'{count:,}')}\n{tip}") if count else tip
        )
        made.clicked.connect(partial(self._choose, word))
        return made

    def _choose(self, word: str, _checked: bool = False) -> None:
        self.chosen.emit(word)
