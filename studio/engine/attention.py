"""Attention for diffusers' U-Net: a choice of kernels, and the prompt's keys and values kept over the steps."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor

from studio.core.errors import BadRequest

Kernel = Callable[[Tensor, Tensor, Tensor], Tensor]
KEPT_CONTEXTS = 4
QUERY_CHUNK = 1024


def sdpa(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """torch's scaled dot product attention; all tensors (batch, heads, tokens, width)."""
    return F.scaled_dot_product_attention(query, key, value)


def sub_quadratic(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Attention over slices of 1024 queries: peak memory grows with the tokens, not with their square.

    The idea is Rabe and Staats' (arXiv 2112.05682); each slice sees all keys, so that the result is exact.
    """
    if query.shape[2] <= QUERY_CHUNK:
        return F.scaled_dot_product_attention(query, key, value)
    return torch.cat([F.scaled_dot_product_attention(q, key, value) for q in query.split(QUERY_CHUNK, dim=2)], dim=2)


def xformers(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """xFormers' memory efficient attention."""
    from xformers.ops import memory_efficient_attention  # type: ignore[import-not-found]

    swapped = (tensor.transpose(1, 2).contiguous() for tensor in (query, key, value))
    return memory_efficient_attention(*swapped).transpose(1, 2)


KERNELS: dict[str, Kernel] = {"sdpa": sdpa, "sub-quadratic": sub_quadratic, "xformers": xformers}


def kernel(choice: str, device: torch.device, split: bool = False) -> Kernel:
    """The kernel for Settings.attention; auto is SDPA, or sub-quadratic where memory is scarce (`split`).

    Raises BadRequest if xFormers is chosen and cannot be used here.
    """
    if choice == "auto":
        return sub_quadratic if split else sdpa
    if choice == "xformers":
        _require_xformers(device)
    return KERNELS[choice]


def _require_xformers(device: torch.device) -> None:
    """Run xFormers once on a few numbers: its wheel fits one torch only, and importing alone proves nothing."""
    try:
        sample = torch.zeros(1, 1, 8, 16, device=device, dtype=torch.float16)
        xformers(sample, sample, sample)
    except Exception as error:
        raise BadRequest(
            "xFormers cannot be used with this PyTorch and card.",
            "Choose auto or sdpa under Settings, Attention; it is as fast.",
            details=str(error),
        ) from error


class CachedAttention:
    """diffusers' attention processor with a choosable kernel that computes a prompt's keys and values once.

    They are kept by the identity of the context tensor: the denoiser hands over the same tensor at every step.
    `clear` must be called when weights change. `keeps` False computes them anew, for compiled models, where a
    compiler cannot follow identities.
    """

    def __init__(self, attend: Kernel, keeps: bool = True) -> None:
        self.attend = attend
        self.keeps = keeps
        self._kept: OrderedDict[int, tuple[Tensor, Tensor, Tensor]] = OrderedDict()

    def clear(self) -> None:
        """Forget all keys and values."""
        self._kept.clear()

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        **_unused: object,
    ) -> Tensor:
        """The mixed values, projected: (batch, tokens, width) like `hidden_states`; without a context, of itself."""
        query = _heads(attn.to_q(hidden_states), attn.heads)
        if encoder_hidden_states is None or not self.keeps:
            key, value = _keys_values(attn, hidden_states if encoder_hidden_states is None else encoder_hidden_states)
        else:
            key, value = self._of_context(attn, encoder_hidden_states)
        mixed = self.attend(query, key, value).transpose(1, 2).flatten(2)
        project, dropout = attn.to_out
        return dropout(project(mixed))

    def _of_context(self, attn: Any, context: Tensor) -> tuple[Tensor, Tensor]:
        kept = self._kept.get(id(context))
        if kept is None or kept[0] is not context:
            kept = (context, *_keys_values(attn, context))
            self._kept[id(context)] = kept
            if len(self._kept) > KEPT_CONTEXTS:
                self._kept.popitem(last=False)
        return kept[1:]


def _keys_values(attn: Any, source: Tensor) -> tuple[Tensor, Tensor]:
    return _heads(attn.to_k(source), attn.heads), _heads(attn.to_v(source), attn.heads)


def _heads(tensor: Tensor, heads: int) -> Tensor:
    return tensor.unflatten(-1, (heads, -1)).transpose(1, 2)


def install(unet: UNet2DConditionModel, attend: Kernel, keeps: bool = True) -> None:
    """Let all attention of `unet` run through `attend`; `keeps` as CachedAttention has it."""
    unet.set_attn_processor({name: CachedAttention(attend, keeps) for name in unet.attn_processors})  # type: ignore[arg-type]


def clear(unet: UNet2DConditionModel) -> None:
    """Forget the keys and values of the last run."""
    for processor in unet.attn_processors.values():
        if isinstance(processor, CachedAttention):
            processor.clear()
