"""What a net is told of its mistakes: targets of diffusion training and the distance between two pictures."""

import torch
from torch import Tensor

from studio.engine.levels import TRAINED_STEPS

MEAN_STEP, STEP_SPREAD = 400, 200  # where what a picture shows is decided
EDGES, COLOUR, SQUARES = 0.25, 0.5, 0.5


def noised(clean: Tensor, noise: Tensor, alphas: Tensor) -> Tensor:
    """Latents (n, ...) with the share of noise that `alphas` (n,), the share of the picture's power, leaves."""
    alphas = _beside(alphas, clean)
    return alphas.sqrt() * clean + (1 - alphas).sqrt() * noise


def target(prediction: str, clean: Tensor, noise: Tensor, alphas: Tensor) -> Tensor:
    """What the net should answer: the noise for "epsilon", the velocity for "v" (Salimans and Ho 2022)."""
    if prediction == "v":
        alphas = _beside(alphas, clean)
        return alphas.sqrt() * noise - (1 - alphas).sqrt() * clean
    return noise


def balanced_steps(count: int, generator: torch.Generator) -> Tensor:
    """`count` timesteps in 0..999: half of them evenly spread, one from each equal part, half near 400."""
    even = count - count // 2
    spread = (torch.arange(even) + torch.rand(even, generator=generator)) * (TRAINED_STEPS / even)
    near = MEAN_STEP + STEP_SPREAD * torch.randn(count // 2, generator=generator)
    return torch.cat([spread, near]).long().clamp(0, TRAINED_STEPS - 1)


def picture_distance(result: Tensor, wanted: Tensor) -> Tensor:
    """How far pictures (n, 3, h, w) are apart: values, edges, and the differences of red and blue from green.

    Without the last, small autoencoders give greens away as blue and grey.
    """
    apart = result - wanted
    edges = apart.diff(dim=-1).abs().mean() + apart.diff(dim=-2).abs().mean()
    colour = (apart[:, 0] - apart[:, 1]).abs().mean() + (apart[:, 2] - apart[:, 1]).abs().mean()
    return apart.abs().mean() + SQUARES * apart.square().mean() + EDGES * edges + COLOUR * colour


def idle_channels(latents: Tensor) -> Tensor:
    """How far the channels of latents (n, c, h, w) repeat each other or stay below unit variance; 0 if none does.

    Small autoencoders otherwise settle with half of their channels (variance and covariance terms of Bardes, Ponce
    and LeCun 2022).
    """
    values = latents.transpose(0, 1).flatten(1)
    values = values - values.mean(1, keepdim=True)
    spread = (values.square().mean(1) + 1e-6).sqrt()
    alike = (values @ values.T) / values.shape[1] / torch.outer(spread, spread)
    repeated = alike.square().sum() - alike.diagonal().square().sum()
    return (1 - spread).relu().mean() + repeated / (len(values) * (len(values) - 1))


def _beside(alphas: Tensor, latents: Tensor) -> Tensor:
    return alphas.view(-1, *[1] * (latents.ndim - 1))
