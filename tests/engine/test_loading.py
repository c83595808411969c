"""Checkpoints of every family become nets that compute what their makers meant."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders.single_file_utils import convert_open_clip_checkpoint
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from studio.core.errors import Cancelled
from studio.core.job import JobContext, Progress
from studio.engine.levels import linear_alphas
from studio.engine.loading import Checkpoint, Facts, load, load_vae, nets
from studio.engine.loading.checkpoint import predicts_v
from studio.engine.loading.export import to_ldm
from studio.engine.loading.facts import of_family
from studio.library import components, layout
from tests.engine import checkpoints as make

E2E = Path(__file__).parents[1] / "data" / "golden" / "e2e_tiny"
TINY = E2E / "models" / "tiny_sd15.safetensors"
COMPONENTS = np.load(E2E / "components.npz")
FAMILIES = list(make.UNETS)
EXACT = {"rtol": 0, "atol": 0}


def tensors(net: nn.Module) -> dict[str, Tensor]:
    return {name.removeprefix("text_model."): tensor for name, tensor in net.state_dict().items()}


def assert_same(found: nn.Module, wanted: nn.Module) -> None:
    there, expected = tensors(found), tensors(wanted)
    assert there.keys() == expected.keys()
    for name, tensor in expected.items():
        torch.testing.assert_close(there[name], tensor, **EXACT, msg=name)


def assert_computes_same(found: Checkpoint, wanted: Checkpoint) -> None:
    """Heads, groups, activations and projections are right too: the results are equal."""
    generator = torch.Generator().manual_seed(1)
    tokens = torch.randint(0, make.VOCABULARY, (1, 77), generator=generator)
    x = torch.randn(1, wanted.in_channels, 8, 8, generator=generator)
    context = torch.randn(1, 7, wanted.unet.config["cross_attention_dim"], generator=generator)
    added = {"text_embeds": torch.randn(1, 32, generator=generator), "time_ids": torch.ones(1, 6)}
    if wanted.family == "SDXL refiner":
        added = {"text_embeds": torch.randn(1, 64, generator=generator), "time_ids": torch.ones(1, 5)}
    with torch.inference_mode():
        for a, b in zip(found.text_encoders, wanted.text_encoders, strict=True):
            torch.testing.assert_close(a(tokens)[0], b(tokens)[0], **EXACT)
        results = [net(x, 500, context, added_cond_kwargs=added)[0] for net in (found.unet, wanted.unet)]
        torch.testing.assert_close(*results, **EXACT)
        torch.testing.assert_close(found.vae.decode(x[:, :4])[0], wanted.vae.decode(x[:, :4])[0], **EXACT)


@pytest.fixture(scope="module")
def tiny() -> Checkpoint:
    return load(TINY)


class TestTheWebUi:
    """The reference checkpoint gives what the web UI computed with it."""

    def test_facts(self, tiny: Checkpoint) -> None:
        assert (tiny.name, tiny.family, tiny.prediction, tiny.zero_snr) == ("tiny_sd15", "SD1", "epsilon", False)
        assert (tiny.in_channels, tiny.scaling_factor) == (4, 0.18215)
        assert tiny.unet.config["attention_head_dim"] == [8, 8, 8, 8]
        assert tiny.text_encoders[0].config.num_attention_heads == 4
        torch.testing.assert_close(tiny.alphas_cumprod, linear_alphas(), rtol=1e-6, atol=0)
        assert all(not parameter.requires_grad for net in tiny.nets for parameter in net.parameters())

    @pytest.mark.parametrize("t", [0.0, 1.0, 250.5, 500.0, 999.0])
    def test_unet(self, tiny: Checkpoint, t: float) -> None:
        x, context = (torch.from_numpy(COMPONENTS[name]) for name in ("unet_x", "1/clip1"))
        with torch.inference_mode():
            found = tiny.unet(x, torch.tensor([t]), context, return_dict=False)[0]
        np.testing.assert_allclose(found.numpy(), COMPONENTS[f"unet/t{t}"], atol=1e-5)

    def test_vae(self, tiny: Checkpoint) -> None:
        from PIL import Image

        pixels = np.asarray(Image.open(E2E / "inputs" / "pic64.png").convert("RGB"), np.float32) / 127.5 - 1
        with torch.inference_mode():
            latent = tiny.vae.encode(torch.from_numpy(pixels).permute(2, 0, 1)[None]).latent_dist  # type: ignore[union-attr]
            half = torch.from_numpy(COMPONENTS["unet_x"]) * 0.5 / tiny.scaling_factor
            picture = tiny.vae.decode(half, return_dict=False)[0]
        np.testing.assert_allclose(latent.mean.numpy(), COMPONENTS["vae_encode_mean"], atol=1e-5)
        np.testing.assert_allclose(latent.logvar.numpy(), COMPONENTS["vae_encode_logvar"], atol=1e-5)
        np.testing.assert_allclose(picture.numpy(), COMPONENTS["vae_decode"], atol=1e-5)

    def test_text(self, tiny: Checkpoint) -> None:
        empty = torch.tensor([[49406] + [49407] * 76])
        with torch.inference_mode():
            found = tiny.text_encoders[0](empty)[0]
        np.testing.assert_allclose(found.numpy(), COMPONENTS["0/clip1"], atol=1e-5)

    def test_back_to_its_own_names(self, tiny: Checkpoint) -> None:
        file = load_file(TINY)
        without = ("alphas_cumprod", "betas", "position_ids")
        expected = {name: tensor for name, tensor in file.items() if not name.endswith(without)}
        found = to_ldm(tiny)
        assert found.keys() == expected.keys()
        for name, tensor in expected.items():
            torch.testing.assert_close(found[name], tensor.float(), **EXACT, msg=name)


@pytest.mark.parametrize("family", FAMILIES)
class TestFamilies:
    """Small random models of each family, against diffusers' own reading where that works offline."""

    def test_single_file(self, tmp_path: Path, family: str) -> None:
        made = make.checkpoint(family)
        found = load(make.save(tmp_path / "模型 one.safetensors", made, facts=made.facts))
        assert (found.family, found.name, found.scaling_factor) == (family, "模型 one", made.facts.scaling_factor)
        for there, expected in zip(found.nets, made.nets, strict=True):
            assert_same(there, expected)
        assert_computes_same(found, made)

    def test_diffusers_reads_the_same(self, tmp_path: Path, family: str) -> None:
        made = make.checkpoint(family, resnets=2)
        path = make.save(tmp_path / "one.safetensors", made, facts=made.facts)
        made.unet.save_config(tmp_path / "unet")
        made.vae.save_config(tmp_path / "vae")
        found = load(path)
        for kind, name in ((UNet2DConditionModel, "unet"), (AutoencoderKL, "vae")):
            oracle = kind.from_single_file(str(path), config=str(tmp_path), subfolder=name, local_files_only=True)
            assert_same(getattr(found, name), oracle)

    def test_folder(self, tmp_path: Path, family: str) -> None:
        made = make.with_facts(make.checkpoint(family), prediction="v", zero_snr=True)
        found = load(make.save_folder(tmp_path, made))
        assert (found.family, found.prediction, found.zero_snr) == (family, "v", True)
        assert_computes_same(found, made)

    def test_half_precision_folder(self, tmp_path: Path, family: str) -> None:
        made = make.checkpoint(family)
        for net in made.nets:
            net.half()
        found = load(make.save_folder(tmp_path, made, "fp16"), dtype=torch.float16)
        for there, expected in zip(found.nets, made.nets, strict=True):
            assert_same(there, expected)

    def test_mapped(self, tmp_path: Path, family: str) -> None:
        made = make.checkpoint(family)
        path = make.save(tmp_path / "a.safetensors", made, facts=made.facts)
        before = path.read_bytes()
        found = load(path, mapped=True)
        for there, expected in zip(found.nets, made.nets, strict=True):
            assert_same(there, expected)
            for parameter in there.parameters():
                parameter.add_(1)
        assert path.read_bytes() == before

    def test_half_is_not_read_as_full(self, tmp_path: Path, family: str) -> None:
        made = make.checkpoint(family)
        found = load(make.save(tmp_path / "a.safetensors", made, facts=made.facts), dtype=torch.bfloat16)
        assert {tensor.dtype for net in found.nets for tensor in net.parameters()} == {torch.bfloat16}
        assert found.size_bytes < 0.51 * made.size_bytes


def test_open_clip_as_diffusers_reads_it() -> None:
    made = make.checkpoint("SDXL")
    names = to_ldm(made)
    encoder = make.text("projected", 32, "gelu")
    oracle = convert_open_clip_checkpoint(encoder, names, prefix="conditioner.embedders.1.model.")
    there = {name.removeprefix("text_model."): tensor for name, tensor in oracle.items()}
    expected = tensors(made.text_encoders[1])
    assert expected.keys() <= there.keys()
    for name, tensor in expected.items():
        torch.testing.assert_close(there[name], tensor, **EXACT, msg=name)


def test_a_narrow_model_of_our_own(tmp_path: Path) -> None:
    """Three levels of one block, attention on the lower two, a VAE of four levels with 8 groups: no special case."""
    facts = {"prediction": "v", "zero_snr": True, "vae_groups": 8, "scaling_factor": 0.9}
    made = make.checkpoint("SD1", channels=(96, 192, 288), depths=(0, 1, 1), context=256, heads=(8, 8, 8))
    vae = make.vae(0.9, (32, 64, 128, 128), 8)
    text = make.text("clip", 256, "quick_gelu")
    made = Checkpoint(
        made.path, "own", "SD1", made.unet, vae, (text,), made.facts.model_copy(update=facts), linear_alphas()
    )
    for net in made.nets:
        make.randomize(net)
    found = load(make.save(tmp_path / "own.safetensors", made, dtype=torch.float32, facts=made.facts))
    assert (found.prediction, found.zero_snr, found.scaling_factor) == ("v", True, 0.9)
    assert_computes_same(found, made)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("channels", [8, 9])
def test_more_input_channels(tmp_path: Path, family: str, channels: int) -> None:
    made = make.checkpoint(family, in_channels=channels)
    found = load(make.save(tmp_path / "a.safetensors", made, facts=made.facts))
    assert (found.in_channels, found.family) == (channels, family)


class Described:
    """A file of which only the header exists."""

    metadata: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, shapes: dict[str, tuple[int, ...]]) -> None:
        self.shapes = shapes

    def read(self, name: str, dtype: torch.dtype | None = None, *, mapped: bool = False) -> Tensor:
        raise AssertionError(name)


@pytest.mark.parametrize(
    ("family", "options", "parameters", "heads"),
    [
        ("SD1", {"channels": (320, 640, 1280, 1280), "depths": (1, 1, 1, 0), "context": 768, "heads": 8},
         859_520_964, [8] * 4),
        ("SD2", {"channels": (320, 640, 1280, 1280), "depths": (1, 1, 1, 0), "context": 1024, "heads": (5, 10, 20, 20)},
         865_910_724, [5, 10, 20, 20]),
        ("SDXL", {"channels": (320, 640, 1280), "depths": (0, 2, 10), "context": 2048, "heads": (5, 10, 20),
                  "vector": 2816}, 2_567_463_684, [5, 10, 20]),
        ("SDXL refiner", {"channels": (384, 768, 1536, 1536), "depths": (0, 4, 4, 0), "middle": 4, "context": 1280,
                          "heads": (6, 12, 24, 24), "vector": 2560}, None, [6, 12, 24, 24]),
    ],
)  # fmt: skip
def test_the_published_sizes(family: str, options: dict[str, Any], parameters: int | None, heads: list[int]) -> None:
    """The real families' U-Nets, of which nothing is allocated; counts are the published ones where known."""
    with torch.device("meta"):
        real = make.unet(make.UNETS[family] | options, 2)
    names = layout.unet_to_ldm(real.state_dict())
    file = Described({f"model.diffusion_model.{names[name]}": tuple(t.shape) for name, t in real.state_dict().items()})
    found = nets.plan(Path("x"), file, components.from_ldm(file.shapes).unet, nets.unet(of_family(family))).module
    assert parameters in (None, sum(parameter.numel() for parameter in found.parameters()))
    assert found.config["attention_head_dim"] == heads
    assert {n: t.shape for n, t in found.state_dict().items()} == {n: t.shape for n, t in real.state_dict().items()}


class TestPrediction:
    """What is told of the prediction, from the strongest voice to the weakest."""

    def test_metadata(self, tmp_path: Path) -> None:
        made = make.checkpoint("SDXL")
        path = tmp_path / "a.safetensors"
        save_file(
            {name: tensor.clone() for name, tensor in to_ldm(made).items()}, path, {"modelspec.prediction_type": "v"}
        )
        assert load(path).prediction == "v"

    def test_marks(self, tmp_path: Path) -> None:
        marks = {"v_pred": torch.zeros(0), "ztsnr": torch.zeros(0)}
        found = load(_with(tmp_path, make.checkpoint("SDXL"), marks))
        assert (found.prediction, found.zero_snr) == ("v", True)

    def test_yaml_wins(self, tmp_path: Path) -> None:
        path = make.write(tmp_path, "a.safetensors", "SD2")
        (tmp_path / "a.yaml").write_text(
            "model:\n  params:\n    parameterization: v\n    scale_factor: 0.5\n    linear_start: 0.001\n"
            "    linear_end: 0.01\n    unet_config:\n      params: {num_heads: -1, num_head_channels: 32}\n"
        )
        found = load(path)
        assert (found.prediction, found.scaling_factor) == ("v", 0.5)
        assert found.unet.config["attention_head_dim"] == [2, 4]
        torch.testing.assert_close(found.alphas_cumprod, linear_alphas(0.001, 0.01))

    def test_sgm_yaml(self, tmp_path: Path) -> None:
        path = make.write(tmp_path, "a.safetensors", "SDXL")
        (tmp_path / "a.yaml").write_text(
            "model:\n  params:\n    network_config: {params: {num_head_channels: 64}}\n    denoiser_config:\n"
            "      params: {scaling_config: {target: sgm.modules.diffusionmodules.denoiser_scaling.VScaling}}\n"
        )
        assert load(path).prediction == "v"

    @pytest.mark.parametrize("is_v", [True, False])
    def test_sd2_is_asked(self, tmp_path: Path, is_v: bool) -> None:
        made = make.checkpoint("SD2")
        made.unet.conv_out.weight.zero_()
        made.unet.conv_out.bias.fill_(-2 if is_v else 0.5)
        found = load(_with(tmp_path, made, {}))
        assert found.prediction == ("v" if is_v else "epsilon")
        assert predicts_v(found.unet) == is_v

    def test_convention(self, tmp_path: Path) -> None:
        found = load(_with(tmp_path, make.checkpoint("SD1"), {}))
        assert (found.prediction, found.zero_snr, found.scaling_factor) == ("epsilon", False, 0.18215)

    def test_heads_of_the_families(self, tmp_path: Path) -> None:
        assert load(_with(tmp_path, make.checkpoint("SD1"), {})).unet.config["attention_head_dim"] == [8, 8, 8, 8]
        assert load(_with(tmp_path, make.checkpoint("SDXL"), {})).unet.config["attention_head_dim"] == [1, 2, 2]


class TestVariants:
    """The ways in which the same model lies in files."""

    @pytest.mark.parametrize("wrapped", [True, False])
    @pytest.mark.parametrize("legacy", [True, False])
    def test_pickled(self, tmp_path: Path, wrapped: bool, legacy: bool) -> None:
        made = make.checkpoint("SD1")
        state = {**to_ldm(made), "model_ema.decay": torch.tensor(0.9), "global_step": 5}
        path = tmp_path / "a.ckpt"
        torch.save(
            {"state_dict": state, "epoch": 1} if wrapped else state, path, _use_new_zipfile_serialization=not legacy
        )
        for there, expected in zip(load(path).nets, made.nets, strict=True):
            assert_same(there, expected)

    def test_what_the_name_says_does_not_matter(self, tmp_path: Path) -> None:
        path = make.write(tmp_path).rename(tmp_path / "a.ckpt")
        assert load(path).family == "SD1"

    @pytest.mark.parametrize("family", FAMILIES)
    def test_averaged_weights(self, tmp_path: Path, family: str) -> None:
        made, averaged = make.checkpoint(family), make.checkpoint(family, seed=1)
        plain, other = to_ldm(made), to_ldm(averaged)
        unet = {name for name in plain if name.startswith("model.diffusion_model.")}
        ema = {"model_ema." + name.removeprefix("model.").replace(".", ""): other[name] for name in unet}
        both = _write(tmp_path / "both.safetensors", {**plain, **ema}, made.facts)
        only = {name: tensor for name, tensor in plain.items() if name not in unet}
        only_ema = _write(tmp_path / "ema.safetensors", {**only, **ema}, made.facts)
        assert_same(load(both).unet, made.unet)
        assert_same(load(both, ema=True).unet, averaged.unet)
        assert_same(load(only_ema).unet, averaged.unet)

    def test_names_begin_with_more(self, tmp_path: Path) -> None:
        made = make.checkpoint("SD2")
        path = _write(tmp_path / "a.safetensors", {f"model.{name}": t for name, t in to_ldm(made).items()}, made.facts)
        for there, expected in zip(load(path).nets, made.nets, strict=True):
            assert_same(there, expected)

    def test_clip_without_text_model(self, tmp_path: Path) -> None:
        made = make.checkpoint("SD1")
        state = {name.replace("transformer.text_model.", "transformer."): t for name, t in to_ldm(made).items()}
        found = load(_write(tmp_path / "a.safetensors", state, made.facts))
        assert_same(found.text_encoders[0], made.text_encoders[0])

    @pytest.mark.parametrize("dtype", [torch.float8_e4m3fn, torch.float8_e5m2, torch.bfloat16, torch.float16])
    def test_smaller_numbers(self, tmp_path: Path, dtype: torch.dtype) -> None:
        made = make.checkpoint("SD1")
        found = load(make.save(tmp_path / "a.safetensors", made, dtype=dtype, facts=made.facts))
        for net in made.nets:
            net.to(dtype).to(torch.float32)
        for there, expected in zip(found.nets, made.nets, strict=True):
            assert_same(there, expected)

    def test_a_table_of_noise_levels_in_the_file_counts(self, tmp_path: Path) -> None:
        alphas = linear_alphas(0.0005, 0.02)
        made = make.checkpoint("SD1")
        torch.testing.assert_close(load(_with(tmp_path, made, {"alphas_cumprod": alphas})).alphas_cumprod, alphas)
        rounded = load(_with(tmp_path, made, {"alphas_cumprod": alphas.half()}))
        torch.testing.assert_close(rounded.alphas_cumprod, linear_alphas())


class TestVae:
    """A VAE from elsewhere."""

    @pytest.fixture
    def model(self, tmp_path: Path) -> Path:
        return make.write(tmp_path)

    @pytest.fixture
    def other(self) -> AutoencoderKL:
        other = make.vae()
        make.randomize(other)
        return other

    def test_ldm_names(self, tmp_path: Path, model: Path, other: AutoencoderKL) -> None:
        made = make.checkpoint()
        state = to_ldm(Checkpoint(model, "", "SD1", made.unet, other, made.text_encoders, made.facts, linear_alphas()))
        own = {name.removeprefix("first_stage_model."): t for name, t in state.items() if "first_stage_model." in name}
        own |= {"loss.logvar": torch.zeros(1), "model_ema.decay": torch.zeros(1)}
        torch.save({"state_dict": own}, tmp_path / "own.vae.pt")
        found = load(model, vae=tmp_path / "own.vae.pt")
        assert_same(found.vae, other)
        assert found.vae_path == tmp_path / "own.vae.pt"
        assert_same(load_vae(_write(tmp_path / "p.safetensors", state), found.facts), other)

    @pytest.mark.parametrize("old", [True, False])
    def test_diffusers_names(self, tmp_path: Path, model: Path, other: AutoencoderKL, old: bool) -> None:
        state = other.state_dict()
        for new, former in (
            (("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn")) if old else ()
        ):
            state = {name.replace(new, former): tensor for name, tensor in state.items()}
        assert_same(load(model, vae=_write(tmp_path / "v.safetensors", state)).vae, other)

    def test_a_folder_knows_its_groups(self, tmp_path: Path, model: Path) -> None:
        other = make.vae(groups=8)
        make.randomize(other)
        other.save_pretrained(tmp_path / "vae folder")
        found = load(model, vae=tmp_path / "vae folder")
        assert_same(found.vae, other)
        assert found.vae.config["norm_num_groups"] == 8
        assert found.scaling_factor == 0.18215

    def test_taken_back_from_the_checkpoint(self, model: Path) -> None:
        found = load(model)
        assert_same(load_vae(model, found.facts), found.vae)


def test_progress_and_cancelling(tmp_path: Path) -> None:
    path = make.write(tmp_path)
    reports: list[Progress] = []
    load(path, context=JobContext(lambda *report: reports.append(report[1])))
    assert len(reports) > 3
    assert reports[-1].done == reports[-1].total
    assert [report.done for report in reports] == sorted(report.done for report in reports)
    context = JobContext()
    context.report = lambda *_: context.cancel()
    with pytest.raises(Cancelled):
        load(path, context=context)


def test_facts_survive_their_metadata() -> None:
    facts = Facts(unet_heads=(1, 2), vae_groups=8, prediction="v", zero_snr=True, scaling_factor=0.7)
    metadata = facts.metadata()
    assert metadata["modelspec.prediction_type"] == "v"
    assert Facts(**json.loads(metadata["studio.config"])) == facts


def _with(folder: Path, made: Checkpoint, more: dict[str, Tensor]) -> Path:
    """A file that tells nothing but by `more` (and how many heads the text encoders have)."""
    text = Facts(text_heads=made.facts.text_heads)
    return _write(
        folder / "a.safetensors", {**to_ldm(made), **more}, metadata={"studio.config": text.model_dump_json()}
    )


def _write(
    path: Path, state: dict[str, Tensor], facts: Facts | None = None, metadata: dict[str, str] | None = None
) -> Path:
    found = facts.metadata() if facts else metadata
    save_file({name: tensor.contiguous().clone() for name, tensor in state.items()}, path, found)
    return path
