"""The lines of a console as a terminal would show them: colours, rewritten progress, levels, search; no Qt.

Follows ECMA-48 as far as programs that write into a pipe use it: SGR colours, carriage return, backspace, erasing in a
line, cursor up and down. Everything else (titles, hyperlinks, cursor shapes) is taken out.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

LONGEST_LINE = 10_000
LONGEST_ESCAPE = 4096
COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
STEPS = (0, 95, 135, 175, 215, 255)


class Level(Enum):
    """How much a line matters."""

    INFO = "info"
    PROGRESS = "progress"
    WARNING = "warning"
    ERROR = "error"


class Style(NamedTuple):
    """How characters look; a colour is "", a name ("red", "bright red") or "#rrggbb"."""

    foreground: str = ""
    background: str = ""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    inverse: bool = False


PLAIN = Style()


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of a line in one style; what no span covers is plain."""

    start: int
    end: int
    style: Style


@dataclass(slots=True)
class Line:
    """One line: its text without control characters, and its spans in order."""

    text: str = ""
    level: Level = Level.INFO
    spans: tuple[Span, ...] = ()


CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC and other strings
    r"|\x1b[ -/]*[0-OQ-WYZ`-~\\]"  # short escapes
    r"|\r\n|[\n\r\x08]|[\x00-\x07\x0b-\x1f\x7f]"
)
UNFINISHED = re.compile(r"(?:\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?|\r)\Z")
SPECIAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
TRACEBACK = "Traceback (most recent call last)"
NOTEWORTHY = re.compile(
    r"(?i)[%*━]|error|exception|interrupt|critical|fatal|traceback|warn|deprecated|violation|failed|total"
)
PROGRESS = re.compile(r"^[^|\n]{0,120}?\d{1,3}%\|[^|]{0,300}\||^Total progress:|\d{1,3}%[ |━╸]{2,}|[━╸]{8,}")
ERROR = re.compile(
    r"^\*\*\* |^\s*Traceback \(most recent call last\)|^(?:\w+\.)*\w*(?:Error|Exception|Interrupt)(?::|$)"
    r"|\b(?:ERROR|CRITICAL|FATAL)\b|^(?:fatal|error|remote: error)\b[: ]|\bAccess violation\b"
    r"|^Stable diffusion model failed"
)
WARNING = re.compile(
    r"\b(?:WARN|WARNING|DeprecationWarning|UserWarning|FutureWarning)\b|^[Ww]arning: |Warning:|\bdeprecated\b"
)
QUESTION = re.compile(r"(?:\[[yY]/[nN]\]|\([yY](?:es)?/[nN]o?\)|\?|[Pp]assword.*:|[Uu]sername.*:|>)\s*\Z")


@dataclass
class Console:
    """The last `limit` lines. Lines are numbered from 0 over the whole life; the oldest that is kept is `first`."""

    limit: int = 200_000
    first: int = 0
    lines: list[Line] = field(default_factory=lambda: [Line()])
    _row: int = 0
    _column: int = 0
    _style: Style = PLAIN
    _pending: str = ""
    _in_traceback: bool = False

    def append(self, text: str) -> int:
        """Take what a program wrote, cut anywhere; the number of the first line that changed."""
        text = self._pending + text
        if self._style is PLAIN and self._column == 0 and text.endswith("\n") and not SPECIAL.search(text):
            return self._append_lines(text)
        cut = UNFINISHED.search(text, max(0, len(text) - LONGEST_ESCAPE))
        text, self._pending = (text[: cut.start()], cut[0]) if cut else (text, "")
        changed = lowest = self.first + self._row
        place = 0
        for found in CONTROL.finditer(text):
            if found.start() > place:
                self._put(text[place : found.start()])
            self._obey(found[0])
            lowest = min(lowest, self.first + self._row)
            place = found.end()
        if place < len(text):
            self._put(text[place:])
        self._judge()
        self._forget()
        return min(changed, lowest)

    def _append_lines(self, text: str) -> int:
        """The quick way for whole lines without anything special in them."""
        changed = self.first + self._row
        self._pending = ""
        for line in text[:-1].split("\n"):
            self._put(line)
            self._next_line()
        self._forget()
        return changed

    def _obey(self, control: str) -> None:
        if control[-1] == "\n":
            self._next_line()
        elif control == "\r":
            self._column = 0
        elif control == "\x08":
            self._column = max(0, self._column - 1)
        elif control.startswith("\x1b["):
            self._obey_sequence(control[2:-1], control[-1])

    def _obey_sequence(self, parameters: str, final: str) -> None:
        if final == "m":
            self._style = styled(self._style, parameters)
            return
        count = int(parameters) if parameters.isdecimal() and len(parameters) < 6 else 0
        if final == "K":
            self._erase(count)
        elif final == "A":
            self._move(-max(1, count))
        elif final == "B":
            self._move(max(1, count))
        elif final == "G":
            self._column = min(max(0, count - 1), LONGEST_LINE)
        elif final == "C":
            self._column = min(self._column + max(1, count), LONGEST_LINE)
        elif final == "D":
            self._column = max(0, self._column - max(1, count))

    def _move(self, rows: int) -> None:
        self._judge()
        self._row = min(max(0, self._row + rows), len(self.lines) - 1)

    def _next_line(self) -> None:
        self._judge(is_whole=True)
        self._row += 1
        self._column = 0
        if self._row == len(self.lines):
            self.lines.append(Line())

    def _put(self, text: str) -> None:
        line = self.lines[self._row]
        room = LONGEST_LINE - self._column
        if len(text) > room:  # a line without an end is cut into several
            self._put_here(line, text[:room])
            self._next_line()
            self._put(text[room:])
            return
        self._put_here(line, text)

    def _put_here(self, line: Line, text: str) -> None:
        start, end = self._column, self._column + len(text)
        if start == len(line.text):
            line.text += text
        else:
            line.text = line.text[:start].ljust(start) + text + line.text[end:]
            line.spans = tuple(_without(line.spans, start, end)) if line.spans else ()
        if self._style is not PLAIN and self._style != PLAIN and text:
            line.spans = _joined((*line.spans, Span(start, end, self._style)))
        self._column = end

    def _erase(self, which: int) -> None:
        """0: from the cursor to the end, 1: up to the cursor, 2: the whole line."""
        line = self.lines[self._row]
        start, end = ((self._column, len(line.text)), (0, self._column), (0, len(line.text)))[which if which < 3 else 0]
        line.spans = tuple(_without(line.spans, start, end))
        kept = line.text[end:]
        line.text = line.text[:start] + (" " * (end - start) + kept if kept else "")

    def _judge(self, is_whole: bool = False) -> None:
        """Give the cursor's line its level; only whole lines begin and end a traceback."""
        line = self.lines[self._row]
        if not self._in_traceback:
            line.level = level_of(line.text)
            self._in_traceback = is_whole and line.level is Level.ERROR and TRACEBACK in line.text
            return
        line.level = Level.ERROR if line.text else Level.INFO
        if is_whole and line.text and line.text[0] not in " \t|+" and TRACEBACK not in line.text:
            self._in_traceback = False

    def _forget(self) -> None:
        surplus = len(self.lines) - self.limit
        if surplus > max(0, self.limit // 10):
            del self.lines[:surplus]
            self.first += surplus
            self._row = max(0, self._row - surplus)

    def line(self, number: int) -> Line:
        """The line of that number. Raises IndexError if it is not (or no longer) there."""
        if number < self.first:
            raise IndexError(number)
        return self.lines[number - self.first]

    def __len__(self) -> int:
        return len(self.lines)

    def matching(
        self,
        words: str = "",
        levels: Collection[Level] = frozenset(Level),
        is_regex: bool = False,
        since: int = 0,
        until: int | None = None,
    ) -> Iterator[int]:
        """Numbers of the lines that hold `words` (letter case aside) and are of one of `levels`.

        Only those from `since` to `until` (exclusive, None: to the last) are looked at. A pattern that is none is
        searched for as it stands.
        """
        pattern = _pattern(words, is_regex) if words else None
        everything = len(set(levels)) == len(Level)
        start, end = max(0, since - self.first), None if until is None else max(0, until - self.first)
        for number, line in enumerate(self.lines[start:end], self.first + start):
            if (everything or line.level in levels) and (pattern is None or pattern.search(line.text)):
                yield number

    def text(self, start: int = 0, end: int | None = None) -> str:
        """Lines `start` to `end` (exclusive, None: to the last), joined."""
        last = len(self.lines) if end is None else max(0, end - self.first)
        return "\n".join(line.text for line in self.lines[max(0, start - self.first) : last])

    @property
    def question(self) -> str:
        """What the program asks just now: an unfinished last line that reads like a question, "" otherwise."""
        text = self.lines[-1].text
        return text.strip() if self._column and QUESTION.search(text) and not PROGRESS.search(text) else ""


def level_of(text: str) -> Level:
    """The level of a line by itself."""
    if not NOTEWORTHY.search(text):
        return Level.INFO
    if PROGRESS.search(text) and not text.startswith("*** "):
        return Level.PROGRESS
    if ERROR.search(text):
        return Level.ERROR
    return Level.WARNING if WARNING.search(text) else Level.INFO


def _pattern(words: str, is_regex: bool) -> "re.Pattern[str]":
    if is_regex:
        try:
            return re.compile(words, re.IGNORECASE)
        except (re.error, OverflowError, RecursionError):
            pass
    return re.compile(re.escape(words), re.IGNORECASE)


def _without(spans: tuple[Span, ...], start: int, end: int) -> Iterator[Span]:
    """Spans with the characters from `start` to `end` taken out of them."""
    for span in spans:
        if span.start < start:
            yield Span(span.start, min(span.end, start), span.style)
        if span.end > end:
            yield Span(max(span.start, end), span.end, span.style)


def _joined(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Spans in order, neighbours of one style as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and found[-1].end == span.start and found[-1].style == span.style:
            found[-1] = Span(found[-1].start, span.end, span.style)
        else:
            found.append(span)
    return tuple(found)


SWITCHES: dict[int, dict[str, bool]] = {
    1: {"bold": True}, 2: {"dim": True}, 3: {"italic": True}, 4: {"underline": True}, 7: {"inverse": True},
    9: {"strike": True}, 21: {"bold": False}, 22: {"bold": False, "dim": False}, 23: {"italic": False},
    24: {"underline": False}, 27: {"inverse": False}, 29: {"strike": False},
}  # fmt: skip


def styled(style: Style, parameters: str) -> Style:
    """The style after an SGR sequence ("1;31", "38;5;208", "38:2::255:0:0"); what it does not know it passes over."""
    numbers = [int(number) if number.isdecimal() else 0 for number in re.split(r"[;:]", parameters)[:64]]
    place = 0
    while place < len(numbers):
        number = numbers[place]
        place += 1
        if number == 0:
            style = PLAIN
        elif number in SWITCHES:
            style = style._replace(**SWITCHES[number])
        elif number in (38, 48):
            colour, used = _extended(numbers[place:])
            place += used
            style = _coloured(style, number, colour)
        elif number in (39, 49):
            style = _coloured(style, number, "")
        elif 30 <= number <= 47 or 90 <= number <= 107:
            style = _coloured(style, number, ("bright " if number >= 90 else "") + COLOURS[number % 10])
    return style


def _coloured(style: Style, number: int, colour: str) -> Style:
    is_background = 40 <= number <= 49 or number >= 100
    return style._replace(background=colour) if is_background else style._replace(foreground=colour)


def _extended(numbers: list[int]) -> tuple[str, int]:
    """The colour after 38 or 48, and how many numbers tell it: 5;n (of 256) or 2;r;g;b."""
    kind = numbers[0] if numbers else 0
    if kind == 5 and len(numbers) > 1:
        return _of_256(numbers[1]), 2
    if kind == 2 and len(numbers) > 3:
        red, green, blue = (min(number, 255) for number in numbers[1:4])
        return f"#{red:02x}{green:02x}{blue:02x}", 4
    return "", len(numbers)


def _of_256(number: int) -> str:
    if number < 16:
        return ("bright " if number >= 8 else "") + COLOURS[number % 8]
    if number < 232:
        red, green, blue = (STEPS[(number - 16) // weight % 6] for weight in (36, 6, 1))
        return f"#{red:02x}{green:02x}{blue:02x}"
    grey = min(255, 8 + 10 * (number - 232))
    return f"#{grey:02x}{grey:02x}{grey:02x}"
