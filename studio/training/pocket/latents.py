"""The data set as latents, made once by the trained autoencoder."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor, nn

from studio.core.errors import FileProblem
from studio.core.job import JobContext
from studio.training import checkpoints
from studio.training.pocket import autoencoder, nets
from studio.training.pocket.pictures import PictureSet
from studio.training.pocket.recipe import Recipe

AT_ONCE = 16


@dataclass(frozen=True)
class Latents:
    """Latents (n, 4, h, w) of all pictures and of their mirror images, each channel of zero mean and unit variance;
    `mean` and `std` (4,) are what they were as the autoencoder made them."""

    plain: Tensor
    flipped: Tensor
    mean: Tensor
    std: Tensor


def trained_vae(recipe: Recipe, folder: Path) -> tuple[AutoencoderKL, int]:
    """The autoencoder as trained so far, and the number of its steps. Raises FileProblem."""
    state = checkpoints.load(autoencoder.path(folder))
    vae = nets.vae(recipe)
    vae.load_state_dict(state["average"])
    return vae.eval().requires_grad_(False), state["step"]


def prepare(recipe: Recipe, folder: Path, pictures: PictureSet, context: JobContext) -> None:
    """Make the latents, unless those of this autoencoder are there. Raises Cancelled at a report."""
    vae, step = trained_vae(recipe, folder)
    try:
        if checkpoints.load(_path(folder))["step"] == step:
            return
    except FileProblem:
        pass
    pixels = torch.from_numpy(pictures.pixels).permute(0, 3, 1, 2)
    plain = _encoded(vae, pixels, context)
    flipped = _encoded(vae, pixels.flip(-1), context)
    mean, std = plain.mean((0, 2, 3)), plain.std((0, 2, 3))
    plain, flipped = ((made - _channels(mean)) / _channels(std) for made in (plain, flipped))
    checkpoints.save(_path(folder), {"step": step, "plain": plain, "flipped": flipped, "mean": mean, "std": std})


def read(folder: Path) -> Latents:
    """The latents that were prepared in `folder`. Raises FileProblem."""
    table = checkpoints.load(_path(folder))
    return Latents(table["plain"], table["flipped"], table["mean"], table["std"])


@torch.no_grad()
def standardize(vae: AutoencoderKL, mean: Tensor, std: Tensor, scaling_factor: float) -> None:
    """Change the autoencoder so that latents times `scaling_factor` have zero mean and unit variance in each channel,
    where they had `mean` and `std` (4,); what it decodes from what it encodes stays the same."""
    factor = 1 / (std * scaling_factor)
    to_latents, from_latents = cast(nn.Conv2d, vae.quant_conv), cast(nn.Conv2d, vae.post_quant_conv)
    to_bias, from_bias = cast(Tensor, to_latents.bias), cast(Tensor, from_latents.bias)
    channels = len(mean)
    to_latents.weight[:channels] *= factor.view(-1, 1, 1, 1)
    to_bias[:channels] = (to_bias[:channels] - mean) * factor
    to_bias[channels:] += 2 * factor.log()
    from_bias += from_latents.weight[:, :, 0, 0] @ mean
    from_latents.weight /= factor.view(1, -1, 1, 1)
    vae.register_to_config(scaling_factor=scaling_factor)


def _channels(values: Tensor) -> Tensor:
    return values.view(1, -1, 1, 1)


def _path(folder: Path) -> Path:
    return folder / "latents.pt"


@torch.inference_mode()
def _encoded(vae: AutoencoderKL, pixels: Tensor, context: JobContext) -> Tensor:
    parts = []
    for part in pixels.split(AT_ONCE):
        context.progress(len(parts) * AT_ONCE, len(pixels), "Encoding pictures")
        parts.append(vae.encode(part / 127.5 - 1).latent_dist.mean)  # type: ignore[union-attr]
    return torch.cat(parts)
