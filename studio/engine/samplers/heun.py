"""Heun's method."""

from itertools import pairwise

from torch import Tensor

from studio.engine.samplers import Model, Noise, Step, churned, slope


def sample_heun(model: Model, x: Tensor, sigmas: Tensor, noise: Noise, step: Step, **churn: float) -> Tensor:
    """Heun's second order method (Karras et al. 2022, algorithm 2); `churn`: s_churn, s_tmin, s_tmax, s_noise."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        x, sigma_hat = churned(x, sigma, noise(), len(sigmas) - 1, **churn)
        denoised = model(x, sigma_hat)
        x = heun_step(model, x, sigma_hat, sigma_next, denoised)
        step(i, x, sigma_next, denoised)
    return x


def heun_step(model: Model, x: Tensor, sigma: Tensor, sigma_next: Tensor, denoised: Tensor) -> Tensor:
    """One step with the mean of the slopes at both ends; Euler's where it ends at 0."""
    first = slope(x, sigma, denoised)
    ahead = x + first * (sigma_next - sigma)
    if sigma_next == 0:
        return ahead
    second = slope(ahead, sigma_next, model(ahead, sigma_next))
    return x + (first + second) / 2 * (sigma_next - sigma)
