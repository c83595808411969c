"""Training the pocket model's autoencoder on crops of its pictures."""

from pathlib import Path

import torch
from torch import Tensor, nn

from studio.core.job import JobContext
from studio.training.loop import Plan, Training
from studio.training.loss import idle_channels, picture_distance
from studio.training.pocket import nets, pictures
from studio.training.pocket.recipe import Recipe
from studio.training.precision import mixed
from studio.training.team import Team, gathered

LATENT_SIZE, IDLE_CHANNELS = 2e-4, 0.1  # how much large latents cost, and channels that do nothing
ALIGNED = 4  # pixels between places where crops begin
DULL, DULL_KEPT = 8.0, 0.2  # crops of one colour teach little


def path(folder: Path) -> Path:
    """Where the autoencoder's training is kept."""
    return folder / "vae.pt"


def train(recipe: Recipe, folder: Path, seconds: float, context: JobContext) -> None:
    """Train for `seconds`, or until the recipe's number of crops has been seen. Raises Cancelled at a report."""
    with gathered(recipe.workers, work, recipe, folder, seconds) as team:
        work(team, recipe, folder, seconds, context)


def work(team: Team, recipe: Recipe, folder: Path, seconds: float, context: JobContext | None = None) -> None:
    """What each process of the team does."""
    torch.manual_seed(0)
    plan = Plan(recipe.vae_rate, steps(recipe), seconds, fall=0.5, weight_decay=0.0, save_every_s=recipe.save_every_s)
    training = Training(nets.vae(recipe), plan, path(folder))
    crops = Crops(recipe, folder)
    training.run(crops.loss, team, context or JobContext())


def steps(recipe: Recipe) -> int:
    """How many steps show the recipe's number of crops."""
    return -(-recipe.vae_crops // (recipe.vae_batch * recipe.workers))


class Crops:
    """Random crops of the data set, and how well an autoencoder gives them back."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        self.pixels = torch.from_numpy(pictures.read(folder).pixels)
        self.edge, self.batch = recipe.size // 2, recipe.vae_batch

    def loss(self, vae: nn.Module, generator: torch.Generator) -> Tensor:
        """The loss of one batch."""
        crops = torch.stack([self._crop(generator) for _ in range(self.batch)]).float() / 127.5 - 1
        crops = crops.contiguous(memory_format=torch.channels_last)  # an eighth faster on a processor
        with mixed():
            latents = vae.encode(crops).latent_dist  # type: ignore[operator]
            noise = torch.randn(latents.mean.shape, generator=generator)
            result = vae.decode(latents.mean + latents.std * noise).sample  # type: ignore[operator]
        mean = latents.mean.float()
        idle = IDLE_CHANNELS * idle_channels(mean) + LATENT_SIZE * mean.square().mean()
        return picture_distance(result.float(), crops) + idle

    def _crop(self, generator: torch.Generator) -> Tensor:
        """One crop, uint8 (3, edge, edge), flipped in half of all cases."""
        places = (self.pixels.shape[1] - self.edge) // ALIGNED + 1
        while True:
            picture, y, x, flip = torch.randint(2**31, (4,), generator=generator).tolist()
            top, left = y % places * ALIGNED, x % places * ALIGNED
            crop = self.pixels[picture % len(self.pixels), top : top + self.edge, left : left + self.edge]
            if crop.float().std() >= DULL or torch.rand(1, generator=generator) < DULL_KEPT:
                return (crop.flip(1) if flip % 2 else crop).permute(2, 0, 1)
