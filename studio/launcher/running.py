"""Running a program to its end: lines as they come, cancellable, nothing of it left behind."""

import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

import psutil

from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.launcher import process_group

GRACE_S = 10
QUIET_S = 2  # how long what a finished program left running may keep its output open
MAX_KEPT = 20_000


@dataclass(frozen=True)
class Done:
    """A finished program: its exit code (-1 if it was stopped for taking too long) and the end of what it wrote."""

    code: int
    output: str


class NotRunnable(StudioError):
    """A program that cannot be started."""


def run(
    command: Sequence[str],
    environ: Mapping[str, str],
    context: JobContext,
    *,
    folder: Path | None = None,
    timeout_s: float | None = None,
    line: Callable[[str], None] | None = None,
    is_busy: Callable[[], bool] = lambda: False,
) -> Done:
    """Run `command` to its end; `line` gets each line of its output, in the caller's thread.

    While `is_busy` says so, the program is not stopped by cancelling. Raises NotRunnable; raises Cancelled once the
    program and what it started have ended, and whatever `line` raises.
    """
    try:
        process = _start(command, environ, folder)
    except OSError as error:
        raise NotRunnable(
            "{program} cannot be run.", "Repair the environment.", details=str(error), program=command[0]
        ) from error
    try:
        return _follow(process, context, timeout_s, line, is_busy)
    except BaseException:
        stop(process)
        raise


def _start(command: Sequence[str], environ: Mapping[str, str], folder: Path | None) -> "subprocess.Popen[bytes]":
    """Start in a process group of its own, so that the whole of it can be interrupted."""
    return subprocess.Popen(
        list(command),
        env=dict(environ),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=sys.platform != "win32",
        creationflags=process_group.creation_flags(),
    )


def _follow(
    process: "subprocess.Popen[bytes]",
    context: JobContext,
    timeout_s: float | None,
    line: Callable[[str], None] | None,
    is_busy: Callable[[], bool],
) -> Done:
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    kept: deque[str] = deque(maxlen=MAX_KEPT)
    quiet_until = float("inf")
    ends = time.monotonic() + timeout_s if timeout_s else float("inf")
    while True:
        if not is_busy():
            context.check()
        if time.monotonic() > ends:
            stop(process)
            return Done(-1, "\n".join(kept))
        try:
            text = lines.get(timeout=0.1)
        except queue.Empty:
            if process.poll() is not None and quiet_until == float("inf"):
                quiet_until = time.monotonic() + QUIET_S
            if time.monotonic() < quiet_until:
                continue
            text = None
        if text is None:
            return Done(process.wait(), "\n".join(kept))
        kept.append(text)
        if line is not None:
            line(text)


def _read(stream: IO[bytes] | None, lines: "queue.Queue[str | None]") -> None:
    with stream or BytesIO() as opened:
        for data in opened:
            lines.put(data.decode("utf-8", "replace").rstrip("\r\n"))
    lines.put(None)


def stop(process: "subprocess.Popen[bytes]", grace_s: float = GRACE_S) -> None:
    """Interrupt a program as Ctrl+C would, so that pip puts back what it moved; end it by force if it goes on."""
    family = _family(process.pid)
    with suppress(OSError, subprocess.TimeoutExpired):  # what goes on is ended by force
        process_group.interrupt(process.pid)
    _, alive = psutil.wait_procs(family, timeout=grace_s)
    for one in alive:
        with suppress(psutil.Error):
            one.kill()
    psutil.wait_procs(alive, timeout=grace_s)
    process.wait()


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [*parent.children(recursive=True), parent]
    except psutil.Error:
        return []
