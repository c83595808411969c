"""Putting a finished download where it belongs: under a safe name, over no other file, with what is said of it."""

import io
import itertools
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from studio.catalog.hubs import HUB_BASES
from studio.catalog.model_folders import PICTURES
from studio.core import trash
from studio.core.errors import StudioError
from studio.core.files import problem, settle_names, write_atomically
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.library import hashes, sidecars
from studio.library.downloads.wanted import Wanted
from studio.library.downloads.web import Web
from studio.library.outputs import NO_LINKS
from studio.library.safe_names import safe_part, safe_parts, stem_bytes
from studio.library.sidecars import MODEL_ENDS

INFO = ".civitai.info"
LONGEST_END = ".preview.jpeg"  # of what lies beside a model
PREVIEW_EDGE = 768
MOST_PREVIEW = 2**25
MOST_PIXELS = 80_000_000
NOTHING = "model"


def file_name(text: str, folder: Path, end: str = ".safetensors") -> str:
    """A safe name for a model file out of any text, with an ending of model files: `end` if it has none."""
    shown = "".join(char for char in text if char.isprintable())  # nothing that turns names around
    name = (safe_parts(shown) or [NOTHING])[-1].strip().lstrip(". ")
    first, dot, last = name.rpartition(".")
    if not dot or f".{last.lower()}" not in (*MODEL_ENDS, *PICTURES):
        first, last = name, end.lstrip(".")
    suffix = f".{last}"
    stem = safe_part(first.strip(), stem_bytes(folder, max(suffix, LONGEST_END, key=len))).strip().lstrip(". ")
    return f"{safe_part(stem) or NOTHING}{suffix}"


def put(part: Path, folder: Path, name: str, places: Places, begin: Callable[[Path], object]) -> Path:
    """Move a part file to `folder` under `name`, or the next free name beside it.

    `begin` is told each name before it is tried, so that after a crash it is known what became of the file. Raises
    FileProblem or DiskFull.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for target in candidates(folder / name):
            if _is_free(target, part):
                begin(target)
                with hashes.kept({part: target}, places):
                    is_moved = _move(part, target)
                if is_moved:
                    settle_names(folder)
                    return target
    except OSError as error:
        raise problem(folder, error) from error
    raise AssertionError("names do not end")


def candidates(path: Path) -> Iterator[Path]:
    """`path`, then the same with numbers behind its name."""
    yield path
    yield from (path.with_name(f"{path.stem} ({number}){path.suffix}") for number in itertools.count(2))


def same(path: Path, sha256: str, places: Places, context: JobContext) -> bool:
    """Whether a file is there that has this hash already. Raises Cancelled."""
    return bool(sha256) and path.is_file() and hashes.sha256(path, places, context) == sha256.lower()


def describe(path: Path, wanted: Wanted, web: Web, context: JobContext) -> None:
    """Write what the source said beside a model: its metadata, what the web UI shows, a preview picture.

    What is there already is left. A picture that cannot be had is no reason to fail; it is noted. Raises Cancelled.
    """
    info = sidecars.beside(path, INFO)
    if wanted.metadata and not info.exists():
        write_atomically(info, json.dumps(wanted.metadata, ensure_ascii=False, indent=1).encode("utf-8", "replace"))
    if changes := _for_web_ui(path, wanted):
        sidecars.save(path, **changes)
    if wanted.preview and sidecars.preview(path) is None:
        try:
            sidecars.set_preview(path, png(web.bytes(wanted.preview, MOST_PREVIEW, context)))
        except (StudioError, OSError, ValueError):
            context.note("The preview picture could not be loaded.")


def png(data: bytes) -> bytes:
    """A picture as PNG with at most PREVIEW_EDGE pixels along its longer side. Raises ValueError or OSError."""
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("too large")
        picture.draft("RGB", (PREVIEW_EDGE, PREVIEW_EDGE))
        small = picture.convert("RGB")
    small.thumbnail((PREVIEW_EDGE, PREVIEW_EDGE))
    target = io.BytesIO()
    small.save(target, "PNG")
    return target.getvalue()


def _for_web_ui(path: Path, wanted: Wanted) -> dict[str, Any]:
    """What is worth writing to X.json, where its owner has not written it."""
    said = sidecars.read(path)
    own = sidecars.beside(path, ".json").exists()
    base = next((row.web_ui for row in HUB_BASES if wanted.base in row.civitai or wanted.base == row.name), "")
    words = wanted.metadata.get("trainedWords")
    words = [word for word in words if isinstance(word, str)] if isinstance(words, list) else []
    told = {
        "base": base,
        "activation_text": ", ".join(words[:1]),
        "description": said.description,
        "notes": wanted.page,
    }
    return {} if own else {name: value for name, value in told.items() if value}


def _is_free(target: Path, part: Path) -> bool:
    """Whether neither a name nor that of something beside it belongs to another model."""
    if os.path.lexists(target):
        return target.exists() and target.samefile(part)
    return not any(os.path.lexists(sidecars.beside(target, end)) for end in MODEL_ENDS)


def _move(part: Path, target: Path) -> bool:
    """Rename, but never over a file; whether it was done."""
    try:
        if not os.path.lexists(target):
            os.link(part, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        trash.move(part, target)
        return True
    part.unlink()
    return True
