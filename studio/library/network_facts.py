"""What the tensors of a network (LoRA and its relatives) tell: algorithm, rank, alpha, the family it is for."""

import math
import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.library.headers import Header, TensorInfo
from studio.library.network_keys import Shape, split
from studio.library.training_facts import told_base

# The last part of a tensor's name -> the algorithm it belongs to. DoRA and Norm come on top of another.
PARTS = {
    "lora_down.weight": "LoRA", "lora_mid.weight": "LoCon",
    "hada_w1_a": "LoHa", "lokr_w1": "LoKr", "lokr_w1_a": "LoKr", "a1.weight": "GLoRA", "on_input": "IA3",
    "oft_blocks": "OFT", "oft_diag": "OFT", "diff": "Full", "diff_b": "Full",
    "dora_scale": "DoRA", "w_norm": "Norm", "b_norm": "Norm",
}  # fmt: skip
ORDER = ("LoCon", "LoHa", "LoKr", "GLoRA", "IA3", "OFT", "BOFT", "LoRA", "Full", "DoRA", "Norm")
# The tensors whose shape begins with the rank, and those whose shape goes on with how wide the layer's input is.
RANKED = ("lora_down.weight", "hada_w1_b", "lokr_w2_b", "lokr_w1_b", "a2.weight")
INPUTS = ("lora_down.weight", "hada_w1_b", "a2.weight", "diff")
KRONECKER = ("lokr_w1", "lokr_w1_b", "lokr_w2", "lokr_w2_b")
CONVOLUTIONS = (
    "conv", "conv1", "conv2", "conv_in", "conv_out", "in_layers_2", "in_layers.2", "out_layers_3", "out_layers.3",
    "_op", ".op",
)  # fmt: skip
CROSS_ATTENTION = ("attn2_to_k", "attn2.to_k", "attn2_to_v", "attn2.to_v")
QUERY = ("attn_q_proj", "attn.q_proj", "attn.to_q")
CONTEXT_WIDTHS = {768: "SD1", 1024: "SD2", 2048: "SDXL", 1280: "SDXL refiner"}
OTHER = "another family"
NAMED = (
    ("Flux", r"(double_blocks|single_blocks|single_transformer_blocks)[._]\d"),
    ("SD3", r"joint_blocks[._]\d|attn[._]add_k_proj|^lora_te3_|^text_encoder_3\."),
    (OTHER, r"^(lora_transformer_|transformer\.)"),
    ("SDXL", r"^(lora|lycoris)_te2_|^text_encoder_2\.|unet_(input|output)_blocks_|transformer_blocks[._]9[._]"),
)
FORMATS = {"F16": "<e", "F32": "<f", "F64": "<d", "I32": "<i", "I64": "<q"}


@dataclass(frozen=True)
class NetworkFacts:
    """`algorithms` in the order of importance; a rank or alpha of None is not told; `base` is "" if unknown."""

    algorithms: tuple[str, ...] = ()
    rank: int | None = None
    alpha: float | None = None
    conv_rank: int | None = None
    conv_alpha: float | None = None
    modules: int = 0
    base: str = ""


Modules = Mapping[str, Mapping[str, TensorInfo]]
Layers = Mapping[str, Mapping[str, Shape]]


def network_facts(header: Header) -> NetworkFacts:
    """What a network's header tells; the alphas are read from their two or four bytes in the file."""
    modules = _modules(header)
    algorithms = _algorithms(modules)
    convolutions = {name: parts for name, parts in modules.items() if name.endswith(CONVOLUTIONS)}
    linear = _commonest_rank({name: parts for name, parts in modules.items() if name not in convolutions})
    conv = _commonest_rank(convolutions)
    return NetworkFacts(
        algorithms,
        linear[0] if linear else None,
        _alpha(header, modules, linear),
        conv[0] if conv else None,
        _alpha(header, modules, conv),
        len(modules),
        _base({name: {part: info.shape for part, info in parts.items()} for name, parts in modules.items()}),
    )


def base_of(shapes: Mapping[str, Shape], metadata: Mapping[str, str]) -> str:
    """The family a network was made for, by its shapes before its metadata; "" if neither tells."""
    modules: dict[str, dict[str, Shape]] = {}
    for name, shape in shapes.items():
        module, part = split(name)
        modules.setdefault(module, {})[part] = shape
    return _base(modules) or told_base(metadata).removesuffix("-v")


def _modules(header: Header) -> Modules:
    found: dict[str, dict[str, TensorInfo]] = {}
    for name, info in header.tensors.items():
        module, part = split(name)
        found.setdefault(module, {})[part] = info
    return found


def _algorithms(modules: Modules) -> tuple[str, ...]:
    found = {PARTS[part] for parts in modules.values() for part in parts if part in PARTS}
    if "LoRA" in found and any(_is_wide(parts) for parts in modules.values()):
        found.add("LoCon")
    if "LoCon" in found:
        found.discard("LoRA")
    if any(len(info.shape) == 4 for parts in modules.values() for part, info in parts.items() if part == "oft_blocks"):
        found = found - {"OFT"} | {"BOFT"}
    return tuple(name for name in ORDER if name in found)


def _is_wide(parts: Mapping[str, TensorInfo]) -> bool:
    """Whether a layer is a convolution of more than one pixel."""
    return any(len(info.shape) == 4 and info.shape[-1] > 1 for part, info in parts.items() if part in RANKED)


def _commonest_rank(modules: Modules) -> tuple[int, str] | None:
    """The rank that most layers have, and one of those layers."""
    ranks = {name: rank for name, parts in modules.items() if (rank := _rank(parts))}
    if not ranks:
        return None
    rank = Counter(ranks.values()).most_common(1)[0][0]
    return rank, next(name for name, found in ranks.items() if found == rank)


def _rank(parts: Mapping[str, TensorInfo]) -> int | None:
    shapes = (parts[part].shape for part in RANKED if part in parts)
    return next((shape[0] for shape in shapes if len(shape) > 1), None)


def _alpha(header: Header, modules: Modules, of: tuple[int, str] | None) -> float | None:
    if of is None:
        return None
    info = modules[of[1]].get("alpha")
    if info is None:
        return float(of[0])
    return _number(header.path, info) if info.numbers == 1 and info.end > info.start else None


def _number(path: Path, info: TensorInfo) -> float | None:
    try:
        with path.open("rb") as file:
            file.seek(info.start)
            data = file.read(info.end - info.start)
        if info.dtype == "BF16":
            return struct.unpack("<f", b"\0\0" + data)[0]
        return float(struct.unpack(FORMATS[info.dtype], data)[0])
    except (OSError, KeyError, struct.error):
        return None


def _base(layers: Layers) -> str:
    names = "\n".join(layers)
    by_name = next((base for base, mark in NAMED if re.search(mark, names, re.MULTILINE)), "")
    if by_name in ("Flux", "SD3", OTHER):
        return by_name
    return _by_width(layers, CROSS_ATTENTION) or by_name or _by_width(_of_text(layers), QUERY)


def _of_text(layers: Layers) -> Layers:
    """Layers of the one text encoder of SD1 and SD2."""
    first = ("lora_te_", "lycoris_te_", "text_encoder.")
    return {name: parts for name, parts in layers.items() if name.startswith(first)}


def _by_width(layers: Layers, ends: tuple[str, ...]) -> str:
    widths = Counter(_widths(parts for name, parts in layers.items() if name.endswith(ends)))
    return next((CONTEXT_WIDTHS[width] for width, _ in widths.most_common() if width in CONTEXT_WIDTHS), "")


def _widths(layers: Iterable[Mapping[str, Shape]]) -> Iterator[int]:
    for parts in layers:
        shapes = [parts[part] for part in INPUTS if part in parts]
        yield from (shape[1] for shape in shapes[:1] if len(shape) > 1)
        factors = [parts[part][1] for part in KRONECKER if part in parts and len(parts[part]) > 1]
        if len(factors) == 2:
            yield math.prod(factors)
