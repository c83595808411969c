"""Orders of pictures: the queue's rows, one after another in the gpu lane."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal, Slot

from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.result import SavedImage
from studio.core.settings import Settings
from studio.library.queue import Queue, Row, State
from studio.ui.jobs import Job
from studio.ui.translate import tr, tr_error

if TYPE_CHECKING:
    from studio.ui.session import Session


class QueueFile:
    """Opens the queue once, from whatever thread is first: it takes the main thread too long to do it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._queue: Queue | None = None

    def opened(self) -> Queue:
        """The queue; what a crash left open is settled before anyone sees it. Raises FileProblem or DiskFull."""
        with self._lock:
            if self._queue is None:
                self._queue = Queue(self._path)
                self._queue.recover()
            return self._queue

    @property
    def is_open(self) -> bool:
        """Whether it was opened."""
        return self._queue is not None

    def close(self) -> None:
        """Close the file if it was opened."""
        if self._queue:
            self._queue.close()


class Orders(QObject):
    """Runs the queue: the row that is next becomes a Job of the gpu lane, unless the queue is paused.

    The file is the truth: a row is written before its Job exists, and what a crash or a closed window interrupts goes
    on at its first unfinished image at the next start. What is wanted at once runs also while the queue is paused.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.file = QueueFile(session.places.data / "queue.db")
        self._waiting: dict[int, Job] = {}
        self._wanted: list[int] = []
        self._is_closing = False
        self.running: Row | None = None
        self.job: Job | None = None

    @cached_property
    def queue(self) -> Queue:
        """The queue, with what a crash left open settled."""
        queue = self.file.opened()
        if queue.notice:
            self._session.tell(queue.notice)
        return queue

    @contextmanager
    def changing(self) -> Iterator[Queue]:
        """Change the queue: `with orders.changing() as queue: queue.move(3, 0)`; an error becomes a notice."""
        try:
            yield self.queue
        except StudioError as error:
            self._session.tell(error)
        self._drop_removed()
        self._advance()

    def add(self, request: GenerateRequest, made_from: Path | None = None) -> Job:
        """Put a request at the end; its Job runs when its row becomes the next, also while the queue is paused.

        Raises FileProblem or DiskFull.
        """
        row = self.queue.add(request, made_from)
        self._wanted.append(row.id)
        job = self._waiting[row.id] = self._job()
        self._advance()
        return job

    def put_aside(self, request: GenerateRequest, made_from: Path | None = None) -> None:
        """Put a request at the end without beginning: where nothing runs, the queue is paused until it is resumed.

        Raises FileProblem or DiskFull.
        """
        if self.running is None:
            self.queue.pause()
        self.queue.add(request, made_from)
        self.changed.emit()

    def edit(self, id: int, request: GenerateRequest) -> None:
        """Change what a waiting row asks for. Raises BadRequest once it has begun."""
        self.queue.edit(id, request)
        self.changed.emit()

    def pause(self) -> None:
        """Begin nothing that was ordered so far; what runs is finished."""
        self._wanted.clear()
        with self.changing() as queue:
            queue.pause()

    @property
    def waiting_count(self) -> int:
        """How many rows wait."""
        return sum(row.state == State.WAITING for row in self.rows())

    @property
    def is_open(self) -> bool:
        """Whether the queue's file is open yet, which takes longer than the window may wait at its start."""
        return self.file.is_open

    def rows(self) -> list[Row]:
        """All rows in their order."""
        return self.queue.rows()

    def resume(self) -> None:
        """Begin again after a pause."""
        with self.changing() as queue:
            queue.resume()

    def go_on(self) -> None:
        """Go on with what an earlier start left."""
        self._advance()

    def close(self) -> None:
        """Begin nothing more; the row that runs will wait again."""
        self._is_closing = True

    def close_file(self) -> None:
        """Close the queue's file, if it was opened, once nothing runs any more."""
        self.file.close()

    def _job(self) -> Job:
        return Job(lambda _: None, tr("Painting"))

    def _drop_removed(self) -> None:
        """Tell the end of orders whose rows were taken out before they began."""
        left = {row.id for row in self.queue.rows()}
        for gone in self._waiting.keys() - left:
            self._waiting.pop(gone).end("cancelled", None)

    def _advance(self) -> None:
        if self.running is None and not self._is_closing and (row := self.queue.next() or self._next_wanted()):
            self._begin(row)
        self.changed.emit()

    def _next_wanted(self) -> Row | None:
        """The first row of those wanted at once that still waits."""
        while self._wanted:
            if row := self.queue.start(self._wanted.pop(0)):
                return row
        return None

    def _begin(self, row: Row) -> None:
        self._wanted = [key for key in self._wanted if key != row.id]
        job = self._waiting.pop(row.id, None) or self._job()
        job.work = partial(_paint, row, self.queue, self._session.settings, self._session.places)
        self.running, self.job = row, job
        job.delivered.connect(self._tell_saved)
        job.delivered.connect(self.changed)
        job.succeeded.connect(self._done)
        job.cancelled.connect(self._cancelled)
        job.failed.connect(self._failed)
        self._session.start(job)

    @Slot(object)
    def _tell_saved(self, saved: SavedImage) -> None:
        self._session.image_saved.emit(replace(saved, made_from=self.running.made_from if self.running else None))

    @Slot()
    def _done(self) -> None:
        self._end(State.DONE)

    @Slot()
    def _cancelled(self) -> None:
        self._end(State.WAITING if self._is_closing else State.CANCELLED)

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self._end(State.FAILED, " ".join(filter(None, tr_error(error))))

    def _end(self, state: State, error: str = "") -> None:
        row = cast(Row, self.running)
        self.running = self.job = None
        self.queue.finish(row.id, state, error)
        self._advance()


def _paint(row: Row, queue: Queue, settings: Settings, places: Places, context: JobContext) -> object:
    from studio import tasks  # numpy and Pillow, which the window can open without

    tasks.warm(context)  # is nothing once the engine is there; imported otherwise, it would hold the window still
    first, journal = queue.first_unfinished(row.id), queue.journal(row.id)
    return tasks.generate(row.request, context, settings=settings, places=places, first=first, journal=journal)
