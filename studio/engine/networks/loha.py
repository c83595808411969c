"""LoHa: the product, number by number, of two low-rank matrices, each with a core for convolutions if it is there.

Source: LyCORIS (Yeh et al., arXiv 2309.14859) after FedPara (Hyeon-Woo et al., arXiv 2108.06098). The scale counts
once, as in training; LyCORIS' own merging lets it count twice.
"""

import torch
from torch import Tensor

from studio.engine.networks.scale import Tensors, factor


def difference(_weight: Tensor, tensors: Tensors) -> Tensor:
    """What is added to a weight (out, in[, kh, kw]) at full strength."""
    return _half(tensors, 1) * _half(tensors, 2) * factor(tensors, tensors["hada_w1_b"].shape[0])


def _half(tensors: Tensors, number: int) -> Tensor:
    a, b = tensors[f"hada_w{number}_a"], tensors[f"hada_w{number}_b"]
    core = tensors.get(f"hada_t{number}")
    return a @ b.flatten(1) if core is None else torch.einsum("ij...,jr,ip->pr...", core, b, a)
