"""The folders of models as a tree: what each is for, then where."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from studio.library.folders import natural
from studio.ui import theme
from studio.ui.panels.model_overview import Overview
from studio.ui.panels.model_texts import use_text, uses
from studio.ui.translate import tr
from studio.ui.widgets.parts import plain_tip

PLACE = Qt.ItemDataRole.UserRole


class ModelTree(QTreeWidget):
    """Everything, then each use of folders with its folders; `chosen` gives use and folder, "" for all."""

    chosen = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Folders"))
        self.setToolTip(tr("Shows only the models of one folder and of those inside it."))
        self._place = ("", "")
        self.currentItemChanged.connect(self._choose)

    def show_folders(self, there: Overview) -> None:
        """Show the folders that models lie in, with how many; what is open and chosen stays."""
        opened = {item.data(0, PLACE) for item in self._items() if item.isExpanded()}
        self.blockSignals(True)
        self.clear()
        everything = self._add(self, tr("All models"), ("", ""), sum(there.uses.values()))
        for use in (use for use in uses() if there.uses.get(use)):
            item = self._add(self, use_text(use), (use, ""), there.uses[use])
            homes = there.homes[use]
            for home in sorted(homes, key=lambda path: natural(str(path))):
                self._add_home(item, use, home, there.folders[use], len(homes) > 1)
        for item in self._items():
            item.setExpanded(item.data(0, PLACE) in opened)
        wanted = next((item for item in self._items() if item.data(0, PLACE) == self._place), everything)
        self.setCurrentItem(wanted)
        self.blockSignals(False)

    def select(self, use: str, folder: str) -> None:
        """Choose a folder without telling."""
        self._place = (use, folder)
        for item in self._items():
            if item.data(0, PLACE) == self._place:
                self.blockSignals(True)
                self.setCurrentItem(item)
                self.blockSignals(False)

    def _add_home(
        self, parent: QTreeWidgetItem, use: str, home: Path, counts: Mapping[Path, int], is_named: bool
    ) -> None:
        """One folder of a use; its own row only where the use has several."""
        inside = {path: count for path, count in counts.items() if path.is_relative_to(home)}
        above = parent
        if is_named:
            above = self._add(parent, home.name, (use, str(home)), sum(inside.values()))
            above.setToolTip(0, plain_tip(str(home)))
        made = {home: above}
        parts = {step for path in inside for step in _below(home, path)}
        for path in sorted(parts, key=lambda path: natural(str(path))):
            count = sum(number for one, number in inside.items() if one.is_relative_to(path))
            made[path] = self._add(made[path.parent], path.name, (use, str(path)), count)
            made[path].setToolTip(0, plain_tip(str(path)))

    def _add(
        self, parent: "QTreeWidget | QTreeWidgetItem", title: str, place: tuple[str, str], count: int
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [title, f"{count:,}"])  # type: ignore[arg-type]
        item.setForeground(1, QColor(theme.current().muted))
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setData(0, PLACE, place)
        return item

    def _items(self) -> list[QTreeWidgetItem]:
        found = [item for at in range(self.topLevelItemCount()) if (item := self.topLevelItem(at))]
        for item in found:
            found += [child for at in range(item.childCount()) if (child := item.child(at))]
        return found

    @Slot(QTreeWidgetItem, QTreeWidgetItem)
    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item:
            self._place = item.data(0, PLACE)
            self.chosen.emit(*self._place)


def _below(home: Path, path: Path) -> list[Path]:
    """The folders from below `home` down to `path`."""
    return [path, *(one for one in path.parents if one != home and one.is_relative_to(home))] if path != home else []
