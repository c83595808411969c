"""The cache of checkpoints: by name, instant the second time, within its budget, never stale."""

import os
import shutil
from pathlib import Path

import pytest

from studio.core.errors import CheckpointError
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.engine import models as models_module
from studio.engine.loading import Checkpoint
from studio.engine.models import Models
from tests.engine import checkpoints as make

TINY = Path(__file__).parents[1] / "data" / "golden" / "e2e_tiny" / "models" / "tiny_sd15.safetensors"
FULL = Settings(precision="full")


@pytest.fixture
def folder(places: Places) -> Path:
    folder = places.models / "Stable-diffusion"
    make.write(folder, "one.safetensors", seed=1)
    make.write(folder, "two.safetensors", seed=2)
    return folder


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were really loaded."""
    names: list[str] = []
    load = models_module.load

    def counted(path: Path, **options: object) -> Checkpoint:
        names.append(path.stem)
        return load(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(models_module, "load", counted)
    return names


def test_the_hash_is_the_web_uis(places: Places) -> None:
    shutil.copytree(TINY.parent, places.models / "Stable-diffusion")
    found = Models(places, FULL).checkpoint("tiny_sd15")
    assert found.sha256[:10] == "8c5f4e352c"
    assert found.text_encoders[0].config.num_attention_heads == 4


@pytest.mark.usefixtures("folder")
def test_back_at_once(places: Places, loads: list[str]) -> None:
    models = Models(places, FULL)
    one = models.checkpoint("one")
    two = models.checkpoint("two")
    assert models.checkpoint("one") is one
    assert models.checkpoint("") is one
    assert models.checkpoint("two.safetensors") is two
    assert loads == ["one", "two"]
    assert models.kept == (one, two)


@pytest.mark.usefixtures("folder")
def test_the_budget_drops_what_was_used_longest_ago(places: Places, folder: Path, loads: list[str]) -> None:
    make.write(folder, "three.safetensors", seed=3)
    dropped: list[str] = []
    one_model = make.checkpoint().size_bytes / 2**30
    settings = FULL.model_copy(update={"model_cache_gib": 1.5 * one_model})
    models = Models(places, settings, lambda checkpoint: dropped.append(checkpoint.name))
    for name in ("one", "two", "one", "three"):
        models.checkpoint(name)
    assert dropped == ["two"]
    assert [checkpoint.name for checkpoint in models.kept] == ["one", "three"]
    models.settings = FULL.model_copy(update={"model_cache_gib": 0})
    models.checkpoint("two")
    assert [checkpoint.name for checkpoint in models.kept] == ["two"]
    assert loads == ["one", "two", "three", "two"]
    models.forget()
    assert models.kept == ()


def test_a_changed_file_is_loaded_anew(places: Places, folder: Path, loads: list[str]) -> None:
    models = Models(places, FULL)
    first = models.checkpoint("one")
    make.write(folder, "one.safetensors", seed=7)
    os.utime(folder / "one.safetensors", ns=(1, 1))
    second = models.checkpoint("one")
    assert second is not first
    assert second.sha256 != first.sha256
    (folder / "one.yaml").write_text("model: {params: {parameterization: v, unet_config: {params: {num_heads: 8}}}}")
    assert models.checkpoint("one").prediction == "v"
    assert loads == ["one"] * 3


def test_another_vae_leaves_the_unet_alone(places: Places, folder: Path, loads: list[str]) -> None:
    vae = make.vae()
    make.randomize(vae)
    vae.save_pretrained(folder / "saved")
    target = places.models / "VAE" / "other.safetensors"
    target.parent.mkdir()
    (folder / "saved" / "diffusion_pytorch_model.safetensors").rename(target)
    models = Models(places, FULL)
    own = models.checkpoint("one")
    other = models.checkpoint("one", "other")
    assert other.unet is own.unet
    assert other.vae is not own.vae
    assert (other.vae_path, len(other.vae_sha256)) == (target, 64)
    assert models.checkpoint("one", "None") is own
    models.forget()
    assert models.checkpoint("one", "other").vae_path == target
    back = models.checkpoint("one")
    assert back.vae_path is None
    assert back.vae_sha256 == ""
    assert loads == ["one", "one"]


def test_an_error_leaves_the_cache_as_it_was(places: Places, folder: Path) -> None:
    models = Models(places, FULL)
    one = models.checkpoint("one")
    (folder / "broken.safetensors").write_bytes(b"<html>")
    with pytest.raises(CheckpointError, match="web page"):
        models.checkpoint("broken")
    assert models.kept == (one,)
    assert models.checkpoint("one") is one
