"""LoKr: the Kronecker product of a small matrix and a larger one, either of them possibly of low rank.

Source: LyCORIS (Yeh et al., arXiv 2309.14859). Where both are whole there is no rank, and the scale is 1.
"""

import torch
from torch import Tensor

from studio.engine.networks.scale import Tensors, factor


def difference(weight: Tensor, tensors: Tensors) -> Tensor:
    """What is added to `weight` (out, in[, kh, kw]) at full strength."""
    small, large = _factor(tensors, "lokr_w1"), _factor(tensors, "lokr_w2")
    if weight.dim() > large.dim():
        large = large.unflatten(1, (-1, *weight.shape[2:]))
    small = small.reshape(*small.shape, *[1] * (large.dim() - small.dim()))
    return torch.kron(small, large.contiguous()) * factor(tensors, _rank(tensors))


def _factor(tensors: Tensors, name: str) -> Tensor:
    whole = tensors.get(name)
    if whole is not None:
        return whole
    a, b = tensors[f"{name}_a"], tensors[f"{name}_b"]
    core = tensors.get("lokr_t2") if name == "lokr_w2" else None
    return a @ b.flatten(1) if core is None else torch.einsum("ij...,ip,jr->pr...", core, a, b)


def _rank(tensors: Tensors) -> int | None:
    low = tensors.get("lokr_w2_b", tensors.get("lokr_w1_b"))
    return None if low is None else low.shape[0]
