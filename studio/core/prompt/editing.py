"""Prompt editing: [from:to:when], [to:when], [from::when] and [a|b], as texts over the steps of a run.

Follows AUTOMATIC1111's web UI 1.10.1; `grammar` says which brackets count.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from studio.core.prompt.grammar import Alternation, Node, NotEditable, Switch, parse


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
    try:
        tree = parse(prompt)
    except NotEditable:
        return [(clock.steps, prompt)]
    ends = _ends([edit.node for edit in tree.edits], clock)
    return [(end, "".join(_active(tree.nodes, end, clock))) for end in ends]


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
