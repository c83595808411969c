"""How models are called and described in a few words."""

from collections.abc import Iterator
from datetime import datetime

from studio.catalog.model_folders import MODEL_FOLDERS
from studio.library.model_facts import ModelFacts
from studio.library.model_rows import Model
from studio.ui.sizes import size_of
from studio.ui.translate import tr

KINDS = {
    "checkpoint": "Checkpoint",
    "network": "LoRA",
    "embedding": "Embedding",
    "vae": "VAE",
    "control": "ControlNet",
    "adapter": "IP-Adapter",
    "upscaler": "Upscaler",
    "restorer": "Face restoration",
    "face_finder": "Face finder",
    "preview": "Preview decoder",
    "text_encoder": "Text encoder",
    "hypernetwork": "Hypernetwork",
    "unet": "U-Net",
    "sd3": "Checkpoint",
    "flux": "Checkpoint",
    "edm": "Checkpoint",
    "unclip": "Checkpoint",
    "other": "Other model",
}
USES = {
    "checkpoint": "Checkpoints",
    "vae": "VAEs",
    "network": "LoRAs",
    "embedding": "Embeddings",
    "hypernetwork": "Hypernetworks",
    "control": "ControlNets",
    "upscaler": "Upscalers",
    "restorer": "Face restoration",
    "preview": "Preview decoders",
    "text_encoder": "Text encoders",
    "unet": "U-Nets and transformers",
}
SORTS = {
    "name": "Name",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "largest": "Largest first",
    "smallest": "Smallest first",
    "added": "Added last",
}
VARIANTS = {"inpainting": "inpainting", "pix2pix": "pix2pix", "depth": "depth"}
USABLE = ("checkpoint", "network", "embedding", "vae")


def kind_of(model: Model) -> str:
    """What a model is, as its row of kinds; of a broken file, what its folder is for."""
    return model.facts.kind if model.facts else model.use


def kind_text(kind: str) -> str:
    """A kind in the window's language."""
    return tr(KINDS[kind]) if kind in KINDS else kind


def use_text(use: str) -> str:
    """What a folder is for, in the window's language."""
    return tr(USES[use])


def uses() -> list[str]:
    """The uses of folders in their order."""
    return [row.name for row in MODEL_FOLDERS]


def is_usable(model: Model) -> bool:
    """Whether a picture can be painted with it from here."""
    return model.facts is not None and kind_of(model) in USABLE


def about(model: Model) -> str:
    """The line under a card's title: base and algorithm, or kind."""
    if model.problem:
        return tr("cannot be used")
    facts = model.facts
    if facts is None:
        return use_text(model.use)
    first = facts.architecture if facts.kind == "network" and facts.architecture else kind_text(facts.kind)
    return "  ·  ".join(filter(None, (facts.base or model.sidecar.base, first, variant_text(facts))))


def variant_text(facts: ModelFacts) -> str:
    """inpainting, depth ... in the window's language."""
    return tr(VARIANTS[facts.variant]) if facts.variant in VARIANTS else ""


def rows(model: Model, digits: str = "") -> Iterator[tuple[str, str]]:
    """Everything the header and the folder tell, as names and values."""
    yield tr("File"), model.name
    facts = model.facts
    if facts:
        yield tr("Kind"), kind_text(facts.kind)
        yield tr("Made for"), " ".join(filter(None, (facts.base or model.sidecar.base, variant_text(facts))))
        yield from _of_facts(facts)
    yield tr("File size"), size_of(model.size_bytes)
    yield tr("Hash"), digits
    yield tr("Changed"), datetime.fromtimestamp(model.mtime_ns / 1e9).strftime("%Y-%m-%d %H:%M")
    yield tr("Folder"), str(model.path.parent)


def _of_facts(facts: ModelFacts) -> Iterator[tuple[str, str]]:
    yield tr("Algorithm"), ", ".join(facts.algorithms) or facts.architecture
    yield tr("Rank"), _pair(facts.rank, facts.alpha)
    yield tr("Rank of convolutions"), _pair(facts.conv_rank, facts.conv_alpha)
    yield tr("Layers"), f"{facts.modules:,}" if facts.modules else ""
    yield tr("Vectors"), str(facts.vectors or "")
    yield tr("Scale"), f"×{facts.scale}" if facts.scale else ""
    yield tr("Prediction"), facts.prediction
    yield tr("Trained at"), " × ".join(map(str, facts.resolution or ()))
    yield tr("Trained on"), facts.trained_on
    yield tr("Precision"), facts.precision
    yield tr("Weights in all"), f"{facts.parameters:,}" if facts.parameters else ""
    yield tr("Inside"), ", ".join(_parts(facts))
    yield tr("Author"), facts.author


def _parts(facts: ModelFacts) -> Iterator[str]:
    if facts.has_vae:
        yield tr("VAE")
    if facts.has_text_encoder:
        yield tr("text encoder")
    if facts.has_ema:
        yield tr("EMA weights")


def _pair(rank: int | None, alpha: float | None) -> str:
    if rank is None:
        return ""
    return tr("{rank}, alpha {alpha}", rank=rank, alpha=f"{alpha:g}") if alpha is not None else str(rank)
