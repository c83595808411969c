"""Samplers: each `sample_x(model, x, sigmas, noise, step, ...)`, named by rows of studio.catalog.samplers.

`model(x, sigma)` returns the denoised latent for `x` (batch, c, h, w) at noise level `sigma`, a scalar tensor on the
CPU. `sigmas` fall; a latent at level sigma is `clean + sigma * noise`, and arithmetic is done in their dtype and in
that of `x`. `noise()` gives the next unit noise, shaped like `x`; samplers of Brownian rows ask
`noise(sigma, sigma_next)`. Each step ends with `step(i, x, sigma, denoised)`: the latent and the level reached after
step `i` from 0, and the picture as it was foreseen; it may raise to stop.

Samplers of "timestep" rows differ at their border: `x` comes and goes variance preserving, that is divided by
sqrt(1 + sigma^2), at the first and at the last of `sigmas`, which does not have to be 0.
"""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, Protocol

import torch
from torch import Tensor

from studio.catalog import find
from studio.catalog.sampler_names import sampler_and_schedule
from studio.catalog.samplers import SAMPLERS, Sampler

Model = Callable[[Tensor, Tensor], Tensor]
Noise = Callable[[], Tensor]
StepNoise = Callable[[Tensor, Tensor], Tensor]
Step = Callable[[int, Tensor, Tensor, Tensor], object]

MOST_CHURN = 2**0.5 - 1


class GuidedModel(Protocol):
    """A model that also tells what the last call would have been without a prompt."""

    uncond: Tensor

    def __call__(self, x: Tensor, sigma: Tensor) -> Tensor:
        """The denoised latent."""
        ...


def ignore(i: int, x: Tensor, sigma: Tensor, denoised: Tensor) -> None:
    """The step of a run nobody watches."""


def sample(
    name: str,
    model: Model,
    x: Tensor,
    sigmas: Tensor,
    noise: Noise,
    *,
    brownian: StepNoise | None = None,
    step: Step = ignore,
    **options: Any,
) -> Tensor:
    """Run sampler `name` (any it ever had) over falling `sigmas` (n + 1,) from the noisy latent `x` (batch, c, h, w).

    Returns the latent at the last sigma; fewer than two sigmas are no step. `noise()` gives the next draw; samplers
    that want a Brownian path take `brownian(sigma, sigma_next)` where it is given. `options` are keywords of the
    sampler's function. DPM fast and DPM adaptive use only the ends and the number of the sigmas. Raises UnknownName.
    """
    row: Sampler = find("sampler", SAMPLERS, sampler_and_schedule(name)[0])
    if len(sigmas) < 2:
        return x
    path = brownian or (lambda *_: noise())
    solver = {"solver_type": row.solver_type} if row.solver_type else {}
    return function(row)(model, x, sigmas.cpu(), path if row.brownian else noise, step, **solver, **options)


def function(row: Sampler) -> Callable[..., Tensor]:
    """The function a row names."""
    module, name = row.function.split(":")
    return getattr(import_module(f"{__name__}.{module}"), name)


def told_in(dtype: torch.dtype, model: Model) -> Model:
    """The model, told sigmas in `dtype`: for samplers that space levels of their own in float32."""
    return lambda x, sigma: model(x, sigma.to(dtype))


def slope(x: Tensor, sigma: Tensor, denoised: Tensor) -> Tensor:
    """dx/dsigma of the probability flow (Karras et al. 2022): the noise the model sees in `x`."""
    return (x - denoised) / sigma


def ancestral(sigma: Tensor, sigma_next: Tensor, eta: float) -> tuple[Tensor, Tensor]:
    """The level to step down to, and how much fresh noise leads from there to `sigma_next`; eta 0 adds none."""
    up = sigma_next.minimum(eta * (sigma_next**2 * (sigma**2 - sigma_next**2) / sigma**2) ** 0.5)
    return (sigma_next**2 - up**2) ** 0.5 if eta else sigma_next, up


def churned(
    x: Tensor,
    sigma: Tensor,
    drawn: Tensor,
    steps: int,
    s_churn: float = 0.0,
    s_tmin: float = 0.0,
    s_tmax: float = float("inf"),
    s_noise: float = 1.0,
) -> tuple[Tensor, Tensor]:
    """`x` with the noise `drawn` added, and the level reached (Karras et al. 2022, algorithm 2).

    `s_churn` is spread over the run's `steps`, between the levels `s_tmin` and `s_tmax`.
    """
    churn = min(s_churn / steps, MOST_CHURN) if s_tmin <= sigma <= s_tmax else 0.0
    if not churn:
        return x, sigma
    raised = sigma * (1 + churn)
    return x + drawn * (s_noise * (raised**2 - sigma**2) ** 0.5), raised


def variance_preserving(sampler: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Let a sampler be handed and hand back latents divided by sqrt(1 + sigma^2), as the web UI's timestep loops."""

    @wraps(sampler)
    def bordered(model: Model, x: Tensor, sigmas: Tensor, *arguments: Any, **options: Any) -> Tensor:
        x = x * (1 + sigmas[0] ** 2) ** 0.5
        return sampler(model, x, sigmas, *arguments, **options) / (1 + sigmas[-1] ** 2) ** 0.5

    return bordered
