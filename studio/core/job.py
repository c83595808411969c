"""How long work reports and how it is asked to stop, without Qt and without torch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from threading import Lock

from studio.core.errors import Cancelled


class Wish(Enum):
    """Softer wishes than cancelling; the work decides when it can grant one."""

    INTERRUPT = "interrupt"  # stop within one step, keep what is finished; the work ends as done
    SKIP = "skip"  # leave this image (or item) within one step, go on with the next
    SAVE = "save"  # training: write a checkpoint now
    SAMPLE = "sample"  # training: paint a sample now


@dataclass(frozen=True)
class Progress:
    """One report: `done` of `total` steps, what is going on, and what it looks like so far.

    `preview` is an uint8 RGB array (height, width, 3) or None; `rate` is steps per second, 0 if unknown.
    """

    done: int
    total: int
    text: str = ""
    preview: object | None = None
    rate: float = 0.0


def ignore(name: str, value: object) -> None:
    """The listener of work nobody watches."""


@dataclass
class JobContext:
    """What a piece of long work gets to speak with the outside; usable from any thread.

    `report(name, value)` receives ("progress", Progress), ("delivered", value) and ("noted", text).
    """

    report: Callable[[str, object], None] = ignore
    _cancelled: bool = False
    _wishes: set[Wish] = field(default_factory=set)
    _callbacks: list[Callable[[], object]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def progress(self, done: int, total: int, text: str = "", preview: object | None = None, rate: float = 0.0) -> None:
        """Report step `done` of `total`. Raises Cancelled if the work was asked to stop."""
        self.check()
        self.report("progress", Progress(done, total, text, preview, rate))

    def deliver(self, value: object) -> None:
        """Hand over a finished part (a saved image, a found model); never raises Cancelled, so nothing is lost."""
        self.report("delivered", value)

    def note(self, text: str) -> None:
        """Tell the user something they should know about the result (a retry, a fallback that was needed)."""
        self.report("noted", text)

    def check(self) -> None:
        """Raise Cancelled if the work was asked to stop."""
        if self._cancelled:
            raise Cancelled

    @property
    def is_cancelled(self) -> bool:
        """Whether cancel() was called."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask the work to stop at its next report, and wake what waits outside Python."""
        with self._lock:
            self._cancelled = True
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    def wish(self, wish: Wish) -> None:
        """Ask for something softer than cancelling."""
        with self._lock:
            self._wishes.add(wish)

    def has(self, wish: Wish) -> bool:
        """Whether a wish is open."""
        return wish in self._wishes

    def take(self, wish: Wish) -> bool:
        """Whether a wish is open; granting it closes it."""
        with self._lock:
            if wish not in self._wishes:
                return False
            self._wishes.remove(wish)
            return True

    @contextmanager
    def on_cancel(self, callback: Callable[[], object]) -> Iterator[None]:
        """Call `callback` (process.terminate, socket.close) if cancel() comes while the block runs."""
        with self._lock:
            self._callbacks.append(callback)
        try:
            self.check()
            yield
        finally:
            with self._lock:
                self._callbacks.remove(callback)
