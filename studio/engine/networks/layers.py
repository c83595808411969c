"""The layers of a loaded checkpoint, and what networks make of the weights of one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from studio.engine.loading import Checkpoint
from studio.engine.loading.files import TensorFile
from studio.engine.networks import lora
from studio.engine.networks.dora import decomposed
from studio.library.network_alphas import told_alpha
from studio.library.network_keys import TEXT, UNET, Part, Place, Shape

BIASES = ("diff_b", "b_norm")
LENGTHS, LENGTHS_OF_ROWS = "dora_scale", "lora_magnitude_vector"
NOT_THIN = {"lora_mid.weight", LENGTHS, LENGTHS_OF_ROWS}
Difference = Callable[[Tensor, Mapping[str, Tensor]], Tensor]
LowRank = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Contribution:
    """What one network has for one layer, and how strongly it acts; `rank` limits how much of a LoRA is used."""

    part: Part
    file: TensorFile
    strength: float
    rank: int | None = None

    @property
    def is_low_rank(self) -> bool:
        """Whether it is two thin matrices and nothing else."""
        return self.part.kind.name == "lora" and not NOT_THIN & self.part.names.keys()

    def tensors(self, where: torch.device) -> dict[str, Tensor]:
        """Its tensors in float32, the two switches that are whole numbers too."""
        names = self.part.names
        found = {suffix: self.file.read(name, torch.float32).to(where) for suffix, name in names.items()}
        if "alpha" not in found and (down := names.get("lora_down.weight")):
            alpha = told_alpha(self.file.metadata, down, found["lora_down.weight"].shape[0])
            found |= {} if alpha is None else {"alpha": torch.tensor(alpha)}
        return found

    def low_rank(self, where: torch.device) -> LowRank:
        """The matrices (out, r), the strength within, and (r, inputs)."""
        up, down = lora.factors(self.tensors(where), self.rank)
        return up * self.strength, down

    def difference(self, weight: Tensor) -> Tensor:
        """What it adds to `weight` (float32) at its strength."""
        tensors = self.tensors(weight.device)
        if self.part.kind.name == "lora":
            made = lora.difference(weight, tensors, self.rank)
        else:
            made = _function(self.part.kind.function)(weight, tensors)
        made = _fitted(made, weight)
        if LENGTHS in tensors:
            made = decomposed(weight, made, tensors[LENGTHS])
        if LENGTHS_OF_ROWS in tensors:
            made = decomposed(weight, made, tensors[LENGTHS_OF_ROWS].reshape(-1, 1))
        return made * self.strength

    def bias(self, where: torch.device) -> Tensor | None:
        """What it adds to the layer's bias, None if nothing."""
        name = next((self.part.names[suffix] for suffix in BIASES if suffix in self.part.names), None)
        return None if name is None else self.file.read(name, torch.float32).to(where) * self.strength


def layers(checkpoint: Checkpoint) -> dict[Place, nn.Module]:
    """The layers of all nets that networks know, by the names the library has for them."""
    nets: dict[str, Any] = {UNET: checkpoint.unet, **dict(zip(TEXT, checkpoint.text_encoders, strict=False))}
    return {place: module for name, net in nets.items() for place, module in _layers(name, net)}


def shapes(found: Mapping[Place, nn.Module]) -> dict[Place, Shape]:
    """The shapes of the layers' weights."""
    return {place: tuple(weight.shape) for place, module in found.items() if (weight := _weight(module)) is not None}


def changed_weight(
    weight: Tensor, contributions: Sequence[Contribution], where: torch.device, dtype: torch.dtype
) -> Tensor:
    """`weight` as the networks want it, one after the other, computed in float32 on the device `where`.

    The result is like `weight` in layout and place. Networks that are low-rank only are added in one go.
    """
    before = weight.to(where, torch.float32)
    joined = low_rank(contributions, where)
    if joined and joined[0].shape[0] == before.shape[0] and joined[1].shape[1] == before[0].numel():
        after = torch.addmm(before.flatten(1), *joined).view(before.shape)
    else:
        after = before
        for one in contributions:
            after = after + one.difference(after)
    alike = (after.device, after.dtype, after.stride()) == (weight.device, dtype, weight.stride())
    return after if alike else torch.empty_like(weight, dtype=dtype).copy_(after)


def changed_bias(bias: Tensor | None, like: Tensor, contributions: Sequence[Contribution]) -> Tensor | None:
    """The bias (outputs,) as the networks want it, None if they leave it alone; `like` is the layer's weight."""
    found = [added for one in contributions if (added := one.bias(like.device)) is not None]
    if not found:
        return None
    start = torch.zeros(like.shape[0], device=like.device) if bias is None else bias.float()
    return sum((added.reshape(start.shape) for added in found), start).to(like.dtype)


def low_rank(contributions: Sequence[Contribution], where: torch.device) -> LowRank | None:
    """All contributions as one pair of thin matrices, None if that cannot be."""
    if not all(one.is_low_rank for one in contributions):
        return None
    pairs = [one.low_rank(where) for one in contributions]
    return torch.cat([up for up, _ in pairs], dim=1), torch.cat([down for _, down in pairs])


def _layers(name: str, net: nn.Module) -> Iterator[tuple[Place, nn.Module]]:
    for path, module in net.named_modules():
        if _weight(module) is not None:
            yield Place(name, path.removeprefix("text_model.")), module


def _weight(module: nn.Module) -> Tensor | None:
    weight = module._parameters.get("weight")
    return weight if isinstance(weight, Tensor) else None


def _fitted(difference: Tensor, weight: Tensor) -> Tensor:
    """`difference` in the shape of `weight`; inputs that only inpainting models have are left alone."""
    if difference.numel() == weight.numel():
        return difference.reshape(weight.shape)
    known = difference.reshape(weight.shape[0], -1, *weight.shape[2:])
    missing = weight.shape[1] - known.shape[1]
    return torch.cat([known, known.new_zeros(weight.shape[0], missing, *weight.shape[2:])], dim=1)


@cache
def _function(text: str) -> Difference:
    module, _, name = text.partition(":")
    return getattr(import_module(f"studio.engine.networks.{module}"), name)
