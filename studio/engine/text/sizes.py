"""The numbers SDXL is told beside the text, as Fourier features."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

FEATURES = 256


def fourier(values: Sequence[float]) -> Tensor:
    """256 features for each value, one after the other: cosines, then sines of 128 falling frequencies.

    Source: "Attention is all you need" 3.5 with the longest period 10,000, as SDXL's paper uses it (section 2.2).
    """
    half = FEATURES // 2
    frequencies = torch.exp(-math.log(10000) / half * torch.arange(half, dtype=torch.float32))
    angles = torch.tensor(values, dtype=torch.float32)[:, None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], dim=1).flatten()


def size_features(width: int, height: int, aesthetic_score: float | None = None) -> Tensor:
    """Original size, crop (none) and then the target size (1536 features), or the refiner's score (1280)."""
    last = [height, width] if aesthetic_score is None else [aesthetic_score]
    return fourier([height, width, 0, 0, *last])
