"""Networks put into checkpoints, taken out of them, resized and renamed; oracles are our own painter, SVD and PEFT."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import UNet2DConditionModel
from peft import LoraConfig, inject_adapter_in_model
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from studio.core.errors import BadRequest, Cancelled, CheckpointError, FileProblem, StudioError, UnknownName
from studio.core.job import JobContext
from studio.core.merge_request import AnyMerge, ConvertRequest, ExtractRequest, MergeNetworksRequest, ResizeRequest
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.engine.loading import Checkpoint, load
from studio.engine.loading.export import to_ldm
from studio.engine.memory import Plan
from studio.engine.merge import make, names
from studio.engine.networks import Patches, Use
from studio.engine.networks.patches import PATCHED
from studio.library import hashes, networks
from studio.library.network_keys import UNET
from studio.library.networks import NetworkFile
from tests.engine import checkpoints
from tests.engine.webui_cases import FOLDER

CLOSE = {"rtol": 1e-5, "atol": 1e-5}
PLAN = Plan(torch.device("cpu"), torch.float32, "sdpa")
TINY = FOLDER / "models/tiny_sd15.safetensors"
NETWORKS = sorted((FOLDER / "lora").iterdir())
FAMILIES = ("SD1", "SD2", "SDXL")


def done(request: AnyMerge, places: Places, context: JobContext | None = None) -> Path:
    return make(request, context or JobContext(), Settings(), places).path


def models(places: Places) -> Path:
    folder = places.models / "Stable-diffusion"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def loras(places: Places) -> Path:
    folder = places.models / "Lora"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def metadata(path: Path) -> dict[str, str]:
    with safe_open(path, "pt") as file:
        return file.metadata()


def patched(checkpoint: Checkpoint, *uses: tuple[Path, float, float]) -> Checkpoint:
    found = tuple(Use(NetworkFile(path, path.stem), networks.stamp(path), te, unet) for path, te, unet in uses)
    Patches(checkpoint, PLAN, mode=PATCHED).put(found)
    return checkpoint


def weights(checkpoint: Checkpoint) -> dict[str, Tensor]:
    return {f"{i}.{name}": tensor for i, net in enumerate(checkpoint.nets) for name, tensor in net.state_dict().items()}


def assert_alike(one: Checkpoint, other: Checkpoint, **tolerance: float) -> None:
    for name, tensor in weights(one).items():
        torch.testing.assert_close(tensor, weights(other)[name], **(tolerance or CLOSE))


def lora(places: Places, family: str = "SD1", name: str = "n", rank: int = 4, alpha: float = 2.0, seed: int = 1,
         checkpoint: Path | None = None, dtype: torch.dtype = torch.float32) -> Path:  # fmt: skip
    """A random LoRA for every layer that sd-scripts trains, convolutions too, of a small checkpoint."""
    torch.manual_seed(seed)
    made = load(checkpoint) if checkpoint else full_size_names(family)
    layers = [(place, module) for place, module in layers_of(made) if names.is_target(place, True)]
    called = names.kohya(family, [place for place, _ in layers_of(made)])
    tensors = {}
    for place, module in layers:
        outputs, inputs, *kernel = module.weight.shape
        tensors[f"{called[place]}.lora_down.weight"] = torch.randn(rank, inputs, *kernel).to(dtype) * 0.1
        tensors[f"{called[place]}.lora_up.weight"] = torch.randn(outputs, rank, *[1] * len(kernel)).to(dtype) * 0.1
        tensors[f"{called[place]}.alpha"] = torch.tensor(alpha, dtype=dtype)
    path = loras(places) / f"{name}.safetensors"
    save_file(tensors, path, metadata={"ss_base_model_version": {"SDXL": "sdxl_base_v1-0"}.get(family, "sd_v1")})
    return path


def layers_of(made: Checkpoint) -> list[tuple[Any, nn.Module]]:
    from studio.engine.networks import layers

    return list(layers.layers(made).items())


def full_size_names(family: str) -> Checkpoint:
    """A checkpoint with as many blocks as the real one, so that its layers are called the same."""
    depths = {"SDXL": {"depths": (0, 2, 10)}}.get(family, {"channels": (32, 64, 64, 64), "depths": (1, 1, 1, 0)})
    heads = {} if family == "SDXL" else {"heads": (2, 2, 2, 2)}
    return checkpoints.checkpoint(family, resnets=2, **depths, **heads)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_kind_of_network_becomes_part_of_a_checkpoint(path: Path, places: Places) -> None:
    request = MergeNetworksRequest(checkpoint=str(TINY), networks=(f"{path}:0.8:0.6",), precision="fp32")
    result = done(request, places)
    assert_alike(load(result), patched(load(TINY), (path, 0.8, 0.6)))
    assert not torch.equal(next(load(result).unet.parameters()), torch.zeros(1))


@pytest.mark.parametrize("family", FAMILIES)
def test_several_at_once_in_every_family(family: str, places: Places) -> None:
    base = checkpoints.write(models(places), "base.safetensors", family)
    first = lora(places, family, "first", checkpoint=base)
    second = lora(places, family, "第二", seed=2, checkpoint=base)
    asked = ("first:0.5", "<lora:第二:-0.3:0.7>")
    result = done(MergeNetworksRequest(checkpoint="base", networks=asked), places)
    wanted = patched(load(base), (first, 0.5, 0.5), (second, -0.3, 0.7))
    assert_alike(load(result), wanted)
    before, after = load_file(base), load_file(result)
    assert before.keys() == after.keys()
    assert sum(not torch.equal(before[name], after[name]) for name in before) > 40
    told = json.loads(metadata(result)["sd_merge_recipe"])
    assert [(row["name"], row["te"], row["unet"]) for row in told["networks"]] == [
        ("first", 0.5, 0.5), ("第二", -0.3, 0.7)
    ]  # fmt: skip
    assert told["networks"][0]["hash"] == networks.short_hash(first, places)


def test_networks_go_into_folders_of_parts_and_come_out_of_them(places: Places) -> None:
    base = checkpoints.write(models(places), "base.safetensors", "SDXL")
    lora(places, "SDXL", checkpoint=base)
    checkpoints.save_folder(models(places) / "parts", load(base))
    whole, parts = (done(MergeNetworksRequest(checkpoint=name, networks=("n",)), places) for name in ("base", "parts"))
    assert_alike(load(parts), load(whole), rtol=0, atol=0)
    path = done(ExtractRequest(original="parts", tuned=whole.stem, rank=4096, conv_rank=4096, precision="fp32"), places)
    assert_alike(patched(load(base), (path, 1, 1)), load(whole), rtol=1e-4, atol=1e-4)


def test_the_result_paints_as_the_network_does(places: Places) -> None:
    base = checkpoints.write(models(places), "base.safetensors")
    path = lora(places, checkpoint=base)
    result = load(done(MergeNetworksRequest(checkpoint="base", networks=("n",)), places))
    x, t, context = torch.randn(1, 4, 8, 8), torch.tensor([500.0]), torch.randn(1, 77, 32)
    with torch.no_grad():
        ours = result.unet(x, t, context).sample
        wanted = patched(load(base), (path, 1, 1)).unet(x, t, context).sample
        assert (load(base).unet(x, t, context).sample - wanted).abs().max() > 1e-2
    torch.testing.assert_close(ours, wanted, rtol=1e-3, atol=1e-3)


def test_networks_that_do_not_fit_are_refused(places: Places) -> None:
    base = checkpoints.write(models(places), "base.safetensors")
    lora(places, checkpoint=base)
    save_file({"lora_unet_x.lora_up.weight": torch.zeros(1, 1)}, loras(places) / "odd.safetensors")
    for asked, kind, text in (
        (("odd",), BadRequest, "None of the"),
        (("nn",), UnknownName, "Did you mean"),
        (("n:strong",), BadRequest, "strong"),
        (("", " "), BadRequest, "no network"),
    ):
        with pytest.raises(kind, match=text):
            done(MergeNetworksRequest(checkpoint="base", networks=asked), places)
    assert [path.name for path in models(places).iterdir()] == ["base.safetensors"]


def test_a_network_of_another_family_is_refused_though_some_of_it_fits(places: Places) -> None:
    base = checkpoints.write(models(places), "base.safetensors")
    path = lora(places, checkpoint=base)
    stranger = {"lora_te2_x.lora_up.weight": torch.zeros(2, 2), "lora_te2_x.lora_down.weight": torch.zeros(2, 2)}
    save_file(load_file(path) | stranger, path, metadata={"ss_base_model_version": "sdxl_base_v1-0"})
    with pytest.raises(BadRequest, match=r"made for SDXL, but base\.safetensors is SD1"):
        done(MergeNetworksRequest(checkpoint="base", networks=("n",)), places)


def test_embeddings_inside_a_network_are_left_out_and_it_is_said(places: Places) -> None:
    base = checkpoints.write(models(places), "base.safetensors")
    path = lora(places, checkpoint=base)
    save_file(load_file(path) | {"bundle_emb.x.string_to_param.*": torch.zeros(1, 32)}, path)
    told: list[object] = []
    context = JobContext(lambda name, value: told.append(value) if name == "noted" else None)
    result = done(MergeNetworksRequest(checkpoint="base", networks=("n",)), places, context)
    assert load_file(result).keys() == load_file(base).keys()
    assert [str(one) for one in told] == ["The embeddings inside n were left out: checkpoints have no place for them."]


def test_numbers_that_are_none_are_told_and_not_decomposed(places: Places) -> None:
    base = checkpoints.write(models(places), "base.safetensors")
    name = "model.diffusion_model.middle_block.1.transformer_blocks.0.attn1.to_q.weight"
    tensors = load_file(base)
    save_file(tensors | {name: torch.full_like(tensors[name], torch.nan)}, models(places) / "tuned.safetensors",
              metadata=metadata(base))  # fmt: skip
    path = lora(places, checkpoint=base)
    broken = {name: torch.full_like(tensor, torch.inf) if "lora_up" in name else tensor
              for name, tensor in load_file(path).items()}  # fmt: skip
    save_file(broken, path)
    for request in (ExtractRequest(original="base", tuned="tuned"), ResizeRequest(network="n", rank=2)):
        with pytest.raises(CheckpointError, match="numbers that are none"):
            done(request, places)
    assert [path.name for path in loras(places).iterdir()] == ["n.safetensors"]


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_extracted_makes_of_the_original_the_tuned_one(family: str, places: Places) -> None:
    base = checkpoints.write(models(places), "base.safetensors", family)
    made = load(base)
    torch.manual_seed(5)
    for place, module in layers_of(made):
        if names.is_target(place, True):
            module.weight.data += torch.randn_like(module.weight) * 0.1
    tuned = {name: tensor.contiguous().clone() for name, tensor in to_ldm(made).items()}
    save_file(tuned, models(places) / "tuned.safetensors", metadata=metadata(base))
    request = ExtractRequest(original="base", tuned="tuned", rank=4096, conv_rank=4096, precision="fp32")
    path = done(request, places)
    assert path == loras(places) / "tuned-lora.safetensors"
    assert_alike(patched(load(base), (path, 1, 1)), made, rtol=1e-4, atol=1e-4)
    told = metadata(path)
    assert told["ss_base_model_version"] == {"SD1": "sd_v1", "SD2": "sd_v2", "SDXL": "sdxl_base_v1-0"}[family]
    assert told["ss_v2"] == str(family == "SD2")
    assert told["sshs_model_hash"] == hashes.without_header(path)
    tensors = load_file(path)
    assert all(tensors[name].item() == tensors[name.replace("alpha", "lora_down.weight")].shape[0]
        for name in tensors if name.endswith(".alpha"))  # fmt: skip
    report = networks.report(path, base)
    assert report.fits
    assert not report.strangers


def test_ranks_are_kept_and_convolutions_left_out_without_one(places: Places) -> None:
    for seed, name in enumerate(("base", "tuned")):
        checkpoints.write(models(places), f"{name}.safetensors", seed=seed)
    tensors = load_file(done(ExtractRequest(original="base", tuned="tuned", rank=3), places))
    downs = {name: tensor for name, tensor in tensors.items() if "lora_down" in name}
    assert {tensor.shape[0] for tensor in downs.values()} == {3}
    assert all(tensor.dtype == torch.float16 for tensor in tensors.values())
    assert not any("resnets" in name or "samplers" in name for name in downs)
    request = ExtractRequest(original="base", tuned="tuned", rank=3, conv_rank=2, text_encoders=False, name="c")
    downs = {k: v for k, v in load_file(done(request, places)).items() if "lora_down" in k}
    assert {v.shape[0] for k, v in downs.items() if v.shape[2:] == (3, 3)} == {2}
    assert {v.shape[0] for k, v in downs.items() if v.shape[2:] != (3, 3)} == {3}
    assert not any("lora_te" in name for name in downs)


def test_what_is_kept_is_the_best_that_so_many_dimensions_can_do(places: Places) -> None:
    a, b = (checkpoints.write(models(places), f"{name}.safetensors", seed=seed) for seed, name in enumerate("ab"))
    request = ExtractRequest(original="a", tuned="b", rank=5, precision="fp32", unet=False)
    found = load_file(done(request, places))
    name = "cond_stage_model.transformer.text_model.encoder.layers.1.mlp.fc1.weight"
    difference = load_file(b)[name] - load_file(a)[name]
    u, s, v = torch.linalg.svd(difference.double(), full_matrices=False)
    best = (u[:, :5] * s[:5] @ v[:5]).float()
    key = "lora_te_text_model_encoder_layers_1_mlp_fc1"
    torch.testing.assert_close(found[f"{key}.lora_up.weight"] @ found[f"{key}.lora_down.weight"], best, **CLOSE)
    request = request.model_copy(update={"energy": 0.5, "rank": 99, "name": "e"})
    rank = load_file(done(request, places))[f"{key}.lora_down.weight"].shape[0]
    shares = s.square().cumsum(0) / s.square().sum()
    assert shares[rank - 1] >= 0.5 > shares[rank - 2]


def test_models_that_cannot_be_compared_are_refused(places: Places) -> None:
    checkpoints.write(models(places), "a.safetensors")
    checkpoints.write(models(places), "xl.safetensors", "SDXL")
    checkpoints.write(models(places), "wide.safetensors", channels=(32, 64, 64, 96))
    for other in ("xl", "wide"):
        with pytest.raises(CheckpointError, match="was not made from"):
            done(ExtractRequest(original="a", tuned=other), places)
    with pytest.raises(BadRequest, match="do not differ"):
        done(ExtractRequest(original="a", tuned="a"), places)
    assert not list(loras(places).iterdir())


def product(tensors: dict[str, Tensor], layer: str) -> Tensor:
    up, down = (tensors[f"{layer}.lora_{one}.weight"].double().flatten(1) for one in ("up", "down"))
    return up @ down * tensors[f"{layer}.alpha"].item() / down.shape[0]


def layer_names(tensors: dict[str, Tensor]) -> list[str]:
    return [name.removesuffix(".alpha") for name in tensors if name.endswith(".alpha")]


def test_a_fixed_rank_is_the_best_approximation(places: Places) -> None:
    base = checkpoints.write(models(places), "base.safetensors")
    before = load_file(lora(places, rank=8, alpha=4, checkpoint=base))
    path = done(ResizeRequest(network="n", rank=3, conv_rank=2), places)
    after = load_file(path)
    assert path.name == "n-rank3.safetensors"
    assert after.keys() == before.keys()
    for layer in layer_names(before):
        u, s, v = torch.linalg.svd(product(before, layer), full_matrices=False)
        rank = 2 if after[f"{layer}.lora_down.weight"].shape[2:] == (3, 3) else 3
        torch.testing.assert_close(product(after, layer), u[:, :rank] * s[:rank] @ v[:rank], rtol=1e-5, atol=1e-6)
        assert after[f"{layer}.alpha"] == rank / 2
    told = metadata(path)
    assert (told["ss_network_dim"], told["ss_base_model_version"]) == ("3", "sd_v1")
    assert told["ss_training_comment"].startswith("dimension is resized from 8 to 3")
    assert told["sshs_model_hash"] == hashes.without_header(path)


def by_ratio(s: Tensor, value: float) -> int:
    return int((s > s[0] / value).sum())


def by_sum(s: Tensor, value: float) -> int:
    return int((s.cumsum(0) / s.sum() < value).sum()) + 1


def by_fro(s: Tensor, value: float) -> int:
    return int((s.square().cumsum(0) / s.square().sum() < value**2).sum()) + 1


@pytest.mark.parametrize(
    ("method", "value", "count"), [("sv_ratio", 2, by_ratio), ("sv_cumulative", 0.6, by_sum), ("sv_fro", 0.8, by_fro)]
)
def test_ranks_follow_the_singular_values(
    method: str, value: float, count: Callable[[Tensor, float], int], places: Places
) -> None:
    base = checkpoints.write(models(places), "base.safetensors")
    before = load_file(lora(places, rank=12, alpha=6, checkpoint=base))
    path = done(ResizeRequest(network="n", method=method, value=value, rank=9), places)
    after = load_file(path)
    ranks = set()
    for layer in layer_names(before):
        s = torch.linalg.svdvals(product(before, layer))[:12]
        rank = min(count(s, value) + 1, 9)
        assert after[f"{layer}.lora_down.weight"].shape[0] == rank
        assert after[f"{layer}.alpha"] == pytest.approx(rank / 2)
        ranks.add(rank)
    assert len(ranks) > 1
    assert metadata(path)["ss_network_dim"] == "Dynamic"


def test_a_layer_that_does_nothing_keeps_one_dimension(places: Places) -> None:
    base = checkpoints.write(models(places), "base.safetensors")
    path = lora(places, checkpoint=base)
    tensors = load_file(path)
    zero = next(name for name in tensors if "lora_up" in name)
    save_file(tensors | {zero: torch.zeros_like(tensors[zero])}, path)
    after = load_file(done(ResizeRequest(network="n", rank=3), places))
    assert after[zero].shape[1] == 1
    assert torch.isfinite(after[zero]).all()


def test_resizing_refuses_what_it_cannot_do(places: Places) -> None:
    base = checkpoints.write(models(places), "base.safetensors")
    lora(places, checkpoint=base)
    save_file({"lora_unet_x.hada_w1_a": torch.zeros(1, 1)}, loras(places) / "loha.safetensors")
    for fields, kind in (
        ({"network": "n", "method": "sv_ratio", "value": 0.9}, BadRequest),
        ({"network": "n", "method": "sv_fro", "value": 2}, BadRequest),
        ({"network": "n", "method": "by eye"}, UnknownName),
        ({"network": "loha"}, CheckpointError),
        ({"network": "nobody"}, UnknownName),
        ({"network": "n", "name": "n"}, FileProblem),
    ):
        with pytest.raises(kind):
            done(ResizeRequest(**fields), places)
    assert len(list(loras(places).iterdir())) == 2


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
@pytest.mark.parametrize("family", FAMILIES)
def test_there_and_back_all_is_as_before(family: str, dtype: torch.dtype, places: Places) -> None:
    path = lora(places, family, alpha=1.5, dtype=dtype)
    before = load_file(path)
    one = next(name for name in before if name.endswith("to_q.alpha"))
    save_file(before | {one: torch.tensor(3.0, dtype=dtype)}, path, metadata=metadata(path) | {"ss_output_name": "画"})
    before = load_file(path)
    there = done(ConvertRequest(network="n", naming="diffusers"), places)
    assert not any("lora_unet" in name or name.endswith("alpha") for name in load_file(there))
    back = done(ConvertRequest(network="n-diffusers", naming="kohya"), places)
    after = load_file(back)
    assert after.keys() == before.keys()
    assert all(after[name].dtype == before[name].dtype and torch.equal(after[name], before[name]) for name in before)
    assert metadata(back)["ss_output_name"] == "画"
    assert metadata(back)["sshs_model_hash"] == hashes.without_header(back)


@pytest.mark.parametrize("family", ["SD1", "SDXL"])
def test_diffusers_and_peft_read_what_was_renamed_with_its_alphas(family: str, places: Places) -> None:
    path = lora(places, family, alpha=1.0)
    tensors = load_file(path)
    odd = [name for name in tensors if name.endswith("attn1_to_q.alpha")]
    save_file(tensors | {name: torch.tensor(3.0) for name in odd}, path, metadata=metadata(path))
    made = full_size_names(family)
    wanted = {name: tensor.clone() for name, tensor in weights(patched(full_size_names(family), (path, 1, 1))).items()}
    there = done(ConvertRequest(network="n", naming="diffusers"), places)
    state, config = load_file(there), json.loads(metadata(there)["lora_adapter_metadata"])
    unet: UNet2DConditionModel = made.unet
    unet.load_lora_adapter(state, prefix="unet", metadata=config, adapter_name="x")
    unet.fuse_lora()
    place = len(made.text_encoders)
    fused = {k.replace(".base_layer", ""): v for k, v in unet.state_dict().items() if ".lora_" not in k}
    for name, tensor in fused.items():
        torch.testing.assert_close(tensor, wanted[f"{place}.{name}"], **CLOSE)
    for number, net in enumerate(made.text_encoders):
        prefix = ("text_encoder.", "text_encoder_2.")[number]
        own = {k.removeprefix(prefix): v for k, v in config.items() if k.startswith(prefix)}
        inject_adapter_in_model(LoraConfig(**own), net, "x")
        assert sum(hasattr(module, "lora_A") for module in net.modules()) == 18
        for layer, module in net.named_modules():
            if hasattr(module, "lora_A"):
                key = prefix + "text_model." + layer.removeprefix("text_model.")
                module.lora_A["x"].weight.data, module.lora_B["x"].weight.data = (
                    state[f"{key}.lora_{one}.weight"] for one in "AB"
                )
                changed = module.base_layer.weight + module.get_delta_weight("x")
                torch.testing.assert_close(changed, wanted[f"{number}.{layer}.weight"], **CLOSE)


def test_alphas_in_the_metadata_act_here_too(places: Places) -> None:
    path = lora(places, alpha=1.0)
    tensors = load_file(path)
    odd = [name for name in tensors if name.endswith("q_proj.alpha")]
    save_file(tensors | {name: torch.tensor(3.0) for name in odd}, path, metadata=metadata(path))
    there = done(ConvertRequest(network="n", naming="diffusers"), places)
    wanted = patched(full_size_names("SD1"), (path, 0.5, 0.7))
    assert_alike(patched(full_size_names("SD1"), (there, 0.5, 0.7)), wanted, rtol=0, atol=0)
    told = metadata(there)
    config = json.loads(told["lora_adapter_metadata"]) | {"unet.use_rslora": True, "unet.lora_alpha": 0.5}
    save_file(load_file(there), there, metadata=told | {"lora_adapter_metadata": json.dumps(config)})
    assert_alike(patched(full_size_names("SD1"), (there, 0.5, 0.7)), wanted)  # 0.5 over the root of 4 is 1 over 4


def test_a_resized_file_of_diffusers_acts_as_strongly(places: Places) -> None:
    path = lora(places, alpha=1.0)
    done(ConvertRequest(network="n", naming="diffusers"), places)
    small = done(ResizeRequest(network="n-diffusers", rank=4), places)
    wanted = patched(full_size_names("SD1"), (path, 1, 1))
    assert_alike(patched(full_size_names("SD1"), (small, 1, 1)), wanted)


def test_dora_goes_along(places: Places) -> None:
    path = lora(places, "SD1")
    tensors = load_file(path)
    lengths = {
        name.replace("lora_up.weight", "dora_scale"): torch.rand(tensor.shape[0], *[1] * (tensor.dim() - 1))
        for name, tensor in tensors.items()
        if "lora_up" in name
    }
    save_file(tensors | lengths, path, metadata=metadata(path))
    there = done(ConvertRequest(network="n", naming="diffusers"), places)
    config = json.loads(metadata(there)["lora_adapter_metadata"])
    assert config["unet.use_dora"] is True
    assert sum("lora_magnitude_vector" in name for name in load_file(there)) == len(lengths)
    after = load_file(done(ConvertRequest(network=str(there)), places))
    assert all(torch.equal(after[name], tensor) for name, tensor in (tensors | lengths).items())


def test_renaming_refuses_what_it_does_not_know(places: Places) -> None:
    down_up = {"lora_down.weight": torch.zeros(1, 4), "lora_up.weight": torch.zeros(4, 1)}
    for name, layer in (("flux", "lora_unet_double_blocks_0_img_attn_proj"), ("odd", "lora_unet_nowhere")):
        save_file({f"{layer}.{k}": v for k, v in down_up.items()}, loras(places) / f"{name}.safetensors")
    cp = {"lora_down.weight": torch.zeros(1, 4, 1, 1), "lora_up.weight": torch.zeros(4, 1, 1, 1),
          "lora_mid.weight": torch.zeros(1, 1, 3, 3)}  # fmt: skip
    layer = "lora_unet_down_blocks_0_resnets_0_conv1"
    save_file({f"{layer}.{k}": v for k, v in cp.items()}, loras(places) / "cp.safetensors")
    (loras(places) / "page.safetensors").write_text("<!doctype html>")
    for name, text in (("flux", "made for Flux"), ("odd", "no SD1 model has"), ("cp", "core"), ("page", "web page")):
        with pytest.raises(CheckpointError, match=text):
            done(ConvertRequest(network=name, naming="diffusers"), places)
    assert len(list(loras(places).iterdir())) == 4


def test_nonsense_in_the_adapters_metadata_means_no_alpha(places: Places) -> None:
    layer = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
    tensors = {f"{layer}.lora_A.weight": torch.rand(2, 4), f"{layer}.lora_B.weight": torch.rand(4, 2)}
    for number, text in enumerate(
        ("[1]", "{", '{"unet.lora_alpha": "x", "unet.alpha_pattern": 3}', '{"unet.lora_alpha": NaN}')
    ):
        path = loras(places) / f"{number}.safetensors"
        save_file(tensors, path, metadata={"lora_adapter_metadata": text})
        after = load_file(done(ConvertRequest(network=str(number)), places))
        assert after["lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q.alpha"] == 2


def test_stopped_they_leave_nothing(places: Places) -> None:
    a, _ = (checkpoints.write(models(places), f"{name}.safetensors", seed=seed) for seed, name in enumerate("ab"))
    lora(places, checkpoint=a)
    before = sorted(places.models.rglob("*"))
    for request in (
        MergeNetworksRequest(checkpoint="a", networks=("n",)),
        ExtractRequest(original="a", tuned="b"),
        ResizeRequest(network="n", rank=2),
    ):
        context = JobContext(lambda _, value: context.cancel() if getattr(value, "done", 0) > 9 else None)  # noqa: B023
        with pytest.raises(Cancelled):
            done(request, places, context)
        assert sorted(places.models.rglob("*")) == before


def test_the_layers_of_a_family_are_those_of_the_real_models() -> None:
    counted = {
        family: [place for place in names.places(family) if names.is_target(place, False)] for family in FAMILIES
    }
    assert {f: sum(p.net == UNET for p in found) for f, found in counted.items()} == {
        "SD1": 192, "SD2": 192, "SDXL": 722
    }  # fmt: skip
    assert sum(place.net != UNET for place in counted["SD1"]) == 72
    assert sum(place.net != UNET for place in counted["SDXL"]) == 72 + 192


def test_a_pickle_with_code_is_not_opened(places: Places) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, ("echo hacked",)

    torch.save({"x": Evil()}, loras(places) / "evil.pt")
    with pytest.raises(StudioError, match="wants to run code"):
        done(ConvertRequest(network="evil"), places)


@pytest.mark.parametrize("request_", [MergeNetworksRequest(), ExtractRequest(), ResizeRequest(), ConvertRequest()])
def test_what_is_not_chosen_is_never_guessed(request_: AnyMerge, places: Places) -> None:
    lora(places, checkpoint=checkpoints.write(models(places), "base.safetensors"))
    with pytest.raises(BadRequest, match="is not chosen"):
        done(request_, places)
