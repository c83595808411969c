"""Environment variables of a web UI: one row each, which can be switched off without being lost."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from studio.launcher.launch_options import Variable
from studio.ui import theme
from studio.ui.translate import tr
from studio.ui.widgets.parts import button, column, empty, row, tool
from studio.ui.widgets.text_edit import LineEdit


class VariablesEdit(QWidget):
    """Rows of a switch, a name and a value."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[VariableRow] = []
        self._column = column(spacing=theme.TINY)
        add = button(tr("Add a variable"), self.add, role="quiet", tip=tr("Adds an empty row for a name and a value."))
        column(self._column, row(add, None), parent=self, spacing=theme.TINY)

    def value(self) -> tuple[Variable, ...]:
        """The variables that have a name."""
        return tuple(made.value() for made in self._rows if made.name.text().strip())

    def set_value(self, value: Sequence[Variable]) -> None:
        """Show variables."""
        if tuple(value) == self.value():
            return
        empty(self._column)
        self._rows = []
        for variable in value:
            self._add(variable)
        self.changed.emit()

    @Slot()
    def add(self) -> None:
        """Add an empty row and go to it."""
        self._add(Variable(name="")).name.setFocus()

    def _add(self, variable: Variable) -> "VariableRow":
        made = VariableRow(variable)
        made.changed.connect(self.changed)
        made.removed.connect(self._remove)
        self._rows.append(made)
        self._column.addWidget(made)
        return made

    @Slot()
    def _remove(self) -> None:
        made = self.sender()
        if isinstance(made, VariableRow):
            self._rows.remove(made)
            made.hide()
            made.deleteLater()
            self.changed.emit()


class VariableRow(QWidget):
    """One variable; `removed` asks to take it away."""

    changed = Signal()
    removed = Signal()

    def __init__(self, variable: Variable) -> None:
        super().__init__()
        self.switch, self.name, self.text = QCheckBox(), LineEdit(), LineEdit()
        self.switch.setChecked(variable.is_enabled)
        self.switch.setAccessibleName(tr("Use this variable"))
        self.switch.setToolTip(tr("Switched off, it is kept but not set."))
        for field, text, tip in (
            (self.name, tr("Name"), tr("The variable's name, such as CUDA_VISIBLE_DEVICES.")),
            (self.text, tr("Value"), tr("What the variable is set to.")),
        ):
            field.setPlaceholderText(text)
            field.setAccessibleName(text)
            field.setToolTip(tip)
        self.name.set_value(variable.name)
        self.text.set_value(variable.value)
        layout = row(self.switch, parent=self, spacing=theme.TINY)
        layout.addWidget(self.name, 2)
        layout.addWidget(self.text, 3)
        layout.addWidget(tool("x", tr("Remove the variable"), self.removed.emit))
        self.switch.toggled.connect(self.changed)
        self.name.changed.connect(self._take_value)
        self.name.changed.connect(self.changed)
        self.text.changed.connect(self.changed)

    @Slot()
    def _take_value(self) -> None:
        """A sign of equality ends the name, whether typed or pasted."""
        name, equals, value = self.name.value().partition("=")
        if equals and name.strip():
            self.name.set_value(name.strip())
            self.text.set_value(value + self.text.value())
            self.text.setFocus()

    def value(self) -> Variable:
        """The variable as shown."""
        return Variable(name=self.name.value().strip(), value=self.text.value(), is_enabled=self.switch.isChecked())
