"""Checkpoints on disk and the names that lead to them."""

import json
import shutil
from pathlib import Path

import pytest

from studio.core.errors import CheckpointError, UnknownName
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library import hashes
from studio.library.checkpoints import checkpoints, closest, find, find_vae, vaes

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
TINY = GOLDEN / "e2e_tiny" / "models" / "tiny_sd15.safetensors"
CASES = json.loads((GOLDEN / "hashes.json").read_text("utf-8"))
INFO = CASES["checkpoint_info_tiny"]


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())


@pytest.fixture
def models(places: Places) -> Path:
    folder = places.models / "Stable-diffusion"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def tiny(places: Places, models: Path) -> Places:
    shutil.copy(TINY, models / TINY.name)
    hashes.sha256(models / TINY.name, places)
    return places


def test_names_equal_to_the_web_ui(tiny: Places) -> None:
    (file,) = checkpoints(tiny, Settings())
    assert (file.name, file.title, file.model_name) == (INFO["name"], INFO["title"], INFO["model_name"])
    assert (file.sha256, hashes.short(file.sha256)) == (INFO["sha256"], INFO["shorthash"])
    assert file.short_name == INFO["name_for_extra"]
    for name in INFO["ids"]:
        assert find(name, tiny, Settings()) == file


@pytest.mark.parametrize(("text", "name"), CASES["closest_match"], ids=str)
def test_closest_equal_to_the_web_ui(tiny: Places, text: str | None, name: str | None) -> None:
    found = closest(text or "", checkpoints(tiny, Settings()))
    assert (found and found.name) == name


def test_titles_have_no_hash_until_it_is_known(places: Places, models: Path) -> None:
    touch(models, "a.safetensors")
    (file,) = checkpoints(places, Settings())
    assert (file.title, file.sha256) == ("a.safetensors", "")
    hashes.sha256(file.path, places)
    (file,) = checkpoints(places, Settings())
    assert file.title == f"a.safetensors [{hashes.short(file.sha256)}]"


def test_what_is_listed_and_in_which_order(places: Places, models: Path, tmp_path: Path) -> None:
    touch(models, "model10.ckpt", "Model2.safetensors", "sub/动漫 b.safetensors", "a.vae.safetensors", "a.VAE.ckpt",
          "notes.txt", "._a.safetensors", "a.yaml")  # fmt: skip
    touch(tmp_path / "webui", "models/Stable-diffusion/z.safetensors", "models/VAE/v.pt")
    touch(tmp_path / "shared", "Stable-diffusion/y.safetensors")
    folder = models / "diffusers one"
    touch(folder, "model_index.json", "unet/diffusion_pytorch_model.safetensors")
    settings = Settings(model_folders=(str(tmp_path / "webui"), str(tmp_path / "shared"), str(tmp_path / "missing")))
    assert [file.name for file in checkpoints(places, settings)] == [
        "diffusers one", "Model2.safetensors", "model10.ckpt", "sub/动漫 b.safetensors", "y.safetensors",
        "z.safetensors",
    ]  # fmt: skip
    assert find("sub_动漫 b", places, settings).path == models / "sub" / "动漫 b.safetensors"
    assert find("", places, settings).name == "diffusers one"
    assert [path.name for path in vaes(places, settings)] == ["a.VAE.ckpt", "a.vae.safetensors", "v.pt"]


def test_links_in_a_circle_end(places: Places, models: Path) -> None:
    touch(models, "sub/a.safetensors")
    (models / "sub" / "round").symlink_to(models, target_is_directory=True)
    assert [file.name for file in checkpoints(places, Settings())] == ["sub/a.safetensors"]


def test_paths_are_names_too(places: Places, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(models, "a.safetensors")
    touch(tmp_path, "else where/a.safetensors")
    outside = tmp_path / "else where" / "a.safetensors"
    assert find(str(outside), places, Settings()).path == outside
    assert find(str(models / "a.safetensors"), places, Settings()).path == models / "a.safetensors"
    monkeypatch.chdir(tmp_path / "else where")
    assert find("a.safetensors", places, Settings()).path == models / "a.safetensors"
    assert find("./a.safetensors", places, Settings()).path == outside


def test_a_hash_nobody_knows_yet_is_computed(places: Places, models: Path) -> None:
    touch(models, "a.safetensors", "b.safetensors")
    wanted = hashes.sha256(models / "b.safetensors", places)
    (places.data / "hashes.sqlite").unlink()
    assert find(wanted[:10], places, Settings()).name == "b.safetensors"
    (places.data / "hashes.sqlite").unlink()
    assert find(wanted, places, Settings()).name == "b.safetensors"
    with pytest.raises(UnknownName):
        find("0123456789", places, Settings())


def test_unknown_names_are_errors(places: Places, models: Path) -> None:
    with pytest.raises(CheckpointError, match="no checkpoint yet"):
        find("", places, Settings())
    touch(models, "dreamshaper_8.safetensors")
    with pytest.raises(UnknownName, match="dreamshaper_8"):
        find("dreamshapr_8", places, Settings())
    for name in ("x" * 5000, "a\0b", "["):
        with pytest.raises(UnknownName):
            find(name, places, Settings())


def test_automatic_vae(places: Places, models: Path) -> None:
    touch(models, "a.safetensors", "b.safetensors", "c.safetensors", "ab.vae.pt", "b.vae.pt")
    touch(places.models / "VAE", "c.safetensors", "b.safetensors", "other.safetensors")

    def chosen(choice: str, name: str) -> str | None:
        found = find_vae(choice, models / f"{name}.safetensors", places, Settings())
        return found and found.relative_to(places.models).as_posix()

    assert chosen("Automatic", "a") is None
    assert chosen("Automatic", "b") == "Stable-diffusion/b.vae.pt"
    assert chosen("Automatic", "c") == "VAE/c.safetensors"
    assert chosen("None", "b") is None
    assert chosen("other.safetensors", "b") == "VAE/other.safetensors"
    assert chosen("other", "b") == "VAE/other.safetensors"
    assert chosen(str(models / "ab.vae.pt"), "b") == "Stable-diffusion/ab.vae.pt"
    with pytest.raises(UnknownName, match="other"):
        chosen("othr", "a")
    (models / "a.json").write_text(json.dumps({"vae": "other.safetensors"}))
    assert chosen("Automatic", "a") == "VAE/other.safetensors"
    (models / "a.json").write_text("not json")
    assert chosen("Automatic", "a") is None
    (models / "b.json").write_text(json.dumps({"vae": "None"}))
    assert chosen("Automatic", "b") is None
