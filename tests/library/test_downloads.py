"""The list of downloads and what works through it: nothing lost, nothing twice, everything where it belongs."""

import hashlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hub_server import File, Hub, serving
from PIL import Image
from safetensors.torch import save

from studio.core.errors import BadRequest, Cancelled, DiskFull, FileProblem, StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library import hashes, sidecars
from studio.library.downloads import place, room, runner
from studio.library.downloads.fetch import Mark
from studio.library.downloads.queue import Queue, Row, State
from studio.library.downloads.runner import Report
from studio.library.downloads.sites import Site, Sites
from studio.library.downloads.tokens import Tokens
from studio.library.downloads.wanted import Wanted
from studio.library.downloads.web import Patience, Web

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).parent / "download_worker.py"
QUICK = Patience(connect_s=2, stall_s=0.5, attempts=3, first_wait_s=0.01, longest_wait_s=0.05)


def model(kind: str = "network", size: int = 1000, seed: int = 0) -> bytes:
    """The bytes of a model file of a kind, with `size` numbers in it."""
    names = {
        "network": ("lora_unet_x_attn2_to_k.lora_down.weight", (4, size)),
        "checkpoint": ("model.diffusion_model.input_blocks.0.0.weight", (4, size)),
        "vae": ("first_stage_model.decoder.conv_in.weight", (4, size)),
    }
    name, shape = names[kind]
    return save({name: torch.randn(shape, generator=torch.Generator().manual_seed(seed))})


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as made:
        yield made


@pytest.fixture
def queue(places: Places) -> Iterator[Queue]:
    made = Queue(places.data / "downloads.db")
    yield made
    made.close()


@pytest.fixture
def web(hub: Hub) -> Web:
    site = Site("civitai", "Civitai", hub.origin, ("127.0.0.1",), "https://civitai.com/user/account", "NO_SUCH")
    return Web(Settings(), Tokens(), Sites(civitai=site), QUICK)


@pytest.fixture
def run(queue: Queue, web: Web, places: Places) -> Callable[[], list[Report]]:
    def go() -> list[Report]:
        told: list[Any] = []
        runner.run(queue, web, places, JobContext(lambda name, value: told.append((name, value))))
        return [value for name, value in told if name == "delivered"]

    return go


# the list


def test_rows_last_and_keep_their_order(places: Places) -> None:
    queue = Queue(places.data / "d.db")
    rows = [queue.add(Wanted(url=f"https://x.org/{n}", name=f"{n}.pt", metadata={"a": ["模"]})) for n in range(4)]
    queue.note(rows[1].id, part=Path("/x/模.part"), mark=Mark('"e"', "", 7, "n", ""), path=Path("/x/模.pt"))
    queue.close()
    again = Queue(places.data / "d.db")
    assert [row.wanted.name for row in again.rows()] == ["0.pt", "1.pt", "2.pt", "3.pt"]
    row = again.row(rows[1].id)
    assert (row.part, row.mark.total, row.path) == (Path("/x/模.part"), 7, Path("/x/模.pt"))
    assert row.wanted.metadata == {"a": ["模"]}
    again.close()


def test_the_same_address_is_listed_once(queue: Queue) -> None:
    first = queue.add(Wanted(url="https://x.org/a.pt"))
    assert queue.add(Wanted(url="https://x.org/a.pt")).id == first.id
    assert queue.next() is not None
    queue.finish(first.id, State.FAILED, StudioError("It {verb}.", verb="broke"))
    assert str(queue.row(first.id).failure.error) == "It broke."  # type: ignore[union-attr]
    assert queue.add(Wanted(url="https://x.org/a.pt")).state == State.WAITING
    assert queue.row(first.id).failure is None


def test_states_follow_what_was_asked(queue: Queue) -> None:
    row = queue.add(Wanted(url="https://x.org/a.pt"))
    queue.pause(row.id)
    assert queue.next() is None
    queue.resume(row.id)
    assert queue.next(without=[row.id]) is None
    assert queue.next().id == row.id  # type: ignore[union-attr]
    queue.pause(row.id)
    queue.finish(row.id, State.FAILED, StudioError("no"))
    assert queue.row(row.id).state == State.PAUSED
    queue.finish(row.id, State.DONE)
    assert queue.row(row.id).state == State.DONE
    queue.remove(row.id)
    with pytest.raises(BadRequest):
        queue.row(row.id)


def test_recovery_lets_what_ran_wait_again(queue: Queue) -> None:
    row = queue.add(Wanted(url="https://x.org/a.pt"))
    queue.next()
    queue.recover()
    assert queue.row(row.id).state == State.WAITING


# the way of a file


def test_a_model_arrives_with_all_that_is_said_of_it(
    hub: Hub, queue: Queue, run: Callable[[], list[Report]], places: Places
) -> None:
    data = model()
    picture = io.BytesIO()
    Image.new("RGB", (1600, 900), "red").save(picture, "JPEG")
    hub.files["/l"] = File(data)
    hub.files["/p.jpg"] = File(picture.getvalue(), type="image/jpeg")
    info = {"id": 2, "modelId": 1, "name": "v1", "baseModel": "SDXL 1.0", "trainedWords": ["abc", "def"],
            "model": {"name": "Nice", "description": "<p>A <b>good</b> one</p>"}}  # fmt: skip
    wanted = Wanted(url=hub.url("/l"), name="好 lora.safetensors", kind="network", sha256=sha256(data), base="SDXL 1.0")
    more = {"preview": hub.url("/p.jpg"), "metadata": info, "page": "https://civitai.com/models/1"}
    row = queue.add(wanted.model_copy(update=more))
    reports = run()
    path = places.models / "Lora" / "好 lora.safetensors"
    assert path.read_bytes() == data
    done = queue.row(row.id)
    assert (done.state, done.path, done.done) == (State.DONE, path, len(data))
    assert reports[-1] == Report(row.id, is_finished=True)
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "好 lora.civitai.info", "好 lora.json", "好 lora.preview.png", "好 lora.safetensors",
    ]  # fmt: skip
    said = sidecars.read(path)
    assert (said.title, said.description, said.activation_text) == ("Nice v1", "A good one", "abc")
    assert json.loads((path.parent / "好 lora.json").read_text())["sd version"] == "SDXL"
    with Image.open(path.with_name("好 lora.preview.png")) as preview:
        assert (preview.format, preview.size) == ("PNG", (768, 432))
    assert hashes.known([path], places) == {path: sha256(data)}


@pytest.mark.parametrize(
    ("told", "kind", "folder"),
    [
        ("", "network", "Lora"),
        ("", "vae", "VAE"),
        ("", "checkpoint", "Stable-diffusion"),
        ("checkpoint", "network", "Lora"),  # what it is counts, not what it was told to be
        ("network", "network", "Lora"),
        ("vae", "vae", "VAE"),
    ],
)
def test_the_folder_is_that_of_what_it_is(
    hub: Hub, queue: Queue, run: Callable[[], object], places: Places, told: str, kind: str, folder: str
) -> None:
    hub.files["/file"] = File(model(kind), name='attachment; filename="m.safetensors"')
    queue.add(Wanted(url=hub.url("/file"), kind=told))
    run()
    assert (places.models / folder / "m.safetensors").read_bytes() == model(kind)
    assert [file for file in places.models.rglob("*") if file.is_file()] == [places.models / folder / "m.safetensors"]


def test_a_name_that_is_taken_is_numbered_and_the_same_file_is_not_fetched_again(
    hub: Hub, queue: Queue, run: Callable[[], object], places: Places
) -> None:
    folder = places.models / "Lora"
    folder.mkdir(parents=True)
    (folder / "a.safetensors").write_bytes(b"another")
    (folder / "b.ckpt").write_bytes(b"has its own X.json")
    data = model()
    for name in ("a", "b", "c"):
        hub.files[f"/{name}"] = File(data)
        wanted = Wanted(url=hub.url(f"/{name}"), name=f"{name}.safetensors", kind="network", sha256=sha256(data),
                        size=len(data))  # fmt: skip
        queue.add(wanted)
    run()
    names = {file.name for file in folder.iterdir()}
    assert names == {"a.safetensors", "a (2).safetensors", "b.ckpt", "b (2).safetensors", "c.safetensors"}
    assert (folder / "a.safetensors").read_bytes() == b"another"
    queue.clear()
    asked = len(hub.seen)
    row = queue.add(
        Wanted(url=hub.url("/c"), name="c.safetensors", kind="network", sha256=sha256(data), size=len(data))
    )
    run()
    assert queue.row(row.id).path == folder / "c.safetensors"
    assert len(hub.seen) == asked


def test_a_wrong_hash_is_fetched_once_more_and_then_told(
    hub: Hub, queue: Queue, run: Callable[[], object], places: Places
) -> None:
    hub.files["/l"] = File(model())
    row = queue.add(Wanted(url=hub.url("/l"), name="l.safetensors", kind="network", sha256="0" * 64))
    run()
    assert queue.row(row.id).state == State.FAILED
    assert "its hash is another" in str(queue.row(row.id).failure.error)  # type: ignore[union-attr]
    assert len(hub.seen) == 2
    assert list(places.models.rglob("*.safetensors")) == []


def test_bytes_broken_on_the_disk_are_mended_by_a_second_try(
    hub: Hub, queue: Queue, run: Callable[[], object], places: Places
) -> None:
    data = model(size=50_000)
    hub.files["/l"] = File(data)
    row = queue.add(Wanted(url=hub.url("/l"), name="l.safetensors", kind="network", sha256=sha256(data)))
    part = places.models / "Lora" / "l.safetensors.1.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"\0" * 1000)  # what a power cut may leave
    queue.note(row.id, part=part, mark=Mark(hub.files["/l"].mark, "", len(data)))
    run()
    assert (places.models / "Lora" / "l.safetensors").read_bytes() == data


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (model()[:-100], "cut short"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
        (b"<html><body>Log in", "web page"),
        (b"", "empty"),
        (b"rubbish" * 100, "not a model file"),
    ],
)
def test_without_a_hash_the_header_is_looked_at(
    hub: Hub, queue: Queue, run: Callable[[], object], places: Places, data: bytes, text: str
) -> None:
    hub.files["/l"] = File(data)
    row = queue.add(Wanted(url=hub.url("/l"), name="l.safetensors", kind="network"))
    run()
    assert queue.row(row.id).state == State.FAILED
    assert text in str(queue.row(row.id).failure.error)  # type: ignore[union-attr]
    assert list(places.models.rglob("*.safetensors")) == []
    hub.files["/l"] = File(model())
    queue.resume(row.id)
    run()
    assert queue.row(row.id).state == State.DONE


def test_a_pickle_with_code_is_not_let_in(hub: Hub, queue: Queue, run: Callable[[], object], places: Places) -> None:
    import pickle

    class Exploit:
        def __reduce__(self) -> object:
            return os.system, ("touch /tmp/was-run",)

    hub.files["/l"] = File(pickle.dumps(Exploit(), protocol=2))
    row = queue.add(Wanted(url=hub.url("/l"), name="l.pt", kind="embedding"))
    run()
    assert queue.row(row.id).state == State.FAILED
    assert list(places.models.rglob("*.pt")) == []


@pytest.mark.parametrize("name", ["evil.exe", "x.py", "run.bat", "readme.txt", "a.safetensors.exe"])
def test_only_model_files_are_taken(queue: Queue, places: Places, name: str) -> None:
    with pytest.raises(FileProblem, match="not a model file"):
        runner.add(queue, Wanted(url="https://x.org/1", name=name), places, Settings())


def test_what_a_server_calls_no_model_is_refused_before_it_is_fetched(
    hub: Hub, queue: Queue, run: Callable[[], object]
) -> None:
    hub.files["/x"] = File(b"x" * 5_000_000, name='attachment; filename="all.zip"', pause_s=0.01)
    row = queue.add(Wanted(url=hub.url("/x")))
    run()
    assert "all.zip is not a model file" in str(queue.row(row.id).failure.error)  # type: ignore[union-attr]
    assert hub.sent < 5_000_000


def test_the_whole_list_must_fit_on_the_disk(queue: Queue, places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10_000 + room.RESERVE})())
    runner.add(queue, Wanted(url="https://x.org/1", name="1.pt", size=6_000), places, Settings())
    with pytest.raises(DiskFull):
        runner.add(queue, Wanted(url="https://x.org/2", name="2.pt", size=6_000), places, Settings())
    runner.add(queue, Wanted(url="https://x.org/3", name="3.pt", size=3_000), places, Settings())
    assert [row.wanted.size for row in queue.rows()] == [6_000, 3_000]


def test_a_preview_that_is_missing_or_no_picture_does_no_harm(
    hub: Hub, queue: Queue, run: Callable[[], object], places: Places
) -> None:
    hub.files["/l"], hub.files["/p"] = File(model()), File(b"no picture")
    for number, preview in enumerate((hub.url("/p"), hub.url("/nothing"), "ftp://x")):
        queue.add(Wanted(url=f"{hub.url('/l')}?{number}", name=f"{number}.safetensors", preview=preview))
    run()
    assert [row.state for row in queue.rows()] == [State.DONE] * 3
    assert list(places.models.rglob("*.png")) == []


# several at once


def test_several_at_once_and_no_more_than_that(hub: Hub, queue: Queue, web: Web, run: Callable[[], object]) -> None:
    web.settings = Settings(downloads_at_once=3)
    for number in range(7):
        hub.files[f"/{number}"] = File(model(size=20_000, seed=number), pause_s=0.02)
        queue.add(Wanted(url=hub.url(f"/{number}"), name=f"{number}.safetensors"))
    run()
    assert [row.state for row in queue.rows()] == [State.DONE] * 7
    assert hub.most_at_once == 3


def test_one_that_fails_does_not_keep_the_others(hub: Hub, queue: Queue, run: Callable[[], object]) -> None:
    hub.files["/good"] = File(model())
    bad = queue.add(Wanted(url=hub.url("/gone"), name="gone.safetensors"))
    good = queue.add(Wanted(url=hub.url("/good"), name="good.safetensors"))
    run()
    assert (queue.row(bad.id).state, queue.row(good.id).state) == (State.FAILED, State.DONE)
    assert "removed or renamed" in str(queue.row(bad.id).failure.error)  # type: ignore[union-attr]


class Slow:
    """A run in a thread of its own, over a slow line."""

    def __init__(self, hub: Hub, queue: Queue, web: Web, places: Places) -> None:
        self.data = model(size=100_000)
        hub.files["/l"] = File(self.data, pause_s=0.05)
        self.row = queue.add(Wanted(url=hub.url("/l"), name="l.safetensors", kind="network"))
        self.queue, self.context = queue, JobContext(self._hear)
        self.reports: list[Report] = []
        self.error: BaseException | None = None
        self._arguments = (queue, web, places, self.context)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        self.wait(lambda: any(report.done for report in self.reports))

    def _hear(self, name: str, value: object) -> None:
        if isinstance(value, Report):
            self.reports.append(value)

    def _run(self) -> None:
        try:
            runner.run(*self._arguments)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test looks at it
            self.error = error

    def wait(self, condition: Callable[[], object], timeout_s: float = 8) -> None:
        end = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.01)


def test_pausing_and_going_on(hub: Hub, queue: Queue, web: Web, places: Places) -> None:
    slow = Slow(hub, queue, web, places)
    queue.pause(slow.row.id)
    slow.wait(lambda: not slow.thread.is_alive())
    paused = queue.row(slow.row.id)
    done = paused.done
    assert paused.state == State.PAUSED
    assert 0 < done < len(slow.data)
    queue.resume(slow.row.id)
    hub.files["/l"].pause_s = 0
    runner.run(queue, web, places, JobContext())
    assert (places.models / "Lora" / "l.safetensors").read_bytes() == slow.data
    assert hub.ranges("/l") == ["", f"bytes={done}-"]


def test_pausing_and_going_on_at_once_never_runs_twice(hub: Hub, queue: Queue, web: Web, places: Places) -> None:
    slow = Slow(hub, queue, web, places)
    for _ in range(5):
        queue.pause(slow.row.id)
        time.sleep(0.03)
        queue.resume(slow.row.id)
    slow.wait(lambda: not slow.thread.is_alive(), 20)
    assert (places.models / "Lora" / "l.safetensors").read_bytes() == slow.data
    assert [file.name for file in (places.models / "Lora").iterdir()] == ["l.safetensors"]


def test_taking_one_off_the_list_stops_it_and_deletes_its_part(
    hub: Hub, queue: Queue, web: Web, places: Places
) -> None:
    slow = Slow(hub, queue, web, places)
    runner.remove(queue, slow.row.id)
    slow.wait(lambda: not slow.thread.is_alive())
    assert queue.rows() == []
    assert [file for file in places.models.rglob("*") if file.is_file()] == []


def test_stopping_all_lets_them_wait_and_tells_the_rate(hub: Hub, queue: Queue, web: Web, places: Places) -> None:
    slow = Slow(hub, queue, web, places)
    slow.wait(lambda: slow.reports[-1].rate > 0)
    assert slow.reports[-1].left_s is not None
    began = time.monotonic()
    slow.context.cancel()
    slow.thread.join(5)
    assert time.monotonic() - began < 2
    assert isinstance(slow.error, Cancelled)
    assert queue.row(slow.row.id).state == State.WAITING


def test_two_programs_never_work_on_one_list(hub: Hub, queue: Queue, web: Web, places: Places) -> None:
    slow = Slow(hub, queue, web, places)
    with pytest.raises(runner.Busy):
        runner.run(queue, web, places, JobContext())
    slow.context.cancel()
    slow.thread.join(5)


# after a kill


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_killed_at_any_moment_everything_arrives_once_and_right(hub: Hub, places: Places) -> None:
    chance = random.Random(20261123)  # noqa: S311
    files = {f"m{n}.safetensors": model(size=size, seed=n) for n, size in enumerate([90_000, 200_000, 300, 120_000])}
    queue = Queue(places.data / "downloads.db")
    for number, (name, data) in enumerate(files.items()):
        hub.files[f"/{name}"] = File(data, piece=20_000, pause_s=0.004)
        queue.add(Wanted(url=hub.url(f"/{name}"), name=name, kind="network", size=len(data),
                         sha256=sha256(data) if number % 2 else "", metadata={"id": number}))  # fmt: skip
    queue.close()
    ends = [killed_after(places, chance.uniform(0, 0.5)) for _ in range(12)]
    assert -signal.SIGKILL in ends
    for file in hub.files.values():
        file.pause_s = 0
    assert killed_after(places, None) == 0
    folder = places.models / "Lora"
    assert {path.name: path.read_bytes() for path in folder.glob("*.safetensors")} == files
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".safetensors") == [
        f"m{n}.civitai.info" for n in range(4)
    ]
    queue = Queue(places.data / "downloads.db")
    assert queue.notice is None
    assert [row.state for row in queue.rows()] == [State.DONE] * 4
    queue.close()
    assert hub.sent < sum(map(len, files.values())) * 1.5  # what was there was not fetched again


def killed_after(places: Places, seconds: float | None) -> int:
    """Let a worker go on with the list, and kill it so long after it is ready; how it ended."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(WORKER), str(places.home)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
        if seconds is not None:
            time.sleep(seconds)
            worker.send_signal(signal.SIGKILL)
        return worker.wait(60)


@pytest.mark.parametrize("when", ["before", "linked", "after"])
def test_killed_around_the_last_rename(
    hub: Hub, queue: Queue, places: Places, run: Callable[[], object], when: str
) -> None:
    data = model()
    hub.files["/l"] = File(data)
    row = queue.add(Wanted(url=hub.url("/l"), name="l.safetensors", kind="network", metadata={"id": 1}))
    folder = places.models / "Lora"
    folder.mkdir(parents=True)
    part, path = folder / "l.safetensors.1.part", folder / "l.safetensors"
    if when != "after":
        part.write_bytes(data)
    if when == "linked":
        os.link(part, path)
    if when == "after":
        path.write_bytes(data)
    queue.next()
    queue.note(row.id, part=part, mark=Mark(hub.files["/l"].mark, "", len(data)), path=path)
    run()
    assert queue.row(row.id).state == State.DONE
    assert sorted(file.name for file in folder.iterdir()) == ["l.civitai.info", "l.safetensors"]
    assert hub.seen == []


def test_a_refusal_is_one_sentence_with_what_to_do(hub: Hub, queue: Queue, run: Callable[[], object]) -> None:
    hub.files["/l"] = File(model(), token="t")  # noqa: S106
    row = queue.add(Wanted(url=hub.url("/l"), name="l.safetensors"))
    run()
    failure = queue.row(row.id).failure
    assert failure is not None
    assert str(failure.error) == (
        "Civitai gives this file only to its users. Make a token at https://civitai.com/user/account and enter it here."
    )
    assert failure.values["site"] == "civitai"


def test_the_row_of_a_part_knows_how_far_it_is(queue: Queue, tmp_path: Path) -> None:
    row = queue.add(Wanted(url="https://x.org/a.pt", name="a.pt", size=100))
    (tmp_path / "a.part").write_bytes(b"x" * 40)
    queue.note(row.id, part=tmp_path / "a.part")
    found: Row = queue.row(row.id)
    assert (found.done, found.total, found.missing, found.name) == (40, 100, 60, "a.pt")
    assert place.file_name("", tmp_path) == "model.safetensors"
