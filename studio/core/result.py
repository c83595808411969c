"""What comes back from the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.request import GenerateRequest

if TYPE_CHECKING:  # the window opens without numpy
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class GeneratedImage:
    """One finished picture, still in memory.

    `pixels` is uint8 RGB (height, width, 3). `request` asks for exactly this picture: batch of one, seeds drawn,
    wildcards replaced. `facts` are infotext entries that only the engine knows ("Model hash", "VAE hash", ...), in
    order. `notes` tell what was done differently from what was asked (a VAE retried in fp32, a split batch).
    `index` counts from 0 within the order.
    """

    pixels: NDArray[np.uint8]
    request: GenerateRequest
    index: int = 0
    facts: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class SavedImage:
    """One picture on disk. `index` counts from 0 within its order; `made_from` is the picture it is a version of."""

    path: Path
    infotext: str
    width: int
    height: int
    index: int = 0
    notes: tuple[str, ...] = ()
    made_from: Path | None = None
