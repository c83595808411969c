"""A probe start: whether a web UI gets ready as it is now, without touching its settings or its port."""

import secrets
import shutil
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import flags, http_local, installs, launch_options, ports, process, process_group, run_file, shield
from studio.launcher.culprit import probe_argv, probe_settings
from studio.launcher.diagnose import Diagnoser
from studio.launcher.diagnosis import Diagnosis
from studio.launcher.facts import Facts, of_machine
from studio.launcher.install import Install
from studio.launcher.process import Entered, Exit, Output, Patience, State
from studio.launcher.stages import StartUp
from studio.launcher.surroundings import Surroundings

TIMEOUT_S = 600.0
ANSWER_S = 10.0
PORTS = (20000, 30000)  # any of them, so that two trials at once hardly meet
PATIENCE = Patience(ask_s=5, interrupt_s=5)
OWN = {"--ui-settings-file", "--port", "--ui-debug-mode", "--skip-install", "--skip-version-check"} | {
    "--skip-python-version-check"
}


@dataclass(frozen=True)
class Probed:
    """How a probe start ended: what it wrote, and what that tells if it did not get ready.

    `exit` is None if it was ended because it took too long.
    """

    is_ready: bool
    log: str
    seconds: float
    diagnoses: tuple[Diagnosis, ...] = ()
    exit: Exit | None = None

    @property
    def why(self) -> str:
        """The cause of the failure in English, "" if none is known."""
        causes = [one for one in self.diagnoses if one.kind == "cause"] or list(self.diagnoses)
        return causes[0].cause.en if causes and not self.is_ready else ""


def probe(
    install: Install,
    around: Surroundings,
    context: JobContext,
    *,
    enabled: Iterable[str] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Probed:
    """Start a web UI without a model, at a free port, on a copy of its settings, and end it once it is ready.

    `enabled` are the extensions that are on (None: as they are). Raises StudioErrors that forbid a start, Cancelled.
    """
    twin = replace(install, key=f"{install.key}.probe")
    end_left(around.places, install)
    folder = around.places.data / "launcher" / twin.key
    try:
        arguments = command_line(install, around, folder, enabled)
        environ = shield.guarded_env(
            install, around.settings, around.places, base=around.child_base, extra=_own(around, install)
        )
        return _Watch(context, timeout_s, of_machine(around.machine)).follow(twin, arguments, environ, around.places)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _own(around: Surroundings, install: Install) -> dict[str, str]:
    """The variables that the user chose for this web UI."""
    options = launch_options.load(around.places, install.key)
    return launch_options.environment(options, around.card)


def end_left(places: Places, install: Install) -> None:
    """End a probe that was left running by a studio that is gone."""
    key = f"{install.key}.probe"
    run = run_file.load(places, key)
    if run is not None:
        process_group.kill(run.pid, run.mark)
        run_file.forget(places, key, run)


def command_line(
    install: Install, around: Surroundings, folder: Path, enabled: Iterable[str] | None = None
) -> list[str]:
    """The arguments of a probe, of which the version knows each; its settings lie in `folder`."""
    table = flags.read_flags(install)
    options = launch_options.load(around.places, install.key)
    usual = launch_options.argv(options, table, around.card)
    row = installs.source(install.source)
    settings = folder / "settings.json"
    config = install.folder / row.settings
    port = ports.next_free(PORTS[0] + secrets.randbelow(PORTS[1] - PORTS[0]))
    probed = probe_argv(usual, settings, port)
    if not table.flags or "--ui-settings-file" in table:
        _copy_settings(config, settings, enabled)
    return list(_known(probed, table)) if table.flags else probed


def _copy_settings(config: Path, target: Path, enabled: Iterable[str] | None) -> None:
    if enabled is not None:
        probe_settings(config, enabled, target)
    elif config.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(config, target)  # as it is: a damaged one must fail as it would


def _known(arguments: Sequence[str], table: flags.FlagTable) -> Iterable[str]:
    """Arguments without those of the probe's own that the version lacks."""
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in OWN and argument not in table:
            skip = argument in ("--ui-settings-file", "--port")
        else:
            yield argument


@dataclass
class _Watch:
    """Follows one probe; events come from a thread of the run's own."""

    context: JobContext
    timeout_s: float
    facts: Facts
    text: list[str] = field(default_factory=list)
    turned: threading.Event = field(default_factory=threading.Event)
    state: State = State.STARTING
    startup: StartUp | None = None

    def hear(self, event: object) -> None:
        """What the run calls."""
        if isinstance(event, Output):
            self.text.append(event.text)
        elif isinstance(event, StartUp):
            self.startup = event
        elif isinstance(event, Entered):
            if event.state is State.READY:
                self.state = State.READY
            self.turned.set()

    def follow(self, install: Install, arguments: list[str], environ: dict[str, str], places: Places) -> Probed:
        """Start, wait and end it. Raises Cancelled once it has ended."""
        began = time.monotonic()
        webui = process.start(install, arguments, environ, places, self.hear)
        try:
            with self.context.on_cancel(self.turned.set):
                self.wait(began)
            is_ready = self.state is State.READY and webui.wait(0) is None and _answers(webui)
            ended = webui.wait(0) if is_ready or self.state is State.READY else webui.wait(0.1)
        finally:
            stopped = webui.stop(PATIENCE)
        self.context.check()
        log = "".join(self.text)
        return Probed(is_ready, log, time.monotonic() - began, self.diagnoses(log, stopped), ended)

    def wait(self, began: float) -> None:
        """Until it is ready, has ended, or took too long."""
        while not self.turned.wait(0.2) and time.monotonic() - began < self.timeout_s:
            if self.startup is not None:
                done = round(100 * self.startup.done)
                self.context.progress(done, 100, "Trying a start")

    def diagnoses(self, log: str, ended: Exit) -> tuple[Diagnosis, ...]:
        """What the log tells."""
        code = None if ended.is_wanted else ended.code
        reader = Diagnoser(replace(self.facts, exit_code=code))
        reader.feed(log.splitlines())
        return tuple(reader.diagnoses())


def _answers(webui: process.WebUI) -> bool:
    """Whether it answers at its address, and goes on living meanwhile."""
    ends = time.monotonic() + ANSWER_S
    while time.monotonic() < ends and webui.wait(0.1) is None:
        if any(http_local.answers(f"{webui.url}{path}") for path in ("/internal/ping", "/")):
            return True
    return False
