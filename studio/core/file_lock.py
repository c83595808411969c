"""One process at a time: a lock that the system lets go of when its holder dies."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.errors import StudioError
from studio.core.files import problem


@contextmanager
def locked(path: Path, busy: StudioError) -> Iterator[None]:
    """Hold the lock file `path` while the block runs. Raises `busy` if another holds it, FileProblem or DiskFull."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise problem(path, error) from error
    with file:
        try:
            _lock(file.fileno())
        except OSError as error:
            raise busy from error
        yield


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
