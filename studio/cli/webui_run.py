"""`webui start`, `stop` and `status`: running web UIs."""

import argparse
import sys
from pathlib import Path

from studio.cli.terminal import BAD_INPUT, DONE, INTERRUPTED, stopped_by_ctrl_c
from studio.cli.webui_common import JSON, Act, argument, diagnosed, install_of, show, surroundings
from studio.core.errors import BadRequest, StudioError
from studio.core.job import JobContext
from studio.core.paths import places
from studio.launcher import (
    facts,
    installs,
    journal,
    launch,
    launch_options,
    process,
    run_file,
    shield,
    transactions,
    versions,
)
from studio.launcher.diagnose import Diagnoser
from studio.launcher.install import Install
from studio.launcher.process import Entered, Event, Exit, Output, Served, State, WebUI
from studio.launcher.surroundings import Surroundings

LOOK_EVERY_S = 0.2


def status(given: argparse.Namespace) -> int:
    """Print the known web UIs, which of them run, and at which version they are."""
    around = surroundings()
    chosen = [installs.find(around.places, given.webui)] if given.webui else installs.installs(around.places)
    rows = [_row(install, around) for install in chosen]
    lines = [
        f"{row['key']:16} {'runs at ' + (row['url'] or '?') if row['running'] else 'stopped':34}"
        f" {row['branch'] or '-'} {row['commit'][:8]}  {row['folder']}"
        for row in rows
    ]
    return show(given, {"webuis": rows}, lines or ["No web UI yet: python main.py webui install a1111 FOLDER"])


def _row(install: Install, around: Surroundings) -> JSON:
    run = run_file.running(around.places, install.key)
    repository = installs.repository(install, around.git_env(install))
    try:
        commit = versions.current(repository)
        branch = repository.ask("symbolic-ref", "--quiet", "--short", "HEAD")
    except StudioError:
        commit, branch = None, ""
    return {
        "key": install.key,
        "title": install.title,
        "source": install.source,
        "folder": str(install.folder),
        "is_there": install.folder.is_dir(),
        "has_environment": install.python.exists(),
        "running": run is not None,
        "pid": run.pid if run else 0,
        "url": run.url if run else "",
        "log": run.log if run else "",
        "branch": branch,
        "commit": commit.hash if commit else "",
        "version": commit.title if commit else "",
        "unfinished": [one.text for one in journal.unfinished(around.places, install.key)],
    }


class _Follower:
    """Prints what a run writes, and what became of it."""

    def __init__(self, around: Surroundings, *, is_quiet: bool) -> None:
        self.diagnoser = Diagnoser(facts.of_machine(around.machine))
        self.is_quiet = is_quiet
        self.url = ""
        self.is_ready = False
        self._rest = ""

    def hear(self, event: Event) -> None:
        """What the run calls."""
        if isinstance(event, Output):
            *lines, self._rest = (self._rest + event.text).split("\n")
            self.diagnoser.feed(lines)
            if not self.is_quiet:
                sys.stdout.write(event.text)
                sys.stdout.flush()
        elif isinstance(event, Served) and not event.is_public:
            self.url = event.url
        elif isinstance(event, Entered) and event.state is State.READY:
            self.is_ready = True
            if not self.is_quiet:
                print(f"Ready: {self.url}", flush=True)


def start(given: argparse.Namespace) -> int:
    """Start a web UI and follow it until it ends; Ctrl+C stops it. With --detach it goes on alone once it is ready."""
    around = surroundings()
    install = install_of(given, around.places)
    transactions.recover(around, only=install)
    is_quiet = given.json or given.detach
    options = launch_options.load(around.places, install.key)
    options = options.model_copy(update={"open_browser": options.open_browser and not is_quiet})
    environ = shield.guarded_env(install, around.settings, around.places, base=around.base)
    follower = _Follower(around, is_quiet=is_quiet)
    more = given.arguments[1:] if given.arguments[:1] == ["--"] else given.arguments
    if given.detach:
        webui = launch.start(install, options, environ, around.places, follower.hear, around.card, more)
        return _detached(given, install, webui, follower)
    context = JobContext()
    with stopped_by_ctrl_c(context):
        ended = launch.launch(install, options, environ, around.places, context, follower.hear, around.card, more)
    if context.is_cancelled:
        return INTERRUPTED
    return _ended(given, install, ended, follower)


def _detached(given: argparse.Namespace, install: Install, webui: WebUI, follower: _Follower) -> int:
    """Wait until it is ready, then leave it to itself."""
    context = JobContext()
    with stopped_by_ctrl_c(context):
        while not follower.is_ready and not context.is_cancelled and webui.wait(LOOK_EVERY_S) is None:
            continue
    ended = webui.wait(0)
    if context.is_cancelled:
        webui.stop()
        return INTERRUPTED
    if ended is not None:
        return _ended(given, install, ended, follower)
    webui.leave()
    said = {"key": install.key, "running": True, "url": follower.url, "pid": webui.pid, "log": webui.run.log}
    return show(given, said, [f"{install.title} is ready: {follower.url}", f"Its log: {webui.run.log}"])


def _ended(given: argparse.Namespace, install: Install, ended: Exit, follower: _Follower) -> int:
    """Tell how a run ended: 2 if it did so without being asked to."""
    is_bad = ended.is_crash or not ended.was_ready
    found = follower.diagnoser.diagnoses() if is_bad else []
    said = {
        "key": install.key,
        "running": False,
        "exit_code": ended.code,
        "was_ready": ended.was_ready,
        "diagnoses": [one.as_json() for one in found],
    }
    show(given, said, [f"{install.title} ended with code {ended.code}.", *diagnosed(found)])
    return BAD_INPUT if is_bad else DONE


def stop(given: argparse.Namespace) -> int:
    """Stop a running web UI: asked first, then interrupted, then ended by force."""
    here = places()
    install = install_of(given, here)
    webui = process.adopt(install, here)
    if webui is None:
        return show(given, {"key": install.key, "stopped": False}, [f"{install.title} does not run."])
    webui.stop()
    return show(given, {"key": install.key, "stopped": True}, [f"{install.title} has stopped."])


def log_of(install: Install) -> Path:
    """The log of the last run. Raises BadRequest if it never ran."""
    path = places().logs / install.key / "webui.log"
    if not path.is_file():
        raise BadRequest("{title} has written no log yet.", "Start it first, or name a file.", title=install.title)
    return path


ACTS = (
    Act("status", "the web UIs, which of them run, at which version they are", status),
    Act(
        "start",
        "start one and follow its log; Ctrl+C stops it",
        start,
        (
            argument("--detach", action="store_true", help="wait until it is ready and let it go on alone"),
            argument("arguments", nargs=argparse.REMAINDER, help="further arguments of the web UI, after --"),
        ),
    ),
    Act("stop", "stop one", stop),
)
