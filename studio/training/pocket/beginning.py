"""Going on from a finished model file: where the state of its training is gone, its weights are a good beginning."""

from pathlib import Path

from torch import nn

from studio.core.errors import CheckpointError
from studio.engine.loading import Checkpoint, load
from studio.library import headers
from studio.training.loop import Plan, Training
from studio.training.pocket import autoencoder, export, nets, painter, pictures
from studio.training.pocket.captions import vocabulary
from studio.training.pocket.recipe import Recipe


def begin(recipe: Recipe, folder: Path, file: Path) -> None:
    """Write states into `folder`, from which the training of the model in `file` goes on.

    The folder holds the data set and no state yet. The autoencoder counts as trained: the U-Net knows its latents.
    Raises CheckpointError, DiskFull, FileProblem.
    """
    found = load(file)
    steps = headers.read(file).metadata.get(export.STEPS, "")
    try:
        vae = nets.vae(recipe)
        vae.load_state_dict(found.vae.state_dict())
        painter_nets = _painter_nets(recipe, folder, found)
    except (RuntimeError, IndexError) as error:  # other sizes, or fewer words
        raise CheckpointError(
            file,
            "{name} is not a model of this recipe.",
            "Begin with a file that the recipe wrote.",
            details=str(error),
        ) from error
    _save(painter_nets, int(steps) if steps.isdecimal() else 0, painter.path(folder))
    _save(vae, autoencoder.steps(recipe), autoencoder.path(folder))  # last: by it a training is known to be begun


def _painter_nets(recipe: Recipe, folder: Path, found: Checkpoint) -> nn.ModuleDict:
    known = vocabulary(pictures.read(folder).rows)
    text = found.text_encoders[0].state_dict()
    words = nets.word_table(text)
    made = painter.untrained(recipe, len(known))
    made["unet"].load_state_dict(found.unet.state_dict())
    made["text"].load_state_dict({**text, words: text[words][known]})
    return made


def _save(module: nn.Module, step: int, path: Path) -> None:
    path.unlink(missing_ok=True)  # of a beginning that was broken off
    training = Training(module, Plan(rate=0.0), path)
    training.step = step
    training.save()
