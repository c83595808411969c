"""The pocket model's three nets, in the classes that the engine paints with."""

from collections.abc import Iterable
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from studio.core.tokens import END
from studio.training.pocket.recipe import Recipe

LATENT_CHANNELS = 4
FIRST_LOG_VARIANCE = -6.0  # latents hardly noisy, else flat colours come out mottled


def word_table(state: Iterable[str]) -> str:
    """The name of the table of words among the names of a text encoder's tensors."""
    return next(name for name in state if name.endswith("token_embedding.weight"))


def vae(recipe: Recipe) -> AutoencoderKL:
    """An untrained autoencoder."""
    levels = len(recipe.vae_channels)
    sizes: dict[str, Any] = {
        "block_out_channels": recipe.vae_channels,
        "down_block_types": ("DownEncoderBlock2D",) * levels,
        "up_block_types": ("UpDecoderBlock2D",) * levels,
        "norm_num_groups": recipe.vae_groups,
        "sample_size": recipe.size,
    }
    made = AutoencoderKL(**sizes, layers_per_block=1, latent_channels=LATENT_CHANNELS, scaling_factor=1.0)
    moments: Any = made.quant_conv
    with torch.no_grad():
        moments.weight[LATENT_CHANNELS:] = 0
        moments.bias[LATENT_CHANNELS:] = FIRST_LOG_VARIANCE
    return made


def unet(recipe: Recipe) -> UNet2DConditionModel:
    """An untrained U-Net, which reads the prompt at every level but the last and in the middle."""
    levels = len(recipe.unet_channels)
    return UNet2DConditionModel(
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        block_out_channels=recipe.unet_channels,
        down_block_types=("CrossAttnDownBlock2D",) * (levels - 1) + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * (levels - 1),
        layers_per_block=1,
        cross_attention_dim=recipe.text_width,
        attention_head_dim=recipe.unet_heads,
    )


def text_encoder(recipe: Recipe, words: int = END + 1) -> CLIPTextModel:
    """An untrained text encoder for `words` different tokens; with CLIP's 49408 it is one that prompts can use."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=words,
            hidden_size=recipe.text_width,
            intermediate_size=4 * recipe.text_width,
            num_hidden_layers=recipe.text_layers,
            num_attention_heads=recipe.text_heads,
            hidden_act="quick_gelu",
            bos_token_id=words - 2,
            eos_token_id=words - 1,
            pad_token_id=0,
        )
    )
