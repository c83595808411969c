"""Saved pieces of prompt: chosen as chips, saved, changed and deleted."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from studio.core.errors import StudioError
from studio.core.styles import Style, read_styles, remove_style, save_style
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.parts import button, column, label, row, tool
from studio.ui.widgets.text_edit import LineEdit, TextEdit


class StylesEdit(QWidget):
    """The chosen styles; `taken` asks to write a style's texts into the prompts instead."""

    changed = Signal()
    taken = Signal(str, str)
    saved = Signal()

    def __init__(self, session: Session, prompts: Callable[[], tuple[str, str]]) -> None:
        super().__init__()
        self._session = session
        self._prompts = prompts
        self._values: tuple[str, ...] = ()
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill_menu)
        self.button = tool("palette", tr("Styles"), tip=tr("Adds saved pieces of prompt to yours."))
        self.button.setText(tr("Styles"))
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setMenu(menu)
        self.head = row(self.button, None)
        column(self.head, self._chips, parent=self, spacing=theme.TINY)
        self._chips.hide()

    def value(self) -> tuple[str, ...]:
        """The chosen names in order."""
        return self._values

    def set_value(self, value: Sequence[str]) -> None:
        """Choose styles."""
        if tuple(value) == self._values:
            return
        self._values = tuple(value)
        while item := self._flow.takeAt(0):
            cast(QWidget, item.widget()).deleteLater()
        for index, name in enumerate(self._values):
            self._flow.addWidget(self._chip(index, name))
        self._chips.setVisible(bool(self._values))
        self.changed.emit()

    @Slot(str)
    def add(self, name: str) -> None:
        """Choose one more style."""
        self.set_value((*self._values, name))

    def styles(self) -> dict[str, Style]:
        """The saved styles by name; a file that cannot be read becomes a notice."""
        try:
            return read_styles([self._session.places.styles])
        except StudioError as error:
            self._session.tell(error)
            return {}

    def save(self, style: Style, old_name: str = "") -> None:
        """Save a style, in place of the one that was called `old_name`."""
        try:
            save_style(self._session.places.styles, style)
            if old_name and old_name != style.name:
                remove_style(self._session.places.styles, old_name)
                self.set_value([style.name if name == old_name else name for name in self._values])
        except StudioError as error:
            self._session.tell(error)
        self.saved.emit()

    def delete(self, style: Style) -> None:
        """Delete a style; a notice offers to take it back."""
        try:
            remove_style(self._session.places.styles, style.name)
        except StudioError as error:
            self._session.tell(error)
            return
        self.saved.emit()
        self._session.notify(
            tr("The style “{name}” was deleted.", name=style.name), action=tr("Undo"), act=partial(self.save, style)
        )

    def _chip(self, index: int, name: str) -> QPushButton:
        chip = button(f"{name} ", tip=tr("Takes this style off."))
        chip.setIcon(icon("x"))
        chip.setAccessibleName(tr("Remove {name}", name=name))
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        chip.setIconSize(QSize(12, 12))
        chip.clicked.connect(lambda: self.set_value(self._values[:index] + self._values[index + 1 :]))
        return chip

    @Slot()
    def _fill_menu(self) -> None:
        menu, styles = self.button.menu(), self.styles()
        menu.clear()
        for name in styles:
            menu.addAction(name, partial(self.add, name))
        if not styles:
            menu.addAction(tr("No styles saved yet")).setEnabled(False)
        menu.addSeparator()
        menu.addAction(icon("floppy-disk"), tr("Save the prompt as a style…"), self._save_prompt)
        if styles:
            write, change = QMenu(tr("Write into the prompt"), menu), QMenu(tr("Change or delete"), menu)
            for name, style in styles.items():
                write.addAction(name, partial(self.taken.emit, style.prompt, style.negative_prompt))
                change.addAction(name, partial(self._change, style))
            menu.addMenu(write)
            menu.addMenu(change)

    def _save_prompt(self) -> None:
        prompt, negative = self._prompts()
        dialog = StyleDialog(Style("", prompt, negative), self, is_new=True)
        if dialog.exec():
            self.save(dialog.style_as_typed())

    def _change(self, style: Style) -> None:
        dialog = StyleDialog(style, self)
        if dialog.exec() and dialog.is_deleting:
            self.delete(style)
        elif dialog.result():
            self.save(dialog.style_as_typed(), style.name)


class StyleDialog(QDialog):
    """Name and texts of a style."""

    def __init__(self, style: Style, parent: QWidget, is_new: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Save as style") if is_new else tr("Style"))
        self.setMinimumWidth(440)
        self.is_deleting = False
        self.name, self.prompt, self.negative = LineEdit(), TextEdit(4), TextEdit(3)
        lines = column(parent=self, margin=theme.LARGE)
        for title, field, text in (
            (tr("Name"), self.name, style.name),
            (tr("Prompt"), self.prompt, style.prompt),
            (tr("Negative prompt"), self.negative, style.negative_prompt),
        ):
            field.set_value(text)
            field.setAccessibleName(title)
            name = label(title)
            name.setBuddy(field)
            lines.addWidget(name)
            lines.addWidget(field)
        hint = tr("{prompt} in a text stands for your own prompt; without it the style is added at the end.")
        lines.addWidget(label(hint, "small", wrap=True))
        lines.addLayout(self._foot(is_new))
        self.name.changed.connect(self._check)
        self._check()

    def style_as_typed(self) -> Style:
        """The style that the fields say."""
        return Style(self.name.value().strip(), self.prompt.value(), self.negative.value())

    def _foot(self, is_new: bool) -> QHBoxLayout:
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._save = self._buttons.addButton(tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        theme.dress(self._save, "primary")
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        delete = button(tr("Delete"), self._delete, role="danger", tip=tr("Deletes this style; it can be taken back."))
        if is_new:
            delete.hide()
        return row(delete, None, self._buttons)

    @Slot()
    def _check(self) -> None:
        name = self.name.value().strip()
        self._save.setEnabled(bool(name) and not name.startswith("#"))

    @Slot()
    def _delete(self) -> None:
        self.is_deleting = True
        self.accept()
