import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.core import infotext
from studio.core.errors import BadRequest
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.library.queue import MOST_DONE, Queue, State

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("queue_worker.py")


def request(prompt: str = "an apple", **values: object) -> GenerateRequest:
    return GenerateRequest(prompt=prompt, **values)  # type: ignore[arg-type]


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    queue = Queue(tmp_path / "data" / "我的 queue.sqlite")
    yield queue
    queue.close()


def prompts(queue: Queue) -> list[str]:
    return [row.request.prompt for row in queue.rows()]


def test_a_row_keeps_its_request_over_a_restart(tmp_path: Path) -> None:
    asked = request("一只猫 🐈, (masterpiece:1.2)", seed=7, batch_count=3, batch_size=2, variation_strength=0.1)
    queue = Queue(tmp_path / "queue.sqlite")
    added = queue.add(asked)
    queue.close()
    again = Queue(tmp_path / "queue.sqlite")
    assert again.rows() == [added]
    assert again.notice is None
    assert added.request.model_copy(update={"variation_seed": -1}) == asked
    assert (added.state, added.done, added.total, added.error) == (State.WAITING, 0, 6, "")
    again.close()


def test_open_seeds_are_drawn_when_added(queue: Queue) -> None:
    drawn = [queue.add(request()).request.seed for _ in range(8)]
    assert all(0 <= seed < 4294967294 for seed in drawn)
    assert len(set(drawn)) == 8
    assert queue.add(request(seed=2**64 - 1)).request.seed == 2**64 - 1
    assert queue.add(request(seed=5, variation_strength=0.5)).request.variation_seed >= 0


def test_rows_run_in_order_and_end_once(queue: Queue) -> None:
    first, second = queue.add(request("a")), queue.add(request("b"))
    taken = queue.next()
    assert taken is not None
    assert (taken.id, taken.state) == (first.id, State.RUNNING)
    queue.finish(first.id, State.FAILED, "out of memory")
    assert queue.row(first.id).error == "out of memory"
    taken = queue.next()
    assert taken is not None
    assert taken.id == second.id
    queue.finish(second.id, State.DONE)
    assert queue.next() is None


def test_pausing_outlives_a_restart_and_begins_nothing(tmp_path: Path) -> None:
    queue = Queue(tmp_path / "queue.sqlite")
    queue.add(request())
    queue.pause()
    queue.close()
    queue = Queue(tmp_path / "queue.sqlite")
    assert queue.is_paused
    assert queue.next() is None
    queue.resume()
    assert not queue.is_paused
    assert queue.next() is not None
    queue.close()


@settings(max_examples=30, deadline=None)
@given(moves=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=6))
def test_moving_is_moving_in_a_list(moves: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory) -> None:
    queue = Queue(tmp_path_factory.mktemp("moves") / "queue.sqlite")
    expected = [queue.add(request(str(i), seed=i)).id for i in range(5)]
    for which, position in moves:
        row = expected.pop(which)
        expected.insert(position, row)
        queue.move(row, position)
    assert [row.id for row in queue.rows()] == expected
    taken = queue.next()
    assert taken is not None
    assert taken.id == expected[0]
    queue.close()


def test_a_copy_stands_behind_its_row_and_waits(queue: Queue) -> None:
    first = queue.add(request("a"))
    queue.add(request("b"))
    queue.next()
    queue.begin_image(first.id, 0, Path("x.png"))
    queue.finish_image(first.id, 0)
    copy = queue.duplicate(first.id)
    assert prompts(queue) == ["a", "a", "b"]
    assert (copy.state, copy.done, copy.request) == (State.WAITING, 0, first.request)


def test_only_what_has_not_begun_is_edited(queue: Queue) -> None:
    row = queue.add(request("a"))
    edited = queue.edit(row.id, request("b", batch_count=4))
    assert (edited.request.prompt, edited.total, edited.position) == ("b", 4, 0)
    assert edited.request.seed >= 0
    queue.next()
    with pytest.raises(BadRequest, match="already begun"):
        queue.edit(row.id, request("c"))
    assert prompts(queue) == ["b"]


def test_a_running_row_is_not_removed(queue: Queue) -> None:
    row = queue.add(request())
    queue.next()
    with pytest.raises(BadRequest, match="Stop it first"):
        queue.remove(row.id)
    queue.finish(row.id, State.CANCELLED)
    queue.remove(row.id)
    assert queue.rows() == []
    with pytest.raises(BadRequest, match="no longer"):
        queue.remove(row.id)


def test_a_cancelled_batch_goes_on_where_it_stopped(queue: Queue, tmp_path: Path) -> None:
    row = queue.add(request(batch_count=4))
    queue.next()
    for index in range(2):
        queue.begin_image(row.id, index, tmp_path / f"{index}.png")
        queue.finish_image(row.id, index)
    queue.finish(row.id, State.CANCELLED)
    again = queue.retry(row.id)
    assert (again.state, again.done, queue.first_unfinished(row.id)) == (State.WAITING, 2, 2)
    assert queue.images(row.id) == [tmp_path / "0.png", tmp_path / "1.png"]


def test_a_skipped_image_stays_skipped(queue: Queue, tmp_path: Path) -> None:
    row = queue.add(request(batch_count=4))
    queue.begin_image(row.id, 2, tmp_path / "2.png")
    queue.finish_image(row.id, 2)
    assert queue.first_unfinished(row.id) == 3


@pytest.mark.parametrize("is_written", [True, False])
def test_an_image_begun_is_done_if_its_file_is_there(queue: Queue, tmp_path: Path, is_written: bool) -> None:
    row = queue.add(request(batch_count=2))
    queue.next()
    queue.begin_image(row.id, 0, tmp_path / "0.png")
    if is_written:
        Image.new("RGB", (8, 8)).save(tmp_path / "0.png")
    (recovered,) = queue.recover()
    assert recovered.state == State.WAITING
    assert recovered.done == queue.first_unfinished(row.id) == int(is_written)


def test_a_batch_that_was_whole_when_the_power_went_is_done(queue: Queue, tmp_path: Path) -> None:
    row = queue.add(request())
    queue.next()
    Image.new("RGB", (8, 8)).save(tmp_path / "0.png")
    queue.begin_image(row.id, 0, tmp_path / "0.png")
    assert queue.recover() == []
    assert queue.row(row.id).state == State.DONE


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\x00" + bytes(5000), b"\x00" * 8192])
def test_a_broken_file_is_set_aside_whole(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "queue.sqlite"
    path.write_bytes(content)
    queue = Queue(path)
    queue.add(request())
    assert len(queue.rows()) == 1
    assert queue.notice is not None
    (aside,) = tmp_path.glob("queue.sqlite.broken-*")
    assert aside.read_bytes() == content
    assert aside.name in str(queue.notice)
    queue.close()


def test_pages_broken_in_the_middle_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"
    queue = Queue(path)
    for _ in range(60):
        queue.add(request("x" * 500))
    queue.close()
    broken = bytearray(path.read_bytes())
    for page in range(4096, len(broken), 4096):
        broken[page : page + 64] = bytes(range(64))
    path.write_bytes(broken)
    queue = Queue(path)
    assert queue.notice is not None
    assert queue.rows() == []
    queue.close()


def test_a_request_of_another_version_is_shown_but_not_run(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"
    queue = Queue(path)
    row = queue.add(request("kept"))
    queue.close()
    with sqlite3.connect(path) as database:
        database.execute('UPDATE job SET request = \'{"prompt": "kept", "steps": 20, "of_the_future": 1}\'')
    database.close()
    queue = Queue(path)
    queue.recover()
    (found,) = queue.rows()
    assert (found.id, found.request.prompt, found.state) == (row.id, "kept", State.FAILED)
    assert found.error
    assert queue.next() is None
    queue.close()


def test_threads_take_turns(queue: Queue) -> None:
    taken: list[int] = []

    def add_and_take() -> None:
        for _ in range(10):
            queue.add(request())
            row = queue.next()
            assert row is not None
            taken.append(row.id)
            queue.rows()

    threads = [threading.Thread(target=add_and_take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(row.id for row in queue.rows())
    assert sorted(row.position for row in queue.rows()) == list(range(40))


def test_no_image_is_lost_or_doubled_when_killed_at_any_moment(tmp_path: Path) -> None:
    places = Places(tmp_path / "我的 studio")
    queue = Queue(places.data / "queue.db")
    sizes = {f"job{n}": count for n, count in enumerate([40, 60, 1, 80, 60])}
    seeds = {name: queue.add(request(name, batch_count=count)).request.seed for name, count in sizes.items()}
    queue.close()
    chance = random.Random(20261123)  # noqa: S311
    ends = [run(places, chance.uniform(0, 0.12)) for _ in range(20)]
    assert ends == [-signal.SIGKILL] * 20
    assert run(places, None) == 0
    pictures = sorted(places.outputs.rglob("*.png"))
    expected = [(f"{name} {i}", seeds[name] + i) for name, count in sizes.items() for i in range(count)]
    assert sorted(which(file) for file in pictures) == sorted(expected)
    queue = Queue(places.data / "queue.db")
    assert queue.notice is None
    assert [(row.state, row.done) for row in queue.rows()] == [(State.DONE, count) for count in sizes.values()]
    assert sorted(image for row in queue.rows() for image in queue.images(row.id)) == pictures
    queue.close()


def run(places: Places, kill_after_s: float | None) -> int:
    """Let a worker go on with the queue, and kill it this long after it is ready; how it ended."""
    command = [sys.executable, str(WORKER), str(places.home)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
        if kill_after_s is not None:
            time.sleep(kill_after_s)
            worker.send_signal(signal.SIGKILL)
        return worker.wait()


def which(file: Path) -> tuple[str, int]:
    with Image.open(file) as image:
        image.load()
    said, _ = infotext.read(file)
    return said.prompt, said.seed


def test_a_row_runs_while_paused_if_it_is_asked_for(queue: Queue) -> None:
    queue.pause()
    first, second = queue.add(request("a")), queue.add(request("b"))
    started = queue.start(second.id)
    assert started is not None
    assert (started.id, started.state) == (second.id, State.RUNNING)
    assert queue.start(second.id) is None
    assert queue.start(99) is None
    assert queue.row(first.id).state == State.WAITING


def test_what_a_row_is_made_from_is_kept_and_copied(tmp_path: Path) -> None:
    queue = Queue(tmp_path / "queue.sqlite")
    row = queue.add(request(), tmp_path / "一 first.png")
    assert queue.duplicate(row.id).made_from == tmp_path / "一 first.png"
    queue.close()
    again = Queue(tmp_path / "queue.sqlite")
    assert [one.made_from for one in again.rows()] == [tmp_path / "一 first.png"] * 2
    again.close()


def test_only_the_latest_rows_that_ended_well_are_kept(queue: Queue) -> None:
    failed = queue.add(request("failed"))
    queue.finish(failed.id, State.FAILED, "no")
    for number in range(MOST_DONE + 5):
        row = queue.add(request(str(number)))
        queue.finish(row.id, State.DONE)
    waiting = queue.add(request("waiting"))
    kept = queue.rows()
    assert len(kept) == MOST_DONE + 2
    assert (kept[0].id, kept[1].request.prompt, kept[-1].id) == (failed.id, "5", waiting.id)
