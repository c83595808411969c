"""Names that every file system takes, out of any text."""

import os
import re
from pathlib import Path

MAX_BYTES = 255  # of one name, where the file system does not say otherwise
MAX_WINDOWS_PATH = 250  # characters; programs without long paths stop at 259

_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f\ud800-\udfff]')
_SEPARATORS = re.compile(r"[/\\]")
_RESERVED = re.compile(r"(?is)(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])\s*(?:\..*)?")


def safe_parts(text: str) -> list[str]:
    """The folders and the name that `text` speaks of; never one that leads elsewhere, never a name Windows refuses."""
    return [part for piece in _SEPARATORS.split(text) if (part := safe_part(piece))]


def safe_part(text: str, most_bytes: int = MAX_BYTES) -> str:
    """`text` as one name of at most `most_bytes` in UTF-8, "" if nothing of it can be in one."""
    name = _FORBIDDEN.sub("_", text).strip(" ").rstrip(" .")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return name.encode()[:most_bytes].decode(errors="ignore").rstrip(" .")


def stem_bytes(folder: Path, suffix: str) -> int:
    """How many bytes a name before `suffix` may have in `folder`, with room for a number behind it."""
    try:
        longest = os.pathconf(folder, "PC_NAME_MAX")
    except (AttributeError, OSError, ValueError):  # Windows, or a folder that is not there yet
        longest = MAX_BYTES
    if os.name == "nt":
        longest = min(longest, max(MAX_WINDOWS_PATH - len(str(folder)), 32))
    return longest - len(suffix) - len("-99999")
