"""A list of texts: chips that can be taken off, and a way to add one."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QWidget

from studio.ui import theme
from studio.ui.translate import tr
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import button, column, empty, row, tool
from studio.ui.widgets.text_edit import LineEdit


class ListEdit(QWidget):
    """Texts in order, one a row; `choices` offers what may be added, else any text (or a folder) may be."""

    changed = Signal()

    def __init__(self, choices: Callable[[], Sequence[str]] | None = None, is_folders: bool = False) -> None:
        super().__init__()
        self._values: tuple[str, ...] = ()
        self._choices = choices
        self._is_folders = is_folders
        self._rows = column(spacing=theme.TINY)
        self._line = QLineEdit()
        self._line.setPlaceholderText(tr("Add…"))
        self._line.returnPressed.connect(self._add_line)
        foot = row(self._line, tool("plus", tr("Add an entry to the list"), self._add), spacing=theme.TINY)
        column(self._rows, foot, parent=self, spacing=theme.TINY)
        self.setFocusProxy(self._line)

    def setAccessibleName(self, name: str) -> None:
        """Name the line too."""
        super().setAccessibleName(name)
        self._line.setAccessibleName(name)

    def value(self) -> tuple[str, ...]:
        """The texts."""
        return self._values

    def set_value(self, value: Sequence[str]) -> None:
        """Show texts."""
        if tuple(value) == self._values:
            return
        self._values = tuple(value)
        empty(self._rows)
        for index, text in enumerate(self._values):
            self._rows.addWidget(self._chip(index, text))
        self.changed.emit()

    def _chip(self, index: int, text: str) -> QWidget:
        chip, name = QWidget(), ElidedLabel(text, "chip", Qt.TextElideMode.ElideMiddle)
        off = tool("x", tr("Remove {name}", name=text), lambda: self._remove(index))
        row(parent=chip, spacing=theme.TINY).addWidget(name, 1)
        chip.layout().addWidget(off)  # type: ignore[union-attr]
        return chip

    def _remove(self, index: int) -> None:
        self.set_value(self._values[:index] + self._values[index + 1 :])

    @Slot()
    def _add(self) -> None:
        if self._line.text() or not (self._choices or self._is_folders):
            self._add_line()
        elif self._choices:
            self._offer(self._choices())
        elif folder := QFileDialog.getExistingDirectory(self, tr("Choose a folder")):
            self.set_value((*self._values, folder))

    def _offer(self, choices: Sequence[str]) -> None:
        menu = QMenu(self)
        for choice in choices:
            if choice not in self._values:
                menu.addAction(choice, lambda text=choice: self.set_value((*self._values, text)))
        menu.popup(self._line.mapToGlobal(self._line.rect().bottomLeft()))

    @Slot()
    def _add_line(self) -> None:
        if text := self._line.text().strip():
            self._line.clear()
            self.set_value((*self._values, text))


class FolderEdit(QWidget):
    """A folder: a line and a button that chooses."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line = LineEdit()
        self.line.changed.connect(self.changed)
        choose = button(tr("Choose…"), self._choose, tip=tr("Opens a window to choose a folder."))
        row(self.line, choose, parent=self, spacing=theme.TINY)
        self.setFocusProxy(self.line)

    def setAccessibleName(self, name: str) -> None:
        """Name the line too."""
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)

    def value(self) -> str:
        """The folder's path, "" for none."""
        return self.line.value()

    def set_value(self, value: str) -> None:
        """Show a path."""
        self.line.set_value(value)

    @Slot()
    def _choose(self) -> None:
        if folder := QFileDialog.getExistingDirectory(self, tr("Choose a folder"), self.value()):
            self.line.set_value(folder)
