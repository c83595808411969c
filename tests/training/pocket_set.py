"""A pocket model of toy size and a data set of three shapes; run as a program it trains that until it is killed."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.core.job import JobContext
from studio.training.pocket import drawings, pictures
from studio.training.pocket.drawings import Drawing
from studio.training.pocket.recipe import Recipe
from studio.training.pocket.train import train

COLOURS = {"red ball": "#dd2222", "green box": "#22aa22", "gray bar": "#888888"}
SMALL = Recipe(
    names=tuple(COLOURS),
    size=32, vae_channels=(8, 8, 8, 8), vae_batch=4, vae_crops=80, unet_channels=(32, 32), unet_heads=2, unet_batch=4,
    text_width=16, text_layers=1, text_heads=2, preview_width=8, preview_steps=100, workers=1, save_every_s=0.0,
)  # fmt: skip


def drawn(svg: str, size: int) -> Image.Image:
    """Stands in for the renderer, which is needed for training the real model only."""
    image = Image.new("RGBA", (size, size))
    ImageDraw.Draw(image).ellipse((4, 6, size - 5, size - 7), fill=svg)
    return image


def write_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> pictures.PictureSet:
    """Make the data set."""
    monkeypatch.setattr(drawings, "render", drawn)
    rng = np.random.default_rng(1)
    named = [Drawing(name, ("shape",), "noto style", colour) for name, colour in COLOURS.items()]
    pictures.write(folder, [made for drawing in named for made in pictures.variants(drawing, SMALL.size, rng)])
    return pictures.read(folder)


if __name__ == "__main__":
    train(Path(sys.argv[1]), float(sys.argv[2]), resume=True, context=JobContext(), recipe=SMALL)
