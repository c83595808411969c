"""From options to a web UI that runs: the usual start, and the start on trial."""

import dataclasses
import subprocess
import time
import webbrowser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.job import JobContext
from studio.core.nvidia import Card
from studio.core.paths import Places
from studio.launcher import launch_options, process, supervise
from studio.launcher.flags import read_flags
from studio.launcher.install import Install
from studio.launcher.launch_options import LaunchOptions
from studio.launcher.process import Entered, Event, Exit, Listener, Patience, State, WebUI
from studio.launcher.supervise import NEVER, Restarts

LONGEST_LOG = 4 << 20


def launch(
    install: Install,
    options: LaunchOptions,
    environ: Mapping[str, str],
    places: Places,
    context: JobContext,
    listener: Listener = process.ignore,
    card: Card | None = None,
) -> Exit:
    """Start a web UI as its options say and follow it until it ends for good; cancelling stops it.

    `environ` is what a child process gets; the options' own variables win. The page is opened once, when it is first
    ready. WebUI and Retrying are delivered through `context`. Raises what `process.start` and `argv` raise.
    """
    launch_options.check(options)
    arguments = launch_options.argv(options, read_flags(install), card)
    opening = Opening(options, listener)

    def begin() -> WebUI:
        environment = {**environ, **launch_options.environment(options, card)}
        opening.webui = process.start(install, arguments, environment, places, opening)
        return opening.webui

    return supervise.run(begin, context, Restarts() if options.restart_after_crash else NEVER)


class Opening:
    """A listener that opens the page when a web UI is first ready, and hands everything on."""

    def __init__(self, options: LaunchOptions, listener: Listener) -> None:
        self.webui: WebUI | None = None
        self._is_due = options.open_browser
        self._browser, self._listener = options.browser, listener

    def __call__(self, event: Event) -> None:
        """Take an event of the run."""
        self._listener(event)
        if self._is_due and event == Entered(State.READY) and self.webui is not None:
            self._is_due = "--nowebui" in self.webui.run.arguments
            if not self._is_due:
                open_page(self.webui.url, self._browser)


def open_page(url: str, browser: str = "") -> bool:
    """Open a page in the chosen browser, the system's own if none is; False if that fails."""
    if not browser:
        return webbrowser.open(url)
    try:
        nothing = subprocess.DEVNULL
        subprocess.Popen([browser, url], stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class Trial:
    """What a start on trial showed: whether it became ready, how it ended if it did by itself, what it said."""

    is_ready: bool
    exit: Exit | None
    log: str
    seconds: float


def probe(
    install: Install,
    arguments: Sequence[str],
    environ: Mapping[str, str],
    places: Places,
    context: JobContext,
    timeout_s: float = 600,
    listener: Listener = process.ignore,
) -> Trial:
    """Start a web UI until it is ready, ends or has taken too long, and stop it again.

    It has a record and a log of its own, so that a run of the same install may go on. Raises Cancelled, once it is
    stopped, and what `process.start` raises.
    """
    begun = time.monotonic()
    webui = process.start(
        dataclasses.replace(install, key=f"{install.key}.probe"), arguments, environ, places, listener
    )
    try:
        while webui.state is State.STARTING and time.monotonic() - begun < timeout_s:
            context.check()
            webui.wait(0.05)
        is_ready, seconds = webui.state is State.READY, time.monotonic() - begun
        ended = webui.wait(0)
    finally:
        webui.stop(Patience(5, 5, 5))
    return Trial(is_ready, ended, _end_of(Path(webui.run.log)), seconds)


def _end_of(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - LONGEST_LOG))
        return file.read().decode("utf-8", "replace")
