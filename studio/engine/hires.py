"""The enlargement between hires fix's two passes: target size, latent interpolation, pixel resampling."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from studio.catalog import find
from studio.catalog.upscalers import UPSCALERS, Upscaler
from studio.core.request import HiresFix

FACTOR = 8  # pixels a latent


@dataclass(frozen=True)
class HiresSize:
    """What the first picture is enlarged to (pixels), and how much is cut off afterwards (latents, both sides)."""

    width: int
    height: int
    cut_x: int = 0
    cut_y: int = 0


def target_size(width: int, height: int, hires: HiresFix) -> HiresSize:
    """The enlarged size of a first pass of width x height (web UI's rules, golden `steps_hires`).

    With a factor each side is its product, truncated. With both sides given the picture covers them and the latents
    that overhang are cut; with one side given the other keeps the aspect.
    """
    wide, high = hires.width, hires.height
    if wide == high == 0:
        return HiresSize(int(width * hires.scale), int(height * hires.scale))
    if high == 0:
        return HiresSize(wide, wide * height // width)
    if wide == 0:
        return HiresSize(high * width // height, high)
    if width / height < wide / high:
        covered = HiresSize(wide, wide * height // width)
    else:
        covered = HiresSize(high * width // height, high)
    return HiresSize(covered.width, covered.height, (covered.width - wide) // FACTOR, (covered.height - high) // FACTOR)


def upscaler(name: str) -> Upscaler:
    """The upscaler's row. Raises UnknownName."""
    return find("upscaler", UPSCALERS, name)


def enlarge_latents(latents: Tensor, size: HiresSize, row: Upscaler) -> Tensor:
    """Interpolate latents (batch, 4, h, w) to `size`."""
    target = (size.height // FACTOR, size.width // FACTOR)
    if row.antialias:
        return F.interpolate(latents, target, mode=row.mode, antialias=True)
    return F.interpolate(latents, target, mode=row.mode)


def enlarge_pixels(pixels: NDArray[np.uint8], size: HiresSize, row: Upscaler) -> NDArray[np.uint8]:
    """Resample uint8 (h, w, 3) to `size`; "None" resamples by Lanczos, as the web UI's resize does in the end."""
    filters = {"nearest": Image.Resampling.NEAREST}
    resized = Image.fromarray(pixels).resize((size.width, size.height), filters.get(row.mode, Image.Resampling.LANCZOS))
    return np.asarray(resized)


def cut(latents: Tensor, size: HiresSize) -> Tensor:
    """Cut the overhang off enlarged latents (batch, 4, h, w)."""
    height, width = latents.shape[-2:]
    left, top = size.cut_x // 2, size.cut_y // 2
    return latents[:, :, top : height - (size.cut_y + 1) // 2, left : width - (size.cut_x + 1) // 2]


def enlarged_picture(picture: Tensor, size: HiresSize, row: Upscaler) -> Tensor:
    """A float picture (3, h, w) in 0..1, through uint8 as the web UI passes it, at the new size."""
    from studio.engine import vae

    return vae.from_pixels(enlarge_pixels(vae.to_pixels(picture), size, row), torch.device(picture.device))
