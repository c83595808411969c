"""Numbers of the console lines that fit a search, found in small pieces of time and kept up to date."""

import time
from bisect import bisect_left
from collections.abc import Collection, Iterator

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.launcher.console import Console, Level

BUDGET_S = 0.006
LOOK_EVERY = 256  # lines between two looks at the clock
ALL = frozenset(Level)


class Sieve(QObject):
    """Looks through a console beside everything else the window does; `changed` tells that `numbers` did."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.numbers: list[int] = []
        self.words, self.levels = "", ALL
        self._console = Console()
        self._next = 0
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)

    @property
    def is_open(self) -> bool:
        """Whether every line goes through it."""
        return not self.words and self.levels == ALL

    @property
    def is_searching(self) -> bool:
        """Whether lines are left to look at."""
        return self._timer.isActive()

    def look_in(self, console: Console) -> None:
        """Look through another console."""
        self._console = console
        self._begin()

    def look_for(self, words: str, levels: Collection[Level] = ALL) -> None:
        """Look for other lines."""
        if (words, frozenset(levels)) != (self.words, self.levels):
            self.words, self.levels = words, frozenset(levels)
            self._begin()

    def _begin(self) -> None:
        self.numbers, self._next = [], self._console.first
        self.changed.emit()
        self.refresh(self._next)

    def refresh(self, first: int) -> None:
        """The lines from `first` on are new or other than before."""
        del self.numbers[: bisect_left(self.numbers, self._console.first)]
        del self.numbers[bisect_left(self.numbers, first) :]
        self._next = max(min(self._next, first), self._console.first)
        if self.is_open:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _go_on(self) -> None:
        until, end = time.monotonic() + BUDGET_S, self._console.first + len(self._console)
        self._next = max(self._next, self._console.first)
        while self._next < end and time.monotonic() < until:
            last = min(self._next + LOOK_EVERY, end)
            self.numbers += self._found(self._next, last)
            self._next = last
        if self._next >= end:
            self._timer.stop()
        self.changed.emit()

    def _found(self, start: int, end: int) -> Iterator[int]:
        return self._console.matching(self.words, self.levels, since=start, until=end)
