"""What the acts of `webui` share: which web UI is meant, progress in lines, changes made and told."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from studio.cli.terminal import BAD_INPUT, DONE, INTERRUPTED, Watch, stopped_by_ctrl_c
from studio.core.errors import BadRequest, Cancelled, StudioError
from studio.core.job import JobContext, Progress
from studio.core.paths import Places, places
from studio.launcher import installs, journal, transactions
from studio.launcher import surroundings as around_us
from studio.launcher.diagnosis import Diagnosis
from studio.launcher.install import Install
from studio.launcher.journal import Entry
from studio.launcher.surroundings import Surroundings
from studio.launcher.transactions import Change, Finished, Line, NotReady

Argument = tuple[tuple[str, ...], dict[str, Any]]
JSON = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """One act: its name, what it does, its arguments, and whether it is done to one of the installed web UIs."""

    name: str
    help: str
    run: Callable[[argparse.Namespace], int]
    arguments: tuple[Argument, ...] = ()
    is_of_install: bool = True


def argument(*flags: str, **settings: Any) -> Argument:
    """An argument as argparse takes it."""
    return flags, settings


class Told(Watch):
    """Progress as a bar on a terminal, elsewhere as one line for each thing that is done."""

    def __init__(self) -> None:
        super().__init__(sys.stderr, None)
        self.text = ""

    def report(self, name: str, value: object) -> None:
        """What a JobContext calls."""
        if isinstance(value, Progress) and value.text != self.text:
            self.text = value.text
            if value.text and not self.stream.isatty():
                print(f"{value.text} ...", file=self.stream, flush=True)
        if not isinstance(value, Line):
            super().report(name, value)


@contextmanager
def work() -> Iterator[JobContext]:
    """A context whose progress is shown and which the first Ctrl+C cancels."""
    told = Told()
    context = JobContext(told.report)
    try:
        with stopped_by_ctrl_c(context):
            yield context
    finally:
        told.close()


def install_of(given: argparse.Namespace, here: Places) -> Install:
    """The web UI that is meant. Raises BadRequest if there is none, or several and none is named."""
    if given.webui:
        return installs.find(here, given.webui)
    known = installs.installs(here)
    if not known:
        raise BadRequest("There is no web UI yet.", "Install one: python main.py webui install a1111 FOLDER")
    if len(known) > 1:
        raise BadRequest(
            "There are several web UIs: {keys}.", "Name one: --webui KEY", keys=", ".join(one.key for one in known)
        )
    return known[0]


def surroundings() -> Surroundings:
    """The surroundings of this studio."""
    return around_us.here(places())


def show(given: argparse.Namespace, said: Mapping[str, Any], lines: Sequence[str]) -> int:
    """Print an answer as JSON or as lines; returns 0."""
    print(json.dumps(said, ensure_ascii=False, indent=1) if given.json else "\n".join(lines), flush=True)
    return DONE


def make(
    given: argparse.Namespace,
    choose: Callable[[Install, Surroundings, JobContext], Change],
    told: Callable[[Finished], tuple[JSON, list[str]]] = lambda _: ({}, []),
) -> int:
    """Choose a change, make it and tell it; 2 if the web UI did not start with it and all was put back."""
    around = surroundings()
    install = install_of(given, around.places)
    probes = None if getattr(given, "probe", None) is None else given.probe
    try:
        with work() as context:
            transactions.recover(around, context, only=install)
            done = transactions.run(install, choose(install, around, context), around, context, probes=probes)
    except Cancelled:
        return INTERRUPTED
    except NotReady as error:
        return _taken_back(given, error)
    said, lines = told(done)
    warnings = [one.cause.en for one in (done.probed.diagnoses if done.probed else ()) if one.kind == "cause"]
    return show(
        given,
        {
            "status": "done",
            "change": entry(done.entry),
            "probed": done.probed is not None,
            "warnings": warnings,
            **said,
        },
        [f"Done: {done.entry.text}", *lines, *(f"! {text}" for text in warnings)],
    )


def _taken_back(given: argparse.Namespace, error: NotReady) -> int:
    said = {
        "status": "taken back",
        "change": entry(error.entry) | {"status": journal.UNDONE},
        "message": str(error),
        "diagnoses": [one.as_json() for one in error.diagnoses],
    }
    show(given, said, [])
    print(error, file=sys.stderr)
    if not given.json:
        print("\n".join(diagnosed(error.diagnoses)), file=sys.stderr)
    return BAD_INPUT


def entry(one: Entry) -> JSON:
    """A change of the journal as plain data."""
    return {
        "id": one.id,
        "kind": one.kind,
        "title": one.text,
        "at": one.at,
        "status": one.status,
        "why": one.why,
        "before": one.before,
    }


def diagnosed(found: Sequence[Diagnosis]) -> list[str]:
    """Findings as lines: cause, evidence, what to do."""
    lines: list[str] = []
    for number, one in enumerate(found, 1):
        lines += [f"{number}. {one.cause.en}", f"   {one.todo.en}"]
        lines += [f"   line {each.line}: {each.text.strip()[:200]}" for each in one.evidence[:2]]
    return lines


def moment(at: float) -> str:
    """A time of the clock, to the minute."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def problem(error: StudioError) -> JSON:
    """An error as plain data."""
    return {"message": str(error), "details": error.details[-2000:]}
