"""Infotexts as the web UI 1.10.1 parses them: its keys, its defaults for missing ones, its care for old versions."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from packaging.version import Version

from studio.core.infotext_syntax import split_stripped, strict_entries, unquote
from studio.core.prompt import parse_emphasis
from studio.core.styles import Style, find_styles

IGNORE, APPLY, DISCARD, APPLY_IF_ANY = "Ignore", "Apply", "Discard", "Apply if any"

_SIZE = re.compile(r"(\d+)x(\d+)")
_BEFORE_COMMITS = re.compile(r"([^-]+-[^-]+)-.*")
_FIRST_PASS_PIXELS = 512 * 512

_DEFAULTS_BEFORE_SIZES: Mapping[str, object] = {
    "Hires sampler": "Use same sampler",
    "Hires schedule type": "Use same scheduler",
    "Hires checkpoint": "Use same checkpoint",
    "Hires prompt": "",
    "Hires negative prompt": "",
    "Mask mode": "Inpaint masked",
    "Masked content": "original",
    "Inpaint area": "Whole picture",
    "Masked area padding": 32,
}
_DEFAULTS: Mapping[str, object] = {
    "RNG": "GPU",
    "Schedule type": "Automatic",
    "Schedule max sigma": 0,
    "Schedule min sigma": 0,
    "Schedule rho": 0,
    "VAE Encoder": "Full",
    "VAE Decoder": "Full",
    "FP8 weight": "Disable",
}


def parse(text: str, styles: Iterable[Style] = (), found_styles: str = APPLY_IF_ANY) -> dict[str, Any]:
    """The parameters of an infotext, keys and values as the web UI 1.10.1 has them after parsing. Never raises.

    `styles` are looked for in the prompts; `found_styles` says what happens to those that are there: Ignore, Apply,
    Discard or Apply if any.
    """
    prompt, negative, line = split_stripped(text)
    found = _values(line)
    if found_styles != IGNORE:
        prompt, negative = _without_styles(found, prompt, negative, list(styles), found_styles)
    found["Prompt"], found["Negative prompt"] = prompt + _hypernetwork(found), negative
    _add_defaults(found, prompt, negative)
    found.update(compatibility(found))
    return found


def _values(line: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, raw in strict_entries(line):
        value = unquote(raw)
        if size := _SIZE.fullmatch(value):
            found[f"{key}-1"], found[f"{key}-2"] = size.groups()
        elif raw:
            found[key] = value
    return found


def _without_styles(
    found: dict[str, Any], prompt: str, negative: str, styles: Sequence[Style], found_styles: str
) -> tuple[str, str]:
    """Both prompts without the styles in them; as they are where the hires prompts hold other styles."""
    names, bare_prompt, bare_negative = find_styles(prompt, negative, styles)
    if {"Hires prompt", "Hires negative prompt"} & found.keys() and _has_hires_styles(found):
        hires = found.get("Hires prompt", prompt), found.get("Hires negative prompt", negative)
        hires_names, bare_hires, bare_hires_negative = find_styles(*hires, styles)
        if hires_names != names:
            return prompt, negative
        found["Hires prompt"] = "" if bare_hires == bare_prompt else bare_hires
        found["Hires negative prompt"] = "" if bare_hires_negative == bare_negative else bare_hires_negative
    if found_styles == APPLY or (found_styles == APPLY_IF_ANY and names):
        found["Styles array"] = names
    return bare_prompt, bare_negative


def _has_hires_styles(found: Mapping[str, Any]) -> bool:
    version = _version(found.get("Version"))
    return version is None or version > Version("1.8.0-139")


def _hypernetwork(found: Mapping[str, Any]) -> str:
    name = found.get("Hypernet")
    return "" if name is None else f"<hypernet:{name}:{found.get('Hypernet strength', '1.0')}>"


def _add_defaults(found: dict[str, Any], prompt: str, negative: str) -> None:
    found.setdefault("Clip skip", "1")
    if "Hires resize-1" not in found:
        found["Hires resize-1"] = found["Hires resize-2"] = 0
    _set_missing(found, _DEFAULTS_BEFORE_SIZES)
    found.update(first_pass(found))
    _set_missing(found, _DEFAULTS)
    if found["FP8 weight"] != "Disable":
        found.setdefault("Cache FP16 weight for LoRA", False)
    if _is_weighted(prompt) or _is_weighted(negative):
        found.setdefault("Emphasis", "Original")
    found.setdefault("Refiner switch by sampling steps", False)


def _set_missing(found: dict[str, Any], defaults: Mapping[str, object]) -> None:
    for key, value in defaults.items():
        found.setdefault(key, value)


def _is_weighted(prompt: str) -> bool:
    return any(weight != 1 and text != "BREAK" for text, weight in parse_emphasis(prompt))


def first_pass(found: Mapping[str, Any]) -> dict[str, int]:
    """What the sizes of an infotext from before 1.0 mean today, where the size was that of the second pass."""
    try:
        first = int(found["First pass size-1"]), int(found["First pass size-2"])
        final = int(found.get("Size-1", 512)), int(found.get("Size-2", 512))
        width, height = first if all(first) else first_pass_size(*final)
    except (KeyError, ValueError, OverflowError):
        return {}
    return {"Size-1": width, "Size-2": height, "Hires resize-1": final[0], "Hires resize-2": final[1]}


def first_pass_size(width: int, height: int) -> tuple[int, int]:
    """The size that the web UI gave the first pass before 1.0: the area of 512 x 512, multiples of 64."""
    if not width or not height:
        return width, height
    scale = math.sqrt(_FIRST_PASS_PIXELS / (width * height))
    return math.ceil(scale * width / 64) * 64, math.ceil(scale * height / 64) * 64


def compatibility(found: Mapping[str, Any]) -> dict[str, bool]:
    """The settings that paint as the web UI's version of an infotext did; none if it names no version of it."""
    version = _version(found.get("Version"))
    if version is None:
        return {}
    needed = {
        "Old prompt editing timelines": version < Version("1.6.0") and "[" in found.get("Prompt", ""),
        "Pad conds v0": version < Version("1.6.0") and found.get("Sampler") in ("DDIM", "PLMS"),
        "Downcast alphas_cumprod": version < Version("1.7.0-225"),
        "Refiner switch by sampling steps": version < Version("1.8.0") and bool(found.get("Refiner")),
    }
    return {key: True for key, is_needed in needed.items() if is_needed}


def _version(text: str | None) -> Version | None:
    """The release, with the commits since it as a post-release; None if `text` is no version."""
    if text is None:
        return None
    match = _BEFORE_COMMITS.match(text)
    try:
        return Version(match.group(1) if match else text)
    except ValueError:
        return None
