"""What keys do to a prompt: change a weight, move an item between commas."""

import math
import re
from dataclasses import dataclass

_DELIMITERS = frozenset(".,\\/!?%^*;:{}=`~()[]<>| \t\r\n")
_WEIGHTED = re.compile(r"(.*):\s*[+-]?(?:\d+\.?\d*|\.\d+)\s*", re.DOTALL)
_NUMBER_IN_FRONT = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+))")
_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
_TAIL = re.compile(r":\s*[+-]?[.\d]+\s*\Z")


def change_weight(text: str, start: int, end: int, delta: float) -> tuple[str, int, int]:
    """The text with `delta` (0.1 or -0.1) added to the weight of what is selected, and the selection after that.

    Without a selection the brackets around the cursor count, else the word at it. What has no weight yet gets one;
    ((old style)) becomes (new style:1.2); a weight that gets to 1 goes. Networks change by half of `delta`.
    """
    start, end = sorted((min(max(start, 0), len(text)), min(max(end, 0), len(text))))
    if start == end:
        start, end = _around(text, start)
    if text[max(start - 1, 0) : start] == "<":
        return _changed(text, start, end, delta / 2, ">")
    return _changed(*_with_weight(text, start, end), delta, ")")


def _around(text: str, cursor: int) -> tuple[int, int]:
    for opening in "<([":
        if block := _block(text, cursor, opening):
            return block
    return _word(text, cursor)


def _block(text: str, cursor: int, opening: str) -> tuple[int, int] | None:
    """The inside of the brackets right around the cursor, without the weight at its end."""
    closing = _CLOSING[opening]
    left, right = text.rfind(opening, 0, cursor), text.find(closing, cursor)
    if left < 0 or right < 0 or text.rfind(closing, left, cursor) >= 0 or text.find(opening, cursor, right) >= 0:
        return None
    inside = text[left + 1 : right]
    if opening == "[" and (":" in inside or "|" in inside):
        return None  # scheduling and alternation, whose parts are weighed word by word
    weighted = _WEIGHTED.fullmatch(inside)
    return left + 1, left + 1 + len(weighted[1] if weighted else inside)


def _word(text: str, cursor: int) -> tuple[int, int]:
    start = end = cursor
    while start > 0 and text[start - 1] not in _DELIMITERS:
        start -= 1
    while end < len(text) and text[end] not in _DELIMITERS:
        end += 1
    return start, end


def _with_weight(text: str, start: int, end: int) -> tuple[str, int, int]:
    """The text with a written weight behind the selection, which may move."""
    end = start + len(text[start:end].rstrip(" "))
    opening, depth = text[max(start - 1, 0) : start], 0
    if opening in ("(", "["):
        while (
            start > depth
            and text[start - depth - 1] == opening
            and text[end + depth : end + depth + 1] == (_CLOSING[opening])
        ):
            depth += 1
    is_weighted = opening == "(" and text[end : end + 1] == ":"
    if start == end or is_weighted:
        return text, start, end
    weight = round((1.1 if opening == "(" else 1 / 1.1) ** depth, 1)
    inside = text[start:end]
    start, end = start - depth, end + depth
    return f"{text[:start]}({inside}:{weight}){text[end:]}", start + 1, start + 1 + len(inside)


def _changed(text: str, start: int, end: int, delta: float, closing: str) -> tuple[str, int, int]:
    """Add to the number behind the selection, if there is one."""
    number = _NUMBER_IN_FRONT.match(text, end + 1) if text[end : end + 1] == ":" else None
    weight = round(float(number[1]) + delta, 10) if number else math.nan
    if number is None or not math.isfinite(weight):
        return text, start, end
    behind = text.find(closing, number.end())
    if closing == ")" and weight == 1 and behind >= 0 and text[start - 1] == "(":
        return text[: start - 1] + text[start:end] + text[behind + 1 :], start - 1, end - 1
    return f"{text[: end + 1]}{_written(weight)}{text[number.end() :]}", start, end


def _written(weight: float) -> str:
    text = f"{weight:.10f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text


@dataclass(frozen=True)
class _Item:
    """What stands between two commas; `start` to `end` is without the spaces around it."""

    start: int
    end: int


def move_item(text: str, cursor: int, direction: int) -> tuple[str, int]:
    """The text with the item at the cursor one place to the left (-1) or right (1), and the cursor in it.

    Items are what commas part, inside the brackets around the cursor; spaces and line breaks between them stay.
    """
    items = _items(text, cursor)
    here = max((index for index, item in enumerate(items) if item.start <= cursor), default=0)
    there = here + direction
    if not 0 <= there < len(items):
        return text, cursor
    left, right = items[min(here, there)], items[max(here, there)]
    between = text[left.end : right.start]
    moved = f"{text[: left.start]}{text[right.start : right.end]}{between}{text[left.start : left.end]}"
    inside = min(max(cursor - items[here].start, 0), items[here].end - items[here].start)
    start = left.start if direction < 0 else left.start + right.end - right.start + len(between)
    return moved + text[right.end :], start + inside


def _items(text: str, cursor: int) -> list[_Item]:
    first, last, commas = _surroundings(text, cursor)
    edges = zip([first, *(comma + 1 for comma in commas)], [*commas, last], strict=True)
    return [_trimmed(text, start, end) for start, end in edges]


def _trimmed(text: str, start: int, end: int) -> _Item:
    inside = text[start:end]
    start += len(inside) - len(inside.lstrip())
    return _Item(start, max(start, end - (len(inside) - len(inside.rstrip()))))


def _surroundings(text: str, cursor: int) -> tuple[int, int, list[int]]:
    """The inside of the innermost closed brackets around the cursor, without a weight, and the commas right in it."""
    waiting: list[tuple[str, int, list[int]]] = []
    commas: list[int] = []
    for sign in re.finditer(r"\\.|[()\[\]{}<>,]", text, re.DOTALL):
        if sign[0] == ",":
            commas.append(sign.start())
        elif sign[0] in _CLOSING:
            waiting.append((sign[0], sign.start(), commas))
            commas = []
        elif waiting and sign[0] == _CLOSING[waiting[-1][0]]:
            _, opened, outer = waiting.pop()
            if opened < cursor <= sign.start():
                return opened + 1, opened + 1 + len(_TAIL.sub("", text[opened + 1 : sign.start()])), commas
            commas = outer
    everywhere = [comma for _, _, outer in waiting for comma in outer]  # brackets that are never closed hold nothing
    return 0, len(text), everywhere + commas
