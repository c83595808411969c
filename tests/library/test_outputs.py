"""Pictures on disk: named by the patterns, whole or not there, never over another."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.core import infotext
from studio.core.errors import DiskFull, FileProblem
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.result import GeneratedImage
from studio.core.settings import Settings
from studio.library import outputs

GOLDEN = json.loads((Path(__file__).parents[1] / "data" / "golden" / "filenames.json").read_text("utf-8"))
ROOT = Path(__file__).parents[2]
FLAT = Settings(directory_pattern="")


def image(index: int = 0, size: tuple[int, int] = (16, 8), **values: Any) -> GeneratedImage:
    pixels = np.random.default_rng(index).integers(0, 256, (size[1], size[0], 3), np.uint8)
    request = GenerateRequest(**{"prompt": "a cat, b", "seed": 123 + index, **values})
    return GeneratedImage(pixels, request, index, {"Model hash": "0123456789", "Model": "m"}, ("slower",))


def top(places: Places) -> Path:
    return places.outputs / "txt2img-images"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "我的 studio")


@pytest.mark.parametrize("case", GOLDEN["save_image"], ids=lambda case: case["saved"][0])
def test_names_are_the_webuis(case: dict[str, Any]) -> None:
    opts, args = case["opts"], case["args"]
    in_folders = opts.get("save_to_dirs", True)
    pattern = opts.get("samples_filename_pattern") or ("[seed]" if in_folders else "[seed]-[prompt_spaces]")
    has_decoration = not args.get("short") and args.get("seed", 123) is not None
    decoration = {"[seed]": "123", "[seed]-[prompt_spaces]": "123-a cat, b"}[pattern] if has_decoration else ""
    decoration += args.get("suffix", "")
    names: list[str] = []
    for expected in case["saved"]:
        add_number = opts.get("save_images_add_number", True)
        stems = outputs.stems_of(decoration, names, add_number, basename=args.get("basename", ""))
        found = next(f"{stem}.png" for stem in stems if f"{stem}.png" not in names)
        if expected not in names:  # the web UI may overwrite, we never do
            assert found == expected
        names.append(found)
    assert len(set(names)) == len(names)


def test_a_picture_is_saved_with_its_infotext(places: Places) -> None:
    saved = outputs.save(image(), Settings(), places)
    assert saved.path == top(places) / datetime.now().strftime("%Y-%m-%d") / "00000-123.png"
    assert infotext.text_in(saved.path) == saved.infotext
    assert infotext.read(saved.path)[0].prompt == "a cat, b"
    assert (saved.width, saved.height, saved.index, saved.notes) == (16, 8, 0, ("slower",))
    with Image.open(saved.path) as opened:
        assert np.array_equal(np.array(opened), image().pixels)
    assert [path.name for path in saved.path.parent.iterdir()] == ["00000-123.png"]


def test_the_same_picture_is_the_same_bytes(places: Places) -> None:
    first, second = (outputs.save(image(), Settings(), places).path for _ in range(2))
    assert first != second
    assert first.read_bytes() == second.read_bytes()


def test_patterns_make_folders(places: Places) -> None:
    settings = Settings(
        directory_pattern="[model_name]/../[prompt_words]", filename_pattern="[sampler]/[seed]-[clip_skip]"
    )
    assert outputs.plan(image(), settings, places) == top(places) / "m" / "a cat b" / "DPM++ 2M" / "00000-123-1.png"
    elsewhere = Settings(output_folder=str(places.home / "x y"), directory_pattern="")
    assert outputs.plan(image(), elsewhere, places) == places.home / "x y" / "00000-123-a cat, b.png"


def test_batches_are_named_by_their_order(places: Places) -> None:
    order = GenerateRequest(batch_size=2, batch_count=3)
    settings = Settings(
        directory_pattern="", filename_pattern="[batch_number]-[generation_number]-[seed_first]-[seed_last]"
    )
    assert outputs.plan(image(3), settings, places, order=order).name == "00000-2-4-123-128.png"
    assert outputs.plan(image(3), settings, places).name == "00000--126.png"


def test_numbers_follow_what_is_there_and_what_is_taken(places: Places) -> None:
    folder = top(places)
    folder.mkdir(parents=True)
    (folder / "00041-7.png").touch()
    first = outputs.plan(image(), FLAT, places)
    assert first.name == "00042-123-a cat, b.png"
    assert outputs.plan(image(), FLAT, places, taken=[first]).name == "00043-123-a cat, b.png"


def test_no_picture_is_ever_overwritten(places: Places) -> None:
    settings = FLAT.model_copy(update={"add_number": False, "filename_pattern": "[seed]"})
    names = [outputs.save(image(), settings, places).path.name for _ in range(3)]
    assert names == ["123.png", "123-1.png", "123-2.png"]
    path = outputs.plan(image(), FLAT, places)
    path.write_bytes(b"someone was quicker")
    saved = outputs.write(path, image(), FLAT)
    assert saved.path == path.with_name(f"{path.stem}-1.png")
    assert path.read_bytes() == b"someone was quicker"


def test_file_systems_without_links(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    settings = FLAT.model_copy(update={"add_number": False, "filename_pattern": "[seed]"})
    names = [outputs.save(image(), settings, places).path.name for _ in range(2)]
    assert names == ["123.png", "123-1.png"]
    assert {path.name for path in top(places).iterdir()} == set(names)


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_every_format_holds_its_infotext(places: Places, kind: str) -> None:
    saved = outputs.save(image(), Settings(image_format=kind, jpeg_quality=90), places)
    assert saved.path.suffix == f".{kind}"
    assert infotext.text_in(saved.path) == saved.infotext


def test_a_jpeg_without_room_for_its_infotext_gets_a_text_file(places: Places) -> None:
    saved = outputs.save(image(prompt="word " * 20_000), Settings(image_format="jpg"), places)
    assert saved.path.with_suffix(".txt").read_text("utf-8") == saved.infotext
    assert infotext.read(saved.path)[0].prompt == "word " * 20_000


def test_pictures_too_large_for_their_format_become_png(places: Places) -> None:
    saved = outputs.save(image(size=(16_384, 1)), Settings(image_format="webp"), places)
    assert saved.path.suffix == ".png"
    assert outputs.plan(image(size=(16_383, 1)), Settings(image_format="webp"), places).suffix == ".webp"


@pytest.mark.parametrize("prompt", ["猫" * 300, "a" * 500, "con", "...", "\n/\\", "😀" * 128])
@pytest.mark.parametrize("add_number", [True, False])
def test_any_prompt_makes_a_file(places: Places, prompt: str, add_number: bool) -> None:
    settings = Settings(directory_pattern="[prompt]", filename_pattern="[prompt][prompt_spaces]", add_number=add_number)
    for _ in range(2):
        saved = outputs.save(image(prompt=prompt), settings, places)
        assert saved.path.is_file()
        assert saved.path.resolve().is_relative_to(places.outputs.resolve())
        assert len(saved.path.name.encode()) <= 255


def test_a_full_disk_leaves_nothing(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = outputs.plan(image(), FLAT, places)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        outputs.write(path, image(), FLAT)
    assert list(top(places).iterdir()) == []


def test_a_folder_that_cannot_be(places: Places) -> None:
    places.home.mkdir()
    places.outputs.write_text("a file")
    with pytest.raises(FileProblem):
        outputs.save(image(), FLAT, places)


def _save_some(home: Path, count: int) -> None:
    for _ in range(count):
        outputs.save(image(), FLAT, Places(home))


def test_processes_that_save_at_once_lose_nothing(places: Places) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_save_some, args=(places.home, 15)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    files = list(top(places).iterdir())
    assert len(files) == 45
    for path in files:
        with Image.open(path) as opened:
            opened.load()


def test_a_killed_process_leaves_only_whole_pictures(places: Places) -> None:
    code = (
        "import sys, pathlib; sys.path.insert(0, 'tests/library'); import test_outputs\n"
        f"test_outputs._save_some(pathlib.Path({str(places.home)!r}), 100_000)"
    )
    for _ in range(5):
        before = len(list(top(places).glob("*.png"))) if top(places).exists() else 0
        process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and len(list(top(places).glob("*.png"))) < before + 3:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        process.wait()
    for path in top(places).glob("*.png"):
        with Image.open(path) as opened:
            opened.load()
    outputs.sweep(places.outputs)
    assert {path.suffix for path in top(places).iterdir()} == {".png"}


def test_sweep_keeps_what_is_alive(places: Places) -> None:
    folder = top(places)
    folder.mkdir(parents=True)
    alive, dead, other, old = (
        folder / name
        for name in (f".studio-{os.getpid()}-ab.tmp", ".studio-999999999-ab.tmp", ".fresh.tmp", ".old.tmp")
    )
    for path in (alive, dead, other, old, folder / "mine.tmp"):
        path.touch()
    os.utime(old, (1, 1))
    assert set(outputs.sweep(places.outputs)) == {dead, old}
    assert outputs.sweep(places.home / "missing") == []
