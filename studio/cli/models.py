"""`models`: what lies in the model folders, what each file is, what is wrong with it, new ones made of them."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from studio.cli import downloads, merge
from studio.cli.terminal import BAD_INPUT, DONE, INTERRUPTED, Watch, stopped_by_ctrl_c
from studio.core.errors import Cancelled, FileProblem
from studio.core.job import JobContext
from studio.core.machine import GB
from studio.core.paths import Places, places
from studio.core.settings import Settings
from studio.library import hashes, index, model_doctor, sidecars
from studio.library.checkpoints import checkpoints, vaes
from studio.library.folders import Home, homes
from studio.library.index import Changes, ModelIndex
from studio.library.model_doctor import Examination, Finding

Result = TypeVar("Result")


def add(commands: Any) -> None:
    """Add `models` to the commands."""
    parser = commands.add_parser("models", help="list and check models", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=models)
    acts = parser.add_subparsers(metavar="act")
    for name, run, text in (
        ("list", models, "list the models that were found; so does no act at all"),
        ("info", info, "say what a file is, from its header alone"),
        ("scan", scan, "bring the index of all model folders up to date"),
        ("doctor", doctor, "say what is wrong with files, folders and copies"),
    ):
        act = acts.add_parser(name, help=text, allow_abbrev=False, argument_default=argparse.SUPPRESS)
        act.add_argument("--json", action="store_true", help="print one JSON object")
        act.set_defaults(run=run)
        if name == "scan":
            act.add_argument("--hashes", action="store_true", help="also read the files whose hashes are not known yet")
        if name == "info":
            act.add_argument("file", type=Path, help="a model file or a diffusers folder")
            act.add_argument("--hashes", action="store_true", help="also read the whole file for its hashes")
    downloads.add(acts)
    merge.add(acts)


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


def info(given: argparse.Namespace) -> int:
    """Print what a file is; ends with 2 if it cannot be used."""
    here, path = places(), given.file.absolute()
    if not path.exists():
        raise FileProblem(path, "{path} does not exist.")
    seen = model_doctor.examine(path, _home(path, here))
    digests = hashes.of(path, here) if "hashes" in given else None
    if given.json:
        print(json.dumps(_examined(seen, digests), ensure_ascii=False, indent=1))
    else:
        _print_examined(seen, digests)
    return DONE if seen.facts else BAD_INPUT


def scan(given: argparse.Namespace) -> int:
    """Bring the index up to date and count what is in it."""
    changes, found = _scanned(given.json)
    if changes is None:
        return INTERRUPTED
    if "hashes" in given and not _hashed(found, given.json):
        return INTERRUPTED
    counts = {"added": changes.added, "changed": changes.changed, "gone": changes.gone}
    if given.json:
        broken = len(found.find(index.Query(only_problems=True)))
        said = {**counts, "models": len(found.find()), "broken": broken, "kinds": found.values("kind")}
        print(json.dumps({**said, "bases": found.values("base")}, ensure_ascii=False))
        return DONE
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    for kind, count in found.values("kind").items():
        print(f"{count:6}  {kind}")
    return DONE


def doctor(given: argparse.Namespace) -> int:
    """Print everything that is wrong with the models of all folders."""
    changes, found = _scanned(given.json)
    if changes is None:
        return INTERRUPTED
    findings = _watched(False, lambda context: model_doctor.check(found.models(found.find()), places(), context))
    if findings is None:
        return INTERRUPTED
    if given.json:
        print(json.dumps({"findings": [_finding(one) for one in findings]}, ensure_ascii=False, indent=1))
        return DONE
    for one in findings:
        print(f"{one.severity.value:4}  {one.path}\n      {one.problem}")
    if not findings:
        print("Nothing is wrong.")
    return DONE


def _scanned(quietly: bool) -> tuple[Changes | None, ModelIndex]:
    here = places()
    found = index.opened(here)
    return _watched(quietly, lambda context: found.scan(here, Settings.load(here.settings), context)), found


def _hashed(found: ModelIndex, quietly: bool) -> bool:
    """Read what has no hash yet; whether it was done to the end."""
    paths = [model.path for model in found.models(found.find())]
    failed = _watched(quietly, lambda context: hashes.compute(paths, places(), context))
    for path in failed or ():
        print(f"{path} cannot be read.", file=sys.stderr)
    return failed is not None


def _watched(quietly: bool, work: Callable[[JobContext], Result]) -> Result | None:
    """What long work gives, None if it was stopped; how far it is goes to the terminal."""
    watch = Watch(sys.stderr, None)
    context = JobContext() if quietly else JobContext(watch.report)
    try:
        with stopped_by_ctrl_c(context):
            return work(context)
    except Cancelled:
        return None
    finally:
        watch.close()


def _home(path: Path, here: Places) -> Home | None:
    """The folder of models that a file lies in."""
    known = homes(here, Settings.load(here.settings))
    return next((home for home in known if path.is_relative_to(home.path.absolute())), None)


def _examined(seen: Examination, digests: hashes.Hashes | None) -> dict[str, Any]:
    said = sidecars.read(seen.path)
    return {
        "path": str(seen.path),
        "facts": seen.facts.model_dump(mode="json") if seen.facts else None,
        "findings": [_finding(one) for one in seen.findings],
        "pickle": {"verdict": seen.verdict.value, "code": list(seen.code)},
        "sidecar": said.model_dump(mode="json", exclude_defaults=True),
        **({"hashes": _digests(digests)} if digests else {}),
    }


def _digests(found: hashes.Hashes) -> dict[str, str]:
    return {
        "sha256": found.sha256,
        "AutoV1": found.legacy,
        "AutoV2": found.model,
        "AutoV3": found.tensors_short,
        "network": found.network,
        "embedding": found.embedding,
    }


def _finding(one: Finding) -> dict[str, Any]:
    steps = one.plan.steps if one.plan else ()
    plan = [{"act": step.act.value, "path": str(step.path), "target": str(step.target or "")} for step in steps]
    return {
        "code": one.code,
        "severity": one.severity.value,
        "path": str(one.path),
        "message": one.problem.message.format(**one.problem.values),
        "remedy": one.problem.remedy.format(**one.problem.values),
        "plan": plan,
    }


def _print_examined(seen: Examination, digests: hashes.Hashes | None) -> None:
    for name, value in _lines(seen):
        print(f"{name + ':':18} {value}")
    for name, value in _digests(digests).items() if digests else ():
        print(f"{name + ':':18} {value}")
    for one in seen.findings:
        print(one.problem, file=sys.stderr if seen.facts is None else sys.stdout)


def _lines(seen: Examination) -> Iterator[tuple[str, object]]:
    facts = seen.facts.model_dump(exclude_defaults=True, exclude={"label", "tags"}) if seen.facts else {}
    for name, value in facts.items():
        text = ", ".join(map(str, value)) if isinstance(value, tuple) else value
        yield name.replace("_", " "), "yes" if text is True else f"{text:,}" if name == "parameters" else text
    if seen.facts and seen.facts.tags:
        yield "tags", ", ".join(f"{tag} ({count})" for tag, count in seen.facts.tags[:12])
    if seen.code:
        yield "pickle", f"{seen.verdict.value}: {', '.join(seen.code[:5])}"
