"""Stages of a start: recognised, timed, compared with earlier starts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standin_world import add_extension, environment, free_port, make_standin
from webui_listener import Heard, until_ready

from studio.core.paths import Places
from studio.launcher import process, stages
from studio.launcher.stages import STAGES, StageTime, StageWatch, parts

LOG = (
    ("Python 3.10.6 (tags/v3.10.6)", "environment"),
    ("Version: v1.10.1", "environment"),
    ("Installing requirements", "packages"),
    ("Cloning BLIP into D:\\sd\\repositories\\BLIP...", "repositories"),
    ("Launching Web UI with arguments: --xformers", "program"),
    ("Some Python 3.10 text, Installing it was easy", "program"),
    ("Calculating sha256 for D:\\sd\\models\\it.safetensors: abc", "hash"),
    ("Loading weights [abc] from D:\\sd\\models\\it.safetensors", "weights"),
    ("Running on local URL:  http://127.0.0.1:7860", "server"),
)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def walk(watch: StageWatch, clock: Clock, seconds: dict[str, float]) -> StageWatch:
    """A start in which each stage takes `seconds` (else 1)."""
    for line, key in LOG:
        watch.hear(line)
        assert watch.current.key == key, line
        clock.now += seconds.get(key, 1.0)
    watch.ready()
    return watch


def test_stages_are_recognised_and_timed() -> None:
    clock = Clock()
    watch = walk(StageWatch(clock=clock), clock, {"weights": 7})
    assert watch.seconds == {
        "environment": 2, "packages": 1, "repositories": 1, "program": 2, "hash": 1, "weights": 7, "server": 1,
    }  # fmt: skip
    assert watch.state().done == 1.0
    assert watch.state().stage == ""
    assert not watch.hear("Installing something later")


def test_progress_grows_and_stays_below_one() -> None:
    clock = Clock()
    watch = StageWatch(clock=clock)
    seen = []
    for line, _ in LOG:
        watch.hear(line)
        for _ in range(30):
            clock.now += 1.0
            seen.append(watch.state().done)
    assert seen == sorted(seen)
    assert seen[0] > 0
    assert seen[-1] < 1.0


def test_history_weighs_the_stages() -> None:
    clock = Clock()
    history = [{"environment": 1.0, "program": 9.0}] * 3
    watch = StageWatch(history, clock)
    clock.now += 1.0
    watch.hear("Launching Web UI with arguments: ")
    assert watch.state().done == pytest.approx(0.1)
    clock.now += 4.5
    assert watch.state().done == pytest.approx(0.55)


def test_slower_stage_is_told_once_there_is_enough_to_compare() -> None:
    clock = Clock()
    usual = {key: 1.0 for _, key in LOG}
    for count, expected in ((2, []), (3, ["weights"])):
        watch = walk(StageWatch([usual] * count, clock), clock, {"weights": 20, "hash": 3})
        assert [slow.key for slow in watch.slow()] == expected  # 3 s for 1 s is not worth a word


@pytest.mark.parametrize(
    ("seconds", "usual", "is_slow"),
    [(10, 0, False), (10, 4, True), (7.9, 4, False), (3.5, 1, False), (4.5, 1, True), (1, 9, False)],
)
def test_slow(seconds: float, usual: float, is_slow: bool) -> None:
    assert StageTime("x", seconds, usual).is_slow is is_slow


def test_parts_of_the_summary() -> None:
    line = (
        "Startup time: 12.3s (prepare environment: 5.1s, import torch: 3.2s, load scripts: 1.0s (sub), add APIs: 0.5s)."
    )
    assert parts(line)["import torch"] == 3.2
    assert parts(line)["prepare environment"] == 5.1
    assert parts(line)["add APIs"] == 0.5
    assert parts("Startup time: 2.0s.") == {}
    assert parts("Model loaded in 4.5s (load weights: 4.0s)") == {}


@given(st.text(max_size=300))
def test_any_line_can_be_heard(line: str) -> None:
    watch = StageWatch()
    watch.hear(line)
    assert watch.current in STAGES
    assert all(seconds >= 0 for seconds in parts("Startup time: 1s (" + line).values())


def test_history_is_kept_per_install_and_bounded(places: Places) -> None:
    watch = StageWatch(seconds={"program": 1.5})
    for _ in range(stages.KEPT_STARTS + 5):
        stages.add_to_history(places, "one", watch)
    assert stages.load_history(places, "one") == [{"program": 1.5}] * stages.KEPT_STARTS
    assert stages.load_history(places, "two") == []
    for text in ("", "{}", '[1, {"a": "b", "c": 2}]', "nonsense"):
        (places.data / "launcher" / "one.stages.json").write_text(text, "utf-8")
        assert stages.load_history(places, "one") in ([], [{"c": 2.0}])


def test_a_real_start_is_watched_and_kept(tmp_path: Path, places: Places) -> None:
    install = make_standin(tmp_path / "w", seconds={"url_to_ready": 0.1})
    add_extension(install, "slow", "import time; time.sleep(0.2)")
    for name in ("one", "two"):
        (add_extension(install, name, "x = 1") / "scripts" / f"{name}.py").rename(
            install.folder / "extensions" / name / "scripts" / "same.py"
        )
    heard = Heard()
    webui = process.start(install, ["--port", str(free_port())], environment(), places, heard)
    until_ready(webui)
    seconds = stages.extension_seconds(install, stages.profile(webui.url))
    assert set(seconds) == {"pocket-networks", "slow"}
    assert seconds["slow"] > 0.15 > seconds["pocket-networks"]
    webui.stop()
    assert stages.profile(webui.url) == {}
    told = [event.stage for event in heard.events if isinstance(event, stages.StartUp)]
    assert told[0] == "packages"
    assert told[-1] == ""
    (start,) = stages.load_history(places, "standin")
    assert set(start) >= {"environment", "packages", "repositories", "program", "server", "import torch"}
