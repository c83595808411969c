"""What commands share on a terminal: exit codes, the progress bar, Ctrl+C."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from studio.core.job import JobContext, Progress
from studio.core.result import SavedImage

DONE, BAD_INPUT, INTERRUPTED = 0, 2, 130


@contextmanager
def stopped_by_ctrl_c(context: JobContext) -> Iterator[None]:
    """Let the first Ctrl+C end the work at its next step, and a second one end the program at once."""

    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        context.cancel()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class StatusLine:
    """One line of a terminal that is written over again and again; nothing where `stream` is a file."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._shown = 0

    def show(self, text: str) -> None:
        """Show this instead of what is there; "" takes it away."""
        if self.stream.isatty() and (text or self._shown):
            self.stream.write("\r" + text.ljust(self._shown) + ("" if text else "\r"))
            self.stream.flush()
            self._shown = len(text)


class Watch:
    """Shows progress on `stream`, prints each saved path on `paths`, and keeps count."""

    def __init__(self, stream: TextIO, paths: TextIO | None) -> None:
        self.stream, self.paths = stream, paths
        self.saved: list[SavedImage] = []
        self.notes: list[str] = []
        self.rate = 0.0
        self.began = time.monotonic()
        self.status = StatusLine(stream)

    def report(self, name: str, value: object) -> None:
        """What a JobContext calls."""
        if isinstance(value, Progress):
            self.rate = value.rate or self.rate
            self.status.show(line(value))
        elif isinstance(value, SavedImage):
            self.status.show("")
            self.saved.append(value)
            if self.paths:
                print(value.path, file=self.paths, flush=True)
        elif name == "noted":
            self.status.show("")
            self.notes.append(str(value))
            print(value, file=self.stream)

    def close(self) -> None:
        """Take the bar away."""
        self.status.show("")

    def summary(self) -> dict[str, Any]:
        """What --json prints."""
        return {
            "paths": [str(saved.path) for saved in self.saved],
            "infotexts": [saved.infotext for saved in self.saved],
            "seconds": round(time.monotonic() - self.began, 3),
            "it_per_s": round(self.rate, 3),
            "notes": self.notes,
        }


def line(progress: Progress) -> str:
    """A progress report as one line of text: bar, steps, speed, time left."""
    total = max(progress.total, 1)
    filled = min(24 * progress.done // total, 24)
    text = f"[{'#' * filled}{'.' * (24 - filled)}] {progress.done}/{progress.total}"
    if progress.rate:
        left = round((progress.total - progress.done) / progress.rate)
        text += f"  {progress.rate:.2f} it/s  {left // 60}:{left % 60:02} left"
    return f"{text}  {progress.text}" if progress.text else text
