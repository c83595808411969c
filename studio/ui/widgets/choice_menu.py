"""A button whose menu narrows a list by one value."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton

from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.translate import tr

WIDTH = 140


class ChoiceMenu(QToolButton):
    """Shows the value that is chosen, or its title; `chosen` gives the value, "" for all."""

    chosen = Signal(str)

    def __init__(self, title: str, tip: str, has_all: bool = True) -> None:
        super().__init__()
        self._title, self._has_all = title, has_all
        self._labels: Mapping[str, str] = {}
        self.value = ""
        self.setIcon(icon("caret-down", theme.current().muted))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip(tip)
        self.show_value("")

    def offer(self, labels: Mapping[str, str]) -> None:
        """Offer values, each with what is shown for it."""
        self._labels = labels
        menu = QMenu(self)
        if self._has_all:
            menu.addAction(tr("All")).triggered.connect(partial(self._choose, ""))
            menu.addSeparator()
        for value, text in labels.items():
            menu.addAction(text.replace("&", "&&")).triggered.connect(partial(self._choose, value))
        if before := self.menu():
            before.deleteLater()
        self.setMenu(menu)
        self.setEnabled(bool(labels))
        self.show_value(self.value)

    def show_value(self, value: str) -> None:
        """Show which value is chosen; "" shows the title."""
        self.value = value
        text = self._labels.get(value, value)
        shown = self.fontMetrics().elidedText(text or self._title, Qt.TextElideMode.ElideRight, WIDTH)
        self.setText(shown.replace("&", "&&"))
        self.setAccessibleName(f"{self._title}: {text}" if text else self._title)

    def _choose(self, value: str, _checked: bool = False) -> None:
        self.chosen.emit(value)
