"""What trainers wrote into a file's metadata: the model it was made for, its size, its tags. All of it hearsay."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from studio.library.database import storable

MAX_JSON = 2**25
MOST_TAGS = 50
MAX_TEXT = 4_000
# ss_base_model_version and modelspec.architecture -> base
BASES = (
    (r"sdxl_.*refiner|stable-diffusion-xl-v1-refiner", "SDXL refiner"),
    (r"sdxl_|stable-diffusion-xl", "SDXL"),
    (r"sd_v2_v|stable-diffusion-v2.*-v", "SD2-v"),
    (r"sd_v2|stable-diffusion-v2", "SD2"),
    (r"sd_v1|sd_1\.5|stable-diffusion-v1", "SD1"),
    (r"sd3|stable-diffusion-3|stable-diffusion-v3", "SD3"),
    (r"flux", "Flux"),
)
SIZE = re.compile(r"\D*(\d{2,5})(?:\D+(\d{2,5}))?\D*")


def told_base(metadata: Mapping[str, str]) -> str:
    """The family that the metadata name, "" if none."""
    for key in ("ss_base_model_version", "modelspec.architecture"):
        text = metadata.get(key, "").lower()
        if found := next((base for mark, base in BASES if re.match(mark, text)), ""):
            return found
    return {"True": "SD2"}.get(metadata.get("ss_v2", ""), "")


def resolution(metadata: Mapping[str, str]) -> tuple[int, int] | None:
    """Width and height in pixels that a model was trained for."""
    for key in ("modelspec.resolution", "ss_resolution"):
        if found := SIZE.fullmatch(metadata.get(key, "")[:100]):
            return int(found[1]), int(found[2] or found[1])
    for dataset in _datasets(metadata):
        match dataset.get("resolution"):
            case [int(width), int(height)]:
                return width, height
            case int(side):
                return side, side
    return None


def tags(metadata: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """The most frequent tags of the training pictures, with their counts summed over all folders."""
    tables = [_json(metadata, "ss_tag_frequency"), *(row.get("tag_frequency") for row in _datasets(metadata))]
    counts: Counter[str] = Counter()
    for table in tables:
        for folder in table.values() if isinstance(table, dict) else ():
            for tag, count in folder.items() if isinstance(folder, dict) else ():
                if isinstance(count, int) and 0 < count < 2**40 and tag.strip():
                    counts[storable(tag.strip()[:MAX_TEXT])] += count
    return tuple(counts.most_common(MOST_TAGS))


def text(metadata: Mapping[str, str], *keys: str) -> str:
    """The first of the values that says something."""
    values = (metadata.get(key, "").strip()[:MAX_TEXT] for key in keys)
    return next((value for value in values if value and value != "None"), "")


def _datasets(metadata: Mapping[str, str]) -> list[dict[str, Any]]:
    found = _json(metadata, "ss_datasets")
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _json(metadata: Mapping[str, str], key: str) -> Any:
    value = metadata.get(key, "")
    try:
        return json.loads(value) if 0 < len(value) <= MAX_JSON else None
    except (ValueError, RecursionError):
        return None
