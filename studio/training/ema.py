"""The moving average of a net's weights, which paints better than the weights of any one step."""

import copy

import torch
from torch import nn


class Average:
    """A copy of `module` that follows it; after n steps it remembers about min(n / 10, 1 / (1 - decay)) of them."""

    def __init__(self, module: nn.Module, decay: float = 0.999) -> None:
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def follow(self, module: nn.Module, step: int) -> None:
        """Take in the weights of `module` after `step` steps (0 is the first)."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for ours, theirs in zip(self.module.parameters(), module.parameters(), strict=True):
            ours.lerp_(theirs, 1 - decay)
