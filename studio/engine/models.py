"""The checkpoints in memory: found by name, loaded once, kept while there is room."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import torch

from studio.core import garbage
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.engine import device
from studio.engine.loading import Checkpoint, load, load_vae, size_bytes
from studio.library import checkpoints, hashes
from studio.library.checkpoints import AUTOMATIC, CheckpointFile

Stamp = tuple[tuple[str, int, int], ...]  # path, size, mtime in ns of every file that decides what is loaded
Key = tuple[Stamp, Stamp, torch.dtype]  # checkpoint, VAE file, precision
SIDECARS = (".yaml", ".text_config.json")


def nothing(_checkpoint: Checkpoint) -> None:
    """Let a checkpoint go unnoticed."""


class Models:
    """Recently used checkpoints on the CPU; besides the one in use, as many as `settings.model_cache_gib` holds.

    A file that changed on disk is loaded anew. `dropped` is told of every checkpoint that leaves, so that whoever
    moved it to a card lets go of it too. `where` is the device they will compute on, by which their precision is
    chosen. For one thread.
    """

    def __init__(
        self,
        places: Places,
        settings: Settings,
        dropped: Callable[[Checkpoint], object] = nothing,
        where: torch.device | None = None,
    ) -> None:
        self.places = places
        self.settings = settings
        self.dropped = dropped
        self.where = where or device.best()
        self._kept: dict[Key, Checkpoint] = {}  # the one used last comes last

    def checkpoint(self, name: str = "", vae: str = AUTOMATIC, context: JobContext | None = None) -> Checkpoint:
        """The checkpoint that a name, title, hash or path means, with the VAE that `vae` (see find_vae) means.

        Its `sha256` and `vae_sha256` are set. Raises UnknownName, CheckpointError, or Cancelled at a report.
        """
        file = checkpoints.find(name, self.places, self.settings, context)
        vae_path = checkpoints.find_vae(vae, file.path, self.places, self.settings)
        dtype = device.precision(self.settings.precision, self.where)
        key = _stamp(file.path, *SIDECARS), _stamp(vae_path) if vae_path else (), dtype
        found = self._kept.pop(key, None) or self._loaded(key, file, vae_path, context)
        self._kept[key] = found
        return found

    def forget(self) -> None:
        """Drop every checkpoint."""
        self._make_room(0)

    @property
    def kept(self) -> tuple[Checkpoint, ...]:
        """The checkpoints in memory, the one used last at the end."""
        return tuple(self._kept.values())

    def _loaded(self, key: Key, file: CheckpointFile, vae: Path | None, context: JobContext | None) -> Checkpoint:
        mapped = self.where.type != "cpu"
        alike = next((kept for other, kept in self._kept.items() if (other[0], other[2]) == (key[0], key[2])), None)
        if alike:
            exchanged = load_vae(vae or file.path, alike.facts, dtype=key[2], mapped=mapped, context=context)
            loaded = replace(alike, vae=exchanged, vae_path=vae)
        else:
            self._make_room(int(self.settings.model_cache_gib * device.GIB), file.size_bytes * key[2].itemsize // 2)
            loaded = load(file.path, vae=vae, dtype=key[2], mapped=mapped, context=context)
        sha256 = hashes.sha256(file.path, self.places, context)
        return replace(loaded, sha256=sha256, vae_sha256=hashes.sha256(vae, self.places, context) if vae else "")

    def _make_room(self, budget: int, coming: int = 0) -> None:
        """Drop what was used longest ago until the rest fits into `budget` bytes and `coming` fits into RAM."""
        while self._kept and (self._size() > budget or psutil.virtual_memory().available < coming):
            self.dropped(self._kept.pop(next(iter(self._kept))))
            garbage.collect()

    def _size(self) -> int:
        nets = {id(net): net for kept in self._kept.values() for net in kept.nets}
        return sum(size_bytes(net) for net in nets.values())


def _stamp(path: Path, *sidecars: str) -> Stamp:
    files = sorted(path.rglob("*")) if path.is_dir() else [path, *(path.with_suffix(end) for end in sidecars)]
    facts = ((file, file.stat()) for file in files if file.is_file())
    return tuple((str(file), found.st_size, found.st_mtime_ns) for file, found in facts)
