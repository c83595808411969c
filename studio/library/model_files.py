"""Model files as folder listings show them, without opening one, and whether anything has changed since."""

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from studio.catalog.model_folders import PICTURES as EMBEDDED
from studio.core.job import JobContext
from studio.library import sidecars
from studio.library.folders import Home, walk
from studio.library.sidecars import MODEL_ENDS, NOTES, PICTURES

UNSETTLED_S = 10  # a file changed less long ago may still be being written
Stamp = tuple[int, int, str, str]


@dataclass(frozen=True)
class ModelFile:
    """A file, or a diffusers folder; `beside` stands for the state of the files beside it."""

    path: str
    home: Home
    size_bytes: int
    mtime_ns: int
    inode: str
    beside: str

    @property
    def stamp(self) -> Stamp:
        """Changes with the file or what lies beside it."""
        return self.size_bytes, self.mtime_ns, self.inode, self.beside


@dataclass
class Seen:
    """What was seen while listing: the times of folders and fresh files. Polling it takes microseconds a folder."""

    homes: tuple[Path, ...] = ()
    mtimes: dict[str, int] = field(default_factory=dict)

    def has_changed(self, homes: Iterable[Home]) -> bool:
        """Whether a new listing would show something else."""
        if tuple(home.path for home in homes) != self.homes:
            return True
        return any(_mtime(place) != mtime for place, mtime in self.mtimes.items())


def listed(homes: Iterable[Home], context: JobContext) -> tuple[dict[str, ModelFile], Seen]:
    """Every model file below `homes` by its path; one in several homes belongs to the first. Raises Cancelled."""
    homes = list(homes)
    seen = Seen(tuple(home.path for home in homes))
    found: dict[str, ModelFile] = {}
    for home in homes:
        for file in _files(home, seen, context):
            found.setdefault(file.path, file)
    return found, seen


def stamp_beside(path: Path) -> str:
    """The state of the files beside a model."""
    return _beside(path.parent, path.name, set(os.listdir(path.parent)))  # noqa: PTH208 - texts


def _files(home: Home, seen: Seen, context: JobContext) -> Iterator[ModelFile]:
    ends = tuple({*MODEL_ENDS, *home.use.ends})
    for where, inside, names in walk(home.path):
        context.check()
        seen.mtimes[str(where)] = _mtime(where)
        inside[:] = [name for name in inside if not name.startswith(".")]
        together = set(names)
        if "model_index.json" in together and where != home.path:
            inside.clear()
            yield from _folder(where, home)
            continue
        for name in names:
            if name.lower().endswith(ends) and not name.startswith(".") and not _is_preview(name, together):
                yield from _file(where, name, together, home, seen)


def _file(where: Path, name: str, together: set[str], home: Home, seen: Seen) -> Iterator[ModelFile]:
    path = os.path.join(where, name)  # noqa: PTH118 - Path is ten times slower
    try:
        stat = os.stat(path)  # noqa: PTH116
        path.encode()  # a name that is no text cannot be kept
        beside = _beside(where, name, together)
    except (OSError, UnicodeEncodeError):
        return
    if time.time() - stat.st_mtime < UNSETTLED_S:
        seen.mtimes[path] = stat.st_mtime_ns
    yield ModelFile(path, home, stat.st_size, stat.st_mtime_ns, str(stat.st_ino), beside)


def _folder(where: Path, home: Home) -> Iterator[ModelFile]:
    stats = [file.stat() for file in where.rglob("*") if file.is_file()]
    size, mtime = sum(stat.st_size for stat in stats), max(stat.st_mtime_ns for stat in stats)
    together = set(os.listdir(where.parent))  # noqa: PTH208
    yield ModelFile(
        str(where), home, size, mtime, str(where.stat().st_ino), _beside(where.parent, where.name, together)
    )


def _is_preview(name: str, together: set[str]) -> bool:
    """Whether a picture is the preview of a model beside it, and no embedding in a picture."""
    first, end = os.path.splitext(name)  # noqa: PTH122 - Path is ten times slower
    if end.lower() not in EMBEDDED:
        return False
    return first.lower().endswith(".preview") or any(first + end in together for end in MODEL_ENDS)


def _beside(where: Path, name: str, together: set[str]) -> str:
    """The files beside a model with their sizes and times."""
    stem = sidecars.stem(Path(name))
    names = [stem + end for end in (*NOTES, *PICTURES) if stem + end in together and stem + end != name]
    stats = [os.stat(os.path.join(where, name)) for name in names]  # noqa: PTH116, PTH118
    return "\n".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in zip(names, stats, strict=True))


def _mtime(place: str | Path) -> int:
    try:
        return os.stat(place).st_mtime_ns  # noqa: PTH116
    except OSError:
        return 0
