"""Every flag of the installed version: searched, explained, set and reset one by one."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from studio.catalog.webui_flags import KNOWN_FLAGS
from studio.core.errors import BadRequest
from studio.launcher.command_line import join, split
from studio.launcher.flags import Flag, FlagTable
from studio.ui import theme
from studio.ui.fields import CheckEdit
from studio.ui.translate import tr
from studio.ui.widgets.choice_edit import ChoiceEdit
from studio.ui.widgets.parts import button, column, empty, label, row
from studio.ui.widgets.text_edit import LineEdit

KNOWN = {known.name: known for known in KNOWN_FLAGS}
COLUMNS = {0: "Flag", 1: "Value", 2: "What it does"}
HEIGHT = 320

Index = QModelIndex | QPersistentModelIndex


class FlagsModel(QAbstractTableModel):
    """The flags that are found, with their values."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Flag] = []
        self.values: dict[str, Any] = {}

    def show(self, flags: list[Flag]) -> None:
        """Show other flags."""
        self.beginResetModel()
        self.rows = flags
        self.endResetModel()

    def touch(self) -> None:
        """The values are other ones."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """How many are found."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, ARG002 - Qt's
        """Flag, value, help."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """The titles of the columns."""
        is_title = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return tr(COLUMNS[section]) if is_title else None

    def data(self, index: Index, role: int = 0) -> Any:
        """A flag's name, what it is set to, what it does."""
        flag = self.rows[index.row()]
        if role == Qt.ItemDataRole.ForegroundRole and flag.name in self.values:
            return QColor(theme.current().accent)
        if role == Qt.ItemDataRole.ToolTipRole:
            return about(flag)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (flag.name, shown(self.values.get(flag.name)), title(flag))[index.column()]


class FlagsEdit(QWidget):
    """A table of flags and, below, the chosen one with its editor."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._table = FlagTable()
        self.model, self.view = FlagsModel(), QTableView()
        self.view.setModel(self.model)
        self._dress_view()
        self._editor: Any = None
        self._words = ""
        self._name, self._help = label(role="section"), label(role="muted", wrap=True)
        self._place = row()
        self.reset = button(tr("Reset"), self.reset_flag, role="quiet", tip=tr("Leaves this flag out again."))
        self.reset_all = button(
            tr("Reset all flags"),
            lambda: self.set_value({}),
            role="quiet",
            tip=tr("Leaves all of these flags out."),
        )
        self._count = label(role="small")
        foot = row(self._count, None, self.reset_all)
        head = row(self._name, None)
        head.addLayout(self._place, 1)
        head.addWidget(self.reset)
        column(self.view, foot, head, self._help, parent=self)
        self.view.selectionModel().currentRowChanged.connect(self._show_flag)
        self._show_flag()

    def _dress_view(self) -> None:
        view = self.view
        view.setAccessibleName(tr("Every flag of this version"))
        view.setToolTip(tr("Choose a flag to set it below."))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setFixedHeight(HEIGHT)
        view.setTabKeyNavigation(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(theme.CONTROL)
        view.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        view.setColumnWidth(0, 210)
        view.setColumnWidth(1, 90)

    # which are shown

    def show_table(self, table: FlagTable) -> None:
        """Show the flags of another version."""
        self._table = table
        self.search(self._words)

    def search(self, words: str) -> int:
        """Show the flags with these words in their names or help, in either language; how many those are."""
        self._words = words
        wanted = words.casefold().split()
        found = [flag for flag in self._table.flags if all(word in _text(flag) for word in wanted)]
        self.model.show([flag for flag in found if not flag.is_hidden])
        self._count.setText(tr("{count} flags", count=len(self.model.rows)))
        self._show_flag()
        return len(self.model.rows)

    @property
    def flag(self) -> Flag | None:
        """The chosen flag."""
        place = self.view.currentIndex().row()
        return self.model.rows[place] if 0 <= place < len(self.model.rows) else None

    @Slot()
    def _show_flag(self) -> None:
        flag, self._editor = self.flag, None
        empty(self._place)
        self._name.setText(flag.name if flag else tr("Choose a flag to set it here."))
        self._help.setText(about(flag) if flag else "")
        self.reset.setVisible(bool(flag and flag.name in self.model.values))
        self.reset_all.setVisible(bool(self.model.values))
        if flag:
            self._editor = editor(flag)
            self._editor.setAccessibleName(flag.name)
            self._editor.setToolTip(about(flag))
            self._editor.set_value(_for_editor(flag, self.model.values.get(flag.name)))
            self._editor.changed.connect(self._edited)
            self._place.addWidget(self._editor)

    # values

    def value(self) -> dict[str, Any]:
        """The flags that are set, by name."""
        return dict(self.model.values)

    def set_value(self, value: Mapping[str, Any]) -> None:
        """Set flags."""
        if dict(value) == self.model.values:
            return
        self.model.values = dict(value)
        self.model.touch()
        self._show_flag()
        self.changed.emit()

    @Slot()
    def reset_flag(self) -> None:
        """Leave the chosen flag out."""
        if self.flag:
            self.set_value({name: value for name, value in self.model.values.items() if name != self.flag.name})

    @Slot()
    def _edited(self) -> None:
        flag, value = self.flag, self._editor.value() if self._editor else None
        if flag is None:
            return
        self.model.values.pop(flag.name, None)
        if (meant := _from_editor(flag, value)) is not None:
            self.model.values[flag.name] = meant
        self.model.touch()
        self.reset.setVisible(flag.name in self.model.values)
        self.reset_all.setVisible(bool(self.model.values))
        self.changed.emit()


def editor(flag: Flag) -> Any:
    """The editor for a flag's value."""
    if not flag.takes_value:
        return CheckEdit()
    if flag.choices:
        return ChoiceEdit(["", *(str(choice) for choice in flag.choices)], label=lambda text: text or tr("Not given"))
    made = LineEdit()
    made.setPlaceholderText(tr("Not given; its default is {default}", default=_default(flag)))
    return made


def _for_editor(flag: Flag, value: Any) -> Any:
    if not flag.takes_value:
        return bool(value)
    return join([str(one) for one in value]) if isinstance(value, list) else "" if value is None else str(value)


def _from_editor(flag: Flag, value: Any) -> Any:
    """What is kept of an editor's value, None if the flag is not given."""
    if not flag.takes_value:
        return True if value else None
    if not value:
        return None
    if not flag.takes_many:
        return value
    try:
        return split(value)
    except BadRequest:  # a quote that is not closed yet
        return value.split()


def title(flag: Flag) -> str:
    """What a flag does, in a few words."""
    known = KNOWN.get(flag.name)
    return tr(known.title) if known else flag.help


def about(flag: Flag) -> str:
    """Everything that is known of a flag."""
    known = KNOWN.get(flag.name)
    names = tr("Also {names}.", names=", ".join(name for name in flag.names if name != flag.name))
    parts = (
        tr(known.help) if known else "",
        flag.help if not known or flag.help != known.help else "",
        names if len(flag.names) > 1 else "",
        tr("Default: {default}.", default=_default(flag)) if flag.takes_value else "",
        tr("From the extension {name}.", name=flag.extension) if flag.extension else "",
    )
    return "\n".join(part for part in parts if part)


def shown(value: Any) -> str:
    """A value in a table."""
    if value is None:
        return ""
    if value is True:
        return tr("on")
    return join([str(one) for one in value]) if isinstance(value, list) else str(value)


def _default(flag: Flag) -> str:
    return tr("none") if flag.default in (None, "") else str(flag.default)


def _text(flag: Flag) -> str:
    known = KNOWN.get(flag.name)
    words = [*flag.names, flag.help, flag.extension]
    if known:
        words += [known.title, known.help, tr(known.title), tr(known.help)]
    return " ".join(words).casefold()
