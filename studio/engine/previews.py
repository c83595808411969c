"""What the picture looks like so far: cheap decoders from latents to small RGB arrays."""

from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.vae import DecoderTiny
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from studio.core.errors import CheckpointError
from studio.engine.loading.files import read_tensors

TAESD_BLOCKS = (3, 3, 3, 1)


def approximate(latent: Tensor, matrix: Tensor) -> NDArray[np.uint8]:
    """The picture of one latent (4, h, w) by a linear map (4 or 5, 3), whose fifth row is always added: uint8
    (h, w, 3), an eighth in size."""
    values = _with_ones(latent.float(), 0)[: len(matrix)]
    rgb = torch.einsum("chw,cr->hwr", values, matrix.to(latent.device))
    return _bytes(rgb * 0.5 + 0.5)


def latent_rgb(latents: Tensor, pictures: Tensor) -> Tensor:
    """The linear map (5, 3) that comes nearest to `pictures` (n, 3, 8 h, 8 w) in -1..1 from their `latents`
    (n, 4, h, w), by least squares."""
    small = F.avg_pool2d(pictures, 8)
    values, colours = (part.movedim(1, -1).flatten(0, 2) for part in (_with_ones(latents, 1), small))
    return torch.linalg.lstsq(values, colours).solution


def _with_ones(latents: Tensor, channels: int) -> Tensor:
    return torch.cat([latents, torch.ones_like(latents.narrow(channels, 0, 1))], channels)


class Taesd:
    """A tiny decoder in the layout of madebyollin/taesd (MIT), of any width: full size, near the VAE's picture."""

    def __init__(self, path: Path) -> None:
        try:
            tensors = _without_clamp(read_tensors(path))
            self.decoder = tiny_decoder(len(tensors["layers.0.bias"]))
            self.decoder.load_state_dict(tensors)
        except (RuntimeError, ValueError, KeyError) as error:
            raise CheckpointError(
                path, "{name} is not a TAESD decoder.", "Use taesd_decoder or taesdxl_decoder.", details=str(error)
            ) from error
        self.decoder.eval().requires_grad_(False)

    def __call__(self, latent: Tensor) -> NDArray[np.uint8]:
        """The picture of one latent (4, h, w): uint8 (8 h, 8 w, 3)."""
        self.decoder.to(latent.device, torch.float32)
        with torch.inference_mode():
            decoded = self.decoder(latent.float()[None])[0]
        return _bytes((decoded.permute(1, 2, 0) + 1) / 2)


def tiny_decoder(width: int) -> DecoderTiny:
    """TAESD's decoder with `width` channels (64 in its own files), untrained."""
    return DecoderTiny(4, 3, TAESD_BLOCKS, (width,) * len(TAESD_BLOCKS), 2, "relu", "nearest")


def in_taesd_layout(decoder: DecoderTiny) -> dict[str, Tensor]:
    """The tensors of a decoder as TAESD's files name them."""
    return {_counted(key.removeprefix("layers."), 1): tensor for key, tensor in decoder.state_dict().items()}


def _counted(key: str, more: int) -> str:
    number, rest = key.split(".", 1)
    return f"{int(number) + more}.{rest}"


def _without_clamp(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Number the layers as diffusers does: the file's layer 0 is a clamp without weights."""
    return {f"layers.{_counted(key, -1)}": tensor for key, tensor in tensors.items()}


def _bytes(rgb: Tensor) -> NDArray[np.uint8]:
    return (rgb.clamp(0, 1) * 255).to(torch.uint8).cpu().numpy()
