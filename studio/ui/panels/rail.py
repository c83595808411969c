"""The rail at the left: one button a page."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton

from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.pages import PAGES, PageRow
from studio.ui.translate import tr
from studio.ui.widgets.parts import column

WIDTH = 76


class Rail(QFrame):
    """Icons with labels; `chosen` gives the name of the page the user wants."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(tr("Pages"))
        self._group = QButtonGroup(self)
        self._buttons = {page.name: self._button(page, place) for place, page in enumerate(PAGES, 1)}
        *upper, last = self._buttons.values()
        column(*upper, None, last, parent=self, spacing=theme.TINY, margin=6)

    def mark(self, name: str) -> None:
        """Show which page is open."""
        self._buttons[name].setChecked(True)

    def _button(self, page: PageRow, place: int) -> QToolButton:
        made = QToolButton()
        made.setText(tr(page.title))
        made.setIcon(icon(page.icon))
        made.setIconSize(theme.ICON)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setCheckable(True)
        made.setFixedSize(WIDTH - 13, 52)
        made.setToolTip(f"{tr(page.title)} (Ctrl+{place})")
        made.setAccessibleName(tr(page.title))
        made.clicked.connect(lambda: self.chosen.emit(page.name))
        self._group.addButton(made)
        return made
