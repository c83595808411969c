"""Whole differences: of a layer's weight, or of a normalisation's; either may come with one of the bias."""

from torch import Tensor

from studio.engine.networks.scale import Tensors, factor


def difference(_weight: Tensor, tensors: Tensors) -> Tensor:
    """What is added to the weight at full strength."""
    return tensors["diff"] * factor(tensors, None)


def norm_difference(_weight: Tensor, tensors: Tensors) -> Tensor:
    """What is added to a normalisation's weight (channels,) at full strength."""
    return tensors["w_norm"] * factor(tensors, None)
