"""The gallery's index: what is in the picture folders, found again by what it was made with. Pictures are only read."""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TypeVar

from studio.core import infotext
from studio.core.errors import FileProblem
from studio.core.infotext_pictures import read_texts
from studio.core.job import JobContext
from studio.core.request import GenerateRequest
from studio.core.result import SavedImage
from studio.library.database import Database, storable
from studio.library.folders import walk
from studio.library.gallery_search import condition, segmented, use_of

VERSION = 1
ENDS = (".png", ".jpg", ".jpeg", ".webp")
BATCH = 64
SAMPLE = 2**14  # bytes at either end by which a moved file is known again
MOST_RELATIVES = 60
TABLES = """
CREATE TABLE picture (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    made REAL NOT NULL, fingerprint TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    model TEXT NOT NULL, sampler TEXT NOT NULL, seed TEXT NOT NULL, infotext TEXT NOT NULL,
    starred INTEGER NOT NULL DEFAULT 0, made_from TEXT NOT NULL DEFAULT '', gone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX newest ON picture (gone, made DESC, id DESC);
CREATE INDEX stars ON picture (made DESC, id DESC) WHERE starred AND NOT gone;
CREATE INDEX seeds ON picture (seed);
CREATE INDEX models ON picture (gone, model);
CREATE INDEX samplers ON picture (gone, sampler);
CREATE INDEX moved ON picture (fingerprint);
CREATE INDEX origins ON picture (made_from) WHERE made_from != '';
CREATE VIRTUAL TABLE words USING fts5 (prompt, negative, name, tokenize = 'unicode61 remove_diacritics 2')
"""
AnyItem = TypeVar("AnyItem")


@dataclass(frozen=True)
class Picture:
    """One picture of the gallery; `made` is seconds since 1970, `seed` is "" where none is known.

    `made_from` is the path of the picture it was made from, "" if that is not known.
    """

    id: int
    path: Path
    mtime_ns: int
    made: float
    width: int
    height: int
    model: str
    sampler: str
    seed: str
    infotext: str
    is_starred: bool
    made_from: str


@dataclass(frozen=True)
class Changes:
    """What a scan found: pictures added, found again elsewhere, and gone."""

    added: int = 0
    moved: int = 0
    gone: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.moved or self.gone)


@dataclass(frozen=True)
class Relatives:
    """Pictures that belong together: what one was made from, what was made from it, and others with its seed."""

    origin: Picture | None
    made_from_it: tuple[Picture, ...]
    same_seed: tuple[Picture, ...]


@dataclass(frozen=True)
class Found:
    """What the index keeps of a file."""

    path: Path
    size: int
    mtime_ns: int
    width: int = 0
    height: int = 0
    text: str = ""
    fingerprint: str = ""


class Gallery:
    """The index in a SQLite file; every method may be called from any thread.

    A picture whose file is gone is hidden, not forgotten: it comes back with its star when the file does, also at
    another place. `notice` is what the user should know of the file after opening it, or None.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, TABLES, VERSION)
        self.notice = self._database.notice

    def scan(self, folders: Iterable[Path], context: JobContext | None = None) -> Changes:
        """Bring the index up to date with `folders`; only new and changed files are read.

        Pictures of a folder that is not there (a drive not plugged in) are left as they are. Raises Cancelled.
        """
        context = context or JobContext()
        folders = [folder.absolute() for folder in folders]
        files = {path: found for folder in folders for path, found in _files(folder, context)}
        with self._database.reading() as database:
            known = {
                row[0]: tuple(row)[1:] for row in database.execute("SELECT path, size, mtime_ns, gone FROM picture")
            }
        absent = [folder for folder in folders if not folder.is_dir()]
        gone = [path for path, row in known.items() if not row[2] and path not in files and not _below(path, absent)]
        self._set_gone(gone, True)
        self._set_gone([path for path, found in files.items() if known.get(path) == (*found, 1)], False)
        new = [path for path, found in files.items() if known.get(path, (0, 0))[:2] != found]
        return self._read_all(new, len(gone), context)

    def add(self, saved: SavedImage, made_from: Path | None = None) -> Picture:
        """Take in a picture at once, as it is saved."""
        stat = saved.path.stat()
        mark = fingerprint(saved.path)
        path = saved.path.absolute()
        found = Found(path, stat.st_size, stat.st_mtime_ns, saved.width, saved.height, saved.infotext, mark)
        with self._database.writing() as database:
            _insert(database, found)
            if made_from:
                origin = (str(made_from.absolute()), str(path))
                database.execute("UPDATE picture SET made_from = ? WHERE path = ?", origin)
            return _picture(database.execute("SELECT * FROM picture WHERE path = ?", (str(path),)).fetchone())

    def find(self, search: str = "") -> list[int]:
        """The ids of the pictures that match, the newest first. Raises BadRequest for a malformed search."""
        where, values = condition(search)
        with self._database.reading() as database:
            rows = database.execute(f"SELECT id FROM picture WHERE {where} ORDER BY made DESC, id DESC", values)  # noqa: S608
            return [row[0] for row in rows]

    def made_with(self, use: str, names: Iterable[str]) -> list[int]:
        """The ids of the pictures made with a model that goes by one of `names`, the newest first.

        `use` is checkpoint, network or embedding; of no other use is it known.
        """
        conditions = [used for name in names if name and (used := use_of(use, name))]
        if not conditions:
            return []
        where = " OR ".join(sql for sql, _ in conditions)
        values = [value for _, some in conditions for value in some]
        wanted = f"SELECT id FROM picture WHERE NOT gone AND ({where}) ORDER BY made DESC, id DESC"  # noqa: S608
        with self._database.reading() as database:
            return [row[0] for row in database.execute(wanted, values)]

    def pictures(self, ids: Sequence[int]) -> list[Picture]:
        """The pictures with these ids, in their order; an id that is not there is left out."""
        marks = ",".join("?" * len(ids))
        with self._database.reading() as database:
            rows = database.execute(f"SELECT * FROM picture WHERE id IN ({marks})", list(ids))  # noqa: S608
            found = {row["id"]: _picture(row) for row in rows}
        return [found[one] for one in ids if one in found]

    def at(self, path: Path) -> Picture | None:
        """The picture with this path."""
        with self._database.reading() as database:
            row = database.execute("SELECT * FROM picture WHERE path = ? AND NOT gone", (str(path),)).fetchone()
            return _picture(row) if row else None

    def models(self) -> list[str]:
        """The models that pictures were made with."""
        return self._values("model")

    def samplers(self) -> list[str]:
        """The samplers that pictures were made with."""
        return self._values("sampler")

    def star(self, id: int, is_starred: bool) -> None:
        """Give a picture a star or take it away."""
        with self._database.writing() as database:
            database.execute("UPDATE picture SET starred = ? WHERE id = ?", (is_starred, id))

    def hide(self, paths: Iterable[Path]) -> None:
        """Note that files were deleted."""
        self._set_gone([str(path) for path in paths], True)

    def take_back(self, paths: Iterable[Path]) -> None:
        """Note that deleted files are back, under their own names or others."""
        read = [found for path in paths if (found := describe(path.absolute()))]
        with self._database.writing() as database:
            for found in read:
                _insert(database, found)

    def relatives(self, picture: Picture) -> Relatives:
        """The pictures that belong to one; at most 60 of a kind."""
        same = "seed = ? AND seed != '' AND id != ?"
        return Relatives(
            self.at(Path(picture.made_from)) if picture.made_from else None,
            self._related("made_from = ?", [str(picture.path)]),
            self._related(same, [picture.seed, picture.id]),
        )

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _related(self, where: str, values: list[object]) -> tuple[Picture, ...]:
        rows = f"SELECT * FROM picture WHERE NOT gone AND {where} ORDER BY made DESC, id DESC LIMIT {MOST_RELATIVES}"  # noqa: S608
        with self._database.reading() as database:
            return tuple(_picture(row) for row in database.execute(rows, values))

    def _values(self, column: str) -> list[str]:
        values = f"SELECT DISTINCT {column} FROM picture WHERE NOT gone AND {column} != '' ORDER BY 1 COLLATE NOCASE"  # noqa: S608
        with self._database.reading() as database:
            return [row[0] for row in database.execute(values)]

    def _set_gone(self, paths: list[str], gone: bool) -> None:
        if paths:
            with self._database.writing() as database:
                change = "UPDATE picture SET gone = ? WHERE path = ? AND width > 0"
                database.executemany(change, [(gone, path) for path in paths])

    def _read_all(self, paths: list[str], gone: int, context: JobContext) -> Changes:
        added = moved = 0
        for number, batch in enumerate(_batches(paths)):
            context.progress(number * BATCH, len(paths), "Reading pictures …")
            read = [found for path in batch if (found := describe(Path(path)))]
            with self._database.writing() as database:
                outcomes = [_insert(database, found) for found in read]
            moved += outcomes.count("moved")
            added += outcomes.count("added")
        return Changes(added, moved, gone - moved if gone >= moved else 0)


@cache
def opened(path: Path) -> Gallery:
    """The one Gallery of this program for a file."""
    return Gallery(path)


def describe(path: Path) -> Found | None:
    """Size, parameters and fingerprint of a picture file; a width of 0 if it cannot be read, None if it is gone."""
    try:
        stat = path.stat()
        mark = fingerprint(path)
    except OSError:
        return None
    return Found(path, stat.st_size, stat.st_mtime_ns, *_size(path), storable(_text(path)), mark)


def _size(path: Path) -> tuple[int, int]:
    try:
        picture = read_texts(path)
    except FileProblem:
        return 0, 0
    return picture.width, picture.height


def _text(path: Path) -> str:
    try:
        return infotext.text_in(path)
    except FileProblem:
        return ""


def fingerprint(path: Path) -> str:
    """A mark by which a moved file is known again: its size and what is at its two ends."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        head = file.read(SAMPLE)
        file.seek(max(size - SAMPLE, 0))
        return hashlib.blake2b(b"%d " % size + head + file.read(SAMPLE), digest_size=16).hexdigest()


def _files(folder: Path, context: JobContext) -> Iterator[tuple[str, tuple[int, int]]]:
    for where, inside, names in walk(folder):
        context.check()
        inside[:] = [name for name in inside if not name.startswith(".")]
        for path in (where / name for name in names if _is_picture(name)):
            try:
                stat = path.stat()
            except OSError:
                continue
            if storable(str(path)) == str(path):  # a name that is no text cannot be kept
                yield str(path), (stat.st_size, stat.st_mtime_ns)


def _is_picture(name: str) -> bool:
    return name.lower().endswith(ENDS) and not name.startswith(".")


def _below(path: str, folders: list[Path]) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in folders)


def _batches(items: Iterable[AnyItem]) -> Iterator[list[AnyItem]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _insert(database: sqlite3.Connection, found: Found) -> str:
    """Write what was found; tells whether it is "added", "changed" or "moved"."""
    path = str(found.path)
    same = database.execute("SELECT id FROM picture WHERE path = ?", (path,)).fetchone()
    if same is None and (old := _moved_from(database, found)):
        _move(database, old, path)
        return "moved"
    request = _request(found)
    values = {
        "path": path,
        "size": found.size,
        "mtime_ns": found.mtime_ns,
        "made": found.mtime_ns / 1e9,
        "fingerprint": found.fingerprint,
        "width": found.width,
        "height": found.height,
        "model": storable(request.checkpoint) if request else "",
        "sampler": request.sampler if request else "",
        "seed": str(request.seed) if request and request.seed >= 0 else "",
        "infotext": found.text,
        "gone": int(found.width == 0),
    }
    _index_words(database, _write(database, values, same["id"] if same else None), found.path, request)
    return "changed" if same else "added"


def _write(database: sqlite3.Connection, values: dict[str, object], id: int | None) -> int:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    if id is None:
        insert = f"INSERT INTO picture ({names}) VALUES ({marks}) RETURNING id"  # noqa: S608
        return database.execute(insert, values).fetchone()[0]
    changes = ", ".join(f"{name} = :{name}" for name in values)
    database.execute(f"UPDATE picture SET {changes} WHERE id = :id", {**values, "id": id})  # noqa: S608
    return id


def _index_words(database: sqlite3.Connection, id: int, path: Path, request: GenerateRequest | None) -> None:
    prompts = (request.prompt, request.negative_prompt) if request else ("", "")
    values = (id, *(segmented(storable(text)) for text in (*prompts, path.name)))
    database.execute("DELETE FROM words WHERE rowid = ?", (id,))
    database.execute("INSERT INTO words (rowid, prompt, negative, name) VALUES (?, ?, ?, ?)", values)


def _moved_from(database: sqlite3.Connection, found: Found) -> sqlite3.Row | None:
    gone = "SELECT id, path FROM picture WHERE fingerprint = ? AND gone AND width > 0"
    return database.execute(gone, (found.fingerprint,)).fetchone() if found.width else None


def _move(database: sqlite3.Connection, old: sqlite3.Row, path: str) -> None:
    stat = Path(path).stat()
    change = "UPDATE picture SET path = ?, mtime_ns = ?, made = ?, gone = 0 WHERE id = ?"
    database.execute(change, (path, stat.st_mtime_ns, stat.st_mtime_ns / 1e9, old["id"]))
    database.execute("UPDATE picture SET made_from = ? WHERE made_from = ?", (path, old["path"]))
    database.execute("UPDATE words SET name = ? WHERE rowid = ?", (segmented(Path(path).name), old["id"]))


def _request(found: Found) -> GenerateRequest | None:
    return infotext.read(found.text)[0] if found.text and found.width else None


def _picture(row: sqlite3.Row) -> Picture:
    return Picture(
        row["id"],
        Path(row["path"]),
        row["mtime_ns"],
        row["made"],
        row["width"],
        row["height"],
        row["model"],
        row["sampler"],
        row["seed"],
        row["infotext"],
        bool(row["starred"]),
        row["made_from"],
    )
