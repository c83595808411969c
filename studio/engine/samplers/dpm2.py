"""DPM-Solver-2 in sigma (Lu et al. 2022; Karras et al. 2022): the slope in the middle, plain and ancestral."""

from itertools import pairwise

from torch import Tensor

from studio.engine.samplers import Model, Noise, Step, ancestral, churned, slope


def sample_dpm_2(model: Model, x: Tensor, sigmas: Tensor, noise: Noise, step: Step, **churn: float) -> Tensor:
    """DPM-Solver-2; `churn`: s_churn, s_tmin, s_tmax, s_noise."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        x, sigma_hat = churned(x, sigma, noise(), len(sigmas) - 1, **churn)
        denoised = model(x, sigma_hat)
        x = _midpoint_step(model, x, sigma_hat, sigma_next, denoised)
        step(i, x, sigma_next, denoised)
    return x


def sample_dpm_2_ancestral(
    model: Model, x: Tensor, sigmas: Tensor, noise: Noise, step: Step, *, eta: float = 1.0, s_noise: float = 1.0
) -> Tensor:
    """DPM-Solver-2 to a lower level and fresh noise from there; `eta` 0 to 1 is the share of fresh noise."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = model(x, sigma)
        down, up = ancestral(sigma, sigma_next, eta)
        x = _midpoint_step(model, x, sigma, down, denoised)
        if down > 0:
            x = x + noise() * (s_noise * up)
        step(i, x, sigma_next, denoised)
    return x


def _midpoint_step(model: Model, x: Tensor, sigma: Tensor, sigma_next: Tensor, denoised: Tensor) -> Tensor:
    """One step with the slope at the middle in log sigma; Euler's where it ends at 0."""
    first = slope(x, sigma, denoised)
    if sigma_next == 0:
        return x - first * sigma
    middle = (sigma * sigma_next) ** 0.5
    ahead = x + first * (middle - sigma)
    return x + slope(ahead, middle, model(ahead, middle)) * (sigma_next - sigma)
