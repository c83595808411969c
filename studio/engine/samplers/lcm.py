"""Latent consistency models (Luo et al. 2023): each call foresees the picture, noise leads back to the next level."""

from itertools import pairwise

from torch import Tensor

from studio.engine.samplers import Model, Noise, Step


def sample_lcm(model: Model, x: Tensor, sigmas: Tensor, noise: Noise, step: Step) -> Tensor:
    """Multistep consistency sampling (algorithm 3)."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        x = denoised = model(x, sigma)
        if sigma_next > 0:
            x = denoised + noise() * sigma_next
        step(i, x, sigma_next, denoised)
    return x
