"""How NovelAI, ComfyUI and InvokeAI say what a picture was made of, in the web UI's vocabulary."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from studio.core.infotext_comfy import from_graph, is_graph
from studio.core.infotext_invoke import from_dream, from_invoke, from_old_invoke
from studio.core.infotext_keys import Parameters
from studio.core.infotext_names import sampler_label
from studio.core.infotext_pictures import PARAMETERS, PictureTexts
from studio.core.infotext_syntax import json_text

NOVELAI_KEYS = {
    "steps": "Steps",
    "sampler": "Sampler",
    "noise_schedule": "Schedule type",
    "scale": "CFG scale",
    "seed": "Seed",
    "cfg_rescale": "CFG rescale",
}
JSON_FORMATS: Mapping[str, Callable[[dict[str, Any]], Parameters]] = {
    "invokeai_metadata": from_invoke,
    "sd-metadata": from_old_invoke,
    "prompt": from_graph,
}


def foreign(picture: PictureTexts) -> Parameters | None:
    """What another program's picture says, None if it is no picture of one of them."""
    texts = picture.texts
    if texts.get("Software") == "NovelAI" and (said := _json(texts.get("Comment", ""))):
        return _novelai(said, texts.get("Description", ""), f"{picture.width}x{picture.height}")
    if PARAMETERS in texts:
        return from_json(texts[PARAMETERS])
    for keyword, reader in JSON_FORMATS.items():
        if said := _json(texts.get(keyword, "")):
            return reader(said)
    return from_dream(texts["Dream"]) if "Dream" in texts else None


def from_json(text: str) -> Parameters | None:
    """What a text says that is one of these programs' JSON, None if it is not JSON at all."""
    said = _json(text)
    if not said:
        return None
    if is_graph(said):
        return from_graph(said)
    if isinstance(said.get("image"), dict):
        return from_old_invoke(said)
    if "positive_prompt" in said:
        return from_invoke(said)
    return Parameters(leftovers={str(key): json_text(value) for key, value in said.items()})


def _json(text: str) -> dict[str, Any]:
    if not text.lstrip().startswith("{"):
        return {}
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _novelai(said: dict[str, Any], description: str, size: str) -> Parameters:
    """NovelAI keeps the prompt apart; clip skip and noise delta are those of its first models."""
    prompt = description or json_text(said.get("prompt", ""))
    entries = {key: json_text(said[name]) for name, key in NOVELAI_KEYS.items() if name in said}
    entries["Sampler"] = sampler_label(entries.get("Sampler", "")) or entries.get("Sampler", "")
    entries |= {"Size": size, "Clip skip": "2", "ENSD": "31337"}
    left = {name: json_text(value) for name, value in said.items() if name not in {*NOVELAI_KEYS, "uc", "prompt"}}
    return Parameters(prompt, json_text(said.get("uc", "")), entries, left)
