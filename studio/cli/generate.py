"""`generate`: paint pictures without a window."""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from studio.cli.record_options import argument, bad_request, help_of
from studio.cli.terminal import DONE, INTERRUPTED, Watch, stopped_by_ctrl_c
from studio.core import infotext
from studio.core.errors import BadRequest, Cancelled, UnknownName
from studio.core.job import JobContext
from studio.core.option import Option, Record, options
from studio.core.paths import Places, places
from studio.core.request import GenerateRequest, HiresFix, Refiner
from studio.core.settings import Settings
from studio.library import networks
from studio.library.checkpoints import checkpoints, find

SHORT = {"negative_prompt": "--negative", "cfg_scale": "--cfg", "checkpoint": "--model", "styles": "--style"}
PARTS: dict[str, type[Record]] = {"hires": HiresFix, "refiner": Refiner}
# entries that ask for nothing: what they tell is found out anew
NOT_ASKED = {"Version", "User", "Model hash", "VAE hash", "Lora hashes", "TI hashes", "Hashes", "Batch pos"}
MODEL_HASH = re.compile(r"[0-9a-f]{8}|[0-9a-f]{10,64}")
SWITCH = {"hires": "scale", "refiner": "checkpoint"}  # the field that turns a part on, named like the part itself


def add(commands: Any) -> None:
    """Add `generate` to the commands."""
    parser = commands.add_parser(
        "generate",
        help="paint pictures",
        usage="python main.py generate [PROMPT] [options]",
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )
    parser.add_argument("prompt", nargs="?", help=help_of(_option(GenerateRequest, "prompt")))
    run = parser.add_argument_group("this run")
    run.add_argument("--size", type=_size, metavar="WxH", help="width and height in pixels, 512x512")
    run.add_argument("--out", metavar="DIR", help="folder the pictures are saved in")
    run.add_argument("--json", action="store_true", help="print one JSON object: paths, infotexts, seconds, it_per_s")
    run.add_argument(
        "--infotext",
        nargs="+",
        metavar="FILE",
        help="make these pictures or infotext files again, one after another; options given beside it win",
    )
    parser.set_defaults(run=generate)
    _add_options(parser, GenerateRequest, "")
    for part, record in PARTS.items():
        _add_options(parser, record, part)


def _add_options(parser: argparse.ArgumentParser, record: type[Record], part: str) -> None:
    groups: dict[str, Any] = {}
    for option in options(record):
        if option.hidden or (not part and option.name == "prompt"):
            continue
        if option.section not in groups:
            groups[option.section] = parser.add_argument_group(option.section)
        groups[option.section].add_argument(
            *_flags(option, part), **argument(option, f"{part}.{option.name}" if part else option.name)
        )


def _flags(option: Option, part: str) -> list[str]:
    prefix = f"--{part}-" if part else "--"
    short = [SHORT[option.name].replace("--", prefix)] if option.name in SHORT else []
    switch = [f"--{part}"] if SWITCH.get(part) == option.name else []
    return [*switch, *short, prefix + option.name.replace("_", "-")]


def _option(record: type[Record], name: str) -> Option:
    return next(option for option in options(record) if option.name == name)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().replace("×", "x").partition("x")
    try:
        return int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 512x768") from None


def generate(given: argparse.Namespace) -> int:
    """Paint what was asked for; every finished picture is kept and listed, also after an error or Ctrl+C."""
    if not {"prompt", "infotext"} & set(vars(given)):
        raise BadRequest("There is nothing to paint.", 'Give a prompt: python main.py generate "a red apple".')
    from studio import tasks

    values = {name: value for name, value in vars(given).items() if name not in ("command", "run")}
    as_json = values.pop("json", False)
    here, watch = places(), Watch(sys.stderr, None if as_json else sys.stdout)
    settings = _settings(here, values.pop("out", ""))
    context = JobContext(watch.report)
    try:
        with stopped_by_ctrl_c(context):
            for request in list(requests(values, here, settings, context)):
                tasks.generate(request, context, settings=settings, places=here)
        return DONE
    except Cancelled:
        return INTERRUPTED
    finally:
        watch.close()
        if as_json:
            print(json.dumps(watch.summary(), ensure_ascii=False))


def _settings(here: Places, out: str) -> Settings:
    settings = Settings.load(here.settings)
    return settings.model_copy(update={"output_folder": str(Path(out).resolve())}) if out else settings


def requests(
    values: dict[str, Any], here: Places, settings: Settings, context: JobContext
) -> Iterator[GenerateRequest]:
    """The requests that command-line values ask for: one, or one per file that is made again.

    What a file says and the request cannot hold is noted. Raises StudioErrors of files, values and models.
    """
    values = dict(values)
    files = values.pop("infotext", [])
    if "size" in values:
        values["width"], values["height"] = values.pop("size")
    if not files:
        yield merged(GenerateRequest(), values)
    for file in files:
        request, leftovers = infotext.read(Path(file))
        if unused := [key for key in leftovers if key not in NOT_ASKED]:
            context.note(f"{file}: not used of its parameters: {', '.join(unused)}.")
        request = _with_local_networks(request, leftovers.get("Lora hashes", ""), here, settings, context)
        if "checkpoint" not in values:
            request = _with_local_model(request, leftovers.get("Model hash", ""), here, settings, context)
        yield merged(request, values)


def _with_local_networks(
    request: GenerateRequest, told: str, here: Places, settings: Settings, context: JobContext
) -> GenerateRequest:
    """`request` with the picture's networks called as their files are here, which their hashes tell."""
    if not (known := networks.read_hashes(told)):
        return request
    prompt = networks.with_local_names(request.prompt, known, here, settings, context)
    hires = request.hires
    if hires and hires.prompt:
        second = networks.with_local_names(hires.prompt, known, here, settings, context)
        hires = hires.model_copy(update={"prompt": second})
    return request.model_copy(update={"prompt": prompt, "hires": hires})


def _with_local_model(
    request: GenerateRequest, model_hash: str, here: Places, settings: Settings, context: JobContext
) -> GenerateRequest:
    """`request` with the local file of the picture's model hash, where its model's name is missing here or means
    another file. Raises BadRequest if there is no such file and no name."""
    files = checkpoints(here, settings)
    named = next((file for file in files if request.checkpoint in file.aliases), None)
    if (
        not files
        or not MODEL_HASH.fullmatch(model_hash)
        or (named and named.sha256[: len(model_hash)] in ("", model_hash))
    ):
        return request
    try:
        return request.model_copy(update={"checkpoint": find(model_hash, here, settings, context).name})
    except UnknownName:
        if not request.checkpoint:
            raise BadRequest(
                "The model with the hash {hash}, which made this picture, is not here.",
                "Choose one: --model NAME.",
                hash=model_hash,
            ) from None
    if named:
        context.note(f"{named.name} is another file than the model of that name which made the picture.")
    return request


def merged(request: GenerateRequest, values: dict[str, Any]) -> GenerateRequest:
    """`request` with values laid over it, "hires.steps" meaning a part's field. Raises BadRequest."""
    fields: dict[str, Any] = request.model_dump()
    for name, template in (("prompt", "template"), ("negative_prompt", "negative_template")):
        if name in values:
            fields[template] = ""
    for name, value in values.items():
        part, _, field = name.rpartition(".")
        if part:
            fields[part] = {**(fields[part] or {}), field: value}
        else:
            fields[name] = value
    for part, field in SWITCH.items():
        if not values.get(f"{part}.{field}", True):
            fields[part] = None
    try:
        return GenerateRequest.model_validate(fields)
    except ValidationError as error:
        raise _bad_request(error) from error


def _bad_request(error: ValidationError) -> BadRequest:
    """The first of pydantic's complaints in the words of the option it is about."""
    *parts, _ = [str(place) for place in error.errors()[0]["loc"] if isinstance(place, str)]
    return bad_request(error, PARTS[parts[0]] if parts else GenerateRequest)
