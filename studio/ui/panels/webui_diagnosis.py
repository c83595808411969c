"""Troubleshooting: what is wrong with the running web UI or in any log, ranked, with what mends it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QSplitter, QToolButton, QVBoxLayout, QWidget

from studio.catalog.fixes import BY_ID, GUIDES, SAFE
from studio.catalog.rules import FixCall
from studio.core.errors import BadRequest
from studio.core.job import JobContext
from studio.launcher import culprits, fixes, log_text, report
from studio.launcher.console import Console
from studio.launcher.culprit import FAULTY, Suspects
from studio.launcher.diagnose import diagnose
from studio.launcher.diagnosis import Diagnosis, Evidence
from studio.launcher.facts import Facts
from studio.launcher.install import Install
from studio.launcher.surroundings import Surroundings
from studio.ui import theme
from studio.ui.panels.webui_change_card import ChangeCard
from studio.ui.panels.webui_finding import FindingCard
from studio.ui.panels.webui_fix_dialog import FixDialog
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.panels.webui_verdict import Verdict
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.webui_fixes import Fixer, fix_title
from studio.ui.webui_guides import Guides
from studio.ui.widgets.collapsible import Collapsible
from studio.ui.widgets.console_view import ConsoleView
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import button, column, empty, label, row, scrolled

WIDTH = 960
MOST_FIRST, MOST_OTHERS = 8, 30
REACH = 4000  # lines around its number in which a line of evidence is looked for
LIVE = "live"


@dataclass(frozen=True)
class Reading:
    """A log that was looked through: its name, its lines, and what is wrong."""

    name: str
    console: Console
    found: list[Diagnosis] = field(default_factory=list)


class DiagnosisPanel(WebuiPanel):
    """Where the log comes from, the findings as cards, and the log itself where it is not the console's."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__(webui)
        self.fixer, self.guides = Fixer(webui, self), Guides(webui, self)
        self.reading: Reading | None = None
        self.headline, self.source = label(role="title"), label(role="muted")
        self.back = button(tr("Back to the live log"), self.show_live, tip=tr("Shows what the web UI itself tells."))
        self.verdict = Verdict(webui)
        self._cards = column(spacing=theme.MEDIUM)
        self._others = column(spacing=theme.MEDIUM)
        others = QWidget()
        column(self._others, parent=others)
        self._more = Collapsible(tr("What follows from it, and what was only noticed"), others, is_open=False)
        self._more.header.setToolTip(tr("Shows the findings that are no cause."))
        self._nothing = EmptyState("check-circle", tr("Nothing wrong was found"), "")
        self._nothing_yet = EmptyState(
            "first-aid-kit",
            tr("Nothing to look at yet"),
            tr("Start the web UI, or open or paste a log: what is wrong in it stands here, the root cause first."),
        )
        self.view = ConsoleView()
        self._lay_out()
        webui.diagnosed.connect(self._show_live_again)
        webui.install_chosen.connect(self._show_live_again)
        webui.state_changed.connect(self._show_live_again)
        webui.work_changed.connect(self._show_live_again)
        self._show()

    def _lay_out(self) -> None:
        content = QWidget()
        content.setMaximumWidth(WIDTH)
        parts = (self._head(), ChangeCard(self.webui), self.verdict, self._cards, self._more, self._nothing)
        column(*parts, self._nothing_yet, None, parent=content, spacing=theme.MEDIUM, margin=theme.LARGE)
        middle = QWidget()
        row(parent=middle).addWidget(content)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.addWidget(scrolled(middle))
        self._split.addWidget(self.view)
        self._split.setSizes([500, 240])
        self._split.setChildrenCollapsible(False)
        column(self._split, parent=self)

    def _head(self) -> QWidget:
        holder, menu = QWidget(), QMenu(self)
        menu.addAction(tr("Open a log file…"), self._choose_file)
        menu.addAction(tr("Paste a log"), self.paste)
        other = QToolButton()
        other.setText(tr("Another log"))
        other.setToolTip(tr("Looks through a file or a pasted text; a file can also be dropped here."))
        other.setAccessibleName(tr("Another log"))
        other.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        other.setMenu(menu)
        other.setFixedHeight(theme.CONTROL)
        self.search = button(
            tr("Find the culprit"),
            self.find_culprit,
            tip=tr("Starts the web UI on trial, with fewer and fewer extensions, until the one to blame is known."),
        )
        self.save = button(
            tr("Save a report…"), self._choose_report, tip=tr("A text for people who help: no names, keys or prompts.")
        )
        layout = row(parent=holder)
        layout.addLayout(column(self.headline, self.source, spacing=2), 1)
        for part in (self.back, other, self.search, self.save):
            layout.addWidget(part)
        return holder

    # what is shown

    @property
    def found(self) -> list[Diagnosis]:
        """The findings that are shown."""
        if self.reading:
            return self.reading.found
        return self.webui.run.diagnoses if self.webui.run else []

    @property
    def console(self) -> Console:
        """The log that is looked through."""
        if self.reading:
            return self.reading.console
        return self.webui.run.console if self.webui.run else Console()

    @Slot()
    def show_live(self) -> None:
        """Show what is wrong with the chosen web UI."""
        self.reading = None
        self._show()

    @Slot()
    def _show_live_again(self) -> None:
        if self.reading is None:
            self._show()

    def _show(self) -> None:
        found, console = self.found, self.console
        causes = [each for each in found if each.kind == "cause"][:MOST_FIRST]
        others = [each for each in found if each not in causes][:MOST_OTHERS]
        if not causes:
            causes, others = others[:1], others[1:]
        is_empty = len(console) == 1 and not console.lines[0].text
        self.verdict.refresh(self.reading is None)
        self._fill(self._cards, causes)
        self._fill(self._others, others)
        self._more.setVisible(bool(others))
        self._more.set_summary(str(len(others)))
        self._nothing.setVisible(not found and not is_empty)
        self._nothing_yet.setVisible(not found and is_empty)
        self._show_head(causes)
        self.source.setVisible(not is_empty)
        self.view.setVisible(self.reading is not None)

    def _show_head(self, causes: list[Diagnosis]) -> None:
        count = sum(each.kind == "cause" for each in causes)
        title = self.webui.install.title if self.webui.install else ""
        self.headline.setText(tr("Causes found: {count}", count=count) if count else tr("Troubleshooting"))
        name = self.reading.name if self.reading else tr("The log of {title}", title=title)
        self.source.setText(tr("{name}, {count} lines", name=name, count=f"{len(self.console):,}"))
        self.back.setVisible(self.reading is not None)
        self.search.setEnabled(self.webui.install is not None and not self.webui.lane.jobs)

    def _fill(self, layout: QVBoxLayout, found: Iterable[Diagnosis]) -> None:
        empty(layout)
        for place, each in enumerate(found):
            shown = fixes.possible(each, self.webui.install) if self.webui.install else each
            card = FindingCard(shown, self.webui.language, place == 0 and layout is self._cards)
            card.fix_wanted.connect(self._fix)
            card.line_wanted.connect(self._show_line)
            layout.addWidget(card)

    @Slot(object)
    def _show_line(self, evidence: Evidence) -> None:
        number = line_of(self.console, evidence)
        if self.reading:
            self.view.reveal(number)
        else:
            self.webui.show_panel("console", number)

    # other logs

    @Slot()
    def paste(self) -> None:
        """Look through what is on the clipboard."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self.webui.session.notify(tr("There is no text on the clipboard."))
            return
        self._read(partial(_read_text, tr("The pasted log"), text))

    @Slot()
    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Open a log file"), "", "*.log *.txt *")
        if chosen:
            self.open(Path(chosen))

    def open(self, path: Path) -> None:
        """Look through a file."""
        self._read(partial(_read_file, path))

    def _read(self, work: partial[Reading]) -> None:
        self.source.setText(tr("Looking through the log…"))
        self.webui.read(work).succeeded.connect(self._take_reading)

    @Slot(object)
    def _take_reading(self, reading: Reading) -> None:
        self.reading = reading
        self.view.show_console(reading.console)
        self._show()
        self.view.reveal(line_of(reading.console, reading.found[0].evidence[0]) if reading.found else 0)

    def receive(self, value: object) -> None:
        """Look through a file, or search for the culprit."""
        if isinstance(value, Path):
            self.open(value)
        elif value == "find_culprit":
            self.find_culprit()

    # fixes

    @Slot(object, object)
    def _fix(self, call: FixCall, found: Diagnosis) -> None:
        care = BY_ID[call.fix].care
        if care == GUIDES:
            self.guides.show(call)
        elif self.webui.install is None:
            self.webui.session.tell(BadRequest("There is no web UI yet.", "Install or adopt one first."))
        elif care == SAFE:
            self._mend(call, found)
        else:
            self.fixer.preview(call, partial(self._ask, call, found))

    def _ask(self, call: FixCall, found: Diagnosis, steps: Sequence[str]) -> None:
        is_live = bool(self.webui.run and self.webui.run.is_live)
        dialog = FixDialog(self, fix_title(call), steps, is_live)
        dialog.accepted.connect(partial(self._mend, call, found))
        dialog.open()

    def _mend(self, call: FixCall, found: Diagnosis) -> None:
        run = self.webui.run
        before = list(run.diagnoses) if run and run.diagnoses else [found]
        self.fixer.mend(call, before, found.extension)

    # the culprit

    @Slot()
    def find_culprit(self) -> None:
        """Search for the extensions that keep the web UI from starting."""
        run = self.webui.run
        if run:
            run.stop_and(partial(self._search, list(run.diagnoses)))

    def _search(self, found: list[Diagnosis]) -> None:
        job = self.webui.changes.do(tr("Finding the culprit"), partial(_searched, found))
        if job:
            job.succeeded.connect(self._take_suspects)

    @Slot(object)
    def _take_suspects(self, suspects: Suspects) -> None:
        self.verdict.show_suspects(suspects, self._disable if suspects.result == FAULTY else None)

    def _disable(self, names: tuple[str, ...]) -> None:
        """Switch off the last of them: without any one the others work."""
        call = FixCall(fix="disable_extension", arguments={"extension": names[-1]})
        self.fixer.mend(call, list(self.found))

    # report

    @Slot()
    def _choose_report(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save a report"), "report.txt", "*.txt")
        if chosen:
            self.save_report(Path(chosen))

    def save_report(self, path: Path) -> None:
        """Write what people who help need to know, without anything private."""
        facts = Facts() if self.reading else self.webui.facts
        lines, found, options = self.console.text().split("\n"), list(self.found), self.webui.options
        private = secrets(f"{options.password},{options.api_password}")
        install = None if self.reading else self.webui.install

        def write(_: JobContext) -> None:
            told = report.versions(install) if install else None
            report.write_report(path, report.report(lines, facts, found, told, private))

        job = self.webui.read(write)
        job.succeeded.connect(partial(self._tell_saved, path))

    def _tell_saved(self, path: Path, _: object) -> None:
        self.webui.session.notify(tr("Saved to {path}.", path=path), kind="ok")


def secrets(logins: str) -> list[str]:
    """Every name:password of a list with commas, and each password by itself."""
    pairs = [pair.strip() for pair in logins.split(",")]
    return [text for pair in pairs for text in (pair, pair.partition(":")[2]) if text]


def line_of(console: Console, evidence: Evidence) -> int:
    """The console's line that shows a line of evidence: rewritten bars make the two count differently."""
    guess, wanted = console.first + evidence.line - 1, evidence.text[:120]
    last = console.first + len(console) - 1
    near = sorted(range(max(console.first, guess - REACH), min(last, guess + REACH) + 1), key=lambda n: abs(n - guess))
    return next((number for number in near if wanted in console.line(number).text), min(max(guess, 0), last))


def _read_file(path: Path, context: JobContext) -> Reading:
    return _read_text(path.name, log_text.read(path), context)


def _read_text(name: str, text: str, context: JobContext) -> Reading:
    console = Console()
    console.append(text.replace("\r\n", "\n"))
    context.check()
    return Reading(name, console, diagnose(text))


def _searched(found: list[Diagnosis], install: Install, around: Surroundings, context: JobContext) -> Suspects:
    return culprits.find(install, around, context, diagnoses=found)
