"""The session: settings on disk, orders that run one after another from the queue's file, news of all work."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from studio import tasks
from studio.core.errors import BadRequest, OutOfMemory
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.result import SavedImage
from studio.core.settings import Settings
from studio.library.queue import Queue, State
from studio.ui.errors import Notice
from studio.ui.session import Session

Until = Callable[..., None]


class Painter:
    """A stand-in for the engine: paints in steps that a test lets pass, keeping the journal as tasks.generate does."""

    def __init__(self) -> None:
        self.gate = threading.Event()  # set: every image may be painted
        self.permits = threading.Semaphore(0)  # one permit: one image
        self.seen: list[tuple[str, int]] = []

    def generate(self, request: GenerateRequest, context: JobContext, **more: Any) -> list[SavedImage]:
        self.seen.append((request.prompt, more["first"]))
        if request.prompt == "too large":
            raise OutOfMemory("There is too little memory for {width} pixels.", width=1)
        for index in range(more["first"], request.image_count):
            while not (self.gate.is_set() or self.permits.acquire(timeout=0.005)):
                context.progress(index, request.image_count)
            saved = SavedImage(more["places"].outputs / f"{request.prompt}-{index}.png", "", 8, 8, index)
            more["journal"].begin(index, saved.path)
            more["journal"].finish(index, saved)
            context.deliver(saved)
            context.progress(index + 1, request.image_count)
        return []


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Painter]:
    made = Painter()
    monkeypatch.setattr(tasks, "generate", made.generate)
    monkeypatch.setattr(tasks, "warm", lambda _: None)
    yield made
    made.gate.set()


def order(prompt: str, count: int = 1) -> GenerateRequest:
    return GenerateRequest(prompt=prompt, batch_count=count)


def states(session: Session) -> dict[str, State]:
    return {row.request.prompt: row.state for row in session.orders.rows()}


def test_settings_are_saved_and_told(session: Session, until: Until) -> None:
    told: list[Settings] = []
    session.settings_changed.connect(told.append)
    session.change_settings(theme="light", preview_every=5)
    session.change_settings(theme="light")
    assert [(s.theme, s.preview_every) for s in told] == [("light", 5)]
    until(lambda: not session.files.jobs)
    assert Settings.load(session.places.settings) == session.settings


def test_impossible_settings_change_nothing(session: Session) -> None:
    with pytest.raises(ValueError, match="jpeg_quality"):
        session.change_settings(jpeg_quality=1000)
    assert session.settings == Settings()


def test_orders_run_in_turn_and_their_pictures_are_told(session: Session, painter: Painter, until: Until) -> None:
    painter.gate.set()
    saved: list[str] = []
    session.image_saved.connect(lambda image: saved.append(image.path.stem))
    ends: list[str] = []
    for name in ("a", "b"):
        job = session.generate(order(name, 2))
        job.succeeded.connect(lambda _, name=name: ends.append(name))
    until(lambda: ends == ["a", "b"])
    assert saved == ["a-0", "a-1", "b-0", "b-1"]
    assert states(session) == {"a": State.DONE, "b": State.DONE}


def test_an_order_is_on_disk_before_anything_runs(session: Session, painter: Painter) -> None:
    session.generate(order("kept"))
    other = Queue(session.places.data / "queue.db")
    assert [row.request.prompt for row in other.rows()] == ["kept"]
    other.close()


def test_progress_of_the_running_order_is_news(session: Session, painter: Painter, until: Until) -> None:
    told: list[int] = []
    session.progressed.connect(lambda progress: told.append(progress.total))
    job = session.generate(order("a", 3))
    until(lambda: told)
    assert told[0] == 3
    assert session.current is job
    assert session.progress is not None
    painter.gate.set()
    until(lambda: session.current is None)


def test_moving_a_row_changes_what_runs_next(session: Session, painter: Painter, until: Until) -> None:
    for name in ("a", "b", "c"):
        session.generate(order(name))
    last = session.orders.rows()[2]
    with session.orders.changing() as queue:
        queue.move(last.id, 1)
    painter.gate.set()
    until(lambda: len(painter.seen) == 3)
    assert [name for name, _ in painter.seen] == ["a", "c", "b"]
    until(lambda: not session.gpu.jobs)


def test_a_paused_queue_begins_nothing(session: Session, painter: Painter, until: Until) -> None:
    painter.gate.set()
    with session.orders.changing() as queue:
        queue.pause()
    session.orders.put_aside(order("a"))
    assert not session.gpu.jobs
    session.orders.resume()
    until(lambda: states(session) == {"a": State.DONE})


def test_what_is_put_aside_waits_and_what_is_wanted_runs(session: Session, painter: Painter, until: Until) -> None:
    session.orders.put_aside(order("later"))
    session.generate(order("now"))
    session.generate(order("next"))
    painter.gate.set()
    until(lambda: not session.gpu.jobs and session.orders.running is None)
    assert states(session) == {"later": State.WAITING, "now": State.DONE, "next": State.DONE}
    assert session.orders.waiting_count == 1
    session.orders.resume()
    until(lambda: states(session)["later"] == State.DONE)


def test_what_is_put_aside_beside_running_work_follows_it(session: Session, painter: Painter, until: Until) -> None:
    session.generate(order("a"))
    session.orders.put_aside(order("b"))
    painter.gate.set()
    until(lambda: states(session) == {"a": State.DONE, "b": State.DONE})


def test_a_pause_holds_back_what_was_ordered_before(session: Session, painter: Painter, until: Until) -> None:
    session.generate(order("a"))
    session.generate(order("b"))
    session.orders.pause()
    painter.gate.set()
    until(lambda: states(session)["a"] == State.DONE and session.orders.running is None)
    assert states(session)["b"] == State.WAITING
    assert not session.gpu.jobs


def test_pictures_say_what_they_were_made_from(session: Session, painter: Painter, until: Until) -> None:
    painter.gate.set()
    found: list[SavedImage] = []
    session.image_saved.connect(found.append)
    session.generate(order("a"), Path("/first.png"))
    session.generate(order("b"))
    until(lambda: len(found) == 2)
    assert [saved.made_from for saved in found] == [Path("/first.png").absolute(), None]


def test_stopping_one_order_leaves_the_next(session: Session, painter: Painter, until: Until) -> None:
    first = session.generate(order("a"))
    session.generate(order("b"))
    until(lambda: painter.seen)
    first.cancel()
    until(lambda: len(painter.seen) == 2)
    painter.gate.set()
    until(lambda: states(session) == {"a": State.CANCELLED, "b": State.DONE})


def test_a_row_taken_out_ends_its_job(session: Session, painter: Painter, until: Until) -> None:
    session.generate(order("a"))
    waiting, ends = session.generate(order("b")), []
    waiting.cancelled.connect(lambda: ends.append("cancelled"))
    waiting.finished.connect(lambda: ends.append("finished"))
    with session.orders.changing() as queue:
        queue.remove(session.orders.rows()[1].id)
    assert ends == ["cancelled", "finished"]
    painter.gate.set()
    until(lambda: not session.gpu.jobs)
    assert [name for name, _ in painter.seen] == ["a"]


def test_a_failure_is_a_notice_and_a_state_and_the_next_runs(session: Session, painter: Painter, until: Until) -> None:
    painter.gate.set()
    notices: list[Notice] = []
    session.noticed.connect(notices.append)
    session.generate(order("too large"))
    session.generate(order("b"))
    until(lambda: states(session) == {"too large": State.FAILED, "b": State.DONE})
    assert [notice.text for notice in notices] == ["There is too little memory for 1 pixels."]
    assert "too little memory" in session.orders.rows()[0].error


def test_what_cannot_be_done_to_the_queue_is_a_notice(session: Session, painter: Painter, until: Until) -> None:
    notices: list[Notice] = []
    session.noticed.connect(notices.append)
    session.generate(order("a"))
    with session.orders.changing() as queue:
        queue.remove(session.orders.rows()[0].id)
    assert [notice.text for notice in notices] == ["This job is running."]
    with pytest.raises(BadRequest):
        session.orders.queue.remove(999)
    painter.gate.set()
    until(lambda: not session.gpu.jobs)


def test_closing_keeps_unfinished_orders_for_the_next_start(tmp_path: Path, painter: Painter, until: Until) -> None:
    places = Places(tmp_path / "再来")
    first = Session(places)
    first.generate(order("a", 3))
    first.generate(order("b"))
    painter.permits.release()
    until(lambda: first.orders.rows()[0].done)
    first.stop()
    assert not first.gpu.isRunning()
    second = Session(places)
    assert [row.state for row in second.orders.rows()] == [State.WAITING, State.WAITING]
    painter.seen.clear()
    painter.gate.set()
    second.orders.go_on()
    until(lambda: states(second) == {"a": State.DONE, "b": State.DONE})
    assert painter.seen == [("a", 1), ("b", 0)]
    second.stop()


def test_lists_of_choices(session: Session, until: Until) -> None:
    folder = session.places.models / "Stable-diffusion"
    folder.mkdir(parents=True)
    (folder / "画.safetensors").write_bytes(b"x")
    told: list[int] = []
    session.models_changed.connect(lambda: told.append(1))
    session.refresh_models()
    until(lambda: told)
    assert session.choices("checkpoints") == ["画.safetensors"]
    assert session.choices("vaes")[:2] == ["Automatic", "None"]
    assert "Euler a" in session.choices("samplers")
    assert "Karras" in session.choices("schedules")
    assert "Latent" in session.choices("upscalers")
    assert session.choices("no such list") == []


def test_work_in_the_files_lane_that_fails_is_a_notice(session: Session, until: Until) -> None:
    notices: list[Notice] = []
    session.noticed.connect(notices.append)
    session.in_files(lambda _: 1 / 0)
    until(lambda: notices)
    assert "ZeroDivisionError" in notices[0].text
    assert notices[0].kind == "bad"
