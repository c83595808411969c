"""Where a text leaves something to chance: __name__, {a|b}, {2$$a|b|c}, {1-3$$ and $$a|b}, {0.3::a|0.7::b}."""

import re
from dataclasses import dataclass, field

NAME = re.compile(r"__(?P<name>[\w\-/. *]+?)__")
MARK = re.compile(rf"\\.|{{|{NAME.pattern}", re.DOTALL)

_SIGN = re.compile(r"\\.|[{}|\[\]]", re.DOTALL)
_COUNT = re.compile(r"\s*([0-9]{1,4})?\s*(-)?\s*([0-9]{1,4})?\s*\$\$(?:(\||[^{}|$]*)\$\$)?")
_WEIGHT = re.compile(r"\s*([0-9]{1,9}\.?[0-9]{0,9}|\.[0-9]{1,9})::")
_SEPARATOR = ", "


@dataclass(frozen=True)
class Option:
    """What lies between two bars, without its weight."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class Group:
    """One {...} that chooses: from `low` to `high` of its options, joined by `separator`."""

    start: int
    end: int
    options: tuple[Option, ...]
    low: int = 1
    high: int = 1
    separator: str = _SEPARATOR


@dataclass(slots=True)
class _Open:
    sign: str
    start: int
    bars: list[int] = field(default_factory=list)


def groups(text: str) -> list[Group]:
    """Every group of `text`, also inside others, by where it ends. Braces without a bar or a count are plain text."""
    found: list[Group] = []
    waiting: list[_Open] = []
    for mark in _SIGN.finditer(text):
        sign = mark[0]
        if sign in "{[":
            waiting.append(_Open(sign, mark.start()))
        elif sign == "|" and waiting:
            waiting[-1].bars.append(mark.start())
        elif sign == "]" and waiting and waiting[-1].sign == "[":
            waiting.pop()  # its bars alternate
        elif sign == "}":
            found += _closed(text, waiting, mark.start())
    return found


def _closed(text: str, waiting: list[_Open], end: int) -> list[Group]:
    """The group that ends at `end`, if it is one; square brackets that were never closed inside it give their bars."""
    bars: list[int] = []
    while waiting and waiting[-1].sign == "[":
        bars += waiting.pop().bars
    if not waiting:
        return []
    opened = waiting.pop()
    group = _group(text, opened.start, sorted(opened.bars + bars), end)
    return [group] if group else []


def _group(text: str, start: int, bars: list[int], end: int) -> Group | None:
    count = _COUNT.match(text, start + 1, end)
    if count is None or not (count[1] or count[3]):
        return Group(start, end + 1, _options(text, start + 1, bars, end)) if bars else None
    first = count.end()
    options = _options(text, first, [bar for bar in bars if bar >= first], end)
    low = int(count[1]) if count[1] else 1
    high = (int(count[3]) if count[3] else len(options)) if count[2] else low
    separator = _SEPARATOR if count[4] is None else count[4]
    return Group(start, end + 1, options, min(low, high), max(low, high), separator)


def _options(text: str, start: int, bars: list[int], end: int) -> tuple[Option, ...]:
    edges = zip([start, *(bar + 1 for bar in bars)], [*bars, end], strict=True)
    return tuple(_option(text, left, right) for left, right in edges)


def _option(text: str, start: int, end: int) -> Option:
    weight = _WEIGHT.match(text, start, end)
    return Option(weight.end(), end, float(weight[1])) if weight else Option(start, end, 1.0)


def weighted(line: str) -> tuple[str, float]:
    """A line of a wildcard file without the weight in front of it, and the weight."""
    option = _option(line, 0, len(line))
    return line[option.start :], option.weight
