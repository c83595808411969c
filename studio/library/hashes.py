"""Fingerprints of model files as the field writes them, remembered so that each file is read once."""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from studio.core.errors import FileProblem, StudioError
from studio.core.files import problem
from studio.core.job import JobContext, Progress
from studio.core.paths import Places
from studio.library import headers

CHUNK = 2**22  # bytes per report
SHORT = 10  # digits of the web UI's model hash, AutoV2
LONGER = 12  # digits of AutoV3 and of the hashes of networks and embeddings
LEGACY_START, LEGACY_LENGTH, LEGACY_SHORT = 0x100000, 0x10000, 8
SAMPLES, SAMPLE = 16, 2**12  # how many places of a file, of how many bytes, tell it from another of its size
AT_ONCE = 500  # paths in a question to the cache
COLUMNS = "path, size, mtime_ns, inode, mark, sha256, tensors"
TABLE = """CREATE TABLE IF NOT EXISTS hash (
    path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER, inode TEXT, mark TEXT, sha256 TEXT, tensors TEXT
)"""


@dataclass(frozen=True)
class Hashes:
    """Every name by digits that a model file goes by; `tensors` is "" for what is no safetensors file.

    `network` is what infotexts call it by if it is a network.
    """

    sha256: str
    legacy: str
    tensors: str
    network: str

    @property
    def model(self) -> str:
        """AutoV2, the web UI's model hash."""
        return self.sha256[:SHORT]

    @property
    def tensors_short(self) -> str:
        """AutoV3."""
        return self.tensors[:LONGER]

    @property
    def embedding(self) -> str:
        """What infotexts call it by if it is an embedding."""
        return self.sha256[:LONGER]


def of(path: Path, places: Places, context: JobContext | None = None) -> Hashes:
    """All hashes of a file or diffusers folder; read once. Raises FileProblem, or Cancelled at a report."""
    whole = sha256(path, places, context)
    header = _safetensors_header(path)
    tensors = tensors_sha256(path, places, context) if header else ""
    told = header.metadata.get("sshs_model_hash", "") if header else ""
    return Hashes(whole, "" if path.is_dir() else legacy(path), tensors, (told or tensors or whole)[:LONGER])


def sha256(path: Path, places: Places, context: JobContext | None = None) -> str:
    """The sha256 of a file in 64 hex digits; of a diffusers folder, that of its weight files' names and hashes.

    Read from the cache while the file is the same. Raises FileProblem, or Cancelled at a report.
    """
    if path.is_dir():
        return _of_folder(path, places, context)
    identity = _identity(path)
    cached = _known([identity], places).get(path, ("", ""))
    if cached[0]:
        return cached[0]
    found = _digest(path, 0, context or JobContext())
    _remember({identity: (found, cached[1])}, places)
    return found


def tensors_sha256(path: Path, places: Places, context: JobContext | None = None) -> str:
    """What without_header tells, from the cache while the file is the same."""
    identity = _identity(path)
    cached = _known([identity], places).get(path, ("", ""))
    if cached[1]:
        return cached[1]
    found = without_header(path, context)
    _remember({identity: (cached[0], found)}, places)
    return found


def compute(paths: Iterable[Path], places: Places, context: JobContext) -> list[Path]:
    """Read all files whose sha256 is not known yet, the small ones first; returns those that cannot be read.

    Reports MiB; each file's path is delivered as it is done. Raises Cancelled; what was read by then is kept.
    """
    there = [path for path in paths if path.is_file()]
    identities = _identities(there)
    done = _known(identities, places)
    left = sorted((one for one in identities if not done.get(_path(one), ("",))[0]), key=lambda one: one[1])
    readable = set(map(_path, identities))
    total, before, failed = sum(one[1] for one in left), 0, [path for path in there if path not in readable]
    for path, size in ((_path(one), one[1]) for one in left):
        try:
            sha256(path, places, _part(context, before, total))
            context.deliver(path)
        except FileProblem:
            failed.append(path)
        before += size
    return failed


def known(paths: Iterable[Path], places: Places) -> dict[Path, str]:
    """The hashes that are in the cache and still true, without reading any file."""
    found = _known(_identities(path for path in paths if path.is_file()), places)
    return {path: digests[0] for path, digests in found.items() if digests[0]}


@contextmanager
def kept(moves: Mapping[Path, Path], places: Places) -> Iterator[None]:
    """Within the block files are moved, or linked, from keys to values as they are: their hashes go with them."""
    before = _known(_identities(path for path in moves if path.is_file()), places)
    yield
    after = {_identity(moves[path]): digests for path, digests in before.items() if moves[path].is_file()}
    if after:
        _remember(after, places)


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


def _part(context: JobContext, before: int, total: int) -> JobContext:
    """The context of one file of several: its bytes are told as MiB of all of them."""

    def report(_: str, value: object) -> None:
        if isinstance(value, Progress):
            context.progress((before + value.done) >> 20, total >> 20, value.text)

    return JobContext(report)


def _safetensors_header(path: Path) -> headers.Header | None:
    try:
        header = None if path.is_dir() else headers.read(path)
    except StudioError:
        return None
    return None if header is None or header.is_pickled else header


def _of_folder(folder: Path, places: Places, context: JobContext | None) -> str:
    files = [file for files in headers.parts(folder).values() for file in files]
    lines = [f"{sha256(file, places, context)}  {file.relative_to(folder).as_posix()}\n" for file in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _digest(path: Path, start: int, context: JobContext) -> str:
    digest = hashlib.sha256()
    try:
        with FileIO(path) as file:
            total, done = os.fstat(file.fileno()).st_size, start
            file.seek(start)
            for chunk in _chunks(file, total - start):
                digest.update(chunk)
                done += len(chunk)
                context.progress(done, total, "Computing the model's hash …")
    except OSError as error:
        raise problem(path, error) from error
    return digest.hexdigest()


def _chunks(file: FileIO, size: int) -> Iterator[memoryview]:
    """The file piece by piece; the next is read from the disk while the last is being worked on."""
    first, second = (bytearray(min(CHUNK, max(size, 1))) for _ in range(2))
    with ThreadPoolExecutor(1) as reader:
        count = file.readinto(first)
        while count:
            following = reader.submit(file.readinto, second)
            yield memoryview(first)[:count]
            count = following.result()
            first, second = second, first


# Path, size, mtime in ns, inode, mark; the inode as text, as Windows' are too large for SQLite.
Identity = tuple[bytes, int, int, str, str]
Digests = tuple[str, str]  # of the file, of its tensors; "" if not computed


def _identity(path: Path) -> Identity:
    try:
        found = path.stat()
        mark = sampled(path) if os.name == "nt" else str(found.st_ctime_ns)
    except OSError as error:
        raise problem(path, error) from error
    return os.fsencode(path), found.st_size, found.st_mtime_ns, str(found.st_ino), mark


def _identities(paths: Iterable[Path]) -> list[Identity]:
    """The identities of those files that can be looked at: not gone by now, nor locked by another program."""
    found = []
    for path in paths:
        with suppress(FileProblem):
            found.append(_identity(path))
    return found


def sampled(path: Path) -> str:
    """A mark of the bytes at some places of a file.

    Windows has nothing like the time of change that other systems keep and no program can set, so that this has to
    tell a file from one that came in its place with its size and time.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        digest = hashlib.blake2b(digest_size=16)
        for place in range(SAMPLES):
            file.seek(max(size - SAMPLE, 0) * place // (SAMPLES - 1))
            digest.update(file.read(SAMPLE))
    return digest.hexdigest()


def _path(identity: Identity) -> Path:
    return Path(os.fsdecode(identity[0]))


def _known(identities: list[Identity], places: Places) -> dict[Path, Digests]:
    if not identities or not _file(places).exists():
        return {}
    rows: dict[tuple[object, ...], Digests] = {}
    with _cache(places) as cache:
        for at in range(0, len(identities), AT_ONCE):
            paths = [identity[0] for identity in identities[at : at + AT_ONCE]]
            wanted = f"SELECT {COLUMNS} FROM hash WHERE path IN ({','.join('?' * len(paths))})"  # noqa: S608
            rows |= {tuple(row[:5]): (row[5], row[6]) for row in cache.execute(wanted, paths)}
    return {_path(identity): rows[identity] for identity in identities if identity in rows}


def _remember(found: Mapping[Identity, Digests], places: Places) -> None:
    rows = [(*identity, *digests) for identity, digests in found.items()]
    with _cache(places) as cache:
        cache.executemany(f"REPLACE INTO hash ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)  # noqa: S608


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
        cache.execute(TABLE)
    except sqlite3.Error:
        cache.close()
        raise
    return cache
