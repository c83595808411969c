"""Colours of a prompt: what each part of it is, and how strongly it counts."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import cast

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit

from studio.core.prompt import Span
from studio.ui.widgets.offsets import Offsets

MOST_TINT = 96
FULL_TINT_AT = 0.6  # a weight of 1.6 is as strong as a tint gets
WORD = re.compile(r"[\w\-.]+")


@dataclass(frozen=True)
class PromptColours:
    """A colour for each kind of span; `heavier` and `lighter` tint the ground of weighted text."""

    text: QColor
    muted: QColor
    bad: QColor
    heavier: QColor
    lighter: QColor
    kinds: dict[str, QColor]


DARK_KINDS = {
    "scheduling": "#C5A3FF",
    "alternation": "#7FD6B8",
    "and": "#93A6FF",
    "break": "#93A6FF",
    "network": "#F2B76B",
    "wildcard": "#F093C8",
    "embedding": "#6FC8EA",
}
LIGHT_KINDS = {
    "scheduling": "#7A3FD0",
    "alternation": "#0F7A57",
    "and": "#3F57D9",
    "break": "#3F57D9",
    "network": "#955A00",
    "wildcard": "#B02A7C",
    "embedding": "#0B6E94",
}


def prompt_colours(text: str, muted: str, bad: str, is_dark: bool) -> PromptColours:
    """The colours that suit a dark or light ground."""
    kinds = {kind: QColor(colour) for kind, colour in (DARK_KINDS if is_dark else LIGHT_KINDS).items()}
    return PromptColours(QColor(text), QColor(muted), QColor(bad), QColor("#E7934F"), QColor("#5B9BE6"), kinds)


@dataclass(frozen=True)
class Piece:
    """A stretch of text with one look."""

    start: int
    end: int
    kind: str = ""
    weight: float = 1.0
    is_wrong: bool = False


class PromptHighlighter(QSyntaxHighlighter):
    """Paints the pieces it was last given; typing shifts them until the next analysis."""

    def __init__(self, edit: QPlainTextEdit, colours: PromptColours) -> None:
        super().__init__(cast(QObject, edit))
        self._colours = colours
        self._pieces: list[Piece] = []
        self._starts: list[int] = []
        self._formats: dict[tuple[str, float, bool], QTextCharFormat] = {}

        edit.document().contentsChange.connect(self.shift)  # before Qt's own connection, which paints
        self.setDocument(edit.document())

    @property
    def pieces(self) -> list[Piece]:
        """What is painted where."""
        return self._pieces

    def show_pieces(self, pieces: Iterable[Piece]) -> None:
        """Paint these pieces; they may not overlap."""
        new = list(pieces)
        if new != self._pieces:
            changed = _changed_range(self._pieces, new)
            self._take(new)
            self._paint_blocks(*changed)

    @Slot(int, int, int)
    def shift(self, position: int, removed: int, added: int) -> None:
        """Move what lies behind an edit, so that colours stay on their words until the next analysis."""
        moved = added - removed
        self._take([_moved(piece, position, removed, moved) for piece in self._pieces])

    def _take(self, pieces: list[Piece]) -> None:
        self._pieces, self._starts = pieces, [piece.start for piece in pieces]

    def _paint_blocks(self, start: int, end: int) -> None:
        """Painting lays lines out anew, so only those that look different are painted."""
        block = self.document().findBlock(start)
        while block.isValid() and block.position() <= end:
            self.rehighlightBlock(block)
            block = block.next()

    def highlightBlock(self, text: str) -> None:  # noqa: ARG002 - Qt's; its units are needed, not its characters
        """Paint one line."""
        first = self.currentBlock().position()
        last = first + self.currentBlock().length() - 1
        begin = max(bisect_right(self._starts, first) - 1, 0)
        for piece in self._pieces[begin : bisect_right(self._starts, last)]:
            start, end = max(piece.start, first), min(piece.end, last)
            if start < end:
                self.setFormat(start - first, end - start, self._format(piece))

    def _format(self, piece: Piece) -> QTextCharFormat:
        key = (piece.kind, piece.weight, piece.is_wrong)
        if key not in self._formats:
            self._formats[key] = self._make_format(piece)
        return self._formats[key]

    def _make_format(self, piece: Piece) -> QTextCharFormat:
        made, colours = QTextCharFormat(), self._colours
        if piece.weight != 1:
            made.setBackground(tint(piece.weight, colours))
        if piece.kind in ("comment", "escape"):
            made.setForeground(colours.muted)
            made.setFontItalic(piece.kind == "comment")
        elif piece.kind in colours.kinds:
            made.setForeground(colours.kinds[piece.kind])
        if piece.kind in ("and", "break"):
            made.setFontWeight(700)
        if piece.is_wrong:
            made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            made.setUnderlineColor(colours.bad)
            made.setForeground(colours.bad)
        return made


def tint(weight: float, colours: PromptColours) -> QColor:
    """Warm for text that counts more, cool for text that counts less, stronger the further from 1."""
    colour = QColor(colours.heavier if weight > 1 else colours.lighter)
    strength = min(abs(weight - 1) / FULL_TINT_AT, 1.0)
    colour.setAlpha(round(16 + strength * (MOST_TINT - 16)))
    return colour


def _moved(piece: Piece, position: int, removed: int, moved: int) -> Piece:
    if piece.end <= position:
        return piece
    if piece.start >= position + removed:
        return replace(piece, start=piece.start + moved, end=piece.end + moved)
    return replace(piece, end=max(piece.end + moved, piece.start))


def _changed_range(old: list[Piece], new: list[Piece]) -> tuple[int, int]:
    """From where to where two lists of pieces look different."""
    first, last = 0, 1
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    while last <= min(len(old), len(new)) - first and old[-last] == new[-last]:
        last += 1
    different = [*old[first : len(old) - last + 1], *new[first : len(new) - last + 1]]
    return min(piece.start for piece in different), max(piece.end for piece in different)


def pieces(
    text: str, spans: Iterable[Span], wrong: Iterable[int] = (), embeddings: Collection[str] = ()
) -> list[Piece]:
    """Spans, which may lie in each other, as pieces side by side: the inner one's kind shows, and its weight.

    Spans count characters, pieces UTF-16 units, as Qt does. `wrong` are places of brackets without a partner,
    `embeddings` names in lower case.
    """
    found = list(spans)
    marks = [Span(at, at + 1, "wrong") for at in wrong]
    words = [Span(*word.span(), "embedding") for word in WORD.finditer(text) if word[0].casefold() in embeddings]
    offsets = Offsets(text)
    flat = _side_by_side(sorted([*found, *words, *marks], key=lambda span: (span.start, -span.end)))
    return [replace(piece, start=offsets.unit(piece.start), end=offsets.unit(piece.end)) for piece in flat]


def _side_by_side(spans: list[Span]) -> Iterator[Piece]:
    edges = sorted({edge for span in spans for edge in (span.start, span.end)})
    active: list[Span] = []
    following = 0
    for start, end in pairwise(edges):
        active = [span for span in active if span.end > start]
        while following < len(spans) and spans[following].start <= start:
            active.append(spans[following])
            following += 1
        if active:
            yield _piece(start, end, active)


def _piece(start: int, end: int, active: list[Span]) -> Piece:
    kind = next((span.kind for span in reversed(active) if span.kind not in ("weight", "wrong")), "")
    weight = next((span.weight for span in reversed(active) if span.kind == "weight"), 1.0)
    is_wrong = any(span.kind == "wrong" for span in active)
    return Piece(start, end, kind, 1.0 if kind == "comment" else weight, is_wrong)
