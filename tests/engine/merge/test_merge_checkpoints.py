"""Checkpoints merged, compared with torch's own arithmetic on the same files."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from studio.catalog.merge_presets import MERGE_PRESETS
from studio.core.errors import BadRequest, Cancelled, CheckpointError, DiskFull, FileProblem, StudioError, UnknownName
from studio.core.job import JobContext, Progress
from studio.core.merge_request import MergeRequest
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.engine.loading import load
from studio.engine.merge import make
from studio.engine.merge.blocks import multipliers
from studio.library import hashes
from tests.engine import checkpoints

EXACT = {"rtol": 0, "atol": 0}
CLOSE = {"rtol": 1e-6, "atol": 1e-7}


def home(places: Places) -> Path:
    return places.models / "Stable-diffusion"


def three(places: Places, family: str = "SD1", **changes: Any) -> list[Path]:
    return [
        checkpoints.write(home(places), f"{name}.safetensors", family, seed, **changes)
        for seed, name in enumerate(("a", "b", "c"))
    ]


def made(places: Places, context: JobContext | None = None, **fields: Any) -> Path:
    return make(MergeRequest(**fields), context or JobContext(), Settings(), places).path


def left(places: Places) -> set[str]:
    return {path.name for path in home(places).rglob("*") if path.is_file()}


def metadata(path: Path) -> dict[str, str]:
    with safe_open(path, "pt") as file:
        return file.metadata()


def summed(a: Tensor, b: Tensor, m: float) -> Tensor:
    return a * (1 - m) + b * m


@pytest.mark.parametrize("family", ["SD1", "SD2", "SDXL", "SDXL refiner"])
def test_a_weighted_sum_is_one(family: str, places: Places) -> None:
    paths = three(places, family)[:2]
    path = made(places, primary="a", secondary="b", multiplier=0.25)
    assert path == home(places) / "0.75(a) + 0.25(b).safetensors"
    (a, b), result = map(load_file, paths), load_file(path)
    assert result.keys() == a.keys()
    changed = 0
    for name, tensor in result.items():
        wanted = summed(a[name], b[name], 0.25) if a[name].is_floating_point() else a[name]
        torch.testing.assert_close(tensor, wanted, **CLOSE)
        changed += not torch.equal(a[name], tensor)
    assert changed > 100
    assert load(path).family == family


def test_a_difference_is_added(places: Places) -> None:
    paths = three(places)
    path = made(places, primary="a", secondary="b", tertiary="c", method="Add difference", multiplier=0.5)
    assert path.name == "a + 0.5(b - c).safetensors"
    a, b, c = map(load_file, paths)
    for name, tensor in load_file(path).items():
        wanted = a[name] + (b[name] - c[name]) * 0.5 if a[name].is_floating_point() else a[name]
        torch.testing.assert_close(tensor, wanted, **CLOSE)


@pytest.mark.parametrize("family", ["SD1", "SD2", "SDXL", "SDXL refiner"])
def test_a_folder_of_parts_goes_in_like_a_file(family: str, places: Places) -> None:
    home(places).mkdir(parents=True)
    first, second = (checkpoints.checkpoint(family, seed) for seed in range(2))
    whole = load_file(checkpoints.save(home(places) / "whole.safetensors", first, facts=first.facts))
    checkpoints.save_folder(home(places) / "parts", first)
    checkpoints.save(home(places) / "b.safetensors", second, facts=second.facts)
    written = load_file(made(places, primary="parts", method="No interpolation", name="one"))
    assert {name: tensor.shape for name, tensor in written.items()} == {n: t.shape for n, t in whole.items()}
    for name, tensor in written.items():
        torch.testing.assert_close(tensor, whole[name], **EXACT)
    mixed = [load_file(made(places, primary=name, secondary="b", multiplier=0.25)) for name in ("whole", "parts")]
    assert all(torch.equal(tensor, mixed[1][name]) for name, tensor in mixed[0].items())
    assert load(home(places) / "one.safetensors").family == family


def test_what_a_folder_tells_of_its_model_goes_into_the_file(places: Places) -> None:
    v = checkpoints.with_facts(checkpoints.checkpoint("SD2"), prediction="v", zero_snr=True)
    checkpoints.save_folder(home(places) / "parts", v)
    found = load(made(places, primary="parts", method="No interpolation", name="one", save_metadata=False))
    assert (found.prediction, found.zero_snr) == ("v", True)


def test_a_folder_with_a_part_of_an_attention_is_no_model(places: Places) -> None:
    folder = checkpoints.save_folder(home(places) / "parts", checkpoints.checkpoint("SD2"))
    path = folder / "text_encoder/model.safetensors"
    tensors = {name: tensor for name, tensor in load_file(path).items() if "layers.0.self_attn.k_proj" not in name}
    save_file(tensors, path)
    with pytest.raises(CheckpointError, match="not a Stable Diffusion model"):
        made(places, primary="parts", method="No interpolation", name="one")


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted"),
    [
        (torch.float8_e4m3fn, torch.float16, torch.float16),
        (torch.bfloat16, torch.float8_e5m2, torch.float32),
        (torch.float8_e4m3fn, torch.float8_e5m2, torch.float16),
        (torch.float8_e4m3fn, torch.float8_e4m3fn, torch.float8_e4m3fn),
    ],
)
def test_models_of_8_bits_go_with_all_others(
    ours: torch.dtype, theirs: torch.dtype, wanted: torch.dtype, places: Places
) -> None:
    inputs = []
    for path, dtype in zip(three(places)[:2], (ours, theirs), strict=True):
        inputs.append({n: t.to(dtype) if t.is_floating_point() else t for n, t in load_file(path).items()})
        save_file(inputs[-1], path)
    a, b = inputs
    for name, tensor in load_file(made(places, primary="a", secondary="b", multiplier=0.25)).items():
        if a[name].is_floating_point() and "model" in name:
            assert tensor.dtype == wanted
            merged = summed(a[name].float(), b[name].float(), 0.25).to(wanted)
            torch.testing.assert_close(tensor.float(), merged.float(), **CLOSE)


def test_a_merge_with_nothing_of_b_is_a_bit_by_bit(places: Places) -> None:
    a = load_file(three(places)[0])
    result = load_file(made(places, primary="a", secondary="b", multiplier=0, name="same"))
    for name, tensor in result.items():
        torch.testing.assert_close(tensor, a[name], **EXACT)


def test_an_inpainting_model_keeps_the_inputs_that_a_plain_one_lacks(places: Places) -> None:
    _, b, c = map(load_file, three(places))
    inpaint = load_file(checkpoints.write(home(places), "paint.safetensors", in_channels=9))
    options = {"primary": "paint", "secondary": "b", "tertiary": "c", "method": "Add difference", "multiplier": 1.0}
    path = made(places, **options)
    assert path.name == "paint + 1.0(b - c).inpainting.safetensors"
    name = "model.diffusion_model.input_blocks.0.0.weight"
    entry = load_file(path)[name]
    torch.testing.assert_close(entry[:, :4], inpaint[name][:, :4] + (b[name] - c[name]), **CLOSE)
    torch.testing.assert_close(entry[:, 4:], inpaint[name][:, 4:], **EXACT)
    assert json.loads(metadata(path)["sd_merge_recipe"])["is_inpainting"] is True
    assert load(path).in_channels == 9
    with pytest.raises(CheckpointError, match="cannot be A"):
        made(places, primary="b", secondary="paint")


def test_a_pix2pix_model_too(places: Places) -> None:
    three(places)
    checkpoints.write(home(places), "p2p.safetensors", in_channels=8)
    path = made(places, primary="p2p", secondary="b", name="mine")
    assert path.name == "mine.instruct-pix2pix.safetensors"
    assert json.loads(metadata(path)["sd_merge_recipe"])["is_instruct_pix2pix"] is True


@pytest.mark.parametrize(("precision", "dtype"), [("fp16", "float16"), ("bf16", "bfloat16"), ("fp32", "float32")])
def test_precision(precision: str, dtype: str, places: Places) -> None:
    kind, (first, second, _) = getattr(torch, dtype), three(places)
    tensors = load_file(first) | {"alphas_cumprod": torch.rand(1000)}
    save_file(tensors, first, metadata=metadata(first))
    result = load_file(made(places, primary="a", secondary="b", multiplier=0.5, precision=precision))
    assert result["alphas_cumprod"].dtype == torch.float32
    b = load_file(second)
    for name, tensor in result.items():
        if "model" in name and tensors[name].is_floating_point():
            torch.testing.assert_close(tensor, summed(tensors[name], b[name], 0.5).to(kind), rtol=1e-2, atol=1e-3)
            assert tensor.dtype == kind


def test_halves_and_wholes_are_computed_in_float32_and_stored_as_what_holds_both(places: Places) -> None:
    first, second, _ = three(places)
    save_file({k: v.half() for k, v in load_file(first).items()}, first, metadata=metadata(first))
    a, b = load_file(first), load_file(second)
    result = load_file(made(places, primary="a", secondary="b", multiplier=0.5))
    name = "model.diffusion_model.middle_block.1.proj_in.weight"
    assert result[name].dtype == torch.float32
    torch.testing.assert_close(result[name], summed(a[name].float(), b[name], 0.5), **CLOSE)


def test_whole_numbers_and_what_b_lacks_stay_as_they_are(places: Places) -> None:
    first, second, _ = three(places)
    own = {
        "cond_stage_model.transformer.text_model.embeddings.position_ids": torch.arange(77)[None],
        "model_ema.num_updates": torch.tensor(7),
        "v_pred": torch.tensor([]),
        "model.extra.weight": torch.rand(3),
        "betas": torch.rand(1000),
    }
    save_file(load_file(first) | own, first, metadata=metadata(first))
    other = {name: tensor + 1 for name, tensor in own.items() if name != "model.extra.weight"}
    save_file(load_file(second) | other, second, metadata=metadata(second))
    result = load_file(made(places, primary="a", secondary="b"))
    for name, tensor in own.items():
        torch.testing.assert_close(result[name], tensor, **EXACT)


def test_old_names_of_text_encoders_are_understood(places: Places) -> None:
    first, second, _ = three(places)
    a, b = load_file(first), load_file(second)
    old = {
        k.replace("cond_stage_model.transformer.text_model.", "cond_stage_model.transformer."): v for k, v in b.items()
    }
    assert old.keys() != b.keys()
    torch.save({"state_dict": old}, second.with_name("old.ckpt"))
    result = load_file(made(places, primary="a", secondary="old.ckpt", multiplier=0.5))
    for name in (name for name in a if a[name].is_floating_point()):
        torch.testing.assert_close(result[name], summed(a[name], b[name], 0.5), **CLOSE)


def test_a_ckpt_is_written_as_torch_does(places: Places) -> None:
    first = three(places)[0]
    path = made(places, primary="a", method="No interpolation", file_format="ckpt", name="目录/新 model")
    assert path == home(places) / "目录" / "新 model.ckpt"
    result = torch.load(path, weights_only=True)
    for name, tensor in load_file(first).items():
        torch.testing.assert_close(result[name], tensor, **EXACT)
    assert left(places) == {"a.safetensors", "b.safetensors", "c.safetensors", "新 model.ckpt"}


@pytest.mark.parametrize("named", ["ldm", "diffusers", "checkpoint"])
def test_a_vae_is_baked_in(named: str, places: Places) -> None:
    three(places)
    other = checkpoints.checkpoint(seed=9)
    folder = places.models / "VAE"
    folder.mkdir(parents=True)
    whole = load_file(checkpoints.save(folder / "whole.safetensors", other))
    ldm = {k.removeprefix("first_stage_model."): v for k, v in whole.items() if k.startswith("first_stage_model.")}
    state = {k: v.clone() for k, v in other.vae.state_dict().items()}
    save_file({"ldm": ldm, "diffusers": state, "checkpoint": whole}[named], folder / "v.vae.safetensors")
    path = made(places, primary="a", secondary="b", bake_in_vae="v.vae.safetensors", precision="fp16")
    result = load_file(path)
    for name, tensor in ldm.items():
        torch.testing.assert_close(result[f"first_stage_model.{name}"], tensor.half(), **EXACT)
    assert load(path).family == "SD1"


def test_a_vae_of_another_kind_is_refused(places: Places) -> None:
    three(places)
    folder = places.models / "VAE"
    folder.mkdir(parents=True)
    vae = checkpoints.vae(channels=(32, 96))
    save_file({k: v.clone() for k, v in vae.state_dict().items()}, folder / "odd.safetensors")
    with pytest.raises(CheckpointError, match="another model family"):
        made(places, primary="a", secondary="b", bake_in_vae="odd")
    assert len(left(places)) == 3


def test_weights_are_discarded_by_their_names(places: Places) -> None:
    three(places)
    path = made(places, primary="a", secondary="b", discard_weights=r"^(first_stage|cond_stage)_model\.")
    assert {name.partition(".")[0] for name in load_file(path)} == {"model"}
    with pytest.raises(BadRequest, match="no regular expression"):
        made(places, primary="a", secondary="b", discard_weights="(", name="x")
    with pytest.raises(BadRequest, match="Nothing would be left"):
        made(places, primary="a", secondary="b", discard_weights=".", name="x")


def test_the_recipe_is_the_web_uis(places: Places) -> None:
    first, second, _ = three(places)
    save_file(load_file(first), first, metadata=metadata(first) | {"author": "me", "sshs_model_hash": "x"})
    path = made(places, primary="a", secondary="b", multiplier=0.3, precision="fp16", name="mine")
    told = metadata(path)
    digests = [hashes.sha256(one, places) for one in (first, second)]
    assert json.loads(told["sd_merge_recipe"]) == {
        "type": "webui", "primary_model_hash": digests[0], "secondary_model_hash": digests[1],
        "tertiary_model_hash": None, "interp_method": "Weighted sum", "multiplier": 0.3, "save_as_half": True,
        "custom_name": "mine", "config_source": "A, B or C", "bake_in_vae": "None", "discard_weights": "",
        "is_inpainting": False, "is_instruct_pix2pix": False, "precision": "fp16",
    }  # fmt: skip
    models = json.loads(told["sd_merge_models"])
    assert models[digests[0]] == {
        "name": "a.safetensors", "legacy_hash": hashes.legacy(first), "sd_merge_recipe": None
    }  # fmt: skip
    assert (told["format"], told["author"], told["modelspec.merged_from"]) == ("pt", "me", "a, b")
    assert "sshs_model_hash" not in told
    again = metadata(made(places, primary="mine", secondary="a"))
    assert set(json.loads(again["sd_merge_models"])) == {*digests, hashes.sha256(path, places)}
    assert json.loads(again["sd_merge_models"])[hashes.sha256(path, places)]["sd_merge_recipe"]["custom_name"] == "mine"


def test_metadata_as_wished(places: Places) -> None:
    first = three(places)[0]
    save_file(load_file(first), first, metadata=metadata(first) | {"author": "me"})
    plain = metadata(made(places, primary="a", secondary="b", name="x", save_metadata=False))
    assert {"sd_merge_recipe", "author"}.isdisjoint(plain)
    assert load(home(places) / "x.safetensors").family == "SD1"
    own = metadata(made(places, primary="a", secondary="b", name="y", copy_metadata=False, metadata='{"n": {"a": 1}}'))
    assert own["n"] == '{"a": 1}'
    assert "author" not in own
    for text in ("[1]", "{", "[" * 100_000):
        with pytest.raises(BadRequest, match="no JSON object"):
            made(places, primary="a", secondary="b", name="z", metadata=text)


@pytest.mark.parametrize(("source", "wanted"), [("A, B or C", "of b"), ("B", "of b"), ("C", None), ("Don't", None)])
def test_the_config_comes_along(source: str, wanted: str | None, places: Places) -> None:
    second = three(places)[1]
    second.with_suffix(".yaml").write_text("of b")
    path = made(places, primary="a", secondary="b", config_source=source).with_suffix(".yaml")
    assert (path.read_text() if path.exists() else None) == wanted


def test_blocks_have_their_own_multipliers(places: Places) -> None:
    paths = three(places)[:2]
    weights = [round(0.01 * block, 2) for block in range(25)]
    text = ",".join(map(str, [0.9, *weights]))
    a, b = map(load_file, paths)
    result = load_file(made(places, primary="a", secondary="b", block_weights=text, name="x"))
    unet = "model.diffusion_model."
    for name, multiplier in (
        ("first_stage_model.decoder.conv_in.weight", 0.9),
        ("cond_stage_model.transformer.text_model.final_layer_norm.weight", 0.9),
        (unet + "time_embed.0.weight", 0.0),
        (unet + "input_blocks.1.0.in_layers.2.weight", 0.01),
        (unet + "middle_block.1.proj_in.weight", 0.12),
        (unet + "output_blocks.5.0.in_layers.2.weight", 0.18),
        (unet + "out.2.weight", 0.24),
    ):
        torch.testing.assert_close(result[name], summed(a[name], b[name], multiplier), **CLOSE)


def test_block_weights_come_in_some_ways() -> None:
    block = "model.diffusion_model.input_blocks.{}.0.x"
    of = multipliers(",".join(["0.5"] * 25), 0.2, "SD1")
    assert (of("first_stage_model.x"), of(block.format(3))) == (0.2, 0.5)
    of = multipliers(",".join(map(str, range(19))), 0.2, "SDXL")
    assert [of(block.format(8)), of("model.diffusion_model.middle_block.0.x")] == [8, 9]
    assert [of(f"model.diffusion_model.output_blocks.{n}.0.x") for n in (0, 8)] == [10, 18]
    of = multipliers("grad_v", 0.2, "SD1")
    assert [round(of(block.format(number)), 4) for number in (0, 1, 11)] == [1, 0.9167, 0.0833]
    assert multipliers(" ", 0.2, "SD1")(block.format(0)) == 0.2
    assert all(len(preset.weights) == 25 for preset in MERGE_PRESETS)
    for text in ("1,2,3", "0.5", "a,b", ",", "nan," * 24 + "1", ",".join(["1"] * 19)):
        with pytest.raises(StudioError):
            multipliers(text, 0.2, "SD1")
    with pytest.raises(UnknownName, match="GRAD_V"):
        multipliers("GRAD_X", 0.2, "SD1")


def test_models_that_do_not_go_together_are_refused_before_anything_is_written(places: Places) -> None:
    three(places)
    checkpoints.write(home(places), "xl.safetensors", "SDXL")
    checkpoints.write(home(places), "wide.safetensors", channels=(32, 64, 64, 96))
    save_file({"x": torch.zeros(1)}, home(places) / "none.safetensors")
    (home(places) / "page.safetensors").write_text("<html>")
    (home(places) / "cut.safetensors").write_bytes((home(places) / "a.safetensors").read_bytes()[:-100])
    before = left(places)
    for other, text in (
        ("xl", "is SDXL, but a.safetensors is SD1"), ("wide", "differs in shape"),
        ("none", "not a Stable Diffusion model"), ("page", "web page"), ("cut", "cut short"),
    ):  # fmt: skip
        with pytest.raises(CheckpointError, match=text):
            made(places, primary="a", secondary=other)
    with pytest.raises(UnknownName):
        made(places, primary="a", secondary="nobody")
    with pytest.raises(BadRequest, match="needs a model C"):
        made(places, primary="a", secondary="b", method="Add difference")
    with pytest.raises(UnknownName):
        made(places, primary="a", secondary="b", method="Mean")
    assert left(places) == before


def test_a_pickle_with_code_is_not_opened(places: Places) -> None:
    three(places)

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, ("echo hacked",)

    torch.save({"state_dict": {"x": Evil()}}, home(places) / "evil.ckpt")
    with pytest.raises(CheckpointError, match="wants to run code"):
        made(places, primary="a", secondary="evil")


def test_nothing_is_overwritten(places: Places) -> None:
    three(places)
    with pytest.raises(FileProblem, match="already a model"):
        made(places, primary="a", secondary="b", name="c")
    (home(places) / "a.yaml").write_text("of a")
    (home(places) / "new.yaml").write_text("precious")
    with pytest.raises(FileProblem, match=r"new\.yaml"):
        made(places, primary="a", secondary="b", name="new")


def test_names_lead_nowhere_else(places: Places, tmp_path: Path) -> None:
    three(places)
    path = made(places, primary="a", secondary="b", name="../../x:y")
    assert path.is_relative_to(home(places))
    assert made(places, primary="a", secondary="b", name=str(tmp_path / "there.safetensors")).parent == tmp_path
    with pytest.raises(BadRequest, match="cannot be a file's name"):
        made(places, primary="a", secondary="b", name="///")
    long = made(places, primary="a", secondary="b", name="长" * 200)
    assert len(long.name.encode()) <= 255


def test_stopped_it_leaves_nothing(places: Places) -> None:
    three(places)
    before = left(places)
    for end in ("safetensors", "ckpt"):
        context = JobContext(lambda _, value: context.cancel() if getattr(value, "done", 0) > 50 else None)  # noqa: B023
        with pytest.raises(Cancelled):
            made(places, context, primary="a", secondary="b", file_format=end)
        assert left(places) == before


def test_it_says_how_far_it_is(places: Places) -> None:
    three(places)
    heard: list[Progress] = []
    context = JobContext(lambda _, value: heard.append(value) if isinstance(value, Progress) else None)
    path = made(places, context, primary="a", secondary="b")
    written = [one for one in heard if one.text == f"Writing {path.name} …"]
    assert [one.done for one in written] == list(range(len(load_file(path))))


def test_a_disk_without_room_is_told_before(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    three(places)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=2**24))
    with pytest.raises(DiskFull, match="needs"):
        made(places, primary="a", secondary="b")
    assert len(left(places)) == 3


@pytest.mark.skipif(os.name == "nt", reason="no such limit there")
@pytest.mark.parametrize("end", ["safetensors", "ckpt"])
def test_a_disk_that_takes_no_more_leaves_nothing(end: str, places: Places) -> None:
    three(places)
    hashes.compute(home(places).iterdir(), places, JobContext())
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        with pytest.raises(StudioError):
            made(places, primary="a", secondary="b", file_format=end)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert len(left(places)) == 3


def test_tensors_of_any_size_need_next_to_no_memory() -> None:
    program = [sys.executable, "-m", "tests.benchmarks.merge", "--share", "0.01", "--add", "--precision", "fp16"]
    said = subprocess.run(program, check=True, capture_output=True, cwd=Path(__file__).parents[3])
    figures = json.loads(said.stdout)
    assert figures["written_mib"] > 200
    assert figures["peak_rss_mib"] - figures["rss_before_mib"] < 60  # the largest tensor alone has 120
