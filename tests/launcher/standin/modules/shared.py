"""What the parts of the stand-in share: settings, the start-up timer, marks that extensions leave."""

import time

opts: dict = {}
marks: dict = {}


class Timer:
    """Seconds of each part of the start, told in the line that ends it."""

    def __init__(self) -> None:
        self.begun = self.last = time.time()
        self.records: dict[str, float] = {}

    def record(self, name: str, at_least: float = 0.0) -> None:
        now = time.time()
        self.records[name] = self.records.get(name, 0.0) + max(now - self.last, at_least)
        self.last = now

    def summary(self) -> str:
        parts = ", ".join(f"{name}: {seconds:.1f}s" for name, seconds in self.records.items() if seconds >= 0.1)
        total = sum(self.records.values())
        return f"{total:.1f}s ({parts})" if parts else f"{total:.1f}s"


timer = Timer()
