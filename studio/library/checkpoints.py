"""Checkpoints and VAEs on disk, and the names by which people and pictures call them."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import CheckpointError, UnknownName
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library import hashes, headers
from studio.library.folders import CHECKPOINTS, VAES, folders, natural, walk

AUTOMATIC, NONE = "Automatic", "None"
ENDS = (".safetensors", ".ckpt")
VAE_ENDS = (".safetensors", ".ckpt", ".pt")
VAE_MARK = ".vae"
HASH = re.compile(r"[0-9a-f]{10}|[0-9a-f]{64}")
LEGACY_HASH = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True)
class CheckpointFile:
    """A checkpoint as lists show it; `name` is its path below the models folder, `sha256` is "" until computed."""

    path: Path
    name: str
    size_bytes: int
    modified: float
    sha256: str = ""

    @property
    def model_name(self) -> str:
        """The name in infotexts: without the file's ending, folders joined by underscores."""
        return _stem(self.path, self.name).replace("/", "_")

    @property
    def short_name(self) -> str:
        """The file's name without its ending."""
        return _stem(self.path, self.path.name)

    @property
    def title(self) -> str:
        """The name with the model hash once that is known: "dir/name.safetensors [8c5f4e352c]"."""
        return f"{self.name} [{hashes.short(self.sha256)}]" if self.sha256 else self.name

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every name that means exactly this file."""
        names = (self.name, self.model_name, self.short_name, self.path.name)
        if not self.sha256:
            return names
        short = hashes.short(self.sha256)
        return (*names, self.title, f"{self.short_name} [{short}]", short, self.sha256)


def checkpoints(places: Places, settings: Settings) -> list[CheckpointFile]:
    """All checkpoints of the studio's and the settings' model folders in natural order; no file is opened."""
    found: dict[Path, str] = {}
    for folder in folders(places, settings, CHECKPOINTS):
        for path in _models(folder):
            found.setdefault(path, path.relative_to(folder).as_posix())
    known = hashes.known(found, places)
    files = [_file(path, name, known.get(path, "")) for path, name in found.items() if path.exists()]
    return sorted(files, key=lambda file: natural(file.name))


def find(name: str, places: Places, settings: Settings, context: JobContext | None = None) -> CheckpointFile:
    """The checkpoint that `name` means: a path, a name, a title, a hash or a part of a title; "" is the first one.

    A hash that no file is known to have makes the files without one be read. Raises UnknownName, CheckpointError
    if there is no checkpoint at all.
    """
    files = checkpoints(places, settings)
    at = _path(name)
    if at and not any(name in file.aliases for file in files):
        return next((file for file in files if file.path == at), None) or _outside(at, places)
    if not files:
        raise CheckpointError(
            places.models / CHECKPOINTS[0], "There is no checkpoint yet.", "Put a .safetensors checkpoint into {path}."
        )
    match = closest(name, files) if name else files[0]
    match = match or _by_computed_hash(name, files, places, context)
    if match is None:
        raise UnknownName("checkpoint", name, [alias for file in files for alias in (file.model_name, file.name)])
    return match


def closest(text: str, files: Sequence[CheckpointFile]) -> CheckpointFile | None:
    """The web UI's match: an alias, else the shortest title that contains `text`, else without its [hash]."""
    if not text:
        return None
    exact = next((file for file in files if text in file.aliases), None)
    return exact or _containing(text, files) or _containing(re.sub(r"\s*\[[^]]+]\s*$", "", text), files)


def vaes(places: Places, settings: Settings) -> list[Path]:
    """All VAE files: what lies in VAE folders, and files with .vae before their ending beside checkpoints."""
    found = {path: None for folder in folders(places, settings, VAES) for path in _files(folder, VAE_ENDS)}
    for folder in folders(places, settings, CHECKPOINTS):
        found.update({path: None for path in _files(folder, VAE_ENDS) if path.stem.lower().endswith(VAE_MARK)})
    return sorted(found, key=lambda path: natural(path.name))


def find_vae(choice: str, checkpoint: Path, places: Places, settings: Settings) -> Path | None:
    """The VAE file that `choice` means for a checkpoint; None is the one inside the checkpoint.

    Automatic takes the one the checkpoint's .json sidecar names (None: the one inside), else one that is named like the
    checkpoint. Raises UnknownName.
    """
    if choice in (NONE, ""):
        return None
    if choice != AUTOMATIC and (at := _path(choice)):
        return at
    files = vaes(places, settings)
    if choice == AUTOMATIC:
        preferred = _preferred_vae(checkpoint)
        return None if preferred == NONE else _named(preferred, files) or _like(checkpoint, files)
    found = _named(choice, files)
    if found is None:
        raise UnknownName("VAE", choice, [AUTOMATIC, NONE, *(_vae_stem(path) for path in files)])
    return found


def _models(folder: Path) -> Iterator[Path]:
    for where, inside, names in walk(folder):
        if headers.is_folder(where):
            inside.clear()
            yield where
        else:
            yield from (where / name for name in names if _is_checkpoint(name))


def _is_checkpoint(name: str) -> bool:
    stem, _, end = name.rpartition(".")
    return f".{end.lower()}" in ENDS and not stem.lower().endswith(VAE_MARK) and not name.startswith("._")


def _files(folder: Path, ends: Iterable[str]) -> Iterator[Path]:
    for where, _, names in walk(folder):
        yield from (where / name for name in names if name.lower().endswith(tuple(ends)) and not name.startswith("._"))


def _file(path: Path, name: str, sha256: str) -> CheckpointFile:
    found = path.stat()
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) if path.is_dir() else found.st_size
    return CheckpointFile(path, name, size, found.st_mtime, sha256)


def _outside(path: Path, places: Places) -> CheckpointFile:
    return _file(path, path.name, hashes.known([path], places).get(path, ""))


def _stem(path: Path, name: str) -> str:
    return name.rpartition(".")[0] if path.suffix.lower() in ENDS else name


def _path(name: str) -> Path | None:
    """The file or folder that `name` is the path of."""
    path = Path(name).expanduser().absolute()
    try:
        is_model = path.is_file() or headers.is_folder(path)
    except (OSError, ValueError):  # too long, or a zero byte: a text, no path
        return None
    return path if name and is_model else None


def _containing(text: str, files: Sequence[CheckpointFile]) -> CheckpointFile | None:
    return min((file for file in files if text in file.title), key=lambda file: len(file.title), default=None)


def _by_computed_hash(
    text: str, files: Sequence[CheckpointFile], places: Places, context: JobContext | None
) -> CheckpointFile | None:
    if LEGACY_HASH.fullmatch(text):
        return next((file for file in files if hashes.legacy(file.path) == text), None)
    if HASH.fullmatch(text):
        unknown = sorted((file for file in files if not file.sha256), key=lambda file: file.size_bytes)
        return next((file for file in unknown if hashes.sha256(file.path, places, context).startswith(text)), None)
    return None


def _preferred_vae(checkpoint: Path) -> str:
    try:
        values = json.loads(checkpoint.with_suffix(".json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return ""
    choice = values.get("vae") if isinstance(values, dict) else None
    return choice if isinstance(choice, str) else ""


def _named(name: str, files: Sequence[Path]) -> Path | None:
    return next((path for path in files if name in (path.name, _vae_stem(path))), None)


def _like(checkpoint: Path, files: Sequence[Path]) -> Path | None:
    """A file of the checkpoint's name, beside it before elsewhere."""
    stem = _stem(checkpoint, checkpoint.name)
    alike = [path for path in files if _vae_stem(path) == stem and path != checkpoint]
    beside = [path for path in _beside(checkpoint, stem) if path.is_file()]
    return next(iter([*beside, *alike]), None)


def _beside(checkpoint: Path, stem: str) -> list[Path]:
    return [checkpoint.with_name(stem + VAE_MARK + end) for end in (".safetensors", ".pt", ".ckpt")]


def _vae_stem(path: Path) -> str:
    return path.stem[: -len(VAE_MARK)] if path.stem.lower().endswith(VAE_MARK) else path.stem
