"""How good the pocket model is: reconstructions, whether a classifier names what it paints, and a sheet to look at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.settings import Settings
from studio.engine.card import Card
from studio.engine.generate import generate
from studio.engine.vae import decode, encode
from studio.training.pocket import classifier, export, latents, pictures
from studio.training.pocket.pictures import PLAIN, PictureSet
from studio.training.pocket.recipe import CPU, Recipe

COUNT = 500
SHEET, COLUMNS = "pocket-samples.png", 12
SHEET_PROMPTS = (
    "red apple", "cat face", "dog face", "lion", "frog", "penguin", "butterfly", "tropical fish", "octopus", "owl",
    "bear", "pig face", "pizza", "hamburger", "strawberry", "banana", "watermelon", "carrot", "doughnut", "cupcake",
    "egg", "sunflower", "rose", "cactus", "grinning face", "smiling face with sunglasses", "crying face",
    "angry face", "robot", "ghost", "alien", "snowman", "sun", "rainbow", "cloud with rain", "umbrella", "automobile",
    "bus", "rocket", "airplane", "bicycle", "sailboat", "house", "castle", "guitar", "soccer ball", "key",
    "light bulb", "blue apple", "green cat face", "purple banana", "red frog", "pink hamburger", "yellow rose",
    "blue automobile", "green house", "lion, yellow background", "rocket, blue background", "owl, pink background",
    "cactus, black background",
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """Shares (0 to 1) of painted and of real held-out pictures named rightly, at once and in five guesses; the mean
    signal-to-noise ratio of reconstructions, in dB."""

    painted: tuple[float, float]
    real: tuple[float, float]
    psnr_db: float

    def __str__(self) -> str:
        painted, real = (f"top-1 {one:.1%}, top-5 {five:.1%}" for one, five in (self.painted, self.real))
        return f"Painted: {painted}. Real: {real}. Reconstructions: {self.psnr_db:.1f} dB."


def evaluate(folder: Path, context: JobContext, count: int = COUNT, recipe: Recipe = CPU) -> Report:
    """Measure the model in `folder` on `count` names, and write a sheet of samples. Raises what its parts raise."""
    found = pictures.read(folder)
    sheet(folder, context, recipe)
    classifier.train(recipe, folder, context)
    judge, names = classifier.trained(folder), recipe.names
    chosen = np.random.default_rng(0).permutation(np.arange(max(count, len(names))) % len(names))[:count].tolist()
    style = recipe.styles[0].words
    painted = list(paint(folder, [f"{names[number]}, {style}" for number in chosen], context, recipe))
    shown = classifier.shrunk(torch.from_numpy(np.stack(painted)))
    return Report(
        classifier.score(judge, shown, torch.tensor(chosen)),
        classifier.score(judge, *classifier.held_out(found, names)),
        psnr_db(recipe, folder, found),
    )


def paint(folder: Path, prompts: Sequence[str], context: JobContext, recipe: Recipe) -> Iterator[NDArray[np.uint8]]:
    """A picture for each prompt, by the engine, with the model's default settings and the seeds 0, 1, 2 ..."""
    places, settings = Places(folder), Settings()
    card = Card(places, settings)
    defaults = {**export.DEFAULTS, "checkpoint": str(export.path(folder)), "width": recipe.size, "height": recipe.size}
    for seed, prompt in enumerate(prompts):
        context.progress(seed, len(prompts), "Painting samples")
        request = GenerateRequest(**{**defaults, "prompt": prompt, "seed": seed})
        yield from (image.pixels for image in generate(request, card, JobContext(), settings, places))


def sheet(folder: Path, context: JobContext, recipe: Recipe = CPU) -> Path:
    """Write pictures of many prompts side by side; returns the file."""
    style = recipe.styles[0].words
    painted = list(paint(folder, [f"{prompt}, {style}" for prompt in SHEET_PROMPTS], context, recipe))
    lines = [np.concatenate(painted[at : at + COLUMNS], axis=1) for at in range(0, len(painted), COLUMNS)]
    Image.fromarray(np.concatenate(lines)).save(folder / SHEET)
    return folder / SHEET


@torch.inference_mode()
def psnr_db(recipe: Recipe, folder: Path, found: PictureSet) -> float:
    """How near the autoencoder's pictures of the plain drawings are to them, on average."""
    vae, _ = latents.trained_vae(recipe, folder)
    ratios = []
    for number, row in enumerate(found.rows):
        if row.kind == PLAIN:
            picture = torch.from_numpy(found.pixels[number]).permute(2, 0, 1) / 255
            error = (decode(vae, encode(vae, picture)) - picture).square().mean()
            ratios.append(-10 * error.log10().item())
    return float(np.mean(ratios))
