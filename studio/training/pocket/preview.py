"""A tiny decoder of the pocket model's latents, for live previews: TAESD's shape, less than a megabyte."""

from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor, nn

from studio.core.files import write_atomically
from studio.core.job import JobContext
from studio.engine.previews import in_taesd_layout, tiny_decoder
from studio.training import checkpoints
from studio.training.loop import Plan, Training
from studio.training.loss import picture_distance
from studio.training.pocket import latents, pictures
from studio.training.pocket.export import NAME
from studio.training.pocket.recipe import Recipe
from studio.training.precision import mixed
from studio.training.team import Team


def path(folder: Path) -> Path:
    """Where the decoder's training is kept."""
    return folder / "preview.pt"


def file(folder: Path) -> Path:
    """Where the finished decoder is written; live previews find it by its name, which begins like the model's."""
    return folder / f"{NAME}_decoder.safetensors"


def train(recipe: Recipe, folder: Path, context: JobContext) -> Path:
    """Train the decoder on the prepared latents, and write it in half precision. Raises Cancelled at a report."""
    torch.manual_seed(2)
    plan = Plan(recipe.preview_rate, recipe.preview_steps, fall=0.5, weight_decay=0.0, save_every_s=recipe.save_every_s)
    training = Training(tiny_decoder(recipe.preview_width), plan, path(folder))
    training.run(Pairs(recipe, folder).loss, Team(), context)
    return export(recipe, folder)


def export(recipe: Recipe, folder: Path) -> Path:
    """Write the decoder as trained so far. Raises FileProblem, DiskFull."""
    decoder = tiny_decoder(recipe.preview_width)
    decoder.load_state_dict(checkpoints.load(path(folder))["average"])
    tensors = {name: tensor.half().contiguous() for name, tensor in in_taesd_layout(decoder).items()}
    write_atomically(file(folder), save(tensors, {"modelspec.license": "Apache-2.0"}))
    return file(folder)


class Pairs:
    """Latents of the data set and the pictures they stand for."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        self.latents, self.batch = latents.read(folder).plain, recipe.preview_batch
        self.pixels = torch.from_numpy(pictures.read(folder).pixels)

    def loss(self, decoder: nn.Module, generator: torch.Generator) -> Tensor:
        """The loss of one batch."""
        chosen = torch.randint(len(self.latents), (self.batch,), generator=generator)
        wanted = self.pixels[chosen].permute(0, 3, 1, 2).float() / 127.5 - 1
        with mixed():
            made = decoder(self.latents[chosen])
        return picture_distance(made.float(), wanted)
