"""Presets of block weights for merging, by the names that people know them by."""

import math
from collections.abc import Callable
from dataclasses import dataclass

BLOCKS = 25  # IN00-IN11, M00, OUT00-OUT11


@dataclass(frozen=True)
class MergePreset:
    """A preset: the multipliers of the 25 blocks from IN00 to OUT11, and that of everything else."""

    name: str
    weights: tuple[float, ...]
    base: float = 0.0


def _of(name: str, curve: Callable[[float], float]) -> MergePreset:
    """A preset along a curve over 0 (IN00) to 1 (OUT11)."""
    return MergePreset(name, tuple(round(curve(block / (BLOCKS - 1)), 10) for block in range(BLOCKS)))


def _outer(name: str, count: int) -> MergePreset:
    """The first and the last blocks only."""
    return MergePreset(name, tuple(float(min(block, BLOCKS - 1 - block) < count) for block in range(BLOCKS)))


def _last(name: str, count: int) -> MergePreset:
    """The last blocks only."""
    return MergePreset(name, tuple(float(block >= BLOCKS - count) for block in range(BLOCKS)))


MERGE_PRESETS = (
    _of("GRAD_V", lambda t: abs(2 * t - 1)),
    _of("GRAD_A", lambda t: 1 - abs(2 * t - 1)),
    MergePreset("FLAT_25", (0.25,) * BLOCKS),
    MergePreset("FLAT_75", (0.75,) * BLOCKS),
    _outer("WRAP08", 4),
    _outer("WRAP12", 6),
    _outer("WRAP14", 7),
    _outer("WRAP16", 8),
    MergePreset("MID12_50", tuple(0.5 if 6 <= block <= 18 else 0.0 for block in range(BLOCKS))),
    _last("OUT07", 7),
    _last("OUT12", 12),
    _of("SMOOTHSTEP", lambda t: t * t * (3 - 2 * t)),
    _of("REVERSE_SMOOTHSTEP", lambda t: 1 - t * t * (3 - 2 * t)),
    _of("COSINE", lambda t: (1 + math.cos(math.pi * t)) / 2),
    _of("REVERSE_COSINE", lambda t: (1 - math.cos(math.pi * t)) / 2),
)
