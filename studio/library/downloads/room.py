"""Whether a disk has room for what is to come."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from studio.core.errors import DiskFull
from studio.core.files import problem
from studio.core.machine import GB, existing

RESERVE = 512 * 2**20  # bytes that stay free for everything else


def check(folder: Path, missing: Iterable[tuple[Path, int]], reserve: int = RESERVE) -> None:
    """Raise DiskFull if what is missing does not fit on the disk of `folder`.

    `missing` are folders with the bytes that are still to come into them; those on other disks do not count.
    """
    try:
        disk = _disk(folder)
        needed = sum(size for where, size in missing if _disk(where) == disk)
        free = shutil.disk_usage(existing(folder)).free
    except OSError as error:
        raise problem(folder, error) from error
    if needed and free < needed + reserve:
        raise DiskFull(
            "The downloads need {needed} GB, but {folder} has only {free} GB free.",
            "Free some space, or take downloads off the list.",
            needed=round((needed + reserve) / GB, 1),
            free=round(free / GB, 1),
            folder=str(existing(folder)),
        )


def _disk(folder: Path) -> int:
    try:
        return existing(folder).stat().st_dev
    except StopIteration as error:  # a drive that is not there
        raise FileNotFoundError(folder) from error
