"""What a model file is, from its header alone: kind, family, precision, parts, and what its kind tells besides."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.catalog.model_folders import PICTURES
from studio.catalog.model_kinds import ModelKind
from studio.core.errors import CheckpointError
from studio.core.option import Record
from studio.library import components, headers, sidecars, training_facts
from studio.library.headers import Header, TensorInfo
from studio.library.kinds import kind_of
from studio.library.network_facts import CONTEXT_WIDTHS, network_facts
from studio.library.picture_embeddings import read_picture
from studio.library.upscaler_facts import upscaler_facts

PRECISIONS = {
    "F64": "fp64", "F32": "fp32", "F16": "fp16", "BF16": "bf16", "F8_E4M3": "fp8 e4m3", "F8_E5M2": "fp8 e5m2",
    "F8_E4M3FNUZ": "fp8 e4m3", "F8_E5M2FNUZ": "fp8 e5m2", "I8": "int8", "U8": "uint8", "F4": "fp4",
}  # fmt: skip
LEAST_SHARE = 0.02  # of all numbers, from which on a precision is worth naming
EMA = "model_ema."
VAE_PART = r"^(first_stage_model|vae)\."
TEXT_PART = r"^(cond_stage_model|conditioner\.embedders|text_encoder(_2)?|text_encoders)\."
FAMILIES = (
    ("SDXL", r"^(conditioner\.embedders\.1|text_encoder_2)\."),
    ("SDXL refiner", r"^conditioner\.embedders\.0\.model\."),
    ("SD2", r"^cond_stage_model\.model\."),
    ("SD1", r"^cond_stage_model\.transformer\."),
)
OTHERS = (
    ("Stable Cascade", r"clip_txt_mapper|(^|\.)clf\.1\.weight"),
    ("AuraFlow", r"double_layers\.0\."),
    ("Hunyuan DiT", r"mlp_t5\.0\.|style_embedder"),
    ("Qwen-Image", r"transformer_blocks\.0\.img_mod"),
    ("Lumina", r"cap_embedder\."),
    ("PixArt", r"caption_projection|y_embedder\.y_embedding|scale_shift_table"),
)
VARIANTS = {9: "inpainting", 8: "pix2pix", 5: "depth"}
CONTROLS = (
    ("ControlLLLite", r"^lllite_"),
    ("Control-LoRA", r"^lora_controlnet$"),
    ("T2I-Adapter", r"^(adapter\.)?body\.\d+\."),
    ("ControlNet Union", r"(^|\.)(task_embedding|control_add_embedding)"),
    ("ControlNet", r""),
)
ADAPTERS = (
    ("IP-Adapter FaceID", r"^ip_adapter\.\d+\.\w*lora"),
    ("IP-Adapter Plus", r"^image_proj\.(latents|layers\.)"),
    ("IP-Adapter", r""),
)
ADAPTER_INPUTS = {64: "SD1", 192: "SD1", 256: "SDXL", 768: "SDXL"}
EMBEDDING_BASES = {768: "SD1", 1024: "SD2", 1280: "SDXL"}
ENTRY = r"(^|\.)(diffusion_model\.|unet\.)?(input_blocks\.0\.0|(?<!coder\.)conv_in)\.weight$"
TEXT_WIDTHS = {768: "CLIP-L", 1280: "CLIP-G", 1024: "OpenCLIP-H", 4096: "T5-XXL", 2048: "T5-XL"}
CROSS = re.compile(r"(attn2[._]to_k|to_k_ip)\.weight$")
VELOCITY = re.compile(r"^\s*parameterization:\s*[\"']?v\b", re.MULTILINE)
MAX_YAML = 2**20
FAMILY_OF_KIND = {"sd3": "SD3", "flux": "Flux", "edm": "SDXL", "unclip": "SD2"}


class ModelFacts(Record):
    """What is known of a model file; empty texts and None are unknown.

    `kind` is a row of catalog.model_kinds; `base` is SD1, SD2, SD2-v, SDXL, SDXL refiner, SD3, Flux or another
    family; `variant` is inpainting, pix2pix or depth. `architecture` is the algorithm of a network, the network of an
    upscaler, the sort of a ControlNet. `parameters` leaves out the EMA copy. `told_base` is what the metadata claim,
    `tags` are those of the training pictures with their counts, `code` is what a pickle wants to call.
    """

    kind: str
    label: str
    base: str = ""
    variant: str = ""
    prediction: str = ""
    architecture: str = ""
    algorithms: tuple[str, ...] = ()
    rank: int | None = None
    alpha: float | None = None
    conv_rank: int | None = None
    conv_alpha: float | None = None
    modules: int | None = None
    scale: int | None = None
    vectors: int | None = None
    width: int | None = None
    latent_channels: int | None = None
    precision: str = ""
    parameters: int = 0
    has_ema: bool = False
    has_vae: bool = False
    has_text_encoder: bool = False
    is_pickled: bool = False
    resolution: tuple[int, int] | None = None
    told_base: str = ""
    title: str = ""
    author: str = ""
    trigger_phrase: str = ""
    tags: tuple[tuple[str, int], ...] = ()
    trained_on: str = ""
    network_hash: str = ""
    has_cover: bool = False


def read(path: Path) -> ModelFacts:
    """What a model file, a diffusers folder or an embedding in a picture is.

    Raises CheckpointError for what is broken, dangerous or no model that is known.
    """
    return of_header(header_of(path))


def header_of(path: Path) -> Header:
    """The header of a file, of a whole diffusers folder, or of an embedding in a picture. Raises CheckpointError."""
    if path.is_dir():
        return _of_folder(path)
    if path.suffix.lower() not in PICTURES:
        return headers.read(path)
    found = read_picture(path)
    if found is None:
        raise CheckpointError(path, "{name} is a picture without an embedding in it.", "Choose another file.")
    return found


def of_header(header: Header) -> ModelFacts:
    """What a header tells. Raises CheckpointError if it is no model that is known."""
    kind = kind_of(header)
    if kind is None:
        raise CheckpointError(
            header.path, "{name} is none of the kinds of models that are known here.", "Look where you got it from.",
            **headers.WHOLE,
        )  # fmt: skip
    metadata = {} if header.is_pickled else header.metadata
    facts = {
        "kind": kind.name,
        "label": kind.label,
        "is_pickled": header.is_pickled,
        "precision": precision(header.tensors),
        "parameters": sum(info.numbers for name, info in header.tensors.items() if not name.startswith(EMA)),
        "told_base": training_facts.told_base(metadata),
        "resolution": training_facts.resolution(metadata),
        "tags": training_facts.tags(metadata),
        "title": training_facts.text(metadata, "modelspec.title", "ss_output_name"),
        "author": training_facts.text(metadata, "modelspec.author"),
        "trigger_phrase": training_facts.text(metadata, "modelspec.trigger_phrase"),
        "trained_on": training_facts.text(metadata, "ss_sd_model_name"),
        "network_hash": training_facts.text(metadata, "sshs_model_hash"),
        "has_cover": sidecars.has_cover(metadata),
        **_of_kind(kind, header),
    }
    return ModelFacts(**_settled(facts))


def precision(tensors: Mapping[str, TensorInfo]) -> str:
    """The kinds of numbers a file holds, the most frequent first: "fp16", "fp8 e4m3 + fp32"."""
    counts: Counter[str] = Counter()
    for info in tensors.values():
        counts[info.dtype] += info.numbers
    known = {name: count for name, count in counts.most_common() if name in PRECISIONS}
    total = sum(known.values())
    return " + ".join(dict.fromkeys(PRECISIONS[name] for name, count in known.items() if count >= LEAST_SHARE * total))


def _settled(facts: dict[str, Any]) -> dict[str, Any]:
    """The shapes' word before the metadata's; only these tell SD2's two predictions apart."""
    base, told = facts.get("base"), facts["told_base"]
    facts["base"] = base or told
    if facts["base"] == "SD2" and (facts.get("prediction") == "v" or told == "SD2-v"):
        facts["base"] = "SD2-v"
    if facts["base"] == "SD2-v":
        facts["prediction"] = "v"
    return facts


def _of_kind(kind: ModelKind, header: Header) -> dict[str, Any]:
    if kind.name == "network":
        found = network_facts(header)
        return {**vars(found), "architecture": next(iter(found.algorithms), "")}
    if kind.name in ("upscaler", "restorer"):
        architecture, scale = upscaler_facts({name: info.shape for name, info in header.tensors.items()})
        return {"architecture": architecture, "scale": scale}
    if kind.name in ("control", "adapter"):
        return _of_control(kind, header)
    if kind.name == "embedding":
        return _of_embedding(header)
    if kind.name in ("vae", "preview", "text_encoder", "hypernetwork"):
        return _of_part(kind, header)
    return _of_whole(kind, header)


def _of_whole(kind: ModelKind, header: Header) -> dict[str, Any]:
    names = "\n".join(header.names)
    by_name = _first(FAMILIES, names) if kind.name == "checkpoint" else ""
    architecture = _first(OTHERS, names) if kind.name == "other" else ""
    return {
        "base": FAMILY_OF_KIND.get(kind.name) or by_name or _by_context(header) or architecture or _by_parts(header),
        "variant": VARIANTS.get(_inputs(header), ""),
        "prediction": _prediction(header),
        "architecture": architecture or ("Playground v2.5" if kind.name == "edm" else ""),
        "has_ema": f"\n{EMA}" in f"\n{names}",
        "has_vae": re.search(VAE_PART, names, re.MULTILINE) is not None,
        "has_text_encoder": re.search(TEXT_PART, names, re.MULTILINE) is not None,
    }


def _of_control(kind: ModelKind, header: Header) -> dict[str, Any]:
    names = "\n".join(header.names)
    first = _shape(header, r"^(adapter\.)?conv_in\.weight$")
    base = _by_context(header) or ("SDXL" if names.startswith("lllite_unet_input") else "")
    if not base and kind.name == "control" and len(first) == 4:
        base = ADAPTER_INPUTS.get(first[1], "")
    return {"architecture": _first(ADAPTERS if kind.name == "adapter" else CONTROLS, names), "base": base}


def _of_embedding(header: Header) -> dict[str, Any]:
    shapes = {name: info.shape for name, info in header.tensors.items() if info.shape}
    *vectors, width = max(shapes.values(), key=lambda shape: shape[-1], default=(0,))
    return {
        "vectors": vectors[0] if vectors else 1,
        "width": width,
        "base": "SDXL" if {"clip_l", "clip_g"} <= shapes.keys() else EMBEDDING_BASES.get(width, ""),
        "trained_on": header.metadata.get("sd_checkpoint_name", "") if header.is_pickled else "",
    }


def _of_part(kind: ModelKind, header: Header) -> dict[str, Any]:
    if kind.name == "vae":
        latents = _shape(header, r"(^|\.)decoder\.conv_in\.weight$")
        return {"latent_channels": latents[1] if len(latents) == 4 else None}
    if kind.name == "text_encoder":
        words = _shape(header, r"(^|\.)(token_embedding|shared)\.weight$")
        return {"architecture": TEXT_WIDTHS.get(words[1], "") if len(words) == 2 else ""}
    if kind.name == "preview":
        return {"architecture": "Approximate VAE" if "conv8.weight" in header.tensors else "TAESD"}
    return {"architecture": header.metadata.get("activation_func", "")}


def _by_context(header: Header) -> str:
    """The family by how wide the text is that cross attention looks at."""
    shapes = (info.shape for name, info in header.tensors.items() if CROSS.search(name))
    return next((CONTEXT_WIDTHS.get(shape[1], "") for shape in shapes if len(shape) > 1), "")


def _by_parts(header: Header) -> str:
    """The family of a diffusers folder by the nets in it."""
    shapes = {name: info.shape for name, info in header.tensors.items()}
    return components.from_folder(shapes).family if "unet.conv_in.weight" in shapes else ""


def _inputs(header: Header) -> int:
    shape = _shape(
        header, r"(^|\.)(diffusion_model\.|unet\.)?(input_blocks\.0\.0|(?<!decoder\.)(?<!encoder\.)conv_in)\.weight$"
    )
    return shape[1] if len(shape) == 4 else 0


def _prediction(header: Header) -> str:
    told = header.metadata.get("modelspec.prediction_type", "").lower()
    if "v_pred" in header.tensors or told in ("v", "v_prediction", "v-prediction") or _is_velocity(header.path):
        return "v"
    return "epsilon" if told in ("epsilon", "eps") else ""


def _is_velocity(path: Path) -> bool:
    sidecar = path.with_suffix(".yaml")
    try:
        small = sidecar.is_file() and sidecar.stat().st_size <= MAX_YAML
        return small and VELOCITY.search(sidecar.read_text("utf-8", "replace")) is not None
    except OSError:
        return False


def _first(rows: tuple[tuple[str, str], ...], names: str) -> str:
    return next((name for name, mark in rows if re.search(mark, names, re.MULTILINE)), "")


def _shape(header: Header, mark: str) -> tuple[int, ...]:
    return next((info.shape for name, info in header.tensors.items() if re.search(mark, name)), ())


def _of_folder(folder: Path) -> Header:
    tensors: dict[str, TensorInfo] = {}
    size = 0
    for part, files in headers.parts(folder).items():
        for file in files:
            header = headers.read(file)
            tensors |= {f"{part}.{name}": info for name, info in header.tensors.items()}
            size += header.size_bytes
    if not tensors:
        raise CheckpointError(folder, "{name} holds no tensors.", headers.AGAIN)
    return Header(folder, size, tensors)
