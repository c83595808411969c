"""What headers tell: files of the real classes, small, of every kind and algorithm."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKL, AutoencoderTiny, ControlNetModel, T2IAdapter, UNet2DConditionModel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lycoris import create_lycoris
from PIL import Image, PngImagePlugin
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

from studio.core.errors import CheckpointError
from studio.library import model_facts, model_rows
from studio.library.model_facts import ModelFacts
from tests.engine import checkpoints as make

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
LORAS = GOLDEN / "e2e_tiny" / "lora"


def saved(path: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, str] | None = None) -> ModelFacts:
    """The facts of these tensors, which the .safetensors and the two pickled forms must agree on."""
    tensors = {name: tensor.contiguous().clone() for name, tensor in tensors.items()}
    save_file(tensors, path.with_suffix(".safetensors"), metadata)
    found = model_facts.read(path.with_suffix(".safetensors"))
    for is_zip in (True, False):
        torch.save({"state_dict": tensors}, path.with_suffix(".ckpt"), _use_new_zipfile_serialization=is_zip)
        pickled = model_facts.read(path.with_suffix(".ckpt"))
        alphas = {"alpha": found.alpha, "conv_alpha": found.conv_alpha}  # pickles do not tell numbers
        told = {name: getattr(found, name) for name in (*METADATA, "base", "prediction")} if metadata else {}
        assert pickled.model_copy(update={"is_pickled": False, **alphas, **told}) == found
    return found


METADATA = ("told_base", "resolution", "tags", "title", "author", "trigger_phrase", "trained_on", "network_hash")


def zeros(shapes: dict[str, tuple[int, ...]]) -> dict[str, torch.Tensor]:
    return {name: torch.zeros(shape, dtype=torch.float16) for name, shape in shapes.items()}


@pytest.mark.parametrize("family", ["SD1", "SD2", "SDXL", "SDXL refiner"])
def test_checkpoints_of_each_family(tmp_path: Path, family: str) -> None:
    path = make.save(tmp_path / "模型 a.safetensors", make.checkpoint(family), dtype=torch.float16)
    facts = model_facts.read(path)
    assert (facts.kind, facts.base, facts.variant, facts.precision) == ("checkpoint", family, "", "fp16")
    assert (facts.has_vae, facts.has_text_encoder, facts.has_ema) == (True, True, False)
    made = make.checkpoint(family)
    count = sum(tensor.numel() for net in made.nets for tensor in net.parameters())
    assert 0 <= facts.parameters - count < count / 5  # OpenCLIP's files have one layer more


@pytest.mark.parametrize(("channels", "variant"), [(9, "inpainting"), (8, "pix2pix"), (5, "depth")])
def test_variants(tmp_path: Path, channels: int, variant: str) -> None:
    path = make.save(tmp_path / "a.safetensors", make.checkpoint("SD1", in_channels=channels))
    assert model_facts.read(path).variant == variant


def test_folders_of_diffusers(tmp_path: Path) -> None:
    facts = model_facts.read(make.save_folder(tmp_path / "a", make.checkpoint("SDXL")))
    assert (facts.kind, facts.base) == ("checkpoint", "SDXL")
    assert facts.has_vae
    assert facts.has_text_encoder


WIDTHS = [(768, "SD1"), (1024, "SD2"), (2048, "SDXL"), (1280, "SDXL refiner")]


def unet(context: int) -> UNet2DConditionModel:
    options = make.UNETS["SD1"] | {"channels": (32, 64), "depths": (1, 0), "context": context, "linear": True}
    return make.unet(options, 1)


@pytest.mark.parametrize(("context", "base"), WIDTHS)
def test_u_nets_alone_by_the_width_of_their_context(tmp_path: Path, context: int, base: str) -> None:
    facts = saved(tmp_path / "a", unet(context).state_dict())
    assert (facts.kind, facts.base, facts.has_vae) == ("unet", base, False)


def test_the_prediction_of_sd2_is_told_by_metadata_marks_and_configurations(tmp_path: Path) -> None:
    tensors = {f"model.diffusion_model.{n}": t for n, t in zeros({"input_blocks.0.0.weight": (8, 4, 3, 3)}).items()}
    tensors |= zeros({"cond_stage_model.model.ln_final.weight": (8,)})
    assert saved(tmp_path / "a", tensors).base == "SD2"
    found = saved(tmp_path / "a", tensors | zeros({"v_pred": (1,)}))
    assert (found.base, found.prediction) == ("SD2-v", "v")
    save_file(tensors, tmp_path / "b.safetensors", {"modelspec.architecture": "stable-diffusion-v2-768-v"})
    assert model_facts.read(tmp_path / "b.safetensors").base == "SD2-v"
    save_file(tensors, tmp_path / "c.safetensors")
    (tmp_path / "c.yaml").write_text('model:\n  params:\n    parameterization: "v"\n')
    assert model_facts.read(tmp_path / "c.safetensors").prediction == "v"


def test_ema_and_mixed_precision(tmp_path: Path) -> None:
    big = {"model.diffusion_model.input_blocks.0.0.weight": torch.zeros(100, 4, 3, 3, dtype=torch.float8_e4m3fn)}
    first = {"first_stage_model.decoder.conv_in.weight": torch.zeros(50, 4, 3, 3)}
    tiny = {"alphas_cumprod": torch.zeros(10, dtype=torch.float64)}
    ema = {"model_ema.diffusion_modelinput_blocks00weight": torch.zeros(100, 4, 3, 3, dtype=torch.float8_e4m3fn)}
    save_file(big | first | tiny | ema, tmp_path / "a.safetensors")
    facts = model_facts.read(tmp_path / "a.safetensors")
    assert (facts.precision, facts.has_ema, facts.parameters) == ("fp8 e4m3 + fp32", True, 3600 + 1800 + 10)


ALGORITHMS: list[tuple[str, dict[str, Any], str]] = [
    ("lora", {}, "LoCon"),
    ("loha", {}, "LoHa"),
    ("loha", {"use_tucker": True}, "LoHa"),
    ("lokr", {"factor": 4}, "LoKr"),
    ("lokr", {"factor": 4, "decompose_both": True}, "LoKr"),
    ("glora", {}, "GLoRA"),
    ("ia3", {}, "IA3"),
    ("diag-oft", {}, "OFT"),
    ("boft", {}, "BOFT"),
    ("full", {}, "Full"),
]


@pytest.mark.parametrize(("algorithm", "options", "name"), ALGORITHMS, ids=lambda value: str(value))
def test_networks_of_lycoris(tmp_path: Path, algorithm: str, options: dict[str, Any], name: str) -> None:
    net = create_lycoris(unet(768), 1.0, linear_dim=4, linear_alpha=2, conv_dim=3, conv_alpha=1.5, algo=algorithm,
                         **options)  # fmt: skip
    net.apply_to()
    found = saved(tmp_path / "a", net.state_dict())
    assert (found.kind, found.architecture) == ("network", name)
    if name in ("LoCon", "LoHa", "GLoRA"):
        assert (found.rank, found.alpha, found.conv_rank, found.conv_alpha) == (4, 2.0, 3, 1.5)
    if name not in ("IA3", "OFT", "BOFT"):
        assert found.base == "SD1"


def test_dora_is_a_network_on_top_of_another(tmp_path: Path) -> None:
    net = create_lycoris(unet(768), 1.0, linear_dim=4, linear_alpha=1, algo="lora", dora_wd=True)
    net.apply_to()
    assert saved(tmp_path / "a", net.state_dict()).algorithms == ("LoCon", "DoRA")


@pytest.mark.parametrize(("context", "base"), WIDTHS)
def test_peft_networks_by_the_width_of_the_context(tmp_path: Path, context: int, base: str) -> None:
    from peft import LoraConfig

    net = unet(context)
    net.add_adapter(LoraConfig(r=5, lora_alpha=5, target_modules=["to_q", "to_k", "to_v"]))
    tensors = {name: tensor for name, tensor in net.state_dict().items() if "lora_" in name}
    found = saved(tmp_path / "a", {f"unet.{name}": tensor for name, tensor in tensors.items()})
    assert (found.architecture, found.rank, found.alpha, found.base) == ("LoRA", 5, 5.0, base)


@pytest.mark.parametrize(
    ("name", "algorithm", "rank"),
    [("tiny_lora", "LoRA", 2), ("tiny_locon_noalpha", "LoCon", 3), ("tiny_loha", "LoHa", 2), ("tiny_lokr", "LoKr", 2),
     ("tiny_full", "Full", None)],
)  # fmt: skip
def test_the_web_uis_networks(name: str, algorithm: str, rank: int | None) -> None:
    found = model_facts.read(LORAS / f"{name}.safetensors")
    assert (found.architecture, found.rank) == (algorithm, rank)
    assert found.base == ""  # layers of this size are in no family


@pytest.mark.parametrize(
    ("names", "base"),
    [
        (["lora_te1_text_model_encoder_layers_0_mlp_fc1", "lora_te2_text_model_encoder_layers_0_mlp_fc1"], "SDXL"),
        (["lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q"], "SDXL"),
        (["lora_unet_double_blocks_0_img_attn_proj"], "Flux"),
        (["transformer.single_transformer_blocks.0.attn.to_q"], "Flux"),
        (["lora_unet_joint_blocks_0_x_block_attn_proj"], "SD3"),
    ],
)
def test_networks_by_their_names(tmp_path: Path, names: list[str], base: str) -> None:
    shapes = {f"{n}.lora_{end}.weight": shape for n in names for end, shape in (("down", (4, 8)), ("up", (8, 4)))}
    assert saved(tmp_path / "a", zeros(shapes)).base == base


def test_a_text_encoders_network_by_its_width(tmp_path: Path) -> None:
    for width, base in ((768, "SD1"), (1024, "SD2")):
        name = "lora_te_text_model_encoder_layers_0_self_attn_q_proj"
        shapes = {f"{name}.lora_down.weight": (4, width), f"{name}.lora_up.weight": (width, 4)}
        assert saved(tmp_path / "a", zeros(shapes)).base == base


def test_metadata_of_trainers(tmp_path: Path) -> None:
    tags = {"10_猫": {"1girl": 3, " cat ": 5}, "5_b": {"1girl": 4, "bad": "x", "worse": -1}, "c": 7}
    metadata = {
        "ss_tag_frequency": json.dumps(tags), "ss_resolution": "(512, 768)", "ss_base_model_version": "sd_v1",
        "modelspec.trigger_phrase": "ohwx cat", "modelspec.title": "Cat", "ss_sd_model_name": "v1-5",
        "sshs_model_hash": "ab" * 32, "modelspec.author": "None",
    }  # fmt: skip
    shapes = {"lora_unet_x.lora_down.weight": (4, 8), "lora_unet_x.lora_up.weight": (8, 4)}
    found = saved(tmp_path / "a", zeros(shapes), metadata)
    assert found.tags == (("1girl", 7), ("cat", 5))
    assert (found.resolution, found.base, found.trigger_phrase) == ((512, 768), "SD1", "ohwx cat")
    assert (found.title, found.author, found.trained_on) == ("Cat", "", "v1-5")
    datasets = [{"resolution": [640, 832], "tag_frequency": {"1_x": {"dog": 2}}}, 5]
    found = saved(tmp_path / "b", zeros(shapes), {"ss_datasets": json.dumps(datasets), "ss_v2": "True"})
    assert (found.resolution, found.tags, found.base) == ((640, 832), (("dog", 2),), "SD2")


@pytest.mark.parametrize("value", ["[", "[" * 100_000, '{"a": 5}', "5", '{"a": {"b": null}}', "None", ""])
def test_senseless_metadata_are_passed_over(tmp_path: Path, value: str) -> None:
    keys = ("ss_tag_frequency", "ss_datasets", "ss_resolution", "modelspec.resolution")
    found = saved(tmp_path / "a", zeros({"emb_params": (2, 768)}), dict.fromkeys(keys, value))
    assert (found.tags, found.resolution) == ((), None)


@pytest.mark.parametrize(("channels", "base"), [(320, "SD1"), (64, "")])
def test_control_nets(tmp_path: Path, channels: int, base: str) -> None:
    net = ControlNetModel(
        block_out_channels=(32, 64), down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), layers_per_block=1,
        cross_attention_dim=768 if base else 48, attention_head_dim=8, conditioning_embedding_out_channels=(16, 32),
    )  # fmt: skip
    found = saved(tmp_path / "a", net.state_dict())
    assert (found.kind, found.architecture, found.base) == ("control", "ControlNet", base)


def test_adapters_and_their_relatives(tmp_path: Path) -> None:
    adapter = T2IAdapter(channels=[32, 64], num_res_blocks=1, downscale_factor=8, adapter_type="full_adapter")
    found = saved(tmp_path / "a", adapter.state_dict())
    assert (found.kind, found.architecture, found.base) == ("control", "T2I-Adapter", "SD1")
    rows: list[tuple[dict[str, tuple[int, ...]], tuple[str, str, str]]] = [
        ({"lllite_unet_input_blocks_4_1_x.down.0.weight": (4, 8)}, ("control", "ControlLLLite", "SDXL")),
        ({"lora_controlnet": (), "input_blocks.1.1.x.up": (3, 4)}, ("control", "Control-LoRA", "")),
        ({"control_model.task_embedding": (6, 320), "control_model.x.attn2.to_k.weight": (320, 2048)},
         ("control", "ControlNet Union", "SDXL")),
        ({"ip_adapter.1.to_k_ip.weight": (320, 768), "image_proj.proj.weight": (3, 4)},
         ("adapter", "IP-Adapter", "SD1")),
        ({"ip_adapter.1.to_k_ip.weight": (640, 2048), "image_proj.latents": (1, 16, 768)},
         ("adapter", "IP-Adapter Plus", "SDXL")),
        ({"ip_adapter.0.to_q_lora.down.weight": (4, 320), "ip_adapter.1.to_k_ip.weight": (320, 768)},
         ("adapter", "IP-Adapter FaceID", "SD1")),
    ]  # fmt: skip
    for shapes, wanted in rows:
        found = saved(tmp_path / "b", zeros(shapes))
        assert (found.kind, found.architecture, found.base) == wanted


def test_parts_of_models(tmp_path: Path) -> None:
    vae: AutoencoderKL = make.vae()
    found = saved(tmp_path / "a", vae.state_dict())
    assert (found.kind, found.latent_channels) == ("vae", 4)
    tiny = AutoencoderTiny(encoder_block_out_channels=(8, 8, 8, 8), decoder_block_out_channels=(8, 8, 8, 8))
    assert saved(tmp_path / "a", tiny.state_dict()).architecture == "TAESD"
    assert (
        saved(tmp_path / "a", zeros({"1.weight": (64, 4, 3, 3), "3.conv.0.weight": (64, 64, 3, 3)})).kind == "preview"
    )
    text = CLIPTextModel(CLIPTextConfig(vocab_size=9, hidden_size=768, intermediate_size=8, num_hidden_layers=1,
                                        num_attention_heads=4))  # fmt: skip
    found = saved(tmp_path / "a", text.state_dict())
    assert (found.kind, found.architecture) == ("text_encoder", "CLIP-L")


def test_embeddings(tmp_path: Path) -> None:
    found = saved(tmp_path / "a", zeros({"emb_params": (5, 768)}))
    assert (found.kind, found.vectors, found.width, found.base) == ("embedding", 5, 768, "SD1")
    found = saved(tmp_path / "a", zeros({"clip_l": (4, 768), "clip_g": (4, 1280)}))
    assert (found.vectors, found.base) == (4, "SDXL")
    torch.save({"<猫>": torch.zeros(1024)}, tmp_path / "b.bin")
    found = model_facts.read(tmp_path / "b.bin")
    assert (found.kind, found.vectors, found.base) == ("embedding", 1, "SD2")
    said = {"string_to_param": {"*": torch.zeros(3, 768)}, "name": "x", "step": 500, "sd_checkpoint_name": "v1-5"}
    torch.save(said, tmp_path / "c.pt")
    found = model_facts.read(tmp_path / "c.pt")
    assert (found.kind, found.vectors, found.base, found.trained_on) == ("embedding", 3, "SD1", "v1-5")
    for name, vectors in (("tinyemb.safetensors", 3), ("tinyemb2.pt", 2)):
        assert model_facts.read(GOLDEN / "e2e_tiny" / "embeddings" / name).vectors == vectors


def picture(path: Path, said: object) -> Path:
    info = PngImagePlugin.PngInfo()
    info.add_text(
        "sd-ti-embedding", said if isinstance(said, str) else base64.b64encode(json.dumps(said).encode()).decode()
    )
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    return path


def test_embeddings_in_pictures(tmp_path: Path) -> None:
    rows = [[0.1] * 768] * 2
    path = picture(tmp_path / "a.png", {"string_to_param": {"*": {"TORCHTENSOR": rows}}, "name": "x"})
    found = model_facts.read(path)
    assert (found.kind, found.vectors, found.width, found.base) == ("embedding", 2, 768, "SD1")
    for said in ({"string_to_param": 5}, {"string_to_param": {"*": {"TORCHTENSOR": [[1], [1, 2]]}}}, 5):
        with pytest.raises(CheckpointError, match="broken"):
            model_facts.read(picture(tmp_path / "b.png", said))
    Image.new("RGB", (8, 8)).save(tmp_path / "c.png")
    with pytest.raises(CheckpointError, match="without an embedding"):
        model_facts.read(tmp_path / "c.png")


def test_hypernetworks_are_named(tmp_path: Path) -> None:
    layers = [{"linear.0.weight": torch.zeros(4, 4)}, {"linear.0.weight": torch.zeros(4, 4)}]
    torch.save({768: layers, "activation_func": "relu", "name": "h"}, tmp_path / "h.pt")
    found = model_facts.read(tmp_path / "h.pt")
    assert (found.kind, found.architecture) == ("hypernetwork", "relu")


def old_esrgan(doublings: int) -> dict[str, tuple[int, ...]]:
    last = 4 + 3 * doublings
    ups = {f"model.{3 * n}.weight": (8, 8, 3, 3) for n in range(1, doublings + 1)}
    return {
        "model.0.weight": (8, 3, 3, 3), "model.1.sub.0.RDB1.conv1.0.weight": (4, 8, 3, 3), **ups,
        f"model.{last - 2}.weight": (8, 8, 3, 3), f"model.{last}.weight": (3, 8, 3, 3),
    }  # fmt: skip


def rrdb(inputs: int) -> dict[str, tuple[int, ...]]:
    names = ("conv_up1", "conv_up2", "conv_hr", "conv_last", "body.0.rdb1.conv1")
    return {"params_ema.conv_first.weight": (8, inputs, 3, 3)} | {f"params_ema.{n}.weight": (8, 8, 3, 3) for n in names}


def swin(*upsample: int, mark: str = "blocks.0.attn.qkv.weight") -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"conv_first.weight": (8, 3, 3, 3)}
    shapes[f"layers.0.residual_group.{mark}"] = (24, 8)
    return shapes | {f"upsample.{2 * n}.weight": (outputs, 8, 3, 3) for n, outputs in enumerate(upsample)}


@pytest.mark.parametrize(
    ("shapes", "architecture", "scale"),
    [
        (old_esrgan(0), "ESRGAN", 1),
        (old_esrgan(1), "ESRGAN", 2),
        (old_esrgan(2), "ESRGAN", 4),
        (old_esrgan(3), "ESRGAN", 8),
        (rrdb(3), "RealESRGAN", 4),
        (rrdb(12), "RealESRGAN", 2),
        (rrdb(48), "RealESRGAN", 1),
        ({"params.body.0.weight": (8, 3, 3, 3), "params.body.1.weight": (8,), "params.body.2.weight": (48, 8, 3, 3)},
         "RealESRGAN compact", 4),
        (swin(32), "SwinIR", 2),
        (swin(32, 32), "SwinIR", 4),
        (swin(72), "SwinIR", 3),
        (swin() | {"upsample.0.weight": (48, 60, 3, 3)}, "SwinIR", 4),
        (swin(32, mark="blocks.0.attn.logit_scale"), "Swin2SR", 2),
        (swin(32, 32, mark="overlap_attn.qkv.weight"), "HAT", 4),
        (swin(32, 32) | {"layers.0.blocks.0.attn.attns.0.rpe_biases": (1,)}, "DAT", 4),
        ({"m_head.0.weight": (64, 3, 3, 3)}, "ScuNET", 1),
        ({"params_ema.stylegan_decoder.style_conv1.weight": (3, 4)}, "GFPGAN", 1),
        ({"params_ema.idx_pred_layer.1.weight": (3, 4)}, "CodeFormer", 1),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_upscalers_and_restorers(
    tmp_path: Path, shapes: dict[str, tuple[int, ...]], architecture: str, scale: int
) -> None:
    found = saved(tmp_path / "a", zeros(shapes))
    kind = "restorer" if architecture in ("GFPGAN", "CodeFormer") else "upscaler"
    assert (found.kind, found.architecture, found.scale) == (kind, architecture, scale)


def test_what_is_no_model_is_an_error(tmp_path: Path) -> None:
    save_file({"a.b": torch.zeros(3)}, tmp_path / "a.safetensors")
    with pytest.raises(CheckpointError, match="none of the kinds"):
        model_facts.read(tmp_path / "a.safetensors")
    with pytest.raises(CheckpointError):
        model_facts.read(tmp_path)


def test_facts_survive_their_json() -> None:
    found = model_facts.read(LORAS / "tiny_loha.safetensors")
    assert ModelFacts.model_validate_json(found.model_dump_json(exclude_defaults=True)) == found


# Every name that some kind, family or part is told by.
NAMES = st.sampled_from(
    [
        "emb_params",
        "string_to_param.*",
        "clip_l",
        "clip_g",
        "<a>",
        "1.0.linear.weight",
        "ip_adapter.1.lora",
        "image_proj.latents",
        "control_model.a",
        "lora_controlnet",
        "lllite_unet_a",
        "x.lora_down.weight",
        "x.lora_up.weight",
        "x.alpha",
        "x.hada_w1_b",
        "x.lokr_w1",
        "x.lokr_w2_b",
        "x.a2.weight",
        "x.oft_blocks",
        "x.dora_scale",
        "x.on_input",
        "x.diff",
        "x_attn2_to_k.lora_down.weight",
        "joint_blocks.0.a",
        "double_blocks.0.a",
        "edm_mean",
        "noise_augmentor.a",
        "first_stage_model.quantize.a",
        "unet.conv_in.weight",
        "input_blocks.0.0.weight",
        "model.diffusion_model.input_blocks.0.0.weight",
        "down_blocks.0.resnets.0.a",
        "conv_in.weight",
        "a.attn2.to_k.weight",
        "transformer_blocks.0.a",
        "idx_pred_layer.a",
        "ClassHead.0.a",
        "conv8.weight",
        "decoder.conv_in.weight",
        "shared.weight",
        "conv_first.weight",
        "model.0.weight",
        "model.3.weight",
        "RDB1.conv1.0.weight",
        "body.0.rdb1.conv1.weight",
        "body.0.weight",
        "feats.0.weight",
        "upsample.0.weight",
        "upsample.1.weight",
        "conv_up1.weight",
        "m_head.0.weight",
        "conv_1.sk.weight",
    ]
)
SHAPES = st.lists(st.sampled_from([0, 1, 3, 4, 768, 2048]), max_size=5).filter(lambda shape: not shape or 0 in shape)
SAID = st.dictionaries(
    st.sampled_from(
        [
            "ss_tag_frequency",
            "ss_datasets",
            "ss_resolution",
            "ss_output_name",
            "ss_base_model_version",
            "sshs_model_hash",
            "modelspec.title",
            "modelspec.resolution",
            "modelspec.architecture",
            "modelspec.prediction_type",
            "ssmd_cover_images",
        ]
    ),
    st.text() | st.sampled_from(['{"a": {"\\ud800": 3}}', '[{"resolution": [true, -1]}]', "9" * 90, '[{"a": 1}]']),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, SHAPES, min_size=1, max_size=5), SAID)
def test_any_header_can_be_kept(tmp_path: Path, shapes: dict[str, list[int]], said: dict[str, str]) -> None:
    """One strange file must not keep the others out of the index."""
    path = tmp_path / "a.safetensors"
    save_file({name: torch.zeros(shape) for name, shape in shapes.items()}, path, said)
    row = model_rows.of_content(path)
    "\n".join(str(value) for value in row.values()).encode()
    if row["facts"]:
        assert ModelFacts.model_validate_json(row["facts"]).kind == row["kind"]
