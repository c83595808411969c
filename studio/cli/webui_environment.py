"""`webui check` and `webui repair`: what is wrong with a web UI, and mending it."""

import argparse
from collections.abc import Sequence

from studio.catalog.environment_checks import STEPS
from studio.cli.terminal import INTERRUPTED
from studio.cli.webui_common import JSON, Act, argument, diagnosed, entry, install_of, show, surroundings, work
from studio.core.errors import Cancelled
from studio.core.job import JobContext
from studio.launcher import findings, git_problems, installs, operations, repair, transactions
from studio.launcher.findings import Finding, Step
from studio.launcher.git_problems import Problem
from studio.launcher.install import Install
from studio.launcher.probe import Probed, probe
from studio.launcher.surroundings import Surroundings
from studio.launcher.transactions import Finished


def check(given: argparse.Namespace) -> int:
    """Print what is wrong with environment and repositories; --start also tries a start."""
    around = surroundings()
    install = install_of(given, around.places)
    try:
        with work() as context:
            found, problems = _found(given, install, around, context)
            probed = probe(install, around, context) if given.start and install.python.exists() else None
    except Cancelled:
        return INTERRUPTED
    said: JSON = {"environment": [_finding(one) for one in found], "repositories": [_problem(one) for one in problems]}
    lines = [f"! {one.title}\n  {one.cause}" for one in (*found, *problems)]
    if probed is not None:
        said["start"] = _probed(probed)
        lines += ["It starts." if probed.is_ready else "It does not start.", *diagnosed(probed.diagnoses)]
    return show(given, said, lines or ["Nothing is wrong."])


def _found(
    given: argparse.Namespace, install: Install, around: Surroundings, context: JobContext
) -> tuple[list[Finding], list[Problem]]:
    found = findings.findings(
        install, around.settings, around.machine, found_pythons=around.pythons, thorough=given.deep, context=context
    )
    folders = installs.repository_folders(install)
    return found, git_problems.examine(folders, around.git_env(install), context, deep=given.deep)


def _finding(one: Finding) -> JSON:
    return {"id": one.id, "title": one.title, "cause": one.cause, "steps": [_step(step) for step in one.steps]}


def _problem(one: Problem) -> JSON:
    return {"kind": one.kind.key, "folder": str(one.folder), "title": one.title, "cause": one.cause}


def _probed(probed: Probed) -> JSON:
    return {
        "is_ready": probed.is_ready,
        "seconds": round(probed.seconds, 1),
        "diagnoses": [one.as_json() for one in probed.diagnoses],
    }


def _step(step: Step) -> str:
    return STEPS[step.kind].format(**step.values)


def plan(install: Install, around: Surroundings, context: JobContext, *, thorough: bool = False) -> list[Step]:
    """The steps that mend an environment."""
    return repair.plan(
        findings.findings(
            install, around.settings, around.machine, found_pythons=around.pythons, thorough=thorough, context=context
        )
    )


def mend_all(given: argparse.Namespace) -> int:
    """Mend the environment and the repositories; with --dry-run only say what would be done."""
    around = surroundings()
    install = install_of(given, around.places)
    try:
        with work() as context:
            transactions.recover(around, context, only=install)
            steps, problems = _to_mend(given, install, around, context)
            done = [] if given.dry_run else _mended(given, install, around, context, steps, problems)
    except Cancelled:
        return INTERRUPTED
    titles = [*(one.kind.button for one in problems), *(_step(step) for step in steps)]
    said = {
        "steps": titles,
        "status": "planned" if given.dry_run else "done",
        "changes": [entry(d.entry) for d in done],
    }
    verb = "Would do" if given.dry_run else "Done"
    return show(given, said, [f"{verb}: {title}" for title in titles] or ["Nothing is wrong."])


def _to_mend(
    given: argparse.Namespace, install: Install, around: Surroundings, context: JobContext
) -> tuple[Sequence[Step], list[Problem]]:
    """Steps for the environment, and those problems of repositories that keep them from working."""
    problems = git_problems.examine(installs.repository_folders(install), around.git_env(install), context)
    serious = [one for one in problems if one.kind.is_serious and one.kind.key in git_problems.MENDS]
    return plan(install, around, context, thorough=given.deep), serious


def _mended(
    given: argparse.Namespace,
    install: Install,
    around: Surroundings,
    context: JobContext,
    steps: Sequence[Step],
    problems: Sequence[Problem],
) -> list[Finished]:
    changes = [operations.mend_repository(one) for one in problems]
    changes += [operations.repair_environment(steps)] if steps else []
    return [transactions.run(install, change, around, context, probes=given.probe) for change in changes]


DEEP = argument("--deep", action="store_true", help="compare every file with its hash, which takes minutes")
ACTS = (
    Act(
        "check",
        "what is wrong with its environment and its repositories",
        check,
        (DEEP, argument("--start", action="store_true", help="also try a start")),
    ),
    Act(
        "repair",
        "mend only what is wrong",
        mend_all,
        (
            DEEP,
            argument("--dry-run", action="store_true", help="only say what would be done"),
            argument(
                "--probe",
                action=argparse.BooleanOptionalAction,
                default=None,
                help="whether a start is tried afterwards; if it fails, all is put back",
            ),
        ),
    ),
)
