"""Long work beside the window: a Lane runs it in its thread, a Job tells the main thread about it.

The worker thread touches plain objects only. Everything it says travels as one queued signal of the lane
(key, name, value); a slot in the main thread finds the Job and emits the Job's own signals.
"""

import itertools
import logging
import traceback
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Lock
from typing import Any, cast

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, Signal, Slot

from studio.core.errors import Cancelled, StudioError
from studio.core.job import JobContext, Progress, Wish
from studio.ui.garbage import collector

Work = Callable[[JobContext], Any]

log = logging.getLogger(__name__)
_keys = itertools.count(1)


class Unexpected(StudioError):
    """An exception nobody foresaw, with its traceback as details."""

    def __init__(self, error: BaseException) -> None:
        kind, reason = type(error).__name__, str(error) or "no reason given"
        super().__init__(
            "Something went wrong that should not: {kind}: {reason}",
            "Try again; if it comes back, copy the details and report them.",
            details="".join(traceback.format_exception(error)),
            kind=kind,
            reason=reason,
        )


def outcome(work: Work, context: JobContext) -> tuple[str, object]:
    """How `work` ended: ("succeeded", result), ("cancelled", None) or ("failed", StudioError)."""
    try:
        context.check()
        return "succeeded", work(context)
    except Cancelled:
        return "cancelled", None
    except BaseException as error:
        log.error("%s failed", work, exc_info=error)
        return "failed", _released(error)


def _released(error: BaseException) -> StudioError:
    """The error as a StudioError without its frames, which would keep tensors alive."""
    told = error if isinstance(error, StudioError) else Unexpected(error)
    if told is error and not told.details and error.__cause__:
        told.details = "".join(traceback.format_exception(error))
    told.__cause__ = told.__context__ = None
    return told.with_traceback(None)


class Job(QObject):
    """One piece of long work, as the main thread sees it.

    Exactly one of succeeded, failed, cancelled is emitted, then finished; after that the object is deleted, its
    connections with it. Progress may be thinned out when the window is slower than the work; deliveries and notes
    never are.
    """

    started = Signal()
    progressed = Signal(object)  # Progress
    delivered = Signal(object)
    noted = Signal(object)  # str, often a Sentence
    succeeded = Signal(object)
    failed = Signal(object)  # StudioError
    cancelled = Signal()
    finished = Signal()

    def __init__(self, work: Work, title: str = "") -> None:
        super().__init__()
        self.work = work
        self.title = title
        self.context = JobContext()
        self.key = next(_keys)
        self.last_progress: Progress | None = None
        self.is_finished = False

    def cancel(self) -> None:
        """Ask the work to stop at its next report; work that has not begun never begins."""
        self.context.cancel()

    def wish(self, wish: Wish) -> None:
        """Ask for something softer than cancelling."""
        self.context.wish(wish)

    def tell(self, name: str, value: object) -> None:
        """Emit the signal that report `name` stands for; main thread only."""
        if name == "progress":
            self.last_progress = cast(Progress, value)
            self.progressed.emit(value)
        elif name in ("started", "cancelled"):
            getattr(self, name).emit()
        else:
            getattr(self, name).emit(value)

    def end(self, name: str, value: object) -> None:
        """Tell how the work ended ("succeeded", "failed" or "cancelled"), then that it is finished."""
        self.is_finished = True
        try:
            self.tell(name, value)
        finally:
            self.finished.emit()
            self.deleteLater()


class Lane(QThread):
    """A thread that runs jobs one after another: one lane for each thing that must not be shared."""

    _reported = Signal(int, str, object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setStackSize(16 << 20)
        self._waiting: SimpleQueue[tuple[int, Work, JobContext] | None] = SimpleQueue()
        self._jobs: dict[int, Job] = {}
        self._latest: dict[int, Progress] = {}
        self._lock = Lock()
        self._reported.connect(self._receive)
        self._garbage = collector()

    def submit(self, job: Job) -> Job:
        """Run `job` after those before it; the lane keeps it alive until it is finished."""
        self._jobs[job.key] = job
        job.context.report = partial(self._send, job.key)
        self._waiting.put((job.key, job.work, job.context))
        if not self.isRunning():
            self.start()
        return job

    def begin(self, work: Work, title: str = "") -> Job:
        """Submit `work` as a new Job."""
        return self.submit(Job(work, title))

    @property
    def jobs(self) -> list[Job]:
        """The jobs that are running or waiting, in order."""
        return list(self._jobs.values())

    def stop(self) -> None:
        """Cancel everything, wait for the step under way, and tell every job's end before returning."""
        for job in self.jobs:
            job.cancel()
        if self.isRunning():
            self._waiting.put(None)
            self.wait()
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # type: ignore[arg-type]

    def run(self) -> None:
        """The thread: take work, run it, send how it ended."""
        while (item := self._waiting.get()) is not None:
            key, work, context = item
            del item
            self._send(key, "started", None)
            name, value = outcome(work, context)
            self._send(key, name, value)
            del work, context, value

    def _send(self, key: int, name: str, value: object) -> None:
        """Called by the worker: hand a report to the main thread; only the latest progress waits there."""
        if isinstance(value, Progress):
            with self._lock:
                is_waiting = key in self._latest
                self._latest[key] = value
            if is_waiting:
                return
            value = None
        self._reported.emit(key, name, value)

    @Slot(int, str, object)
    def _receive(self, key: int, name: str, value: object) -> None:
        job = self._jobs[key]
        if name == "progress":
            with self._lock:
                value = self._latest.pop(key)
        if name in ("succeeded", "failed", "cancelled"):
            del self._jobs[key]
            job.end(name, value)
        else:
            job.tell(name, value)
        self._garbage.collect_if_due()
