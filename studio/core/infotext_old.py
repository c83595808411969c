"""What infotexts of other versions and programs mean in this one's words."""

import re
from collections.abc import Mapping
from dataclasses import replace

from studio.core.infotext_keys import PARTS, PLACES, Parameters
from studio.core.infotext_names import schedule_label, split_sampler
from studio.core.infotext_parse import compatibility, first_pass
from studio.core.option import options
from studio.core.wildcards import has_wildcards

SAME = {"Use same sampler", "Use same scheduler", "Use same checkpoint"}

_KEYS = {key.casefold(): key for key in PLACES}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    row.infotext: row.choices
    for record in PARTS.values()
    for row in options(record)
    if row.infotext and row.choices and isinstance(row.choices, tuple)
}
_SIZE = re.compile(r"\s*(\d+)\s*[x×]\s*(\d+)\s*")
_MODULE = re.compile(r"Module \d+")


def modernised(parameters: Parameters) -> Parameters:
    """`parameters` with every entry as this program would write it; what it could not say is among the leftovers."""
    found = {_KEYS.get(key.casefold(), key): text.strip() for key, text in parameters.entries.items()}
    found |= {key: "" for key, text in found.items() if text in SAME}
    found |= dict.fromkeys(compatibility({**found, "Prompt": parameters.prompt}), "True")
    left = {**_take_names(found), **_take_other_choices(found), **parameters.leftovers}
    _rename_module(found)
    _rewrite_first_pass(found)
    if found.get("Refiner") in ("", "None"):
        del found["Refiner"]
    if has_wildcards(parameters.prompt) or has_wildcards(parameters.negative_prompt):
        found["Wildcards"] = "False"  # elsewhere such text is only text
    prompt = parameters.prompt + _take_hypernetwork(found)
    return replace(parameters, prompt=prompt, entries=found, leftovers=left)


def _take_names(found: dict[str, str]) -> dict[str, str]:
    """Bring sampler and schedule names to their labels; the unknown ones are taken out and returned."""
    left = {}
    for key in ("Schedule type", "Hires schedule type"):
        if name := found.get(key):
            if label := schedule_label(name):
                found[key] = label
            else:
                left[key] = found.pop(key)
    for key, schedule_key in (("Sampler", "Schedule type"), ("Hires sampler", "Hires schedule type")):
        if name := found.get(key):
            label, schedule = split_sampler(name) or ("", "")
            if label:
                found[key] = label
            else:
                left[key] = found.pop(key)
            if schedule:
                found[schedule_key] = schedule
    return left


def _take_other_choices(found: dict[str, str]) -> dict[str, str]:
    """Take out what is none of a field's choices."""
    return {key: found.pop(key) for key, choices in _CHOICES.items() if key in found and found[key] not in choices}


def _rename_module(found: dict[str, str]) -> None:
    """Forge lists VAE and text encoders as modules; where there is one, it is the VAE."""
    modules = [key for key in found if _MODULE.fullmatch(key)]
    if len(modules) == 1:
        found.setdefault("VAE", found.pop(modules[0]))


def _rewrite_first_pass(found: dict[str, str]) -> None:
    """Sizes from before 1.0, which named the second pass's, and spaced ones."""
    sizes = {}
    for key in ("Size", "First pass size", "Hires resize", "Seed resize from"):
        if size := _SIZE.fullmatch(found.get(key, "")):
            found[key] = "x".join(size.groups())
            sizes |= dict(zip((f"{key}-1", f"{key}-2"), size.groups(), strict=True))
    if new := first_pass(sizes):
        found["Size"] = f"{new['Size-1']}x{new['Size-2']}"
        found["Hires resize"] = f"{new['Hires resize-1']}x{new['Hires resize-2']}"
        del found["First pass size"]


def _take_hypernetwork(found: dict[str, str]) -> str:
    name, strength = found.pop("Hypernet", ""), found.pop("Hypernet strength", "1.0")
    return f"<hypernet:{name}:{strength}>" if name else ""
