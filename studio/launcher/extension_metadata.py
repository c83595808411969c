"""What an extension says of itself in metadata.ini: its name and what it requires."""

import configparser
import re
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class Metadata:
    """`name` is the canonical (lower-case) one; each of `requires` is met by any one of its alternatives."""

    name: str
    requires: tuple[tuple[str, ...], ...] = ()


def read(folder: Path) -> Metadata:
    """The metadata of an extension; without a readable metadata.ini its folder's name, requiring nothing."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        with (folder / "metadata.ini").open("rb") as stream:
            parser.read_string(stream.read(MAX_BYTES).decode("utf-8-sig", "replace"))
    except (OSError, configparser.Error):
        parser.clear()
    name = parser.get("Extension", "Name", fallback="").strip() or folder.name
    text = re.sub(r"\s*\|\s*", "|", parser.get("Extension", "Requires", fallback="").lower())
    found = (tuple(filter(None, part.split("|"))) for part in re.split(r"[,\s]+", text))
    return Metadata(name.lower(), tuple(dict.fromkeys(one for one in found if one)))
