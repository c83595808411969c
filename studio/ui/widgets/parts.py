"""The small parts every page is made of: rows, columns, labels and buttons in the window's style."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as Gui
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.ui import theme
from studio.ui.icons import icon

Item = QWidget | QBoxLayout | int | None


def row(*items: Item, parent: QWidget | None = None, spacing: int = theme.SMALL, margin: int = 0) -> QHBoxLayout:
    """A horizontal layout of widgets, layouts, gaps (points) and stretches (None)."""
    layout = QHBoxLayout(parent) if parent else QHBoxLayout()
    _fill(layout, items, spacing, margin)
    return layout


def column(*items: Item, parent: QWidget | None = None, spacing: int = theme.SMALL, margin: int = 0) -> QVBoxLayout:
    """A vertical layout of widgets, layouts, gaps (points) and stretches (None)."""
    layout = QVBoxLayout(parent) if parent else QVBoxLayout()
    _fill(layout, items, spacing, margin)
    return layout


def _fill(layout: QBoxLayout, items: tuple[Item, ...], spacing: int, margin: int) -> None:
    layout.setSpacing(spacing)
    layout.setContentsMargins(margin, margin, margin, margin)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            layout.addLayout(item)


def empty(layout: QBoxLayout) -> None:
    """Take every widget out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label of plain text; roles: headline, title, section, muted, small, chip."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made


def plain_tip(text: str) -> str:
    """A tooltip of words from outside (names, titles, metadata), shown as they are written.

    What looks like HTML would be drawn as such, and its pictures fetched, from other computers too.
    """
    return Gui.convertFromPlainText(text) if Gui.mightBeRichText(text) else text


def button(text: str, act: Callable[[], object] | None = None, *, role: str = "", tip: str = "") -> QPushButton:
    """A button with a text; roles: primary, quiet, danger, link."""
    made = QPushButton(text)
    made.setToolTip(tip)
    if role:
        made.setProperty("role", role)
    if act:
        made.clicked.connect(act)
    return made


def tool(sign: str, name: str, act: Callable[[], object] | None = None, *, tip: str = "") -> QToolButton:
    """A quiet button with an icon only; `name` is read aloud and, without `tip`, is the tooltip."""
    made = QToolButton()
    made.setIcon(icon(sign))
    made.setIconSize(theme.ICON)
    made.setAccessibleName(name)
    made.setToolTip(tip or name)
    made.setProperty("role", "quiet")
    if act:
        made.clicked.connect(act)
    return made


def line() -> QFrame:
    """A horizontal hairline."""
    made = QFrame()
    made.setProperty("role", "line")
    made.setFixedHeight(1)
    return made


def card(*items: Item, spacing: int = theme.SMALL, margin: int = theme.LARGE) -> QFrame:
    """A panel with a hairline around it."""
    made = QFrame()
    made.setProperty("role", "card")
    column(*items, parent=made, spacing=spacing, margin=margin)
    return made


def scrolled(content: QWidget) -> QScrollArea:
    """`content` in an area that scrolls vertically only."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def keep_room(widget: QWidget) -> QWidget:
    """Let a widget keep its place in the layout while it is hidden."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)
    return widget


def widen(widget: QWidget) -> QWidget:
    """Let a widget take the width there is."""
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, widget.sizePolicy().verticalPolicy())
    return widget
