"""Files that were deleted and can be taken back."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import FileProblem
from studio.core.files import problem
from studio.core.paths import Places


@dataclass(frozen=True)
class Discarded:
    """A file that lies in the trash, and where it was."""

    path: Path
    place: Path


def discard(path: Path, places: Places) -> Discarded:
    """Move a file to the trash. Raises FileProblem or DiskFull; the file is then where it was."""
    place = places.trash / str(time.time_ns()) / path.name
    try:
        place.parent.mkdir(parents=True)
        shutil.move(path, place)
    except OSError as error:
        raise problem(path, error) from error
    return Discarded(path, place)


def take_back(discarded: Discarded) -> None:
    """Move a file from the trash to where it was. Raises FileProblem if another is there now."""
    if discarded.path.exists():
        raise FileProblem(discarded.path, "There is another file at {path} now.", "Move that one away and try again.")
    try:
        discarded.path.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(discarded.place, discarded.path)
        discarded.place.parent.rmdir()
    except OSError as error:
        raise problem(discarded.path, error) from error
