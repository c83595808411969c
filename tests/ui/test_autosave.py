"""What is typed is on disk within a second and back after a crash."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.ui.autosave import Autosave
from studio.ui.jobs import Lane


def test_a_state_is_written_soon_and_recalled(tmp_path: Path, until: Callable[..., None]) -> None:
    path, lane, text = tmp_path / "数据" / "window.json", Lane("files"), ["a"]
    autosave = Autosave(path, lane)
    autosave.watch("create", lambda: {"prompt": text[0]})
    began = time.monotonic()
    for letter in "bcdefghij":
        text[0] += letter
        autosave.touch("create")
    until(path.exists)
    assert time.monotonic() - began < 1.5
    until(lambda: not lane.jobs)
    lane.stop()
    assert Autosave(path, lane).recall("create") == {"prompt": "abcdefghij"}


def test_typing_without_pause_is_still_written(tmp_path: Path, until: Callable[..., None]) -> None:
    path, lane, count = tmp_path / "window.json", Lane("files"), [0]
    autosave = Autosave(path, lane)
    autosave.watch("create", lambda: {"count": count[0]})

    def type_on() -> bool:
        count[0] += 1
        autosave.touch("create")
        return path.exists()

    until(type_on, 2)
    until(lambda: not lane.jobs)
    autosave.flush()
    lane.stop()
    assert Autosave(path, lane).recall("create") == {"count": count[0]}


def test_flush_writes_before_it_returns(tmp_path: Path) -> None:
    autosave = Autosave(tmp_path / "window.json", Lane("files"))
    autosave.watch("home", lambda: {"x": 1})
    autosave.flush("home")
    assert json.loads((tmp_path / "window.json").read_text("utf-8")) == {"home": {"x": 1}}


def test_a_state_outlives_the_page_that_gave_it(tmp_path: Path) -> None:
    autosave = Autosave(tmp_path / "window.json", Lane("files"))
    autosave.watch("create", lambda: {"old": 1})
    autosave.remember("create", {"new": 2})
    autosave.flush()
    assert autosave.recall("create") == {"new": 2}


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"create": 5}', "[" * 100_000, "\x00\x01"])
def test_a_broken_file_is_nothing_remembered(tmp_path: Path, text: str) -> None:
    path = tmp_path / "window.json"
    path.write_text(text, "utf-8")
    assert Autosave(path, Lane("files")).recall("create") == {}
