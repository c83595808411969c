"""Denoisers with known answers, and the golden data of sampling."""

import json
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from torch import Tensor

from studio.engine.conditioning import Conditioning
from studio.engine.levels import Levels, linear_alphas

GOLDEN = Path(__file__).parents[1] / "data/golden"
LEVELS = Levels(linear_alphas())


def load(name: str) -> tuple[dict[str, np.ndarray], dict]:
    with np.load(GOLDEN / f"{name}.npz", allow_pickle=False) as arrays:
        return dict(arrays), json.loads((GOLDEN / f"{name}_index.json").read_text("utf-8"))


def gauss(x: Tensor, sigma: Tensor) -> Tensor:
    return x / (1 + sigma**2)


def gmm(x: Tensor, sigma: Tensor, shift: Tensor | float = 0.0) -> Tensor:
    """Posterior mean under a mixture of three Gaussians in each element, all means moved by `shift`."""
    means, stds, shares = (
        torch.tensor(values, dtype=x.dtype) for values in ([-1.2, 0.3, 1.5], [0.3, 0.2, 0.4], [0.3, 0.5, 0.2])
    )
    means = means + (shift[..., None] if isinstance(shift, Tensor) else shift)
    x, sigma = x[..., None], sigma[..., None]
    variances = stds**2 + sigma**2
    likely = (shares.log() - (x - means) ** 2 / (2 * variances) - variances.log() / 2).softmax(-1)
    return (likely * (means * sigma**2 + x * stds**2) / variances).sum(-1)


def cross(x: Tensor, sigma: Tensor) -> Tensor:
    mean = x.mean((2, 3), keepdim=True)
    return x / (1 + sigma**2) + 0.3 * mean.tanh() / (1 + sigma) + 0.1 * x.roll(1, dims=3) / (1 + sigma**2)


def conditioning(text: str) -> Conditioning:
    """A text as one number, (77, 4) filled with it."""
    return Conditioning(torch.full((77, 4), crc32(text.encode()) % 1000 / 500 - 1))


class MixtureUNet:
    """Predicts the noise that the mixture denoiser sees, its means moved by each row's context; notes timesteps."""

    def __init__(self) -> None:
        self.timesteps: list[float] = []
        self.rows: list[int] = []
        self.contexts: list[Tensor] = []

    def __call__(self, x: Tensor, t: Tensor, context: Tensor, vector: Tensor | None) -> Tensor:
        self.timesteps.append(float(t[0]))
        self.rows.append(len(x))
        self.contexts.append(context)
        sigma = LEVELS.t_to_sigma(t).view(-1, 1, 1, 1)
        noisy = x * (sigma**2 + 1) ** 0.5
        return (noisy - gmm(noisy, sigma, context.mean((1, 2)).view(-1, 1, 1, 1))) / sigma
