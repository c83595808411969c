"""Latents to pixels and back, one picture at a time, with a retry in full precision when half gives NaN."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from numpy.typing import NDArray
from torch import Tensor, nn

from studio.core.errors import NotANumber

PIXELS_PER_LATENT = 8


def decode(vae: AutoencoderKL, latent: Tensor) -> Tensor:
    """The picture of one latent (4, h, w) as the U-Net speaks it: float32 (3, 8 h, 8 w) in 0..1.

    A VAE that gives NaN in half precision is run again in float32. Raises NotANumber if that gives NaN too.
    """
    return _finite(vae, lambda: _decoded(vae, latent)).add(1).div(2).clamp(0, 1)


def encode(vae: AutoencoderKL, picture: Tensor) -> Tensor:
    """The latent (4, h / 8, w / 8), float32, of one picture (3, h, w) in 0..1.

    The mean of the VAE's distribution: the web UI draws from it with unseeded noise, which for trained VAEs is far
    below one level of a pixel and would make no two runs equal.
    """
    return _finite(vae, lambda: _encoded(vae, picture))


def to_pixels(picture: Tensor) -> NDArray[np.uint8]:
    """A float picture (3, h, w) in 0..1 as uint8 (h, w, 3), cut off as the web UI does, not rounded."""
    return (picture.permute(1, 2, 0).float().cpu().numpy() * 255.0).astype(np.uint8)


def from_pixels(pixels: NDArray[np.uint8], device: torch.device) -> Tensor:
    """uint8 (h, w, 3) as a float32 picture (3, h, w) in 0..1."""
    return torch.tensor(pixels).to(device, torch.float32).div(255).permute(2, 0, 1)


@contextmanager
def tiled(vae: AutoencoderKL, wanted: bool, tile: int = 512) -> Iterator[None]:
    """Let the VAE work in tiles of `tile` pixels while the block runs: less memory, seams blended over a quarter."""
    before = vae.use_tiling
    vae.use_tiling = wanted or before
    vae.tile_sample_min_size, vae.tile_latent_min_size = tile, tile // PIXELS_PER_LATENT
    try:
        yield
    finally:
        vae.use_tiling = before


def _decoded(vae: AutoencoderKL, latent: Tensor) -> Tensor:
    scaled = latent[None].to(vae.dtype) / vae.config.scaling_factor  # type: ignore[attr-defined]
    return vae.decode(scaled, return_dict=False)[0][0].float()


def _encoded(vae: AutoencoderKL, picture: Tensor) -> Tensor:
    posterior = vae.encode((picture * 2 - 1)[None].to(vae.dtype), return_dict=False)[0]
    return posterior.mean[0].float() * vae.config.scaling_factor  # type: ignore[attr-defined]


def _finite(vae: AutoencoderKL, run: Callable[[], Tensor]) -> Tensor:
    result = run()
    if result.isfinite().all():
        return result
    if vae.dtype != torch.float32:
        nn.Module.to(vae, dtype=torch.float32)  # and stays so: this file cannot do half
        result = run()
    if not result.isfinite().all():
        raise NotANumber(
            "The VAE produced no picture, only invalid numbers.",
            "Choose another VAE file, or fewer extreme settings (CFG scale, networks).",
        )
    return result
