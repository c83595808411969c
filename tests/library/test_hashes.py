"""Hashes equal to the web UI's, read once."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from studio.core.errors import Cancelled, FileProblem
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.library import hashes

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
CASES = json.loads((GOLDEN / "hashes.json").read_text("utf-8"))
FILES = [row for row in CASES["rows"] if (GOLDEN / "hash_files" / row["file"]).exists()]
LORAS = {path.stem: path for path in (GOLDEN / "e2e_tiny" / "lora").glob("*.safetensors")}


@pytest.mark.parametrize("row", FILES, ids=lambda row: row["file"])
def test_equal_to_the_web_ui(places: Places, row: dict[str, str]) -> None:
    path = GOLDEN / "hash_files" / row["file"]
    found = hashes.sha256(path, places)
    assert (found, hashes.short(found)) == (row["sha256"], row["AutoV2"])
    assert hashes.legacy(path) == row["AutoV1_model_hash"]
    if row["AutoV3_12"].startswith("error"):
        with pytest.raises(FileProblem):
            hashes.without_header(path)
    else:
        assert hashes.without_header(path) == row["addnet_hash_safetensors"]


def test_legacy_hash_reads_the_second_mebibyte(tmp_path: Path) -> None:
    path = tmp_path / "two"
    path.write_bytes(bytes(range(256)) * 8192)
    row = CASES["rows"][-1]
    assert row["file"] == "bytes(range(256))*8192"
    assert hashes.legacy(path) == row["AutoV1_model_hash"]


def test_read_once_and_again_after_a_change(places: Places, tmp_path: Path) -> None:
    path = tmp_path / "模型 a.safetensors"
    path.write_bytes(b"one")
    first = hashes.sha256(path, places)
    reports: list[object] = []
    context = JobContext(lambda *report: reports.append(report))
    assert hashes.known([path], places) == {path: first}
    assert hashes.sha256(path, places, context) == first
    assert not reports
    before = path.stat().st_mtime_ns
    path.write_bytes(b"two")
    os.utime(path, ns=(before + 1, before + 1))
    assert hashes.known([path], places) == {}
    assert hashes.sha256(path, places, context) != first
    assert reports


def test_nothing_is_made_by_asking(places: Places, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    assert hashes.known([tmp_path / "a", tmp_path / "missing"], places) == {}
    assert not places.data.exists()


def test_a_broken_cache_is_begun_anew(places: Places, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    places.data.mkdir(parents=True)
    (places.data / "hashes.sqlite").write_bytes(b"no database at all" * 100)
    found = hashes.sha256(tmp_path / "a", places)
    assert hashes.known([tmp_path / "a"], places) == {tmp_path / "a": found}


def test_a_cache_in_use_waits_for_its_turn(places: Places, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")
    hashes.sha256(tmp_path / "a", places)
    reader = sqlite3.connect(places.data / "hashes.sqlite")
    assert reader.execute("SELECT count(*) FROM hash").fetchone() == (1,)
    hashes.sha256(tmp_path / "b", places)
    assert reader.execute("SELECT count(*) FROM hash").fetchone() == (2,)
    reader.close()


def test_cancelled_leaves_nothing(places: Places, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    context = JobContext()
    context.cancel()
    with pytest.raises(Cancelled):
        hashes.sha256(tmp_path / "a", places, context)
    assert hashes.known([tmp_path / "a"], places) == {}


def test_a_missing_file_is_a_file_problem(places: Places, tmp_path: Path) -> None:
    with pytest.raises(FileProblem):
        hashes.sha256(tmp_path / "missing", places)
