"""The folders of models as a tree: what each is for, then where."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

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
        self._uses: Mapping[str, int] = {}
        self._folders: Mapping[str, Mapping[Path, Mapping[Path, int]]] = {}
        self.currentItemChanged.connect(self._choose)

    def show_folders(self, there: Overview) -> None:
        """Show the folders that models lie in, with how many; what is open and chosen stays."""
        if there.uses == self._uses and there.folders == self._folders:
            return
        self._uses, self._folders = there.uses, there.folders
        opened = {item.data(0, PLACE) for item in self._items() if item.isExpanded()}
        self.blockSignals(True)
        self.clear()
        everything = self._add(self, tr("All models"), ("", ""), sum(there.uses.values()))
        for use in (use for use in uses() if there.uses.get(use)):
            item = self._add(self, use_text(use), (use, ""), there.uses[use])
            homes = there.folders[use]
            for home, counts in homes.items():
                self._add_home(item, use, home, counts, len(homes) > 1)
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
        above = parent
        if is_named:
            above = self._add(parent, home.name, (use, str(home)), counts.get(home, 0))
            above.setToolTip(0, plain_tip(str(home)))
        made = {home: above}
        for path in (path for path in counts if path != home):
            made[path] = self._add(made[path.parent], path.name, (use, str(path)), counts[path])
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
