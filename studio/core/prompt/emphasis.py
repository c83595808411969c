"""Weights in a prompt: (more), [less], (exactly:1.3), escapes and BREAK, as AUTOMATIC1111's web UI reads them."""

import math
import re
from dataclasses import dataclass
from itertools import groupby

BREAK = "BREAK"
BREAK_WEIGHT = -1
ROUND_FACTOR = 1.1
SQUARE_FACTOR = 1 / 1.1

_TOKEN = re.compile(r"\\[()\[\]\\]|\\|[(\[\])]|:\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*\)|[^\\()\[\]:]+|:")
_BREAK = re.compile(r"\bBREAK\b")

_EXACT_DEPTH = 32  # products are rounded in the web UI's own order up to here; deeper, in an order that stays linear


@dataclass(slots=True)
class Bracket:
    """A pair that weighs what is from `start` to `end`.

    `outer` is the next pair of its kind around it, `beside` the innermost open one of the other kind. `product` is its
    factor times those of all outer ones, known at the end.
    """

    outer: "Bracket | None"
    beside: "Bracket | None"
    factor: float
    start: int
    end: float = math.inf
    product: float = 1.0

    @property
    def weight(self) -> float:
        """What text right inside it weighs, by rounding."""
        return self.product * (self.beside.product if self.beside else 1.0)


@dataclass(slots=True)
class Piece:
    """Text from `start` with the innermost round and square bracket around it."""

    text: str
    start: int
    round: Bracket | None
    square: Bracket | None
    own: float = 1.0

    @property
    def weight(self) -> float:
        """The factors of all brackets around it, multiplied in the order in which they were closed."""
        weight, inner, other = self.own, self.round, self.square
        for _ in range(_EXACT_DEPTH):
            if inner and (other is None or inner.end <= other.end):
                weight *= inner.factor
                inner = inner.outer
            elif other:
                weight *= other.factor
                other = other.outer
            else:
                return weight
        return weight * (inner.product if inner else 1.0) * (other.product if other else 1.0)


class Reader:
    """One pass over the text; finds its pieces, its brackets, and closing brackets that close nothing."""

    def __init__(self, text: str) -> None:
        self.pieces: list[Piece] = []
        self.brackets: list[Bracket] = []
        self.strays: list[int] = []
        self._round: Bracket | None = None
        self._square: Bracket | None = None
        for found in _TOKEN.finditer(text):
            self._take(found)
        for bracket in self.brackets:
            bracket.product = bracket.factor * (bracket.outer.product if bracket.outer else 1.0)

    def _take(self, found: re.Match[str]) -> None:
        sign, start, end = found[0], found.start(), found.end()
        if sign[0] == "\\":
            self._add(sign[1:], start)
        elif sign == "(":
            self._round = self._opened(Bracket(self._round, self._square, ROUND_FACTOR, start))
        elif sign == "[":
            self._square = self._opened(Bracket(self._square, self._round, SQUARE_FACTOR, start))
        elif self._round and sign[-1] == ")":
            self._round = self._closed(self._round, end, float(found[1]) if found[1] else ROUND_FACTOR)
        elif self._square and sign == "]":
            self._square = self._closed(self._square, end, SQUARE_FACTOR)
        else:
            self.strays += [end - 1] if sign[-1] in ")]" else []
            self._add_text(sign, start)

    def _opened(self, bracket: Bracket) -> Bracket:
        self.brackets.append(bracket)
        return bracket

    def _closed(self, bracket: Bracket, end: int, factor: float) -> Bracket | None:
        bracket.end, bracket.factor = end, factor
        return bracket.outer

    def _add(self, text: str, start: int, own: float = 1.0) -> None:
        self.pieces.append(Piece(text, start, self._round, self._square, own))

    def _add_text(self, text: str, start: int) -> None:
        """Add a run of plain text, cut at each BREAK, around which spaces do not count."""
        position = 0
        for word in _BREAK.finditer(text):
            before = text[position : word.start()].rstrip()
            self._add(before.lstrip() if position else before, start + position)
            self._add(BREAK, start + word.start(), BREAK_WEIGHT)
            position = word.end()
        rest = text[position:]
        self._add(rest.lstrip() if position else rest, start + position)


def parse_emphasis(text: str) -> list[tuple[str, float]]:
    """The text cut where its weight changes, each piece with its weight; BREAK is a piece ("BREAK", -1).

    Brackets that are never closed act up to the end; closing ones that were never opened are text. A number that
    cannot be one, as in (a:1.2.3), is text. Never raises; the weights of absurd prompts may be infinite.
    """
    weighted = [(piece.text, piece.weight) for piece in Reader(text).pieces]
    runs = groupby(weighted, key=lambda piece: piece[1])
    return [("".join(piece for piece, _ in run), weight) for weight, run in runs] or [("", 1.0)]
