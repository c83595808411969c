"""Objects of the window die in the main thread, whichever thread wants its memory back."""

import gc
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from studio.core import garbage
from studio.core.job import JobContext
from studio.ui.garbage import collector
from studio.ui.jobs import Lane

Until = Callable[..., None]


@pytest.fixture
def lane() -> Iterator[Lane]:
    made = Lane("test")
    yield made
    made.stop()


def ring(died: list[int], count: int = 50) -> None:
    """Widgets that hold each other and that nobody else holds."""
    for _ in range(count):
        widget, other = QWidget(), QLabel("text")
        widget.other, other.widget = other, widget  # type: ignore[attr-defined]
        weakref.finalize(widget, lambda: died.append(threading.get_ident()))


def test_a_worker_that_makes_much_garbage_kills_no_widget(lane: Lane, until: Until) -> None:
    died: list[int] = []
    ring(died)

    def work(context: JobContext) -> int:
        for i in range(200_000):
            kept: list[object] = []
            kept.append(kept)
            if i % 1000 == 0:
                context.progress(i, 200_000)
        return len(died)

    job, results = lane.begin(work), []
    job.succeeded.connect(results.append)
    until(lambda: results)
    until(lambda: len(died) == 50 or not gc.collect())
    assert set(died) == {threading.get_ident()}


def test_memory_asked_for_by_a_worker_is_collected_by_the_main_thread(lane: Lane, until: Until) -> None:
    died: list[int] = []
    ring(died)

    def work(_: JobContext) -> int:
        garbage.collect()
        return len(died)

    results: list[int] = []
    lane.begin(work).succeeded.connect(results.append)
    until(lambda: results)
    assert results == [50]
    assert set(died) == {threading.get_ident()}


def test_nothing_is_collected_while_collection_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    monkeypatch.setattr(gc, "collect", done.append)
    monkeypatch.setattr(gc, "get_count", lambda: (9999, 0, 0))
    monkeypatch.setattr(gc, "get_threshold", lambda: (0, 10, 10))
    collector().collect_if_due()
    assert done == []
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    collector().collect_if_due()
    monkeypatch.setattr(gc, "get_count", lambda: (9999, 11, 11))
    collector().collect_if_due()
    assert done == [0, 2]
