"""A line to search by."""

from PySide6.QtWidgets import QLineEdit

from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.translate import tr


def search_field(hint: str, tip: str) -> QLineEdit:
    """An empty line with a magnifying glass; `hint` stands in it while it is empty."""
    field = QLineEdit(clearButtonEnabled=True)
    field.setPlaceholderText(hint)
    field.setAccessibleName(tr("Search"))
    field.setToolTip(tip)
    field.addAction(icon("magnifying-glass", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition)
    return field
