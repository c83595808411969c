"""Fingerprints of model files as the field writes them, remembered so that each file is read once."""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from studio.core.errors import FileProblem
from studio.core.files import problem
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.library import headers

CHUNK = 2**22  # bytes per report
SHORT = 10  # digits of the web UI's model hash, AutoV2
LEGACY_START, LEGACY_LENGTH, LEGACY_SHORT = 0x100000, 0x10000, 8


def sha256(path: Path, places: Places, context: JobContext | None = None) -> str:
    """The sha256 of a file in 64 hex digits; of a diffusers folder, that of its weight files' names and hashes.

    Read from the cache while size, time, and inode are the same. Raises FileProblem, or Cancelled at a report.
    """
    if path.is_dir():
        return _of_folder(path, places, context)
    identity = _identity(path)
    cached = _known([identity], places)
    if path in cached:
        return cached[path]
    found = _digest(path, 0, context or JobContext())
    with _cache(places) as cache:
        cache.execute("REPLACE INTO sha256 VALUES (?, ?, ?, ?, ?)", (*identity, found))
    return found


def known(paths: Iterable[Path], places: Places) -> dict[Path, str]:
    """The hashes that are in the cache and still true, without reading any file."""
    return _known([_identity(path) for path in paths if path.is_file()], places)


def short(sha256: str) -> str:
    """The web UI's model hash: the first 10 digits (AutoV2)."""
    return sha256[:SHORT]


def legacy(path: Path) -> str:
    """The hash of web UIs before 2023, 8 digits over 64 KiB in the file; "" if that cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(LEGACY_START)
            return hashlib.sha256(file.read(LEGACY_LENGTH)).hexdigest()[:LEGACY_SHORT]
    except OSError:
        return ""


def without_header(path: Path, context: JobContext | None = None) -> str:
    """The sha256 of a safetensors file's tensors alone, which new metadata leave as it is (AutoV3 is its first 12).

    Raises CheckpointError if it is no safetensors file.
    """
    header = headers.read(path)
    if header.is_pickled:
        raise FileProblem(path, "{name} is not a safetensors file.")
    return _digest(path, min(info.start for info in header.tensors.values()), context or JobContext())


def _of_folder(folder: Path, places: Places, context: JobContext | None) -> str:
    files = [file for files in headers.parts(folder).values() for file in files]
    lines = [f"{sha256(file, places, context)}  {file.relative_to(folder).as_posix()}\n" for file in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _digest(path: Path, start: int, context: JobContext) -> str:
    digest = hashlib.sha256()
    try:
        total = path.stat().st_size
        with path.open("rb") as file:
            file.seek(start)
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                context.progress(file.tell(), total, "Computing the model's hash …")
    except OSError as error:
        raise problem(path, error) from error
    return digest.hexdigest()


Identity = tuple[bytes, int, int, str]  # path, size, mtime in ns, inode: as text, Windows' are too large for SQLite


def _identity(path: Path) -> Identity:
    try:
        found = path.stat()
    except OSError as error:
        raise problem(path, error) from error
    return os.fsencode(path), found.st_size, found.st_mtime_ns, str(found.st_ino)


def _known(identities: list[Identity], places: Places) -> dict[Path, str]:
    if not _file(places).exists():
        return {}
    with _cache(places) as cache:
        rows = {row[:4]: row[4] for row in cache.execute("SELECT path, size, mtime_ns, inode, sha256 FROM sha256")}
    return {Path(os.fsdecode(identity[0])): rows[identity] for identity in identities if identity in rows}


def _file(places: Places) -> Path:
    return places.data / "hashes.sqlite"


@contextmanager
def _cache(places: Places) -> Iterator[sqlite3.Connection]:
    try:
        _file(places).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise problem(_file(places), error) from error
    with closing(_open(_file(places))) as cache, cache:
        yield cache


def _open(path: Path) -> sqlite3.Connection:
    """The cache; a broken one is begun anew, it holds nothing that cannot be computed again."""
    try:
        return _with_table(path)
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)
        return _with_table(path)


def _with_table(path: Path) -> sqlite3.Connection:
    cache = sqlite3.connect(path, timeout=30)
    try:
        cache.execute(
            "CREATE TABLE IF NOT EXISTS sha256 (path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER, inode TEXT,"
            " sha256 TEXT)"
        )
    except sqlite3.Error:
        cache.close()
        raise
    return cache
