"""The gallery with 50,000 rows: taking them in, searching, paging and scrolling the grid; prints JSON."""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from studio.library.gallery import Found, Gallery, _insert

SUBJECTS = ("apple", "cat", "dog", "castle", "river", "mountain", "girl", "boy", "portrait", "forest", "night", "city")
WORDS = [*SUBJECTS, "car", "robot", "dragon", "flower"]
HAN = ["猫", "狗", "苹果", "城堡", "森林", "夜晚", "城市", "少女", "阳光", "大海"]
SEARCHES = (
    "",
    "apple",
    "appl",
    "苹果",
    "apple cat night",
    'model:model-3 sampler:"Euler a"',
    "starred",
    "seed:777",
    "size:512x768 date:2026",
    "-apple forest negative:blurry",
)


def infotext(chance: random.Random, number: int) -> str:
    words = ", ".join(chance.choices(WORDS + HAN, k=30))
    return (
        f"{words}, masterpiece\nNegative prompt: blurry, {chance.choice(WORDS)}\nSteps: 20, Sampler: Euler a, "
        f"Schedule type: Karras, CFG scale: 7, Seed: {number}, Size: 512x768, Model hash: 1234567890, "
        f"Model: model-{number % 12}, Version: v1.10.1"
    )


def fill(gallery: Gallery, rows: int) -> float:
    chance = random.Random(1)  # noqa: S311
    begin = time.perf_counter()
    with gallery._database.writing() as database:
        for n in range(rows):
            path, moment = Path(f"/pictures/2026-11-{n % 28 + 1:02}/{n:05}-{n}.png"), (1_790_000_000 + n * 60) * 10**9
            _insert(database, Found(path, 400_000 + n, moment, 512, 768, infotext(chance, n), f"mark {n}"))
        database.execute("UPDATE picture SET starred = 1 WHERE id % 50 = 0")
    return time.perf_counter() - begin


def milliseconds(act: Callable[[], object], times: int = 7) -> float:
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        act()
        found.append((time.perf_counter() - begin) * 1000)
    return round(sorted(found)[times // 2], 2)


def grid(gallery: Gallery, home: Path) -> dict[str, float]:
    from PySide6.QtWidgets import QApplication

    from studio.core.paths import Places
    from studio.ui import theme
    from studio.ui.session import Session
    from studio.ui.widgets.thumbnail_grid import ThumbnailGrid

    app = QApplication([])
    theme.theme().apply("dark")
    session = Session(Places(home))
    view = ThumbnailGrid(session)
    view.resize(1200, 760)
    view.show()
    ids = gallery.find()
    begin = time.perf_counter()
    view.show_pictures(gallery, ids)
    app.processEvents()
    first = (time.perf_counter() - begin) * 1000
    bar, gaps = view.verticalScrollBar(), []
    for step in range(200):
        begin = time.perf_counter()
        bar.setValue(bar.maximum() * step // 199)
        app.processEvents()
        gaps.append((time.perf_counter() - begin) * 1000)
    session.stop()
    gaps.sort()
    return {
        "first_paint_ms": round(first, 1),
        "scroll_median_ms": round(gaps[100], 1),
        "scroll_worst_ms": round(gaps[-1], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as home:
        gallery = Gallery(Path(home) / "gallery.sqlite")
        seconds = fill(gallery, rows)
        ids = gallery.find()
        figures = {
            "rows": rows,
            "fill_seconds": round(seconds, 1),
            "file_mib": round((Path(home) / "gallery.sqlite").stat().st_size / 2**20, 1),
            "open_ms": milliseconds(lambda: Gallery(Path(home) / "gallery.sqlite"), 3),
            "search_ms": {text or "(all)": milliseconds(lambda text=text: gallery.find(text)) for text in SEARCHES},
            "found": {text or "(all)": len(gallery.find(text)) for text in SEARCHES},
            "page_of_60_ms": milliseconds(lambda: gallery.pictures(ids[len(ids) // 2 :][:60])),
            "models_ms": milliseconds(gallery.models),
            "grid": grid(gallery, Path(home)),
        }
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
