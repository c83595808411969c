"""Forms made from records: one labelled editor for each option, nothing written by hand."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QObject, QSize, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

from studio.core.option import Option, Record, options
from studio.ui import theme
from studio.ui.translate import tr, tr_option
from studio.ui.widgets.choice_edit import ChoiceEdit
from studio.ui.widgets.list_edit import FolderEdit, ListEdit
from studio.ui.widgets.number_edit import NumberEdit
from studio.ui.widgets.parts import column, keep_room, label, row, tool
from studio.ui.widgets.text_edit import LineEdit, TextEdit

Choices = Callable[[str], Sequence[str]]
FOLDERS = ("output_folder", "gallery_folders", "model_folders")
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
CHOICE_TITLES = {
    "": "Default",
    "auto": "Automatic",
    "dark": "Dark",
    "light": "Light",
    "half": "Half",
    "full": "Full",
    "approximate": "Approximate",
    "png": "PNG",
    "jpg": "JPEG",
    "webp": "WebP",
    "sdpa": "SDPA",
    "xformers": "xFormers",
    "sub-quadratic": "Sub-quadratic",
}
SLIDER_NOTCHES = 4096  # a range with more notches than this gets no slider


class Editor(Protocol):
    """What every editor has: a value that is given back exactly as set until it is edited, and `changed`."""

    @property
    def changed(self) -> SignalInstance:
        """Emitted after every change of the value."""
        ...

    def value(self) -> Any:
        """The value."""
        ...

    def set_value(self, value: Any) -> None:
        """Show a value."""
        ...


class CheckEdit(QCheckBox):
    """Yes or no."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.toggled.connect(self.changed)

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters: a title that is too long for its column is cut with an ellipsis."""
        return QSize(60, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's
        """Draw box and title."""
        option, painter = QStyleOptionButton(), QStylePainter(self)
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxContents, option, self).width()
        title = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        option.text = title  # type: ignore[attr-defined]
        painter.drawControl(QStyle.ControlElement.CE_CheckBox, option)

    def value(self) -> bool:
        """Whether it is checked."""
        return self.isChecked()

    def set_value(self, value: bool) -> None:
        """Check or uncheck it."""
        self.setChecked(value)


def nothing(_name: str) -> Sequence[str]:
    """Choices where no list is known."""
    return ()


def editor(option: Option, choices: Choices = nothing) -> Any:
    """The editor (a QWidget that is an Editor) that suits an option; named and explained for people and readers."""
    made = _editor(option, choices)
    title, help_text = tr_option(option)
    made.setAccessibleName(title)
    made.setAccessibleDescription(help_text)
    made.setToolTip(help_text)
    made.set_value(option.default)
    return made


def _editor(option: Option, choices: Choices) -> Any:
    if option.type is bool:
        return CheckEdit()
    if option.type in (int, float):
        return NumberEdit(
            option.minimum, option.maximum, _step(option), slider_range(option), is_whole=option.type is int
        )
    if option.type is not str:
        listed = option.choices if isinstance(option.choices, str) else ""
        return ListEdit((lambda: choices(listed)) if listed else None, is_folders=option.name in FOLDERS)
    if option.choices:
        fixed = option.choices if isinstance(option.choices, tuple) else choices(option.choices)
        return ChoiceEdit(_offered(option, fixed), label=lambda value: tr_choice(value) if value else tr(option.empty))
    if option.name in FOLDERS:
        return FolderEdit()
    return TextEdit() if option.multiline else LineEdit()


def _offered(option: Option, choices: Sequence[str]) -> list[str]:
    """The choices, with the empty default in front where the record has one."""
    return [*([""] if option.default == "" and "" not in choices else []), *choices]


def tr_choice(value: str) -> str:
    """A choice as shown; the empty one means what the field's help says of it."""
    return LANGUAGES.get(value) or tr(CHOICE_TITLES.get(value, value))


def _step(option: Option) -> int | float:
    return int(option.step) if option.type is int else option.step


def slider_range(option: Option) -> tuple[float, float] | None:
    """The range a slider offers for a number, None where one would be useless."""
    if option.slider:
        return option.slider
    if option.minimum is None or option.maximum is None:
        return None
    notches = (option.maximum - option.minimum) / option.step
    return (option.minimum, option.maximum) if notches <= SLIDER_NOTCHES else None


class Form(QWidget):
    """Labelled editors for the options of a record class.

    `sections`, `names`, `without` and `advanced` choose which options are shown (None: all that are not hidden);
    `choices` looks up lists by name. With `explain` the help stands below each title, else it is a tooltip only.
    """

    changed = Signal()
    field_changed = Signal(str)

    def __init__(
        self,
        record: type[Record],
        *,
        sections: Collection[str] | None = None,
        names: Collection[str] | None = None,
        without: Collection[str] = (),
        advanced: bool | None = None,
        choices: Choices = nothing,
        label_width: int = 112,
        explain: bool = False,
    ) -> None:
        super().__init__()
        wanted = (o for o in options(record) if _is_wanted(o, sections, names, advanced) and o.name not in without)
        self.options = {o.name: o for o in wanted}
        self.editors: dict[str, Any] = {}
        self.rows: dict[str, FieldRow] = {}
        self._choices = choices
        self._is_displaying = False
        layout = column(parent=self, spacing=theme.LARGE if explain else theme.SMALL)
        for name, option in self.options.items():
            self.editors[name] = editor(option, choices)
            self.rows[name] = FieldRow(option, self.editors[name], label_width, explain)
            self.editors[name].changed.connect(_Caller(self, name).call)
            layout.addWidget(self.rows[name])

    def read(self) -> dict[str, Any]:
        """The values by field name."""
        return {name: made.value() for name, made in self.editors.items()}

    def display(self, record: Record) -> None:
        """Show a record's values; `changed` comes once, if anything changed."""
        before = self.read()
        self._is_displaying = True
        try:
            for name, made in self.editors.items():
                made.set_value(getattr(record, name))
        finally:
            self._is_displaying = False
        if self.read() != before:
            self.changed.emit()

    def reset(self, *names: str) -> None:
        """Put fields (default: all) back to their defaults."""
        for name in names or self.editors:
            self.editors[name].set_value(self.options[name].default)

    def refresh_choices(self) -> None:
        """Look up every named list again; values stay."""
        for name, option in self.options.items():
            if isinstance(option.choices, str) and isinstance(self.editors[name], ChoiceEdit):
                self.editors[name].set_choices(_offered(option, self._choices(option.choices)))

    def search(self, text: str) -> int:
        """Show only the fields whose title, help or name has every word of `text`; how many those are."""
        shown = [name for name in self.rows if is_match(self.options[name], text)]
        for name, field in self.rows.items():
            field.setVisible(name in shown)
        return len(shown)

    def touched(self, name: str) -> None:
        """Note that the user changed a field."""
        self.rows[name].mark(self.editors[name].value() != self.options[name].default)
        if not self._is_displaying:
            self.field_changed.emit(name)
            self.changed.emit()


class _Caller(QObject):
    """Tells a form which of its editors changed."""

    def __init__(self, form: Form, name: str) -> None:
        super().__init__(form)
        self._form, self._name = form, name

    @Slot()
    def call(self) -> None:
        self._form.touched(self._name)


class FieldRow(QWidget):
    """A title, an editor, and a button that puts the default back."""

    def __init__(self, option: Option, made: Any, label_width: int, explain: bool) -> None:
        super().__init__()
        title, help_text = tr_option(option)
        self._option, self._editor, self._explain = option, made, explain
        self._reset = tool("arrow-counter-clockwise", tr("Reset {name}", name=title), self._put_back)
        self._reset.setToolTip(tr("Puts the default back."))
        layout = row(parent=self)
        if isinstance(made, CheckEdit) and not explain:
            made.setText(title)
        else:
            layout.addWidget(_label(title, help_text, made, label_width, explain), 1 if explain else 0)
        layout.addWidget(made, 1)
        layout.addWidget(keep_room(self._reset) if explain else self._reset)
        self._reset.setVisible(False)

    def mark(self, is_changed: bool) -> None:
        """Offer the way back where the value is not the default."""
        self._reset.setVisible(is_changed and self._explain)

    @Slot()
    def _put_back(self) -> None:
        self._editor.set_value(self._option.default)


def _label(title: str, help_text: str, made: QWidget, width: int, explain: bool) -> QWidget:
    name = label(title, wrap=True)
    name.setBuddy(made)
    if not explain:
        name.setToolTip(help_text)
        name.setFixedWidth(width)
        return name
    block = QWidget()
    block.setMinimumWidth(width)
    block.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)  # beside a high editor too
    column(name, label(help_text, "small", wrap=True), parent=block, spacing=2)
    return block


def _is_wanted(
    option: Option, sections: Collection[str] | None, names: Collection[str] | None, advanced: bool | None
) -> bool:
    return (
        (names is not None or not option.hidden)
        and (sections is None or option.section in sections)
        and (names is None or option.name in names)
        and (advanced is None or option.advanced == advanced)
    )


def is_match(option: Option, text: str) -> bool:
    """Whether an option's title, help (in either language) or name has every word of `text`."""
    about = " ".join((*tr_option(option), option.title, option.help, option.name)).casefold()
    return all(word in about for word in text.casefold().split())


def changed_options(record: Record) -> Iterator[Option]:
    """The options of a record whose values are not the defaults."""
    for option in options(type(record)):
        if getattr(record, option.name) != option.default:
            yield option
