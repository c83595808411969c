"""Restart sampling (Xu et al. 2023): Heun's method that goes back up with fresh noise and over the middle again."""

from itertools import pairwise

import torch
from torch import Tensor

from studio.engine.samplers import Model, Noise, Step, told_in
from studio.engine.samplers.heun import heun_step
from studio.engine.sigmas import schedule

RESTART_FROM, RESTART_TO = 0.1, 2.0


def sample_restart(
    model: Model, x: Tensor, sigmas: Tensor, noise: Noise, step: Step, *, s_noise: float = 1.0
) -> Tensor:
    """Restart sampling within the count of `sigmas`: from 20 steps on, part of them is spent on going over it again.

    Then the sigmas are spaced anew after Karras between the highest and the lowest, as in the web UI.
    """
    model, reached = told_in(sigmas.dtype, model), sigmas[0]
    for i, (sigma, sigma_next) in enumerate(_steps(sigmas)):
        if sigma > reached:
            x = x + noise() * (s_noise * (sigma**2 - reached**2) ** 0.5)
        denoised = model(x, sigma)
        x = heun_step(model, x, sigma, sigma_next, denoised)
        reached = sigma_next
        step(i, x, sigma_next, denoised)
    return x


def _steps(sigmas: Tensor) -> list[tuple[Tensor, Tensor]]:
    """The steps in their order, from one level to another; those again over the middle after it."""
    steps = len(sigmas) - 1
    if steps < 20:
        return list(pairwise(sigmas))
    again, times = (9, 1) if steps < 36 else (steps // 4, 2)
    sigmas = _karras(sigmas[-2], sigmas[0], steps - again * times)
    low, high = (int((sigmas - level).abs().argmin()) for level in (RESTART_FROM, RESTART_TO))
    way = list(pairwise(sigmas))
    if high >= low:
        return way
    back = list(pairwise(_karras(sigmas[low], sigmas[high], again + 1)[:-1]))
    return way[:low] + back * times + way[low:]


def _karras(low: Tensor, high: Tensor, steps: int) -> Tensor:
    return schedule("karras", steps, torch.stack([low, high]))
