"""The downloads' side of the session: the list and what works through it, the sites, their tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, Signal, Slot

from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.library.downloads import runner, sources
from studio.library.downloads.found import Found, Query
from studio.library.downloads.queue import Queue, Row, State
from studio.library.downloads.runner import Report
from studio.library.downloads.sites import SITES
from studio.library.downloads.tokens import Tokens
from studio.library.downloads.wanted import Wanted
from studio.library.downloads.web import Web, web_of
from studio.ui.jobs import Job, Lane
from studio.ui.translate import tr

if TYPE_CHECKING:
    from studio.ui.session import Session


class Downloads(QObject):
    """What pages share of downloads; made when it is first needed.

    Lanes: `lane` (works through the list), `hubs` (asks the sites), `previews` (their pictures).
    """

    changed = Signal()  # the list
    reported = Signal(object)  # Report
    arrived = Signal(object)  # Row: a model is in its folder
    token_wanted = Signal(str)  # the name of a site

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.lane, self.hubs, self.previews = Lane("downloads"), Lane("hubs"), Lane("hub previews")
        self.tokens = Tokens()
        self.reports: dict[int, Report] = {}
        self._job: Job | None = None
        self._is_over = False
        self.is_watched = False  # whether somebody looks at the list

    @property
    def path(self) -> Path:
        """The file of the list."""
        return self.session.places.data / "downloads.db"

    @cached_property
    def queue(self) -> Queue:
        """The list."""
        queue = Queue(self.path)
        if queue.notice:
            self.session.tell(queue.notice)
        return queue

    @property
    def web(self) -> Web:
        """The network as the settings want it used now."""
        return web_of(self.session.settings, self.tokens)

    # the list

    def add(self, wanted: Wanted) -> Job:
        """Put a file on the list and begin."""
        queue, places, settings = self.queue, self.session.places, self.session.settings
        return self._ask(lambda _: runner.add(queue, wanted, places, settings), self._added)

    def _say(self, text: str, kind: str = "info") -> None:
        """Tell what nobody sees who looks at the list."""
        if not self.is_watched:
            self.session.notify(text, kind=kind)

    def add_text(self, text: str) -> Job:
        """Ask the site what a pasted text means, put that file on the list and begin."""
        queue, places, web = self.queue, self.session.places, self.web
        return self._ask(
            lambda context: runner.add(queue, sources.wanted(text, web, context), places, web.settings), self._added
        )

    @Slot(object)
    def _added(self, row: Row) -> None:
        self._say(tr("{name} is on the list of downloads.", name=row.name))
        self.run()

    @Slot()
    def run(self) -> None:
        """Work through the list, unless that is going on already."""
        self.changed.emit()
        if self._job is None:
            self._is_over = False
            queue, web, places = self.queue, self.web, self.session.places
            self._job = self.lane.begin(lambda context: runner.run(queue, web, places, context), tr("Downloading"))
            self._job.delivered.connect(self._hear)
            self._job.failed.connect(self.session.tell)
            self._job.noted.connect(self.session.note)
            self._job.succeeded.connect(self._succeeded)
            self._job.finished.connect(self._ended)

    @Slot(object)
    def _hear(self, report: Report) -> None:
        if not report.is_finished:
            has_begun = report.id in self.reports
            self.reports[report.id] = report
            if not has_begun:
                self.changed.emit()
            self.reported.emit(report)
            return
        self.reports.pop(report.id, None)
        self.changed.emit()
        try:
            self._tell_end(self.queue.row(report.id))
        except StudioError:
            return  # it was taken off the list

    def _tell_end(self, row: Row) -> None:
        if row.state == State.DONE:
            self._say(tr("{name} was downloaded.", name=row.name), "ok")
            self.session.refresh_models()
            self.arrived.emit(row)
        elif row.state == State.FAILED and row.failure:
            if not self.is_watched:
                self.session.tell(row.failure.error)
            self._ask_for_token(row.failure.error)

    @Slot()
    def _succeeded(self) -> None:
        """What was put on the list at the last moment gets a run of its own."""
        self._is_over = True

    @Slot()
    def _ended(self) -> None:
        self._job = None
        self.reports.clear()
        self.changed.emit()
        if self._is_over and State.WAITING in self.queue.states().values():
            self.run()

    @property
    def rate(self) -> float:
        """Bytes per second of all together."""
        return sum(report.rate for report in self.reports.values())

    @contextmanager
    def _changing(self) -> Iterator[Queue]:
        try:
            yield self.queue
        except StudioError as error:
            self.session.tell(error)
        self.changed.emit()

    def pause(self, *ids: int) -> None:
        """Let rows rest."""
        with self._changing() as queue:
            for key in ids:
                queue.pause(key)

    def resume(self, *ids: int) -> None:
        """Let rows that rest or failed go on."""
        with self._changing() as queue:
            for key in ids:
                queue.resume(key)
        self.run()

    def remove(self, key: int) -> None:
        """Take a row off the list, and what is there of it if it is not done."""
        queue = self.queue
        self.session.in_files(lambda _: runner.remove(queue, key)).succeeded.connect(self.changed)

    def clear(self) -> None:
        """Take off the list what is done."""
        with self._changing() as queue:
            queue.clear()

    # the sites

    def search(self, query: Query, take: Callable[..., Any]) -> Job:
        """Ask a site; `take` gets the Page."""
        web = self.web
        return self._ask(lambda context: sources.search(query, web, context), take)

    def complete(self, found: Found, take: Callable[..., Any]) -> Job:
        """Ask for a model's files; `take` gets it with them."""
        web = self.web
        return self._ask(lambda context: sources.complete(found, web, context), take)

    def keep_token(self, site: str, text: str) -> Job:
        """Use a token from now on, and keep it in the keyring if there is one; what failed for it goes on."""
        row, tokens = next(row for row in SITES if row.name == site), self.tokens
        return self._ask(lambda _: tokens.keep(row, text), self._kept)

    @Slot(object)
    def _kept(self, is_lasting: bool) -> None:
        text = tr("The token is in the system's keyring.") if is_lasting else tr("The token is used until you close.")
        self.session.notify(text, kind="ok")
        waiting = [row for row in self.queue.rows() if row.failure and "site" in row.failure.values]
        self.resume(*(row.id for row in waiting))

    def _ask(self, work: Callable[[JobContext], Any], take: Callable[..., Any]) -> Job:
        job = self.hubs.begin(work)
        job.succeeded.connect(take)
        job.failed.connect(self.session.tell)
        job.failed.connect(self._ask_for_token)
        return job

    @Slot(object)
    def _ask_for_token(self, error: StudioError) -> None:
        if "site" in error.values:
            self.token_wanted.emit(cast(str, error.values["site"]))

    # the end

    def close(self) -> None:
        """Stop all transfers; they go on at the next start."""
        for lane in (self.lane, self.hubs, self.previews):
            lane.stop()
        if "queue" in self.__dict__:
            self.queue.close()
