"""UniPC (Zhao et al. 2023): a predictor whose next call also corrects the step before."""

import math
from collections.abc import Sequence

import numpy as np
from torch import Tensor

from studio.core.errors import BadRequest, UnknownName
from studio.engine.samplers import Model, Noise, Step, variance_preserving

VARIANTS = ("bh1", "bh2", "vary_coeff")


@variance_preserving
def sample_unipc(
    model: Model,
    x: Tensor,
    sigmas: Tensor,
    noise: Noise,
    step: Step,
    *,
    variant: str = "bh1",
    order: int = 3,
    lower_order_final: bool = True,
) -> Tensor:
    """UniPC of the data prediction over `sigmas` (n + 1,), all above 0, with up to `order` earlier steps.

    Each step makes one call. `lower_order_final` looks back less in the last steps. `variant` is bh1, bh2 (the paper's
    two B(h)) or vary_coeff (weights that vary with the steps). Raises BadRequest where `order` is more than the steps,
    UnknownName for another variant.
    """
    steps = len(sigmas) - 1
    if order > steps:
        raise BadRequest(
            "UniPC looks back {order} steps, but there are only {steps}.",
            "Choose more steps, a higher denoising strength or a lower UniPC order.",
            order=order,
            steps=steps,
        )
    if variant not in VARIANTS:
        raise UnknownName("UniPC variant", variant, VARIANTS)
    levels = sigmas.tolist()
    seen = [model(x, sigmas[0])]  # data predictions, newest first
    for i in range(1, steps + 1):
        back = min(i, order, steps + 1 - i if lower_order_final and i >= order else order)
        lambdas = [-math.log(level) for level in levels[i - back : i + 1][::-1]]
        predictor, corrector = _weights(variant, lambdas)
        differences = [past - seen[0] for past in seen[1:back]]
        kept = levels[i] / levels[i - 1]
        base = seen[0] + (x - seen[0]) * kept
        x = base + _sum(predictor, differences)
        if i < steps:
            ahead = model(x, sigmas[i])
            x = base + _sum(corrector, [*differences, ahead - seen[0]])
            seen = [ahead, *seen[: order - 1]]
        step(i - 1, x, sigmas[i], seen[0])
    return x


def _weights(variant: str, lambdas: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """What the differences to the newest prediction weigh in predictor and corrector.

    `lambdas` are -log sigma of the step's end, its start and the levels before.
    """
    h = lambdas[1] - lambdas[0]  # negative: the exponent of the data prediction
    ratios = np.array([(past - lambdas[1]) / -h for past in lambdas[2:]] + [1.0])
    solve = _varying if variant == "vary_coeff" else _by_function
    predictor, corrector = solve(ratios, h, math.expm1(h) if variant == "bh2" else h)
    return -predictor / ratios[:-1], -corrector / ratios


def _phis(h: float, count: int) -> list[float]:
    """h phi_k(h) for k = 1 ... count: the integrals of exp against polynomials."""
    phis = [math.expm1(h)]
    for k in range(1, count):
        phis.append(phis[-1] / h - 1 / math.factorial(k))
    return phis


def _by_function(ratios: np.ndarray, h: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights with a B(h) (equation 9): a linear system, and the paper's 1/2 where one unknown would do."""
    order = len(ratios)
    powers = np.vander(ratios, increasing=True).T
    sums = np.array([phi * math.factorial(k) for k, phi in enumerate(_phis(h, order + 1)[1:], start=1)]) / scale
    half = np.array([0.5])
    predictor = half if order == 2 else np.linalg.solve(powers[:-1, :-1], sums[:-1])
    corrector = half if order == 1 else np.linalg.solve(powers, sums)
    return predictor * scale, corrector * scale


def _varying(ratios: np.ndarray, h: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights by the inverse of the ratios' Taylor matrix (appendix C), the last one as the authors' program has it."""
    order = len(ratios)
    phis = np.array(_phis(h, order + 1))
    taylor = np.vander(ratios, increasing=True) / [math.factorial(k) for k in range(1, order + 1)]
    corrector = phis[1:order] @ np.linalg.inv(taylor)[: order - 1]
    corrector = np.append(corrector[:-1], phis[order] * np.linalg.inv(taylor)[max(order - 2, 0), -1])
    return phis[1:order] @ np.linalg.inv(taylor[:-1, :-1]), corrector


def _sum(weights: np.ndarray, tensors: Sequence[Tensor]) -> Tensor | float:
    return sum(float(weight) * tensor for weight, tensor in zip(weights, tensors, strict=True))
