"""SQLite files of the studio: opened with their tables, whole after a power cut, set aside when broken."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock

from studio.core.errors import DiskFull, FileProblem
from studio.core.files import problem

TIMEOUT_S = 30
BROKEN_ENDS = ("", "-wal", "-shm")


class Database:
    """A SQLite file for several threads: one of them writes, one reads at the same time, the others wait.

    A file that is broken or of another version is renamed, never deleted, and begun anew; `notice` then says so and
    is None otherwise. Raises FileProblem or DiskFull if the file cannot be used at all.
    """

    def __init__(self, path: Path, tables: str, version: int) -> None:
        self.path = path
        self.notice: FileProblem | None = None
        self._tables = tables
        self._version = version
        self._write_lock, self._read_lock = RLock(), RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise problem(path, error) from error
        self._writer = self._open_or_begin_anew()
        self._reader = self._connect()
        self._reader.execute("PRAGMA query_only = 1")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is on disk when the block ends, or nothing if it raises."""
        with self._write_lock, self._telling():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """What was last written, also while another thread is writing."""
        with self._read_lock, self._telling():
            yield self._reader

    def close(self) -> None:
        """Close the file; waits for a transaction under way."""
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._problem(error) from error

    def _problem(self, error: sqlite3.Error) -> DiskFull | FileProblem:
        if "disk is full" in str(error):
            return DiskFull(
                "The disk is full; {path} was not written.", "Free some space and try again.", path=str(self.path)
            )
        return FileProblem(
            self.path,
            "{path} cannot be used.",
            "Check that the folder may be written and no other program holds the file.",
            details=str(error),
        )

    def _open_or_begin_anew(self) -> sqlite3.Connection:
        try:
            return self._open()
        except sqlite3.OperationalError as error:
            raise self._problem(error) from error
        except sqlite3.DatabaseError as error:
            self._set_aside(str(error))
        with self._telling():
            return self._open()

    def _open(self) -> sqlite3.Connection:
        connection = self._connect()
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = 1")
            self._check(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _check(self, connection: sqlite3.Connection) -> None:
        (state,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if state != "ok":
            raise sqlite3.DatabaseError(state)
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, self._version):
            raise sqlite3.DatabaseError(f"version {version}, not {self._version}")
        if version == 0:
            connection.executescript(f"BEGIN;{self._tables};PRAGMA user_version = {self._version};COMMIT;")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=TIMEOUT_S, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        return connection

    def _set_aside(self, reason: str) -> None:
        aside = free_name(self.path)
        for end in BROKEN_ENDS:
            part = self.path.with_name(self.path.name + end)
            if part.exists():
                part.replace(aside.with_name(aside.name + end))
        self.notice = FileProblem(
            self.path,
            "{name} could not be read and was begun anew.",
            "The old file is kept as {aside}.",
            details=reason,
            aside=str(aside),
        )


def free_name(path: Path) -> Path:
    """A name beside `path` for its broken content that no file has yet."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    names = (path.with_name(f"{path.name}.broken-{stamp}{f'-{n}' if n else ''}") for n in range(1000))
    return next(name for name in names if not name.exists())


def storable(text: str) -> str:
    """`text` without the halves of characters that JSON can hold and a database cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")
