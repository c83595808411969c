"""A section that folds: its header shows the values inside while it is closed."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.translate import tr
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import column, label, row, widen


class Collapsible(QWidget):
    """A titled section around one widget; `toggled` tells when the user folds or unfolds it."""

    toggled = Signal(bool)

    def __init__(self, title: str, content: QWidget, *, is_open: bool = True) -> None:
        super().__init__()
        self.content = content
        self.header = QPushButton()
        theme.dress(self.header, "section")
        self.header.setAccessibleName(title)
        self.header.setToolTip(tr("Folds and unfolds these values."))
        widen(self.header)
        self._arrow, name, self._summary = label(), label(title, "section"), ElidedLabel(role="small")
        self._arrow.setFixedWidth(theme.LARGE)
        self._summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row(self._arrow, name, parent=self.header).addWidget(self._summary, 1)
        for part in (self._arrow, name, self._summary):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column(self.header, content, parent=self, spacing=theme.TINY)
        self.header.clicked.connect(self._toggle)
        self.is_open = True
        self.set_open(is_open)

    def set_summary(self, text: str) -> None:
        """What the header shows while the section is closed."""
        self._summary.set_text(text)

    def set_open(self, is_open: bool) -> None:
        """Fold or unfold."""
        self.is_open = is_open
        _set_visible(self.content, is_open)
        _set_visible(self._summary, not is_open)
        self._arrow.setPixmap(icon("caret-down" if is_open else "caret-right", theme.current().muted).pixmap(14, 14))

    @Slot()
    def _toggle(self) -> None:
        self.set_open(not self.is_open)
        self.toggled.emit(self.is_open)


def _set_visible(widget: QWidget, is_visible: bool) -> None:
    """Showing styles everything inside, which is slow and too early for what was never hidden."""
    if not is_visible or widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide):
        widget.setVisible(is_visible)
