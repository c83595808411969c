"""The grammar of infotexts: prompt lines, then one line of `Key: value` entries."""

import json
import re
from collections.abc import Iterator
from typing import Any

NEGATIVE = "Negative prompt:"
MAX_JSON_LINE = 100_000  # characters; a failure of the JSON reader counts the lines before it
FEWEST_ENTRIES = 3  # a last line with fewer is prompt

_WORDS = re.compile(r"[\w \-/]+")
_VALUE = re.compile(r'\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_KEY = re.compile(r"\s*(\w[\w \-/]*):\s*")
_STRING = re.compile(r'"(?:\\.|[^\\"])*"')
_END = re.compile(r"\s*(?:,|$)")
_JSON = json.JSONDecoder()


def quote(value: Any) -> Any:
    """`value` as the web UI writes it: as JSON if its text holds a comma, a colon or a line break, else itself."""
    return json.dumps(value, ensure_ascii=False) if any(sign in str(value) for sign in ",:\n") else value


def unquote(text: str) -> str:
    """What `text` says if it is a JSON string, else `text`."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def json_text(value: Any) -> str:
    """A value of someone's JSON as the text of an entry."""
    try:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return str(type(value))


def strict_entries(line: str) -> list[tuple[str, str]]:
    """Keys and raw values of `line` exactly as the web UI finds them: unquoted values end at the first comma."""
    found, position = [], 0
    while words := _WORDS.search(line, position):
        position = words.end()
        key = words.group().lstrip(" -/")
        if len(key) > 1 and line.startswith(":", position) and (value := _VALUE.match(line, position + 1)):
            found.append((key, value.group(1)))
            position = value.end()
    return found


def entries(line: str) -> Iterator[tuple[str, str]]:
    """Keys and unquoted values of `line`, read generously: one-letter keys, commas and JSON in unquoted values.

    What stands between two commas and is no entry belongs to the entry before it.
    """
    position, key = 0, ""
    pieces: list[str] = []
    while position < len(line):
        start = _KEY.match(line, position)
        if start:
            if key:
                yield key, ",".join(pieces)
            key = start.group(1)
            value, position = _value(line, start.end())
            pieces = [value]
        else:
            piece, position = _plain(line, position)
            pieces += [piece] if piece.strip() else []
    if key:
        yield key, ",".join(pieces)


def _value(line: str, position: int) -> tuple[str, int]:
    """The value that begins at `position`, and where the next entry begins."""
    for end in (_string_end(line, position), _json_end(line, position)):
        if end and (stop := _END.match(line, end)):
            return unquote(line[position:end]), stop.end()
    return _plain(line, position)


def _plain(line: str, position: int) -> tuple[str, int]:
    comma = line.find(",", position)
    end = len(line) if comma < 0 else comma
    return line[position:end].rstrip(), end + 1


def _string_end(line: str, position: int) -> int | None:
    string = _STRING.match(line, position)
    return string.end() if string else None


def _json_end(line: str, position: int) -> int | None:
    if line[position : position + 1] not in ("[", "{") or len(line) > MAX_JSON_LINE:
        return None
    try:
        return _JSON.raw_decode(line, position)[1]
    except (ValueError, RecursionError):
        return None


def split(text: str) -> tuple[str, str, str]:
    """Prompt, negative prompt and the line of entries ("" if there is none), line by line as they stand."""
    lines = text.split("\n")
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    last = lines.pop() if len(strict_entries(lines[-1])) >= FEWEST_ENTRIES else ""
    prompt, negative = _prompts(lines)
    return prompt, negative, last


def split_stripped(text: str) -> tuple[str, str, str]:
    """As `split`, with every line stripped, as the web UI reads."""
    prompt, negative, last = split(text.strip())
    return _stripped(prompt), _stripped(negative), last


def _stripped(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n")).lstrip("\n")


def _prompts(lines: list[str]) -> tuple[str, str]:
    prompt: list[str] = []
    negative: list[str] = []
    part = prompt
    for line in lines:
        bare = line.lstrip()
        if bare.startswith(NEGATIVE):
            part = negative
            line = bare.removeprefix(NEGATIVE).removeprefix(" ")
        part.append(line)
    return "\n".join(prompt), "\n".join(negative)
