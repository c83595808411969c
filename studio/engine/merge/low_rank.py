"""Matrices as products of two thin ones: singular value decomposition, and how many dimensions are kept."""

from typing import NamedTuple

import torch
from torch import Tensor

from studio.core.merge_request import BY_FRO, BY_RATIO, BY_SUM

NOTHING = 1e-6  # a layer whose largest singular value is below has no difference worth keeping


class Decomposed(NamedTuple):
    """Left vectors (out, n), singular values (n,) from the largest down, right vectors (n, in)."""

    left: Tensor
    values: Tensor
    right: Tensor

    def cut(self, rank: int) -> tuple[Tensor, Tensor]:
        """The best product of matrices (out, rank) and (rank, in); both are about as large."""
        root = self.values[:rank].sqrt()
        return self.left[:, :rank] * root, root[:, None] * self.right[:rank]


def decomposed(matrix: Tensor) -> Decomposed:
    """The singular value decomposition of a matrix (out, in)."""
    return Decomposed(*torch.linalg.svd(matrix, full_matrices=False))


def decomposed_product(up: Tensor, down: Tensor) -> Decomposed:
    """That of `up` (out, r) times `down` (r, in), without making the large matrix."""
    left, first = torch.linalg.qr(up)
    right, second = torch.linalg.qr(down.T)
    inner = decomposed(first @ second.T)
    return Decomposed(left @ inner.left, inner.values, inner.right @ right.T)


def by_energy(values: Tensor, share: float) -> int:
    """How many singular values make up that share of the sum of their squares; all for a share of 0."""
    if not share:
        return len(values)
    sums = values.double().square().cumsum(0)
    return int((sums < share * sums[-1] * (1 - 1e-12)).sum().item()) + 1


def by_method(values: Tensor, method: str, value: float, full: int) -> int:
    """How many dimensions sd-scripts' resizing keeps of a layer whose smaller side has `full` dimensions.

    sv_ratio counts the values above the largest divided by `value`; sv_fro and sv_cumulative how many it takes for
    that share of the Frobenius norm or of the values' sum. One more than that is kept.
    """
    if method == BY_RATIO:
        count = int((values > values[0] / value).sum().item())
    else:
        weights, share = (values.square(), value * value) if method == BY_FRO else (values, value)
        count = int(torch.searchsorted(weights.cumsum(0) / weights.sum(), share).item()) + 1
    return max(1, min(count, full - 1)) + 1


def is_share(method: str) -> bool:
    """Whether a method's value is a share of the whole."""
    return method in (BY_FRO, BY_SUM)
