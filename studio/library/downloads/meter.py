"""How fast bytes come."""

import time
from collections import deque

WINDOW_S = 5.0
STEP_S = 0.1


class Meter:
    """Bytes per second over the last seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self.began_s = time.monotonic()

    def see(self, done: int, now_s: float | None = None) -> bool:
        """Note how many bytes are there; whether it is time for a report."""
        now = time.monotonic() if now_s is None else now_s
        if self._seen and now - self._seen[-1][0] < STEP_S:
            return False
        self._seen.append((now, done))
        while now - self._seen[0][0] > WINDOW_S and len(self._seen) > 2:
            self._seen.popleft()
        return True

    @property
    def rate(self) -> float:
        """Bytes per second, 0 if unknown."""
        if len(self._seen) < 2:
            return 0.0
        (begin_s, begin), (end_s, end) = self._seen[0], self._seen[-1]
        return max((end - begin) / (end_s - begin_s), 0.0)
