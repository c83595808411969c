"""A LoRA file under the names of another program: sd-scripts' (kohya) or diffusers', which PEFT reads too.

Tensors stay as they are, bit by bit. Alphas, which diffusers' files have no tensors for, go into the metadata as
diffusers 0.35 and later write and read them ("lora_adapter_metadata"), and come back from there.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from studio.core.errors import CheckpointError
from studio.core.job import JobContext
from studio.core.merge_request import KOHYA, ConvertRequest, MadeModel
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.engine.merge import names, naming, network, writing
from studio.engine.merge.network import ALPHA, DOWN, LENGTHS, LENGTHS_OF_ROWS, MID, UP, Network, open_network
from studio.engine.merge.resize import UNTRUE
from studio.library import network_facts, network_keys
from studio.library.components import SD1
from studio.library.network_alphas import ADAPTER
from studio.library.network_keys import Place

ALPHA_KIND = "studio.alpha_dtype"
SUFFIXES = {DOWN: "lora_A.weight", UP: "lora_B.weight", LENGTHS: "lora_magnitude_vector"}
KINDS = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


def convert(request: ConvertRequest, context: JobContext, settings: Settings, places: Places) -> MadeModel:
    """Rename what is in a LoRA file.

    Raises UnknownName, CheckpointError for what is no plain LoRA or has layers nobody knows, and what writing.write
    raises.
    """
    file = open_network(request.network, places, settings)
    path = naming.target(request.name, f"{file.path.stem}-{request.naming}", "network", places, ".safetensors")
    writing.require_free(path)
    family = _family(file)
    layers = _placed(file, family)
    make = _kohya if request.naming == KOHYA else _diffusers
    tensors, metadata = make(file, family, layers)
    told = {name: text for name, text in file.file.metadata.items() if name not in (*UNTRUE, ADAPTER, ALPHA_KIND)}
    return network.write(path, tensors, {**told, "format": "pt", **metadata}, context)


def _family(file: Network) -> str:
    base = network_facts.base_of(file.file.shapes, file.file.metadata)
    if base and base not in names.DEPTHS:
        raise CheckpointError(
            file.path, "{name} was made for {base}; its names cannot be changed here.", "Choose a LoRA for SD1, SD2 or"
            " SDXL.", base=base,
        )  # fmt: skip
    return base or SD1


def _placed(file: Network, family: str) -> dict[str, Place]:
    """The layer of the model that each of the file's is for. Raises CheckpointError."""
    known = network_keys.names_of(family, dict.fromkeys(names.places(family), ()))
    unknown = next((layer for layer in file.layers if layer not in known), None)
    if unknown is not None:
        raise CheckpointError(
            file.path, "{name} has a layer {layer}, which no {family} model has.", "Choose another LoRA.",
            layer=unknown[:200], family=family,
        )  # fmt: skip
    return {layer: known[layer] for layer in file.layers}


def _kohya(file: Network, family: str, layers: Mapping[str, Place]) -> tuple[dict[str, Tensor], dict[str, str]]:
    called = names.kohya(family, names.places(family))
    tensors: dict[str, Tensor] = {}
    for layer, place in layers.items():
        for suffix in file.layers[layer]:
            ours, tensor = (suffix, file.read(layer, suffix))
            if suffix == LENGTHS_OF_ROWS:
                ours, tensor = LENGTHS, tensor.reshape(-1, *[1] * (file.read(layer, DOWN).dim() - 1))
            tensors[f"{called[place]}.{ours}"] = tensor
        kind = KINDS.get(file.file.metadata.get(ALPHA_KIND, ""), file.dtype(layer))
        tensors.setdefault(f"{called[place]}.{ALPHA}", torch.tensor(file.alpha(layer), dtype=kind))
    return tensors, {}


def _diffusers(file: Network, _family: str, layers: Mapping[str, Place]) -> tuple[dict[str, Tensor], dict[str, str]]:
    tensors: dict[str, Tensor] = {}
    for layer, place in layers.items():
        if MID in file.layers[layer]:
            raise CheckpointError(
                file.path, "{name} has a layer with a core ({layer}), which diffusers cannot read.",
                "Use it as it is.", layer=layer[:200],
            )  # fmt: skip
        for suffix in file.layers[layer].keys() - {ALPHA}:
            tensor = file.read(layer, suffix)
            tensor = tensor.reshape(-1) if suffix == LENGTHS else tensor
            tensors[f"{names.diffusers(place)}.{SUFFIXES.get(suffix, suffix)}"] = tensor
    return tensors, _adapter(file, layers)


def _adapter(file: Network, layers: Mapping[str, Place]) -> dict[str, str]:
    """PEFT's configuration of each net, and how the alphas were stored."""
    by_net: dict[str, dict[str, str]] = {}
    for layer, place in layers.items():
        net, _, path = names.diffusers(place).partition(".")
        by_net.setdefault(net, {})[path.removeprefix("text_model.")] = layer
    told = {f"{net}.{name}": value for net, paths in by_net.items() for name, value in _config(file, paths).items()}
    kinds = {file.read(layer, ALPHA).dtype for layer in file.layers if ALPHA in file.layers[layer]}
    kind = {ALPHA_KIND: str(kinds.pop()).removeprefix("torch.")} if len(kinds) == 1 else {}
    return {ADAPTER: json.dumps(told, indent=2, sort_keys=True), **kind}


def _config(file: Network, paths: Mapping[str, str]) -> dict[str, Any]:
    """A net's configuration; `paths` are its layers -> their names in the file."""
    ranks = {path: file.rank(layer) for path, layer in paths.items()}
    alphas = {path: file.alpha(layer) for path, layer in paths.items()}
    rank, alpha = (Counter(values.values()).most_common(1)[0][0] for values in (ranks, alphas))
    return {
        "r": rank,
        "lora_alpha": alpha,
        "rank_pattern": {path: one for path, one in ranks.items() if one != rank},
        "alpha_pattern": {path: one for path, one in alphas.items() if one != alpha},
        "target_modules": sorted(paths),
        "use_dora": any(LENGTHS in file.layers[layer] for layer in paths.values()),
        "lora_bias": False,
    }
