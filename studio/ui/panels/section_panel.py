"""A group of a record's fields: the usual ones open, the advanced ones folded below them."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, cast

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.core.option import Option, Record
from studio.ui import theme
from studio.ui.fields import Form, tr_choice
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.collapsible import Collapsible
from studio.ui.widgets.number_edit import NumberEdit, shown
from studio.ui.widgets.parts import column, row

LABEL = 120


class SectionPanel(QWidget):
    """The fields of one section; `summary` is what a closed header says of them.

    Fields `without` are left to a panel of their own, `below` are widgets under the folded fields.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        record: type[Record],
        section: str,
        summarise: Callable[[dict[str, Any]], str],
        advanced_title: str = "",
        *,
        without: Collection[str] = (),
        below: Sequence[QWidget] = (),
    ) -> None:
        super().__init__()
        self._summarise = summarise
        self._above: tuple[QWidget, ...] = ()
        self._beside: dict[str, tuple[QWidget, ...]] = {}
        about = {"sections": {section}, "without": without, "choices": session.choices, "label_width": LABEL}
        self.form, self.extra = Form(record, advanced=False, **about), Form(record, advanced=True, **about)
        self.fold = Collapsible(advanced_title or tr("Advanced"), _stacked(self.extra, *below), is_open=False)
        if not self.extra.editors:
            self.fold.hide()
        theme.dress(self.fold, "fold")
        self.column = column(self.form, self.fold, parent=self)
        self.column.setContentsMargins(0, 0, 0, theme.TINY)
        for form in (self.form, self.extra):
            form.changed.connect(self._tell)
        self._tell()

    @property
    def editors(self) -> dict[str, Any]:
        """All editors by field name."""
        return {**self.form.editors, **self.extra.editors}

    def read(self) -> dict[str, Any]:
        """The values by field name."""
        return {**self.form.read(), **self.extra.read()}

    def display(self, record: Record) -> None:
        """Show a record's values."""
        self.form.display(record)
        self.extra.display(record)

    def refresh_choices(self) -> None:
        """Look lists up again."""
        self.form.refresh_choices()
        self.extra.refresh_choices()

    def summary(self) -> str:
        """The values in a line."""
        return joined(self._summarise(self.form.read()), self.extra_summary())

    def extra_summary(self) -> str:
        """What the folded fields say that are not at their defaults."""
        return changed_texts(self.extra)

    def put_beside(self, name: str, *widgets: QWidget) -> None:
        """Put widgets to the right of a field."""
        line = cast(QHBoxLayout, self.form.rows[name].layout())
        for widget in widgets:
            line.addWidget(widget)
        self._beside[name] = widgets

    def put_above(self, *widgets: QWidget) -> None:
        """Put widgets in a line above the fields."""
        self.column.insertLayout(0, row(*widgets, None, spacing=theme.TINY))
        self._above = widgets

    def focus_chain(self) -> list[QWidget]:
        """What takes the focus, as the eye reads it."""
        usual = [part for name in self.form.editors for part in self._parts_of(name)]
        extra = [part for made in self.extra.editors.values() for part in focused_parts(made)]
        return [*self._above, *usual, self.fold.header, *extra]

    def _parts_of(self, name: str) -> list[QWidget]:
        return [*focused_parts(self.form.editors[name]), *self._beside.get(name, ())]

    @Slot()
    def _tell(self) -> None:
        self.fold.set_summary(self.extra_summary())
        self.changed.emit()


def _stacked(first: QWidget, *more: QWidget) -> QWidget:
    if not more:
        return first
    made = QWidget()
    column(first, *more, parent=made)
    return made


def focused_parts(made: Any) -> list[QWidget]:
    """What of an editor takes the focus, from left to right."""
    if isinstance(made, NumberEdit):
        return [made.slider, made.field] if made.slider else [made.field]
    return [made.focusProxy() or made]


def changed_texts(form: Form) -> str:
    """What a form's fields say that are not at their defaults."""
    values = form.read()
    changed = (option for name, option in form.options.items() if values[name] != option.default)
    return joined(*(value_text(option, values[option.name]) for option in changed))


def value_text(option: Option, value: Any) -> str:
    """A field and its value in a few words."""
    if option.type is bool:
        return tr(option.title) if value else tr("no {name}", name=tr(option.title))
    text = tr_choice(value) if isinstance(value, str) else shown(value)
    return f"{tr(option.title)} {text}".split("\n")[0][:60]


def joined(*texts: str) -> str:
    """Texts beside each other."""
    return "  ·  ".join(text for text in texts if text)
