"""What pages ask of the Create page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.library.model_rows import Model


@dataclass(frozen=True)
class Use:
    """The wish to paint with a model; `negative` says whether an embedding goes into the negative prompt."""

    model: Model
    negative: bool = False


@dataclass(frozen=True)
class Words:
    """A text for the end of the prompt."""

    text: str


def is_negative(model: Model) -> bool:
    """Whether an embedding is made for the negative prompt, by what it is called and tagged."""
    said = " ".join((model.path.stem, *model.sidecar.tags)).casefold()
    return any(mark in said for mark in ("neg", "bad", "unaesthetic"))
