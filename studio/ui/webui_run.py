"""One web UI's run as the window sees it: what it says, how far its start is, what is wrong with it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.catalog.rules import FixCall
from studio.core.errors import BadRequest, StudioError
from studio.core.job import JobContext
from studio.core.nvidia import Card
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.launcher import launch, launch_options, process, shield, supervise
from studio.launcher.console import Console
from studio.launcher.diagnose import Diagnoser
from studio.launcher.diagnosis import Diagnosis, Outcome, outcome
from studio.launcher.facts import Facts
from studio.launcher.install import Install
from studio.launcher.launch_options import LaunchOptions
from studio.launcher.process import Entered, Event, Exit, Output, Served, State, WebUI
from studio.launcher.stages import StartUp
from studio.launcher.supervise import Retrying
from studio.ui.jobs import Job, Lane

if TYPE_CHECKING:
    from studio.ui.session import Session

EVERY_MS, QUIET_MS, BUDGET_S = 16, 60, 0.008
PIECE = 1 << 13
DIAGNOSE_EVERY_S = 1.0


@dataclass
class FixTrial:
    """A fix that is being tried by a start: what was wrong `before`, and (None: not known yet) what it changed.

    `entry` is the change in the journal, by which the fix is taken back.
    """

    call: FixCall
    entry: str
    before: list[Diagnosis]
    outcome: Outcome | None = None


class Intake:
    """Takes events in the run's own thread and keeps them until the window has time; plain objects only."""

    def __init__(self, facts: Facts) -> None:
        self.events: deque[Event] = deque()
        self.is_unread = False
        self._diagnoser = Diagnoser(facts)
        self._partial = ""
        self._lines: list[str] = []
        self._lock = Lock()

    def __call__(self, event: Event) -> None:
        """Take an event; the output is cut so that the window can stop between two pieces."""
        if not isinstance(event, Output):
            self.events.append(event)
            return
        self.events.extend(map(Output, pieces(event.text)))
        *whole, self._partial = (self._partial + event.text).split("\n")
        with self._lock:
            self._lines += whole
            self.is_unread = True

    def diagnoses(self, exit_code: int | None, _: JobContext) -> list[Diagnosis]:
        """Read what is new and tell what is wrong; for any thread, one at a time."""
        with self._lock:
            lines, self._lines, self.is_unread = self._lines, [], False
        self._diagnoser.feed(lines)
        if exit_code is not None:
            self._diagnoser.feed([self._partial] if self._partial else [])
            self._diagnoser.ended(exit_code)
        return self._diagnoser.diagnoses()


def pieces(text: str) -> Iterator[str]:
    """A text in pieces of about PIECE characters, cut behind line feeds where there are any."""
    at = 0
    while at < len(text):
        end = at + PIECE
        cut = text.rfind("\n", at, end) + 1 if end < len(text) else 0
        yield text[at : cut or end]
        at = cut or end


class WebuiRun(QObject):
    """What an install does now or did last. Signals come in the main thread; nothing here waits.

    `state` is None before the first start. `error` is why a start was not possible, `exit` how the last run ended.
    """

    state_changed = Signal()
    stage_reached = Signal()
    lines_arrived = Signal(int)  # number of the first console line that changed; -1: another run, all is new
    diagnosed = Signal()

    def __init__(self, session: Session, install: Install, reader: Lane) -> None:
        super().__init__()
        self.install = install
        self.console = Console()
        self.state: State | None = None
        self.start_up: StartUp | None = None
        self.url = self.public_url = ""
        self.began_at = 0.0
        self.error: StudioError | None = None
        self.exit: Exit | None = None
        self.retrying: Retrying | None = None
        self.diagnoses: list[Diagnosis] = []
        self.webui: WebUI | None = None
        self.trial: FixTrial | None = None
        self._session, self._reader = session, reader
        self._lane = Lane(f"webui run {install.key}")
        self._job: Job | None = None
        self._is_over = False
        self._intake = Intake(Facts())
        self._diagnosing: Job | None = None
        self._diagnosed_at = 0.0
        self._after: Callable[[], object] | None = None
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._take)

    @property
    def is_live(self) -> bool:
        """Whether it starts, runs or stops."""
        return self._job is not None

    # what one does with it

    def start(self, options: LaunchOptions, card: Card | None, facts: Facts) -> None:
        """Start it; nothing happens if it runs already."""
        work = partial(_launched, self.install, options, self._session.places, self._session.settings, card)
        self._begin(work, facts)

    def adopt(self, card: Card | None, facts: Facts) -> None:
        """Follow the run that an earlier studio left behind."""
        self._begin(partial(_adopted, self.install, self._session.places, self._session.settings, card), facts)

    def _begin(self, work: Callable[[Intake, JobContext], Exit | None], facts: Facts) -> None:
        if self.is_live:
            return
        self.console, self.diagnoses = Console(), []
        self.state, self.start_up, self.url, self.public_url = State.STARTING, None, "", ""
        self.error = self.exit = self.retrying = self.webui = None
        if self.trial and self.trial.outcome:
            self.trial = None  # what a fix did to an earlier start says nothing about this one
        self.began_at = time.time()
        self._intake = Intake(facts)
        job = Job(partial(work, self._intake))
        job.delivered.connect(self._take_delivery)
        job.succeeded.connect(self._end)
        job.failed.connect(self._fail)
        job.finished.connect(self._finish)
        self._job = self._lane.submit(job)
        self._timer.start()
        self.lines_arrived.emit(-1)
        self.diagnosed.emit()
        self.state_changed.emit()

    def stop(self) -> None:
        """Ask it to end; harsher ways follow by themselves."""
        self._after = None
        if self._job:
            self._job.cancel()

    def stop_and(self, act: Callable[[], object]) -> None:
        """Stop it and call `act` once nothing of it is left."""
        if not self._job:
            act()
            return
        self._job.cancel()
        self._after = act

    def leave(self) -> None:
        """Stop following: the web UI goes on without the studio."""
        if self.webui:
            self.webui.leave()

    def answer(self, text: str) -> None:
        """Give it a line by its keyboard input. Raises BadRequest."""
        if not self.webui:
            raise BadRequest("The web UI takes no answers any more.")
        self.webui.send(text)

    def close(self) -> None:
        """Stop it, or what is left of following it, and wait for that."""
        self._after = None
        self._lane.stop()
        self._timer.stop()

    # what comes from it

    @Slot(object)
    def _take_delivery(self, value: object) -> None:
        if isinstance(value, WebUI):
            self.webui, self.retrying, self.began_at = value, None, value.run.begun
            self.url = value.url
        elif isinstance(value, Retrying):
            self.retrying = value
        self.state_changed.emit()

    @Slot()
    def _take(self) -> None:
        """Take what was said, as much as fits between two pictures on the screen."""
        until = time.monotonic() + BUDGET_S
        first = -1
        while self._intake.events and time.monotonic() < until:
            event = self._intake.events.popleft()
            if isinstance(event, Output):
                changed = self.console.append(event.text)
                first = changed if first < 0 else min(first, changed)
            else:
                self._take_event(event)
        self._timer.setInterval(EVERY_MS if self._intake.events else QUIET_MS)
        if first >= 0:
            self.lines_arrived.emit(first)
        if self._is_over and not self._intake.events:
            self._settle()
        else:
            self._diagnose_if_due()

    def _take_event(self, event: Event) -> None:
        if isinstance(event, StartUp):
            self.start_up = event
            self.stage_reached.emit()
        elif isinstance(event, Served):
            self.public_url, self.url = (event.url, self.url) if event.is_public else (self.public_url, event.url)
            self.state_changed.emit()
        elif isinstance(event, Entered):
            self.state = event.state
            self.state_changed.emit()
            if event.state is State.READY:
                self._diagnose()

    @Slot(object)
    def _end(self, exit: Exit | None) -> None:
        self.exit = exit

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.error = error

    @Slot()
    def _finish(self) -> None:
        """It is over; what it said last is still taken in pieces."""
        self._is_over = True
        if not self._intake.events:
            self._settle()

    def _settle(self) -> None:
        self._job, self._is_over = None, False
        self.state = State.ENDED if self.webui else None
        self._timer.stop()
        self._diagnose()
        self.state_changed.emit()
        act, self._after = self._after, None
        if act:
            act()

    # what is wrong

    def _diagnose_if_due(self) -> None:
        is_due = time.monotonic() > self._diagnosed_at + DIAGNOSE_EVERY_S
        if is_due and self._intake.is_unread and not self._diagnosing:
            self._diagnose()

    def _diagnose(self) -> None:
        code = self.exit.code if self.exit and not self.exit.is_wanted else None
        job = self._diagnosing = self._reader.begin(partial(self._intake.diagnoses, code))
        job.succeeded.connect(self._take_diagnoses)
        job.failed.connect(self._session.tell)
        job.finished.connect(self._diagnosed)

    @Slot(object)
    def _take_diagnoses(self, found: list[Diagnosis]) -> None:
        is_new = found != self.diagnoses
        self.diagnoses = found
        if is_new | self._judge_fix():
            self.diagnosed.emit()

    def _judge_fix(self) -> bool:
        """Whether it is known now what a fix changed: once the start after it is ready or over."""
        is_over = self.state is State.READY or not self.is_live
        if not self.trial or self.trial.outcome or not is_over:
            return False
        self.trial.outcome = outcome(self.trial.before, self.diagnoses, self.state is State.READY)
        return True

    @Slot()
    def _diagnosed(self) -> None:
        self._diagnosing, self._diagnosed_at = None, time.monotonic()


def _launched(
    install: Install,
    options: LaunchOptions,
    places: Places,
    settings: Settings,
    card: Card | None,
    intake: Intake,
    context: JobContext,
) -> Exit:
    environ = shield.guarded_env(install, settings, places)
    return launch.launch(install, options, environ, places, context, intake, card)


def _adopted(
    install: Install, places: Places, settings: Settings, card: Card | None, intake: Intake, context: JobContext
) -> Exit | None:
    """Follow what runs; None if it ended before. If it wants to be started again, that is done as the options say."""
    found = process.adopt(install, places, intake)
    if found is None:
        return None
    options, waiting = launch_options.load(places, install.key), [found]

    def begin() -> WebUI:
        if waiting:
            return waiting.pop()
        return launch.start(install, options, shield.guarded_env(install, settings, places), places, intake, card)

    return supervise.run(begin, context, launch.restarts(options))
