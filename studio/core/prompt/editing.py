"""Prompt editing: [from:to:when], [to:when], [from::when] and [a|b], as texts over the steps of a run.

Follows AUTOMATIC1111's web UI 1.10.1. A bracket pair means something only when everything inside it is well formed;
else its brackets and colons are plain text, and so are those of every pair around it. A bar outside an alternation, or
a backslash before nothing, makes the whole prompt plain text.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

_TOKEN = re.compile(r"(?:[^\\\[\]():|]|\\.)+|[\[\]():|]")
_WHEN = re.compile(r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*")
_OPENING = {")": "(", "]": "["}


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
class _Group:
    """An open bracket: which, where in the output it and its separators stand, and where in the text."""

    opening: str
    edges: list[int]
    places: list[int]
    signs: set[str] = field(default_factory=set)

    def separate(self, sign: str, edge: int, place: int) -> None:
        self.signs.add(sign)
        self.edges.append(edge)
        self.places.append(place)

    @property
    def separators(self) -> int:
        return len(self.edges) - 1


class NotEditable(Exception):
    """The text is no prompt of this language; the web UI then takes it literally."""


class Parser:
    """Reads signs from left to right; `output` is flat, and a group that means something collapses into one node."""

    def __init__(self) -> None:
        self.output: list[Node] = []
        self.edits: list[Edit] = []
        self._open: list[_Group] = []

    def read(self, text: str) -> None:
        """Take in the whole text, once. Raises NotEditable."""
        position = 0
        for found in _TOKEN.finditer(text):
            if found.start() != position:
                raise NotEditable
            self._take(found[0], position)
            position = found.end()
        if position != len(text):
            raise NotEditable
        self._give_up()

    def _take(self, sign: str, place: int) -> None:
        if sign in _OPENING:
            self._close(sign, place)
            return
        if sign in ("(", "["):
            self._open.append(_Group(sign, [len(self.output)], [place]))
        elif sign == "|" and (not self._open or self._open[-1].opening == "("):
            raise NotEditable
        elif sign in (":", "|") and self._open:
            self._open[-1].separate(sign, len(self.output), place)
        self.output.append(sign)

    def _close(self, sign: str, place: int) -> None:
        if not (self._open and self._open[-1].opening == _OPENING[sign] and self._collapse(self._open[-1], place)):
            self._give_up()
            self.output.append(sign)

    def _give_up(self) -> None:
        """What is open now has a plain bracket or colon inside and can mean nothing any more."""
        if any("|" in group.signs for group in self._open):
            raise NotEditable
        self._open.clear()

    def _collapse(self, group: _Group, place: int) -> bool:
        """Put what the group means in place of it; False if it means nothing."""
        if group.separators == 0 or (group.opening == "(" and group.separators == 1):
            self.output.append({"(": ")", "[": "]"}[group.opening])
        elif node := self._node(group):
            del self.output[group.edges[0] :]
            self.output.append(node)
            self.edits.append(Edit(node, (*group.places, place)))
        else:
            return False
        self._open.pop()
        return True

    def _node(self, group: _Group) -> Switch | Alternation | None:
        if group.opening == "(":
            return None
        if group.signs == {"|"}:
            return Alternation(self._parts(group))
        return self._switch(self._parts(group)) if group.signs == {":"} and group.separators <= 2 else None

    def _parts(self, group: _Group) -> list[list[Node]]:
        return [self.output[left + 1 : right] for left, right in pairwise([*group.edges, len(self.output)])]

    def _switch(self, parts: list[list[Node]]) -> Switch | None:
        last = parts[-1]
        when = _WHEN.fullmatch(last[0]) if len(last) == 1 and isinstance(last[0], str) else None
        return Switch(parts[0] if len(parts) == 3 else [], parts[-2], when[1]) if when else None


@dataclass(frozen=True)
class _Clock:
    """Turns the number in [from:to:when] into the last step of `from`."""

    steps: int
    passed_steps: int = 0
    passed_fraction: float = 0.0
    old: bool = False

    def last_step(self, when: str) -> int:
        value = float(when)
        if self.old:
            value = value * self.steps if value < 1 else value
        elif "." in when:
            value = (value - self.passed_fraction) * self.steps
        else:
            value -= self.passed_steps
        if not math.isfinite(value):
            return self.steps if value > 0 else 0
        return min(self.steps, int(value))


def schedule(
    prompt: str, steps: int, hires_steps: int | None = None, old_timelines: bool = False
) -> list[tuple[int, str]]:
    """The texts of a run, each with the last step (from 1) at which it is active.

    With `hires_steps` the texts of the second pass, in whose numbers the `steps` of the first count as passed;
    `old_timelines` reads numbers as web UIs before 1.6 did, the same in both passes. Never raises.
    """
    clock = _Clock(steps, old=old_timelines)
    if hires_steps is not None and not old_timelines:
        clock = _Clock(hires_steps, passed_steps=steps, passed_fraction=1.0)
    parser = Parser()
    try:
        parser.read(prompt)
    except NotEditable:
        return [(clock.steps, prompt)]
    ends = _ends([edit.node for edit in parser.edits], clock)
    return [(end, "".join(_active(parser.output, end, clock))) for end in ends]


def _ends(nodes: list[Switch | Alternation], clock: _Clock) -> list[int]:
    switched = {clock.last_step(node.when) for node in nodes if isinstance(node, Switch)}
    ends = {end for end in switched if end >= 1} | {clock.steps}
    if any(isinstance(node, Alternation) for node in nodes):
        ends.update(range(1, clock.steps + 1))
    return sorted(ends)


def _active(nodes: list[Node], step: int, clock: _Clock) -> Iterator[str]:
    """The pieces of text that are active at `step`; a stack instead of recursion, so any depth works."""
    waiting = [iter(nodes)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
        elif isinstance(node, str):
            yield node
        elif isinstance(node, Alternation):
            waiting.append(iter(node.options[(step - 1) % len(node.options)]))
        else:
            waiting.append(iter(node.before if step <= clock.last_step(node.when) else node.after))
