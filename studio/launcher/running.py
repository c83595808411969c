"""Running a program to its end: lines as they come, cancellable, nothing of it left behind."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from studio.core.errors import StudioError
from studio.core.job import JobContext

GRACE_S = 10
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
) -> Done:
    """Run `command` to its end; `line` gets each line of its output, in the caller's thread.

    Raises NotRunnable; raises Cancelled once the program and what it started have ended, and whatever `line` raises.
    """
    try:
        process = _start(command, environ, folder)
    except OSError as error:
        raise NotRunnable(
            "{program} cannot be run.", "Repair the environment.", details=str(error), program=command[0]
        ) from error
    with process:
        try:
            return _follow(process, context, timeout_s, line)
        except BaseException:
            stop(process)
            raise


def _start(command: Sequence[str], environ: Mapping[str, str], folder: Path | None) -> "subprocess.Popen[bytes]":
    """Start in a process group of its own, so that the whole of it can be interrupted."""
    flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
    return subprocess.Popen(
        list(command),
        env=dict(environ),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=sys.platform != "win32",
        creationflags=flags,
    )


def _follow(
    process: "subprocess.Popen[bytes]",
    context: JobContext,
    timeout_s: float | None,
    line: Callable[[str], None] | None,
) -> Done:
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process.stdout or (), lines), daemon=True).start()
    kept: deque[str] = deque(maxlen=MAX_KEPT)
    ends = time.monotonic() + timeout_s if timeout_s else float("inf")
    while True:
        context.check()
        if time.monotonic() > ends:
            stop(process)
            return Done(-1, "\n".join(kept))
        try:
            text = lines.get(timeout=0.1)
        except queue.Empty:
            continue
        if text is None:
            return Done(process.wait(), "\n".join(kept))
        kept.append(text)
        if line is not None:
            line(text)


def _read(stream: Iterable[bytes], lines: "queue.Queue[str | None]") -> None:
    try:
        for data in stream:
            lines.put(data.decode("utf-8", "replace").rstrip("\r\n"))
    except (OSError, ValueError):
        pass  # closed while it was stopped
    lines.put(None)


def stop(process: "subprocess.Popen[bytes]", grace_s: float = GRACE_S) -> None:
    """Interrupt a program as Ctrl+C would, so that pip puts back what it moved; end it by force if it goes on."""
    family = _family(process.pid)
    try:
        if sys.platform == "win32":
            process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            os.killpg(process.pid, signal.SIGINT)
    except OSError:
        pass
    _, alive = psutil.wait_procs(family, timeout=grace_s)
    for one in alive:
        try:
            one.kill()
        except psutil.Error:
            continue
    process.wait()


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [*parent.children(recursive=True), parent]
    except psutil.Error:
        return []
