"""Linear multistep: earlier slopes carried on as a polynomial."""

from itertools import pairwise
from math import prod

import numpy as np
from torch import Tensor

from studio.engine.samplers import Model, Noise, Step, slope


def sample_lms(model: Model, x: Tensor, sigmas: Tensor, noise: Noise, step: Step, *, order: int = 4) -> Tensor:
    """Adams-Bashforth on uneven steps (Liu et al. 2022, section 3) over the last `order` slopes."""
    slopes: list[Tensor] = []
    levels = sigmas.tolist()
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = model(x, sigma)
        slopes = [slope(x, sigma, denoised), *slopes[: order - 1]]
        weights = _weights(levels[max(0, i + 1 - len(slopes)) : i + 1][::-1], levels[i + 1])
        x = x + sum(weight * past for weight, past in zip(weights, slopes, strict=True))
        step(i, x, sigma_next, denoised)
    return x


def _weights(knots: list[float], end: float) -> list[float]:
    """Integrals from knots[0] to `end` of the Lagrange polynomials through `knots`, exact by Gauss's quadrature."""
    places, shares = np.polynomial.legendre.leggauss(len(knots))
    half = (end - knots[0]) / 2
    times = knots[0] + half * (places + 1)
    return [
        float(half * (shares * prod(((times - k) / (knot - k) for k in knots if k != knot), start=1.0)).sum())
        for knot in knots
    ]
