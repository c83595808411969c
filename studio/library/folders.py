"""Where models of each kind lie: the studio's own folders first, then those the settings add."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from studio.core.paths import Places
from studio.core.settings import Settings

# Names of one kind's folder: the web UI's first, then ComfyUI's.
CHECKPOINTS = ("Stable-diffusion", "checkpoints")
VAES = ("VAE", "vae")


def folders(places: Places, settings: Settings, names: Iterable[str]) -> list[Path]:
    """The existing folders called one of `names` in models, and in (or in models of) each further model folder."""
    further = [Path(text).expanduser() for text in settings.model_folders if text.strip()]
    roots = [places.models, *(root for folder in further for root in (folder, folder / "models"))]
    found = [root / name for root in roots for name in names if (root / name).is_dir()]
    return list({path.resolve(): path for path in reversed(found)}.values())[::-1]


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
