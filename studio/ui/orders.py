"""Orders of pictures: the queue's rows, one after another in the gpu lane."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal, Slot

from studio.core.job import JobContext
from studio.core.request import GenerateRequest
from studio.ui.jobs import Job
from studio.ui.translate import tr

if TYPE_CHECKING:
    from studio.ui.session import Session


@dataclass(frozen=True)
class Order:
    """One row of the queue; `state` is "waiting", "running", "paused", "done" or "failed"."""

    id: int
    request: GenerateRequest
    state: str = "waiting"
    done: int = 0


class Orders(QObject):
    """Runs the queue: whatever row is next becomes a Job of the gpu lane, as long as the queue is not paused."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._rows: list[Order] = []
        self._jobs: dict[int, Job] = {}
        self._running: int | None = None
        self._next_id = 1
        self.is_paused = False

    def add(self, request: GenerateRequest) -> Job:
        """Put an order at the end; its Job runs when it becomes the next."""
        row = Order(self._next_id, request)
        self._next_id += 1
        self._rows.append(row)
        job = self._job(row)
        self._advance()
        return job

    def rows(self) -> list[Order]:
        """The orders in turn."""
        return list(self._rows)

    def _job(self, row: Order) -> Job:
        if row.id not in self._jobs:
            self._jobs[row.id] = Job(self._work(row), tr("Generating"))
        return self._jobs[row.id]

    def _work(self, row: Order):
        places, settings, request = self._session.places, self._session.settings, row.request

        def paint(context: JobContext) -> None:
            from studio import tasks

            tasks.generate(request, context, settings=settings, places=places)

        return paint

    def _advance(self) -> None:
        self.changed.emit()
        waiting = [row for row in self._rows if row.state == "waiting"]
        if self._running is not None or self.is_paused or not waiting:
            return
        row = waiting[0]
        self._running = row.id
        self._set(row.id, state="running")
        job = self._job(row)
        job.delivered.connect(self._session.image_saved)
        job.finished.connect(self._finished)
        self._session.start(job)

    def _set(self, row_id: int, **changes: object) -> None:
        self._rows = [replace(row, **changes) if row.id == row_id else row for row in self._rows]  # type: ignore[arg-type]

    @Slot()
    def _finished(self) -> None:
        self._jobs.pop(cast(int, self._running))
        self._rows = [row for row in self._rows if row.id != self._running]
        self._running = None
        self._advance()

    def close(self) -> None:
        """Start nothing more."""
        self.is_paused = True
