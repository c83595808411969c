"""A run from noise to latent: schedule, first noise, denoiser and sampler put together as AUTOMATIC1111 1.10.1 does."""

import math
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from studio.catalog import find
from studio.catalog.sampler_names import sampler_and_schedule
from studio.catalog.samplers import SAMPLERS, Sampler
from studio.core.request import GenerateRequest
from studio.engine.denoise import Guidance, Guided, Steered, Switch
from studio.engine.levels import TRAINED_STEPS, Levels
from studio.engine.noise import Brownian, ImageNoise
from studio.engine.samplers import Step, ignore, sample
from studio.engine.sigmas import levels_for, schedule_for, timesteps, unipc_sigmas

MOST_STRENGTH = 0.999
CFGPP_DIVISOR = 12.5  # brings the usual CFG scales to CFG++'s 0 to 1
PAPER_NAMES = {
    "eta_ddim": "eta",
    "uni_pc_variant": "variant",
    "uni_pc_order": "order",
    "uni_pc_lower_order_final": "lower_order_final",
}


def img2img_steps(steps: int, denoising_strength: float, exact_steps: bool = False) -> tuple[int, int]:
    """How many steps are spaced, and after which of them, counted from the end and from 0, a picture comes in.

    Usually the strength's part of `steps` and one more is run; `exact_steps` (hires, or the web UI's "exactly the
    number of steps") spaces so many that `steps` are run. Strength 0 spaces none then.
    """
    strength = min(denoising_strength, MOST_STRENGTH)
    if not exact_steps:
        return steps, int(strength * steps)
    return int(steps / strength) if denoising_strength > 0 else 0, steps - 1


def run(
    request: GenerateRequest,
    model: Steered,
    noise: ImageNoise,
    *,
    init: Tensor | None = None,
    denoising_strength: float = 1.0,
    exact_steps: bool = False,
    extra_noise: float = 0.0,
    switch: Switch | None = None,
    together: bool = True,
    step: Step = ignore,
) -> Tensor:
    """The latent (batch, c, h, w), float32, that the request's sampler makes with `model` and `noise`.

    Of the request, sampler, schedule, steps, CFG scale and the options of sampling are read. Without `init` the run
    starts from noise; with it, a clean latent, `denoising_strength` of it is painted anew (img2img, hires), and
    `extra_noise` times the noise is added beyond that. `switch` brings in a refiner, `together` False saves memory
    (see Guided), `step(i, x, sigma, denoised)` is told each step and may raise to stop. Raises UnknownName, BadRequest.
    """
    sampler, schedule = sampler_and_schedule(request.sampler, request.schedule)
    row, request = find("sampler", SAMPLERS, sampler), request.model_copy(update={"schedule": schedule})
    model, drawn = _adapted(row, model), noise.next()
    total, entry = request.steps, request.steps - 1
    if init is not None:
        total, entry = img2img_steps(request.steps, denoising_strength, exact_steps)
        if not total:
            return init
    path = None
    if row.kind == "timestep":
        x, sigmas = _timestep_start(row, request, model.levels, drawn, init, total, entry, extra_noise)
    else:
        spaced = schedule_for(row, request, total, model.levels, _is_sdxl(model))
        path = _path(spaced, noise) if row.brownian else None
        x, sigmas = _sigma_start(request, spaced[total - entry - 1 :], drawn, init, extra_noise)
        if row.kind == "span" and init is None:
            sigmas = _span(model.levels, total)
    later = switch and Switch(switch.at, lambda: _adapted(row, switch.load()))
    guided = Guided(model, _guidance(row, request, model.levels, entry + 1), later, together)
    return sample(row.name, guided, x, sigmas, noise.next, brownian=path, step=step, **_options(row, request))


def _sigma_start(
    request: GenerateRequest, sigmas: Tensor, drawn: Tensor, init: Tensor | None, extra_noise: float
) -> tuple[Tensor, Tensor]:
    """The latent at the first of the sigmas that are left, and those."""
    if init is not None:
        return init + drawn * (sigmas[0] + extra_noise), sigmas
    return drawn * ((1 + sigmas[0] ** 2) ** 0.5 if request.sgm_noise_multiplier else sigmas[0]), sigmas


def _timestep_start(
    row: Sampler,
    request: GenerateRequest,
    levels: Levels,
    drawn: Tensor,
    init: Tensor | None,
    total: int,
    entry: int,
    extra_noise: float,
) -> tuple[Tensor, Tensor]:
    """The variance preserving latent to begin with and the sigmas of the grid that is left.

    As in the web UI an init latent is noised to the level after the one where the sampler begins.
    """
    grid, x = timesteps(total + request.discard_penultimate), drawn
    if init is not None:
        sigma, grid = levels.t_to_sigma(grid[entry]), grid[:entry]
        x = (init + drawn * (sigma + extra_noise)) / (1 + sigma**2) ** 0.5
    if row.name != "unipc":
        return x, levels.t_to_sigma(grid.flip(0))
    highest = TRAINED_STEPS - 1 if init is None else int(grid[-1:].sum())
    return x, unipc_sigmas(levels, highest, len(grid), request.uni_pc_skip_type)


def _span(levels: Levels, steps: int) -> Tensor:
    """The model's whole range in `steps` even steps of log sigma, for samplers that only look at its ends."""
    sigmas = torch.linspace(math.log(levels.sigma_max), math.log(levels.sigma_min), steps + 1).exp()
    sigmas[0], sigmas[-1] = levels.sigma_max, levels.sigma_min
    return sigmas


def _path(spaced: Tensor, noise: ImageNoise) -> Brownian:
    lowest = spaced[spaced > 0].min()
    return Brownian(noise.source, noise.shape, noise.seeds, lowest, spaced.max(), noise.device)


def _adapted(row: Sampler, model: Steered) -> Steered:
    return replace(model, levels=levels_for(row, model.levels))


def _is_sdxl(model: Steered) -> bool:
    return model.prompts[0].parts[0][0][0].conditioning.vector is not None


def _guidance(row: Sampler, request: GenerateRequest, levels: Levels, steps: int) -> Guidance:
    ngms = request.ngms
    if ngms and row.kind == "timestep":  # there the web UI compares it with timesteps
        ngms = float(levels.t_to_sigma(torch.tensor(ngms)))
    return Guidance(
        scale=request.cfg_scale / (CFGPP_DIVISOR if row.cfgpp else 1),
        ngms=ngms,
        ngms_all_steps=request.ngms_all_steps,
        skip_early=request.skip_early_cfg,
        calls=steps * (2 if row.second_order else 1),
        rescale=request.cfg_rescale,
        keeps_uncond=row.cfgpp,
    )


def _options(row: Sampler, request: GenerateRequest) -> dict[str, Any]:
    """The request's options of the sampler under the names its function has for them."""
    options = {PAPER_NAMES.get(name, name): getattr(request, name) for name in row.options}
    if "s_tmax" in options:
        options["s_tmax"] = options["s_tmax"] or math.inf
    return options
