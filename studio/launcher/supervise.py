"""Keeps a web UI running: starts it again when it asks for it or, within limits, when it crashed."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from studio.core.job import JobContext
from studio.launcher.process import Exit, WebUI


@dataclass(frozen=True)
class Restarts:
    """How often and how soon a crashed web UI is started again; a run of `calm_s` seconds makes up for earlier ones."""

    limit: int = 3
    delays_s: tuple[float, ...] = (2, 10, 30)
    calm_s: float = 600

    def delay(self, crashes: int) -> float:
        """Seconds to wait after so many crashes in a row."""
        return self.delays_s[min(crashes, len(self.delays_s)) - 1]


NEVER = Restarts(limit=0)


@dataclass(frozen=True)
class Retrying:
    """It crashed and will be started again in `delay_s` seconds."""

    crashes: int
    limit: int
    delay_s: float
    exit: Exit


def run(begin: Callable[[], WebUI], context: JobContext, restarts: Restarts = NEVER) -> Exit:
    """Begin and follow runs until one ends for good; cancelling stops it. WebUI and Retrying are delivered.

    A start that never became ready is not tried again: it would fail in the same way. Raises what `begin` raises.
    """
    wake = threading.Event()
    crashes = 0
    with context.on_cancel(wake.set):
        while True:
            begun = time.monotonic()
            ended = _follow(begin(), context, wake)
            if context.is_cancelled or not (ended.wants_restart or ended.is_crash):
                return ended
            if ended.wants_restart:
                continue
            crashes = 1 if time.monotonic() - begun > restarts.calm_s else crashes + 1
            if crashes > restarts.limit or not ended.was_ready:
                return ended
            delay_s = restarts.delay(crashes)
            context.deliver(Retrying(crashes, restarts.limit, delay_s, ended))
            if wake.wait(delay_s):
                return ended


def _follow(webui: WebUI, context: JobContext, wake: threading.Event) -> Exit:
    context.deliver(webui)
    ended = webui.wait(0)
    while ended is None:
        if wake.wait(0.2):
            return webui.stop()
        ended = webui.wait(0)
    return ended
