"""GLoRA: a low-rank change of the weight by itself and a low-rank difference. Source: Chavan et al. (2306.07967)."""

import torch
from torch import Tensor

from studio.engine.networks.scale import Tensors, factor


def difference(weight: Tensor, tensors: Tensors) -> Tensor:
    """What is added to `weight` (out, in[, kh, kw]) at full strength.

    It is W a1 a2 + b1 b2; files of LyCORIS before version 3 have the numbers the other way round.
    """
    a1, a2, b1, b2 = (tensors[f"{name}.weight"].flatten(1) for name in ("a1", "a2", "b1", "b2"))
    if a1.shape[0] != weight.shape[1]:
        a1, a2, b1, b2 = a2, a1, b2, b1
    core = tensors.get("bm.weight")
    added = b1 @ b2 if core is None else torch.einsum("mn...,im,nj->ij...", core, b1, b2)
    changed = torch.einsum("oi...,ir,rj->oj...", weight, a1, a2)
    return (changed + added.reshape(weight.shape)) * factor(tensors, a2.shape[0])
