"""What the parts of a prompt are, for an editor that colours them."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from studio.core.prompt.choices import NAME, groups
from studio.core.prompt.emphasis import Bracket, Reader
from studio.core.prompt.grammar import Alternation, Edit, NotEditable, parse

_COMMENT = re.compile(r"#[^\n]*")
_NETWORK = re.compile(r"<\w+:[^>]+>")
_AND = re.compile(r"\bAND\b")
_BREAK = re.compile(r"\bBREAK\b")
_ESCAPE = re.compile(r"\\([()\[\]{}\\:|])")


@dataclass(frozen=True)
class Span:
    """A stretch of text of one kind; `weight` is how strongly text there counts.

    Kinds: weight, scheduling, alternation, and, break, network, wildcard, comment, escape.
    """

    start: int
    end: int
    kind: str
    weight: float = 1.0


def spans(text: str) -> list[Span]:
    """All spans of a prompt by where they start, outer ones before those inside them. Never raises."""
    return _Analysis(text).spans()


def unbalanced(text: str) -> list[int]:
    """Where brackets stand that have no partner: ( ) [ ] { }, but not escaped ones or those of network names."""
    analysis = _Analysis(text)
    return sorted([*analysis.strays, *_stray_braces(analysis.without_tags)])


def _blank(stretches: Iterable[tuple[int, int]], text: str) -> str:
    """The text with spaces instead of what lies in the stretches, so that places stay."""
    letters = list(text)
    for start, end in stretches:
        letters[start:end] = " " * (end - start)
    return "".join(letters)


class _Analysis:
    """Reads a prompt in the order the web UI does, blanking what each reader would have taken away."""

    def __init__(self, text: str) -> None:
        self._found: list[Span] = []
        self.strays: list[int] = []
        text = self._take("comment", _COMMENT.finditer(text), text)
        end = text.rfind(">") + 1  # beyond it no network can end: looking for one would be quadratic
        self.without_tags = self._take("network", _NETWORK.finditer(text, 0, end), text)
        text = self._take("wildcard", NAME.finditer(self.without_tags), self.without_tags)
        self._escapes = [Span(*found.span(), "escape") for found in _ESCAPE.finditer(text)]
        text = self._without_choices(text)
        text = self._take("and", _AND.finditer(text), text)
        self._found += [Span(*found.span(), "break") for found in _BREAK.finditer(text)]
        self._starts: list[int] = []
        self._weights: list[float] = []
        for start, end in self._parts(len(text)):
            self._read_part(text[start:end], start)

    def spans(self) -> list[Span]:
        escapes = [Span(span.start, span.end, span.kind, self._weight_at(span.start)) for span in self._escapes]
        return sorted([*self._found, *escapes], key=lambda span: (span.start, -span.end))

    def _take(self, kind: str, found: Iterable[re.Match[str]], text: str) -> str:
        stretches = [one.span() for one in found]
        self._found += [Span(*stretch, kind) for stretch in stretches]
        return _blank(stretches, text)

    def _without_choices(self, text: str) -> str:
        gaps: list[tuple[int, int]] = []
        for group in groups(text):
            self._found.append(Span(group.start, group.end, "wildcard"))
            edges = [group.start, *(edge for option in group.options for edge in (option.start, option.end)), group.end]
            gaps += zip(edges[::2], edges[1::2], strict=True)
        return _blank(gaps, text)

    def _parts(self, length: int) -> Iterator[tuple[int, int]]:
        ands = [(span.start, span.end) for span in self._found if span.kind == "and"]
        return ((left[1], right[0]) for left, right in pairwise([(0, 0), *ands, (length, length)]))

    def _read_part(self, text: str, offset: int) -> None:
        edits = _edits(text)
        reader = Reader(_blank((gap for edit in edits for gap in _signs(edit)), text))
        pieces = [piece for piece in reader.pieces if piece.own > 0]
        self._starts += [piece.start + offset for piece in pieces]
        self._weights += [piece.weight for piece in pieces]
        self.strays += [place + offset for place in reader.strays]
        self.strays += [bracket.start + offset for bracket in reader.brackets if not _is_closed(bracket)]
        self._found += [_weight_span(bracket, offset) for bracket in reader.brackets if _is_closed(bracket)]
        self._found += [self._edit_span(edit, offset) for edit in edits]

    def _edit_span(self, edit: Edit, offset: int) -> Span:
        kind = "alternation" if isinstance(edit.node, Alternation) else "scheduling"
        start = edit.places[0] + offset
        return Span(start, edit.places[-1] + 1 + offset, kind, self._weight_at(start))

    def _weight_at(self, place: int) -> float:
        index = bisect_right(self._starts, place) - 1
        return self._weights[index] if index >= 0 else 1.0


def _edits(text: str) -> list[Edit]:
    try:
        return parse(text).edits
    except NotEditable:
        return []


def _signs(edit: Edit) -> Iterator[tuple[int, int]]:
    """Where a switch or alternation has signs instead of text; the number of a switch counts as one of them."""
    *places, last = edit.places
    if isinstance(edit.node, Alternation):
        places.append(last)
    yield from ((place, place + 1) for place in places)
    if not isinstance(edit.node, Alternation):
        yield places[-1], last + 1


def _is_closed(bracket: Bracket) -> bool:
    return bracket.end != float("inf")


def _weight_span(bracket: Bracket, offset: int) -> Span:
    return Span(bracket.start + offset, int(bracket.end) + offset, "weight", bracket.weight)


def _stray_braces(text: str) -> list[int]:
    waiting: list[int] = []
    strays: list[int] = []
    for mark in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        if mark[0] == "{":
            waiting.append(mark.start())
        elif mark[0] == "}" and waiting:
            waiting.pop()
        elif mark[0] == "}":
            strays.append(mark.start())
    return strays + waiting
