"""What is to be downloaded: a lasting list, whose rows survive restarts and kills."""

import json
import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from enum import Enum
from pathlib import Path

from pydantic import Field, ValidationError

from studio.core.errors import BadRequest, StudioError
from studio.core.option import Record
from studio.library.database import Database
from studio.library.downloads.fetch import Mark, size_of
from studio.library.downloads.wanted import Wanted

VERSION = 1
MOST_DONE = 200
TABLES = """
CREATE TABLE download (
    id INTEGER PRIMARY KEY AUTOINCREMENT, wanted TEXT NOT NULL, state TEXT NOT NULL, position INTEGER NOT NULL,
    part TEXT NOT NULL DEFAULT '', path TEXT NOT NULL DEFAULT '', mark TEXT NOT NULL DEFAULT '{}',
    error TEXT NOT NULL DEFAULT '', created REAL NOT NULL
);
CREATE INDEX by_state ON download (state, position)
"""
ROWS = "SELECT * FROM download"


class State(str, Enum):
    """What has become of a download."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"


UNFINISHED = (State.WAITING, State.RUNNING, State.PAUSED, State.FAILED)


class Failure(Record):
    """An error as a row keeps it, in the parts that the window translates."""

    message: str = ""
    remedy: str = ""
    details: str = ""
    values: dict[str, str | int | float] = Field(default_factory=dict)

    @staticmethod
    def of(error: StudioError) -> "Failure":
        """What is kept of an error."""
        values = {
            name: value if isinstance(value, str | int | float) else str(value) for name, value in error.values.items()
        }
        return Failure(message=error.message, remedy=error.remedy, details=error.details[:10_000], values=values)

    @property
    def error(self) -> StudioError:
        """The error again."""
        return StudioError(self.message, self.remedy, details=self.details, **self.values)


@dataclass(frozen=True)
class Row:
    """One download. `part` grows until it is whole; `path` is where it then is, or was about to be moved to.

    `created` is seconds since 1970.
    """

    id: int
    wanted: Wanted
    state: State
    position: int
    part: Path
    path: Path | None
    mark: Mark
    failure: Failure | None
    created: float

    @property
    def total(self) -> int:
        """Its size in bytes, 0 if unknown."""
        return self.mark.total or self.wanted.size

    @property
    def done(self) -> int:
        """How many bytes are there."""
        return self.total if self.state == State.DONE else size_of(self.part) if self.part.name else 0

    @property
    def missing(self) -> int:
        """How many bytes are still to come, as far as that is known."""
        return 0 if self.state == State.DONE else max(self.total - self.done, 0)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path.name if self.path else self.wanted.name or self.mark.name or self.wanted.url.rpartition("/")[2]


class Queue:
    """The list in a SQLite file; every method may be called from any thread and is on disk when it returns.

    `notice` is what the user should know of the file after opening it, or None. Raises FileProblem or DiskFull.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, TABLES, VERSION)
        self.notice = self._database.notice

    def add(self, wanted: Wanted) -> Row:
        """Put a file at the end. One that is on the list and not done is not put there twice: that row waits again."""
        with self._database.writing() as database:
            for row in map(_row, database.execute(f"{ROWS} WHERE state != 'done'")):
                if row.wanted.url == wanted.url and row.wanted.folder == wanted.folder:
                    if row.state != State.RUNNING:
                        _set(database, row.id, state=State.WAITING.value, error="")
                    return _row(_find(database, row.id))
            (last,) = database.execute("SELECT ifnull(max(position), -1) FROM download").fetchone()
            values = (wanted.model_dump_json(), State.WAITING.value, last + 1, time.time())
            added = database.execute(
                "INSERT INTO download (wanted, state, position, created) VALUES (?, ?, ?, ?)", values
            ).lastrowid
            return _row(_find(database, added or 0))

    def rows(self) -> list[Row]:
        """All rows in their order."""
        with self._database.reading() as database:
            return [_row(found) for found in database.execute(f"{ROWS} ORDER BY position, id")]

    def row(self, id: int) -> Row:
        """One row as it is now. Raises BadRequest if it is gone."""
        with self._database.reading() as database:
            return _row(_find(database, id))

    def states(self) -> dict[int, State]:
        """The states of all rows that are not done; quick."""
        with self._database.reading() as database:
            found = database.execute("SELECT id, state FROM download WHERE state != 'done'")
            return {row["id"]: State(row["state"]) for row in found}

    def next(self, without: Collection[int] = (), only: Collection[int] | None = None) -> Row | None:
        """Mark the first waiting row as running and return it; None if there is none.

        Those of `without` are passed over, and so are all but those of `only`, where it is given.
        """
        with self._database.writing() as database:
            waiting = database.execute(f"{ROWS} WHERE state = 'waiting' ORDER BY position, id")
            fitting = (row for row in waiting if row["id"] not in without and (only is None or row["id"] in only))
            found = next(fitting, None)
            if found is None:
                return None
            _set(database, found["id"], state=State.RUNNING.value, error="")
            return _row(_find(database, found["id"]))

    def note(self, id: int, *, part: Path | None = None, mark: Mark | None = None, path: Path | None = None) -> None:
        """Note where a running row's bytes are, what the server said of them, where they are about to be moved."""
        values = {
            "part": str(part) if part else None,
            "mark": json.dumps(asdict(mark)) if mark is not None else None,
            "path": str(path) if path else None,
        }
        with self._database.writing() as database:
            _set(database, id, **{name: value for name, value in values.items() if value is not None})

    def finish(self, id: int, state: State, error: StudioError | None = None) -> None:
        """Note how a running row ended; one that was paused or removed meanwhile stays so, unless it is done.

        The oldest rows that are done are forgotten; their files stay.
        """
        failure = Failure.of(error).model_dump_json() if error else ""
        with self._database.writing() as database:
            if state == State.DONE or _state(database, id) == State.RUNNING:
                _set(database, id, state=state.value, error=failure)
            done = "SELECT id FROM download WHERE state = 'done' ORDER BY id DESC LIMIT -1 OFFSET ?"
            database.execute(f"DELETE FROM download WHERE id IN ({done})", (MOST_DONE,))  # noqa: S608

    def pause(self, id: int) -> None:
        """Let a row rest, also after a restart; what is there of it stays."""
        self._change(id, (State.WAITING, State.RUNNING), State.PAUSED)

    def resume(self, id: int) -> None:
        """Let a row that rests or failed wait for its turn again; it goes on behind what is there."""
        self._change(id, (State.PAUSED, State.FAILED), State.WAITING)

    def remove(self, id: int) -> Row:
        """Take a row out; the file of one that is done stays. Its part is the caller's to delete once nothing runs."""
        with self._database.writing() as database:
            row = _row(_find(database, id))
            database.execute("DELETE FROM download WHERE id = ?", (id,))
            return row

    def clear(self) -> None:
        """Forget all rows that are done; their files stay."""
        with self._database.writing() as database:
            database.execute("DELETE FROM download WHERE state = 'done'")

    def recover(self) -> None:
        """Let what a crash left running wait again; only for who holds the runner's lock."""
        with self._database.writing() as database:
            database.execute("UPDATE download SET state = 'waiting' WHERE state = 'running'")

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _change(self, id: int, before: tuple[State, ...], after: State) -> None:
        with self._database.writing() as database:
            if State(_find(database, id)["state"]) in before:
                _set(database, id, state=after.value, error="")


@contextmanager
def opened(path: Path) -> Iterator[Queue]:
    """The list, closed at the end."""
    queue = Queue(path)
    try:
        yield queue
    finally:
        queue.close()


def _find(database: sqlite3.Connection, id: int) -> sqlite3.Row:
    found = database.execute(f"{ROWS} WHERE id = ?", (id,)).fetchone()
    if found is None:
        raise BadRequest("This download is not on the list any more.")
    return found


def _state(database: sqlite3.Connection, id: int) -> State | None:
    found = database.execute("SELECT state FROM download WHERE id = ?", (id,)).fetchone()
    return State(found["state"]) if found else None


def _set(database: sqlite3.Connection, id: int, **values: str) -> None:
    names = ", ".join(f"{name} = ?" for name in values)
    database.execute(f"UPDATE download SET {names} WHERE id = ?", (*values.values(), id))  # noqa: S608 - our own names


def _row(found: sqlite3.Row) -> Row:
    path = found["path"]
    return Row(
        found["id"],
        _wanted(found["wanted"]),
        State(found["state"]),
        found["position"],
        Path(found["part"]),
        Path(path) if path else None,
        _mark(found["mark"]),
        Failure.model_validate_json(found["error"]) if found["error"] else None,
        found["created"],
    )


def _wanted(text: str) -> Wanted:
    """A row of an older or newer version keeps what is understood of it."""
    try:
        return Wanted.model_validate_json(text)
    except ValidationError:
        said = json.loads(text)
        return Wanted(
            **{name: said[name] for name in ("url", "name", "kind", "sha256") if isinstance(said.get(name), str)}
        )


def _mark(text: str) -> Mark:
    said, names = json.loads(text), {field.name for field in fields(Mark)}
    return Mark(**{name: value for name, value in said.items() if name in names})
