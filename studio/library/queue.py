"""What is to be painted: a lasting list of requests, and a journal by which a batch goes on at its unfinished image.

The journal notes an image before its file is renamed into place and again afterwards. After a crash a noted image
whose file exists is done, one whose file does not exist is painted again: none is lost and none comes twice.
"""

import json
import sqlite3
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from pydantic import ValidationError

from studio.core.errors import BadRequest
from studio.core.request import GenerateRequest
from studio.core.result import SavedImage
from studio.core.seeds import with_seeds
from studio.core.settings import lenient
from studio.library.database import Database

VERSION = 2
MOST_DONE = 100  # rows that ended well are kept up to this many
TABLES = """
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT, request TEXT NOT NULL, state TEXT NOT NULL, position INTEGER NOT NULL,
    total INTEGER NOT NULL, error TEXT NOT NULL DEFAULT '', created REAL NOT NULL, made_from TEXT NOT NULL DEFAULT ''
);
CREATE TABLE image (
    job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE, number INTEGER NOT NULL, path TEXT NOT NULL,
    is_done INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (job, number)
);
CREATE TABLE flag (name TEXT PRIMARY KEY)
"""
ROWS = """
SELECT job.*, (SELECT count(*) FROM image WHERE image.job = job.id AND is_done) AS done FROM job
"""


class State(str, Enum):
    """What has become of a row."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


ENDED = (State.DONE, State.CANCELLED, State.FAILED)


@dataclass(frozen=True)
class Row:
    """One request in the queue; `done` of its `total` images are on disk, `created` is seconds since 1970.

    `position` is its place in the list, from 0. A failed row says why in `error`. `made_from` is the picture that
    those of this row are made from, None if that is not known.
    """

    id: int
    request: GenerateRequest
    state: State
    position: int
    done: int
    total: int
    error: str
    created: float
    made_from: Path | None = None


class Queue:
    """The queue in a SQLite file; every method may be called from any thread and is on disk when it returns.

    `notice` is what the user should know of the file after opening it, or None. Raises FileProblem or DiskFull.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, TABLES, VERSION)
        self.notice = self._database.notice

    def add(self, request: GenerateRequest, made_from: Path | None = None) -> Row:
        """Put a request at the end; seeds that are left open are drawn now, so that it stays the same batch."""
        with self._database.writing() as database:
            (last,) = database.execute("SELECT ifnull(max(position), -1) FROM job").fetchone()
            return _row(_insert(database, with_seeds(request), last + 1, made_from))

    def rows(self) -> list[Row]:
        """All rows, ended ones too, in their order."""
        with self._database.reading() as database:
            return [_row(found) for found in database.execute(f"{ROWS} ORDER BY position, id")]

    def row(self, id: int) -> Row:
        """One row as it is now. Raises BadRequest if it is gone."""
        with self._database.reading() as database:
            return _row(_find(database, id))

    def next(self) -> Row | None:
        """Mark the first waiting row as running and return it; None if there is none or the queue is paused."""
        with self._database.writing() as database:
            first = f"{ROWS} WHERE state = 'waiting' ORDER BY position, id LIMIT 1"
            found = None if _is_paused(database) else database.execute(first).fetchone()
            if found is None:
                return None
            _set_state(database, found["id"], State.RUNNING)
            return _row(_find(database, found["id"]))

    def start(self, id: int) -> Row | None:
        """Mark a waiting row as running and return it, also while the queue is paused; None if it is not waiting."""
        with self._database.writing() as database:
            found = database.execute(f"{ROWS} WHERE id = ? AND state = 'waiting'", (id,)).fetchone()
            if found is None:
                return None
            _set_state(database, id, State.RUNNING)
            return _row(_find(database, id))

    def move(self, id: int, position: int) -> None:
        """Give a row this place in the list, counted from 0."""
        with self._database.writing() as database:
            _find(database, id)
            order = [row["id"] for row in database.execute("SELECT id FROM job ORDER BY position, id")]
            order.remove(id)
            order.insert(max(position, 0), id)
            database.executemany("UPDATE job SET position = ? WHERE id = ?", [(i, row) for i, row in enumerate(order)])

    def edit(self, id: int, request: GenerateRequest) -> Row:
        """Change what a waiting row asks for. Raises BadRequest once an image of it exists."""
        with self._database.writing() as database:
            found = _find(database, id)
            if found["state"] != State.WAITING or found["done"]:
                raise BadRequest("This job has already begun.", "Duplicate it and change the copy.")
            asked = with_seeds(request)
            values = (asked.model_dump_json(), asked.image_count, id)
            database.execute("UPDATE job SET request = ?, total = ? WHERE id = ?", values)
            return _row(_find(database, id))

    def duplicate(self, id: int) -> Row:
        """Put a waiting copy, with the same seeds, right behind a row."""
        with self._database.writing() as database:
            row = _row(_find(database, id))
            database.execute("UPDATE job SET position = position + 1 WHERE position > ?", (row.position,))
            return _row(_insert(database, row.request, row.position + 1, row.made_from))

    def retry(self, id: int) -> Row:
        """Let an ended row wait again; it goes on at its first unfinished image."""
        with self._database.writing() as database:
            if _find(database, id)["state"] in (State.CANCELLED, State.FAILED):
                _set_state(database, id, State.WAITING)
            return _row(_find(database, id))

    def remove(self, id: int) -> None:
        """Take a row out; its pictures stay. Raises BadRequest while it runs."""
        with self._database.writing() as database:
            if _find(database, id)["state"] == State.RUNNING:
                raise BadRequest("This job is running.", "Stop it first.")
            database.execute("DELETE FROM job WHERE id = ?", (id,))

    def pause(self) -> None:
        """Begin no further row, also after a restart; what runs goes on."""
        with self._database.writing() as database:
            database.execute("INSERT OR IGNORE INTO flag VALUES ('paused')")

    def resume(self) -> None:
        """Begin rows again."""
        with self._database.writing() as database:
            database.execute("DELETE FROM flag WHERE name = 'paused'")

    @property
    def is_paused(self) -> bool:
        """Whether no further row is begun."""
        with self._database.reading() as database:
            return _is_paused(database)

    def finish(self, id: int, state: State, error: str = "") -> None:
        """Note how a row ended; a row that was put back to waiting is told with State.WAITING.

        The oldest of the rows that ended well are forgotten, so that the list stays quick; their pictures stay.
        """
        with self._database.writing() as database:
            _set_state(database, id, State(state), error)
            done = "SELECT id FROM job WHERE state = 'done' ORDER BY id DESC LIMIT -1 OFFSET ?"
            database.execute(f"DELETE FROM job WHERE id IN ({done})", (MOST_DONE,))  # noqa: S608

    def begin_image(self, id: int, index: int, path: Path) -> None:
        """Note that image `index` (from 0) of a row is about to be renamed to `path`, where no file is yet."""
        with self._database.writing() as database:
            database.execute("REPLACE INTO image VALUES (?, ?, ?, 0)", (id, index, str(path)))

    def finish_image(self, id: int, index: int, path: Path | None = None) -> None:
        """Note that the file of an image begun is in place, at `path` if that is not where it was meant to be."""
        done = "UPDATE image SET is_done = 1, path = ifnull(?, path) WHERE job = ? AND number = ?"
        with self._database.writing() as database:
            database.execute(done, (str(path) if path else None, id, index))

    def first_unfinished(self, id: int) -> int:
        """The image at which a row goes on: the one behind the last that is done; skipped ones stay skipped."""
        with self._database.reading() as database:
            return _first_unfinished(database, id)

    def images(self, id: int) -> list[Path]:
        """The files of a row's finished images, in order."""
        with self._database.reading() as database:
            found = database.execute("SELECT path FROM image WHERE job = ? AND is_done ORDER BY number", (id,))
            return [Path(row["path"]) for row in found]

    def journal(self, id: int) -> "Journal":
        """What tasks.generate tells about a row's images."""
        return Journal(self, id)

    def recover(self) -> list[Row]:
        """At start, before anything runs: settle what a crash left open. Returns the rows that go on."""
        with self._database.writing() as database:
            _settle_images(database)
            interrupted = [found[0] for found in database.execute("SELECT id FROM job WHERE state = 'running'")]
            for job in interrupted:
                is_done = _first_unfinished(database, job) >= _find(database, job)["total"]
                _set_state(database, job, State.DONE if is_done else State.WAITING)
            _fail_unreadable(database)
            rows = [_row(_find(database, job)) for job in interrupted]
        return [row for row in rows if row.state == State.WAITING]

    def close(self) -> None:
        """Close the file."""
        self._database.close()


@dataclass(frozen=True)
class Journal:
    """The journal of one row's images."""

    queue: Queue
    id: int

    def begin(self, index: int, path: Path) -> None:
        """Image `index` is about to appear at `path`."""
        self.queue.begin_image(self.id, index, path)

    def finish(self, index: int, saved: SavedImage) -> None:
        """Image `index` is on disk."""
        self.queue.finish_image(self.id, index, saved.path)


def _insert(
    database: sqlite3.Connection, request: GenerateRequest, position: int, made_from: Path | None
) -> sqlite3.Row:
    origin = str(made_from.absolute()) if made_from else ""
    values = (request.model_dump_json(), State.WAITING.value, position, request.image_count, time.time(), origin)
    columns = "request, state, position, total, created, made_from"
    added = database.execute(f"INSERT INTO job ({columns}) VALUES (?, ?, ?, ?, ?, ?) RETURNING id", values)  # noqa: S608
    return _find(database, added.fetchone()[0])


def _find(database: sqlite3.Connection, id: int) -> sqlite3.Row:
    found = database.execute(f"{ROWS} WHERE id = ?", (id,)).fetchone()
    if found is None:
        raise BadRequest("This job is no longer in the queue.")
    return found


def _set_state(database: sqlite3.Connection, id: int, state: State, error: str = "") -> None:
    database.execute("UPDATE job SET state = ?, error = ? WHERE id = ?", (state.value, error, id))


def _is_paused(database: sqlite3.Connection) -> bool:
    return database.execute("SELECT 1 FROM flag WHERE name = 'paused'").fetchone() is not None


def _first_unfinished(database: sqlite3.Connection, id: int) -> int:
    last = "SELECT ifnull(max(number), -1) FROM image WHERE job = ? AND is_done"
    return database.execute(last, (id,)).fetchone()[0] + 1


def _settle_images(database: sqlite3.Connection) -> None:
    for job, number, path in database.execute("SELECT job, number, path FROM image WHERE NOT is_done").fetchall():
        settle = "UPDATE image SET is_done = 1" if _is_in_place(Path(path)) else "DELETE FROM image"
        database.execute(f"{settle} WHERE job = ? AND number = ?", (job, number))


def _fail_unreadable(database: sqlite3.Connection) -> None:
    reason = "Another version of the studio asked for this."
    for job, request in database.execute("SELECT id, request FROM job WHERE state = 'waiting'").fetchall():
        if _parse(request) is None:
            _set_state(database, job, State.FAILED, reason)


def _is_in_place(path: Path) -> bool:
    """Whether a picture's file exists; it is renamed into place, so it is whole then."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def _parse(request: str) -> GenerateRequest | None:
    try:
        return GenerateRequest.model_validate_json(request)
    except ValidationError:
        return None


def _readable(request: str) -> GenerateRequest:
    """What can be read of a request that another version wrote; its row never runs, it is shown."""
    values = json.loads(request)
    return lenient(GenerateRequest, values if isinstance(values, dict) else {})


def _row(found: sqlite3.Row) -> Row:
    return Row(
        found["id"],
        _parse(found["request"]) or _readable(found["request"]),
        State(found["state"]),
        found["position"],
        found["done"],
        found["total"],
        found["error"],
        found["created"],
        Path(found["made_from"]) if found["made_from"] else None,
    )
