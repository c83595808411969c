"""Texts in PNG files (tEXt, zTXt, iTXt), read without touching a pixel."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_TEXT = 16 * 2**20  # bytes of all texts together; a ComfyUI workflow has some hundred kilobytes
MAX_CHUNKS = 200_000

_TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
_HEAD, _TAIL = 8, 4


def png_texts(file: BinaryIO) -> dict[str, str]:
    """The texts of an open PNG file by their keywords.

    Those after the pixels are read only if there are none before. Whatever is broken, compressed beyond reason or too
    long is passed over. Raises OSError only.
    """
    found: dict[str, str] = {}
    left = MAX_TEXT
    file.seek(len(SIGNATURE))
    for kind, data in _chunks(file):
        if kind == b"IDAT" and found:
            break
        if kind in _TEXTS and (entry := _entry(kind, data, left)):
            found.setdefault(*entry)
            left -= len(data) + len(entry[1])
    return found


def png_size(file: BinaryIO) -> tuple[int, int]:
    """Width and height of an open PNG file, (0, 0) if its header is broken."""
    file.seek(len(SIGNATURE) + _HEAD)
    data = file.read(8)
    return int.from_bytes(data[:4], "big"), int.from_bytes(data[4:], "big")


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each chunk; only those of texts are read."""
    for _ in range(MAX_CHUNKS):
        head = file.read(_HEAD)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if len(head) < _HEAD or kind == b"IEND":
            return
        if kind in _TEXTS and length <= MAX_TEXT:
            yield kind, file.read(length)
            file.seek(_TAIL, 1)
        else:
            yield kind, b""
            file.seek(length + _TAIL, 1)


def _entry(kind: bytes, data: bytes, limit: int) -> tuple[str, str] | None:
    keyword, _, rest = data.partition(b"\0")
    text = _iso_text(kind, rest, limit) if kind != b"iTXt" else _international_text(rest, limit)
    return None if text is None or len(data) > limit else (keyword.decode("latin-1"), text)


def _iso_text(kind: bytes, rest: bytes, limit: int) -> str | None:
    data = rest if kind == b"tEXt" else _inflated(rest[1:], limit)
    return None if data is None else data.decode("latin-1")


def _international_text(rest: bytes, limit: int) -> str | None:
    is_compressed = rest[:1] == b"\1"
    parts = rest[2:].split(b"\0", 2)  # language, translated keyword, text
    data = _inflated(parts[-1], limit) if is_compressed else parts[-1]
    return None if data is None or len(parts) < 3 else data.decode("utf-8", "replace")


def _inflated(data: bytes, limit: int) -> bytes | None:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, limit)
    except (zlib.error, ValueError):
        return None
    return None if inflater.unconsumed_tail else text
