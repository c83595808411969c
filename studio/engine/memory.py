"""How a model is fitted into a card: a plan from the VRAM preset, its rungs downwards, and who lives where."""

from dataclasses import dataclass, replace
from typing import Any

import torch
from diffusers.hooks.group_offloading import apply_group_offloading
from diffusers.hooks.hooks import HookRegistry
from diffusers.hooks.layerwise_casting import apply_layerwise_casting
from torch import nn

from studio.catalog import find
from studio.catalog.vram_presets import VRAM_PRESETS, VramPreset
from studio.core.sentence import Sentence
from studio.core.settings import Settings
from studio.engine import attention, device
from studio.engine.loading import Checkpoint


@dataclass(frozen=True)
class Plan:
    """What is done to make a run fit; `at_once` limits how many pictures are sampled together (0 = all)."""

    device: torch.device
    dtype: torch.dtype
    attention: str
    offload: str = "none"
    tiled_vae: bool = False
    batch_guidance: bool = True
    split_attention: bool = False
    fp8: bool = False
    channels_last: bool = False
    compile: bool = False
    at_once: int = 0

    def step_down(self) -> "tuple[Plan, Sentence] | None":
        """The next thriftier plan and what changed, or None at the bottom; the picture stays the same in kind."""
        if not self.tiled_vae:
            return replace(self, tiled_vae=True), Sentence("the VAE works in tiles")
        if self.batch_guidance:
            return replace(self, batch_guidance=False), Sentence("prompt and negative prompt run one after the other")
        if self.at_once != 1:
            return replace(self, at_once=1), Sentence("the pictures of a batch are made one by one")
        if not self.split_attention:
            return replace(self, split_attention=True), Sentence("attention works in slices")
        if self.offload == "none":
            return replace(self, offload="model"), Sentence("parts of the model that are not in use wait in RAM")
        if self.offload == "model":
            return replace(self, offload="block"), Sentence("the U-Net comes onto the card block by block")
        return None


def plan(settings: Settings, where: torch.device) -> Plan:
    """The plan that the settings and the card's memory call for."""
    preset = choose_preset(settings.vram_preset, device.memory_gib(where))
    return Plan(
        where,
        device.precision(settings.precision, where),
        settings.attention,
        preset.offload if where.type != "cpu" else "none",
        preset.tiled_vae,
        preset.batch_guidance,
        preset.split_attention,
        settings.fp8_storage,
        settings.channels_last,
        settings.compile,
        # a processor gains nothing from batches, and rounds otherwise in them
        at_once=1 if where.type == "cpu" else 0,
    )


def choose_preset(choice: str, card_gib: float) -> VramPreset:
    """The preset named `choice`, or for auto the one for a card of `card_gib`. Raises UnknownName."""
    if choice != "auto":
        return find("VRAM preset", VRAM_PRESETS, choice)
    return next(preset for preset in VRAM_PRESETS if card_gib <= preset.up_to_gib)


class Residence:
    """Keeps the nets of one checkpoint where the plan wants them."""

    def __init__(self, checkpoint: Checkpoint, plan: Plan) -> None:
        self.checkpoint = checkpoint
        self.plan = plan
        self._nets: list[nn.Module] = [*checkpoint.text_encoders, checkpoint.unet, checkpoint.vae]
        self._prepare()

    def bring(self, *wanted: nn.Module) -> None:
        """Have `wanted` on the card; with an offloading plan everything else goes to RAM first."""
        if self.plan.offload == "none":
            wanted = tuple(self._nets)
        for net in self._nets:
            if not any(net is one for one in wanted):
                self._move(net, torch.device("cpu"))
        for net in wanted:
            self._move(net, self.plan.device)

    def leave(self) -> None:
        """Put everything into RAM, as another model needs the card."""
        for net in self._nets:
            self._move(net, torch.device("cpu"))
        self._remove_block_offload()

    def _move(self, net: nn.Module, where: torch.device) -> None:
        if not (net is self.checkpoint.unet and self._is_block_offloaded()):
            net.to(where)

    def _prepare(self) -> None:
        unet: Any = self.checkpoint.unet  # diffusers wraps `to` so that type checkers lose it
        plan = self.plan
        attention.install(unet, attention.kernel(plan.attention, plan.device, plan.split_attention), not plan.compile)
        unet.to(memory_format=torch.channels_last if plan.channels_last else torch.contiguous_format)
        if plan.fp8:
            _store_in_fp8(unet, plan.dtype)
        if plan.compile:
            unet.compile()
        if plan.offload == "block" and not self._is_block_offloaded():
            unet.to("cpu")
            apply_group_offloading(
                unet, plan.device, num_blocks_per_group=1, use_stream=plan.device.type == "cuda", low_cpu_mem_usage=True
            )

    def _is_block_offloaded(self) -> bool:
        return any(
            registry.get_hook("group_offloading") is not None
            for registry in (getattr(module, "_diffusers_hook", None) for module in self.checkpoint.unet.modules())
            if registry is not None
        )

    def _remove_block_offload(self) -> None:
        if self._is_block_offloaded():
            registry = HookRegistry.check_if_exists_or_initialize(self.checkpoint.unet)
            for name in ("group_offloading", "lazy_prefetch_group_offloading"):
                registry.remove_hook(name, recurse=True)
            self._move(self.checkpoint.unet, torch.device("cpu"))


def _store_in_fp8(unet: nn.Module, dtype: torch.dtype) -> None:
    """Keep the linear layers' weights in 8 bits (e4m3) and compute in `dtype`; convolutions keep their precision."""
    if not any(parameter.dtype == torch.float8_e4m3fn for parameter in unet.parameters()):
        apply_layerwise_casting(unet, torch.float8_e4m3fn, dtype, (), (nn.Conv2d,))
