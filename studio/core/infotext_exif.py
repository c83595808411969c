"""The one or two EXIF entries that infotexts live in, read from any bytes and written as the web UI writes them."""

import struct
from collections.abc import Mapping

PREFIX = b"Exif\0\0"
EXIF_IFD, USER_COMMENT = 0x8769, 0x9286
MAKE, MODEL, DESCRIPTION = 0x010F, 0x0110, 0x010E
UNICODE = b"UNICODE\0"

_UNDEFINED, _LONG = 7, 4
_ONE_BYTE_TYPES = {1, 2, 6, 7}
_ENTRY = 12
_CODES: Mapping[bytes, str] = {b"ASCII\0\0\0": "utf-8", b"JIS\0\0\0\0\0": "shift_jis", b"\0" * 8: "utf-8"}


def exif_with(comment: str) -> bytes:
    """EXIF data whose user comment is `comment`."""
    data = UNICODE + comment.encode("utf-16-be", "replace")
    head = struct.pack(">2sHI", b"MM", 42, 8)
    first = struct.pack(">HHHIII", 1, EXIF_IFD, _LONG, 1, 26, 0)
    second = struct.pack(">HHHIII", 1, USER_COMMENT, _UNDEFINED, len(data), 44, 0)
    return PREFIX + head + first + second + data


def exif_texts(exif: bytes) -> dict[int, str]:
    """The user comment, and what ComfyUI writes into the camera's names, by their tags; {} of what is no EXIF."""
    tiff = exif.removeprefix(PREFIX)
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return {}
    entries = _directory(tiff, _number(tiff[4:8], order), order)
    if EXIF_IFD in entries:
        entries |= _directory(tiff, _number(entries[EXIF_IFD][:4], order), order)
    texts = {
        tag: entries[tag].rstrip(b"\0").decode("utf-8", "replace")
        for tag in (MAKE, MODEL, DESCRIPTION)
        if tag in entries
    }
    if USER_COMMENT in entries:
        texts[USER_COMMENT] = decode_comment(entries[USER_COMMENT], order)
    return texts


def decode_comment(data: bytes, order: str = ">") -> str:
    """The text of a user comment, whose first eight bytes say how it is encoded."""
    code, text = data[:8], data[8:]
    if code == UNICODE:
        return text.decode(_utf16(text, order), "replace")
    if code in _CODES:
        return text.decode(_CODES[code], "replace")
    return data.decode("utf-8", "ignore")


def _utf16(text: bytes, order: str) -> str:
    """Which byte order it is in: by its mark, by where the zeros of Latin letters are, else as the file's numbers."""
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    high_first, low_first = text[::2].count(0), text[1::2].count(0)
    if high_first == low_first:
        return "utf-16-be" if order == ">" else "utf-16-le"
    return "utf-16-be" if high_first > low_first else "utf-16-le"


def _directory(tiff: bytes, offset: int, order: str) -> dict[int, bytes]:
    """The entries of a directory that are made of bytes or are one number, as they stand."""
    entries = {}
    for index in range(_number(tiff[offset : offset + 2], order)):
        start = offset + 2 + index * _ENTRY
        entry = tiff[start : start + _ENTRY]
        if len(entry) < _ENTRY:
            break
        tag, kind, count = struct.unpack(f"{order}HHI", entry[:8])
        if kind in _ONE_BYTE_TYPES and count > 4:
            begin = _number(entry[8:], order)
            entries[tag] = tiff[begin : begin + count]
        else:
            entries[tag] = entry[8:]
    return entries


def _number(data: bytes, order: str) -> int:
    return int.from_bytes(data, "big" if order == ">" else "little")
