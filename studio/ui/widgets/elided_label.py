"""A label that shortens its text to the room it has."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel

from studio.ui.widgets.parts import plain_tip


class ElidedLabel(QLabel):
    """One line of text, cut with an ellipsis; the whole text is its tooltip."""

    def __init__(self, text: str = "", role: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.whole, self._mode = "", mode
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show `text`."""
        self.whole = text
        self._elide()
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._elide()

    def sizeHint(self) -> QSize:
        """Room for the whole text."""
        return QSize(self.fontMetrics().horizontalAdvance(self.whole) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Next to nothing."""
        return QSize(12, super().minimumSizeHint().height())

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self.whole, self._mode, self.width())
        self.setText(shown)
        self.setToolTip(plain_tip(self.whole) if shown != self.whole else "")
