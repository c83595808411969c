"""A file's metadata as a tree; JSON inside them unfolds."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from studio.ui.translate import tr
from studio.ui.widgets.parts import plain_tip

MOST_ITEMS, MOST_DEPTH, LONG = 400, 6, 300
MOST_JSON = 2**22
HIDDEN = ("modelspec.thumbnail", "ssmd_cover_images", "ss_tag_frequency")


class MetadataTree(QTreeWidget):
    """Names and values."""

    def __init__(self) -> None:
        super().__init__()
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setIndentation(12)
        self.setUniformRowHeights(True)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.setColumnWidth(0, 150)
        self.setFixedHeight(260)
        self.setAccessibleName(tr("Metadata"))
        self.setToolTip(tr("What the maker's program wrote into the file."))

    def show_metadata(self, metadata: Mapping[str, str]) -> None:
        """Show these instead of those before."""
        self.clear()
        for name in sorted(metadata):
            if name not in HIDDEN:
                self.addTopLevelItem(_item(name, _value(metadata[name]), 0))


def _item(name: str, value: Any, depth: int) -> QTreeWidgetItem:
    inside = list(_inside(value))[:MOST_ITEMS] if depth < MOST_DEPTH else []
    text = "" if inside else str(value).replace("\n", " ")[:LONG]
    made = QTreeWidgetItem([name[:LONG], text])
    made.setToolTip(1, plain_tip(str(value)[:2000]) if not inside else "")
    made.addChildren([_item(key, one, depth + 1) for key, one in inside])
    return made


def _inside(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((str(key), one) for key, one in value.items())
    elif isinstance(value, list):
        yield from ((str(at), one) for at, one in enumerate(value))


def _value(text: str) -> Any:
    if text[:1] not in "{[" or len(text) > MOST_JSON:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
