"""Captions as the text encoder gets them: tokens, of which only those in use have a row while training."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import Tensor

from studio.core.tokens import END, START, encode
from studio.training.pocket.pictures import Row

LENGTH = 77
SENTENCE = "a picture of a {subject}"


def caption(row: Row, rng: np.random.Generator) -> str:
    """One of the ways to ask for a picture: by its name, with its style, with words about it, in a sentence."""
    way = rng.random()
    if way < 0.4:
        parts = [row.subject]
    elif way < 0.7:
        parts = [row.subject, row.style]
    elif way < 0.9:
        words = rng.permutation(row.words)[:2] if row.words else ()
        parts = [row.subject, *map(str, words), row.style]
    else:
        parts = [SENTENCE.format(subject=row.subject)]
    return ", ".join([*parts, *row.after])


def vocabulary(rows: Iterable[Row]) -> list[int]:
    """The tokens that captions of these rows can have, rising."""
    texts = {", ".join([row.subject, *row.words, row.style, *row.after]) for row in rows}
    found = {token for text in texts | {SENTENCE.format(subject="")} for token in encode(text)}
    return sorted(found | {START, END})


class Tokens:
    """Turns captions into rows of an embedding that holds `known` tokens only."""

    def __init__(self, known: Sequence[int]) -> None:
        self._places = {token: place for place, token in enumerate(known)}

    def __call__(self, texts: Sequence[str]) -> Tensor:
        """Places (n, 77) of the captions' tokens, filled up as the engine fills prompts up."""
        return torch.tensor([self._line(text) for text in texts])

    def _line(self, text: str) -> list[int]:
        tokens = [START, *encode(text)[: LENGTH - 2], END]
        return [self._places[token] for token in tokens + [END] * (LENGTH - len(tokens))]
