"""(IA)³: each input or output of a layer made stronger or weaker. Source: Liu et al. (arXiv 2205.05638)."""

from torch import Tensor

from studio.engine.networks.scale import Tensors, factor


def difference(weight: Tensor, tensors: Tensors) -> Tensor:
    """What is added to `weight` (out, in[, kh, kw]) at full strength."""
    by = tensors["weight"].flatten()
    shape = (1, -1) if bool(tensors["on_input"]) else (-1, 1)
    return weight * by.reshape(*shape, *[1] * (weight.dim() - 2)) * factor(tensors, None)
