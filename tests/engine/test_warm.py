"""Warming: everything the engine needs is there afterwards, the collector as before, and the window kept its share."""

import json
import subprocess
import sys

import pytest

from studio.core.errors import Cancelled
from studio.core.job import JobContext
from studio.core.paths import ROOT
from studio.engine import warm

CHILD = """
import gc, json, sys, threading, time
sys.path.insert(0, {root!r})
from importlib import import_module
from studio.core.job import JobContext
from studio.engine.warm import warm
gaps, is_over = [], threading.Event()
def tick():
    last = time.perf_counter()
    while not is_over.wait(0.005):
        now = time.perf_counter()
        gaps.append(now - last)
        last = now
watcher = threading.Thread(target=tick)
watcher.start()
began = time.perf_counter()
steps = []
warm(JobContext(lambda name, value: steps.append(value.done)))
is_over.set()
watcher.join()
print(json.dumps(dict(
    worst_ms=1000 * max(gaps), seconds=time.perf_counter() - began, steps=steps,
    enabled=gc.isenabled() and gc.get_threshold()[0] > 0,
    there=["torch" in sys.modules, "studio.engine.generate" in sys.modules],
)))
"""


def test_another_thread_goes_on_while_the_engine_is_imported() -> None:
    command = [sys.executable, "-c", CHILD.format(root=str(ROOT))]
    figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert figures["there"] == [True, True]
    assert figures["enabled"]
    assert figures["steps"] == list(range(len(warm.MODULES)))
    assert figures["worst_ms"] < max(400, 100 * figures["seconds"])  # generous: machines that test are busy


def test_it_can_be_stopped_between_two_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    import gc

    thresholds, imported = gc.get_threshold(), []
    context = JobContext()
    monkeypatch.delitem(sys.modules, "studio.engine.generate", raising=False)
    monkeypatch.setattr(warm, "import_module", lambda name: (imported.append(name), context.cancel()))
    with pytest.raises(Cancelled):
        warm.warm(context)
    assert imported == ["torch"]
    assert gc.get_threshold() == thresholds


def test_what_is_warm_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "studio.engine.generate", warm)
    monkeypatch.setattr(warm, "import_module", pytest.fail)
    warm.warm(JobContext())
