"""How strongly a network's maker wanted a layer's difference: alpha over rank."""

from collections.abc import Mapping

from torch import Tensor

Tensors = Mapping[str, Tensor]


def factor(tensors: Tensors, rank: int | None) -> float:
    """What a difference of `rank` is multiplied with; 1 where the file tells nothing, or 0 as its alpha."""
    if "scale" in tensors:
        return tensors["scale"].item()
    alpha = tensors["alpha"].item() if "alpha" in tensors else 0.0
    return alpha / rank if alpha and rank else 1.0
