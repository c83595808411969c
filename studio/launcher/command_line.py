"""Arguments as text and back, and which flags they are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.core.errors import BadRequest
from studio.launcher.flags import Flag, FlagTable

PIECE = re.compile(r"""(?P<space>\s+)|"(?P<double>(?:\\"(?=\S)|[^"])*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"']+)""")
NEEDS_QUOTES = re.compile(r"[\s\"']")


@dataclass(frozen=True)
class Given:
    """One flag as it was given: its name as written, its values, and what it is (None: unknown)."""

    written: str
    values: tuple[str, ...] = ()
    flag: Flag | None = None

    @property
    def name(self) -> str:
        """Its full name."""
        return self.flag.name if self.flag else self.written

    @property
    def arguments(self) -> tuple[str, ...]:
        """As it stands on the command line."""
        return (self.written, *self.values)


def split(text: str) -> list[str]:
    """Arguments of a text. Quotes of both kinds group; a backslash is a backslash, so that Windows paths stay whole.

    Only a backslash and quote inside double quotes, and not at their end, stand for a quote.
    Raises BadRequest if a quote is not closed.
    """
    found: list[str] = []
    place, is_open = 0, False
    while place < len(text):
        piece = PIECE.match(text, place)
        if piece is None:
            raise BadRequest(
                "A quotation mark is not closed: {text}", "Close it, or leave it out.", text=text[place : place + 60]
            )
        place = piece.end()
        if piece["space"]:
            is_open = False
            continue
        words = next(words for words in (piece["double"], piece["single"], piece["bare"]) if words is not None)
        words = words.replace('\\"', '"') if piece["double"] else words
        found[-1:] = [found[-1] + words] if is_open else [*found[-1:], words]
        is_open = True
    return found


def join(arguments: Sequence[str]) -> str:
    """The text that `split` takes apart into these arguments."""
    return " ".join(_quoted(argument) for argument in arguments)


def _quoted(argument: str) -> str:
    if argument and not NEEDS_QUOTES.search(argument):
        return argument
    if '"' not in argument:
        return f'"{argument}"'
    return '"\'"'.join(f"'{piece}'" for piece in argument.split("'"))


def given(arguments: Sequence[str], table: FlagTable) -> Iterator[Given]:
    """The flags of a command line with their values, as argparse would read them; stray words stand alone."""
    place = 0
    while place < len(arguments):
        name, equals, value = arguments[place].partition("=")
        place += 1
        if not _is_flag(name):
            yield Given(arguments[place - 1])
            continue
        flag = table.find(name)
        values = [value] if equals else list(_values(arguments, place, flag))
        place += 0 if equals else len(values)
        yield Given(name, tuple(values), flag)


def _values(arguments: Sequence[str], place: int, flag: Flag | None) -> Iterator[str]:
    most = 1 if flag is None or not flag.takes_many else len(arguments)
    if flag is not None and not flag.takes_value:
        return
    for argument in arguments[place : place + most]:
        if _is_flag(argument):
            return
        yield argument


def _is_flag(text: str) -> bool:
    return len(text) > 1 and text[0] == "-" and not text[1].isdigit() and " " not in text.partition("=")[0]
