"""What the picture looks like so far: cheap decoders from latents to small RGB arrays."""

from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.vae import DecoderTiny
from numpy.typing import NDArray
from torch import Tensor

from studio.core.errors import CheckpointError
from studio.engine.loading.files import read_tensors

# Linear maps of a latent's four channels to red, green and blue, by least squares over many pictures: figures the
# field shares (A1111, ComfyUI and InvokeAI carry the same ones), here for colours in -1..1.
LATENT_TO_RGB = {
    "SD1": ((0.298, 0.207, 0.208), (0.187, 0.286, 0.173), (-0.158, 0.189, 0.264), (-0.184, -0.271, -0.473)),
    "SDXL": ((0.345, 0.417, 0.440), (-0.195, -0.029, 0.025), (0.107, 0.089, -0.016), (-0.373, -0.250, -0.209)),
}  # fmt: skip


def approximate(latent: Tensor, matrix: Tensor) -> NDArray[np.uint8]:
    """The picture of one latent (channels, h, w) by a linear map (channels, 3): uint8 (h, w, 3), an eighth in size."""
    rgb = torch.einsum("chw,cr->hwr", latent.float(), matrix.to(latent.device))
    return _bytes(rgb * 0.5 + 0.5)


def matrix_for(family: str) -> Tensor:
    """The linear map for a model family; SD2 shares SD1's latents, the refiner SDXL's."""
    return torch.tensor(LATENT_TO_RGB["SDXL" if family.startswith("SDXL") else "SD1"])


class Taesd:
    """The tiny decoder of madebyollin/taesd (MIT), from a file the user has: full size, near the VAE's picture."""

    def __init__(self, path: Path) -> None:
        self.decoder = DecoderTiny(4, 3, (3, 3, 3, 1), (64, 64, 64, 64), 2, "relu", "nearest")
        try:
            self.decoder.load_state_dict(_without_clamp(read_tensors(path)))
        except (RuntimeError, ValueError) as error:
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


def _without_clamp(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Number the layers as diffusers does: the file's layer 0 is a clamp without weights."""
    found = {}
    for key, tensor in tensors.items():
        number, rest = key.split(".", 1)
        found[f"layers.{int(number) - 1}.{rest}"] = tensor
    return found


def _bytes(rgb: Tensor) -> NDArray[np.uint8]:
    return (rgb.clamp(0, 1) * 255).to(torch.uint8).cpu().numpy()
