"""From the entries of an infotext to a request, and what found no place in it."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import ValidationError

from studio.core.infotext_keys import EXACT_NEGATIVE, EXACT_PROMPT, PLACES, Parameters, Place, is_ours
from studio.core.infotext_old import modernised
from studio.core.infotext_syntax import entries, split
from studio.core.option import Record
from studio.core.request import GenerateRequest, HiresFix, Refiner

AnyRecord = TypeVar("AnyRecord", bound=Record)

SIZE = re.compile(r"(\d+)x(\d+)")
IMG2IMG_TOO = {"denoising_strength"}  # alone it does not mean hires fix


def from_text(text: str) -> Parameters:
    """The parameters of an infotext of the web UI's form."""
    prompt, negative, line = split(text)
    return Parameters(prompt, negative, dict(entries(line)))


def to_request(parameters: Parameters) -> tuple[GenerateRequest, dict[str, str]]:
    """The request that `parameters` ask for, and every entry that has no place in it. Never raises."""
    ours = is_ours(parameters.entries.get("Version", ""))
    said = _with_exact_prompts(parameters) if ours else modernised(parameters)
    hires, hires_keys = _record(HiresFix, "hires", said.entries)
    refiner, refiner_keys = _record(Refiner, "refiner", said.entries)
    request, keys = _record(GenerateRequest, "", said.entries)
    update = {"prompt": said.prompt, "negative_prompt": said.negative_prompt, "hires": hires, "refiner": refiner}
    taken = {*keys, *hires_keys, *refiner_keys}
    left = {key: text for key, text in said.entries.items() if key not in taken}
    return (request or GenerateRequest()).model_copy(update=update), {**left, **said.leftovers}


def _with_exact_prompts(parameters: Parameters) -> Parameters:
    entries = dict(parameters.entries)
    prompt = entries.pop(EXACT_PROMPT, parameters.prompt)
    negative = entries.pop(EXACT_NEGATIVE, parameters.negative_prompt)
    return replace(parameters, prompt=prompt, negative_prompt=negative, entries=entries)


def _record(record: type[AnyRecord], part: str, entries: Mapping[str, str]) -> tuple[AnyRecord | None, set[str]]:
    """The record that the entries of `part` make, None if they do not switch it on, and the keys that are in it."""
    said = {key: found for key, text in entries.items() if (found := _values(PLACES.get(key), part, text))}
    values = {name: value for found in said.values() for name, value in found.items()}
    refused = _refused(record, values)
    said = {key: found for key, found in said.items() if not refused & found.keys()}
    accepted = {name: value for found in said.values() for name, value in found.items()}
    if part and not _is_switched_on(part, accepted):
        return None, set()
    return record(**accepted), set(said)


def _values(place: Place | None, part: str, text: str) -> dict[str, Any]:
    """The values of a place in `part`, still as text where the record makes numbers of it; none of malformed text."""
    if place is None or place.part != part:
        return {}
    if place.fields == ("styles",):
        return _styles(text)
    if len(place.fields) == 1:
        return {place.fields[0]: text}
    size = SIZE.fullmatch(text)
    return dict(zip(place.fields, size.groups(), strict=True)) if size else {}


def _styles(text: str) -> dict[str, Any]:
    try:
        names = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {"styles": names} if isinstance(names, list) else {}


def _refused(record: type[Record], values: Mapping[str, Any]) -> set[str]:
    try:
        record(**values)
    except ValidationError as error:
        return {str(problem["loc"][0]) for problem in error.errors()}
    return set()


def _is_switched_on(part: str, values: Mapping[str, Any]) -> bool:
    return "checkpoint" in values if part == "refiner" else bool(values.keys() - IMG2IMG_TOO)
