"""`models merge` and its relatives: new models made from others."""

import argparse
import json
import sys
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from studio.cli.record_options import argument, bad_request, help_of
from studio.cli.terminal import DONE, INTERRUPTED, Watch, stopped_by_ctrl_c
from studio.core.errors import Cancelled
from studio.core.job import JobContext
from studio.core.merge_request import (
    ADD_DIFFERENCE,
    NO_INTERPOLATION,
    WEIGHTED_SUM,
    ConvertRequest,
    ExtractRequest,
    MergeNetworksRequest,
    MergeRequest,
    ResizeRequest,
)
from studio.core.option import Record, options
from studio.core.paths import places
from studio.core.settings import Settings

LETTERS = {"primary": "A", "secondary": "B", "tertiary": "C"}
METHODS = {1: NO_INTERPOLATION, 2: WEIGHTED_SUM, 3: ADD_DIFFERENCE}  # by how many models are given
SHORT = {"name": ("--out", "--name"), "file_format": ("--format",), "bake_in_vae": ("--vae",), "naming": ("--to",)}


@dataclass(frozen=True)
class Act:
    """One command: what it makes of a request, and which of its fields are given without a flag, in order."""

    name: str
    record: type[Record]
    positional: tuple[str, ...]
    text: str


ACTS = (
    Act("merge", MergeRequest, ("primary", "secondary", "tertiary"), "merge up to three checkpoints into a new one"),
    Act("merge-lora", MergeNetworksRequest, ("checkpoint", "networks"), "put LoRAs into a checkpoint"),
    Act("extract", ExtractRequest, ("original", "tuned"), "make a LoRA of the difference of two checkpoints"),
    Act("resize", ResizeRequest, ("network",), "give a LoRA another rank"),
    Act("convert", ConvertRequest, ("network",), "rename what is in a LoRA for another program"),
)


def add(acts: Any) -> None:
    """Add these acts to those of `models`."""
    for act in ACTS:
        parser = acts.add_parser(act.name, help=act.text, allow_abbrev=False, argument_default=argparse.SUPPRESS)
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.set_defaults(run=merge, act=act)
        for option in options(act.record):
            if option.name in act.positional:
                count = "+" if option.type is not str else "?" if option.name in ("secondary", "tertiary") else None
                parser.add_argument(
                    option.name, nargs=count, metavar=LETTERS.get(option.name, option.name), help=help_of(option)
                )  # type: ignore[arg-type]
            else:
                flags = SHORT.get(option.name, (f"--{option.name.replace('_', '-')}",))
                parser.add_argument(*flags, **argument(option, option.name))


def merge(given: argparse.Namespace) -> int:
    """Make what was asked for; Ctrl+C leaves nothing half done."""
    from studio import tasks

    request = _request(given)
    here, watch = places(), Watch(sys.stderr, None)
    context = JobContext(watch.report)
    try:
        with stopped_by_ctrl_c(context):
            made = tasks.merge(request, context, settings=Settings.load(here.settings), places=here)
    except Cancelled:
        return INTERRUPTED
    finally:
        watch.close()
    said = {**made.model_dump(mode="json"), "notes": watch.notes, "seconds": watch.summary()["seconds"]}
    print(json.dumps(said, ensure_ascii=False) if given.json else made.path)
    return DONE


def _request(given: argparse.Namespace) -> Any:
    """The request of an act. Raises BadRequest."""
    act: Act = given.act
    known = {option.name for option in options(act.record)}
    values = {name: value for name, value in vars(given).items() if name in known}
    if act.record is MergeRequest:
        count = sum(name in values for name in act.positional)
        values.setdefault("method", METHODS[count])
    try:
        return act.record.model_validate(values)
    except ValidationError as error:
        raise bad_request(error, act.record) from error
