"""Prompt editing: [from:to:when], [to:when], [from::when] and [a|b], as texts over the steps of a run.

Follows AUTOMATIC1111's web UI 1.10.1. A bracket pair means something only when everything inside it is well formed;
else its brackets and colons are plain text, and so are those of every pair around it. A bar outside an alternation, or
a backslash before nothing, makes the whole prompt plain text.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union

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


Node = Union[str, Switch, Alternation]


@dataclass(frozen=True)
class _Group:
    """An open bracket: which, where in the output it stands, and its separators (sign, where) so far."""

    opening: str
    start: int
    separators: list[tuple[str, int]]

    def has_bar(self) -> bool:
        return any(sign == "|" for sign, _ in self.separators)


class NotEditable(Exception):  # noqa: N818 - caught here, never shown
    """The text is no prompt of this language; the web UI then takes it literally."""


class _Parser:
    """Reads tokens from left to right; `output` is flat, and a group that means something collapses into one node."""

    def __init__(self) -> None:
        self.output: list[Node] = []
        self.switches: list[Switch] = []
        self.alternates = False
        self._open: list[_Group] = []

    def read(self, text: str) -> None:
        position = 0
        for token in _TOKEN.finditer(text):
            if token.start() != position:
                raise NotEditable
            position = token.end()
            self._take(token[0])
        if position != len(text):
            raise NotEditable
        self._give_up()

    def _take(self, token: str) -> None:
        if token in ("(", "["):
            self._open.append(_Group(token, len(self.output), []))
        elif token in _OPENING:
            self._close(token)
            return
        elif token == ":" and self._open:
            self._open[-1].separators.append((token, len(self.output)))
        elif token == "|":
            self._bar()
        self.output.append(token)

    def _bar(self) -> None:
        if not self._open or self._open[-1].opening == "(":
            raise NotEditable
        self._open[-1].separators.append(("|", len(self.output)))

    def _close(self, token: str) -> None:
        if self._open and self._open[-1].opening == _OPENING[token] and self._collapse(self._open[-1], token):
            self._open.pop()
            return
        self._give_up()
        self.output.append(token)

    def _give_up(self) -> None:
        """What is open now has a plain bracket or colon inside and can mean nothing any more."""
        if any(group.has_bar() for group in self._open):
            raise NotEditable
        self._open.clear()

    def _collapse(self, group: _Group, closing: str) -> bool:
        """Put what the group means in place of it; False if it means nothing."""
        if not group.separators or (group.opening == "(" and len(group.separators) == 1):
            self.output.append(closing)
            return True
        node = None if group.opening == "(" else self._node(group)
        if node is None:
            return False
        del self.output[group.start :]
        self.output.append(node)
        return True

    def _node(self, group: _Group) -> Switch | Alternation | None:
        signs = {sign for sign, _ in group.separators}
        if signs == {"|"}:
            self.alternates = True
            return Alternation(self._parts(group))
        if signs == {":"} and len(group.separators) <= 2:
            return self._switch(self._parts(group))
        return None

    def _parts(self, group: _Group) -> list[list[Node]]:
        edges = [group.start, *(where for _, where in group.separators), len(self.output)]
        return [self.output[left + 1 : right] for left, right in zip(edges, edges[1:])]  # noqa: B905 - one shorter

    def _switch(self, parts: list[list[Node]]) -> Switch | None:
        last = parts[-1]
        when = _WHEN.fullmatch(last[0]) if len(last) == 1 and isinstance(last[0], str) else None
        if when is None:
            return None
        switch = Switch(parts[0] if len(parts) == 3 else [], parts[-2], when[1])
        self.switches.append(switch)
        return switch


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
            return self.steps if value > 0 else -1
        return min(self.steps, int(value))


def schedule(
    prompt: str, steps: int, hires_steps: int | None = None, old_timelines: bool = False
) -> list[tuple[int, str]]:
    """The texts of a run, each with the last step (from 1) at which it is active.

    With `hires_steps` the texts of the second pass, whose steps count on after the `steps` of the first;
    `old_timelines` reads numbers as web UIs before 1.6 did, the same in both passes. Never raises.
    """
    clock = _Clock(steps, old=old_timelines)
    if hires_steps is not None and not old_timelines:
        clock = _Clock(hires_steps, passed_steps=steps, passed_fraction=1.0)
    parser = _Parser()
    try:
        parser.read(prompt)
    except NotEditable:
        return [(clock.steps, prompt)]
    ends = {clock.last_step(switch.when) for switch in parser.switches}
    ends = {end for end in ends if end >= 1} | {clock.steps}
    if parser.alternates:
        ends.update(range(1, clock.steps + 1))
    return [(end, "".join(_active(parser.output, end, clock))) for end in sorted(ends)]


def _active(nodes: list[Node], step: int, clock: _Clock) -> Iterator[str]:
    """The pieces of text that are active at `step`; a stack instead of recursion, so any depth works."""
    waiting = [iter(nodes)]
    while waiting:
        for node in waiting[-1]:
            if isinstance(node, str):
                yield node
                continue
            waiting.append(iter(_choice(node, step, clock)))
            break
        else:
            waiting.pop()


def _choice(node: Switch | Alternation, step: int, clock: _Clock) -> list[Node]:
    if isinstance(node, Alternation):
        return node.options[(step - 1) % len(node.options)]
    return node.before if step <= clock.last_step(node.when) else node.after
