"""LoRA and LoCon: two thin matrices, for convolutions also with a core between them.

Sources: Hu et al. (arXiv 2106.09685); LyCORIS (Yeh et al., arXiv 2309.14859), whose core is a Tucker decomposition.
"""

import torch
from torch import Tensor

from studio.engine.networks.scale import Tensors, factor


def difference(_weight: Tensor, tensors: Tensors, rank: int | None = None) -> Tensor:
    """What is added to a weight (out, in[, kh, kw]) at full strength; `rank` uses the first so many dimensions."""
    if "lora_mid.weight" not in tensors:
        up, down = factors(tensors, rank)
        return up @ down
    up, down, mid = tensors["lora_up.weight"], tensors["lora_down.weight"], tensors["lora_mid.weight"]
    made = torch.einsum("mn...,im,nj->ij...", mid, up.flatten(1), down.flatten(1))
    return made * factor(tensors, down.shape[0])


def factors(tensors: Tensors, rank: int | None = None) -> tuple[Tensor, Tensor]:
    """The two matrices (out, r) and (r, in * kh * kw), the scale within the first, of a LoRA without a core."""
    up, down = tensors["lora_up.weight"].flatten(1), tensors["lora_down.weight"].flatten(1)
    return up[:, :rank] * factor(tensors, down.shape[0]), down[:rank]
