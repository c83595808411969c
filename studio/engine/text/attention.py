"""The text encoders' attention, computed in the order of the web UI's."""

import torch
from torch import Tensor, nn
from transformers import AttentionInterface

NAME = "studio_text"


def causal(
    _module: nn.Module, query: Tensor, key: Tensor, value: Tensor, _mask: object, scaling: float, **_unused: object
) -> tuple[Tensor, None]:
    """Attention of each token to itself and those before; (batch, heads, tokens, width) each.

    Emphasis divides by the mean of the hidden states, which is close to 0: what a fused kernel rounds otherwise in
    the seventh digit shows in the fifth. Scaling the query first, as transformers 4.30 did, gives the web UI's bits.
    """
    tokens = query.shape[-2]
    later = torch.full((tokens, tokens), torch.finfo(query.dtype).min, dtype=query.dtype, device=query.device).triu_(1)
    scores = (query * scaling) @ key.transpose(-1, -2) + later
    return (scores.softmax(dim=-1) @ value).transpose(1, 2).contiguous(), None


AttentionInterface.register(NAME, causal)
