"""What takes space on the disk of a web UI, so that a person can decide what goes; nothing is removed here."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.core import links
from studio.core.job import JobContext
from studio.launcher.install import Install
from studio.launcher.surroundings import Surroundings


@dataclass(frozen=True)
class Taken:
    """A folder and the bytes of its files; what links lead to is not counted."""

    path: Path
    size_bytes: int


def taken(install: Install, around: Surroundings, context: JobContext) -> list[Taken]:
    """The folders of a web UI, the packages kept for repairs, the trash and pip's downloads, the largest first.

    Raises Cancelled.
    """
    inside = [entry.path for entry in links.entries(install.folder) if entry.is_dir] if install.folder.is_dir() else []
    environ = os.environ if around.base is None else around.base
    beside = (around.house.folder, around.places.trash, pip_cache(environ, around.machine.system))
    every = [*inside, *(path for path in beside if path.is_dir())]
    found: list[Taken] = []
    for number, path in enumerate(every):
        context.progress(number, len(every), "Measuring folders")
        found.append(Taken(path, _size(path, context)))
    return sorted((one for one in found if one.size_bytes), key=lambda one: -one.size_bytes)


def free_bytes(install: Install) -> int:
    """What is free on the web UI's disk. Raises OSError."""
    return shutil.disk_usage(install.folder).free


def pip_cache(environ: Mapping[str, str], system: str) -> Path:
    """Where pip keeps what it downloaded, as its documentation on caching has it."""
    if chosen := environ.get("PIP_CACHE_DIR"):
        return Path(chosen)
    if system == "win32":
        return Path(environ.get("LOCALAPPDATA", "")) / "pip" / "Cache"
    if system == "darwin":
        return Path.home() / "Library" / "Caches" / "pip"
    return Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pip"


def _size(folder: Path, context: JobContext) -> int:
    total = 0
    for entry in links.walk(folder):
        context.check()
        total += entry.size_bytes
    return total
