"""What becomes of a prompt: how many tokens, where its chunks begin, what is active at which step. Without Qt."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from studio.catalog import find
from studio.catalog.samplers import SAMPLERS
from studio.core import chunks
from studio.core.errors import UnknownName
from studio.core.prompt import Row, spans, strip_comments, timeline
from studio.core.request import GenerateRequest
from studio.ui.widgets.timeline_ruler import Band


@dataclass(frozen=True)
class Question:
    """Everything of a request that decides what becomes of one of its prompts; `calls` are model calls a step.

    `is_hires` asks about a prompt of the second pass alone.
    """

    prompt: str
    is_negative: bool
    steps: int
    hires_steps: int = 0
    calls: int = 1
    hires_calls: int = 1
    backtrack: int = 20
    emphasis: str = "Original"
    old_timelines: bool = False
    is_hires: bool = False
    embeddings: tuple[tuple[str, int], ...] = ()


def questions(request: GenerateRequest, vectors: Mapping[str, int] | None = None) -> tuple[Question, ...]:
    """What to ask about a request: its prompt, its negative prompt, and with hires fix those of the second pass.

    `vectors` are the known embeddings with how many tokens each takes.
    """
    hires = request.hires
    first = Question(
        request.prompt,
        False,
        request.steps,
        (hires.steps or request.steps) if hires else 0,
        calls_of(request.sampler),
        calls_of((hires.sampler if hires else "") or request.sampler),
        request.comma_backtrack,
        request.emphasis,
        request.old_timelines,
        embeddings=tuple((vectors or {}).items()),
    )
    second = replace(first, prompt=request.negative_prompt, is_negative=True)
    if hires is None:
        return first, second
    pairs = ((first, hires.prompt), (second, hires.negative_prompt))
    return (
        *(replace(one, hires_steps=0) if text else one for one, text in pairs),
        *(replace(one, prompt=text, is_hires=True) for one, text in pairs),
    )


def calls_of(sampler: str) -> int:
    """How often a sampler calls the model in a step."""
    try:
        return 2 if find("sampler", SAMPLERS, sampler).second_order else 1
    except UnknownName:
        return 1


@dataclass(frozen=True)
class ChunkText:
    """One chunk: how many tokens it has and the text it is from."""

    count: int
    text: str


@dataclass(frozen=True)
class Facts:
    """The answer: tokens and room for them, chunk starts (offsets after the first), texts of chunks, ruler rows."""

    count: int = 0
    room: int = 75
    boundaries: tuple[int, ...] = ()
    chunks: tuple[ChunkText, ...] = ()
    rows: tuple[tuple[Band, ...], ...] = ()
    steps: int = 0
    hires_steps: int = 0


def look(question: Question) -> Facts:
    """Answer a question. Never raises; some 200 ms for 20 kB of prompt, so not for the main thread."""
    text = strip_comments(question.prompt)
    values = _values(question)
    count, room = chunks.prompt_length(text, *values, negative=question.is_negative)
    boundaries = _boundaries(question, text, values)
    return Facts(
        count,
        room,
        boundaries,
        tuple(_chunk_texts(question, boundaries)),
        tuple(_rows(question)),
        question.hires_steps if question.is_hires else question.steps,
        0 if question.is_hires else question.hires_steps,
    )


def _values(question: Question) -> tuple[int, int, str, dict[str, int]]:
    return question.steps * question.calls, question.backtrack, question.emphasis, dict(question.embeddings)


def _boundaries(question: Question, text: str, values: tuple[int, int, str, dict[str, int]]) -> tuple[int, ...]:
    """Offsets are those of the text with its comments blanked, which keeps them those of the editor."""
    blanked = text if text == question.prompt else _blanked(question.prompt)
    return tuple(chunks.boundaries(blanked, *values, negative=question.is_negative))


def _blanked(prompt: str) -> str:
    lines = (line.partition("#") for line in prompt.split("\n"))
    return "\n".join(text + " " * (len(mark) + len(comment)) for text, mark, comment in lines)


def _chunk_texts(question: Question, boundaries: tuple[int, ...]) -> list[ChunkText]:
    edges = [0, *boundaries, len(question.prompt)]
    texts = [question.prompt[left:right] for left, right in pairwise(edges)]
    return [ChunkText(min(_count(text, question), chunks.CHUNK), text.strip(" ,\n")) for text in texts if text.strip()]


def _count(text: str, question: Question) -> int:
    return chunks.prompt_length(strip_comments(text), *_values(question), negative=question.is_negative)[0]


def _rows(question: Question) -> list[tuple[Band, ...]]:
    """One row for each place of the prompt that changes during the run; what changes inside it is part of it."""
    found, end = [], 0
    for span in spans(question.prompt):
        if span.kind in ("scheduling", "alternation") and span.start >= end:
            found.append(_bands(question.prompt[span.start : span.end], question))
            end = span.end
    return found


def _bands(text: str, question: Question) -> tuple[Band, ...]:
    hires_calls = question.hires_steps * question.hires_calls or None
    rows = timeline(text, question.steps * question.calls, hires_calls, question.old_timelines)
    return tuple(_band(row, question) for row in rows if row.is_hires or not question.is_hires)


def _band(row: Row, question: Question) -> Band:
    offset = question.steps if row.is_hires and not question.is_hires else 0
    calls = question.hires_calls if row.is_hires else question.calls
    return Band(offset + (row.first - 1) / calls, offset + row.last / calls, row.text.strip())
