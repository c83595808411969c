"""The models' index: everything found, read once, found again, and never in the way."""

import json
import os
import shutil
import threading
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from studio.core.errors import Cancelled
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library import model_facts, sidecars
from studio.library.index import Changes, ModelIndex
from studio.library.model_rows import SORTS, Model, Query

SETTINGS = Settings()


def lora(path: Path, width: int = 768, **metadata: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    name = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
    tensors = {f"{name}.lora_down.weight": torch.zeros(4, width), f"{name}.lora_up.weight": torch.zeros(8, 4)}
    save_file(tensors, path, metadata or None)
    os.utime(path, (1_700_000_000, 1_700_000_000))  # not being written any more
    return path


@pytest.fixture
def loras(places: Places) -> Path:
    folder = places.models / "Lora"
    lora(folder / "b 猫.safetensors", ss_tag_frequency='{"a": {"whiskers": 3}}')
    lora(folder / "sub" / "a10.safetensors", 2048)
    lora(folder / "sub" / "a2.safetensors", 1024)
    return folder


@pytest.fixture
def index(places: Places, loras: Path) -> ModelIndex:
    index = ModelIndex(places.data / "models.sqlite")
    assert index.scan(places, SETTINGS) == Changes(added=3)
    return index


def shown(index: ModelIndex, **query: object) -> list[str]:
    return [model.name for model in index.models(index.find(Query(**query)))]  # type: ignore[arg-type]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose header is read."""
    found: list[str] = []
    read = model_facts.read

    def noted(path: Path) -> model_facts.ModelFacts:
        found.append(path.name)
        return read(path)

    monkeypatch.setattr(model_facts, "read", noted)
    return found


def test_models_with_all_they_say(index: ModelIndex, places: Places, loras: Path) -> None:
    (model,) = index.models(index.find(Query(words="猫")))
    assert (model.path, model.use, model.home, model.name) == (
        loras / "b 猫.safetensors",
        "network",
        loras,
        "b 猫.safetensors",
    )
    assert model.facts is not None
    assert (model.facts.base, model.facts.rank, model.facts.tags) == ("SD1", 4, (("whiskers", 3),))
    assert (model.title, model.preview, model.problem, model.size_bytes) == (
        "b 猫",
        None,
        None,
        model.path.stat().st_size,
    )
    assert index.at(model.path) == model
    assert index.at(loras) is None


def test_nothing_is_read_twice(index: ModelIndex, places: Places, loras: Path, reads: list[str]) -> None:
    assert not index.scan(places, SETTINGS)
    index.close()
    index = ModelIndex(places.data / "models.sqlite")
    assert not index.scan(places, SETTINGS)
    sidecars.save(loras / "b 猫.safetensors", notes="fluffy")
    assert index.scan(places, SETTINGS) == Changes(changed=1)
    assert reads == []
    assert shown(index, words="fluffy") == ["b 猫.safetensors"]
    lora(loras / "sub" / "a2.safetensors", 768, ss_output_name="x")
    assert index.scan(places, SETTINGS) == Changes(changed=1)
    assert reads == ["a2.safetensors"]
    assert shown(index, base="SD2") == []


def test_gone_and_back_without_being_read(index: ModelIndex, places: Places, loras: Path, reads: list[str]) -> None:
    before = index.models(index.find())
    away = loras.rename(loras.parent / "away")
    assert index.scan(places, SETTINGS) == Changes(gone=3)
    assert index.find() == []
    away.rename(loras)
    assert index.scan(places, SETTINGS) == Changes(added=3)
    assert index.models(index.find()) == before
    assert reads == []


def test_polling_sees_what_a_scan_would(index: ModelIndex, places: Places, loras: Path) -> None:
    def changed() -> bool:
        found = index.has_changed(places, SETTINGS)
        if found:
            index.scan(places, SETTINGS)
        assert not index.has_changed(places, SETTINGS)
        return found

    assert not changed()
    lora(loras / "sub" / "new.safetensors")
    assert changed()
    (loras / "empty").mkdir()
    assert changed()
    sidecars.save(loras / "b 猫.safetensors", notes="x")
    assert changed()
    (loras / "sub" / "new.safetensors").unlink()
    assert changed()
    (places.models / "VAE").mkdir()
    assert changed()
    fresh = loras / "part.safetensors"
    fresh.write_bytes(b"half")
    assert changed()
    with fresh.open("ab") as file:
        file.write(b"more")
    os.utime(fresh, ns=(0, fresh.stat().st_mtime_ns + 1_000_000))
    assert changed()


def test_filters_and_orders(index: ModelIndex, places: Places, loras: Path) -> None:
    sidecars.save(loras / "sub" / "a2.safetensors", is_favourite=True, tags=("动漫", "x_y"), description="100% cat")
    index.refresh(loras / "sub" / "a2.safetensors")
    for query, names in [
        ({}, ["b 猫.safetensors", "sub/a10.safetensors", "sub/a2.safetensors"]),
        ({"words": "A2 SUB"}, ["sub/a2.safetensors"]),
        ({"words": "whiskers"}, ["b 猫.safetensors"]),
        ({"words": "100%"}, ["sub/a2.safetensors"]),
        ({"words": "xay"}, []),
        ({"base": "SDXL"}, ["sub/a10.safetensors"]),
        ({"use": "network", "kind": "network", "tag": "动漫"}, ["sub/a2.safetensors"]),
        ({"tag": "动"}, []),
        ({"use": "checkpoint"}, []),
        ({"folder": str(loras / "sub")}, ["sub/a10.safetensors", "sub/a2.safetensors"]),
        ({"folder": str(loras / "su")}, []),
        ({"only_favourites": True}, ["sub/a2.safetensors"]),
        ({"only_problems": True}, []),
        ({"words": "' OR 1=1 --"}, []),
    ]:
        assert shown(index, **query) == names, query
    assert all(len(index.find(Query(sort=sort))) == 3 for sort in SORTS)
    assert index.values("base") == {"SD1": 1, "SD2": 1, "SDXL": 1}
    assert index.values("tags") == {"x_y": 1, "动漫": 1}
    assert index.folders() == {loras: 1, loras / "sub": 2}
    with pytest.raises(KeyError):
        index.values("path; DROP TABLE model")


def test_broken_files_are_listed_with_their_reason(places: Places, loras: Path) -> None:
    for name, data in (
        ("page.safetensors", b"<html>"),
        ("lfs.safetensors", b"version https://git-lfs"),
        ("e.ckpt", b""),
    ):
        (loras / name).write_bytes(data)
    index = ModelIndex(places.data / "models.sqlite")
    index.scan(places, SETTINGS)
    broken = {model.name: str(model.problem) for model in index.models(index.find(Query(only_problems=True)))}
    assert "web page" in broken["page.safetensors"]
    assert "LFS" in broken["lfs.safetensors"]
    assert "empty" in broken["e.ckpt"]


def test_previews_are_no_embeddings(places: Places) -> None:
    from PIL import Image

    folder = places.models / "embeddings"
    folder.mkdir(parents=True)
    torch.save({"string_to_param": {"*": torch.zeros(2, 768)}}, folder / "a.pt")
    for name in ("a.png", "a.preview.png", "b.preview.png", "just a picture.png"):
        Image.new("RGB", (4, 4)).save(folder / name)
    index = ModelIndex(places.data / "models.sqlite")
    index.scan(places, SETTINGS)
    (model,) = index.models(index.find())
    assert (model.name, model.preview) == ("a.pt", folder / "a.preview.png")


def test_diffusers_folders_are_one_model(places: Places) -> None:
    from tests.engine import checkpoints as make

    make.save_folder(places.models / "Stable-diffusion" / "sub" / "my v1.5", make.checkpoint("SD1"))
    index = ModelIndex(places.data / "models.sqlite")
    index.scan(places, SETTINGS)
    (model,) = index.models(index.find())
    assert (model.name, model.title) == ("sub/my v1.5", "my v1.5")
    assert model.facts is not None
    assert model.facts.base == "SD1"
    assert model.size_bytes > 10**6


def test_a_stopped_scan_keeps_what_it_has_and_goes_on(places: Places, loras: Path) -> None:
    for n in range(200):
        shutil.copy(loras / "b 猫.safetensors", loras / f"{n}.safetensors")
    index = ModelIndex(places.data / "models.sqlite")
    context = JobContext()

    def stop(_: str, progress: object) -> None:
        if getattr(progress, "done", 0) >= 64:
            context.cancel()

    context.report = stop
    with pytest.raises(Cancelled):
        index.scan(places, SETTINGS, context)
    assert 64 <= len(index.find()) < 203
    index.scan(places, SETTINGS)
    assert len(index.find()) == 203


def test_it_is_read_while_it_is_written(index: ModelIndex, places: Places, loras: Path) -> None:
    for n in range(300):
        shutil.copy(loras / "b 猫.safetensors", loras / f"{n}.safetensors")
    worker = threading.Thread(target=index.scan, args=(places, SETTINGS))
    worker.start()
    seen = 0
    while worker.is_alive():
        models: list[Model] = index.models(index.find())
        seen = max(seen, len(models))
    worker.join()
    assert seen >= 3
    assert len(index.find()) == 303


def test_a_broken_index_is_begun_anew(places: Places, loras: Path) -> None:
    places.data.mkdir(parents=True)
    (places.data / "models.sqlite").write_bytes(b"rubbish" * 1000)
    index = ModelIndex(places.data / "models.sqlite")
    assert index.notice is not None
    assert index.scan(places, SETTINGS).added == 3


def test_names_that_are_hard_on_databases(places: Places) -> None:
    folder = places.models / "Lora"
    lora(folder / ("长" * 60 + " '\"%_;.safetensors"))
    (folder / "x.json").write_text(json.dumps({"notes": "\ud800"}))
    lora(folder / "x.safetensors")
    index = ModelIndex(places.data / "models.sqlite")
    assert index.scan(places, SETTINGS).added == 2
    if os.name != "nt":
        (folder / os.fsdecode(b"bad\xff.safetensors")).write_bytes(b"x")
        assert not index.scan(places, SETTINGS)
