"""From options to a web UI that runs, with its page open."""

import subprocess
import webbrowser
from collections.abc import Mapping, Sequence

from studio.core.job import JobContext
from studio.core.nvidia import Card
from studio.core.paths import Places
from studio.launcher import launch_options, process, supervise
from studio.launcher.flags import read_flags
from studio.launcher.install import Install
from studio.launcher.launch_options import LaunchOptions
from studio.launcher.process import Entered, Event, Exit, Listener, State, WebUI
from studio.launcher.supervise import NEVER, Restarts


def launch(
    install: Install,
    options: LaunchOptions,
    environ: Mapping[str, str],
    places: Places,
    context: JobContext,
    listener: Listener = process.ignore,
    card: Card | None = None,
    more: Sequence[str] = (),
) -> Exit:
    """Start a web UI as its options say and follow it until it ends for good; cancelling stops it.

    The page is opened once, when it is first ready. WebUI and Retrying are delivered through `context`. See `start`
    for the rest.
    """
    opening = Opening(options, listener)

    def begin() -> WebUI:
        opening.webui = start(install, options, environ, places, opening, card, more)
        return opening.webui

    return supervise.run(begin, context, restarts(options))


def start(
    install: Install,
    options: LaunchOptions,
    environ: Mapping[str, str],
    places: Places,
    listener: Listener = process.ignore,
    card: Card | None = None,
    more: Sequence[str] = (),
) -> WebUI:
    """Start a web UI as its options say, with `more` arguments behind theirs.

    `environ` is what a child process gets; the options' own variables win. Raises what `process.start` and
    `launch_options.check` raise.
    """
    launch_options.check(options)
    arguments = [*launch_options.argv(options, read_flags(install), card), *more]
    environ = {**environ, **launch_options.environment(options, card)}
    return process.start(install, arguments, environ, places, listener)


def restarts(options: LaunchOptions) -> Restarts:
    """How often a crash is made up for by another start."""
    return Restarts() if options.restart_after_crash else NEVER


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
