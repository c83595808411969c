"""Several prompts in one, joined by AND."""

import re

_AND = re.compile(r"\bAND\b")
_WEIGHT = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*")


def split_and(prompt: str) -> list[tuple[str, float]]:
    """The prompts that AND joins, each with the number after its last colon as weight, else 1. Never raises."""
    return [_weighted(part) for part in _AND.split(prompt)]


def _weighted(part: str) -> tuple[str, float]:
    text, colon, tail = part.rpartition(":")
    weight = _WEIGHT.fullmatch(tail) if colon else None
    return (text.rstrip(), float(weight[1])) if weight else (part.rstrip(), 1.0)
