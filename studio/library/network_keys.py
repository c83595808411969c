"""Which layer of a model each tensor of a network file is for, whichever program named it; without torch.

Names are those of sd-scripts (with diffusers' or, for SDXL, the original blocks), LyCORIS, diffusers, PEFT and ComfyUI.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from studio.catalog.network_kinds import NETWORK_KINDS, SCALES, NetworkKind
from studio.library import components, layout
from studio.library.components import REFINER, SD2
from studio.library.layout import Piece
from studio.library.network_shapes import Shape, fits

UNET, TEXT = "unet", ("text 1", "text 2")
BUNDLE = "bundle_emb."

SUFFIXES = frozenset(SCALES).union(*(kind.suffixes for kind in NETWORK_KINDS))
OWN_ENDS = tuple(f".{suffix}" for suffix in SUFFIXES if suffix != "weight")
# How other programs end the names of the same tensors; what stands before the last dots is the layer.
OTHER_ENDS = (
    (re.compile(r"\.processor\.(to_[qkv])_lora\.(down|up)\.weight$"), r".\1.lora_\2.weight"),
    (re.compile(r"\.processor\.to_out_lora\.(down|up)\.weight$"), r".to_out.0.lora_\1.weight"),
    (re.compile(r"[._]lora(?:_linear_layer)?\.(down|up)\.weight$"), r".lora_\1.weight"),
    (re.compile(r"\.lora_A(?:\.default)?\.weight$"), ".lora_down.weight"),
    (re.compile(r"\.lora_B(?:\.default)?\.weight$"), ".lora_up.weight"),
    (re.compile(r"\.lora_magnitude_vector(?:\.default)?(?:\.weight)?$"), ".lora_magnitude_vector"),
    (re.compile(r"\.((?:hada|lokr)_\w+)\.default$"), r".\1"),
)


class Place(NamedTuple):
    """A layer of a model: `net` is UNET or one of TEXT, `path` that of diffusers' or transformers' module in it."""

    net: str
    path: str


@dataclass(frozen=True)
class Part:
    """What a network has for one layer: its kind, and under each suffix the name of the tensor in the file."""

    kind: NetworkKind
    names: Mapping[str, str]


@dataclass(frozen=True)
class Match:
    """How a network file fits a model.

    `matched` of `total` tensors belong to a layer of it whose shape they fit; `strangers` are the others. `bundled`
    are embeddings inside the file: their tensors' names by the embedding's name.
    """

    parts: Mapping[Place, Part] = field(default_factory=dict)
    matched: int = 0
    total: int = 0
    strangers: tuple[str, ...] = ()
    bundled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def match(shapes: Mapping[str, Shape], layers: Mapping[Place, Shape], names: Mapping[str, Place]) -> Match:
    """Sort a network's tensors (name -> shape) to a model's `layers` (weights' shapes), which `names` calls by name."""
    by_layer: dict[Place, dict[str, str]] = {}
    bundled: dict[str, list[str]] = {}
    for name in shapes:
        if name.startswith(BUNDLE):
            bundled.setdefault(name.removeprefix(BUNDLE).partition(".")[0], []).append(name)
            continue
        layer, suffix = split(name)
        if place := names.get(layer):
            by_layer.setdefault(place, {})[suffix] = name
    parts = {place: part for place, found in by_layer.items() if (part := _part(found, shapes, layers[place]))}
    used = {name for part in parts.values() for name in part.names.values()}
    strangers = tuple(name for name in shapes if name not in used and not name.startswith(BUNDLE))
    total = len(used) + len(strangers)
    return Match(parts, len(used), total, strangers, {name: tuple(found) for name, found in bundled.items()})


def split(name: str) -> tuple[str, str]:
    """A tensor's name as its layer's name and one of SUFFIXES, "" if it ends like none of them."""
    for end, ours in () if name.endswith(OWN_ENDS) else OTHER_ENDS:
        name, count = end.subn(ours, name)
        if count:
            break
    first, _, last = name.rpartition(".")
    longer, _, middle = first.rpartition(".")
    if f"{middle}.{last}" in SUFFIXES:
        return longer, f"{middle}.{last}"
    return (first, last) if last in SUFFIXES else (name, "")


def kind_of(suffixes: Mapping[str, object]) -> NetworkKind | None:
    """The kind of what a network has for one layer, None if it is none that is known or incomplete."""
    return next((kind for kind in NETWORK_KINDS if any(set(need) <= suffixes.keys() for need in kind.needs)), None)


def layers_of(shapes: Mapping[str, Shape]) -> tuple[str, dict[Place, Shape]]:
    """The family of a checkpoint and the shapes of its layers' weights, from the tensors' shapes in its file.

    Raises ValueError if it is no Stable Diffusion model.
    """
    is_folder = any(name.startswith("unet.") for name in shapes)
    found = components.from_folder(shapes) if is_folder else components.from_ldm(shapes)
    nets = {UNET: found.unet, **dict(zip(TEXT, found.texts, strict=False))}
    layers = {
        Place(net, name.removesuffix(".weight")): _shape(piece, shapes[piece.name])
        for net, pieces in nets.items()
        for name, piece in pieces.items()
        if name.endswith(".weight")
    }
    return found.family, layers


def names_of(family: str, layers: Mapping[Place, Shape]) -> dict[str, Place]:
    """Everything the layers of a model are called in network files."""
    found: dict[str, Place] = {}
    paths = [place.path for place in layers if place.net == UNET]
    original = _originals(paths)
    for place in layers:
        called = _unet_names(place.path, original[place.path]) if place.net == UNET else _text_names(family, place)
        for name in called:
            found.setdefault(name, place)
    return found


def _originals(paths: list[str]) -> dict[str, str]:
    try:
        return layout.unet_to_ldm(paths)
    except ValueError:
        return dict(zip(paths, paths, strict=True))


def _unet_names(path: str, original: str) -> Iterator[str]:
    for name in dict.fromkeys((path, original)):
        flat = name.replace(".", "_")
        yield from (f"lora_unet_{flat}", f"oft_unet_{flat}", f"lycoris_{flat}", f"lycoris_unet_{flat}")
        yield from (f"unet.{name}", f"diffusion_model.{name}", f"model.diffusion_model.{name}")
        yield from (f"base_model.model.{name}", f"base_model.model.unet.{name}", name)


def _text_names(family: str, place: Place) -> Iterator[str]:
    second = place.net == TEXT[1] or family == REFINER
    flat_prefixes = ("lora_te2_",) if second else ("lora_te_", "lora_te1_", "oft_te_", "oft_te1_", "lycoris_te_")
    prefixes = ["text_encoder_2."] if second else ["text_encoder."]
    prefixes += [f"text_encoders.clip_{'g' if second else 'l'}.transformer.", f"clip_{'g' if second else 'l'}."]
    if family == SD2:
        prefixes.append("text_encoders.clip_h.transformer.")
    for name in (f"text_model.{place.path}", place.path):
        yield from (prefix + name.replace(".", "_") for prefix in flat_prefixes)
        yield from (prefix + name for prefix in prefixes)


def _part(names: dict[str, str], shapes: Mapping[str, Shape], layer: Shape) -> Part | None:
    kind = kind_of(names)
    if kind is None:
        return None
    found = {suffix: name for suffix, name in names.items() if suffix in kind.suffixes or suffix in SCALES}
    if not fits(kind, {suffix: shapes[name] for suffix, name in found.items()}, layer):
        return None
    return Part(kind, found)


def _shape(piece: Piece, shape: Shape) -> Shape:
    if piece.third is not None:
        return (shape[0] // 3, *shape[1:])
    return shape[::-1] if piece.transposed else shape
