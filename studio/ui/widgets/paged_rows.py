"""The rows of a long list: ids are known at once, items are read a page at a time when they come into view."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QStringListModel

PAGE = 64  # rows read at once
MOST_PAGES = 32


class Item(Protocol):
    """What a row holds."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def path(self) -> Path:
        """Its file."""
        ...


AnyItem = TypeVar("AnyItem", bound=Item)
Read = Callable[[Sequence[int]], Sequence[Any]]


class PagedRows(QStringListModel, Generic[AnyItem]):
    """A list model that counts its rows by a list of empty strings.

    A view asks for the count once per row of a layout, and asking Python 50,000 times is felt.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[int] = []
        self._rows: dict[int, int] = {}
        self._read: Read | None = None
        self._pages: OrderedDict[int, dict[int, AnyItem]] = OrderedDict()
        self._at: dict[Path, int] = {}

    def show_ids(self, read: Read, ids: list[int]) -> None:
        """Show these items; what stays where it was keeps its place and selection."""
        self._read = read
        self.forget()
        head = _common(self.ids, ids)
        tail = _common(self.ids[head:][::-1], ids[head:][::-1])
        before, after = len(self.ids) - tail, len(ids) - tail
        if head + tail == 0:
            self._set(ids)
            self.setStringList([""] * len(ids))
            return
        self._remove(head, before)
        self._insert(head, ids[head:after], ids)

    def row_at(self, path: Path) -> int:
        """The row of an item that was read lately, else -1."""
        return self._rows.get(self._at.get(path, -1), -1)

    def row_of(self, item_id: int) -> int:
        """The row of an item, -1 if it is not shown."""
        return self._rows.get(item_id, -1)

    def item(self, row: int) -> AnyItem | None:
        """The item in a row."""
        if self._read is None or not 0 <= row < len(self.ids):
            return None
        page = row // PAGE
        if page not in self._pages:
            found = self._read(self.ids[page * PAGE : (page + 1) * PAGE])
            self._pages[page] = {item.id: item for item in found}
            self._at.update({item.path: item.id for item in found})
            while len(self._pages) > MOST_PAGES:
                gone = self._pages.popitem(last=False)[1]
                self._at = {path: one for path, one in self._at.items() if one not in gone}
        self._pages.move_to_end(page)
        return self._pages[page].get(self.ids[row])

    def forget(self) -> None:
        """Read everything anew when it is shown next."""
        self._pages.clear()
        self._at.clear()

    def _remove(self, first: int, end: int) -> None:
        if end > first:
            self._set(self.ids[:first] + self.ids[end:])
            self.removeRows(first, end - first)

    def _insert(self, first: int, new: list[int], ids: list[int]) -> None:
        if new:
            self._set(ids)
            self.insertRows(first, len(new))

    def _set(self, ids: list[int]) -> None:
        self.ids = ids
        self._rows = {item: row for row, item in enumerate(ids)}
        self.forget()


def _common(one: list[int], other: list[int]) -> int:
    """How many items two lists begin with alike."""
    least = min(len(one), len(other))
    return next((i for i in range(least) if one[i] != other[i]), least)
