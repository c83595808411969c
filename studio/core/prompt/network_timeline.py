"""Networks over the steps of a run: what prompt editing around or inside their tags does to them.

AUTOMATIC1111's web UI takes the tags out before it looks for editing, so there they act throughout.
"""

import re
from collections.abc import Iterator

from studio.core.prompt.comments import strip_comments
from studio.core.prompt.editing import schedule
from studio.core.prompt.networks import NETWORK, NetworkTag

FIRST_MARK = 0xF0000  # a private plane: such letters are in no prompt, and plain text to the grammar
Networks = tuple[NetworkTag, ...]


def network_timeline(
    prompt: str, steps: int, hires_steps: int | None = None, old_timelines: bool = False
) -> list[tuple[int, Networks]]:
    """The networks of a run, each set with the last step (from 1) at which it acts; steps are as in `schedule`.

    [<lora:a:1>:<lora:b:1>:0.5] goes from one to the other, <lora:a:[0.2:1:0.5]> changes a weight. Never raises.
    """
    marks: dict[str, str] = {}

    def mark(text: str) -> str:
        letter = chr(FIRST_MARK + len(marks))
        marks[letter] = text
        return letter

    def marked(tag: re.Match[str]) -> str:
        return "".join(piece if len(piece) > 1 and piece.startswith("[") else mark(piece) for piece in _pieces(tag[0]))

    text = strip_comments(prompt)
    end = text.rfind(">") + 1
    text = NETWORK.sub(marked, text[:end]) + text[end:]
    entries = [(until, _tags(active, marks)) for until, active in schedule(text, steps, hires_steps, old_timelines)]
    following = [*entries[1:], None]
    return [entry for entry, later in zip(entries, following, strict=True) if not later or entry[1] != later[1]]


def _pieces(tag: str) -> Iterator[str]:
    """A tag cut before and after what stands in square brackets."""
    start = depth = 0
    for at, letter in enumerate(tag):
        if letter == "[" and (depth := depth + 1) == 1:
            yield tag[start:at]
            start = at
        elif letter == "]" and depth and not (depth := depth - 1):
            yield tag[start : at + 1]
            start = at + 1
    rest = tag[start:]
    yield from rest if depth else (rest,)  # a bracket that is never closed is a letter


def _tags(text: str, marks: dict[str, str]) -> Networks:
    """The tags in a text of the schedule: from each mark that begins one to the mark that ends it."""
    found, open_tag = [], ""
    for letter in text:
        piece = marks.get(letter)
        if piece and piece.startswith("<"):
            open_tag = piece
        elif open_tag:
            open_tag += letter if piece is None else piece
        if piece and piece.endswith(">") and open_tag:
            found.extend(NetworkTag(kind, tuple(items.split(":"))) for kind, items in NETWORK.findall(open_tag))
            open_tag = ""
    return tuple(found)
