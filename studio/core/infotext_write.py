"""Writing infotexts: the web UI's entries in its order, then those it would forget."""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from studio.core.infotext_keys import (
    CLOSING,
    EXACT_NEGATIVE,
    EXACT_PROMPT,
    ORDER,
    STYLES,
    VERSION,
    Parameters,
    styles_text,
)
from studio.core.infotext_syntax import NEGATIVE, split
from studio.core.option import Record, options
from studio.core.request import GenerateRequest, HiresFix, Refiner

# Written even where they are what they are without being said.
ALWAYS = {
    *("Steps", "Sampler", "Schedule type", "CFG scale", "Seed"),
    *("Denoising strength", "Hires upscaler", "Refiner", "Refiner switch at"),
}
NO_FACTS: Mapping[str, str] = MappingProxyType({})


def write(request: GenerateRequest, facts: Mapping[str, str] = NO_FACTS) -> str:
    """The infotext of a picture that `request` asks for; `read` gives the same request back.

    `facts` are further entries that only the engine knows ("Model hash", "Lora hashes" ...); they win over the
    request's own ("Model", and "Schedule type" where Automatic became one).
    """
    entries = {**_entries(request), **facts}
    entries |= _beta(request, entries)
    entries.setdefault("Version", VERSION)
    text = _text(request, entries, facts)
    exact = _exact_prompts(request, text)
    return _text(request, entries | exact, facts) if exact else text


def compose(said: Parameters) -> str:
    """The infotext that says `said`, its entries in their order."""
    line = ", ".join(f"{key}: {_value(text)}" for key, text in said.entries.items())
    negative = f"{NEGATIVE} {said.negative_prompt}" if said.negative_prompt else ""
    return "\n".join(text for text in (said.prompt, negative, line) if text)


def _text(request: GenerateRequest, entries: Mapping[str, str], facts: Iterable[str]) -> str:
    ordered = {key: entries[key] for key in _in_order(entries, facts)}
    return compose(Parameters(request.prompt, request.negative_prompt, ordered))


def _in_order(entries: Mapping[str, str], facts: Iterable[str]) -> list[str]:
    others = [key for key in facts if key not in ORDER and key not in CLOSING]
    known = [key for key in (*ORDER, *others, *CLOSING) if key in entries]
    return known + [key for key in entries if key not in known]


def _entries(request: GenerateRequest) -> dict[str, str]:
    """What the request says, without what is as it is when nothing is said."""
    return _fields(request) | _sizes(request) | _hires(request.hires) | _refiner(request.refiner)


def _fields(record: Record) -> dict[str, str]:
    values = ((row, getattr(record, row.name)) for row in options(type(record)) if row.infotext)
    return {row.infotext: str(value) for row, value in values if value != row.default or row.infotext in ALWAYS}


def _sizes(request: GenerateRequest) -> dict[str, str]:
    found = {"Size": f"{request.width}x{request.height}"}
    if request.seed_resize_width or request.seed_resize_height:
        found["Seed resize from"] = f"{request.seed_resize_width}x{request.seed_resize_height}"
    if request.styles:
        found[STYLES] = styles_text(request.styles)
    return found


def _hires(hires: HiresFix | None) -> dict[str, str]:
    if hires is None:
        return {}
    if hires.width or hires.height:
        return _fields(hires) | {"Hires resize": f"{hires.width}x{hires.height}"}
    return _fields(hires) | {"Hires upscale": str(hires.scale)}


def _refiner(refiner: Refiner | None) -> dict[str, str]:
    return {} if refiner is None else _fields(refiner)


def _beta(request: GenerateRequest, entries: Mapping[str, str]) -> dict[str, str]:
    """The web UI writes these under a key that it does not read; ours, which it reads, come in addition."""
    if "Beta" not in (entries["Schedule type"], entries.get("Hires schedule type")):
        return {}
    return {"Beta schedule alpha": str(request.beta_alpha), "Beta schedule beta": str(request.beta_beta)}


def _exact_prompts(request: GenerateRequest, text: str) -> dict[str, str]:
    """The prompts in full, where the plain text would be read as others (a line "Negative prompt:" in them ...)."""
    prompt, negative, _ = split(text)
    wanted = {EXACT_PROMPT: (request.prompt, prompt), EXACT_NEGATIVE: (request.negative_prompt, negative)}
    return {key: exact for key, (exact, found) in wanted.items() if exact != found}


def _value(text: str) -> str:
    """`text`, as JSON where the plain text would be read as something else."""
    is_plain = text and text == text.strip() and text[0] != '"' and not any(sign in text for sign in ",:\n")
    return text if is_plain else json.dumps(text, ensure_ascii=False)
