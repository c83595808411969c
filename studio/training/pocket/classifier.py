"""A small net that names the things of the data set: the judge of what the pocket model paints."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from studio.core.job import JobContext
from studio.training import checkpoints
from studio.training.loop import Plan, Training
from studio.training.pocket import pictures
from studio.training.pocket.pictures import PictureSet
from studio.training.pocket.recipe import Recipe
from studio.training.precision import mixed
from studio.training.team import Team

EDGE = 64
CHANNELS = (24, 48, 96, 160)
BATCH, RATE, STEPS = 64, 3e-3, 2500
TURN, SCALE, SHIFT, FLIPPED = 0.15, (0.85, 1.2), 0.12, 0.5  # radians; shares of the picture
HELD_OUT_SEED = 10**9  # no step of a training has it
HELD_OUT = 500
GUESSES = 5


class Classifier(nn.Module):
    """Pictures (n, 3, 64, 64) in -1..1 to scores (n, names)."""

    def __init__(self, names: int) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        for before, after in zip((3, *CHANNELS), CHANNELS, strict=False):
            parts += [nn.Conv2d(before, after, 3, padding=1), nn.GroupNorm(8, after), nn.SiLU(), nn.MaxPool2d(2)]
        self.parts = nn.Sequential(*parts, nn.Flatten(), nn.Linear(CHANNELS[-1] * 16, 128), nn.SiLU())
        self.names = nn.Linear(128, names)

    def forward(self, pixels: Tensor) -> Tensor:
        """Scores of all names."""
        return self.names(self.parts(pixels))


class Quiz:
    """Renderings of the data set, moved and turned, with the number of the name of each."""

    def __init__(self, found: PictureSet, names: Sequence[str]) -> None:
        self.names = names
        kinds = (pictures.PLAIN, pictures.GROUND, pictures.SPOILED)
        rows = [number for number, row in enumerate(found.rows) if row.kind in kinds and row.name in names]
        self.answers = torch.tensor([self.names.index(found.rows[number].name) for number in rows])
        self.pixels = torch.cat([shrunk(torch.from_numpy(found.pixels[number])[None]) for number in rows])

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """`count` pictures and their answers."""
        chosen = torch.randint(len(self.answers), (count,), generator=generator)
        return moved(self.pixels[chosen], generator), self.answers[chosen]

    def loss(self, module: nn.Module, generator: torch.Generator) -> Tensor:
        """The loss of one batch."""
        shown, answers = self.draw(BATCH, generator)
        with mixed():
            scores = module(shown)
        return F.cross_entropy(scores.float(), answers, label_smoothing=0.05)


def shrunk(pixels: Tensor) -> Tensor:
    """uint8 pictures (n, h, w, 3) as the classifier takes them."""
    return F.interpolate(pixels.permute(0, 3, 1, 2).float() / 127.5 - 1, size=(EDGE, EDGE), mode="area")


def moved(shown: Tensor, generator: torch.Generator) -> Tensor:
    """The pictures turned, scaled, shifted and mirrored a little, each in its own way."""
    count = len(shown)
    turn, scale, x, y = torch.rand(4, count, generator=generator)
    angle, size = (turn * 2 - 1) * TURN, SCALE[0] + scale * (SCALE[1] - SCALE[0])
    side = torch.where(torch.rand(count, generator=generator) < FLIPPED, -1.0, 1.0)
    rows = [side * size * angle.cos(), -size * angle.sin(), (x * 2 - 1) * SHIFT,
            side * size * angle.sin(), size * angle.cos(), (y * 2 - 1) * SHIFT]  # fmt: skip
    grid = F.affine_grid(torch.stack(rows, 1).view(count, 2, 3), list(shown.shape), align_corners=False)
    return 1 + F.grid_sample(shown - 1, grid, align_corners=False)  # white comes in from outside


def path(folder: Path) -> Path:
    """Where the classifier's training is kept."""
    return folder / "classifier.pt"


def train(recipe: Recipe, folder: Path, context: JobContext) -> None:
    """Train the classifier on the pictures in `folder` with the recipe's names. Raises Cancelled at a report."""
    torch.manual_seed(1)
    quiz = Quiz(pictures.read(folder), recipe.names)
    training = Training(Classifier(len(quiz.names)), Plan(RATE, STEPS, fall=0.5), path(folder))
    training.run(quiz.loss, Team(), context)


def trained(folder: Path) -> Classifier:
    """The classifier as trained so far. Raises FileProblem."""
    state = checkpoints.load(path(folder))["average"]
    made = Classifier(len(state["names.bias"]))
    made.load_state_dict(state)
    return made.eval().requires_grad_(False)


def score(classifier: Classifier, shown: Tensor, answers: Tensor) -> tuple[float, float]:
    """How often the first guess is right, and how often one of the first five is: 0 to 1."""
    guesses = torch.cat([classifier(part) for part in shown.split(BATCH)])
    guesses = guesses.topk(min(GUESSES, guesses.shape[-1])).indices
    right = guesses == answers[:, None]
    return right[:, 0].float().mean().item(), right.any(1).float().mean().item()


def held_out(found: PictureSet, names: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Renderings moved in ways that no training saw, and their answers."""
    return Quiz(found, names).draw(HELD_OUT, torch.Generator().manual_seed(HELD_OUT_SEED))
