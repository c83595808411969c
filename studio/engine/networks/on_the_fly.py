"""Networks that act while a layer computes, its weights untouched."""

from collections.abc import Mapping

import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

LowRank = tuple[Tensor, Tensor]


def can_add(module: nn.Module) -> bool:
    """Whether a layer is of a sort whose result thin matrices can add to."""
    return isinstance(module, nn.Linear | nn.Conv2d) and getattr(module, "groups", 1) == 1


def add_low_rank(module: nn.Module, matrices: LowRank) -> list[RemovableHandle]:
    """Let a layer add to its result what thin matrices (out, r), (r, inputs) make of its input."""
    up, down = matrices

    def add(_module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        x = inputs[0]
        narrow, wide = down.to(x), up.to(x)
        if not isinstance(module, nn.Conv2d):
            return output + F.linear(F.linear(x, narrow), wide)
        kernel = narrow.unflatten(1, (module.in_channels // module.groups, *module.kernel_size))
        return output + F.conv2d(module._conv_forward(x, kernel, None), wide[:, :, None, None])

    return [module.register_forward_hook(add)]


def exchange_while_computing(module: nn.Module, values: Mapping[str, Tensor]) -> list[RemovableHandle]:
    """Let a layer compute with other parameters: they are exchanged before it does and put back after."""
    before: dict[str, nn.Parameter | None] = {}

    def enter(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        for name, value in values.items():
            before[name] = module._parameters[name]
            module._parameters[name] = nn.Parameter(value.to(inputs[0].device), requires_grad=False)

    def leave(*_unused: object) -> None:
        module._parameters.update(before)

    return [
        module.register_forward_pre_hook(enter),
        module.register_forward_hook(leave, always_call=True),
    ]
