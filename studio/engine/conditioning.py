"""What the text encoders hand to the denoiser."""

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
