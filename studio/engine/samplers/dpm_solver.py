"""DPM-Solver (Lu et al. 2022): solvers of the noise prediction that choose their own levels between two ends.

Time is t = -log sigma, kept in float32 as in the web UI, whose step control depends on it.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor

from studio.core.errors import BadRequest
from studio.engine.samplers import Model, Noise, Step, ancestral, slope, told_in


def sample_dpm_fast(
    model: Model, x: Tensor, sigmas: Tensor, noise: Noise, step: Step, *, eta: float = 0.0, s_noise: float = 1.0
) -> Tensor:
    """DPM-Solver-fast (section 3.4): even in log sigma, third order steps as far as the number of calls goes.

    Of `sigmas` (n + 1,) the first, the lowest above 0 and n, the number of calls, are used; ends at the lowest.
    """
    calls, (first, last) = len(sigmas) - 1, _ends(sigmas)
    blocks = calls // 3 + 1
    orders = [3] * (blocks - 2) + [2, 1] if calls % 3 == 0 else [3] * (blocks - 1) + [calls % 3]
    way = pairwise(torch.linspace(float(first), float(last), blocks + 1))
    for i, (order, (t, t_next)) in enumerate(zip(orders, way, strict=True)):
        down, up = _lowered(t, t_next, last, eta)
        stretch = _Stretch(told_in(sigmas.dtype, model), x, t, down)
        x = (stretch.first, stretch.second, stretch.third)[order - 1]() + noise() * (s_noise * up)
        step(i, x, _sigma(t_next), stretch.denoised)
    return x


def sample_dpm_adaptive(
    model: Model,
    x: Tensor,
    sigmas: Tensor,
    noise: Noise,
    step: Step,
    *,
    order: int = 3,
    rtol: float = 0.05,
    atol: float = 0.0078,
    h_init: float = 0.05,
    accept_safety: float = 0.81,
    eta: float = 0.0,
    s_noise: float = 1.0,
) -> Tensor:
    """DPM-Solver-12 and -23 (appendix C): steps as long as two orders agree, from the first to the lowest sigma.

    `order` is 2 or 3; a step is taken again, shorter, where they differ by more than `atol` and `rtol` of x.
    `h_init` is the first step in log sigma. The number of steps does not follow the number of `sigmas`.
    Raises BadRequest for another order.
    """
    if order not in (2, 3):
        raise BadRequest("DPM adaptive works in order 2 or 3, not {order}.", order=order)
    t, last = _ends(sigmas)
    h, before, taken = h_init, x, 0
    while t < last - 1e-5:
        t_next = (t + h).minimum(last)
        down, up = _lowered(t, t_next, last, eta)
        stretch = _Stretch(told_in(sigmas.dtype, model), x, t, down)
        low, high = (stretch.first(), stretch.second()) if order == 2 else (stretch.second(1 / 3), stretch.third())
        error = _error(low, high, before, rtol, atol)
        factor = 1 + math.atan((1 / (error + 1e-8)) ** (1 / (1.5 if eta else order)) - 1)
        h *= factor
        if factor >= accept_safety:
            before, x, t = low, high + noise() * (s_noise * up), t_next
            step(taken, x, _sigma(t), stretch.denoised)
            taken += 1
    return x


def _ends(sigmas: Tensor) -> tuple[Tensor, Tensor]:
    """The times of the highest sigma and of the lowest above 0."""
    first, last = torch.stack([sigmas[0], sigmas[sigmas > 0].min()]).float().log().neg()
    return first, last


def _sigma(t: Tensor) -> Tensor:
    return t.neg().exp()


def _lowered(t: Tensor, t_next: Tensor, last: Tensor, eta: float) -> tuple[Tensor, Tensor | float]:
    """The time to solve to, not beyond `last`, and the fresh noise from there to the level of `t_next`."""
    if not eta:
        return t_next, 0.0
    down = ancestral(_sigma(t), _sigma(t_next), eta)[0].log().neg().minimum(last)
    return down, (_sigma(t_next) ** 2 - _sigma(down) ** 2) ** 0.5


def _error(low: Tensor, high: Tensor, before: Tensor, rtol: float, atol: float) -> float:
    """How far two solutions differ, in units of what is allowed; root mean square over the batch."""
    allowed = (rtol * low.abs().maximum(before.abs())).clamp(min=atol)
    return float(((low - high) / allowed).norm()) / low.numel() ** 0.5


class _Stretch:
    """One step from time `t` to `t_next` in three orders, which share the model's calls."""

    def __init__(self, model: Model, x: Tensor, t: Tensor, t_next: Tensor) -> None:
        self.model, self.x, self.t, self.h, self.end = model, x, t, t_next - t, _sigma(t_next)
        self.denoised = model(x, _sigma(t))
        self.slope = slope(x, _sigma(t), self.denoised)
        self._changes: dict[float, Tensor] = {}

    def first(self) -> Tensor:
        """DPM-Solver-1, which is Euler's method (DDIM)."""
        return self.x - self.slope * (self.end * self.h.expm1())

    def second(self, place: float = 1 / 2) -> Tensor:
        """DPM-Solver-2, looking ahead to `place` of the way (algorithm 4)."""
        return self.first() - self._change(place) * (self.end / (2 * place) * self.h.expm1())

    def third(self) -> Tensor:
        """DPM-Solver-3, looking ahead to one and two thirds of the way (algorithm 5)."""
        near, far = 1 / 3, 2 / 3
        ahead = self._along(far) - self._change(near) * (self._level(far) * (far / near) * self._bend(far))
        change = slope(ahead, self._level(far), self.model(ahead, self._level(far))) - self.slope
        return self.first() - change * (self.end / far * self._bend(1.0))

    def _change(self, place: float) -> Tensor:
        """How the slope differs at `place`."""
        if place not in self._changes:
            ahead, sigma = self._along(place), self._level(place)
            self._changes[place] = slope(ahead, sigma, self.model(ahead, sigma)) - self.slope
        return self._changes[place]

    def _along(self, place: float) -> Tensor:
        return self.x - self.slope * (self._level(place) * (place * self.h).expm1())

    def _level(self, place: float) -> Tensor:
        return _sigma(self.t + place * self.h)

    def _bend(self, place: float) -> Tensor:
        return (place * self.h).expm1() / (place * self.h) - 1
