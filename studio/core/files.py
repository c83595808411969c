"""Writing without ever leaving half a file."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from studio.core.errors import DiskFull, FileProblem

COPIED_AT_ONCE = 2**24  # bytes


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path` by temporary file, fsync and rename; parents are made.

    Raises DiskFull or FileProblem; the old file, if any, is then untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
    except OSError as error:
        raise problem(path, error) from error


def _replace(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def copy_file(source: str | Path, target: str | Path, check: Callable[[], object] = bool) -> None:
    """Copy a file, or a link as a link, with its times and rights, and see it on the disk.

    `check` is called every 16 MiB and may raise. Raises OSError.
    """
    if Path(source).is_symlink():
        shutil.copy2(source, target, follow_symlinks=False)
        return
    with Path(source).open("rb") as read, Path(target).open("wb") as written:
        while data := read.read(COPIED_AT_ONCE):
            written.write(data)
            check()
        written.flush()
        os.fsync(written.fileno())
    shutil.copystat(source, target)


def settle_names(folder: Path) -> None:
    """Let what was renamed in a folder survive a power cut, where folders can be synced; Windows does it by itself."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def problem(path: Path, error: OSError) -> DiskFull | FileProblem:
    """The StudioError that tells what an OSError at `path` means to the user."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull("The disk is full; {path} was not written.", "Free some space and try again.", path=str(path))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return FileProblem(
            path, "{path} may not be written.", "Choose another folder or change its permissions.", details=str(error)
        )
    return FileProblem(
        path, "{path} cannot be used.", "Check that the folder exists and the name is valid.", details=str(error)
    )
