"""The data set as latents, made once by the trained autoencoder."""

from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor

from studio.core.errors import FileProblem
from studio.core.job import JobContext
from studio.training import checkpoints
from studio.training.pocket import autoencoder, nets
from studio.training.pocket.pictures import PictureSet
from studio.training.pocket.recipe import Recipe

AT_ONCE = 16


@dataclass(frozen=True)
class Latents:
    """Latents (n, 4, h, w) of all pictures and of their mirror images, of unit variance by `scaling_factor`."""

    plain: Tensor
    flipped: Tensor
    scaling_factor: float


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
    factor = 1 / plain.std().item()
    table = {"step": step, "plain": plain * factor, "flipped": flipped * factor, "scaling_factor": factor}
    checkpoints.save(_path(folder), table)


def read(folder: Path) -> Latents:
    """The latents that were prepared in `folder`. Raises FileProblem."""
    table = checkpoints.load(_path(folder))
    return Latents(table["plain"], table["flipped"], table["scaling_factor"])


def _path(folder: Path) -> Path:
    return folder / "latents.pt"


@torch.inference_mode()
def _encoded(vae: AutoencoderKL, pixels: Tensor, context: JobContext) -> Tensor:
    parts = []
    for part in pixels.split(AT_ONCE):
        context.progress(len(parts) * AT_ONCE, len(pixels), "Encoding pictures")
        parts.append(vae.encode(part / 127.5 - 1).latent_dist.mean)  # type: ignore[union-attr]
    return torch.cat(parts)
