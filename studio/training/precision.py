"""Which numbers a net is trained with: bfloat16 where the machine computes with it, else float32."""

from contextlib import AbstractContextManager, nullcontext

import torch


def mixed() -> AbstractContextManager[object]:
    """A block in which nets compute in bfloat16 if the processor has instructions for it.

    Others only imitate it: measured at a third of float32's speed with AVX-512 alone.
    """
    return torch.autocast("cpu", torch.bfloat16) if is_bfloat16_fast() else nullcontext()


def is_bfloat16_fast() -> bool:
    """Whether this processor has AVX-512 BF16 or AMX."""
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
