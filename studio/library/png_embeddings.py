"""Embeddings that were saved into a picture by the web UI, as the text chunk says that holds them."""

import base64
import json
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from studio.core.errors import CheckpointError
from studio.library.headers import Header, TensorInfo

CHUNK = "sd-ti-embedding"
MAX_CHUNK = 2**26
MOST_VECTORS = 4096
ARRAY = "TORCHTENSOR"


def read_png(path: Path) -> Header:
    """The header of an embedding in a picture. Raises CheckpointError for a picture without one."""
    try:
        with Image.open(path) as picture:
            text = picture.info.get(CHUNK)
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise CheckpointError(path, "{path} cannot be read.", "Download it again.", details=str(error)) from error
    if not isinstance(text, str) or len(text) > MAX_CHUNK:
        raise CheckpointError(path, "{name} is a picture without an embedding in it.", "Choose another file.")
    try:
        said = json.loads(base64.b64decode(text))
        tensors = {f"string_to_param.{name}": _tensor(rows[ARRAY]) for name, rows in said["string_to_param"].items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointError(
            path, "The embedding in {name} is broken.", "Download it again.", details=str(error)
        ) from error
    values = {key: str(value)[:200] for key, value in said.items() if isinstance(value, str | int)}
    return Header(path, path.stat().st_size, tensors, values, is_pickled=False)


def _tensor(rows: list[list[float]]) -> TensorInfo:
    widths = {len(row) for row in rows}
    if len(widths) != 1 or len(rows) > MOST_VECTORS:
        raise ValueError(f"{len(rows)} rows of lengths {sorted(widths)[:5]}")
    return TensorInfo("F32", (len(rows), *widths))
