"""`webui versions`, `diagnose`, `journal` and `network`: what only looks."""

import argparse
import sys
from pathlib import Path

from studio.cli.terminal import INTERRUPTED
from studio.cli.webui_common import Act, argument, diagnosed, entry, install_of, moment, show, surroundings, work
from studio.cli.webui_run import log_of
from studio.core.errors import Cancelled
from studio.core.paths import places
from studio.launcher import culprits, facts, installs, journal, log_text, network, report, repository_state, versions
from studio.launcher.diagnose import Diagnoser


def list_versions(given: argparse.Namespace) -> int:
    """Print branches, tags and the newest commits; what is new is marked."""
    around = surroundings()
    install = install_of(given, around.places)
    repository = installs.repository(install, around.git_env(install))
    try:
        with work() as context:
            if given.refresh:
                versions.refresh(repository, context)
    except Cancelled:
        return INTERRUPTED
    here = repository_state.state(repository)
    commits = versions.commits(repository, given.of, limit=given.limit)
    said = {
        "branch": here.branch,
        "commit": here.commit,
        "behind": here.behind,
        "ahead": here.ahead,
        "changed": [one.path for one in here.dirty],
        "branches": [vars(one) for one in versions.branches(repository)],
        "tags": [vars(one) for one in versions.tags(repository)],
        "commits": [vars(one) | {"title": one.title} for one in commits],
    }
    lines = [
        f"{'*' if one.is_current else '+' if one.is_new else ' '} {one.hash[:8]} {moment(one.date)}  {one.title}"
        for one in commits
    ]
    names = f"branches: {', '.join(one['name'] for one in said['branches'])}"
    tags = f"tags: {', '.join(one['name'] for one in said['tags'][:10])}"
    return show(given, said, [names, tags, *lines])


def diagnose(given: argparse.Namespace) -> int:
    """Print what a log tells: of a file, of the standard input, or of the last run."""
    around = surroundings()
    path = None if given.file == "-" else Path(given.file) if given.file else log_of(install_of(given, around.places))
    reader = Diagnoser(facts.of_machine(around.machine))
    text = sys.stdin.read() if path is None else log_text.read(path)
    reader.feed(log_text.lines_of(text))
    found = reader.diagnoses()
    if given.report:
        told = None if given.file else report.versions(install_of(given, around.places))
        report.write_report(Path(given.report), report.report(text, reader.facts, found, told))
    said = {"file": str(path or "-"), "diagnoses": [one.as_json() for one in found], "report": given.report}
    return show(given, said, diagnosed(found) or ["Nothing that is known to be wrong was found."])


def tell_journal(given: argparse.Namespace) -> int:
    """Print what was changed, the newest first, and what became of it."""
    here = places()
    rows = [entry(one) for one in journal.entries(here, install_of(given, here).key)]
    lines = [f"{row['id']}  {row['status']:9} {row['title']}  {row['why'][:80]}" for row in rows]
    return show(given, {"changes": rows}, lines or ["Nothing was changed yet."])


def find_culprit(given: argparse.Namespace) -> int:
    """Find the extensions that keep a web UI from starting."""
    around = surroundings()
    install = install_of(given, around.places)
    try:
        with work() as context:
            found = culprits.find(install, around, context)
    except Cancelled:
        return INTERRUPTED
    said = {"result": found.result, "culprits": list(found.culprits), "probes": found.probes}
    names = ", ".join(found.culprits)
    texts = {
        "found": f"To blame: {names}. Switch off: python main.py webui extensions disable {found.culprits[:1]}",
        "nothing": "It starts with all extensions.",
        "not-extensions": "It does not start without any extension either: they are not to blame.",
        "unsteady": "The same start had different results; nothing can be said.",
    }
    return show(given, said, [texts[found.result]])


def measure_network(given: argparse.Namespace) -> int:
    """Measure which ways to the network work, and say which settings are the better ones."""
    around = surroundings()
    try:
        with work() as context:
            found = network.measure(around.settings, context, base=around.base, timeout_s=given.timeout)
    except Cancelled:
        return INTERRUPTED
    lines = [
        f"{one.kind:5} {one.way.name:22} {f'{one.seconds * 1000:.0f} ms' if one.works else one.problem}"
        for one in found.measures
    ]
    lines += [f"! {one}" for one in found.problems]
    lines += [f"Proposed: {name} = {value!r}" for name, value in found.proposed.items()]
    return show(given, found.as_json(), lines)


ACTS = (
    Act(
        "versions",
        "branches, tags and commits; what is new is marked with +",
        list_versions,
        (
            argument("of", nargs="?", default="", metavar="NAME", help="the branch or tag whose commits are listed"),
            argument("--refresh", action="store_true", help="ask the server what is new first"),
            argument("--limit", type=int, default=30, help="how many commits"),
        ),
    ),
    Act(
        "diagnose",
        "say what went wrong, from a log",
        diagnose,
        (
            argument("file", nargs="?", default="", help="a log; - is the standard input, none the last run's"),
            argument("--report", default="", metavar="FILE", help="also write a report without names and secrets"),
        ),
    ),
    Act("journal", "what was changed, and what became of it", tell_journal),
    Act("culprit", "find the extension that keeps it from starting, by trial starts", find_culprit),
    Act(
        "network",
        "measure which ways to the network work",
        measure_network,
        (argument("--timeout", type=float, default=network.TIMEOUT_S, help="seconds for each way"),),
        is_of_install=False,
    ),
)
