"""How long from the start of the process to the first picture of the window; prints JSON.

    python tests/benchmarks/window_start.py [runs]

Run it under a screen (xvfb-run -a ...) to include what a real one costs.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHILD = """
import os, sys, time
def since_start():
    ticks = int(open("/proc/self/stat").read().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio.ui.main_window import MainWindow
from studio.ui.session import Session
from studio import app
Session.begin = lambda self: None
shown = MainWindow._after_first_paint
def painted(self):
    print(since_start(), "torch" in sys.modules, "qtawesome" in sys.modules, flush=True)
    QTimer.singleShot(0, self.close)
MainWindow._after_first_paint = painted
sys.exit(app.main([]))
"""


def run(home: str) -> tuple[float, bool]:
    """Seconds to the first picture, and whether torch was imported by then."""
    environment = {**os.environ, "STUDIO_HOME": home, "PYTHONPATH": str(ROOT)}
    if not os.environ.get("DISPLAY"):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    command = [sys.executable, "-c", CHILD]
    out = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()
    return float(out[0]), out[1] == "True"


def main(runs: int) -> None:
    """Print the figures of some runs; the first, with cold files, stands apart."""
    with tempfile.TemporaryDirectory() as home:
        seconds, torch_seen = zip(*(run(home) for _ in range(runs)), strict=True)
    figures = {
        "first_s": round(seconds[0], 3),
        "median_s": round(statistics.median(seconds), 3),
        "worst_s": round(max(seconds), 3),
        "runs": runs,
        "torch_imported": any(torch_seen),
        "platform": "screen" if os.environ.get("DISPLAY") else "offscreen",
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
