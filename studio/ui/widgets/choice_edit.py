"""One of several choices, found by typing a part of it."""

from collections.abc import Callable, Sequence
from typing import cast

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from studio.ui import theme
from studio.ui.widgets.parts import row

MARGIN = 4
MANY = 12  # from this many choices on, one can type to search


class ElidedCombo(QComboBox):
    """A combo box that cuts a long text in its middle."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame and the text that fits."""
        if self.isEditable():
            super().paintEvent(event)
            return
        option, painter = QStyleOptionComboBox(), QStylePainter(self)
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width() - MARGIN
        text = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideMiddle, room)
        option.currentText = text  # type: ignore[attr-defined]
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class ChoiceEdit(QWidget):
    """A combo box over texts; a value that is not (or no longer) on the list is kept and shown.

    `label` turns a value into what is shown for it. Any text may be a value, the empty one too.
    """

    changed = Signal()

    def __init__(self, choices: Sequence[str] = (), label: Callable[[str], str] = str) -> None:
        super().__init__()
        self._label = label
        self.combo = ElidedCombo()
        self.combo.setMaxVisibleItems(16)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(6)
        self.combo.installEventFilter(self)
        row(self.combo, parent=self)
        self.setFocusProxy(self.combo)
        self.set_choices(choices)
        self.combo.currentIndexChanged.connect(self.changed)

    def set_choices(self, choices: Sequence[str]) -> None:
        """Offer other choices; the value stays."""
        value = self.value() if self.combo.count() else None
        with QSignalBlocker(self.combo):
            self.combo.clear()
            for choice in choices:
                self.combo.addItem(self._label(choice), choice)
            self._let_search(len(choices) >= MANY)
            if value is not None:
                self._select(value)

    def value(self) -> str:
        """The chosen value."""
        data = self.combo.currentData()
        return data if isinstance(data, str) else ""

    def set_value(self, value: str) -> None:
        """Choose a value."""
        self._select(value)

    def setAccessibleName(self, name: str) -> None:
        """Name the combo box."""
        super().setAccessibleName(name)
        self.combo.setAccessibleName(name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the wheel scroll the page instead of changing the choice."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _select(self, value: str) -> None:
        index = next((i for i in range(self.combo.count()) if self.combo.itemData(i) == value), -1)
        if index < 0:
            index = self.combo.count()
            self.combo.addItem(self._label(value), value)
        self.combo.setCurrentIndex(index)

    def _let_search(self, is_long: bool) -> None:
        if is_long == self.combo.isEditable():
            return
        self.combo.setEditable(is_long)
        if is_long:
            self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            completer = QCompleter(self.combo.model(), self.combo)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            popup = cast(QAbstractItemView, completer.popup())
            popup.setProperty("role", "popup")
            theme.clothe(popup)
            self.combo.setCompleter(completer)
            cast(QLineEdit, self.combo.lineEdit()).editingFinished.connect(self._settle)

    @Slot()
    def _settle(self) -> None:
        """Show the chosen value again after a search that led nowhere."""
        index = self.combo.currentIndex()
        if index >= 0:
            self.combo.setEditText(self.combo.itemText(index))
