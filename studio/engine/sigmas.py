"""Schedules: how the noise levels of a run are spaced, as AUTOMATIC1111 1.10.1 spaces them.

A schedule function takes the number of steps and a Spacing, and returns falling float32 sigmas that end in 0. Most
return steps + 1 of them; DDIM's has as many as its stride gives.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module

import numpy as np
import torch
from torch import Tensor

from studio.catalog import find
from studio.catalog.samplers import Sampler
from studio.catalog.schedules import SCHEDULES, Schedule
from studio.core.errors import BadRequest, UnknownName
from studio.core.request import GenerateRequest
from studio.engine.levels import TRAINED_STEPS, Levels, at_index, consistency, index_of

# Sabour et al. 2024, "Align Your Steps": sigmas found best for ten steps.
ALIGNED_SD1 = (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029)
ALIGNED_SDXL = (14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029)


@dataclass(frozen=True)
class Spacing:
    """What a schedule can be told; 0 takes the table's lowest and highest sigma and the schedule's own rho.

    `table` (n,) holds the model's sigmas, rising (Levels.sigmas). `alpha` and `beta` shape Beta, `sdxl` chooses the
    table of Align Your Steps, `quantize` rounds to trained timesteps.
    """

    table: Tensor
    sigma_min: float = 0.0
    sigma_max: float = 0.0
    rho: float = 0.0
    alpha: float = 0.6
    beta: float = 0.6
    sdxl: bool = False
    quantize: bool = False


def schedule(name: str, steps: int, model_sigmas: Tensor, **options: float) -> Tensor:
    """The sigmas of schedule `name` for `steps` steps: falling, float32, 0 last.

    `model_sigmas` (n,) is the model's rising table (Levels.sigmas); `options` are the fields of Spacing. Automatic is
    Uniform, as for samplers without a preference. Raises UnknownName, BadRequest for less than one step, TypeError for
    unknown options.
    """
    if steps < 1:
        raise BadRequest("A schedule needs at least one step, not {steps}.", steps=steps)
    row = find("schedule", SCHEDULES, name)
    asked = Spacing(model_sigmas.float().cpu(), **options)  # type: ignore[arg-type]
    spacing = replace(
        asked,
        sigma_min=asked.sigma_min or model_sigmas[0].item(),
        sigma_max=asked.sigma_max or model_sigmas[-1].item(),
        rho=asked.rho or row.rho or 0.0,
    )
    return _function(row)(steps, spacing)


def levels_for(sampler: Sampler, levels: Levels) -> Levels:
    """The levels of a model that `sampler` works at: all of them, or the few that LCM models were distilled at."""
    return consistency(levels) if sampler.kind == "consistency" else levels


def schedule_for(sampler: Sampler, request: GenerateRequest, steps: int, levels: Levels, sdxl: bool = False) -> Tensor:
    """The sigmas that `sampler` runs over for `steps` steps with the request's schedule and its options.

    Automatic is what suits the sampler. Where the next-to-last sigma is discarded, one step more is spaced.
    """
    discard = sampler.discard_penultimate or request.discard_penultimate
    row = find("schedule", SCHEDULES, request.schedule)
    levels = levels_for(sampler, levels)
    sigmas = schedule(
        row.name if row.function else sampler.schedule or row.name,
        steps + discard,
        levels.sigmas,
        sigma_min=request.sigma_min,
        sigma_max=request.sigma_max,
        rho=request.rho,
        alpha=request.beta_alpha,
        beta=request.beta_beta,
        sdxl=sdxl,
        quantize=levels.quantize,
    )
    return torch.cat([sigmas[:-2], sigmas[-1:]]) if discard else sigmas


def timesteps(steps: int) -> Tensor:
    """The grid of DDIM, PLMS and UniPC: rising timesteps 1 to 999, int64; often one more than `steps`.

    Raises BadRequest for more steps than the model was trained with.
    """
    if not 1 <= steps <= TRAINED_STEPS:
        raise BadRequest(
            "This sampler can make {most} steps at most, not {steps}.",
            "Choose fewer steps, a higher denoising strength or another sampler.",
            most=TRAINED_STEPS,
            steps=steps,
        )
    return (torch.arange(0, TRAINED_STEPS, TRAINED_STEPS // steps) + 1).clamp(max=TRAINED_STEPS - 1)


def unipc_sigmas(levels: Levels, highest: float, steps: int, skip_type: str = "time_uniform") -> Tensor:
    """The sigmas (steps + 1,) of UniPC from timestep `highest` down to 0: even in time, in its root or in log sigma.

    Raises UnknownName for another `skip_type` than time_uniform, time_quadratic and logSNR.
    """
    start, end = (highest + 1) / TRAINED_STEPS, 1 / TRAINED_STEPS
    if skip_type == "time_uniform":
        times = torch.linspace(start, end, steps + 1)
    elif skip_type == "time_quadratic":
        times = torch.linspace(start**0.5, end**0.5, steps + 1) ** 2
    elif skip_type == "logSNR":
        ends = levels.t_to_sigma(torch.tensor([highest, 0.0])).log()
        return torch.linspace(float(ends[0]), float(ends[1]), steps + 1).exp()
    else:
        raise UnknownName("UniPC skip type", skip_type, ("time_uniform", "time_quadratic", "logSNR"))
    return levels.t_to_sigma(((times - end) * TRAINED_STEPS).clamp(0, TRAINED_STEPS - 1))


def uniform(steps: int, spacing: Spacing) -> Tensor:
    """Even steps in time over the whole table (Ho et al. 2020), whatever the limits of `spacing`."""
    return _with_zero(at_index(torch.linspace(len(spacing.table) - 1, 0, steps), spacing.table))


def karras(steps: int, spacing: Spacing) -> Tensor:
    """Even steps in sigma^(1/rho), denser towards 0 (Karras et al. 2022, equation 5)."""
    low, high = spacing.sigma_min ** (1 / spacing.rho), spacing.sigma_max ** (1 / spacing.rho)
    return _with_zero((high + torch.linspace(0, 1, steps) * (low - high)) ** spacing.rho)


def exponential(steps: int, spacing: Spacing) -> Tensor:
    """Even steps in log sigma."""
    return _with_zero(torch.linspace(math.log(spacing.sigma_max), math.log(spacing.sigma_min), steps).exp())


def polyexponential(steps: int, spacing: Spacing) -> Tensor:
    """Steps in log sigma that follow the power rho."""
    ramp, low, high = (
        torch.linspace(1, 0, steps) ** spacing.rho,
        math.log(spacing.sigma_min),
        math.log(spacing.sigma_max),
    )
    return _with_zero((ramp * (high - low) + low).exp())


def sgm_uniform(steps: int, spacing: Spacing) -> Tensor:
    """Even steps in time without the lowest level (Stability's generative-models)."""
    return _with_zero(at_index(torch.linspace(*_index_limits(spacing), steps + 1)[:-1], spacing.table))


def normal(steps: int, spacing: Spacing) -> Tensor:
    """Even steps in time between the limits."""
    return _with_zero(at_index(torch.linspace(*_index_limits(spacing), steps), spacing.table))


def kl_optimal(steps: int, spacing: Spacing) -> Tensor:
    """Even steps in arctan sigma; the last is the lowest sigma, not 0 (Sabour et al. 2024, theorem 3.1)."""
    low, high = torch.tensor(spacing.sigma_min).arctan(), torch.tensor(spacing.sigma_max).arctan()
    share = torch.arange(steps + 1) / steps
    return (share * low + (1.0 - share) * high).tan()


def align_your_steps(steps: int, spacing: Spacing) -> Tensor:
    """The tabled sigmas, log-linearly interpolated for other counts (Sabour et al. 2024)."""
    aligned = np.array(ALIGNED_SDXL if spacing.sdxl else ALIGNED_SD1)
    if steps != len(aligned):
        places = np.linspace(0, 1, steps)
        aligned = np.exp(np.interp(places, np.linspace(0, 1, len(aligned)), np.log(aligned[::-1])))[::-1].copy()
    return _with_zero(torch.from_numpy(aligned).float())


def simple(steps: int, spacing: Spacing) -> Tensor:
    """Every so many-th entry of the table, from the top (ComfyUI)."""
    stride = len(spacing.table) / steps
    return _with_zero(spacing.table[[-(1 + int(i * stride)) for i in range(steps)]])


def ddim(steps: int, spacing: Spacing) -> Tensor:
    """Every so many-th entry of the table, from the second lowest (ComfyUI's DDIM)."""
    return _with_zero(spacing.table[1 :: max(len(spacing.table) // steps, 1)].flip(0))


def beta(steps: int, spacing: Spacing) -> Tensor:
    """Quantiles of a beta distribution between the limits (Lee et al. 2024, "Beta Sampling is All You Need")."""
    from scipy.stats import beta as distribution  # imported here: it takes a quarter of a second

    quantiles = distribution.ppf(1 - np.linspace(0, 1, steps), spacing.alpha, spacing.beta)
    spread = spacing.sigma_min + quantiles * (spacing.sigma_max - spacing.sigma_min)
    return _with_zero(torch.from_numpy(spread).float())


def _function(row: Schedule) -> Callable[[int, Spacing], Tensor]:
    if not row.function:
        return uniform
    module, name = row.function.split(":")
    return getattr(import_module(f"studio.engine.{module}"), name)


def _index_limits(spacing: Spacing) -> tuple[float, float]:
    limits = torch.tensor([spacing.sigma_max, spacing.sigma_min])
    high, low = index_of(limits, spacing.table, spacing.quantize).tolist()
    return high, low


def _with_zero(sigmas: Tensor) -> Tensor:
    return torch.cat([sigmas, sigmas.new_zeros(1)])
