"""What the text encoders hand to the denoiser."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Conditioning:
    """One encoded text.

    `context` is (tokens, width), tokens a multiple of 77. `vector` is SDXL's pooled text with size embeddings,
    (features,), None for the SD1 and SD2 families.
    """

    context: Tensor
    vector: Tensor | None = None


@dataclass(frozen=True)
class Scheduled:
    """A conditioning that is active while the step counter is <= `until` (web UI's prompt editing rule)."""

    until: int
    conditioning: Conditioning


@dataclass(frozen=True)
class ComposedPrompt:
    """One image's positive prompt: the parts joined by AND, each a schedule with its weight."""

    parts: tuple[tuple[tuple[Scheduled, ...], float], ...]


def active(schedule: tuple[Scheduled, ...], step: int) -> Conditioning:
    """The conditioning of `schedule` at model call `step` (from 0): the first whose `until` is not yet passed.

    Where all are passed (DPM adaptive calls as often as it likes) it is the first again, as in the web UI.
    """
    return next((entry.conditioning for entry in schedule if step <= entry.until), schedule[0].conditioning)


def over_states(states: Sequence[tuple[int, tuple[Scheduled, ...]]]) -> tuple[Scheduled, ...]:
    """One schedule of a text that was encoded several times, as the model's weights change on the way.

    Each state comes with its last model call. Both change where they would change by themselves.
    """
    if len(states) == 1:
        return states[0][1]
    ends = sorted({until for until, _ in states} | {entry.until for _, schedule in states for entry in schedule})
    last = states[-1][1]
    at = {end: next((schedule for until, schedule in states if end <= until), last) for end in ends}
    return tuple(Scheduled(end, active(at[end], end)) for end in ends)
