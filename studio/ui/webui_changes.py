"""Changes of the chosen web UI as the window sees them: made as transactions, followed, told, taken back."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from studio.catalog.changes import STEPS
from studio.core import machine
from studio.core.errors import StudioError
from studio.core.job import JobContext, Progress
from studio.launcher import operations, shield, transactions
from studio.launcher.install import Install
from studio.launcher.journal import Entry
from studio.launcher.shield import Shield, ShieldBlocked
from studio.launcher.spawning import AlreadyRunning
from studio.launcher.state_restore import NotRestored
from studio.launcher.surroundings import Surroundings
from studio.launcher.transactions import Change, Finished, Line, NotReady
from studio.ui.errors import notice_of
from studio.ui.jobs import Job, Lane
from studio.ui.translate import tr

if TYPE_CHECKING:
    from studio.ui.webui import WebuiSession

KEPT_LINES = 2000
Making = Callable[[Install, Surroundings], Change]
Work = Callable[[Install, Surroundings, JobContext], Any]


@dataclass(frozen=True)
class TakenBack:
    """A change after which the web UI did not start, and why; everything is as it was before it."""

    title: str
    cause: str
    todo: str
    log: str


class WebuiChanges(QObject):
    """One change after another in the webui lane; what only looks has a lane of its own.

    `ended` tells that a change ended, whether it was kept or not, so that what is shown has to be read anew.
    """

    began = Signal()
    progressed = Signal()
    line_written = Signal(str)
    ended = Signal()
    rested = Signal()
    taken_back_changed = Signal()
    probes_changed = Signal()

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui = webui
        self.looker = Lane("webui looker")
        self.base: Mapping[str, str] | None = None  # what children's environment grows from; None: this process's own
        self.job: Job | None = None
        self.progress: Progress | None = None
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._not_ready: NotReady | None = None
        self.probes = True

    @property
    def taken_back(self) -> TakenBack | None:
        """The last change after which the web UI did not start, in the window's language; None once it was read."""
        return taken_back(self._not_ready, self.webui.language) if self._not_ready else None

    def let_probe(self, is_wished: bool) -> None:
        """Whether a start is tried after changes that may break it."""
        if is_wished != self.probes:
            self.probes = is_wished
            self.probes_changed.emit()

    def around(self) -> Surroundings:
        """What changes happen in, as far as it is known; a lane completes it (see completed)."""
        return Surroundings(self.webui.places, self.webui.session.settings, self.webui.machine, self.base)  # type: ignore[arg-type]

    # looking

    def look(self, work: Work, taken: Callable[[Any], object]) -> Job | None:
        """Read something of the chosen install; `taken` (a slot of a QObject) gets it. A failure becomes a notice."""
        if self.webui.install is None:
            return None
        job = Job(partial(_worked, work, self.webui.install, self.around()))
        job.failed.connect(self.webui.session.tell)
        job.succeeded.connect(taken)
        return self.looker.submit(job)

    # changing

    def make(self, title: str, making: Making, *, probes: bool | None = None) -> Job | None:
        """Make a change of the chosen install as a transaction; it can be taken back by a button of its notice.

        `probes` None tries a start where the change may break it and the user wishes it.
        """
        if self.webui.install is None:
            return None
        wished = probes if self.probes else False
        work = partial(_made, making, self.webui.install, self.around(), wished)
        job = self._follow(Job(work, title))
        job.succeeded.connect(self._tell_made)
        job.failed.connect(partial(self._tell_failed, title, making, probes))
        return job

    def do(self, title: str, work: Work, *, only_looks: bool = False) -> Job | None:
        """Do something with the chosen install that loses nothing and needs no way back.

        With `only_looks` nothing is different afterwards: `ended` stays silent, only `rested` tells.
        """
        if self.webui.install is None:
            return None
        job = self._follow(Job(partial(_worked, work, self.webui.install, self.around()), title), only_looks)
        job.failed.connect(self.webui.session.tell)
        return job

    def take_back(self, entry: str, title: str) -> Job | None:
        """Take back a change of the journal."""
        making = partial(_rollback, entry)
        return self.make(tr("Taking back: {change}", change=title), making, probes=False)

    def _follow(self, job: Job, only_looks: bool = False) -> Job:
        job.started.connect(partial(self._begin, job))
        job.progressed.connect(self._take_progress)
        job.delivered.connect(self._take_part)
        job.noted.connect(self.webui.session.note)
        job.started.connect(self.webui.work_changed)
        job.finished.connect(self._rest if only_looks else self._end)
        job.finished.connect(self.webui.work_changed)
        return self.webui.lane.submit(job)

    def _begin(self, job: Job) -> None:
        self.job, self.progress = job, None
        self.lines.clear()
        self.forget()
        self.began.emit()

    @Slot(object)
    def _take_progress(self, progress: Progress) -> None:
        self.progress = progress
        self.progressed.emit()

    @Slot(object)
    def _take_part(self, part: object) -> None:
        if isinstance(part, Line):
            self.lines.append(part.text)
            self.line_written.emit(part.text)

    @Slot()
    def _end(self) -> None:
        self._rest()
        self.webui.read_flags()
        self.ended.emit()

    @Slot()
    def _rest(self) -> None:
        self.job = None
        self.rested.emit()

    def cancel(self) -> None:
        """Stop what goes on; everything is put back as it was."""
        if self.job:
            self.job.cancel()

    # what came of it

    @Slot(object)
    def _tell_made(self, made: Finished) -> None:
        title = titled(made.entry)
        text = tr("Done: {change}", change=title)
        self.webui.session.notify(text, kind="ok", action=tr("Undo"), act=partial(self.take_back, made.entry.id, title))

    def _tell_failed(self, title: str, making: Making, probes: bool | None, error: StudioError) -> None:
        if isinstance(error, NotReady):
            self._not_ready = error
            self.taken_back_changed.emit()
            text = tr("{change}: the web UI did not start, so everything was put back as it was.", change=title)
            self.webui.session.notify(text, kind="warn")
        elif isinstance(error, ShieldBlocked) and error.values.get("who"):
            again = partial(self._allow, title, making, probes, error.values)
            self.webui.session.noticed.emit(notice_of(error, tr("Allow it and try again"), again))
        elif isinstance(error, AlreadyRunning) and self.webui.run:
            again = partial(self.webui.run.stop_and, partial(self.make, title, making, probes=probes))
            self.webui.session.noticed.emit(notice_of(error, tr("Stop it and go on"), again))
        elif isinstance(error, NotRestored):
            self.webui.session.tell(error)
        else:
            notice = notice_of(error)
            text = tr("{change} did not work: {problem} Everything is as it was.", change=title, problem=notice.text)
            self.webui.session.noticed.emit(replace(notice, text=text))

    def _allow(self, title: str, making: Making, probes: bool | None, values: Mapping[str, object]) -> None:
        self.do(tr("Allowing"), partial(_allowed, str(values["who"]), str(values["package"])))
        self.make(title, making, probes=probes)

    def forget(self) -> None:
        """What was taken back has been read."""
        if self._not_ready:
            self._not_ready = None
            self.taken_back_changed.emit()

    def close(self) -> None:
        """Stop looking."""
        self.looker.stop()


def taken_back(error: NotReady, language: str) -> TakenBack:
    """Why a change was taken back, in the user's language."""
    causes = [one for one in error.diagnoses if one.kind == "cause"] or list(error.diagnoses)
    cause, todo = (causes[0].cause.of(language), causes[0].todo.of(language)) if causes else ("", "")
    return TakenBack(titled(error.entry), cause, todo, error.log)


def titled(entry: Entry) -> str:
    """What a change of the journal is called."""
    return tr(entry.title, **entry.values)


def step_text(text: str) -> str:
    """A report's text in the user's language, also where the name of something is filled in already."""
    for template in STEPS.values():
        found = re.fullmatch(re.escape(template).replace(r"\{name\}", "(?P<name>.*)"), text)
        if found:
            return tr(template, **found.groupdict())
    return tr(text) if text else ""


def completed(around: Surroundings) -> Surroundings:
    """The surroundings with the machine, which takes up to a second to look at."""
    if around.machine is not None:
        return around
    return replace(around, machine=machine.look(around.places.home))


def _worked(work: Work, install: Install, around: Surroundings, context: JobContext) -> object:
    return work(install, completed(around), context)


def _made(making: Making, install: Install, around: Surroundings, probes: bool | None, context: JobContext) -> Finished:
    around = completed(around)
    return transactions.run(install, making(install, around), around, context, probes=probes)


def _rollback(entry: str, install: Install, around: Surroundings) -> Change:
    return operations.rollback(install, around, entry)


def _allowed(extension: str, package: str, install: Install, around: Surroundings, _: JobContext) -> None:
    folder = shield.record_folder(install, around.places)
    held = Shield.load(folder)
    held.allow(extension, (*held.allowed.get(extension, ()), package)).save(folder)
