"""A web UI as a running process: started, followed until it is ready, answered, stopped."""

import contextlib
import re
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from studio.core.errors import BadRequest, StudioError
from studio.core.paths import Places
from studio.launcher import http_local, journal, process_group, run_file, run_log, spawning, stages
from studio.launcher.install import Install
from studio.launcher.spawning import source_of
from studio.launcher.stages import StageWatch, StartUp

LOOK_EVERY_S = 0.05
PING_EVERY_S = 1.0
ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
# A bar ends without a line feed: what is said next stands behind it.
BAR = re.compile(r"^[^|]{0,200}?\d%\|[^|]*\|[^\[|]*\[[^\]]*\]")
URL = re.compile(
    r"(?:Running on local URL|Uvicorn running on|To see the GUI go to|Local URL)\W{1,4}(https?://[^\s()]+)"
)
PUBLIC_URL = re.compile(r"Running on public URL:\s*(https?://\S+)")


class State(Enum):
    """Where a run is."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    ENDED = "ended"


@dataclass(frozen=True)
class Output:
    """A piece of what the web UI wrote, in order and complete, cut anywhere."""

    text: str


@dataclass(frozen=True)
class Entered:
    """The run is in another state."""

    state: State


@dataclass(frozen=True)
class Served:
    """The address it answers at; a public one is for others."""

    url: str
    is_public: bool = False


Event = Output | Entered | Served | StartUp
Listener = Callable[[Event], object]


@dataclass(frozen=True)
class Exit:
    """How a run ended.

    `code` is None where the system keeps it from us (a run that was taken over). `is_wanted`: we stopped it.
    `wants_restart`: it asked to be started again. `was_ready`: it got that far.
    """

    code: int | None
    is_wanted: bool
    wants_restart: bool
    was_ready: bool

    @property
    def is_crash(self) -> bool:
        """Whether it ended though nobody wished it."""
        return not self.is_wanted and not self.wants_restart and self.code not in (0, None)


@dataclass(frozen=True)
class Patience:
    """Seconds each way to stop gets before the next, harsher one; after `give_up_s` more it cannot be stopped."""

    ask_s: float = 10
    interrupt_s: float = 8
    kill_s: float = 5
    give_up_s: float = 20


NEVER_BEGUN = Exit(None, is_wanted=True, wants_restart=False, was_ready=False)
LEFT = NEVER_BEGUN
"""What stands for the end of a run that goes on without the studio."""


class NotEnded(StudioError):
    """The system does not end a process, as where a driver hangs."""


class Leader(Protocol):
    """The process that leads a run."""

    @property
    def pid(self) -> int:
        """Its number."""
        ...

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        ...


class Adopted:
    """A leader that another studio started: its exit code cannot be known."""

    def __init__(self, run: run_file.Run) -> None:
        self._run = run
        self.pid = run.pid

    def poll(self) -> int | None:
        """0 once it is gone."""
        return None if self._run.is_alive else 0


def ignore(event: Event) -> None:
    """The listener of a run nobody watches."""


def start(
    install: Install,
    arguments: Sequence[str],
    environ: Mapping[str, str],
    places: Places,
    listener: Listener = ignore,
) -> "WebUI":
    """Start a web UI; `listener` is called from a thread of the run. Returns at once.

    Raises NoEnvironment, FileProblem (no entry script), AlreadyRunning, Busy while it is changed, PortTaken.
    """
    with journal.locked(places, install.key):
        spawning.check(install, arguments, places)
        return _begun(install, arguments, environ, places, listener)


def _begun(
    install: Install, arguments: Sequence[str], environ: Mapping[str, str], places: Places, listener: Listener
) -> "WebUI":
    mark = uuid.uuid4().hex
    log = run_log.begin(places.logs / install.key)
    with contextlib.suppress(OSError):  # one that cannot be deleted cannot be written by the web UI either
        restart_note(install).unlink()
    child = spawning.spawn(install, arguments, environ, mark, log)
    run = run_file.written(child.pid, mark, tuple(arguments), log)
    try:
        run_file.save(places, install.key, run)
    except StudioError:
        process_group.kill(child.pid, mark)  # what is not written down must not run
        raise
    return WebUI(install, places, child, run, listener, process_group.job_for(child), child)


def restart_note(install: Install) -> Path:
    """The file that a web UI leaves when it wants to be started again."""
    return install.folder / "tmp" / "restart"


def adopt(install: Install, places: Places, listener: Listener = ignore) -> "WebUI | None":
    """Take over the run that a studio which is gone left behind, with all of its output; None if there is none."""
    run = run_file.running(places, install.key)
    return WebUI(install, places, Adopted(run), run, listener) if run is not None else None


class WebUI:
    """One run. Methods may be called from any thread; events come from a thread of the run's own."""

    def __init__(
        self,
        install: Install,
        places: Places,
        leader: Leader,
        run: run_file.Run,
        listener: Listener,
        job: process_group.Job | None = None,
        child: "subprocess.Popen[bytes] | None" = None,
    ) -> None:
        self.install, self.run = install, run
        self.state, self.url = State.STARTING, run.url
        self.watch = StageWatch(stages.load_history(places, install.key))
        self._places, self._leader, self._listener, self._job, self._child = places, leader, listener, job, child
        self._ready = re.compile(source_of(install).ready)
        self._tail = run_log.Tail(Path(run.log))
        self._partial = ""
        self._is_announced = self._is_wanted = self._was_ready = self._is_left = False
        self._next_ping = 0.0
        self._exit: Exit | None = None
        self._ended = threading.Event()
        self._stop_lock = threading.Lock()
        threading.Thread(target=self._follow, name=f"webui-{install.key}", daemon=True).start()

    @property
    def pid(self) -> int:
        """The number of the leading process."""
        return self._leader.pid

    def wait(self, timeout_s: float | None = None) -> Exit | None:
        """How the run ended; None if it goes on after `timeout_s`."""
        return self._exit if self._ended.wait(timeout_s) else None

    def send(self, text: str) -> None:
        """Answer a question of the web UI: one line for its keyboard input. Raises BadRequest if it takes none."""
        try:
            if self._child is None or self._child.stdin is None:
                raise BrokenPipeError
            self._child.stdin.write(f"{text}\n".encode())
            self._child.stdin.flush()
        except (OSError, ValueError) as error:
            raise BadRequest("The web UI takes no answers any more.") from error

    def stop(self, patience: Patience = Patience()) -> Exit:
        """Ask, then interrupt, then end by force; returns once nothing of the run is left. Not for the listener.

        Raises NotEnded if the system does not end it even so.
        """
        with self._stop_lock:
            self._is_wanted = True
            if not self._ended.is_set():
                self._enter(State.STOPPING)
                self._end(patience)
            if not self._ended.wait(patience.give_up_s):
                raise NotEnded(
                    "{title} cannot be ended: the system holds its process {pid}.",
                    "Restart the computer if it keeps the card or the port.",
                    title=self.install.title,
                    pid=self.pid,
                )
        return self._exit or NEVER_BEGUN

    def leave(self) -> None:
        """Stop following: it goes on, and a later studio can take it over. `wait` then gives LEFT."""
        self._is_left = True
        self._ended.wait()

    def _end(self, patience: Patience) -> None:
        if self._ask() and self._ended.wait(patience.ask_s):
            return
        process_group.interrupt(self.pid)
        if not self._ended.wait(patience.interrupt_s):
            process_group.kill(self.pid, self.run.mark, self._job, patience.kill_s)
            if self._child is not None:
                self._child.kill()  # where the system hides its mark

    def _ask(self) -> bool:
        """Whether the web UI agreed to end by itself."""
        if not self._was_ready or "--api-server-stop" not in self.run.arguments:
            return False
        return http_local.post(f"{self.url}/sdapi/v1/server-stop", _credentials(self.run.arguments))

    def _follow(self) -> None:
        try:
            while not self._is_left and self._look():
                self._ping()
        finally:
            self._let_go() if self._is_left else self._finish()

    def _look(self) -> bool:
        """Read what is new; False once it is over: what is read after the end is all there is."""
        is_over = self._leader.poll() is not None
        text = self._tail.read()
        if text:
            self._hear(text)
        elif not is_over:
            time.sleep(LOOK_EVERY_S)
        return bool(text) or not is_over

    def _hear(self, text: str) -> None:
        self._listener(Output(text))
        *lines, self._partial = re.split(r"[\r\n]", self._partial + text)
        self._partial = self._partial[-run_log.PIECE :]
        for line in lines:
            if line and self.state is State.STARTING:
                self._read_line(BAR.sub("", ANSI.sub("", line)))

    def _read_line(self, line: str) -> None:
        if self.watch.hear(line):
            self._listener(self.watch.state())
        found, public = URL.search(line), PUBLIC_URL.search(line)
        if found:
            self._serve(local(found[1]))
        if public:
            self._listener(Served(public[1], is_public=True))
        self._is_announced = self._is_announced or self._ready.search(line) is not None
        if self._is_announced and self.url:
            self._become_ready()

    def _serve(self, url: str) -> None:
        self.url = url
        # its own word comes first as a rule, with the times of its parts
        self._next_ping = time.monotonic() + PING_EVERY_S
        self.run = self.run.model_copy(update={"url": url})
        with contextlib.suppress(StudioError):  # a full disk must not end a web UI that runs
            run_file.save(self._places, self.install.key, self.run)
        self._listener(Served(url))

    def _ping(self) -> None:
        """Ask only where it told it listens: at the port alone, another web UI could answer."""
        if self.state is not State.STARTING or not self.url or time.monotonic() < self._next_ping:
            return
        self._next_ping = time.monotonic() + PING_EVERY_S
        if http_local.answers(f"{self.url}/internal/ping"):
            self._become_ready()

    def _become_ready(self) -> None:
        if self.state is not State.STARTING:
            return
        self.watch.ready()
        with contextlib.suppress(StudioError):
            self._keep_times()
        self._was_ready = True
        self._listener(self.watch.state())
        self._enter(State.READY)

    def _keep_times(self) -> None:
        if self._child is not None:  # of a run that was taken over, only the log is known
            stages.add_to_history(self._places, self.install.key, self.watch)

    def _enter(self, state: State) -> None:
        if self.state in (State.ENDED, state) or (self.state is State.STOPPING and state is State.READY):
            return
        self.state = state
        self._listener(Entered(state))

    def _let_go(self) -> None:
        """The run and its record stay."""
        self._tail.close()
        if self._job is not None:
            self._job.release()
        self._exit = LEFT
        self._ended.set()

    def _finish(self) -> None:
        """Nothing of the run stays behind, and its record is taken away."""
        process_group.kill(self.pid, self.run.mark, self._job)
        self._tail.close()
        if self._child is not None and self._child.stdin is not None:
            self._child.stdin.close()
        wants_restart = self._took_note()
        run_file.forget(self._places, self.install.key, self.run)
        code = self._leader.poll() if self._child is not None else None
        self._exit = Exit(code, self._is_wanted, wants_restart and not self._is_wanted, self._was_ready)
        self._enter(State.ENDED)
        self._ended.set()

    def _took_note(self) -> bool:
        """Whether it wants to be started again; a note that cannot be taken away would be found after each run."""
        try:
            restart_note(self.install).unlink()
        except OSError:
            return False
        return True


def local(url: str) -> str:
    """An address of this machine that a browser here can open: 0.0.0.0 is where it listens, not where it is."""
    parts = urlsplit(url.rstrip("/"))
    host = "127.0.0.1" if parts.hostname in ("0.0.0.0", "::", None) else parts.hostname  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}:{parts.port}{parts.path}" if parts.port else f"{parts.scheme}://{host}{parts.path}"


def _credentials(arguments: Sequence[str]) -> str:
    """The first name and password that programs must give, "" if none."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return next((value.split(",")[0] for name, value in pairs if name == "--api-auth"), "")
