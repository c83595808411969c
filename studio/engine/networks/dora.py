"""DoRA: a layer's weight with a difference keeps its direction only; the lengths come from the file.

Source: Liu et al. (arXiv 2402.09353).
"""

import torch
from torch import Tensor

TINY = 1e-12


def decomposed(weight: Tensor, difference: Tensor, lengths: Tensor) -> Tensor:
    """The difference after which the rows or columns of `weight` (out, in[, kh, kw]) have the given `lengths`.

    `lengths` is (out, 1, ...) for rows, as LyCORIS and PEFT train, or (1, in, ...) for columns, as early LyCORIS did.
    """
    changed = weight + difference
    lengths = lengths.reshape(*lengths.shape[:2], *[1] * (weight.dim() - 2))
    kept = 1 if lengths.shape[0] == 1 and weight.shape[0] != 1 else 0
    others = [dim for dim in range(weight.dim()) if dim != kept]
    now = torch.linalg.vector_norm(changed, dim=others, keepdim=True).clamp_min(TINY)
    return changed * (lengths / now) - weight
