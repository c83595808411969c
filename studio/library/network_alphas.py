"""How strongly diffusers' LoRA files act: their alphas are not tensors but in the metadata, as PEFT's configuration."""

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

ADAPTER = "lora_adapter_metadata"
MAX_JSON = 2**25
NAMES = ("lora_alpha", "alpha_pattern", "use_rslora")


def told_alpha(metadata: Mapping[str, str], tensor: str, rank: int) -> float | None:
    """The alpha of the layer that a tensor (unet.down_blocks.0...to_q.lora_A.weight) is of, None if nothing is told."""
    if not (text := metadata.get(ADAPTER, "")):
        return None
    net, _, path = tensor.partition(".lora_")[0].partition(".")
    usual, single, is_stabilised = _nets(text).get(net, (None, {}, False))
    layer = path.removeprefix("text_model.")
    told = next((alpha for name, alpha in single.items() if f".{layer}".endswith(f".{name}")), usual)
    if not isinstance(told, int | float) or not math.isfinite(told) or told == 0:
        return None
    return told * math.sqrt(rank) if is_stabilised else float(told)


@lru_cache(maxsize=8)
def _nets(text: str) -> dict[str, tuple[Any, dict[str, Any], bool]]:
    """For each net the usual alpha, those of single layers, and whether it counts over the rank's root."""
    try:
        told = json.loads(text) if len(text) <= MAX_JSON else {}
    except (ValueError, RecursionError):
        told = {}
    found = told if isinstance(told, dict) else {}
    nets = {name.partition(".")[0] for name in found}
    return {net: _net({name: found.get(f"{net}.{name}") for name in NAMES}) for net in nets}


def _net(told: Mapping[str, Any]) -> tuple[Any, dict[str, Any], bool]:
    single = told["alpha_pattern"]
    named = {name.removeprefix("text_model."): one for name, one in single.items()} if isinstance(single, dict) else {}
    return told["lora_alpha"], named, told["use_rslora"] is True
