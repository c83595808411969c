import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from safetensors.numpy import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from studio.core.errors import CheckpointError
from studio.core.paths import Places
from studio.core.prompt import NetworkTag, extract_networks
from studio.core.settings import Settings
from studio.library import network_facts, network_keys, networks
from studio.library.network_keys import TEXT, UNET, Place

GOLDEN = Path(__file__).parents[1] / "data/golden"
E2E = GOLDEN / "e2e_tiny"
TINY = E2E / "models/tiny_sd15.safetensors"
KOHYA = json.loads(gzip.decompress((GOLDEN / "kohya_lora_keys.json.gz").read_bytes()))["networks"]
HASHES = json.loads((GOLDEN / "hashes.json").read_text("utf-8"))
SETTINGS = Settings()


def unet(**config: object) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        return {name: tuple(t.shape) for name, t in UNet2DConditionModel(**config).state_dict().items()}  # type: ignore[arg-type]


def text(kind: type, **config: int) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        model = kind(CLIPTextConfig(**config))
    return {name.removeprefix("text_model."): tuple(t.shape) for name, t in model.state_dict().items()}


CLIP_L = {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12}
CLIP_G = {"hidden_size": 1280, "intermediate_size": 5120, "num_hidden_layers": 32, "num_attention_heads": 20,
          "projection_dim": 1280}  # fmt: skip
SDXL = {
    "cross_attention_dim": 2048,
    "block_out_channels": (320, 640, 1280),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "transformer_layers_per_block": (1, 2, 10),
    "attention_head_dim": (5, 10, 20),
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}


@pytest.fixture(scope="module")
def families() -> dict[str, tuple[str, dict[Place, tuple[int, ...]]]]:
    nets = {
        "sd15": ("SD1", [unet(cross_attention_dim=768), text(CLIPTextModel, **CLIP_L)]),
        "sdxl": ("SDXL", [unet(**SDXL), text(CLIPTextModel, **CLIP_L), text(CLIPTextModelWithProjection, **CLIP_G)]),
    }
    return {
        name: (family, {
            Place(net, tensor.removesuffix(".weight")): shape
            for net, tensors in zip((UNET, *TEXT), parts, strict=False)
            for tensor, shape in tensors.items()
            if tensor.endswith(".weight")
        })
        for name, (family, parts) in nets.items()
    }  # fmt: skip


@pytest.mark.parametrize("network", KOHYA)
def test_every_key_that_kohya_writes_finds_its_layer(network: str, families: dict) -> None:
    family, layers = families[network.split("/")[0]]
    shapes = {name: tuple(shape) for name, shape in KOHYA[network].items()}
    found = network_keys.match(shapes, layers, network_keys.names_of(family, layers))
    assert found.strangers == ()
    assert found.matched == found.total == len(shapes)
    assert len(found.parts) == len(shapes) / 3
    assert network_facts.base_of(shapes, {}) == family


def renamed(name: str, families: dict, network: str, form: str) -> str:
    family, layers = families[network]
    layer, suffix = network_keys.split(name)
    place = network_keys.names_of(family, layers)[layer]
    net = {UNET: "unet", TEXT[0]: "text_encoder", TEXT[1]: "text_encoder_2"}[place.net]
    suffix = {"lora_up.weight": "up.weight", "lora_down.weight": "down.weight"}.get(suffix, suffix)
    if form == "flat":  # what transformers 5.6 and later call the text encoder's layers
        return name.replace("_text_model_", "_")
    ends = {"peft": {"up.weight": "lora_B.weight", "down.weight": "lora_A.weight"}, "diffusers": {}}[form]
    return f"{net}.{place.path}.{ends.get(suffix, 'lora.' + suffix if suffix != 'alpha' else 'alpha')}"


@pytest.mark.parametrize("form", ["flat", "peft", "diffusers"])
@pytest.mark.parametrize("network", ["sd15/linear", "sdxl/linear"])
def test_other_programs_names_mean_the_same(network: str, form: str, families: dict) -> None:
    name = network.split("/")[0]
    family, layers = families[name]
    names = network_keys.names_of(family, layers)
    some = list(KOHYA[network].items())[:: max(len(KOHYA[network]) // 60, 1)]
    keys = {
        key: tuple(shape)
        for key, shape in KOHYA[network].items()
        if key.split(".")[0] in {k.split(".")[0] for k, _ in some}
    }
    theirs = {renamed(key, families, name, form): shape for key, shape in keys.items()}
    ours, other = (network_keys.match(one, layers, names) for one in (keys, theirs))
    assert other.parts.keys() == ours.parts.keys()
    assert other.strangers == ()


def test_sdxl_in_diffusers_block_names_and_sd1_in_original_ones(families: dict) -> None:
    for network, there, here in (
        ("sdxl", "lora_unet_down_blocks_1_attentions_0_proj_in", "lora_unet_input_blocks_4_1_proj_in"),
        ("sd15", "lora_unet_mid_block_attentions_0_proj_in", "lora_unet_middle_block_1_proj_in"),
    ):
        family, layers = families[network]
        names = network_keys.names_of(family, layers)
        assert names[there] == names[here]


def test_a_network_of_another_family_is_told(families: dict) -> None:
    family, layers = families["sd15"]
    shapes = {name: tuple(shape) for name, shape in KOHYA["sdxl/linear"].items()}
    found = network_keys.match(shapes, layers, network_keys.names_of(family, layers))
    report = networks.reported(found, shapes, {}, family)
    assert (report.base, report.family, report.fits) == ("SDXL", "SD1", False)


@pytest.mark.parametrize("path", sorted((E2E / "lora").iterdir()), ids=lambda path: path.stem)
def test_the_tiny_networks_fit_wholly_by_their_headers(path: Path) -> None:
    report = networks.report(path, TINY)
    assert report.matched == report.total > 0
    assert report.fits
    assert report.strangers == ()


@pytest.mark.parametrize("row", HASHES["lora_on_disk"], ids=lambda row: row["file"])
def test_hashes_and_aliases_are_the_web_uis(row: dict, places: Places) -> None:
    path = next(
        folder / row["file"] for folder in (E2E / "lora", GOLDEN / "hash_files") if (folder / row["file"]).exists()
    )
    file = networks.NetworkFile(path, path.stem)
    if row["shorthash"]:  # the web UI computes the others later
        assert networks.short_hash(path, places) == row["shorthash"]
    assert networks.alias(file) == row["alias"]


def lora(path: Path, **metadata: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    name = "lora_te_text_model_encoder_layers_0_mlp_fc1"
    seed = sum(map(ord, path.name))
    tensors = {
        f"{name}.lora_up.weight": np.full((128, 2), seed, "float32"),
        f"{name}.lora_down.weight": np.ones((2, 32), "float32"),
    }
    save_file(tensors, path, metadata)
    return path


def named(places: Places, name: str) -> str | None:
    found = networks.find(name, networks.network_files(places, SETTINGS))
    return found and found.long_name


def test_names_are_found_as_the_web_ui_finds_them(places: Places) -> None:
    folder = places.models / "Lora"
    lora(folder / "hair.safetensors", ss_output_name="long hair")
    lora(folder / "style/ink.safetensors", ss_output_name="hair")
    lora(folder / "style/oil.safetensors", ss_output_name="paint")
    lora(folder / "style/gouache.safetensors", ss_output_name="paint")
    lora(folder / "void.safetensors", ss_output_name="none")
    lora(places.models / "LyCORIS/leaf.safetensors")
    assert named(places, "hair") == "hair"
    assert named(places, "long hair") == "hair"
    assert named(places, "ink") == "style/ink"
    assert named(places, "style/ink") == "style/ink"
    assert named(places, "paint") is None
    assert named(places, "none") is None
    assert named(places, "leaf") == "leaf"
    assert named(places, "Hair") is None
    assert named(places, "hair.safetensors") is None
    assert networks.close_names("HAIR", networks.network_files(places, SETTINGS))[0] == "hair"


def test_of_two_files_with_one_name_the_last_counts(places: Places) -> None:
    lora(places.models / "Lora/a/twin.safetensors")
    lora(places.models / "Lora/b/twin.safetensors")
    assert named(places, "twin") == "b/twin"
    assert named(places, "a/twin") == "a/twin"


def test_a_broken_file_among_them_does_no_harm(places: Places) -> None:
    lora(places.models / "Lora/good.safetensors", ss_output_name="alias")
    (places.models / "Lora/bad.safetensors").write_bytes(b"<html>")
    assert named(places, "alias") == "good"
    assert named(places, "bad") == "bad"
    with pytest.raises(CheckpointError, match="web page"):
        networks.report(places.models / "Lora/bad.safetensors", TINY)


def test_tags_are_used_kind_by_kind() -> None:
    tags = extract_networks("<lora:a:1><hypernet:x:1><lyco:b:1><lora:c:1>")[1]
    assert [tag.name for tag in networks.tags(tags)] == ["a", "c", "b"]
    assert networks.tags([NetworkTag("lora", ("x=1",))]) == []


def test_a_renamed_network_is_found_by_its_hash(places: Places) -> None:
    path = lora(places.models / "Lora/new name.safetensors")
    other = lora(places.models / "Lora/other.safetensors")
    digits = networks.short_hash(path, places)
    known = networks.read_hashes(
        networks.hashes_text({"old, name": digits, "gone": "0" * 12, "other": networks.short_hash(other, places)})
    )
    prompt = "x <lora:old, name:0.7> <lora:gone:1> <lyco:other:1:0.5> <lora:unlisted:1>"
    found = networks.with_local_names(prompt, known, places, SETTINGS)
    assert found == "x <lora:new name:0.7> <lora:gone:1> <lyco:other:1:0.5> <lora:unlisted:1>"


def test_another_file_under_the_same_name_gives_way_to_the_one_with_the_hash(places: Places) -> None:
    path = lora(places.models / "Lora/real.safetensors")
    digits = networks.short_hash(path, places)
    shutil.copy(lora(places.models / "Lora/x.safetensors"), places.models / "Lora/fake.safetensors")
    assert networks.with_local_names("<lora:fake:1>", {"fake": digits}, places, SETTINGS) == "<lora:real:1>"


def test_what_a_prompt_names_is_told_before_a_run(places: Places) -> None:
    folder = places.models / "Lora"
    folder.mkdir(parents=True)
    shutil.copy(E2E / "lora/tiny_lora.safetensors", folder)
    (folder / "bad.safetensors").write_bytes(b"<html>")
    tags = extract_networks("<lora:tiny_lora:0.5><lora:tiny_lora:0.5><lora:tiny_lroa:1:1.5><lora:bad:1>")[1]
    found, missing, broken = networks.named(tags, TINY, networks.network_files(places, SETTINGS))
    assert found.report is not None
    assert (found.report.matched, found.report.fits, found.is_strong) == (792, True, False)
    assert (missing.file, missing.close[0], missing.is_strong) == (None, "tiny_lora", True)
    assert broken.report is None
    assert "web page" in str(broken.problem)
