"""How the chosen web UI is started: options at three levels, found by searching too."""

from functools import partial

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QLineEdit, QPushButton, QWidget

from studio.catalog.webui_flags import EXPERT, GROUP_TITLES, LEVEL_TITLES, SIMPLE
from studio.core.option import options
from studio.launcher import launch_options
from studio.launcher.launch_options import LaunchOptions
from studio.ui import theme
from studio.ui.errors import Notice
from studio.ui.fields import Form, is_match
from studio.ui.panels.webui_flags import FlagsEdit
from studio.ui.panels.webui_variables import VariablesEdit
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.widgets.parts import button, column, label, line, row

DELAY_MS = 150
SECTIONS = tuple(dict.fromkeys(one.section for one in options(LaunchOptions)))
HIDDEN = [one.name for one in options(LaunchOptions) if one.hidden]
LEVEL_HELP = {
    "simple": "The few options that matter to everybody.",
    "advanced": "Everything that has an option of its own.",
    "expert": "Also environment variables, free text and every flag of this version.",
}


class OptionsCard(QFrame):
    """A level, a search line, one form per section, and for experts variables and single flags.

    What is edited is saved at once. `level_changed` tells that another level was chosen.
    """

    level_changed = Signal()

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui = webui
        self.level = SIMPLE
        self.setProperty("role", "card")
        self.words = self._search_line()
        self.levels = {level: self._level_button(level) for level in LEVEL_TITLES}
        self.forms = {section: self._form(section) for section in SECTIONS}
        self.variables, self.flags = VariablesEdit(), FlagsEdit()
        self._memory, self._nothing = label(role="small", wrap=True), label(tr("Nothing found"), "muted")
        sections = {section: self._section(tr(GROUP_TITLES[section]), self.forms[section]) for section in SECTIONS}
        self._sections = sections
        self._expert = [
            self._section(tr("Environment variables"), self.variables, tr("Set for the web UI only.")),
            self._section(tr("Every flag of this version"), self.flags, tr("They are given beside the options.")),
        ]
        parts = (self._head(), self._memory, *sections.values(), *self._expert, self._nothing)
        column(*parts, None, parent=self, spacing=theme.LARGE, margin=theme.LARGE)
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self.apply)
        self._connect()
        self.set_level(SIMPLE)
        self._display()
        self._show_memory()

    def _connect(self) -> None:
        self.words.textChanged.connect(self._show_rows)
        for edit in (*self.forms.values(), self.variables, self.flags):
            edit.changed.connect(self._edited)
        self.webui.options_changed.connect(self._display)
        self.webui.flags_read.connect(self._show_flags)
        self.webui.install_chosen.connect(self._show_flags)
        self.webui.machine_seen.connect(self._show_memory)
        self._show_flags()

    # parts

    def _search_line(self) -> QLineEdit:
        made = QLineEdit()
        made.setPlaceholderText(tr("Search options"))
        made.setAccessibleName(tr("Search options"))
        made.setToolTip(tr("Shows the options with these words, of every level."))
        made.setClearButtonEnabled(True)
        made.setMinimumWidth(80)
        return made

    def _level_button(self, level: str) -> QPushButton:
        made = button(tr(LEVEL_TITLES[level]), tip=tr(LEVEL_HELP[level]))
        made.setCheckable(True)
        made.clicked.connect(partial(self._choose_level, level))
        return made

    def _head(self) -> QWidget:
        holder, group = QWidget(), QButtonGroup(self)
        for made in self.levels.values():
            group.addButton(made)
        reset = button(tr("Reset all"), self.reset, role="quiet", tip=tr("Puts every default back; can be undone."))
        layout = row(label(tr("Options"), "title"), theme.SMALL, *self.levels.values(), parent=holder)
        layout.addWidget(self.words, 1)
        layout.addWidget(reset)
        return holder

    def _form(self, section: str) -> Form:
        return Form(LaunchOptions, sections=(section,), without=HIDDEN, label_width=180, explain=True)

    def _section(self, title: str, content: QWidget, text: str = "") -> QWidget:
        holder = QWidget()
        column(label(title, "section"), *([label(text, "small")] if text else []), content, parent=holder)
        holder.layout().insertWidget(0, line())  # type: ignore[union-attr]
        return holder

    # which are shown

    def _choose_level(self, level: str, _: bool = True) -> None:
        self.set_level(level)
        self.level_changed.emit()

    def set_level(self, level: str) -> None:
        """Show the options of a level."""
        self.level = level
        self.levels[level].setChecked(True)
        self._show_rows()

    @Slot()
    def _show_rows(self) -> None:
        """A search looks through every level; without one the level decides."""
        self.setUpdatesEnabled(False)
        words, shown = self.words.text().strip(), set(launch_options.names_at(self.level))
        found = 0
        for section, form in self.forms.items():
            names = [name for name, one in form.options.items() if (is_match(one, words) if words else name in shown)]
            for name, field in form.rows.items():
                if field.isHidden() == (name in names):  # what is set anew is laid out anew
                    field.setVisible(name in names)
            self._sections[section].setVisible(bool(names))
            found += len(names)
        is_expert = self.level == EXPERT or bool(words)
        flags = self.flags.search(words)
        self._expert[0].setVisible(self.level == EXPERT and not words)
        self._expert[1].setVisible(is_expert and bool(flags))
        self._nothing.setVisible(not found and not (is_expert and flags))
        self.setUpdatesEnabled(True)

    @Slot()
    def _show_flags(self) -> None:
        self.flags.show_table(self.webui.flags)
        self._show_rows()

    @Slot()
    def _show_memory(self) -> None:
        card = self.webui.card
        self._memory.setVisible(card is not None)
        if card is not None:
            gb, tier = f"{card.memory_mib / 1024:.0f}", tr(launch_options.tier_of(card.memory_mib))
            self._memory.setText(tr("{card} with {gb} GB: automatic means “{tier}”.", card=card.name, gb=gb, tier=tier))

    # values

    def read(self) -> LaunchOptions:
        """What the fields show."""
        values = {name: value for form in self.forms.values() for name, value in form.read().items()}
        return LaunchOptions(**values, environment=self.variables.value(), flags=self.flags.value())

    @Slot()
    def _display(self) -> None:
        self._timer.stop()
        for form in self.forms.values():
            form.display(self.webui.options)
        self.variables.set_value(self.webui.options.environment)
        self.flags.set_value(self.webui.options.flags)
        self._timer.stop()

    @Slot()
    def _edited(self) -> None:
        self._timer.start()

    @Slot()
    def apply(self) -> None:
        """Take what the fields show now."""
        self._timer.stop()
        self.webui.change_options(self.read())

    @Slot()
    def reset(self) -> None:
        """Put every default back; a notice offers the way back."""
        before = self.webui.options
        self.webui.change_options(LaunchOptions())
        text = tr("All options are back to their defaults.")
        undo = partial(self.webui.change_options, before)
        self.webui.session.noticed.emit(Notice(text, action=tr("Undo"), act=undo))
