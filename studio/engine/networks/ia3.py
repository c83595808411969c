"""(IA)³: each input or output of a layer made stronger or weaker. Source: Liu et al. (arXiv 2205.05638)."""

from torch import Tensor

from studio.engine.networks.scale import Tensors, factor


def difference(weight: Tensor, tensors: Tensors) -> Tensor:
    """What is added to `weight` (out, in[, kh, kw]) at full strength; the file's switch counts where both fit."""
    by = tensors["weight"].flatten()
    outputs, inputs = weight.shape[:2]
    is_of_inputs = bool(tensors["on_input"]) if outputs == inputs else len(by) == inputs
    shape = (1, -1) if is_of_inputs else (-1, 1)
    return weight * by.reshape(*shape, *[1] * (weight.dim() - 2)) * factor(tensors, None)
