"""The keys of infotexts: where each field of a request is written, and in which order the web UI writes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.core.option import options
from studio.core.request import GenerateRequest, HiresFix, Refiner

PROGRAM = "SD Studio"
VERSION = f"{PROGRAM} 0.1.0"
STYLES = "Styles"
EXACT_PROMPT, EXACT_NEGATIVE = "Exact prompt", "Exact negative prompt"

PARTS: Mapping[str, type[GenerateRequest] | type[HiresFix] | type[Refiner]] = {
    "": GenerateRequest,
    "hires": HiresFix,
    "refiner": Refiner,
}


@dataclass(frozen=True)
class Parameters:
    """What an infotext says, before it is understood: the prompts, and entries in the web UI's vocabulary.

    `leftovers` are what the reader of another program's format could not put into that vocabulary.
    """

    prompt: str = ""
    negative_prompt: str = ""
    entries: Mapping[str, str] = field(default_factory=dict)
    leftovers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """The field or fields that an entry is read into; `part` is "", "hires" or "refiner". Two fields make `WxH`."""

    part: str
    fields: tuple[str, ...]


def _places() -> dict[str, Place]:
    places = {
        "Size": Place("", ("width", "height")),
        "Seed resize from": Place("", ("seed_resize_width", "seed_resize_height")),
        "Hires resize": Place("hires", ("width", "height")),
        STYLES: Place("", ("styles",)),
        "Beta schedule alpha": Place("", ("beta_alpha",)),
        "Beta schedule beta": Place("", ("beta_beta",)),
    }
    for part, record in PARTS.items():
        places |= {row.infotext: Place(part, (row.name,)) for row in options(record) if row.infotext}
    return places


PLACES = _places()

# What the web UI 1.10.1 writes, in its order; every other field of a request comes after it.
ORDER = (
    *("Steps", "Sampler", "Schedule type", "CFG scale", "Image CFG scale", "Seed", "Face restoration", "Size"),
    *("Model hash", "Model", "FP8 weight", "Cache FP16 weight for LoRA", "VAE hash", "VAE"),
    *("Variation seed", "Variation seed strength", "Seed resize from", "Denoising strength"),
    *("Conditional mask weight", "Clip skip", "ENSD", "Token merging ratio", "Token merging ratio hr"),
    *("Init image hash", "RNG", "Tiling"),
    *("Hires checkpoint", "Hires sampler", "Hires prompt", "Hires negative prompt", "Hires schedule type"),
    *("Hires upscale", "Hires resize", "Hires steps", "Hires upscaler"),
    *("Lora hashes", "Old prompt editing timelines", "TI hashes", "Emphasis", "Downcast alphas_cumprod"),
    *("Noise Schedule", "Discard penultimate sigma", "Schedule min sigma", "Schedule max sigma", "Schedule rho"),
    *("Beta schedule alpha", "Beta schedule beta", "SGM noise multiplier", "Eta", "Eta DDIM"),
    *("Sigma churn", "Sigma tmin", "Sigma tmax", "Sigma noise"),
    *("Refiner switch by sampling steps", "Hires refiner", "Refiner", "Refiner switch at"),
    *("Skip Early CFG", "NGMS", "NGMS all steps", "Pad conds", "Pad conds v0"),
)
CLOSING = ("Version", "User")


def is_ours(version: str) -> bool:
    """Whether an infotext with this Version is of this program, and means exactly what it says."""
    return version.startswith(f"{PROGRAM} ")


def styles_text(styles: tuple[str, ...]) -> str:
    """Names of styles as one value."""
    return json.dumps(styles, ensure_ascii=False)
