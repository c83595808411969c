"""Moving, copying, deleting and linking model files: planned and shown first, written down before, and undone.

What is deleted goes to the trash; no link is followed, only moved as what it is; nothing is ever overwritten.
"""

import json
import os
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import Enum
from functools import partial
from pathlib import Path
from secrets import token_hex

from studio.core import trash
from studio.core.errors import DiskFull, FileProblem
from studio.core.files import copy_file, problem, write_atomically
from studio.core.job import JobContext
from studio.core.links import delete, is_link, walk
from studio.core.paths import Places
from studio.library import hashes, sidecars

RESERVE = 2**28  # bytes that stay free on a disk


class Act(str, Enum):
    """What is done with a file."""

    MOVE = "move"  # to `target`
    COPY = "copy"  # to `target`
    TRASH = "trash"
    LINK = "link"  # becomes another name of `target`, of whose content there is then only one


PLACED = (Act.MOVE, Act.COPY)


@dataclass(frozen=True)
class Step:
    """One file or folder and what becomes of it."""

    act: Act
    path: Path
    target: Path | None = None


@dataclass(frozen=True)
class Plan:
    """What would be done, to be shown before it is."""

    steps: tuple[Step, ...]

    @property
    def count(self) -> int:
        """How many files and folders change their place."""
        return len(self.steps)

    @property
    def size_bytes(self) -> int:
        """How large they are together; links count nothing."""
        return sum(_size(step.path) for step in self.steps)

    @property
    def freed_bytes(self) -> int:
        """How much room linking gives; what is trashed gives room only when the trash is emptied."""
        return sum(_size(step.path) for step in self.steps if step.act is Act.LINK)

    @property
    def links(self) -> tuple[Path, ...]:
        """The links among them and on the way to them: what lies behind is another place than it seems."""
        ways = [way for step in self.steps for way in (step.path, *step.path.parents)]
        return tuple(way for way in dict.fromkeys(ways) if _leads_elsewhere(way))

    @property
    def collisions(self) -> tuple[Path, ...]:
        """Places to which something would be moved and where something is already; then it cannot be done."""
        targets = [step.target for step in self.steps if step.act in PLACED and step.target]
        twice = {target for target in targets if targets.count(target) > 1}
        return tuple(target for target in dict.fromkeys(targets) if target in twice or os.path.lexists(target))


@dataclass(frozen=True)
class Done:
    """A plan that was begun. `at` is seconds since 1970; one that is not finished was interrupted and can be undone."""

    journal: Path
    at: float
    steps: tuple[Step, ...]
    is_finished: bool


def deleting(paths: Iterable[Path]) -> Plan:
    """Models and the files beside them that are theirs alone, to the trash."""
    together = [file for path in paths for file in (path, *sidecars.family(path))]
    return Plan(tuple(Step(Act.TRASH, path.absolute()) for path in dict.fromkeys(together)))


def moving(paths: Iterable[Path], folder: Path) -> Plan:
    """Models and the files beside them that are theirs alone, into `folder`."""
    together = dict.fromkeys(file.absolute() for path in paths for file in (path, *sidecars.family(path)))
    return Plan(tuple(Step(Act.MOVE, path, folder.absolute() / path.name) for path in together))


def copying(paths: Iterable[Path], folder: Path) -> Plan:
    """Copies of models and of the files beside them that are theirs alone, in `folder`."""
    return Plan(tuple(replace(step, act=Act.COPY) for step in moving(paths, folder).steps))


def linking(kept: Path, copies: Iterable[Path]) -> Plan:
    """Copies of a file as further names of it (hard links), so that they take no room.

    Raises FileProblem if a copy lies on another disk.
    """
    steps = tuple(Step(Act.LINK, copy.absolute(), kept.absolute()) for copy in copies)
    for step in steps:
        if _disk(step.path) != _disk(kept):
            raise FileProblem(
                step.path, "{path} lies on another disk than {kept}, so that they cannot be one file.",
                "Move the copy to the trash instead.", kept=str(kept),
            )  # fmt: skip
    return Plan(steps)


def apply(plan: Plan, places: Places, context: JobContext | None = None) -> Done:
    """Do what a plan says, or nothing: what was done by an error is taken back.

    Raises FileProblem if something is in the way or is not as it was planned, DiskFull, or Cancelled.
    """
    context = context or JobContext()
    _check(plan, places, context)
    journal = places.data / "plans" / f"{time.strftime('%Y%m%d-%H%M%S')}-{token_hex(4)}.json"
    done = Done(journal, time.time(), plan.steps, False)
    _write(done)
    try:
        _carry_out(plan, places, context)
    except BaseException:
        undo(done, places)
        raise
    done = replace(done, is_finished=True)
    _write(done)
    return done


def undo(done: Done, places: Places) -> None:
    """Put everything back where it was, as far as it was moved at all; beside it where there is a new file by now.

    Raises FileProblem or DiskFull.
    """
    for step in reversed(done.steps):
        if step.act is Act.MOVE and step.target and os.path.lexists(step.target):
            is_half = not done.is_finished and os.path.lexists(step.path)  # copied to another disk, not yet deleted
            if not is_half:
                _move(step.target, trash.free_place(step.path), places, JobContext())
    copies = [step.target for step in done.steps if step.act is Act.COPY and _is_copied(step)]
    if copies:
        trash.discard([copy for copy in copies if copy], places)
    gone = thrown(done, places)
    for step in done.steps:
        is_stored = any(item.original == step.path for one in gone for item in one.items)
        if step.act is Act.LINK and is_stored and _is_one(step):
            step.path.unlink()
    for one in gone:
        trash.restore(one)
    done.journal.unlink(missing_ok=True)


def history(places: Places) -> list[Done]:
    """The plans of which something can still be undone, the newest first."""
    found = filter(None, (_read(path) for path in (places.data / "plans").glob("*.json")))
    return sorted((one for one in found if _is_undoable(one, places)), key=lambda one: one.at, reverse=True)


def thrown(done: Done, places: Places) -> list[trash.Discarded]:
    """What a plan put into the trash, also if it was interrupted there."""
    paths = {step.path for step in done.steps if step.act not in PLACED}
    recent = (one for one in trash.contents(places) if one.at >= done.at)
    return [one for one in recent if {item.original for item in one.items} <= paths]


def _check(plan: Plan, places: Places, context: JobContext) -> None:
    for path in plan.collisions:
        raise FileProblem(path, "{path} is there already.", "Rename one of the two first.")
    for step in plan.steps:
        if not os.path.lexists(step.path):
            raise FileProblem(step.path, "{path} does not exist any more.", "Reload the list.")
    _check_room(plan, places)
    for step in plan.steps:
        if step.act is Act.LINK and step.target:
            _check_equal(step.path, step.target, places, context)


def _check_room(plan: Plan, places: Places) -> None:
    """What goes to another disk is copied, and must fit there."""
    wanted: dict[int, int] = {}
    where: dict[int, Path] = {}
    for step in plan.steps:
        target = step.target if step.act in PLACED and step.target else places.trash
        disk = _disk(target)
        if disk != _disk(step.path) or step.act is Act.COPY:
            wanted[disk] = wanted.get(disk, 0) + _size(step.path)
            where[disk] = target
    for disk, size in wanted.items():
        free = shutil.disk_usage(_existing(where[disk])).free
        if free < size + RESERVE:
            raise DiskFull(
                "{wanted} MiB would be copied to {path}, but only {free} MiB are free there.",
                "Free some space and try again.",
                wanted=size >> 20, free=free >> 20, path=str(where[disk]),
            )  # fmt: skip


def _check_equal(path: Path, kept: Path, places: Places, context: JobContext) -> None:
    is_plain = not any(one.is_symlink() or not one.is_file() for one in (path, kept))
    if not is_plain or hashes.sha256(path, places, context) != hashes.sha256(kept, places, context):
        raise FileProblem(path, "{path} is not a copy of {kept} any more.", "Reload the list.", kept=str(kept))


def _carry_out(plan: Plan, places: Places, context: JobContext) -> None:
    for number, step in enumerate(plan.steps):
        context.progress(number, plan.count, "Moving files …")
        if step.act in PLACED and step.target:
            if os.path.lexists(step.target):
                raise FileProblem(step.target, "{path} is there already.", "Rename one of the two first.")
            if step.act is Act.COPY:
                _copy(step.path, step.target, context)
            else:
                _move(step.path, step.target, places, context)
    links = [step for step in plan.steps if step.act is Act.LINK]
    with hashes.kept({step.target: step.target for step in links if step.target}, places):
        thrown = [step.path for step in plan.steps if step.act not in PLACED]
        if thrown:
            trash.discard(thrown, places, context.check)
        for step in links:
            _link(step)


def _link(step: Step) -> None:
    try:
        os.link(step.target or step.path, step.path)
    except OSError as error:
        raise problem(step.path, error) from error


def _move(source: Path, target: Path, places: Places, context: JobContext) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with hashes.kept({source: target}, places):
            trash.move(source, target, context.check)
    except OSError as error:
        raise problem(target, error) from error


def _copy(source: Path, target: Path, context: JobContext) -> None:
    """Copy whole under another name first, so that half a model is never found."""
    part = target.with_name(f".{token_hex(4)}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, part, symlinks=True, copy_function=partial(copy_file, check=context.check))
        else:
            copy_file(source, part, context.check)
        part.rename(target)
    except OSError as error:
        raise problem(target, error) from error
    finally:
        delete(part)


def _is_copied(step: Step) -> bool:
    """Whether the copy is there, and is still what it was made from."""
    return bool(step.target and os.path.lexists(step.target) and _size(step.target) == _size(step.path))


def _is_undoable(done: Done, places: Places) -> bool:
    is_there = any(step.target and os.path.lexists(step.target) for step in done.steps if step.act in PLACED)
    return is_there or bool(thrown(done, places))


def _is_one(step: Step) -> bool:
    try:
        return step.target is not None and step.path.samefile(step.target)
    except OSError:
        return False


def _write(done: Done) -> None:
    said = {"at": done.at, "steps": [asdict(step) for step in done.steps], "is_finished": done.is_finished}
    text = json.dumps(said, default=str, ensure_ascii=False, indent=1)
    write_atomically(done.journal, text.encode("utf-8", "surrogateescape"))


def _read(journal: Path) -> Done | None:
    try:
        said = json.loads(journal.read_bytes().decode("utf-8", "surrogateescape"))
        steps = tuple(_step(step) for step in said["steps"])
        return Done(journal, float(said["at"]), steps, said["is_finished"] is True)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _step(said: dict[str, str]) -> Step:
    return Step(Act(said["act"]), Path(said["path"]), Path(said["target"]) if said.get("target") else None)


def _size(path: Path) -> int:
    """A file's or folder's own bytes; a link has none."""
    if not os.path.lexists(path) or is_link(path):
        return 0
    return sum(entry.size_bytes for entry in walk(path)) if path.is_dir() else path.lstat().st_size


def _leads_elsewhere(path: Path) -> bool:
    """Whether a symlink or junction."""
    here = Path(os.path.realpath(path.parent), path.name)
    return os.path.normcase(os.path.realpath(path)) != os.path.normcase(here)


def _disk(path: Path) -> int:
    """The file system on which `path` itself lies or would lie."""
    return path.lstat().st_dev if os.path.lexists(path) else _existing(path).stat().st_dev


def _existing(path: Path) -> Path:
    return next(way for way in (path.absolute(), *path.absolute().parents) if way.exists())
