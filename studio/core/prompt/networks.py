"""Networks named in a prompt: <lora:name:0.8>, <hypernet:name:1>, <lora:name:te=0.5:unet=1:dyn=64>."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.errors import BadRequest

NETWORK = re.compile(r"<(\w+):([^>]+)>")


@dataclass(frozen=True)
class NetworkTag:
    """One <kind:items> of a prompt, its items as typed.

    The numbers are read when they are asked for and raise BadRequest if they are none.
    """

    kind: str
    items: tuple[str, ...]

    @property
    def positional(self) -> tuple[str, ...]:
        """The items that are not of the form key=value."""
        return tuple(item for item in self.items if item.count("=") != 1)

    @property
    def named(self) -> dict[str, str]:
        """The items of the form key=value."""
        return dict(_pair(item) for item in self.items if item.count("=") == 1)

    @property
    def name(self) -> str:
        """Which network; empty if the tag names none."""
        return self.positional[0] if self.positional else ""

    @property
    def te(self) -> float:
        """Strength in the text encoder, 1 unless given."""
        return _number(self, self._item("te", 1), 1.0)

    @property
    def unet(self) -> float:
        """Strength in the U-Net, that of the text encoder unless given."""
        text = self._item("unet", 2)
        return self.te if text is None else _number(self, text, 1.0)

    @property
    def dyn(self) -> int | None:
        """The rank to which the network is cut, None for all of it."""
        text = self._item("dyn", 3)
        try:
            return None if text is None else int(text)
        except ValueError:
            raise _not_a_number(self, text) from None

    def _item(self, key: str, index: int) -> str | None:
        positional = self.positional
        return self.named.get(key, positional[index] if len(positional) > index else None)

    def __str__(self) -> str:
        return f"<{self.kind}:{':'.join(self.items)}>"


def _pair(item: str) -> tuple[str, str]:
    key, _, value = item.partition("=")
    return key, value


def _number(tag: NetworkTag, text: str | None, default: float) -> float:
    try:
        return default if text is None else float(text)
    except ValueError:
        raise _not_a_number(tag, text) from None


def _not_a_number(tag: NetworkTag, text: str | None) -> BadRequest:
    return BadRequest(
        "“{text}” in {tag} is not a number.", "Write it like <lora:name:0.8>.", text=text or "", tag=str(tag)
    )


def extract_networks(prompt: str) -> tuple[str, list[NetworkTag]]:
    """The prompt without its network tags, and the tags in order. Never raises."""
    end = prompt.rfind(">") + 1  # beyond it no tag can end: looking for one would be quadratic
    tags = [NetworkTag(kind, tuple(items.split(":"))) for kind, items in NETWORK.findall(prompt[:end])]
    return NETWORK.sub("", prompt[:end]) + prompt[end:], tags


def extract_batch_networks(prompts: Sequence[str]) -> tuple[list[str], list[NetworkTag]]:
    """The prompts of a batch without their tags, and the tags of the first, which alone count in the web UI."""
    extracted = [extract_networks(prompt) for prompt in prompts]
    return [text for text, _ in extracted], extracted[0][1] if extracted else []
