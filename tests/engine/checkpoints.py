"""Small random models of each family, made from the real classes, and files of them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import save_file
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from studio.engine.levels import linear_alphas
from studio.engine.loading import Checkpoint
from studio.engine.loading.export import to_ldm
from studio.engine.loading.facts import Facts, merged, of_family

VOCABULARY = 1000
VAE = {"channels": (32, 64), "groups": 32}
UNETS: dict[str, dict[str, Any]] = {
    "SD1": {"channels": (32, 64, 64, 64), "depths": (1, 1, 1, 0), "context": 32, "heads": 8, "linear": False},
    "SD2": {"channels": (64, 128), "depths": (1, 0), "context": 32, "heads": (1, 2), "linear": True},
    "SDXL": {"channels": (64, 128, 128), "depths": (0, 2, 3), "context": 96, "heads": (1, 2, 2), "linear": True,
             "vector": 32 + 6 * 256},
    "SDXL refiner": {"channels": (64, 128, 128), "depths": (0, 2, 0), "middle": 2, "context": 64, "heads": (1, 2, 2),
                     "linear": True, "vector": 64 + 5 * 256},
}  # fmt: skip
TEXTS = {
    "SD1": [("clip", 32)],
    "SD2": [("clip", 32)],
    "SDXL": [("clip", 64), ("projected", 32)],
    "SDXL refiner": [("projected", 64)],
}


def checkpoint(family: str = "SD1", seed: int = 0, *, resnets: int = 1, **changes: Any) -> Checkpoint:
    """A small random checkpoint of a family; `changes` are for the U-Net (channels, in_channels ...)."""
    torch.manual_seed(seed)
    facts = merged(Facts(text_heads=(4,) * len(TEXTS[family])), of_family(family))
    texts = tuple(text(kind, width, facts.text_activations[i]) for i, (kind, width) in enumerate(TEXTS[family]))
    made = Checkpoint(
        Path("made"), "made", family, unet(UNETS[family] | changes, resnets), vae(facts.scaling_factor), texts, facts,
        linear_alphas(),
    )  # fmt: skip
    for net in made.nets:
        randomize(net)
    return made


def unet(options: dict[str, Any], resnets: int) -> UNet2DConditionModel:
    depths, heads = options["depths"], options["heads"]
    channels = options["channels"]
    added = (
        {
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": 256,
            "projection_class_embeddings_input_dim": options["vector"],
        }
        if "vector" in options
        else {}
    )
    layers = [depth or 1 for depth in depths[:-1]] + [depths[-1] or options.get("middle", 1)]
    return UNet2DConditionModel(
        in_channels=options.get("in_channels", 4),
        block_out_channels=channels,
        layers_per_block=resnets,
        down_block_types=tuple("CrossAttnDownBlock2D" if depth else "DownBlock2D" for depth in depths),
        up_block_types=tuple("CrossAttnUpBlock2D" if depth else "UpBlock2D" for depth in reversed(depths)),
        transformer_layers_per_block=layers,
        cross_attention_dim=options["context"],
        attention_head_dim=heads,
        use_linear_projection=options["linear"],
        norm_num_groups=options.get("groups", 32),
        **added,
    )


def vae(
    scaling_factor: float | None = 0.18215, channels: tuple[int, ...] = (32, 64), groups: int = 32
) -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=channels,
        down_block_types=("DownEncoderBlock2D",) * len(channels),
        up_block_types=("UpDecoderBlock2D",) * len(channels),
        layers_per_block=1,
        norm_num_groups=groups,
        latent_channels=4,
        scaling_factor=scaling_factor,
    )


def text(kind: str, width: int, activation: str) -> CLIPTextModel | CLIPTextModelWithProjection:
    config = CLIPTextConfig(
        vocab_size=VOCABULARY,
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=3,
        num_attention_heads=4,
        hidden_act=activation,
        projection_dim=width,
        bos_token_id=VOCABULARY - 2,
        eos_token_id=VOCABULARY - 1,
    )
    return CLIPTextModelWithProjection(config) if kind == "projected" else CLIPTextModel(config)


def randomize(net: nn.Module) -> None:
    """No zeros and ones left that would hide a tensor in the wrong place."""
    net.eval().requires_grad_(False)
    for tensor in net.parameters():
        tensor.copy_(torch.randn_like(tensor) * 0.05 + (tensor.ndim == 1))


def save(path: Path, made: Checkpoint, *, dtype: torch.dtype = torch.float32, facts: Facts | None = None) -> Path:
    """Write a checkpoint as a single .safetensors file; `facts` go into its metadata."""
    tensors = {name: tensor.to(dtype).contiguous().clone() for name, tensor in to_ldm(made).items()}
    save_file(tensors, path, metadata=facts.metadata() if facts else {"format": "pt"})
    return path


def write(folder: Path, name: str = "tiny.safetensors", family: str = "SD1", seed: int = 0, **changes: Any) -> Path:
    """A small random checkpoint's file with all its facts, ready to be loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    made = checkpoint(family, seed, **changes)
    return save(folder / name, made, facts=made.facts)


def save_folder(folder: Path, made: Checkpoint, variant: str | None = None) -> Path:
    """Write a checkpoint in diffusers' folder layout, without tokenizers."""
    parts: dict[str, Any] = {"unet": made.unet, "vae": made.vae}
    names = {"SDXL": ("text_encoder", "text_encoder_2"), "SDXL refiner": ("text_encoder_2",)}
    parts |= dict(zip(names.get(made.family, ("text_encoder",)), made.text_encoders, strict=True))
    for name, net in parts.items():
        net.save_pretrained(folder / name, **({"variant": variant} if variant else {}))
    index = {
        "_class_name": "StableDiffusionPipeline",
        **{name: ["diffusers", type(net).__name__] for name, net in parts.items()},
    }
    (folder / "model_index.json").write_text(json.dumps(index))
    (folder / "scheduler").mkdir()
    scheduler = {"prediction_type": "v_prediction" if made.prediction == "v" else "epsilon", "beta_start": 0.00085,
                 "beta_end": 0.012, "rescale_betas_zero_snr": made.zero_snr}  # fmt: skip
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(scheduler))
    return folder


def with_facts(made: Checkpoint, **facts: Any) -> Checkpoint:
    """The same checkpoint with other facts told of it."""
    return replace(made, facts=made.facts.model_copy(update=facts))
