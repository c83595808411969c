"""Wildcards: __name__ becomes a line of name.txt, {a|b} one of its options, drawn anew for every seed.

Follows the syntax of the web UI's Dynamic Prompts extension as far as `choices` names it. The same template, seed and
files give the same text on every machine.
"""

import heapq
import math
import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from random import Random
from re import Match

from studio.core.prompt import choices

_DEPTH = 16
_MOST_DRAWS = 5000
_MOST_CHARACTERS = 1_000_000
_LARGEST_FILE = 32 * 2**20


@dataclass(frozen=True)
class Resolved:
    """A text without chance in it, and the names that stayed in it.

    A name stays if there is no file for it, the file has no line, or lines name each other without end.
    """

    text: str
    missing: tuple[str, ...] = ()


def has_wildcards(text: str) -> bool:
    """Whether `resolve` could change the text."""
    starts = {group.start for group in choices.groups(text)}
    return any(mark["name"] or mark.start() in starts for mark in choices.MARK.finditer(text))


def resolve(template: str, seed: int, folder: Path) -> Resolved:
    """The template with each wildcard replaced by what `seed` draws; files are name.txt at any depth of `folder`.

    A backslash before a brace or bar keeps it. Never raises for what the template or the files hold.
    """
    return _Draw(Random(seed), _Files(folder)).run(template)  # noqa: S311 - chance, not secrecy


def names(folder: Path) -> list[str]:
    """Every name that can stand between underscores: files below the folder, without .txt, in order."""
    return sorted(_walk(folder))


def _walk(folder: Path) -> Iterator[str]:
    for path, _, files in os.walk(folder):
        for file in files:
            if file.lower().endswith(".txt"):
                yield (Path(path) / file).relative_to(folder).as_posix()[:-4]


def _fits(name: str, pattern: str) -> bool:
    """Whether a name is of the pattern, in which * stands for any letters."""
    first, *middle = pattern.split("*")
    last = middle.pop()
    position, end = len(first), len(name) - len(last)
    if not (name.startswith(first) and name.endswith(last) and position <= end):
        return False
    for part in middle:
        found = name.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


class _Bag:
    """Weighted things to draw from; if none weighs anything, all weigh the same."""

    def __init__(self, weights: Sequence[float]) -> None:
        self._weights = weights if any(weights) else [1.0] * len(weights)
        self._sums = list(accumulate(self._weights))

    def draw(self, random: Random, count: int) -> list[int]:
        """The numbers of `count` different things, of all if there are fewer."""
        if count == 1:
            return [bisect_right(self._sums, random.random() * self._sums[-1], hi=len(self._sums) - 1)]
        keys = [math.log(1 - random.random()) / weight if weight else -math.inf for weight in self._weights]
        return heapq.nlargest(count, range(len(keys)), key=keys.__getitem__)  # Efraimidis and Spirakis, 2006


@dataclass(frozen=True)
class _Lines:
    """What a name stands for."""

    texts: list[str]
    bag: _Bag


class _Files:
    """The lines that names stand for, each file read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, _Lines] = {}
        self._names: list[str] | None = None

    def lines(self, name: str) -> _Lines:
        """The lines of the file, or of all files that fit a name with *; no line if there is no such file."""
        if name not in self._known:
            found = self._fitting(name) if "*" in name else [name]
            rows = [choices.weighted(line) for one in found for line in self._read(one)]
            self._known[name] = _Lines([text for text, _ in rows], _Bag([weight for _, weight in rows]))
        return self._known[name]

    def _fitting(self, pattern: str) -> list[str]:
        if self._names is None:
            self._names = names(self._folder)
        return [name for name in self._names if _fits(name, pattern)]

    def _read(self, name: str) -> Iterator[str]:
        try:
            path = (self._folder / f"{name}.txt").resolve()
            is_inside = path.is_relative_to(self._folder.resolve())
            if not (is_inside and path.is_file() and path.stat().st_size <= _LARGEST_FILE):
                return
            text = path.read_bytes().decode("utf-8-sig", errors="replace")
        except (OSError, ValueError, RuntimeError):  # RuntimeError: links in a circle, before Python 3.13
            return
        for line in map(str.strip, text.splitlines()):
            if line and not line.startswith("#"):
                yield line


@dataclass
class _Frame:
    """A stretch of a text that is being written out; `depth` counts the files it came through."""

    text: str
    groups: dict[int, choices.Group]
    position: int
    end: int
    depth: int


@dataclass
class _Draw:
    """Writes a template out from left to right; a stack instead of recursion, so any nesting works."""

    random: Random
    files: _Files
    _missing: dict[str, None] = field(default_factory=dict)
    _waiting: list[_Frame] = field(default_factory=list)
    _written: list[str] = field(default_factory=list)
    _draws: int = 0
    _characters: int = 0

    def run(self, template: str) -> Resolved:
        self._waiting.append(_whole(template, 0))
        while self._waiting:
            self._go_on(self._waiting[-1])
        return Resolved("".join(self._written), tuple(self._missing))

    def _write(self, text: str) -> None:
        self._written.append(text)
        self._characters += len(text)

    def _go_on(self, frame: _Frame) -> None:
        mark = choices.MARK.search(frame.text, frame.position, frame.end)
        stop = mark.start() if mark else frame.end
        self._write(frame.text[frame.position : stop])
        if mark is None:
            self._waiting.pop()
            return
        group = frame.groups.get(stop)
        frame.position = group.end if group else mark.end()
        if group:
            self._choose(frame, group)
        elif mark["name"]:
            self._replace(frame, mark)
        else:
            self._write(mark[0])

    def _choose(self, frame: _Frame, group: choices.Group) -> None:
        count = group.low + int(self.random.random() * (group.high - group.low + 1))
        first = group.options[0]
        name = choices.NAME.fullmatch(frame.text[first.start : first.end].strip()) if len(group.options) == 1 else None
        frames = self._lines(name["name"], count, frame.depth) if name else []
        if not frames:
            drawn = _Bag([option.weight for option in group.options]).draw(self.random, count)
            picked = [group.options[number] for number in drawn]
            frames = [_Frame(frame.text, frame.groups, option.start, option.end, frame.depth) for option in picked]
        for number, picked in enumerate(reversed(frames)):
            if number:
                self._waiting.append(_Frame(group.separator, {}, 0, len(group.separator), frame.depth))
            self._waiting.append(picked)

    def _replace(self, frame: _Frame, mark: Match[str]) -> None:
        frames = self._lines(mark["name"], 1, frame.depth)
        self._waiting += frames
        if not frames:
            self._missing[mark["name"]] = None
            self._write(mark[0])

    def _lines(self, name: str, count: int, depth: int) -> list[_Frame]:
        """`count` lines of a name, none if it has no line or the text has grown beyond any use."""
        self._draws += count
        lines = self.files.lines(name)
        is_endless = depth >= _DEPTH or self._draws > _MOST_DRAWS or self._characters > _MOST_CHARACTERS
        if is_endless or not lines.texts:
            return []
        return [_whole(lines.texts[number], depth + 1) for number in lines.bag.draw(self.random, count)]


def _whole(text: str, depth: int) -> _Frame:
    return _Frame(text, {group.start: group for group in choices.groups(text)}, 0, len(text), depth)
