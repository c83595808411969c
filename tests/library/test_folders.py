"""Where models lie: the layouts of the field's programs."""

from pathlib import Path

import pytest

from studio.catalog.model_folders import MODEL_FOLDERS
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library.folders import CHECKPOINTS, EMBEDDINGS, NETWORKS, folders, home_for, homes

USES = {use.name: use for use in MODEL_FOLDERS}


def made(root: Path, *names: str) -> list[Path]:
    paths = [root / name for name in names]
    for path in paths:
        path.mkdir(parents=True, exist_ok=True)
    return paths


def found(places: Places, *roots: Path) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for home in homes(places, Settings(model_folders=tuple(map(str, roots)))):
        table.setdefault(home.use.name, []).append(home.path.relative_to(home.root).as_posix())
    return table


def test_the_web_uis_layout(places: Places, tmp_path: Path) -> None:
    web = tmp_path / "web ui 绘画"
    made(web, "models/Stable-diffusion", "models/lora", "models/LyCORIS", "embeddings", "models/ESRGAN", "models/vae",
         "extensions/sd-webui-controlnet/models", "models/ControlNet", "models/Codeformer", "models/hypernetworks",
         "models/VAE-taesd", "models/BLIP")  # fmt: skip
    assert found(places, web) == {
        "checkpoint": ["models/Stable-diffusion"],
        "vae": ["models/vae"],
        "network": ["models/lora", "models/LyCORIS"],
        "embedding": ["embeddings"],
        "hypernetwork": ["models/hypernetworks"],
        "control": ["models/ControlNet", "extensions/sd-webui-controlnet/models"],
        "upscaler": ["models/ESRGAN"],
        "restorer": ["models/Codeformer"],
        "preview": ["models/VAE-taesd"],
    }


def test_comfy_uis_layout_and_its_list(places: Places, tmp_path: Path) -> None:
    comfy = tmp_path / "ComfyUI"
    made(comfy, "models/checkpoints", "models/loras", "models/upscale_models", "models/text_encoders", "models/unet")
    made(tmp_path, "big disk/sd", "big disk/more", "relative", "default/loras")
    (comfy / "extra_model_paths.yaml").write_text(
        f"""
my own name:
    base_path: {tmp_path}/big disk
    checkpoints: |
        sd
        more
        missing
    Loras: sd
other:
    embeddings: ../relative
    is_default: false
first:
    base_path: {tmp_path}/default/
    is_default: true
    loras: loras/
    custom_nodes: nodes
broken: 5
""",
        "utf-8",
    )
    settings = Settings(model_folders=(str(comfy),))
    assert folders(places, settings, CHECKPOINTS) == [
        comfy / "models" / "checkpoints", tmp_path / "big disk" / "sd", tmp_path / "big disk" / "more",
    ]  # fmt: skip
    assert folders(places, settings, NETWORKS) == [
        tmp_path / "default" / "loras", comfy / "models" / "loras", tmp_path / "big disk" / "sd",
    ]  # fmt: skip
    (embeddings,) = folders(places, settings, EMBEDDINGS)
    assert embeddings.resolve() == tmp_path / "relative"
    listed = Settings(model_folders=(str(comfy / "extra_model_paths.yaml"),))
    assert folders(places, listed, CHECKPOINTS) == [tmp_path / "big disk" / "sd", tmp_path / "big disk" / "more"]


@pytest.mark.parametrize("text", ["[", "5", "- a", "a: [1]\nb:\n  checkpoints: 5\n  base_path: [1]", "&a [*a]", "\0"])
def test_a_list_that_makes_no_sense_lists_nothing(places: Places, tmp_path: Path, text: str) -> None:
    (tmp_path / "extra_model_paths.yaml").write_text(text)
    assert folders(places, Settings(model_folders=(str(tmp_path),)), CHECKPOINTS) == []


def test_our_own_folders_come_first_and_each_once(places: Places, tmp_path: Path) -> None:
    made(places.models, "Lora", "loras")
    made(tmp_path, "web/models/Lora", "alone/LORA")
    (tmp_path / "again").symlink_to(tmp_path / "web", target_is_directory=True)
    settings = Settings(model_folders=tuple(str(tmp_path / name) for name in ("web", "again", "alone/LORA", "none")))
    assert folders(places, settings, NETWORKS) == [
        places.models / "Lora", places.models / "loras", tmp_path / "web/models/Lora", tmp_path / "alone/LORA",
    ]  # fmt: skip


def test_where_a_file_of_a_use_belongs(places: Places, tmp_path: Path) -> None:
    made(tmp_path, "web/models/Stable-diffusion", "comfy/models/loras", "bare/Stable-diffusion")
    assert home_for(USES["network"], tmp_path / "comfy") == tmp_path / "comfy/models/loras"
    assert home_for(USES["network"], tmp_path / "web") == tmp_path / "web/models/Lora"
    assert home_for(USES["embedding"], tmp_path / "web") == tmp_path / "web/embeddings"
    assert home_for(USES["vae"], tmp_path / "bare") == tmp_path / "bare/VAE"
    assert home_for(USES["embedding"], places.models) == places.models / "embeddings"
