"""How fast work goes and how long it still takes."""

import time
from collections import deque

from studio.core.job import Progress
from studio.ui.translate import tr

WINDOW = 20  # reports that the speed is taken from


class Pace:
    """Steps per second over the latest reports; begins anew when the work starts over."""

    def __init__(self) -> None:
        self._reports: deque[tuple[float, int]] = deque(maxlen=WINDOW)

    def see(self, progress: Progress, now_s: float | None = None) -> None:
        """Note a report."""
        if self._reports and progress.done < self._reports[-1][1]:
            self._reports.clear()
        self._reports.append((time.monotonic() if now_s is None else now_s, progress.done))

    @property
    def rate(self) -> float:
        """Steps per second, 0 if unknown."""
        if len(self._reports) < 2:
            return 0.0
        (begin_s, begin), (end_s, end) = self._reports[0], self._reports[-1]
        return (end - begin) / (end_s - begin_s) if end_s > begin_s else 0.0

    def left_s(self, progress: Progress) -> float | None:
        """Seconds until `progress` is complete, None if unknown."""
        return (progress.total - progress.done) / self.rate if self.rate else None


def duration(seconds: float) -> str:
    """A span of time as 0:07, 12:30 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def speed(rate: float) -> str:
    """A rate as it/s, or as s/it where that is easier to read; "" if unknown."""
    if not rate:
        return ""
    return tr("{rate} it/s", rate=f"{rate:.1f}") if rate >= 1 else tr("{seconds} s/it", seconds=f"{1 / rate:.1f}")
