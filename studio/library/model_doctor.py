"""What is wrong with model files and what can be done about it, from headers alone; nothing is loaded or run."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from studio.catalog import find
from studio.catalog.model_folders import MODEL_FOLDERS
from studio.catalog.model_kinds import MODEL_KINDS
from studio.core.errors import CheckpointError, FileProblem, StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.library import hashes, headers, model_facts, pickles, plans
from studio.library.folders import Home, home_for
from studio.library.model_facts import ModelFacts
from studio.library.model_rows import Model
from studio.library.plans import Plan


class Severity(str, Enum):
    """How bad a finding is."""

    BAD = "bad"  # the file cannot be used, or should not be
    WARN = "warn"  # it works less well than it could, or elsewhere


@dataclass(frozen=True)
class Finding:
    """Something found; `problem` says it with what to do, `plan` would do it."""

    code: str
    severity: Severity
    path: Path
    problem: StudioError
    plan: Plan | None = None


@dataclass(frozen=True)
class Examination:
    """What a file is, None if that cannot be told, what is wrong with it, and how far its code can be trusted."""

    path: Path
    facts: ModelFacts | None
    findings: tuple[Finding, ...]
    verdict: pickles.Verdict
    code: tuple[str, ...] = ()


def examine(path: Path, home: Home | None = None) -> Examination:
    """Look at one file; with the `home` it lies in, also at whether it belongs there."""
    verdict, code = _trust(path)
    try:
        facts = model_facts.read(path)
    except CheckpointError as error:
        return Examination(path, None, (unusable(path, error),), verdict, code)
    if not facts.is_pickled:
        verdict, code = pickles.Verdict.SAFE, ()
    found = [*_claims(path, facts), *_extras(path, verdict)]
    if home and (misplaced := _misplaced(path, facts, home)):
        found.append(misplaced)
    return Examination(path, facts, tuple(found), verdict, code)


def check(models: Iterable[Model], places: Places, context: JobContext | None = None) -> list[Finding]:
    """Everything that is wrong with the models of the index; only duplicates are read. Raises Cancelled."""
    found: list[Finding] = []
    models = list(models)
    for model in models:
        if model.problem:
            found.append(unusable(model.path, model.problem))
        if model.facts:
            found += _claims(model.path, model.facts)
            found += filter(None, [_misplaced(model.path, model.facts, model.place)])
    groups = duplicates((model.path for model in models), places, context)
    return found + [same_content(group) for group in groups]


def unusable(path: Path, error: CheckpointError) -> Finding:
    """A file that cannot be used here: it would run code, is broken, or is whole and of a kind nobody here knows."""
    if "is_whole" in error.values:
        return Finding("unknown", Severity.WARN, path, error)
    return Finding("code" if "code" in error.values else "broken", Severity.BAD, path, error)


def misplaced(path: Path, kind: str, home: Home) -> Plan | None:
    """The plan that moves a file of a kind to where it belongs, None if it lies right.

    A file of a kind that has several homes goes to the first.
    """
    row = find("model kind", MODEL_KINDS, kind)
    uses = row.homes or (row.name,)
    if home.use.name in uses:
        return None
    use = find("model folder", MODEL_FOLDERS, uses[0])
    return plans.moving([path], home_for(use, home.root))


def duplicates(paths: Iterable[Path], places: Places, context: JobContext | None = None) -> list[tuple[Path, ...]]:
    """Groups of files of the same content that take room twice; only files of equal size are read.

    The first of a group is the oldest. Files that are one already (hard links, links) are no group. Raises Cancelled.
    """
    context = context or JobContext()
    groups: dict[tuple[int, str], dict[tuple[int, int], Path]] = defaultdict(dict)
    for size, alike in sorted(_by_size(paths).items()):
        for path in alike if len(alike) > 1 else ():
            context.check()
            groups[size, hashes.sampled(path)][_inode(path)] = path
    found: list[tuple[Path, ...]] = []
    for alike in groups.values():
        if len(alike) > 1:
            found += _equal(list(alike.values()), places, context)
    return found


def same_content(group: tuple[Path, ...]) -> Finding:
    """What is said of a group of duplicates: keep the first, make the others links of it."""
    kept, *copies = group
    problem = FileProblem(
        kept, "{name} is there {count} times.", "Keep one: make the others links of it or move them to the trash.",
        count=len(group), copies="\n".join(map(str, copies)),
    )  # fmt: skip
    try:
        plan = plans.linking(kept, copies)
    except FileProblem:
        plan = plans.deleting(copies)
    return Finding("duplicate", Severity.WARN, kept, problem, plan)


def _trust(path: Path) -> tuple[pickles.Verdict, tuple[str, ...]]:
    if path.is_dir() or path.suffix.lower() not in headers.PICKLE_ENDS:
        return pickles.Verdict.SAFE, ()
    try:
        found = pickles.scan(path)
    except CheckpointError:
        return pickles.Verdict.UNKNOWN, ()
    return found.verdict, found.strangers


def _claims(path: Path, facts: ModelFacts) -> Iterable[Finding]:
    told = facts.told_base
    if told and facts.base and told.removesuffix("-v") != facts.base.removesuffix("-v"):
        problem = FileProblem(
            path, "{name} says that it is for {told}, but its tensors are {base}.", "Use it with {base} models.",
            told=told, base=facts.base,
        )  # fmt: skip
        yield Finding("claim", Severity.WARN, path, problem)


def _extras(path: Path, verdict: pickles.Verdict) -> Iterable[Finding]:
    if verdict is pickles.Verdict.UNKNOWN:
        problem = FileProblem(path, "{name} holds more than tensors.", "Use it only if you trust where it comes from.")
        yield Finding("extras", Severity.WARN, path, problem)


def _misplaced(path: Path, facts: ModelFacts, home: Home) -> Finding | None:
    plan = misplaced(path, facts.kind, home)
    if plan is None:
        return None
    target = next(step.target for step in plan.steps if step.target)
    problem = FileProblem(
        path, "{name} is {kind} but lies in {folder}.", "Move it to {target}.",
        kind=facts.label, folder=str(home.path), target=str(target.parent),
    )  # fmt: skip
    return Finding("misplaced", Severity.WARN, path, problem, plan)


def _by_size(paths: Iterable[Path]) -> dict[int, list[Path]]:
    found: dict[int, list[Path]] = defaultdict(list)
    for path in paths:
        if path.is_file() and not path.is_symlink() and (size := path.stat().st_size):
            found[size].append(path)
    return found


def _inode(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _equal(paths: list[Path], places: Places, context: JobContext) -> list[tuple[Path, ...]]:
    found: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(paths, key=lambda path: (path.stat().st_mtime_ns, str(path))):
        found[hashes.sha256(path, places, context)].append(path)
    return [tuple(group) for group in found.values() if len(group) > 1]
