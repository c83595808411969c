"""What InvokeAI says of its pictures, in its three forms over the years."""

import re
from collections.abc import Mapping
from typing import Any

from studio.core.infotext_keys import Parameters
from studio.core.infotext_syntax import json_text

KEYS = {
    "steps": "Steps",
    "scheduler": "Sampler",
    "cfg_scale": "CFG scale",
    "seed": "Seed",
    "cfg_rescale_multiplier": "CFG rescale",
    "refiner_start": "Refiner switch at",
}
OLD_KEYS = {"steps": "Steps", "sampler": "Sampler", "cfg_scale": "CFG scale", "seed": "Seed"}
DREAM_KEYS = {"s": "Steps", "A": "Sampler", "C": "CFG scale", "S": "Seed", "W": "width", "H": "height"}
MODELS = {"model": "Model", "vae": "VAE", "refiner_model": "Refiner"}

_UNWANTED = re.compile(r"\[([^\[\]]*)\]")
_DREAM = re.compile(r'\s*"((?:\\.|[^"\\])*)"(.*)', re.DOTALL)
_OPTION = re.compile(r"-(\w)\s?([^\s-]\S*)")


def from_invoke(said: Mapping[str, Any]) -> Parameters:
    """InvokeAI 3 and later: `invokeai_metadata`."""
    entries = {key: json_text(said[name]) for name, key in KEYS.items() if said.get(name) is not None}
    entries |= {key: model for name, key in MODELS.items() if (model := _model(said.get(name)))}
    entries |= _size(said)
    if isinstance(said.get("clip_skip"), int):
        entries["Clip skip"] = str(said["clip_skip"] + 1)
    if said.get("rand_device") == "cpu":
        entries["RNG"] = "CPU"
    read = {
        *KEYS,
        *MODELS,
        "width",
        "height",
        "clip_skip",
        "rand_device",
        "positive_prompt",
        "negative_prompt",
        "loras",
    }
    prompt = json_text(said.get("positive_prompt") or "") + _loras(said.get("loras"))
    return Parameters(prompt, json_text(said.get("negative_prompt") or ""), entries, _left(said, read))


def from_old_invoke(said: Mapping[str, Any]) -> Parameters:
    """InvokeAI 2: `sd-metadata`, whose picture's own facts are under "image"."""
    image = said["image"] if isinstance(said.get("image"), dict) else {}
    entries = {key: json_text(image[name]) for name, key in OLD_KEYS.items() if image.get(name) is not None} | _size(
        image
    )
    if model := said.get("model_weights"):
        entries["Model"] = json_text(model)
    prompt, negative = _wanted_and_not(_old_prompt(image.get("prompt")))
    left = {**_left(said, {"image", "model_weights"}), **_left(image, {*OLD_KEYS, "prompt", "width", "height"})}
    return Parameters(prompt, negative, entries, left)


def from_dream(text: str) -> Parameters:
    """InvokeAI 1: `Dream`, a quoted prompt and its command-line options."""
    match = _DREAM.fullmatch(text)
    if not match:
        return Parameters(leftovers={"Dream": text})
    given = dict(_OPTION.findall(match.group(2)))
    found = {DREAM_KEYS[name]: value for name, value in given.items() if name in DREAM_KEYS}
    entries = {key: value for key, value in found.items() if key not in ("width", "height")} | _size(found)
    prompt, negative = _wanted_and_not(match.group(1).replace('\\"', '"'))
    return Parameters(prompt, negative, entries, {f"-{k}": v for k, v in given.items() if k not in DREAM_KEYS})


def _size(said: Mapping[str, Any]) -> dict[str, str]:
    return {"Size": f"{said['width']}x{said['height']}"} if {"width", "height"} <= said.keys() else {}


def _model(model: Any) -> str:
    """A model's name: itself, or what a record of it calls it."""
    if isinstance(model, dict):
        nested = model.get("model")
        facts = nested if isinstance(nested, dict) else model
        return json_text(facts.get("name") or facts.get("model_name") or "")
    return model if isinstance(model, str) else ""


def _loras(loras: Any) -> str:
    """LoRAs as the web UI names them in prompts."""
    records = [lora for lora in loras if isinstance(lora, dict)] if isinstance(loras, list) else []
    named = [(_model(lora.get("model") or lora.get("lora")), lora.get("weight", 1)) for lora in records]
    return "".join(f" <lora:{name}:{weight}>" for name, weight in named if name)


def _old_prompt(prompt: Any) -> str:
    if isinstance(prompt, list):
        return ", ".join(json_text(part.get("prompt", "")) for part in prompt if isinstance(part, dict))
    return prompt if isinstance(prompt, str) else ""


def _wanted_and_not(prompt: str) -> tuple[str, str]:
    """What was in square brackets was unwanted."""
    return _UNWANTED.sub("", prompt).strip(), ", ".join(part.strip() for part in _UNWANTED.findall(prompt))


def _left(said: Mapping[str, Any], read: set[str]) -> dict[str, str]:
    return {
        name: json_text(value) for name, value in said.items() if name not in read and value not in (None, "", [], {})
    }
