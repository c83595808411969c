"""Values out of foreign JSON: of the expected sort, or empty."""

from collections.abc import Mapping
from typing import Any


def table(value: object) -> Mapping[str, Any]:
    """A JSON object, {} if it is none."""
    return value if isinstance(value, dict) else {}


def tables(value: object) -> list[Mapping[str, Any]]:
    """The objects of a JSON array."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A text without what UTF-8 cannot hold; "" if it is none."""
    return value.encode("utf-8", "ignore").decode("utf-8") if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """The texts of a JSON array."""
    return [text(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []


def number(value: object) -> int:
    """A count or a key, 0 if it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else 0
