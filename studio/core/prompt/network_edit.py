"""Changing a prompt's network tags: adding one, taking one out, giving one another weight."""

import re
from dataclasses import dataclass

from studio.core.errors import BadRequest
from studio.core.prompt.networks import NETWORK, NetworkTag

ANSWERING = ("lora", "lyco")
ITEM_END = re.compile(r"\s*,?\s*$")


@dataclass(frozen=True)
class PlacedTag:
    """A network tag with where it stands (character offsets).

    `te` and `unet` are its weights, None if they are no plain numbers (a weight that changes over the steps).
    """

    tag: NetworkTag
    start: int
    end: int
    te: float | None
    unet: float | None

    @property
    def is_split(self) -> bool:
        """Whether the U-Net has a weight of its own."""
        return len(self.tag.positional) > 2 or "unet" in self.tag.named


def placed_tags(prompt: str) -> list[PlacedTag]:
    """The networks of a prompt in order, each with its place. Never raises."""
    end = prompt.rfind(">") + 1
    return [_placed(found) for found in NETWORK.finditer(prompt[:end]) if found[1] in ANSWERING]


def with_network(prompt: str, name: str, weight: float = 1.0, words: str = "") -> str:
    """`prompt` with a network and its trigger words at its end, unless the network is in it already."""
    if has_network(prompt, name):
        return prompt
    parts = (ITEM_END.sub("", prompt), words.strip().strip(","), f"<lora:{name}:{shown(weight)}>")
    text = ", ".join(part for part in parts[:2] if part)
    return f"{text} {parts[2]}" if text else parts[2]


def has_network(prompt: str, name: str) -> bool:
    """Whether a prompt names a network."""
    return any(placed.tag.name == name for placed in placed_tags(prompt))


def without_network(prompt: str, name: str, words: str = "") -> str:
    """`prompt` without the tags of a network, and without the trigger words that came with it as a whole item."""
    for placed in reversed(placed_tags(prompt)):
        if placed.tag.name == name:
            prompt = prompt[: placed.start].rstrip(" ") + prompt[placed.end :]
    words = words.strip().strip(",")
    if words:
        prompt = re.sub(rf"(^|,)\s*{re.escape(words)}\s*(?=,|$)", "", prompt, count=1)
    return prompt.removeprefix(",").strip(" ")


def with_weight(prompt: str, at: int, weight: float, part: str = "te") -> str:
    """`prompt` with another weight in its network tag number `at` (from 0); `part` "unet" is that of the U-Net alone.

    How the tag is written (by place, or te=, unet=) stays. Raises IndexError.
    """
    placed = placed_tags(prompt)[at]
    items = _with_item(placed.tag, part, shown(weight))
    return f"{prompt[: placed.start]}<{placed.tag.kind}:{':'.join(items)}>{prompt[placed.end :]}"


def shown(weight: float) -> str:
    """A weight as prompts have it: at most three digits after the point."""
    return f"{round(weight, 3):g}"


def _placed(found: re.Match[str]) -> PlacedTag:
    tag = NetworkTag(found[1], tuple(found[2].split(":")))
    try:
        te, unet = tag.te, tag.unet
    except BadRequest:
        return PlacedTag(tag, found.start(), found.end(), None, None)
    return PlacedTag(tag, found.start(), found.end(), te, unet)


def _with_item(tag: NetworkTag, part: str, text: str) -> list[str]:
    """The tag's items with one of them replaced, or added after those that go by their place."""
    places = [at for at, item in enumerate(tag.items) if item.count("=") != 1]
    number = {"te": 1, "unet": 2}[part]
    items = list(tag.items)
    named = next((at for at, item in enumerate(items) if item.startswith(f"{part}=") and item.count("=") == 1), None)
    if named is not None:
        items[named] = f"{part}={text}"
    elif len(places) > number:
        items[places[number]] = text
    else:
        items.insert(places[-1] + 1 if places else 0, text if len(places) == number else f"{part}={text}")
    return items
