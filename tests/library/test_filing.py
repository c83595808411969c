"""Files from elsewhere: told by their contents, moved or copied where they belong, and brought back."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from safetensors.numpy import save_file

from studio.core.errors import Cancelled
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library import filing, plans

LORA = "lora_te_text_model_encoder_layers_0_mlp_fc1"


def tensors(*names: str, shape: tuple[int, ...] = (2, 768)) -> dict[str, np.ndarray]:
    return {name: np.zeros(shape, "float32") for name in names}


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    folder = tmp_path / "下载 folder"
    folder.mkdir()
    save_file(tensors(f"{LORA}.lora_up.weight", f"{LORA}.lora_down.weight"), folder / "hair.safetensors")
    save_file(tensors("emb_params"), folder / "style.safetensors")
    save_file(tensors("decoder.conv_in.weight", shape=(4, 4, 3, 3)), folder / "colours.safetensors")
    Image.new("RGB", (8, 8)).save(folder / "hair.preview.png")
    (folder / "page.safetensors").write_bytes(b"<html>not found</html>")
    return folder


WHERE = {
    "hair.safetensors": "Lora",
    "hair.preview.png": "Lora",
    "style.safetensors": "embeddings",
    "colours.safetensors": "VAE",
}


@pytest.mark.parametrize("act", ["move", "copy"])
def test_each_goes_to_its_folder_and_back(downloads: Path, places: Places, act: str) -> None:
    before = {path.name: path.read_bytes() for path in downloads.iterdir()}
    found = filing.filed(sorted(downloads.glob("*.safetensors")), places, Settings())
    plan = getattr(found, act)
    assert {step.path.name: step.target.parent.name for step in plan.steps} == WHERE
    assert [error.values["name"] for error in found.refused] == ["page.safetensors"]
    done = plans.apply(plan, places)
    for name, folder in WHERE.items():
        assert (places.models / folder / name).read_bytes() == before[name]
        assert (downloads / name).exists() is (act == "copy")
    plans.undo(done, places)
    assert {path.name: path.read_bytes() for path in downloads.iterdir()} == before
    assert not [path for path in places.models.rglob("*") if path.is_file()]


def test_a_picture_with_an_embedding_is_filed_and_one_without_is_refused(downloads: Path, places: Places) -> None:
    record = {"string_to_param": {"*": {"TORCHTENSOR": [[0.5] * 768]}}, "name": "inside"}
    info = PngImagePlugin.PngInfo()
    info.add_text("sd-ti-embedding", base64.b64encode(json.dumps(record).encode()).decode())
    Image.new("RGB", (64, 64)).save(downloads / "card.png", pnginfo=info)
    found = filing.filed([downloads / "hair.preview.png", downloads / "card.png"], places, Settings())
    steps = [(step.path.name, step.target.parent.name) for step in found.copy.steps if step.target]
    assert steps == [("card.png", "embeddings")]
    assert [error.values["name"] for error in found.refused] == ["hair.preview.png"]


def test_what_lies_right_already_and_what_is_in_the_way_is_said(downloads: Path, places: Places) -> None:
    there = places.models / "Lora" / "hair.safetensors"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"mine")
    found = filing.filed([there, downloads / "hair.safetensors"], places, Settings())
    assert [error.values["name"] for error in found.refused] == ["hair.safetensors"]
    assert found.move.collisions == (there,)
    assert found.copy.collisions == (there,)


def test_a_copy_that_is_stopped_leaves_nothing(downloads: Path, places: Places) -> None:
    plan = filing.filed([downloads / "hair.safetensors"], places, Settings()).copy
    context = JobContext(lambda *_: context.cancel())
    with pytest.raises(Cancelled):
        plans.apply(plan, places, context)
    assert not [path for path in places.models.rglob("*") if path.is_file()]
    assert (downloads / "hair.safetensors").exists()


@pytest.mark.parametrize(("name", "wanted"), [("a.safetensors", True), ("a.CKPT", True), ("a.png", False), ("", False)])
def test_what_looks_like_a_model(tmp_path: Path, name: str, wanted: bool) -> None:
    assert filing.is_model(tmp_path / name) is wanted
