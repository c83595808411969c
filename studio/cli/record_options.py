"""Command-line options made from a record's fields, and complaints about their values."""

import argparse
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from studio.catalog.samplers import SAMPLERS
from studio.catalog.schedules import SCHEDULES
from studio.catalog.upscalers import UPSCALERS
from studio.core.errors import BadRequest
from studio.core.option import Option, Record, options

NAMED: dict[str, Sequence[Any]] = {"samplers": SAMPLERS, "schedules": SCHEDULES, "upscalers": UPSCALERS}


def argument(option: Option, dest: str) -> dict[str, Any]:
    """What argparse wants to know of an option whose value is to be under `dest`."""
    made: dict[str, Any] = {"dest": dest, "help": help_of(option)}
    if option.type is bool:
        return {**made, "action": argparse.BooleanOptionalAction}
    if option.type == tuple[str, ...]:
        return {**made, "action": "append", "metavar": "NAME"}
    if isinstance(option.choices, tuple) and option.choices:
        return {**made, "choices": option.choices}
    return {**made, "type": option.type, "metavar": {int: "N", float: "X"}.get(option.type, "TEXT")}


def help_of(option: Option) -> str:
    """An option's help with its default and what there is to choose from."""
    default = f" Default: {option.default}." if option.default not in ("", (), None) else ""
    rows = NAMED.get(option.choices, ()) if isinstance(option.choices, str) else ()
    names = f" One of: {', '.join(row.label for row in rows)}." if rows else ""
    return (option.help + default + names).replace("%", "%%")


def bad_request(error: ValidationError, record: type[Record]) -> BadRequest:
    """The first of pydantic's complaints in the words of the option of `record` that it is about."""
    first = error.errors()[0]
    name = [str(place) for place in first["loc"] if isinstance(place, str)][-1]
    title = next((option.title for option in options(record) if option.name == name), name)
    return BadRequest("{title} cannot be {value}: {reason}.", title=title, value=first["input"], reason=first["msg"])
