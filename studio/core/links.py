"""Seeing links as links: symlinks, Windows junctions and mounts, so that nothing walks through them."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NAME_SURROGATE = 0x20000000  # the bit of a reparse tag that says: this name stands for another place


@dataclass(frozen=True)
class Entry:
    """One name in a folder. `is_link` is true of symlinks, junctions and mount points; `is_dir` of real folders only.

    `size_bytes` is the file's own; 0 for folders and links.
    """

    path: Path
    is_dir: bool
    is_link: bool
    size_bytes: int


def is_link(path: Path) -> bool:
    """Whether a path stands for another place: a symlink, a junction or another file system mounted there."""
    return seen(path, os.lstat(path.parent).st_dev).is_link


def seen(path: Path, device: int) -> Entry:
    """What lies at `path`, itself and not what it points to; `device` is the file system of its surroundings."""
    found = os.lstat(path)
    tag = getattr(found, "st_reparse_tag", 0)
    folder = stat.S_ISDIR(found.st_mode)
    mounted = folder and found.st_dev != device  # files of one overlay file system may differ, folders do not
    linked = stat.S_ISLNK(found.st_mode) or bool(tag & NAME_SURROGATE) or mounted
    folder = folder and not linked
    return Entry(path, folder, linked, 0 if folder or linked else found.st_size)


def entries(folder: Path) -> list[Entry]:
    """What a folder holds, by name. Raises OSError."""
    device = os.lstat(folder).st_dev
    return [seen(path, device) for path in sorted(folder.iterdir())]


def walk(root: Path) -> Iterator[Entry]:
    """Everything below `root`, folders before what they hold, never through a link; unreadable folders are left out."""
    try:
        found = entries(root)
    except OSError:
        return
    for entry in found:
        yield entry
        if entry.is_dir:
            yield from walk(entry.path)


def delete(path: Path) -> None:
    """Delete for good; of a link, only the link. What is mounted below is not entered, which leaves its folder.

    Nothing at `path` is no error. Raises OSError.
    """
    if not os.path.lexists(path):
        return
    if path.is_symlink() or not path.is_dir():
        _unlink(path)
    elif is_link(path):
        path.rmdir()
    else:
        for entry in entries(path):
            delete(entry.path)
        path.rmdir()


def _unlink(path: Path) -> None:
    try:
        path.unlink()
    except PermissionError:
        if path.is_symlink():
            raise
        path.chmod(stat.S_IWRITE)  # Windows keeps write-protected files, and Git writes its own so
        path.unlink()
