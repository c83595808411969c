"""What stands where nothing is yet: a sign, a sentence, what to do next."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.widgets.parts import button, column, label, row


class EmptyState(QWidget):
    """An icon, a title, a sentence and, if `action` is given, a button; `acted` tells of its click."""

    acted = Signal()

    def __init__(self, sign: str, title: str, text: str, action: str = "") -> None:
        super().__init__()
        picture = label()
        picture.setPixmap(icon(sign, theme.current().muted).pixmap(32, 32))
        words = label(text, "muted", wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setMaximumWidth(420)
        words.setMinimumWidth(min(320, words.fontMetrics().horizontalAdvance(text) + theme.SMALL))
        layout = column(parent=self)
        layout.setContentsMargins(0, theme.HUGE, 0, theme.HUGE)
        layout.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for part in (picture, label(title, "title")):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addLayout(row(None, words, None))  # alone in a column its height would be that of a wider line
        if action:
            layout.addWidget(button(action, self.acted.emit, tip=text), 0, Qt.AlignmentFlag.AlignCenter)
