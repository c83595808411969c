"""The Models page with 10,000 models: opening, searching and scrolling the cards and the list; prints JSON.

    python tests/benchmarks/models_page.py [--models 10000] [--previews 400]

The models are real small LoRAs in folders; every n-th has a preview. What is measured is how long the window's event
loop stands still for one step of the scroll bar, as a hand that drags it would feel, and while the first scan runs.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
if not os.environ.get("DISPLAY"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from safetensors.numpy import save

from studio.core.paths import Places
from studio.library.model_rows import Query
from studio.ui import theme
from studio.ui.pages.models import ModelsPage
from studio.ui.session import Session

LAYER = "lora_unet_input_blocks_1_1_transformer_blocks_0_attn2_to_k"
STEPS = 300


def fill(models: Path, count: int, previews: int) -> None:
    tensors = {
        f"{LAYER}.lora_up.weight": np.zeros((4, 2), "float16"),
        f"{LAYER}.lora_down.weight": np.zeros((2, 768), "float16"),
    }
    tags = {"10_x": {f"tag {at}": 50 - at for at in range(50)}}
    data = save(tensors, {"ss_tag_frequency": json.dumps(tags), "ss_output_name": "a network"})
    for at in range(count):
        folder = models / "Lora" / f"folder {at % 40:02}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"network {at:05}.safetensors").write_bytes(data)
        if at % max(count // previews, 1) == 0:
            colour = (at * 37 % 255, at * 91 % 255, at * 53 % 255)
            Image.new("RGB", (512, 768), colour).save(folder / f"network {at:05}.preview.png")


def until(app: QApplication, condition: Callable[[], object], seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        app.processEvents()
        time.sleep(0.001)


class Gaps:
    """How long the event loop takes from one tick of a timer to the next."""

    def __init__(self) -> None:
        self.found: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=5)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.found.append(1000 * (now - self._last))
        self._last = now

    def stop(self) -> dict[str, float]:
        self._timer.stop()
        return summary(self.found)


def summary(milliseconds: list[float]) -> dict[str, float]:
    ordered = sorted(milliseconds)
    at = {f"p{part}_ms": ordered[min(len(ordered) - 1, len(ordered) * part // 100)] for part in (50, 95, 99)}
    return {name: round(value, 1) for name, value in {**at, "worst_ms": ordered[-1]}.items()}


def scroll(app: QApplication, page: ModelsPage) -> dict[str, float]:
    """Drag the scroll bar from top to bottom, then turn the wheel through 3,000 points."""
    bar, gaps = page.grid.verticalScrollBar(), []
    places = [bar.maximum() * step // STEPS for step in range(STEPS)]
    for value in [*places, *range(0, 6000, 20)]:
        begin = time.perf_counter()
        bar.setValue(value)
        app.processEvents()
        gaps.append(1000 * (time.perf_counter() - begin))
    return summary(gaps)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=int, default=10_000)
    parser.add_argument("--previews", type=int, default=400)
    given = parser.parse_args()
    app = QApplication([])
    theme.theme().apply("dark")
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder))
        fill(places.models, given.models, given.previews)
        session = Session(places)
        gaps = Gaps()
        begin = time.perf_counter()
        page = ModelsPage(session)
        page.resize(1200, 760)
        page.show()
        until(app, lambda: len(page.grid.rows.ids) == given.models)
        first_s = time.perf_counter() - begin
        while_scanning = gaps.stop()
        cards = scroll(app, page)
        page.filters.as_list.click()
        lines = scroll(app, page)
        begin = time.perf_counter()
        page.filters.show_query(Query("00123"))
        search_ms = 1000 * (time.perf_counter() - begin)
        page.filters.clear()
        page.hide()
        begin = time.perf_counter()
        again = ModelsPage(session)
        again.resize(1200, 760)
        again.show()
        app.processEvents()
        warm_ms = 1000 * (time.perf_counter() - begin)
        shown = len(again.grid.rows.ids)
        until(app, lambda: not session.scans.jobs)
        again.hide()
        session.stop()
    figures = {
        "models": given.models,
        "first_scan_s": round(first_s, 2),
        "window_while_scanning": while_scanning,
        "scrolling_cards": cards,
        "scrolling_list": lines,
        "search_ms": round(search_ms, 1),
        "opened_again_ms": round(warm_ms, 1),
        "shown_when_opened_again": shown,
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
