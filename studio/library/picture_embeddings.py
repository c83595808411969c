"""Embeddings that the web UI saved into pictures: as a text chunk, or in the lower bits of two strips of pixels."""

import base64
import binascii
import json
import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from studio.core.errors import CheckpointError
from studio.library.database import storable
from studio.library.headers import AGAIN, Header, TensorInfo

CHUNK = "sd-ti-embedding"
ARRAY = "TORCHTENSOR"
MAX_BYTES = 2**26
MAX_PIXELS = 2**24
MOST_VECTORS = 4096
LOW = 0x0F
Rows = list[list[float]]


def read_picture(path: Path) -> Header | None:
    """What an embedding in a picture would have as its header; None if there is none in it. Raises CheckpointError."""
    tensors = read_rows(path)
    if not tensors:
        return None
    infos = {name: TensorInfo("F32", (len(rows), len(rows[0]))) for name, rows in tensors.items()}
    name = _said(path, *_stamp(path)).get("name")
    if not isinstance(name, str) or not name or storable(name) != name:
        return Header(path, path.stat().st_size, infos)
    return Header(path, path.stat().st_size, infos, {"name": name})


def read_rows(path: Path) -> dict[str, Rows]:
    """The vectors of an embedding in a picture by their tensor's name, none without one. Raises CheckpointError."""
    said = _said(path, *_stamp(path))
    if not said:
        return {}
    try:
        return {f"string_to_param.{name}": _rows(value[ARRAY]) for name, value in said["string_to_param"].items()}
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise _broken(path, str(error)) from error


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


@lru_cache(maxsize=64)
def _said(path: Path, _size: int, _modified: int) -> dict[str, Any]:
    """The record in a picture, {} if it has none."""
    try:
        with Image.open(path) as picture:
            text = picture.info.get(CHUNK)
            data = base64.b64decode(text) if isinstance(text, str) else _in_pixels(picture)
        said = json.loads(data) if data else {}
    except (OSError, SyntaxError, ValueError, zlib.error, binascii.Error, RecursionError, UnidentifiedImageError,
            Image.DecompressionBombError) as error:  # fmt: skip
        raise _broken(path, str(error)) from error
    if not isinstance(said, dict):
        raise _broken(path, "no record")
    return said


def _in_pixels(picture: Image.Image) -> bytes:
    """What two strips of pixels hold, left of the first black column and right of the last: half a byte a number."""
    import numpy as np

    if picture.width * picture.height > MAX_PIXELS:
        return b""
    pixels = np.asarray(picture.convert("RGB"))
    bright = (pixels > 0).all(axis=2)
    rows, columns = np.flatnonzero(bright.any(axis=-1)), np.flatnonzero(bright.any(axis=0))
    if not len(rows):
        return b""
    bits = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] & LOW
    black = np.flatnonzero(bits.sum(axis=(0, 2)) == 0)
    if len(black) < 2:
        return b""
    low, high = (_unmasked(strip) for strip in (bits[:, : black[0]], bits[:, black[-1] + 1 :]))
    if low.shape != high.shape or not low.size:
        return b""
    packed = ((high << 4) | low).tobytes()
    if packed[:1] != b"\x78":  # zlib's mark: black columns alone are in many pictures
        return b""
    return _inflated(packed)


def _inflated(packed: bytes) -> bytes:
    stream = zlib.decompressobj()
    data = stream.decompress(packed, MAX_BYTES)
    if stream.unconsumed_tail:
        raise ValueError("more than 64 MiB")
    return data


def _unmasked(strip: Any) -> Any:
    import numpy as np

    mask = np.fromiter(islice(_noise(), strip.size), dtype=np.int64, count=strip.size)
    return strip ^ (mask.reshape(strip.shape) & LOW).astype(np.uint8)


def _noise() -> Iterator[int]:
    """The numbers that mask the bits: a linear congruence (Numerical Recipes) from 0 on."""
    state = 0
    while True:
        state = (1664525 * state + 1013904223) % 2**32
        yield state % 255


def _rows(rows: Any) -> Rows:
    widths = {len(row) for row in rows}
    if len(widths) != 1 or not 0 < len(rows) <= MOST_VECTORS:
        raise ValueError(f"{len(rows)} rows of lengths {sorted(widths)[:5]}")
    return [[float(value) for value in row] for row in rows]


def _broken(path: Path, details: str) -> CheckpointError:
    return CheckpointError(path, "The embedding in {name} is broken.", AGAIN, details=details)
