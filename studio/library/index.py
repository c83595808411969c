"""The models' index: every model file with what its header and the files beside it say. Models are only read."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library import model_rows
from studio.library.database import Database, storable
from studio.library.folders import homes
from studio.library.model_files import ModelFile, Seen, Stamp, listed, stamp_beside
from studio.library.model_rows import SORTS, THERE, Model, Query

VERSION = 2
BATCH = 64
TABLES = """
CREATE TABLE model (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, use TEXT NOT NULL, root TEXT NOT NULL, home TEXT NOT NULL,
    name TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode TEXT NOT NULL,
    added REAL NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0, kind TEXT NOT NULL DEFAULT '',
    base TEXT NOT NULL DEFAULT '', architecture TEXT NOT NULL DEFAULT '', facts TEXT NOT NULL DEFAULT '',
    problem TEXT NOT NULL DEFAULT '', words TEXT NOT NULL DEFAULT '', beside TEXT NOT NULL DEFAULT '',
    sidecar TEXT NOT NULL DEFAULT '', preview TEXT NOT NULL DEFAULT '', said TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '', is_favourite INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX uses ON model (gone, use)
"""
COLUMNS = ("kind", "base", "use", "architecture", "home", "tags")


@dataclass(frozen=True)
class Changes:
    """What a scan found: models added, changed, gone."""

    added: int = 0
    changed: int = 0
    gone: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


@dataclass(frozen=True)
class Known:
    """What the index knows of a file without its contents."""

    stamp: Stamp
    gone: bool
    place: tuple[str, str, str]

    def is_other(self, file: ModelFile) -> bool:
        """Whether the file is not as it was."""
        place = (file.home.use.name, storable(str(file.home.root)), storable(str(file.home.path)))
        return self.stamp != file.stamp or self.place != place


class ModelIndex:
    """The index in a SQLite file; every method may be called from any thread.

    A model whose file is gone is hidden, not forgotten, so that a drive that comes back need not be read again.
    `notice` is what the user should know of the file after opening it, or None.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, TABLES, VERSION)
        self._seen = Seen()
        self.notice = self._database.notice

    def scan(self, places: Places, settings: Settings, context: JobContext | None = None) -> Changes:
        """Bring the index up to date with all model folders; only new and changed files' headers are read.

        Raises Cancelled at a report; what was read by then is kept.
        """
        context = context or JobContext()
        files, seen = listed(homes(places, settings), context)
        known = self._known()
        gone = [path for path, row in known.items() if not row.gone and path not in files]
        new = [file for file in files.values() if file.path not in known or known[file.path].is_other(file)]
        others = {file.path for file in new}
        back = [path for path, row in known.items() if row.gone and path in files and path not in others]
        self._set_gone(gone, True)
        self._set_gone(back, False)
        self._read_all(new, known, context)
        self._seen = seen
        changed = sum(file.path in known and not known[file.path].gone for file in new)
        return Changes(len(new) - changed + len(back), changed, len(gone))

    def has_changed(self, places: Places, settings: Settings) -> bool:
        """Whether a scan would find something new, by the times of the folders: cheap enough for every second.

        Of files, only those that were fresh at the last scan are looked at.
        """
        return self._seen.has_changed(homes(places, settings))

    def find(self, query: Query | None = None) -> list[int]:
        """The ids of the models that match, in the order that is asked for."""
        query = query or Query()
        where, values = model_rows.condition(query)
        order = f"{SORTS[query.sort]}, id"
        with self._database.reading() as database:
            return [row[0] for row in database.execute(f"SELECT id FROM model WHERE {where} ORDER BY {order}", values)]  # noqa: S608

    def models(self, ids: Sequence[int]) -> list[Model]:
        """The models with these ids, in their order; an id that is not there is left out."""
        found: dict[int, Model] = {}
        left = iter(ids)
        while some := list(islice(left, 500)):
            marks = ",".join("?" * len(some))
            with self._database.reading() as database:  # no longer than the reading takes: the window waits for it
                rows = database.execute(f"SELECT * FROM model WHERE id IN ({marks})", some).fetchall()  # noqa: S608
            found |= {row["id"]: model_rows.model(row) for row in rows}
        return [found[one] for one in ids if one in found]

    def at(self, path: Path) -> Model | None:
        """The model with this path."""
        with self._database.reading() as database:
            row = database.execute(f"SELECT * FROM model WHERE path = ? AND {THERE}", (storable(str(path)),)).fetchone()  # noqa: S608
            return model_rows.model(row) if row else None

    def refresh(self, path: Path) -> Model | None:
        """Read anew what lies beside a model, after something was written there."""
        values = model_rows.of_sidecar(path, stamp_beside(path))
        changes = ", ".join(f"{name} = :{name}" for name in values)
        with self._database.writing() as database:
            database.execute(f"UPDATE model SET {changes} WHERE path = :path", {**values, "path": storable(str(path))})  # noqa: S608
        return self.at(path)

    def values(self, column: str, use: str = "") -> dict[str, int]:
        """How many models have each kind, base, use, architecture, home or tag; `use` asks for one use only.

        Raises KeyError for another column.
        """
        if column not in COLUMNS:
            raise KeyError(column)
        counts: dict[str, int] = {}
        for value in self._column(column, use):
            for one in value.split("\n"):
                counts[one] = counts.get(one, 0) + 1
        counts.pop("", None)
        return dict(sorted(counts.items()))

    def folders(self, use: str = "") -> dict[Path, int]:
        """The folders that models lie in, with how many are in each itself; the tree is made of them."""
        counts = Counter(map(os.path.dirname, self._column("path", use)))  # Path is ten times slower
        return {Path(folder): count for folder, count in counts.items()}

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _column(self, column: str, use: str) -> list[str]:
        wanted = f"SELECT {column} FROM model WHERE {THERE} AND (use = :use OR :use = '')"  # noqa: S608
        with self._database.reading() as database:
            return [row[0] for row in database.execute(wanted, {"use": use})]

    def _known(self) -> dict[str, Known]:
        columns = "path, size, mtime_ns, inode, beside, gone, use, root, home"
        with self._database.reading() as database:
            rows = database.execute(f"SELECT {columns} FROM model")  # noqa: S608
            return {row[0]: Known(tuple(row)[1:5], bool(row[5]), tuple(row)[6:]) for row in rows}

    def _set_gone(self, paths: list[str], gone: bool) -> None:
        if paths:
            with self._database.writing() as database:
                change = "UPDATE model SET gone = ? WHERE path = ?"
                database.executemany(change, [(gone, path) for path in paths])

    def _read_all(self, files: list[ModelFile], known: dict[str, Known], context: JobContext) -> None:
        left, done = iter(files), 0
        while batch := list(islice(left, BATCH)):
            context.progress(done, len(files), "Reading models …")
            rows = [_row(file, known.get(file.path)) for file in batch]
            with self._database.writing() as database:
                for row in rows:
                    model_rows.put(database, row)
            done += len(batch)


def _row(file: ModelFile, known: Known | None) -> model_rows.Values:
    path = Path(file.path)
    is_new = known is None or known.stamp[:3] != file.stamp[:3]
    content = model_rows.of_content(path) if is_new else {}
    return model_rows.of_place(file) | content | model_rows.of_sidecar(path, file.beside)


@cache
def opened(places: Places) -> ModelIndex:
    """The one ModelIndex of this program for a studio."""
    return ModelIndex(places.data / "models.sqlite")
