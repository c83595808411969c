"""Works through the queue, several files at once; whoever holds the lock does it for all programs of one studio."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Thread

from studio.core import file_lock
from studio.core.errors import Cancelled, StudioError
from studio.core.job import JobContext, Progress
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library.downloads import room
from studio.library.downloads.queue import UNFINISHED, Queue, Row, State, opened
from studio.library.downloads.transfer import part_file, transfer
from studio.library.downloads.verify import check_name, folder_for
from studio.library.downloads.wanted import Wanted
from studio.library.downloads.web import Web

LOOK_S = 0.1  # how often the running ones are looked at
STATES_S = 0.5  # how often the list is read for what others changed
PATIENCE_S = 2.0  # how long a transfer that was asked to stop is waited for


@dataclass(frozen=True)
class Report:
    """How far a row is, in bytes; `rate` is bytes per second. With `is_finished` its row says how it ended."""

    id: int
    done: int = 0
    total: int = 0
    rate: float = 0.0
    text: str = ""
    is_finished: bool = False

    @property
    def left_s(self) -> float | None:
        """Seconds until it is whole, None if unknown."""
        return (self.total - self.done) / self.rate if self.rate and self.total else None


class Busy(StudioError):
    """Another program of this studio works through the list."""


@dataclass
class Running:
    """A row on its way, in a thread of its own."""

    row: Row
    context: JobContext
    thread: Thread
    progress: Progress = field(default_factory=lambda: Progress(0, 0))
    outcome: StudioError | BaseException | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether its thread ended."""
        return not self.thread.is_alive()


def add(queue: Queue, wanted: Wanted, places: Places, settings: Settings) -> Row:
    """Put a file on the list, if all that is still to come fits on its disk. Raises DiskFull, FileProblem."""
    check_name(wanted.name)
    folder = folder_for(wanted, "", places, settings)
    rows = [row for row in queue.rows() if row.state in UNFINISHED and row.wanted.url != wanted.url]
    missing = [(_folder(row, places, settings), row.missing) for row in rows]
    room.check(folder, [*missing, (folder, wanted.size)])
    return queue.add(wanted)


def run(queue: Queue, web: Web, places: Places, context: JobContext, only: Collection[int] | None = None) -> None:
    """Download until nothing waits, or nothing of the rows `only`. Delivers a Report for each change of each row.

    Progress is in MiB. Failures of rows are noted in them. Cancelled, the rows under way wait again. Raises Busy, or
    Cancelled.
    """
    with locked(places):
        queue.recover()
        work = Work(queue, web, places, context, only)
        try:
            work.run()
        finally:
            work.stop()


@contextmanager
def locked(places: Places) -> Iterator[None]:
    """Hold the lock of the list; it goes with the process that holds it. Raises Busy or FileProblem."""
    busy = Busy("Another window of this studio is downloading.", "It takes care of the list.")
    with file_lock.locked(places.data / "downloads.lock", busy):
        yield


class Work:
    """What runs at the moment."""

    def __init__(
        self, queue: Queue, web: Web, places: Places, context: JobContext, only: Collection[int] | None = None
    ) -> None:
        self.queue, self.web, self.places, self.context, self.only = queue, web, places, context, only
        self.running: dict[int, Running] = {}
        self._looked_s = 0.0
        self._woken = Event()

    def run(self) -> None:
        """Begin what waits, look after what runs, until there is nothing of either. Raises Cancelled."""
        with self.context.on_cancel(self._woken.set):
            while self._begin() or self.running:
                self.context.check()
                self._woken.wait(LOOK_S)
                self._obey()
                self._report()
                self._end()

    def stop(self) -> None:
        """Ask everything to stop, wait a little, and let it wait for its turn again."""
        for one in self.running.values():
            one.context.cancel()
        until = time.monotonic() + PATIENCE_S
        for one in self.running.values():
            one.thread.join(max(until - time.monotonic(), 0))
        self._end()
        for key in self.running:
            self.queue.finish(key, State.WAITING)
        self.running.clear()

    def _begin(self) -> bool:
        """Begin waiting rows while there is a place; whether any was."""
        began = False
        while len(self.running) < self.web.settings.downloads_at_once and (row := self._next()):
            began = True
            self._start(row)
        return began

    def _next(self) -> Row | None:
        return self.queue.next(self.running, self.only)

    def _start(self, row: Row) -> None:
        try:
            part = row.part if row.part.name else part_file(row, self.web, self.places)
            self.queue.note(row.id, part=part)
        except StudioError as error:
            self.queue.finish(row.id, State.FAILED, error)
            self.context.deliver(Report(row.id, is_finished=True))
            return
        context = JobContext()
        one = Running(
            replace(row, part=part),
            context,
            Thread(name=f"download {row.id}", daemon=True, target=lambda: self._carry(one)),
            Progress(row.done, row.total),
        )
        context.report = lambda name, value: self._hear(one, name, value)
        self.running[row.id] = one
        one.thread.start()

    def _carry(self, one: Running) -> None:
        try:
            transfer(one.row, self.queue, self.web, self.places, one.context)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the row's, and the others go on
            one.outcome = error

    def _hear(self, one: Running, name: str, value: object) -> None:
        if isinstance(value, Progress):
            one.progress = value
        elif name == "noted":
            one.notes.append(str(value))

    def _obey(self) -> None:
        """Stop rows that were paused or taken off the list, be it by another program."""
        if time.monotonic() - self._looked_s < STATES_S:
            return
        self._looked_s = time.monotonic()
        states = self.queue.states()
        for key, one in self.running.items():
            if states.get(key) != State.RUNNING and not one.is_over:
                one.context.cancel()

    def _report(self) -> None:
        for key, one in self.running.items():
            seen = one.progress
            self.context.deliver(Report(key, seen.done, seen.total, seen.rate, seen.text))
        done = sum(one.progress.done for one in self.running.values())
        total = sum(max(one.progress.total, one.progress.done) for one in self.running.values())
        rate = sum(one.progress.rate for one in self.running.values())
        self.context.progress(done >> 20, total >> 20, rate=rate / 2**20)

    def _end(self) -> None:
        for key in [key for key, one in self.running.items() if one.is_over]:
            one = self.running.pop(key)
            self._note_end(one)
            for text in one.notes:
                self.context.note(text)
            self.context.deliver(Report(key, is_finished=True))

    def _note_end(self, one: Running) -> None:
        if one.outcome is None:
            self.queue.finish(one.row.id, State.DONE)
        elif isinstance(one.outcome, Cancelled):
            self.queue.finish(one.row.id, State.WAITING)
            self._forget_removed(one)
        else:
            self.queue.finish(one.row.id, State.FAILED, as_studio_error(one.outcome))

    def _forget_removed(self, one: Running) -> None:
        """Delete the part of a row that was taken off the list while it ran."""
        if one.row.id not in self.queue.states():
            with suppress(OSError):
                one.row.part.unlink(missing_ok=True)


def as_studio_error(error: BaseException) -> StudioError:
    """What a row keeps of any error."""
    if isinstance(error, StudioError):
        return error
    return StudioError(
        "Something went wrong that should not: {kind}: {reason}",
        "Try again; if it comes back, copy the details and report them.",
        kind=type(error).__name__,
        reason=str(error) or "no reason given",
    )


def _folder(row: Row, places: Places, settings: Settings) -> Path:
    return row.part.parent if row.part.name else folder_for(row.wanted, "", places, settings)


def is_waiting(path: Path) -> bool:
    """Whether a list holds anything that waits, or ran when its program ended."""
    with opened(path) as queue:
        return any(state in (State.WAITING, State.RUNNING) for state in queue.states().values())


def remove(queue: Queue, id: int) -> None:
    """Take a row off the list, and delete what is there of it unless it is done or still being written."""
    row = queue.remove(id)
    if row.state not in (State.DONE, State.RUNNING) and row.part.name:
        with suppress(OSError):
            row.part.unlink(missing_ok=True)
