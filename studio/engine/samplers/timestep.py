"""DDIM, DDIM CFG++ and PLMS, which are Euler and Adams-Bashforth steps over a grid of timesteps."""

from itertools import pairwise

from torch import Tensor

from studio.engine.samplers import GuidedModel, Model, Noise, Step, ancestral, slope, variance_preserving
from studio.engine.samplers.euler import sample_euler_ancestral

ADAMS_BASHFORTH = ((1.0,), (3 / 2, -1 / 2), (23 / 12, -16 / 12, 5 / 12), (55 / 24, -59 / 24, 37 / 24, -9 / 24))


@variance_preserving
def sample_ddim(model: Model, x: Tensor, sigmas: Tensor, noise: Noise, step: Step, *, eta: float = 0.0) -> Tensor:
    """DDIM (Song et al. 2020); `eta` 0 to 1 is the share of fresh noise, 1 is DDPM."""
    return sample_euler_ancestral(model, x, sigmas, noise, step, eta=eta)


@variance_preserving
def sample_ddim_cfgpp(
    model: GuidedModel, x: Tensor, sigmas: Tensor, noise: Noise, step: Step, *, eta: float = 0.0
) -> Tensor:
    """DDIM that noises again with the unconditional prediction (Chung et al. 2024, "CFG++"): guidance scale 0 to 1."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = model(x, sigma)
        down, up = ancestral(sigma, sigma_next, eta)
        x = denoised + slope(x, sigma, model.uncond) * down + noise() * up
        step(i, x, sigma_next, denoised)
    return x


@variance_preserving
def sample_plms(model: Model, x: Tensor, sigmas: Tensor, noise: Noise, step: Step) -> Tensor:
    """Pseudo linear multistep (Liu et al. 2022): the mean of the last four slopes by Adams and Bashforth's weights.

    The first step takes the mean with the slope ahead instead, one call more.
    """
    slopes: list[Tensor] = []
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = model(x, sigma)
        slopes = [slope(x, sigma, denoised), *slopes[:3]]
        if i == 0:
            ahead = x + slopes[0] * (sigma_next - sigma)
            mean = (slopes[0] + slope(ahead, sigma_next, model(ahead, sigma_next))) / 2
        else:
            mean = sum(w * past for w, past in zip(ADAMS_BASHFORTH[len(slopes) - 1], slopes, strict=True))
        x = x + mean * (sigma_next - sigma)
        step(i, x, sigma_next, denoised)
    return x
