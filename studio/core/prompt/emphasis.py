"""Weights in a prompt: (more), [less], (exactly:1.3), backslash escapes and BREAK, as AUTOMATIC1111's web UI reads them."""

import math
import re
from dataclasses import dataclass
from itertools import groupby

BREAK = ("BREAK", -1)
ROUND_FACTOR = 1.1
SQUARE_FACTOR = 1 / 1.1

_TOKEN = re.compile(r"\\[()\[\]\\]|\\|[(\[\])]|:\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*\)|[^\\()\[\]:]+|:")
_BREAK = re.compile(r"\bBREAK\b")

_EXACT_DEPTH = 32  # products are rounded in the web UI's own order up to here; deeper, in the order that is linear


@dataclass
class _Bracket:
    """A pair of one kind, and the pair of that kind around it. `closed` orders the closings."""

    outer: "_Bracket | None"
    factor: float
    closed: float = math.inf
    product: float = 1.0  # of this and all outer factors, known at the end


class _Reader:
    """One pass over the text; a piece remembers the innermost round and square bracket that are open around it."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, float, _Bracket | None, _Bracket | None]] = []
        self._brackets: list[_Bracket] = []
        self._round: _Bracket | None = None
        self._square: _Bracket | None = None

    def read(self, text: str) -> list[tuple[str, float]]:
        for index, token in enumerate(_TOKEN.finditer(text)):
            self._take(token[0], token[1], index)
        for bracket in self._brackets:
            bracket.product = bracket.factor * (bracket.outer.product if bracket.outer else 1.0)
        return [(piece, _weight(weight, round_, square)) for piece, weight, round_, square in self.pieces]

    def _take(self, token: str, weight: str | None, index: int) -> None:
        if token[0] == "\\":
            self._add(token[1:], 1.0)
        elif token == "(":
            self._round = self._opened(self._round, ROUND_FACTOR)
        elif token == "[":
            self._square = self._opened(self._square, SQUARE_FACTOR)
        elif self._round and (weight is not None or token == ")"):
            self._round = self._closed(self._round, ROUND_FACTOR if weight is None else float(weight), index)
        elif self._square and token == "]":
            self._square = self._closed(self._square, SQUARE_FACTOR, index)
        else:
            self._add_text(token)

    def _opened(self, outer: _Bracket | None, factor: float) -> _Bracket:
        bracket = _Bracket(outer, factor)
        self._brackets.append(bracket)
        return bracket

    def _closed(self, bracket: _Bracket, factor: float, index: int) -> _Bracket | None:
        bracket.factor = factor
        bracket.closed = index
        return bracket.outer

    def _add(self, text: str, weight: float) -> None:
        self.pieces.append((text, weight, self._round, self._square))

    def _add_text(self, text: str) -> None:
        parts = _BREAK.split(text)
        last = len(parts) - 1
        for index, part in enumerate(parts):
            if index:
                self._add(*BREAK)
                part = part.lstrip()
            self._add(part.rstrip() if index < last else part, 1.0)


def _weight(weight: float, round_: _Bracket | None, square: _Bracket | None) -> float:
    """`weight` times the factors of all brackets around, in the order in which they were closed."""
    for _ in range(_EXACT_DEPTH):
        if round_ and (square is None or round_.closed <= square.closed):
            weight *= round_.factor
            round_ = round_.outer
        elif square:
            weight *= square.factor
            square = square.outer
        else:
            return weight
    return weight * (round_.product if round_ else 1.0) * (square.product if square else 1.0)


def parse_emphasis(text: str) -> list[tuple[str, float]]:
    """The text cut where its weight changes, each piece with its weight; BREAK is a piece ("BREAK", -1).

    Brackets that are never closed act up to the end; closing ones that were never opened are text. A number that
    cannot be one, as in (a:1.2.3), is text. Never raises; the weights of absurd prompts may be infinite.
    """
    runs = groupby(_Reader().read(text), key=lambda piece: piece[1])
    return [("".join(piece for piece, _ in run), weight) for weight, run in runs] or [("", 1.0)]
