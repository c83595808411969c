"""The same work without a window: generate, models, doctor, train, test."""

import argparse
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from pydantic import ValidationError

from studio import doctor
from studio.catalog.samplers import SAMPLERS
from studio.catalog.schedules import SCHEDULES
from studio.catalog.upscalers import UPSCALERS
from studio.core import infotext
from studio.core.errors import BadRequest, Cancelled, StudioError, UnknownName
from studio.core.job import JobContext, Progress
from studio.core.machine import GB
from studio.core.option import Option, Record, options
from studio.core.paths import ROOT, Places, places
from studio.core.request import GenerateRequest, HiresFix, Refiner
from studio.core.result import SavedImage
from studio.core.settings import Settings
from studio.library.checkpoints import checkpoints, find, vaes

DONE, BAD_INPUT, INTERRUPTED = 0, 2, 130
SHORT = {"negative_prompt": "--negative", "cfg_scale": "--cfg", "checkpoint": "--model", "styles": "--style"}
NAMED: dict[str, Sequence[Any]] = {"samplers": SAMPLERS, "schedules": SCHEDULES, "upscalers": UPSCALERS}
PARTS: dict[str, type[Record]] = {"hires": HiresFix, "refiner": Refiner}
SWITCH = {"hires": "scale", "refiner": "checkpoint"}  # the field that turns a part on, named like the part itself


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 done, 2 bad input, 130 interrupted."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments[:1] == ["test"]:
        return test(arguments[1:])
    given = _parser().parse_args(arguments)
    try:
        return {"generate": generate, "models": models, "doctor": check, "train": train}[given.command](given)
    except StudioError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python main.py",
        description="SD Studio: Stable Diffusion on your own GPU. Without a command the window opens.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    _add_generate(commands)
    listed = commands.add_parser("models", help="list the models that were found", allow_abbrev=False)
    listed.add_argument("--json", action="store_true", help="print one JSON object")
    checked = commands.add_parser("doctor", help="check this machine and say what to do", allow_abbrev=False)
    checked.add_argument("--json", action="store_true", help="print one JSON object")
    checked.add_argument("--deep", action="store_true", help="also ask torch itself, which takes some seconds")
    checked.add_argument("--repair", action="store_true", help="set the environment up anew at the next start")
    trained = commands.add_parser("train", help="train a model", allow_abbrev=False)
    trained.add_argument("what", choices=("pocket",), help="pocket: the small model that comes with the studio")
    trained.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="folder that pictures and state are in"
    )
    trained.add_argument("--minutes", type=float, default=150, metavar="N", help="how long; default: 150")
    trained.add_argument("--resume", action="store_true", help="go on with the training in that folder")
    trained.add_argument("--evaluate", action="store_true", help="measure the model in that folder instead")
    commands.add_parser("test", help="check and test the program; what follows goes to pytest")
    return parser


# generate


def _add_generate(commands: Any) -> None:
    parser = commands.add_parser(
        "generate",
        help="paint pictures",
        usage="python main.py generate [PROMPT] [options]",
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )
    parser.add_argument("prompt", nargs="?", help=_help(_option(GenerateRequest, "prompt")))
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
        groups[option.section].add_argument(*_flags(option, part), **_argument(option, part))


def _flags(option: Option, part: str) -> list[str]:
    prefix = f"--{part}-" if part else "--"
    short = [SHORT[option.name].replace("--", prefix)] if option.name in SHORT else []
    switch = [f"--{part}"] if SWITCH.get(part) == option.name else []
    return [*switch, *short, prefix + option.name.replace("_", "-")]


def _argument(option: Option, part: str) -> dict[str, Any]:
    argument: dict[str, Any] = {"dest": f"{part}.{option.name}" if part else option.name, "help": _help(option)}
    if option.type is bool:
        return {**argument, "action": argparse.BooleanOptionalAction}
    if option.type == tuple[str, ...]:
        return {**argument, "action": "append", "metavar": "NAME"}
    if isinstance(option.choices, tuple) and option.choices:
        return {**argument, "choices": option.choices}
    return {**argument, "type": option.type, "metavar": {int: "N", float: "X"}.get(option.type, "TEXT")}


def _help(option: Option) -> str:
    default = f" Default: {option.default}." if option.default not in ("", (), None) else ""
    rows = NAMED.get(option.choices, ()) if isinstance(option.choices, str) else ()
    names = f" One of: {', '.join(row.label for row in rows)}." if rows else ""
    return (option.help + default + names).replace("%", "%%")


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

    values = {name: value for name, value in vars(given).items() if name != "command"}
    as_json = values.pop("json", False)
    here, watch = places(), Watch(sys.stderr, None if as_json else sys.stdout)
    settings = _settings(here, values.pop("out", ""))
    context = JobContext(watch.report)
    try:
        with _stopped_by_ctrl_c(context):
            for request in list(requests(values, here, settings)):
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


@contextmanager
def _stopped_by_ctrl_c(context: JobContext) -> Iterator[None]:
    """Let the first Ctrl+C end the work at its next step, and a second one end the program at once."""

    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        context.cancel()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def requests(values: dict[str, Any], here: Places, settings: Settings) -> Iterator[GenerateRequest]:
    """The requests that command-line values ask for: one, or one per file that is made again."""
    values = dict(values)
    files = values.pop("infotext", [])
    if "size" in values:
        values["width"], values["height"] = values.pop("size")
    if not files:
        yield merged(GenerateRequest(), values)
    for file in files:
        request, leftovers = infotext.read(Path(file))
        if "checkpoint" not in values:
            request = _with_local_model(request, leftovers, here, settings)
        yield merged(request, values)


def _with_local_model(
    request: GenerateRequest, leftovers: Mapping[str, str], here: Places, settings: Settings
) -> GenerateRequest:
    """`request` with the local file of the picture's model hash, where its model's name is not known here."""
    text, files = leftovers.get("Model hash", ""), checkpoints(here, settings)
    if not text or not files or any(request.checkpoint in file.aliases for file in files):
        return request
    try:
        return request.model_copy(update={"checkpoint": find(text, here, settings).name})
    except UnknownName:
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
    first = error.errors()[0]
    *parts, name = [str(place) for place in first["loc"] if isinstance(place, str)]
    record = PARTS[parts[0]] if parts else GenerateRequest
    option = next((option for option in options(record) if option.name == name), None)
    title = option.title if option else name
    return BadRequest("{title} cannot be {value}: {reason}.", title=title, value=first["input"], reason=first["msg"])


class Watch:
    """Shows progress on `stream`, prints each saved path on `paths`, and keeps count."""

    def __init__(self, stream: TextIO, paths: TextIO | None) -> None:
        self.stream, self.paths = stream, paths
        self.saved: list[SavedImage] = []
        self.notes: list[str] = []
        self.rate = 0.0
        self.began = time.monotonic()
        self._shown = 0

    def report(self, name: str, value: object) -> None:
        """What a JobContext calls."""
        if isinstance(value, Progress):
            self.rate = value.rate or self.rate
            self._show(line(value))
        elif isinstance(value, SavedImage):
            self._show("")
            self.saved.append(value)
            if self.paths:
                print(value.path, file=self.paths, flush=True)
        elif name == "noted":
            self._show("")
            self.notes.append(str(value))
            print(value, file=self.stream)

    def _show(self, text: str) -> None:
        if self.stream.isatty():
            self.stream.write("\r" + text.ljust(self._shown) + ("" if text else "\r"))
            self.stream.flush()
            self._shown = len(text)

    def close(self) -> None:
        """Take the bar away."""
        if self._shown:
            self._show("")

    def summary(self) -> dict[str, Any]:
        """What --json prints."""
        return {
            "paths": [str(saved.path) for saved in self.saved],
            "infotexts": [saved.infotext for saved in self.saved],
            "seconds": round(time.monotonic() - self.began, 3),
            "it_per_s": round(self.rate, 3),
            "notes": self.notes,
        }


def line(progress: Progress) -> str:
    """A progress report as one line of text: bar, steps, speed, time left."""
    total = max(progress.total, 1)
    filled = min(24 * progress.done // total, 24)
    text = f"[{'#' * filled}{'.' * (24 - filled)}] {progress.done}/{progress.total}"
    if progress.rate:
        left = round((progress.total - progress.done) / progress.rate)
        text += f"  {progress.rate:.2f} it/s  {left // 60}:{left % 60:02} left"
    return f"{text}  {progress.text}" if progress.text else text


# models, doctor, train, test


def models(given: argparse.Namespace) -> int:
    """List checkpoints and VAEs."""
    here = places()
    settings = Settings.load(here.settings)
    found, found_vaes = checkpoints(here, settings), vaes(here, settings)
    if given.json:
        rows = [
            {"name": file.name, "path": str(file.path), "size_bytes": file.size_bytes, "sha256": file.sha256}
            for file in found
        ]
        print(json.dumps({"checkpoints": rows, "vaes": [str(path) for path in found_vaes]}, ensure_ascii=False))
        return DONE
    for file in found:
        print(f"{file.title}  {file.size_bytes / GB:.2f} GB")
    for path in found_vaes:
        print(f"VAE: {path.name}")
    if not found:
        print(f"No models yet: put a .safetensors checkpoint into {here.models / 'Stable-diffusion'}.", file=sys.stderr)
    return DONE


def check(given: argparse.Namespace) -> int:
    """Print the check list of this machine."""
    if given.repair:
        from studio import bootstrap

        bootstrap.forget()
        print("The next start sets the environment up anew: python main.py")
        return DONE
    here = places()
    found = [check.filled() for check in doctor.checks(here, Settings.load(here.settings), deep=given.deep)]
    if given.json:
        rows = [{name: getattr(row, name) for name in ("id", "title", "status", "value", "remedy")} for row in found]
        print(json.dumps({"checks": rows}, ensure_ascii=False, indent=1))
        return DONE
    for row in found:
        print(f"{row.status:4}  {row.title + ':':22} {row.value}")
        if row.status != "ok" and row.remedy:
            print(f"{'':29}{row.remedy}")
    return DONE


def train(given: argparse.Namespace) -> int:
    """Train or measure the pocket model; stopped by Ctrl+C it keeps what it has learnt."""
    from studio import tasks

    watch = Watch(sys.stderr, None)
    context = JobContext(watch.report)
    try:
        with _stopped_by_ctrl_c(context):
            if given.evaluate:
                print(tasks.evaluate_pocket(given.data, context))
            else:
                print(tasks.train_pocket(given.data, given.minutes, given.resume, context))
        return DONE
    except Cancelled:
        return INTERRUPTED
    finally:
        watch.close()


def test(arguments: Sequence[str]) -> int:
    """Lint, check types and run the test suite; returns the first exit code that is not 0."""
    commands = (
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["pyright"],
        ["pytest", *arguments],
    )
    codes = [subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode for command in commands]
    return next((code for code in codes if code), DONE)
