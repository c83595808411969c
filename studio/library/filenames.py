"""The web UI's pattern language for file and folder names: [seed], [datetime<%Y>], [hasprompt<cat|none>] ..."""

import hashlib
import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from studio.catalog import find
from studio.catalog.samplers import SAMPLERS, Sampler
from studio.catalog.schedules import SCHEDULES
from studio.core.errors import UnknownName
from studio.core.request import GenerateRequest
from studio.core.styles import PLACE

MAX_PART = 128  # characters of what one prompt or name contributes
PROMPT_WORDS = 8
TIME_FORMAT = "%Y%m%d%H%M%S"

_PATTERN = re.compile(r"(.*?)(?:\[([^\[\]]+)\]|$)")
_ARGUMENT = re.compile(r"(.*)<([^>]*)>")
_NOT_WORDS = re.compile(rf"[\s{re.escape(string.punctuation)}]+")
_FORBIDDEN = str.maketrans(dict.fromkeys('#<>:"/\\|?*\n\r\t', "_"))


@dataclass(frozen=True)
class Naming:
    """Everything a name can tell of one picture.

    `request` is the picture's own, a batch of one; `pixels` its uint8 RGB picture. `batch_size`, `batch_count` and
    `seeds` (all of them) are the whole order's, `batch` and `place` (from 0) where in it the picture stands.
    """

    request: GenerateRequest
    pixels: NDArray[np.uint8]
    seeds: Sequence[int] = ()
    batch_size: int = 1
    batch_count: int = 1
    batch: int = 0
    place: int = 0
    model_name: str = ""
    model_hash: str = ""
    vae_file: str = ""
    user: str = ""
    basename: str = ""
    job_timestamp: str = ""
    style_prompts: Sequence[str] = ()
    is_archive: bool = False  # a name for several pictures at once
    now: datetime = field(default_factory=lambda: datetime.now().astimezone())


class _Skip(Exception):
    """Raised by a token that has nothing to say about this picture: it goes, and the text before it."""


def apply(pattern: str, naming: Naming) -> str:
    """`pattern` with its tokens replaced as the web UI 1.10.1 replaces them; unknown ones stay. Never raises.

    The result may still hold folders, and names that no file may have: `safe_path` is for that.
    """
    return "".join(_replaced(match.group(1), match.group(2), naming) for match in _PATTERN.finditer(pattern))


def _replaced(text: str, token: str | None, naming: Naming) -> str:
    if token is None:
        return text
    name, arguments = _split(token)
    try:
        return f"{text}{TOKENS[name.lower()](naming, *arguments)}"
    except _Skip:
        return ""
    except (KeyError, TypeError, ValueError):  # no such token, or not with these arguments
        return f"{text}[{name}]"


def _split(token: str) -> tuple[str, list[str]]:
    arguments: list[str] = []
    while match := _ARGUMENT.fullmatch(token):
        token = match.group(1)
        arguments.insert(0, match.group(2))
    return token, arguments


def sanitize(text: str, replace_spaces: bool = True) -> str:
    """`text` as one part of a file name: no signs that file systems forbid, 128 characters at most."""
    if replace_spaces:
        text = text.replace(" ", "_")
    return text.translate(_FORBIDDEN).lstrip(" ")[:MAX_PART].rstrip(" .")


def next_number(names: Iterable[str], basename: str = "") -> int:
    """One more than the highest number that any of the names (after `basename-`) begins with."""
    prefix = f"{basename}-" if basename else ""
    numbers = (_leading_number(name.removeprefix(prefix)) for name in names if name.startswith(prefix))
    return max(numbers, default=-1) + 1


def _leading_number(name: str) -> int:
    try:
        return int(PurePath(name).stem.split("-")[0][:20])
    except ValueError:
        return -1


def numbered(number: int, decoration: str, basename: str = "") -> str:
    """A name that begins with its number: "00012-seed", or "grid-0012"."""
    start = f"{basename}-{number:04}" if basename else f"{number:05}"
    return f"{start}-{decoration}" if decoration else start


def _seed_last(naming: Naming) -> int:
    return naming.seeds[-1] if _is_batch(naming) else _nothing()


def _is_batch(naming: Naming) -> bool:
    return naming.batch_size > 1


def _nothing() -> int:
    raise _Skip


def _styles(naming: Naming) -> str:
    return sanitize(", ".join(style for style in naming.request.styles if style != "None") or "None", False)


def _schedule(naming: Naming) -> str:
    """The schedule's name, the sampler's own for Automatic, its first letter alone a capital."""
    request = naming.request
    if request.schedule != "Automatic":
        return request.schedule.capitalize()
    try:
        sampler: Sampler = find("sampler", SAMPLERS, request.sampler)
        return find("schedule", SCHEDULES, sampler.schedule or "Automatic").name.capitalize()
    except UnknownName:
        return request.schedule


def _datetime(naming: Naming, form: str = "", zone: str = "", *_: str) -> str:
    time = naming.now.astimezone(_zone(zone))
    try:
        text = time.strftime(form or TIME_FORMAT)
    except ValueError:
        text = time.strftime(TIME_FORMAT)
    return sanitize(text, False)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def _hash(text: str, length: str = "", *_: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[: int(length) if length else 8]


def _image_hash(naming: Naming, length: str = "", *_: str) -> str:
    return hashlib.sha256(naming.pixels.tobytes()).hexdigest()[: int(length) if length else None]


def _without_styles(naming: Naming) -> str:
    prompt = naming.request.prompt
    for style in filter(None, naming.style_prompts):
        for part in style.split(PLACE):
            prompt = (prompt.replace(part, "") if part else prompt).replace(", ,", ",").strip().strip(",")
        prompt = prompt.replace(style, "").strip().strip(",").strip()
    return sanitize(prompt, False)


def _words(naming: Naming) -> str:
    words = [word for word in _NOT_WORDS.split(naming.request.prompt) if word] or ["empty"]
    return sanitize(" ".join(words[:PROMPT_WORDS]), False)


def _has_prompt(naming: Naming, *choices: str) -> str:
    """Of each `wanted|other` the wanted text if the prompt holds it, else the other."""
    prompt, found = naming.request.prompt.lower(), ""
    for choice in filter(None, choices):
        wanted, _, others = choice.partition("|")
        found += wanted.lower() if wanted.lower() in prompt else others.split("|")[0]
    return sanitize(found)


def _batch_number(naming: Naming) -> int:
    return naming.place + 1 if _is_batch(naming) and not naming.is_archive else _nothing()


def _generation_number(naming: Naming) -> int:
    if (naming.batch_count == 1 and not _is_batch(naming)) or naming.is_archive:
        return _nothing()
    return naming.batch * naming.batch_size + naming.place + 1


def _denoising(naming: Naming) -> float | int:
    hires = naming.request.hires
    return hires.denoising_strength if hires and hires.denoising_strength else _nothing()


def _vae(naming: Naming) -> str:
    parts = PurePath(naming.vae_file).name.split(".")
    return parts[1] if len(parts) > 1 and not parts[0] else parts[0] or "NoneType"


TOKENS: Mapping[str, Callable[..., object]] = {
    "basename": lambda naming: naming.basename or "img",
    "seed": lambda naming: naming.request.seed,
    "seed_first": lambda naming: naming.seeds[0] if _is_batch(naming) else naming.request.seed,
    "seed_last": _seed_last,
    "steps": lambda naming: naming.request.steps,
    "cfg": lambda naming: naming.request.cfg_scale,
    "width": lambda naming: naming.pixels.shape[1],
    "height": lambda naming: naming.pixels.shape[0],
    "styles": _styles,
    "sampler": lambda naming: sanitize(naming.request.sampler, False),
    "sampler_scheduler": lambda naming: sanitize(f"{naming.request.sampler} {_schedule(naming)}", False),
    "scheduler": lambda naming: sanitize(_schedule(naming), False),
    "model_hash": lambda naming: naming.model_hash,
    "model_name": lambda naming: sanitize(naming.model_name, False),
    "date": lambda naming: naming.now.strftime("%Y-%m-%d"),
    "datetime": _datetime,
    "job_timestamp": lambda naming: naming.job_timestamp or naming.now.strftime(TIME_FORMAT),
    "prompt_hash": lambda naming, *length: _hash(naming.request.prompt, *length),
    "negative_prompt_hash": lambda naming, *length: _hash(naming.request.negative_prompt, *length),
    "full_prompt_hash": lambda naming, *length: _hash(
        f"{naming.request.prompt} {naming.request.negative_prompt}", *length
    ),
    "prompt": lambda naming: sanitize(naming.request.prompt),
    "prompt_no_styles": _without_styles,
    "prompt_spaces": lambda naming: sanitize(naming.request.prompt, False),
    "prompt_words": _words,
    "batch_number": _batch_number,
    "batch_size": lambda naming: naming.batch_size,
    "generation_number": _generation_number,
    "hasprompt": _has_prompt,
    "clip_skip": lambda naming: naming.request.clip_skip,
    "denoising": _denoising,
    "user": lambda naming: naming.user,
    "vae_filename": _vae,
    "none": lambda _: "",
    "image_hash": _image_hash,
}
