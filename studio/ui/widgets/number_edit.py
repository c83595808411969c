"""A number: a slider for the hand and a field for exact values."""

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QSlider, QToolTip, QWidget

from studio.ui import theme
from studio.ui.translate import tr
from studio.ui.widgets.parts import row

SLIDER_STEPS = 2**30  # what a QSlider can count to

Number = int | float


class NumberField(QAbstractSpinBox):
    """A spin box for whole numbers of any size and for decimals, which it keeps exactly as given."""

    value_changed = Signal(object)

    def __init__(self, minimum: Number | None, maximum: Number | None, step: Number, is_whole: bool) -> None:
        super().__init__()
        self.minimum, self.maximum, self.step, self.is_whole = minimum, maximum, step, is_whole
        self._value: Number = 0
        self.setFont(theme.number_font())
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().textEdited.connect(self._take)
        self.editingFinished.connect(self._settle)

    def value(self) -> Number:
        """The number."""
        return self._value

    def set_value(self, value: Number) -> None:
        """Show a number, as near as the limits allow."""
        value = self.fitted(value)
        is_new = value != self._value
        self._value = value
        self._frame(True)
        self._show()
        if is_new:
            self.value_changed.emit(value)

    def fitted(self, value: Number) -> Number:
        """The allowed number nearest to `value`."""
        value = round(value) if self.is_whole else float(value)
        if self.minimum is not None and value < self.minimum:
            value = self.minimum
        if self.maximum is not None and value > self.maximum:
            value = self.maximum
        return int(value) if self.is_whole else float(value)

    def stepBy(self, steps: int) -> None:
        """One step up or down, onto the grid of steps."""
        self.set_value(on_grid(self._value + steps * self.step, self.step))
        self.selectAll()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Which ways lead somewhere."""
        enabled = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self.maximum is None or self._value < self.maximum:
            enabled |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        if self.minimum is None or self._value > self.minimum:
            enabled |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        return enabled

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Whether `text` is a number, may become one, or never will."""
        if _number(text, self.is_whole) is not None:
            return QValidator.State.Acceptable, text, position
        marks = "-" if self.is_whole else "-.,eE+"
        is_start = all(character.isdigit() or character in marks for character in text)
        return (QValidator.State.Intermediate if is_start else QValidator.State.Invalid), text, position

    def sizeHint(self) -> QSize:
        """Room for six digits."""
        return QSize(76, theme.CONTROL)

    @Slot(str)
    def _take(self, text: str) -> None:
        number = _number(text, self.is_whole)
        self._frame(number is not None and self.fitted(number) == number)
        if number is not None and (value := self.fitted(number)) != self._value:
            self._value = value
            self.value_changed.emit(value)

    @Slot()
    def _settle(self) -> None:
        """Show the number that counts; where another one was typed, say so."""
        is_other = bool(self.property("wrong"))
        self._frame(True)
        self._show()
        if is_other:
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), self.limits(), self)

    def limits(self) -> str:
        """What may be typed, in a sentence."""
        if self.minimum is None or self.maximum is None:
            return tr("This must be a number.")
        low, high = shown(self.fitted(self.minimum)), shown(self.fitted(self.maximum))
        return tr("This can be {low} to {high}; it is {value} now.", low=low, high=high, value=shown(self._value))

    def _frame(self, is_right: bool) -> None:
        """A red frame while what is typed is not what counts."""
        if bool(self.property("wrong")) == is_right:
            self.setProperty("wrong", not is_right)
            self.style().unpolish(self)
            self.style().polish(self)

    @Slot()
    def _show(self) -> None:
        self.lineEdit().setText(shown(self._value))


class NumberEdit(QWidget):
    """A NumberField with a slider beside it where a range makes sense; the wheel only acts with the focus."""

    changed = Signal()

    def __init__(
        self,
        minimum: Number | None = None,
        maximum: Number | None = None,
        step: Number = 1,
        slider: tuple[float, float] | None = None,
        is_whole: bool = True,
    ) -> None:
        super().__init__()
        self.field = NumberField(minimum, maximum, step, is_whole)
        self.slider = _slider(slider, step) if slider else None
        self._range = slider or (0, 0)
        layout = row(parent=self)
        if self.slider:
            layout.addWidget(self.slider, 1)
            self.slider.valueChanged.connect(self._slid)
            self.slider.installEventFilter(self)
            self.field.setFixedWidth(76)
        layout.addWidget(self.field, 0 if self.slider else 1)
        self.field.installEventFilter(self)
        self.field.value_changed.connect(self._moved)
        self.setFocusProxy(self.field)

    def value(self) -> Number:
        """The number."""
        return self.field.value()

    def set_value(self, value: Number) -> None:
        """Show a number."""
        self.field.set_value(value)

    def setAccessibleName(self, name: str) -> None:
        """Name the field and the slider."""
        super().setAccessibleName(name)
        self.field.setAccessibleName(name)
        if self.slider:
            self.slider.setAccessibleName(name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the wheel scroll the page unless the number has the focus."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    @Slot(object)
    def _moved(self, value: Number) -> None:
        if self.slider:
            with QSignalBlocker(self.slider):
                self.slider.setValue(self._notch(value))
        self.changed.emit()

    @Slot(int)
    def _slid(self, notch: int) -> None:
        self.field.set_value(on_grid(self._range[0] + notch * self.field.step, self.field.step))

    def _notch(self, value: Number) -> int:
        low, high = self._range
        return round((min(max(value, low), high) - low) / self.field.step)


def _slider(ends: tuple[float, float], step: Number) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    notches = round((ends[1] - ends[0]) / step)
    slider.setRange(0, min(notches, SLIDER_STEPS))
    slider.setPageStep(max(1, notches // 10))
    slider.setMinimumWidth(48)
    return slider


def on_grid(value: Number, step: Number) -> Number:
    """`value` on the grid of `step`, without the dust of binary fractions."""
    if isinstance(value, int) and isinstance(step, int):
        return value
    return round(round(value / step) * step, 6)


def shown(value: Number) -> str:
    """A number as people write it."""
    return str(value) if isinstance(value, int) else f"{value:.10g}"


def _number(text: str, is_whole: bool) -> Number | None:
    try:
        number = int(text) if is_whole else float(text.replace(",", "."))
    except (ValueError, OverflowError):
        return None
    return number if number == number and abs(number) != float("inf") else None
