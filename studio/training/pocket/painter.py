"""Training the pocket model's U-Net and text encoder together, on latents and captions."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from studio.core.job import JobContext
from studio.engine.levels import linear_alphas, zero_terminal_snr
from studio.training.loop import Plan, Training
from studio.training.loss import balanced_steps, noised, target
from studio.training.pocket import latents, nets, pictures
from studio.training.pocket.captions import Tokens, caption, vocabulary
from studio.training.pocket.recipe import Recipe
from studio.training.precision import mixed
from studio.training.team import Team, gathered

PREDICTION = "v"  # at high noise it teaches colours, which epsilon hardly does
UNCONDITIONAL = 0.1
WORD_SPREAD = 0.1  # of the first embeddings: apart enough to be told from each other


def path(folder: Path) -> Path:
    """Where the training of U-Net and text encoder is kept."""
    return folder / "unet.pt"


def alphas() -> Tensor:
    """The noise levels that are trained: alphas_cumprod (1000,) with a last level of pure noise."""
    return zero_terminal_snr(linear_alphas())


def train(recipe: Recipe, folder: Path, seconds: float, context: JobContext) -> None:
    """Train for `seconds`. Raises Cancelled at a report."""
    latents.prepare(recipe, folder, pictures.read(folder), context)
    with gathered(recipe.workers, work, recipe, folder, seconds) as team:
        work(team, recipe, folder, seconds, context)


def work(team: Team, recipe: Recipe, folder: Path, seconds: float, context: JobContext | None = None) -> None:
    """What each process of the team does."""
    torch.manual_seed(0)
    examples = Examples(folder, recipe.unet_batch // team.count, recipe.names)
    plan = Plan(recipe.unet_rate, seconds=seconds, save_every_s=recipe.save_every_s)
    training = Training(untrained(recipe, len(examples.known)), plan, path(folder))
    training.run(examples.loss, team, context or JobContext())


def untrained(recipe: Recipe, words: int) -> nn.ModuleDict:
    """The two nets that learn together, the text encoder knowing `words` tokens."""
    text = nets.text_encoder(recipe, words)
    nn.init.normal_(text.get_input_embeddings().weight, std=WORD_SPREAD)  # type: ignore[arg-type]
    return nn.ModuleDict({"unet": nets.unet(recipe).train(), "text": text.train()})


class Examples:
    """Latents with captions, drawn as often as their kind asks for."""

    def __init__(self, folder: Path, batch: int, names: Collection[str]) -> None:
        found = pictures.read(folder)
        self.rows, self.share = found.rows, torch.from_numpy(found.share(names))
        self.latents, self.batch = latents.read(folder), batch
        self.known = vocabulary(self.rows)
        self.tokens, self.alphas = Tokens(self.known), alphas()

    def loss(self, module: nn.Module, generator: torch.Generator) -> Tensor:
        """The loss of one batch."""
        clean, places = self.draw(generator)
        steps = balanced_steps(self.batch, generator)
        noise = torch.randn(clean.shape, generator=generator)
        levels = self.alphas[steps]
        with mixed():
            context = module["text"](places).last_hidden_state  # type: ignore[index]
            answer = module["unet"](noised(clean, noise, levels), steps, context).sample  # type: ignore[index]
        return (answer.float() - target(PREDICTION, clean, noise, levels)).square().mean()

    def draw(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """A batch of latents (n, 4, h, w) and the places of their captions' tokens (n, 77)."""
        numbers = torch.multinomial(self.share, self.batch, replacement=True, generator=generator).tolist()
        flips, empties = torch.rand(2, self.batch, generator=generator)
        rng = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
        clean = [self._latent(number, bool(flip < 0.5)) for number, flip in zip(numbers, flips, strict=True)]
        texts = [
            "" if empty < UNCONDITIONAL else caption(self.rows[number], rng)
            for number, empty in zip(numbers, empties, strict=True)
        ]
        return torch.stack(clean), self.tokens(texts)

    def _latent(self, number: int, flip: bool) -> Tensor:
        kept = self.latents.flipped if flip and self.rows[number].may_flip else self.latents.plain
        return kept[number]
