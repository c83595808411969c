"""The grammar of prompt editing: which brackets of a prompt switch or alternate, and which are plain text.

Follows what the parser of AUTOMATIC1111's web UI 1.10.1 answers:

- A bracket pair means something only if everything in it is well formed: "[" of a switch or alternation, or brackets
  of emphasis. Else its brackets and colons are plain text, and so are those of every pair around it.
- A bar outside an alternation, or a backslash before nothing, makes the whole prompt plain text.
- Plain brackets and colons can take what stands right before them along. Where the unbroken run of brackets and colons
  up to a plain one is odd in length, all of it is plain; where it is even, all but its first. So [a:b:3]] switches, and
  [a:b:3]]] is plain.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

_TOKEN = re.compile(r"(?:[^\\\[\]():|]|\\.)+|[\[\]():|]")
_WHEN = re.compile(r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*")
_OPENING = {")": "(", "]": "["}
_CLOSING = {"(": ")", "[": "]"}
_PLAIN = frozenset("()[]:")


@dataclass(frozen=True)
class Switch:
    """[before:after:when]: `when` is the number as it was typed."""

    before: "list[Node]"
    after: "list[Node]"
    when: str


@dataclass(frozen=True)
class Alternation:
    """[a|b|c]: one option a step, in turn."""

    options: "list[list[Node]]"


Node: TypeAlias = str | Switch | Alternation


@dataclass(frozen=True)
class Edit:
    """A switch or alternation and where its signs are in the text: bracket, separators, bracket."""

    node: Switch | Alternation
    places: tuple[int, ...]


@dataclass(frozen=True)
class Tree:
    """A prompt that was understood: its text and edits in order, and all edits, also those in others."""

    nodes: list[Node]
    edits: list[Edit]


class NotEditable(Exception):
    """The text is no prompt of this language; the web UI then takes it literally."""


@dataclass(slots=True)
class _Token:
    sign: str
    place: int


@dataclass(slots=True)
class _Group:
    """An open bracket: its token, how many edits were found before it, and where it and its separators stand.

    `edges` are places in the output, `places` in the text.
    """

    opening: str
    token: int
    first_edit: int
    edges: list[int]
    places: list[int]
    bars: int = 0

    def separate(self, sign: str, edge: int, place: int) -> None:
        self.bars += sign == "|"
        self.edges.append(edge)
        self.places.append(place)

    @property
    def separators(self) -> int:
        return len(self.edges) - 1


@dataclass(slots=True)
class _Item:
    """A well formed group: its opening token, and which edits are in it; `edit` is its own, if it is one."""

    start: int
    first_edit: int
    edit: int | None = None


def parse(text: str) -> Tree:
    """What the brackets of a prompt mean. Raises NotEditable."""
    tokens = _tokens(text)
    finder = _Finder(tokens)
    return _chosen(tokens, finder.items, finder.edits)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    for found in _TOKEN.finditer(text):
        if found.start() != position:
            raise NotEditable
        tokens.append(_Token(found[0], position))
        position = found.end()
    if position != len(text):
        raise NotEditable
    return tokens


class _Finder:
    """Finds every well formed group, from left to right. What a group holds collapses into one node of the output."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.items: dict[int, _Item] = {}  # by closing token
        self.edits: list[Edit] = []
        self._output: list[Node] = []
        self._open: list[_Group] = []
        for number, token in enumerate(tokens):
            self._take(number, token)
        self._give_up()

    def _take(self, number: int, token: _Token) -> None:
        sign = token.sign
        if sign in _OPENING:
            self._close(number, token)
            return
        if sign in _CLOSING:
            self._open.append(_Group(sign, number, len(self.edits), [len(self._output)], [token.place]))
        elif sign == "|" and (not self._open or self._open[-1].opening == "("):
            raise NotEditable
        elif sign in (":", "|") and self._open:
            self._open[-1].separate(sign, len(self._output), token.place)
        self._output.append(sign)

    def _close(self, number: int, token: _Token) -> None:
        group = self._open[-1] if self._open else None
        if group and group.opening == _OPENING[token.sign] and (item := self._item(group, token.place)):
            self.items[number] = item
            self._open.pop()
        else:
            self._give_up()
            self._output.append(token.sign)

    def _give_up(self) -> None:
        """What is open now has a plain bracket or colon inside and can mean nothing any more."""
        if any(group.bars for group in self._open):
            raise NotEditable
        self._open.clear()

    def _item(self, group: _Group, place: int) -> _Item | None:
        if group.separators == 0 or (group.opening == "(" and group.separators == 1):
            self._output.append(_CLOSING[group.opening])
            return _Item(group.token, group.first_edit)
        node = self._node(group)
        if node is None:
            return None
        del self._output[group.edges[0] :]
        self._output.append(node)
        self.edits.append(Edit(node, (*group.places, place)))
        return _Item(group.token, group.first_edit, len(self.edits) - 1)

    def _node(self, group: _Group) -> Switch | Alternation | None:
        if group.opening == "(":
            return None
        if group.bars == group.separators:
            return Alternation(self._parts(group))
        return _switch(self._parts(group)) if group.separators <= 2 and not group.bars else None

    def _parts(self, group: _Group) -> list[list[Node]]:
        return [self._output[left + 1 : right] for left, right in pairwise([*group.edges, len(self._output)])]


def _switch(parts: list[list[Node]]) -> Switch | None:
    last = parts[-1]
    when = _WHEN.fullmatch(last[0]) if len(last) == 1 and isinstance(last[0], str) else None
    return Switch(parts[0] if len(parts) == 3 else [], parts[-2], when[1]) if when else None


def _chosen(tokens: list[_Token], items: dict[int, _Item], found: list[Edit]) -> Tree:
    """The outermost groups that plain brackets leave, chosen from right to left."""
    runs = _runs(tokens, items, found)
    nodes: list[Node] = []
    edits: list[Edit] = []
    end = shelter = len(tokens)  # behind `shelter` is emphasised text, in which nothing is taken along
    while end:
        last = end - 1
        item = items.get(last)
        if item and item.edit is not None:
            nodes.append(found[item.edit].node)
            edits += reversed(found[item.first_edit : item.edit + 1])
            end = item.start
        elif item or end > shelter or tokens[last].sign not in _PLAIN:
            nodes.append(tokens[last].sign)
            shelter = min(shelter, item.start) if item else shelter
            end = last
        else:
            start = runs[last] + (end - runs[last] + 1) % 2
            nodes += (token.sign for token in reversed(tokens[start:end]))
            end = start
    return Tree(nodes[::-1], edits[::-1])


def _runs(tokens: list[_Token], items: dict[int, _Item], found: list[Edit]) -> list[int]:
    """For every bracket and colon, where the unbroken run of them begins; an alternation ends one."""
    runs = [0] * len(tokens)
    for number in range(1, len(tokens)):
        before = items.get(number - 1)
        is_alternation = before and before.edit is not None and isinstance(found[before.edit].node, Alternation)
        is_broken = is_alternation or tokens[number - 1].sign not in _PLAIN
        runs[number] = number if is_broken else runs[number - 1]
    return runs
