"""The studio's own trash: what is deleted can be taken back until the trash is emptied."""

import errno
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from secrets import token_hex

from studio.core.errors import Cancelled, FileProblem
from studio.core.files import copy_file, problem, settle_names, write_atomically
from studio.core.links import delete, is_link, walk
from studio.core.paths import Places

MANIFEST = "manifest.json"
MAX_SUFFIX = 20


@dataclass(frozen=True)
class Item:
    """One file or folder in the trash: the path it had, and its name in the trash."""

    original: Path
    stored: str


@dataclass(frozen=True)
class Discarded:
    """What was thrown away together. `at` is the time in seconds since 1970."""

    folder: Path
    at: float
    items: tuple[Item, ...]

    @property
    def size_bytes(self) -> int:
        """How much room the trash would give back."""
        paths = (self.folder / item.stored for item in self.items)
        return sum(_size(path) for path in paths)


def discard(paths: Iterable[Path], places: Places, check: Callable[[], object] = bool) -> Discarded:
    """Move files and folders to the trash together; if one cannot be moved, those before it come back.

    The list of what goes where is on disk before anything moves, so that no crash loses a file. `check` is called while
    files are copied from another disk. Raises FileProblem, DiskFull, or Cancelled at a check.
    """
    originals = [path.absolute() for path in dict.fromkeys(paths)]
    for path in originals:
        if not os.path.lexists(path):
            raise FileProblem(path, "{path} does not exist any more.", "Reload the list.")
    folder = places.trash / f"{time.strftime('%Y%m%d-%H%M%S')}-{token_hex(4)}"
    items = tuple(Item(path, f"{number}{path.suffix[:MAX_SUFFIX]}") for number, path in enumerate(originals))
    discarded = Discarded(folder, time.time(), items)
    _write_manifest(discarded)
    moved: list[Item] = []
    for item in items:
        try:
            move(item.original, folder / item.stored, check)
        except (OSError, Cancelled) as error:
            restore(Discarded(folder, discarded.at, tuple(moved)))
            if isinstance(error, OSError):
                raise problem(item.original, error) from error
            raise
        moved.append(item)
    return discarded


def restore(discarded: Discarded) -> list[Path]:
    """Move everything back to where it was, beside it under another name where there is a new file by now.

    Returns the paths in the order of the items; what is no longer in the trash is passed over. Raises FileProblem or
    DiskFull; what was not moved back by then stays in the trash.
    """
    restored = []
    for item in discarded.items:
        stored = discarded.folder / item.stored
        if not os.path.lexists(stored):
            continue
        target = free_place(item.original)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            move(stored, target)
        except OSError as error:
            raise problem(target, error) from error
        restored.append(target)
    shutil.rmtree(discarded.folder, ignore_errors=True)
    return restored


def contents(places: Places) -> list[Discarded]:
    """What is in the trash, newest first; folders without a readable list are passed over."""
    found = (_read_manifest(path.parent) for path in places.trash.glob(f"*/{MANIFEST}"))
    return sorted((one for one in found if one and one.items), key=lambda one: one.at, reverse=True)


def empty(places: Places, discarded: Iterable[Discarded] | None = None) -> None:
    """Delete these, or everything in the trash, for good. Raises FileProblem."""
    folders = places.trash.glob("*") if discarded is None else (one.folder for one in discarded)
    for folder in folders:
        try:
            delete(folder)
        except OSError as error:
            raise problem(folder, error) from error


def _write_manifest(discarded: Discarded) -> None:
    said = asdict(discarded) | {"folder": discarded.folder.name}
    text = json.dumps(said, default=str, ensure_ascii=False, indent=1)
    write_atomically(discarded.folder / MANIFEST, text.encode("utf-8", "surrogateescape"))


def _read_manifest(folder: Path) -> Discarded | None:
    try:
        said = json.loads((folder / MANIFEST).read_bytes().decode("utf-8", "surrogateescape"))
        items = tuple(Item(Path(item["original"]), Path(item["stored"]).name) for item in said["items"])
        return Discarded(folder, float(said["at"]), tuple(item for item in items if _is_there(folder, item)))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _is_there(folder: Path, item: Item) -> bool:
    return item.stored not in ("", ".", "..") and os.path.lexists(folder / item.stored)


def move(source: Path, target: Path, check: Callable[[], object] = bool) -> None:
    """Rename, or across file systems copy whole, see it on the disk, then delete. `check` may raise while it copies."""
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(source, target, check)


def _copy(source: Path, target: Path, check: Callable[[], object]) -> None:
    part = target.with_name(f".{token_hex(4)}.tmp")
    try:
        if source.is_dir() and not is_link(source):
            _refuse_junctions(source)
            shutil.copytree(source, part, symlinks=True, copy_function=partial(copy_file, check=check))
        else:
            copy_file(source, part, check)
        part.rename(target)
        settle_names(target.parent)
    except BaseException:
        delete(part)
        raise
    delete(source)


def _refuse_junctions(folder: Path) -> None:
    """A junction or mount could only be copied by copying what it leads to."""
    for entry in walk(folder):
        if entry.is_link and not entry.path.is_symlink():
            raise OSError(errno.EXDEV, "a junction or mount cannot be moved to another disk", str(entry.path))


def free_place(path: Path) -> Path:
    """`path`, or the first name after it that nothing has."""
    number = 0
    candidate = path
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate


def _size(path: Path) -> int:
    if path.is_dir() and not is_link(path):
        return sum(entry.size_bytes for entry in walk(path))
    return path.lstat().st_size if os.path.lexists(path) else 0
