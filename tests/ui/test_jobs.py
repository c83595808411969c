"""Lanes and jobs: every job ends exactly once, nothing delivered is lost, nothing dies in the wrong thread."""

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication

from studio.core.errors import Cancelled, CheckpointError
from studio.core.job import JobContext, Wish
from studio.core.sentence import Sentence
from studio.ui.jobs import Job, Lane, Unexpected, outcome

Until = Callable[..., None]


@pytest.fixture
def lane() -> Iterator[Lane]:
    made = Lane("test")
    yield made
    made.stop()


def heard(job: Job) -> list[tuple[str, object]]:
    """Everything a job tells, in order."""
    told: list[tuple[str, object]] = []
    job.started.connect(lambda: told.append(("started", None)))
    job.progressed.connect(lambda p: told.append(("progress", p.done)))
    job.delivered.connect(lambda value: told.append(("delivered", value)))
    job.noted.connect(lambda text: told.append(("noted", text)))
    job.succeeded.connect(lambda value: told.append(("succeeded", value)))
    job.failed.connect(lambda error: told.append(("failed", error)))
    job.cancelled.connect(lambda: told.append(("cancelled", None)))
    job.finished.connect(lambda: told.append(("finished", None)))
    return told


def test_ten_thousand_reports_arrive_and_deliveries_keep_their_order(lane: Lane, until: Until) -> None:
    def work(context: JobContext) -> str:
        for i in range(10_000):
            context.progress(i + 1, 10_000)
            context.deliver(i)
        return "done"

    told = heard(lane.begin(work))
    until(lambda: ("finished", None) in told, 60)
    assert [value for name, value in told if name == "delivered"] == list(range(10_000))
    steps = [value for name, value in told if name == "progress"]
    assert steps == sorted(steps)
    assert steps[-1] == 10_000
    assert told[0] == ("started", None)
    assert told[-2:] == [("succeeded", "done"), ("finished", None)]


def test_a_note_arrives_in_the_parts_that_the_window_translates(lane: Lane, until: Until) -> None:
    job = lane.begin(lambda context: context.note(Sentence("{count} keys", count=3)))
    told = heard(job)
    until(lambda: ("finished", None) in told)
    (note,) = [value for name, value in told if name == "noted"]
    assert isinstance(note, Sentence)
    assert (note, note.template) == ("3 keys", "{count} keys")


def test_a_slow_window_gets_the_latest_progress_only(lane: Lane, until: Until) -> None:
    is_done = threading.Event()

    def work(context: JobContext) -> None:
        for i in range(5000):
            context.progress(i + 1, 5000)
        is_done.set()

    told = heard(lane.begin(work))
    assert is_done.wait(10)  # the event loop does not run meanwhile
    until(lambda: ("finished", None) in told)
    assert [value for name, value in told if name == "progress"] == [5000]


def test_true_and_none_survive_thousands_of_signals(lane: Lane, until: Until) -> None:
    def work(context: JobContext) -> None:
        for i in range(3000):
            context.deliver(i % 2 == 0)
            context.deliver(None)

    told = heard(lane.begin(work))
    until(lambda: ("finished", None) in told, 30)
    values = [value for name, value in told if name == "delivered"]
    assert values == [value for i in range(3000) for value in (i % 2 == 0, None)]


def test_an_error_of_ours_arrives_as_it_is(lane: Lane, until: Until) -> None:
    def work(context: JobContext) -> None:
        raise CheckpointError("a/b.safetensors", "{name} is broken.") from ValueError("header")

    told = heard(lane.begin(work))
    until(lambda: ("finished", None) in told)
    (name, error), end = told[-2:]
    assert name == "failed"
    assert end == ("finished", None)
    assert isinstance(error, CheckpointError)
    assert str(error) == "b.safetensors is broken."
    assert "ValueError: header" in error.details
    assert error.__traceback__ is None
    assert error.__cause__ is None


@pytest.mark.parametrize("error", [ZeroDivisionError("by zero"), SystemExit(3), KeyboardInterrupt(), MemoryError()])
def test_any_other_error_is_told_with_its_traceback_and_the_lane_goes_on(
    lane: Lane, until: Until, error: BaseException
) -> None:
    def work(context: JobContext) -> None:
        raise error

    told, after = heard(lane.begin(work)), heard(lane.begin(lambda _: 7))
    until(lambda: ("finished", None) in after)
    name, found = told[-2]
    assert name == "failed"
    assert isinstance(found, Unexpected)
    assert type(error).__name__ in str(found)
    assert "in work" in found.details
    assert after[-2] == ("succeeded", 7)


def test_cancelling_stops_at_the_next_report(lane: Lane, until: Until) -> None:
    steps = []

    def work(context: JobContext) -> None:
        while True:
            steps.append(len(steps))
            time.sleep(0.005)
            context.progress(len(steps), 0)

    job = lane.begin(work)
    told = heard(job)
    until(lambda: len(steps) > 3)
    job.cancel()
    seen = len(steps)
    until(lambda: ("finished", None) in told)
    assert told[-2:] == [("cancelled", None), ("finished", None)]
    assert len(steps) <= seen + 1


def test_work_cancelled_before_its_turn_never_begins(lane: Lane, until: Until) -> None:
    gate, ran = threading.Event(), []
    lane.begin(lambda _: gate.wait(10))
    job = lane.begin(lambda _: ran.append(1))
    told = heard(job)
    job.cancel()
    gate.set()
    until(lambda: ("finished", None) in told)
    assert not ran
    assert [name for name, _ in told if name in ("succeeded", "failed", "cancelled")] == ["cancelled"]


def test_a_wish_reaches_the_work(lane: Lane, until: Until) -> None:
    is_waiting = threading.Event()

    def work(context: JobContext) -> str:
        is_waiting.set()
        while not context.take(Wish.SKIP):
            context.progress(0, 1)
            time.sleep(0.001)
        return "skipped"

    job = lane.begin(work)
    told = heard(job)
    assert is_waiting.wait(5)
    job.wish(Wish.SKIP)
    until(lambda: ("finished", None) in told)
    assert told[-2] == ("succeeded", "skipped")


def test_a_job_nobody_holds_still_ends_and_dies_in_the_main_thread(lane: Lane, until: Until) -> None:
    died: list[int] = []
    told: list[object] = []

    def begin() -> None:
        job = lane.begin(lambda context: [context.progress(i, 1000) for i in range(1000)] and 5)
        job.succeeded.connect(told.append)
        weakref.finalize(job, lambda: died.append(threading.get_ident()))

    for _ in range(50):
        begin()
    gc.collect()
    until(lambda: len(told) == 50, 30)
    until(lambda: len(died) == 50)
    assert set(died) == {threading.get_ident()}


def test_stopping_waits_for_the_step_and_tells_every_end(until: Until) -> None:
    lane, is_stepping, left = Lane("test"), threading.Event(), []

    def work(context: JobContext) -> None:
        for i in range(1000):
            is_stepping.set()
            time.sleep(0.02)
            context.progress(i, 1000)
        left.append("all")

    told, waiting = heard(lane.begin(work)), heard(lane.begin(lambda _: left.append("next")))
    assert is_stepping.wait(5)
    began = time.monotonic()
    lane.stop()
    assert time.monotonic() - began < 1
    assert not lane.isRunning()
    assert not left
    for ends in (told, waiting):
        assert [name for name, _ in ends if name != "progress" and name != "started"] == ["cancelled", "finished"]
    QCoreApplication.processEvents()
    assert not lane.jobs


def test_what_is_delivered_while_stopping_is_not_lost() -> None:
    lane, is_begun = Lane("test"), threading.Event()

    def work(context: JobContext) -> None:
        is_begun.set()
        while not context.is_cancelled:
            time.sleep(0.001)
        context.deliver("the last picture")
        context.check()

    told = heard(lane.begin(work))
    assert is_begun.wait(5)
    lane.stop()
    assert told[-3:] == [("delivered", "the last picture"), ("cancelled", None), ("finished", None)]


def test_a_listener_that_raises_does_not_hide_the_end(
    lane: Lane, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    monkeypatch.setattr("sys.excepthook", lambda *parts: seen.append(parts[1]))
    job = lane.begin(lambda _: 1)
    told = heard(job)
    job.succeeded.connect(lambda _: 1 / 0)
    until(lambda: ("finished", None) in told)
    assert lane.jobs == []
    assert isinstance(seen[0], ZeroDivisionError)


def test_outcome_needs_no_window() -> None:
    def cancelled(context: JobContext) -> None:
        raise Cancelled

    assert outcome(lambda _: 4, JobContext()) == ("succeeded", 4)
    assert outcome(cancelled, JobContext()) == ("cancelled", None)
