"""DPM-Solver++ (Lu et al. 2022): solvers of the data prediction, exponentially exact in log sigma.

Throughout, `ratio` is how much of `x` a step keeps, sigma_next / sigma for the plain flow, and `h` the step's length
in -log sigma.
"""

from itertools import pairwise

from torch import Tensor

from studio.engine.samplers import Model, Noise, Step, StepNoise, ancestral


def sample_dpmpp_2m(model: Model, x: Tensor, sigmas: Tensor, noise: Noise, step: Step) -> Tensor:
    """The second order multistep solver (algorithm 2)."""
    past: tuple[Tensor, Tensor] | None = None  # denoised and h of the last step
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = target = model(x, sigma)
        h = (sigma / sigma_next).log()
        if past and sigma_next > 0:
            before, h_before = past
            target = denoised + (denoised - before) * (h / (2 * h_before))
        x = _towards(target, x, sigma_next / sigma)
        past = denoised, h
        step(i, x, sigma_next, denoised)
    return x


def sample_dpmpp_2s_ancestral(
    model: Model, x: Tensor, sigmas: Tensor, noise: Noise, step: Step, *, eta: float = 1.0, s_noise: float = 1.0
) -> Tensor:
    """The second order single step solver (algorithm 1) to a lower level and fresh noise from there."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = target = model(x, sigma)
        down, up = ancestral(sigma, sigma_next, eta)
        if down > 0:
            middle = (sigma * down) ** 0.5
            target = model(_towards(denoised, x, middle / sigma), middle)
        x = _towards(target, x, down / sigma)
        if sigma_next > 0:
            x = x + noise() * (s_noise * up)
        step(i, x, sigma_next, denoised)
    return x


def sample_dpmpp_sde(
    model: Model, x: Tensor, sigmas: Tensor, noise: StepNoise, step: Step, *, eta: float = 1.0, s_noise: float = 1.0
) -> Tensor:
    """The second order single step solver of the stochastic equation, as k-diffusion makes it."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = model(x, sigma)
        if sigma_next > 0:
            # by way of the logarithm, as k-diffusion: a path through other last bits of sigma is another path
            t, t_next = -sigma.log(), -sigma_next.log()
            start, middle, end = ((-time).exp() for time in (t, t + (t_next - t) * 0.5, t_next))
            down, up = ancestral(start, middle, eta)
            ahead = _towards(denoised, x, down / start) + noise(start, middle) * (s_noise * up)
            target = model(ahead, middle)
            down, up = ancestral(start, end, eta)
            x = _towards(target, x, down / start) + noise(start, end) * (s_noise * up)
        else:
            x = denoised
        step(i, x, sigma_next, denoised)
    return x


def sample_dpmpp_2m_sde(
    model: Model,
    x: Tensor,
    sigmas: Tensor,
    noise: StepNoise,
    step: Step,
    *,
    eta: float = 1.0,
    s_noise: float = 1.0,
    solver_type: str = "midpoint",
) -> Tensor:
    """The second order multistep solver of the stochastic equation (SDE-DPM-Solver++(2M)); midpoint or heun."""
    past: tuple[Tensor, Tensor] | None = None  # denoised and h of the last step
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = model(x, sigma)
        h = (sigma / sigma_next).log()
        x = _towards(denoised, x, (sigma_next / sigma) ** (1 + eta))
        if past and sigma_next > 0:
            before, h_before = past
            gain = 1 - (sigma_next / sigma) ** (1 + eta)
            change = gain / 2 if solver_type == "midpoint" else 1 - gain / (h * (1 + eta))
            x = x + (denoised - before) * (change * h / h_before)
        x = _with_noise(x, sigma, sigma_next, noise, eta, s_noise)
        past = denoised, h
        step(i, x, sigma_next, denoised)
    return x


def sample_dpmpp_3m_sde(
    model: Model, x: Tensor, sigmas: Tensor, noise: StepNoise, step: Step, *, eta: float = 1.0, s_noise: float = 1.0
) -> Tensor:
    """The third order multistep solver of the stochastic equation, as k-diffusion makes it."""
    past: list[tuple[Tensor, Tensor]] = []  # denoised and h of the last steps, newest first
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = model(x, sigma)
        h = (sigma / sigma_next).log()
        x = _towards(denoised, x, (sigma_next / sigma) ** (1 + eta))
        if sigma_next > 0:
            x = x + _curvature(denoised, h, past, eta)
        x = _with_noise(x, sigma, sigma_next, noise, eta, s_noise)
        past = [(denoised, h), *past[:1]]
        step(i, x, sigma_next, denoised)
    return x


def _curvature(denoised: Tensor, h: Tensor, past: list[tuple[Tensor, Tensor]], eta: float) -> Tensor | float:
    """What the trend of the last one or two steps adds."""
    if not past:
        return 0.0
    decay = h * (1 + eta)
    phi_2 = (-decay).expm1() / decay + 1
    before, h_1 = past[0]
    first = (denoised - before) * (h / h_1)
    if len(past) == 1:
        return first * phi_2
    long_before, h_2 = past[1]
    second = first - (before - long_before) * (h / h_2)
    span = (h_1 + h_2) / h
    return (first + second * (h_1 / h / span)) * phi_2 - second * ((phi_2 / decay - 0.5) / span)


def _towards(denoised: Tensor, x: Tensor, ratio: Tensor) -> Tensor:
    """The exact step where the data prediction stays `denoised`: `ratio` of `x` is kept."""
    return denoised + (x - denoised) * ratio


def _with_noise(x: Tensor, sigma: Tensor, sigma_next: Tensor, noise: StepNoise, eta: float, s_noise: float) -> Tensor:
    if not eta or sigma_next == 0:
        return x
    return x + noise(sigma, sigma_next) * (s_noise * sigma_next * (1 - (sigma_next / sigma) ** (2 * eta)) ** 0.5)
