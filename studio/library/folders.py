"""Where models of each kind lie: the studio's own folders first, then those the settings add."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from studio.catalog import find
from studio.catalog.model_folders import MODEL_FOLDERS, ModelFolder
from studio.core.paths import Places
from studio.core.settings import Settings

CHECKPOINTS, VAES, NETWORKS, EMBEDDINGS = (
    find("model folder", MODEL_FOLDERS, name).names for name in ("checkpoint", "vae", "network", "embedding")
)
COMFY_PATHS = "extra_model_paths.yaml"
MAX_YAML = 2**20


@dataclass(frozen=True)
class Home:
    """A folder of models and what it is for; `root` is what the user chose, or the studio's own models."""

    path: Path
    use: ModelFolder
    root: Path


def folders(places: Places, settings: Settings, names: Iterable[str]) -> list[Path]:
    """The existing folders called one of `names` in models, and in (or in models of) each further model folder.

    Letter case aside. A further folder that is itself called so counts, and so do the folders that a ComfyUI's
    extra_model_paths.yaml lists under such a name.
    """
    names = tuple(names)
    found = [path for root in roots(places, settings) for path in _in_root(root, names)]
    return list({path.resolve(): path for path in reversed(found)}.values())[::-1]


def homes(places: Places, settings: Settings) -> list[Home]:
    """Every existing folder of models with what it is for, each once."""
    found: dict[Path, Home] = {}
    for use in MODEL_FOLDERS:
        for root in roots(places, settings):
            for path in _in_root(root, use.names):
                found.setdefault(path.resolve(), Home(path, use, root))
    return list(found.values())


def roots(places: Places, settings: Settings) -> list[Path]:
    """The studio's models folder and what the settings name besides."""
    return [places.models, *(Path(text).expanduser() for text in settings.model_folders if text.strip())]


def home_for(use: ModelFolder, root: Path) -> Path:
    """The folder below `root` for such files: the first there is, else the one to be made."""
    existing = next(iter(_in_root(root, use.names)), None)
    inside = root if use.name == "embedding" or not (root / "models").is_dir() else root / "models"
    return existing or inside / use.names[0]


def walk(folder: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """os.walk with links followed but no folder visited twice; clear the second part to go no deeper."""
    seen: set[str] = set()
    for where, inside, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(where)
        if real in seen:
            inside.clear()
            continue
        seen.add(real)
        yield Path(where), inside, files


def natural(text: str) -> list[tuple[int, str]]:
    """A sort key by which model2 comes before model10, letter case aside."""
    pieces = re.split(r"(\d+)", text.casefold())
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces]


def _in_root(root: Path, names: tuple[str, ...]) -> Iterator[Path]:
    if root.name.casefold() in {name.casefold() for name in names} and root.is_dir():
        yield root
    file = root if root.suffix == ".yaml" else root / COMFY_PATHS
    yield from _listed(file, names, is_default=True)
    for name in names:
        for top in (root, root / "models"):
            yield from _called(top, name.split("/"))
    yield from _listed(file, names, is_default=False)


def _called(folder: Path, parts: list[str]) -> Iterator[Path]:
    """The folders at `parts` below `folder`, letter case aside."""
    if not parts:
        yield folder
        return
    try:
        alike = sorted(entry.path for entry in os.scandir(folder) if entry.name.casefold() == parts[0].casefold())
    except OSError:
        return
    for path in map(Path, alike):
        if path.is_dir():
            yield from _called(path, parts[1:])


def _listed(file: Path, names: tuple[str, ...], is_default: bool) -> Iterator[Path]:
    """What ComfyUI's list of further folders has under `names`; sections marked as default come before its own."""
    wanted = {name.casefold() for name in names}
    for section in (one for one in _sections(file) if bool(one.get("is_default")) is is_default):
        base = file.parent / _expanded(section.get("base_path"))
        for key, value in section.items():
            if isinstance(key, str) and key.casefold() in wanted and isinstance(value, str):
                found = (base / _expanded(line) for line in value.splitlines() if line.strip())
                yield from (path for path in found if path.is_dir())


def _sections(file: Path) -> list[dict[Any, Any]]:
    try:
        if file.stat().st_size > MAX_YAML:
            return []
        said = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return []
    return [section for section in said.values() if isinstance(section, dict)] if isinstance(said, dict) else []


def _expanded(text: object) -> str:
    return os.path.expandvars(Path(text.strip()).expanduser()) if isinstance(text, str) else ""
