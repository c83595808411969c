"""Texts of one line and of several; what was displayed and not touched is given back unchanged."""

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit


class LineEdit(QLineEdit):
    """One line of text."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._given = ("", "")
        self.textChanged.connect(self.changed)

    def value(self) -> str:
        """The text."""
        given, seen = self._given
        return given if self.text() == seen else self.text()

    def set_value(self, value: str) -> None:
        """Show a text; line breaks, which one line cannot show, survive unless it is edited."""
        if value == self.value():
            return
        with QSignalBlocker(self):
            self.setText(value)
            self._given = (value, self.text())
        self.setCursorPosition(0)
        self.changed.emit()


class TextEdit(QPlainTextEdit):
    """Several lines of text; Tab leaves it."""

    changed = Signal()

    def __init__(self, lines: int = 3) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self._given = ("", "")
        self._lines = lines
        self.textChanged.connect(self.changed)

    def value(self) -> str:
        """The text."""
        given, seen = self._given
        return given if self.toPlainText() == seen else self.toPlainText()

    def set_value(self, value: str) -> None:
        """Show a text."""
        if value == self.value():
            return
        with QSignalBlocker(self):
            self.setPlainText(value)
            self._given = (value, self.toPlainText())
        self.changed.emit()

    def sizeHint(self) -> QSize:
        """Room for its lines."""
        return QSize(240, self._lines * self.fontMetrics().lineSpacing() + 18)

    def minimumSizeHint(self) -> QSize:
        """Never less than its lines."""
        return QSize(80, self.sizeHint().height())
