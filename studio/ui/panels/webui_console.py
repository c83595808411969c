"""What a web UI writes: search, levels, copy, save, and a line to answer it."""

from bisect import bisect_left, bisect_right
from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QLineEdit, QToolButton, QWidget

from studio.core.errors import StudioError
from studio.core.files import write_atomically
from studio.launcher import run_log
from studio.launcher.console import Console, Level
from studio.ui import theme
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.sieve import ALL, Sieve
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.widgets.choice_edit import ChoiceEdit
from studio.ui.widgets.console_view import ConsoleView
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import button, column, label, row, tool

LEVELS = {
    "all": "Everything",
    "without-progress": "Without progress bars",
    "warnings": "Warnings and errors",
    "errors": "Errors only",
}
SHOWN = {
    "all": ALL,
    "without-progress": ALL - {Level.PROGRESS},
    "warnings": {Level.WARNING, Level.ERROR},
    "errors": {Level.ERROR},
}


class ConsolePanel(WebuiPanel):
    """A toolbar, the lines, and the line for answers while the web UI runs."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__(webui)
        self.view = ConsoleView()
        self.finder = Sieve(self)
        self.words, self.level = self._search_line(), ChoiceEdit(list(LEVELS), label=lambda key: tr(LEVELS[key]))
        self.level.setAccessibleName(tr("Which lines are shown"))
        self.level.setToolTip(tr("Which lines are shown: all of them, or only those that matter."))
        self.level.setFixedWidth(190)
        self.count = label(role="small")
        self.follow = self._follow_button()
        self.answer, self.question = QLineEdit(), label(role="muted")
        self._empty = EmptyState(
            "terminal-window",
            tr("Nothing written yet"),
            tr("What the web UI writes stands here once it is started."),
            tr("Look at the last log"),
        )
        self._foot = self._answer_row()
        layout = column(self._toolbar(), self._empty, parent=self, spacing=theme.SMALL, margin=theme.LARGE)
        layout.setStretchFactor(self._empty, 1)
        layout.insertWidget(1, self.view, 1)
        layout.addWidget(self._foot)
        self._connect()
        self._show_run(-1)

    # parts

    def _search_line(self) -> QLineEdit:
        made = QLineEdit()
        made.setPlaceholderText(tr("Search the log"))
        made.setAccessibleName(tr("Search the log"))
        made.setToolTip(tr("Marks every line with these words; Enter goes to the next one."))
        made.setClearButtonEnabled(True)
        made.setMaximumWidth(320)
        return made

    def _follow_button(self) -> QToolButton:
        made = tool("arrow-line-down", tr("Follow the end"), tip=tr("Stays at the newest line while lines arrive."))
        made.setCheckable(True)
        return made

    def _toolbar(self) -> QWidget:
        holder = QWidget()
        layout = row(parent=holder)
        layout.addWidget(self.words, 1)
        parts = (
            tool("caret-up", tr("Previous place"), self.go_back, tip=tr("Goes to the place before (Shift+F3).")),
            tool("caret-down", tr("Next place"), self.go_on, tip=tr("Goes to the next place (F3).")),
            self.count,
        )
        for part in parts:
            layout.addWidget(part)
        layout.addStretch(1)
        last = (
            self.level,
            self.follow,
            tool("copy", tr("Copy"), self._copy, tip=tr("Copies what is selected, else every line that is shown.")),
            tool("floppy-disk", tr("Save the log…"), self._choose_file, tip=tr("Writes all lines into a text file.")),
        )
        for part in last:
            layout.addWidget(part)
        return holder

    def _answer_row(self) -> QWidget:
        holder = QWidget()
        self.answer.setPlaceholderText(tr("Answer the web UI…"))
        self.answer.setAccessibleName(tr("Answer the web UI"))
        self.answer.setToolTip(tr("Gives one line to the web UI's keyboard input, for programs that ask questions."))
        layout = row(self.question, parent=holder)
        layout.addWidget(self.answer, 1)
        layout.addWidget(button(tr("Send"), self.send, tip=tr("Gives this line to the web UI.")))
        return holder

    def _connect(self) -> None:
        self.words.textChanged.connect(self._search)
        self.words.returnPressed.connect(self.go_on)
        self._empty.acted.connect(self._show_last_log)
        self.level.changed.connect(self._filter)
        self.follow.toggled.connect(self.view.follow)
        self.view.follow_changed.connect(self.follow.setChecked)
        self.finder.changed.connect(self._count_places)
        self.answer.returnPressed.connect(self.send)
        self.webui.lines_arrived.connect(self._show_run)
        self.webui.state_changed.connect(self._show_foot)
        QShortcut(QKeySequence("F3"), self).activated.connect(self.go_on)
        QShortcut(QKeySequence("Shift+F3"), self).activated.connect(self.go_back)
        QShortcut(QKeySequence.StandardKey.Find, self).activated.connect(self.words.setFocus)
        self.follow.setChecked(True)

    # lines

    @property
    def console(self) -> Console:
        """The console of the chosen install's run."""
        return self.webui.run.console if self.webui.run else Console()

    @Slot(int)
    def _show_run(self, first: int) -> None:
        console = self.console
        if first < 0:
            self.view.show_console(console)
            self.finder.look_in(console)
            self._show_foot()
        else:
            self.view.refresh(first)
            self.finder.refresh(first)
        is_empty = len(console) == 1 and not console.lines[0].text
        self._empty.setVisible(is_empty)
        self.view.setVisible(not is_empty)
        self._show_question()

    @Slot()
    def _show_foot(self) -> None:
        run = self.webui.run
        self._foot.setVisible(bool(run and run.is_live and run.webui))

    def _show_question(self) -> None:
        question = self.console.question
        self.question.setText(question[-80:])
        self.question.setVisible(bool(question))

    @Slot()
    def send(self) -> None:
        """Give the answer to the web UI."""
        run = self.webui.run
        try:
            if run:
                run.answer(self.answer.text())
            self.answer.clear()
        except StudioError as error:
            self.webui.session.tell(error)

    @Slot()
    def _show_last_log(self) -> None:
        """Look through what the run before wrote, perhaps under an earlier studio."""
        install = self.webui.install
        path = run_log.latest(self.webui.places.logs / install.key) if install else None
        if path and path.is_file():
            self.webui.show_panel("diagnosis", path)
        else:
            self.webui.session.notify(tr("There is no log of an earlier run."))

    # search

    @Slot()
    def _filter(self) -> None:
        levels = SHOWN.get(self.level.value(), ALL)
        self.view.sieve.look_for("", levels)
        self.view.follow(True)
        self.finder.look_for(self.words.text(), levels)
        self.state_changed.emit()

    @Slot(str)
    def _search(self, words: str) -> None:
        self.view.highlight(words)
        self.finder.look_for(words, SHOWN.get(self.level.value(), ALL))
        self._count_places()

    @Slot()
    def _count_places(self) -> None:
        numbers, marked = self.finder.numbers, self.view.marked
        if not self.words.text():
            self.count.setText("")
        elif not numbers:
            self.count.setText(tr("Searching…") if self.finder.is_searching else tr("Not found"))
        elif (place := bisect_left(numbers, marked)) < len(numbers) and numbers[place] == marked:
            self.count.setText(tr("{place} of {count}", place=f"{place + 1:,}", count=f"{len(numbers):,}"))
        else:
            self.count.setText(tr("{count} lines", count=f"{len(numbers):,}"))

    @Slot()
    def go_on(self) -> None:
        """Go to the next line that is searched for; after the last comes the first."""
        numbers = self.finder.numbers
        place = bisect_right(numbers, self.view.marked)
        self._go_to(numbers[place : place + 1] or numbers[:1])

    @Slot()
    def go_back(self) -> None:
        """Go to the line before; before the first comes the last."""
        numbers = self.finder.numbers
        place = bisect_left(numbers, self.view.marked)
        self._go_to(numbers[max(0, place - 1) : place] or numbers[-1:])

    def _go_to(self, found: list[int]) -> None:
        if found and self.words.text():
            self.view.reveal(found[0])
            self._count_places()

    def receive(self, value: object) -> None:
        """Show the line of that number."""
        if isinstance(value, int):
            self.level.set_value("all")
            self.view.reveal(value)
            self.view.setFocus()

    # copy and save

    @Slot()
    def _copy(self) -> None:
        if not self.view.selected_text:
            self.view.select_all()
        self.view.copy()

    @Slot()
    def _choose_file(self) -> None:
        name = f"{self.webui.install.key}.log" if self.webui.install else "webui.log"
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save the log"), name, "*.log *.txt")
        if chosen:
            self.save(Path(chosen))

    def save(self, path: Path) -> None:
        """Write all lines into a file."""
        text = self.console.text()
        job = self.webui.read(lambda _: write_atomically(path, f"{text}\n".encode("utf-8", "replace")))
        job.succeeded.connect(partial(self._tell_saved, path))

    def _tell_saved(self, path: Path, _: object) -> None:
        self.webui.session.notify(tr("Saved to {path}.", path=path), kind="ok")

    # memory

    def state(self) -> dict[str, object]:
        """Which lines are shown."""
        return {"level": self.level.value()}

    def restore(self, state: dict[str, object]) -> None:
        """Show the same kind of lines."""
        if state.get("level") in LEVELS:
            self.level.set_value(str(state["level"]))
