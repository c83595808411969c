"""OFT and BOFT: a layer's outputs turned, block by block, in one stage or in several butterfly stages.

Sources: Qiu et al. (arXiv 2306.07280), Liu et al. (arXiv 2311.06243). Blocks are stored as what the Cayley transform
makes a rotation of ("oft_blocks"), in old LyCORIS files as rotations ("oft_diag").
"""

import torch
from torch import Tensor

from studio.engine.networks.scale import Tensors

EPSILON = 1e-8


def difference(weight: Tensor, tensors: Tensors) -> Tensor:
    """What is added to `weight` (out, in[, kh, kw]) at full strength."""
    if "oft_diag" in tensors:
        turned = _turned(weight, tensors["oft_diag"].float().transpose(-1, -2))
    else:
        blocks = _rotations(tensors["oft_blocks"].float(), _limit(weight, tensors))
        turned = _butterfly(weight, blocks) if blocks.dim() == 4 else _turned(weight, blocks.transpose(-1, -2))
    if "rescale" in tensors:
        turned = turned * tensors["rescale"].reshape(-1, *[1] * (weight.dim() - 1))
    return turned - weight


def _limit(weight: Tensor, tensors: Tensors) -> float:
    """How far the blocks may turn, 0 for as far as they like: alpha is said per output."""
    return tensors["alpha"].item() * weight.shape[0] if "alpha" in tensors else 0.0


def _rotations(blocks: Tensor, limit: float) -> Tensor:
    """Cayley: (1 + Q)(1 - Q)^-1 of the skew part Q of each block, all of them together no longer than `limit`."""
    skew = blocks - blocks.transpose(-1, -2)
    length = skew.norm() + EPSILON
    if 0 < limit < length:
        skew = skew * (limit / length)
    one = torch.eye(skew.shape[-1], device=skew.device)
    return (one + skew) @ torch.linalg.inv(one - skew)


def _turned(weight: Tensor, rotations: Tensor) -> Tensor:
    """Rows of `weight` turned by blocks of rotations (blocks, size, size)."""
    parts = weight.unflatten(0, (-1, rotations.shape[-1]))
    return torch.einsum("kmn,kn...->km...", rotations, parts).flatten(0, 1)


def _butterfly(weight: Tensor, stages: Tensor) -> Tensor:
    """Rows of `weight` turned in stages (stages, blocks, size, size), each mixing rows further apart."""
    size = stages.shape[-1]
    for number, rotations in enumerate(stages):
        apart = 2**number * (size // 2)
        rows = weight.unflatten(0, (-1, 2, apart)).transpose(1, 2).flatten(0, 2)
        weight = _turned(rows, rotations).unflatten(0, (-1, apart, 2)).transpose(1, 2).flatten(0, 2)
    return weight
