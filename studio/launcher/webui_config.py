"""The web UI's own config.json: read whole, changed in single keys, never lost."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.core.errors import FileProblem
from studio.core.files import problem, write_atomically

MAX_BYTES = 16 << 20


def read(path: Path) -> dict[str, Any]:
    """What a config.json holds; a missing or empty one holds nothing. Raises FileProblem if it cannot be understood."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise problem(path, error) from error
    if not data.strip():
        return {}
    try:
        values = json.loads(data.decode("utf-8-sig")) if len(data) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise FileProblem(
            path,
            "{path} is damaged; it was not changed.",
            "Restore its last good copy, or move it away: the web UI then begins with its defaults.",
        )
    return values


def change(path: Path, alter: Callable[[dict[str, Any]], None]) -> None:
    """Change a config.json atomically; all other keys stay in their order. Raises FileProblem and DiskFull."""
    values = read(path)
    before = json.dumps(values)
    alter(values)
    if json.dumps(values) != before:
        write_atomically(path, _encoded(values))


def _encoded(values: dict[str, Any]) -> bytes:
    """As the web UI writes it; with escapes where a text holds half a letter that UTF-8 cannot say."""
    try:
        return json.dumps(values, indent=4, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(values, indent=4).encode()
