"""The stages of a start: seen in the log, timed, kept, and compared with earlier starts."""

import json
import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.catalog.webui_sources import WEBUI_SOURCES
from studio.core.files import write_atomically
from studio.core.paths import Places
from studio.launcher import http_local
from studio.launcher.install import Install

KEPT_STARTS = 20
ENOUGH_STARTS = 3
SLOWER, SLOWER_BY_S = 2.0, 3.0
SCRIPT = "load scripts/"
SUMMARY = re.compile(r"^Startup time:\s*(?P<total>[\d.]+)s(?:\s*\((?P<parts>.*)\))?")
PART = re.compile(r"\s*(?P<name>[^:,()]+):\s*(?P<seconds>\d+(?:\.\d+)?)s")


@dataclass(frozen=True)
class Stage:
    """A part of the start: begins with the first line that matches; `usual_s` is its weight before any history."""

    key: str
    title: str
    begins: str
    usual_s: float


STAGES = (
    Stage("environment", "Looking at the environment", r"^Python \d|^Version:|^Commit hash:", 3),
    Stage("repositories", "Fetching repositories", r"^Cloning |^Fetching updates for |^Checking out commit for ", 20),
    Stage("packages", "Installing packages", r"^Installing ", 60),
    Stage("program", "Loading the program", r"^Launching .{1,40} with arguments:|^Total VRAM ", 10),
    Stage("hash", "Reading the model for its hash", r"^Calculating sha256 for ", 10),
    Stage("weights", "Loading the model", r"^Loading weights \[|^Loading model|^Creating model from config:", 8),
    Stage(
        "server", "Opening the pages", r"Running on local URL|Uvicorn running on|To see the GUI go to|^Local URL:", 2
    ),
)
PATTERNS = tuple((stage, re.compile(stage.begins)) for stage in STAGES)


@dataclass(frozen=True)
class StageTime:
    """How long a stage took in seconds; `usual_s` is the median of earlier starts, 0 if there are too few."""

    key: str
    seconds: float
    usual_s: float = 0.0

    @property
    def is_slow(self) -> bool:
        """Whether it took clearly longer than it used to."""
        return self.usual_s > 0 and self.seconds > self.usual_s * SLOWER and self.seconds > self.usual_s + SLOWER_BY_S


@dataclass(frozen=True)
class StartUp:
    """How far a start is: the stage it is in ("" once ready), `done` from 0 to 1, the times of finished stages."""

    stage: str
    title: str
    done: float
    times: tuple[StageTime, ...] = ()


@dataclass
class StageWatch:
    """Follows one start line by line; `history` are the stage seconds of earlier starts, oldest first."""

    history: Sequence[Mapping[str, float]] = ()
    clock: Callable[[], float] = time.monotonic
    seconds: dict[str, float] = field(default_factory=dict)
    parts: dict[str, float] = field(default_factory=dict)
    current: Stage = STAGES[0]
    is_ready: bool = False

    def __post_init__(self) -> None:
        self._begun = self.clock()
        self._furthest = 0.0
        self._usual = {stage.key: usual(self.history, stage.key) for stage in STAGES}

    def hear(self, line: str) -> bool:
        """Take a line of the log; True if another stage began."""
        if self.is_ready:
            return False
        self.parts |= parts(line)
        begun = next((stage for stage, pattern in PATTERNS if pattern.search(line)), self.current)
        if begun is self.current:
            return False
        self._close()
        self.current = begun
        return True

    def ready(self) -> None:
        """The start is over."""
        if not self.is_ready:
            self._close()
            self.is_ready = True

    def _close(self) -> None:
        now = self.clock()
        self.seconds[self.current.key] = self.seconds.get(self.current.key, 0.0) + now - self._begun
        self._begun = now

    def state(self) -> StartUp:
        """How far the start is now."""
        times = tuple(self._time(key, seconds) for key, seconds in self.seconds.items())
        if self.is_ready:
            return StartUp("", "", 1.0, times)
        return StartUp(self.current.key, self.current.title, self._done(), times)

    def _time(self, key: str, seconds: float) -> StageTime:
        return StageTime(key, seconds, self._usual[key] if len(self.history) >= ENOUGH_STARTS else 0.0)

    def _done(self) -> float:
        """Weights of what is behind over all weights, never less than before; a running stage counts up to 9/10."""
        weights = {stage.key: self._weight(stage) for stage in STAGES}
        place = STAGES.index(self.current)
        running = self.clock() - self._begun
        weight = weights[self.current.key]
        behind = sum(weights[stage.key] for stage in STAGES[:place]) + min(running, 0.9 * weight)
        self._furthest = max(self._furthest, behind / (sum(weights.values()) or 1.0))
        return self._furthest

    def _weight(self, stage: Stage) -> float:
        return self._usual[stage.key] if self.history else stage.usual_s

    def slow(self) -> list[StageTime]:
        """The stages that took clearly longer than they used to."""
        return [found for found in self.state().times if found.is_slow]


def parts(line: str) -> dict[str, float]:
    """What the web UI's own summary says of its parts: {"import torch": 2.5, ...}; {} for other lines."""
    found = SUMMARY.match(line)
    if found is None:
        return {}
    return {part["name"]: float(part["seconds"]) for part in PART.finditer(found["parts"] or "")}


def profile(url: str) -> dict[str, float]:
    """What a web UI that is ready tells of its start, part by part in seconds; {} if it does not tell."""
    found = http_local.read_json(f"{url}/internal/profile-startup")
    records = found.get("records") if isinstance(found, dict) else None
    return {str(k): float(v) for k, v in records.items() if _is_seconds(v)} if isinstance(records, dict) else {}


def extension_seconds(install: Install, records: Mapping[str, float]) -> dict[str, float]:
    """Seconds each extension's scripts took, by folder name; a script name that two extensions have counts for none."""
    row = next(row for row in WEBUI_SOURCES if row.key == install.source)
    owners: dict[str, set[str]] = {}
    for folder in (row.builtin_extensions, row.extensions):
        for script in (install.folder / folder).glob("*/scripts/*.py"):
            owners.setdefault(script.name, set()).add(script.parents[1].name)
    found: dict[str, float] = {}
    for name, seconds in records.items():
        names = owners.get(name.removeprefix(SCRIPT), set()) if name.startswith(SCRIPT) else set()
        if len(names) == 1:
            found[next(iter(names))] = found.get(next(iter(names)), 0.0) + seconds
    return found


def usual(history: Sequence[Mapping[str, float]], key: str) -> float:
    """The median of a stage over earlier starts; one that did not happen took no time."""
    return statistics.median([start.get(key, 0.0) for start in history]) if history else 0.0


def load_history(places: Places, key: str) -> list[dict[str, float]]:
    """The stage seconds of the last starts of an install, oldest first; [] if there are none or they are unreadable."""
    try:
        found = json.loads(_file(places, key).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    starts = found if isinstance(found, list) else []
    return [
        {str(k): float(v) for k, v in start.items() if _is_seconds(v)} for start in starts if isinstance(start, dict)
    ]


def _is_seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9


def add_to_history(places: Places, key: str, watch: StageWatch) -> None:
    """Keep the times of a start that became ready, for comparison with later ones."""
    starts = [*load_history(places, key), {**watch.seconds, **watch.parts}][-KEPT_STARTS:]
    write_atomically(_file(places, key), json.dumps(starts, ensure_ascii=False, indent=1).encode())


def _file(places: Places, key: str) -> Path:
    return places.data / "launcher" / f"{key}.stages.json"
