"""Hashes equal to the web UI's, read once."""

import hashlib
import json
import os
import sqlite3
from pathlib import Path

import pytest

from studio.core.errors import Cancelled, FileProblem
from studio.core.job import JobContext, Progress
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


LORA_ROWS = [row for row in CASES["lora_on_disk"] if row["hash"] and row["alias"] in LORAS]


@pytest.mark.parametrize("row", LORA_ROWS, ids=lambda row: row["file"])
def test_networks_are_called_as_by_the_web_ui(places: Places, row: dict[str, str]) -> None:
    path = LORAS[row["alias"]]
    found = hashes.of(path, places)
    assert found.network == row["shorthash"]
    if row["hash"] != "a" * 64:
        assert (found.tensors, found.tensors_short) == (row["hash"], row["shorthash"])


def test_embeddings_are_called_as_by_the_web_ui(places: Places) -> None:
    for name, row in CASES["embeddings_tiny"].items():
        path = next((GOLDEN / "e2e_tiny" / "embeddings").glob(f"{name}.*"))
        found = hashes.of(path, places)
        assert (found.sha256, found.embedding) == (row["hash"], row["shorthash"])


@pytest.mark.parametrize("row", FILES, ids=lambda row: row["file"])
def test_all_names_of_a_file(places: Places, row: dict[str, str]) -> None:
    found = hashes.of(GOLDEN / "hash_files" / row["file"], places)
    assert (found.sha256, found.model, found.legacy) == (row["sha256"], row["AutoV2"], row["AutoV1_model_hash"])
    assert found.tensors_short == (row["AutoV3_12"] if not row["AutoV3_12"].startswith("error") else "")


def test_a_file_in_the_place_of_another_with_its_time_and_size_is_read(places: Places, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1" * 5_000_000)
    before, first = path.stat(), hashes.sha256(path, places)
    with path.open("r+b") as file:
        file.seek(2_345_678)
        file.write(b"2")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert hashes.known([path], places) == {}
    assert hashes.sha256(path, places) != first


def test_samples_tell_files_apart(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "abcd"]
    for path, data in zip(paths, (b"", b"1", b"1" * 100_000, b"1" * 99_999 + b"2"), strict=True):
        path.write_bytes(data)
    marks = [hashes.sampled(path) for path in paths]
    assert len(set(marks)) == 4
    assert marks == [hashes.sampled(path) for path in paths]


def test_all_are_read_in_the_background_the_small_ones_first(places: Places, tmp_path: Path) -> None:
    sizes = {"a": 9 * 2**20 + 5, "b": 10, "c": 0, "d": 2**20}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(name.encode() * size)
    reports: list[tuple[str, object]] = []
    paths = [tmp_path / name for name in (*sizes, "missing")]
    assert hashes.compute(paths, places, JobContext(lambda *report: reports.append(report))) == []
    assert [value for name, value in reports if name == "delivered"] == [tmp_path / name for name in "cbda"]
    shares = [value.done for name, value in reports if isinstance(value, Progress)]
    assert shares == sorted(shares)
    assert shares[-1] == 10
    for name, size in sizes.items():
        wanted = hashlib.sha256(name.encode() * size).hexdigest()
        assert hashes.known(paths, places)[tmp_path / name] == wanted
    reports.clear()
    hashes.compute(paths, places, JobContext(lambda *report: reports.append(report)))
    assert reports == []


def test_files_that_cannot_be_looked_at_do_no_harm_to_others(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that goes or is locked meanwhile: lists and hashing go on with the rest."""
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_bytes(b"1")
    bad.write_bytes(b"2")
    hashes.compute([good, bad], places, JobContext())
    seen = hashes._identity

    def locked(path: Path) -> hashes.Identity:
        if path == bad:
            raise FileProblem(path, "locked")
        return seen(path)

    monkeypatch.setattr(hashes, "_identity", locked)
    assert list(hashes.known([bad, good], places)) == [good]
    assert hashes.compute([bad, good], places, JobContext()) == [bad]


def test_more_files_than_fit_one_question(places: Places, tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(hashes.AT_ONCE + 1)]
    for path in paths:
        path.write_bytes(b"x")
    hashes._remember(dict.fromkeys(hashes._identities(paths), ("a" * 64, "")), places)
    assert set(hashes.known([*paths, tmp_path / "none"], places)) == set(paths)


def test_stopped_in_the_background_keeps_what_is_done(places: Places, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2" * 9 * 2**20)
    context = JobContext()
    context.report = lambda name, _: context.cancel() if name == "delivered" else None
    with pytest.raises(Cancelled):
        hashes.compute([tmp_path / "a", tmp_path / "b"], places, context)
    assert list(hashes.known([tmp_path / "a", tmp_path / "b"], places)) == [tmp_path / "a"]
