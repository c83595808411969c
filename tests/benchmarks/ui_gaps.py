"""How long the window stands still while torch is imported, a model loads and pictures are made; prints JSON.

    python tests/benchmarks/ui_gaps.py [--checkpoint FILE] [--page home] [--size 512] [--steps 20] [--plain] [--naive]

A timer of 5 ms in the window's event loop notes every gap; phases are told apart. Without a checkpoint a model of
SD 1.5's shape in miniature is made at random. --plain imports the engine as any program would, for comparison.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
if not os.environ.get("DISPLAY"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import Qt, QTimer  # noqa: E402

from studio import app as root  # noqa: E402
from studio.core.job import JobContext  # noqa: E402
from studio.core.paths import Places  # noqa: E402
from studio.core.request import GenerateRequest  # noqa: E402
from studio.ui import session as sessions  # noqa: E402
from studio.ui import theme  # noqa: E402
from studio.ui.main_window import MainWindow  # noqa: E402
from studio.ui.session import Session  # noqa: E402

TICK_MS = 5


class Watch:
    """Notes how long the event loop takes from one tick to the next."""

    def __init__(self) -> None:
        self.phase = "start"
        self.gaps: dict[str, list[float]] = {}
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def begin(self, phase: str) -> None:
        self._tick()
        self.phase = phase

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.setdefault(self.phase, []).append(1000 * (now - self._last))
        self._last = now

    def figures(self) -> dict[str, dict[str, float]]:
        return {phase: summary(gaps) for phase, gaps in self.gaps.items()}


def summary(gaps: list[float]) -> dict[str, float]:
    ordered = sorted(gaps)
    at = {f"p{part}_ms": ordered[min(len(ordered) - 1, len(ordered) * part // 100)] for part in (50, 95, 99)}
    figures = {
        "seconds": sum(ordered) / 1000,
        **at,
        "worst_ms": ordered[-1],
        "over_100ms": sum(g > 100 for g in ordered),
    }
    return {name: round(value, 1) for name, value in figures.items()}


def plain(context: JobContext) -> None:
    """What a program does that gives the window no thought."""
    import_module("studio.engine.generate")


def checkpoint(folder: Path, wanted: str) -> str:
    """Put a checkpoint into the models folder: the given one, or the tests' tiny one."""
    folder.mkdir(parents=True)
    source = Path(wanted) if wanted else next((ROOT / "tests/data/golden/e2e_tiny/models").rglob("*.safetensors"))
    (folder / source.name).symlink_to(source.resolve())
    return source.name


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkpoint", default="")
    parser.add_argument("--page", default="create")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--plain", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        print(json.dumps(measure(Places(Path(home)), given), indent=1))


def measure(places: Places, given: argparse.Namespace) -> dict[str, object]:
    name = checkpoint(places.models / "Stable-diffusion", given.checkpoint)
    application = root.application()
    if given.plain:
        sessions._warm = plain
    session = Session(places)
    theme.theme().apply("dark")
    window = MainWindow(session)
    window.show_page(given.page)
    window.show()
    wait(application.processEvents, lambda: window._is_painted)
    watch, problems = Watch(), []
    is_ready: list[bool] = []
    window.ready.connect(lambda: is_ready.append(True))
    watch.begin("other pages built")
    wait(application.processEvents, lambda: bool(is_ready))
    watch.begin("warm: engine imported")
    session.noticed.connect(lambda notice: problems.append(f"{notice.text} {notice.details[-2000:]}"))
    session.begin()
    wait(application.processEvents, lambda: not session.gpu.jobs)
    for phase in ("first order: model loaded, pictures made", "second order: pictures made"):
        watch.begin(phase)
        request = GenerateRequest(
            prompt="a red apple", checkpoint=name, width=given.size, height=given.size, steps=given.steps,
            batch_count=given.count, rng="CPU",
        )  # fmt: skip
        session.generate(request)
        wait(application.processEvents, lambda: not session.gpu.jobs)
    watch.begin("end")
    figures = watch.figures()
    window.close()
    return {"machine": machine(), "notices": problems, "plain": given.plain, "phases": figures}


def wait(process: Callable[[], object], condition: Callable[[], bool]) -> None:
    """Let the event loop sleep between events as it does in real life."""
    from PySide6.QtCore import QEventLoop

    loop = QEventLoop()
    timer = QTimer()
    timer.timeout.connect(lambda: condition() and loop.quit())
    timer.start(20)
    process()
    loop.exec()


def machine() -> dict[str, object]:
    output = ["cpu only"]
    try:
        command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        pass
    return {"cores": os.cpu_count(), "gpu": output[0], "load": os.getloadavg()[0]}


if __name__ == "__main__":
    main()
