"""Which text of a prompt is active at which steps, for a ruler under its editor."""

from collections.abc import Iterator
from dataclasses import dataclass

from studio.core.prompt.comments import strip_comments
from studio.core.prompt.composition import split_and
from studio.core.prompt.editing import schedule
from studio.core.prompt.networks import extract_networks


@dataclass(frozen=True)
class Row:
    """One text and the model calls, counted from 1, at which it is active.

    `part` counts the prompts that AND joins from 0, `weight` is that part's; `is_hires` rows count the second pass.
    """

    part: int
    weight: float
    is_hires: bool
    first: int
    last: int
    text: str


def timeline(prompt: str, steps: int, hires_steps: int | None = None, old_timelines: bool = False) -> list[Row]:
    """The rows of every part of a prompt, first pass before second. Never raises.

    As in the web UI a text stays one call longer than its step: [a:b:5] shows a in the calls 1 to 6.
    """
    rows: list[Row] = []
    for part, (text, weight) in enumerate(split_and(extract_networks(strip_comments(prompt))[0])):
        first_pass = schedule(text, steps, None, old_timelines)
        rows += [Row(part, weight, False, *stretch) for stretch in _stretches(first_pass, steps)]
        if hires_steps:
            second_pass = schedule(text, steps, hires_steps, old_timelines)
            rows += [Row(part, weight, True, *stretch) for stretch in _stretches(second_pass, hires_steps)]
    return rows


def _stretches(entries: list[tuple[int, str]], steps: int) -> Iterator[tuple[int, int, str]]:
    """First call, last call and text, neighbours with the same text in one."""
    first = 1
    for index, (end, text) in enumerate(entries):
        following = entries[index + 1][1] if index + 1 < len(entries) else None
        last = min(end + 1, steps) if following is not None else steps
        if text != following and last >= first:
            yield first, last, text
            first = last + 1
