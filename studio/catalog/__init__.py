"""What the program offers: one table a file, rows, no logic. `find` looks a row up by any of its names."""

from collections.abc import Sequence
from typing import Any, TypeVar

from studio.core.errors import UnknownName

Row = TypeVar("Row")


def find(kind: str, rows: Sequence[Row], name: str) -> Row:
    """The row whose name, label or alias is `name`, letter case aside. Raises UnknownName, never guesses."""
    wanted = name.casefold()
    for row in rows:
        if wanted in {text.casefold() for text in names(row)}:
            return row
    raise UnknownName(kind, name, [names(row)[-1] for row in rows])


def names(row: Any) -> list[str]:
    """All names of a row: aliases, name, label (last, as shown)."""
    found = [*getattr(row, "aliases", ()), getattr(row, "name", ""), getattr(row, "label", "")]
    return [text for text in found if text]
