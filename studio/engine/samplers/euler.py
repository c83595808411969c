"""Euler's method, plain and ancestral."""

from itertools import pairwise

from torch import Tensor

from studio.engine.samplers import Model, Noise, Step, ancestral, churned, slope


def sample_euler(model: Model, x: Tensor, sigmas: Tensor, noise: Noise, step: Step, **churn: float) -> Tensor:
    """Euler's method (Karras et al. 2022, algorithm 2 uncorrected); `churn`: s_churn, s_tmin, s_tmax, s_noise."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        x, sigma_hat = churned(x, sigma, noise(), len(sigmas) - 1, **churn)
        denoised = model(x, sigma_hat)
        x = x + slope(x, sigma_hat, denoised) * (sigma_next - sigma_hat)
        step(i, x, sigma_next, denoised)
    return x


def sample_euler_ancestral(
    model: Model, x: Tensor, sigmas: Tensor, noise: Noise, step: Step, *, eta: float = 1.0, s_noise: float = 1.0
) -> Tensor:
    """Euler's method to a lower level and fresh noise from there; `eta` 0 to 1 is the share of fresh noise."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = model(x, sigma)
        down, up = ancestral(sigma, sigma_next, eta)
        x = x + slope(x, sigma, denoised) * (down - sigma)
        if sigma_next > 0:
            x = x + noise() * (s_noise * up)
        step(i, x, sigma_next, denoised)
    return x
