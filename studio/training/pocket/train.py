"""The whole recipe, from packages to a model file; what is there already is not made again."""

import time
from pathlib import Path

from studio.core.errors import BadRequest
from studio.core.job import JobContext
from studio.training.pocket import autoencoder, beginning, export, painter, pictures
from studio.training.pocket.recipe import CPU, Recipe

AUTOENCODER_SHARE = 0.4  # of a run's time at most, so that also a short run ends with a model


def train(
    folder: Path, minutes: float, resume: bool, context: JobContext, recipe: Recipe = CPU, start: Path | None = None
) -> Path:
    """Train the pocket model in `folder` for `minutes`, and write what it has become by then.

    First the autoencoder learns until it has seen the recipe's crops, over several runs if need be, then U-Net and
    text encoder for the rest of the time. A folder with a begun training needs `resume`; also after a kill it goes
    on from the last checkpoint. A new one may begin with the weights of `start`, a file that this recipe wrote.
    Raises BadRequest, StudioError, Cancelled at a report.
    """
    ends = time.monotonic() + minutes * 60
    begun = autoencoder.path(folder).is_file()
    if begun and (start or not resume):
        raise BadRequest("There is a training in {folder}.", "Go on with it: --resume.", folder=str(folder))
    pictures.build(recipe, folder, context)
    if start:
        beginning.begin(recipe, folder, start)
    autoencoder.train(recipe, folder, _left(ends) * AUTOENCODER_SHARE, context)
    painter.train(recipe, folder, _left(ends), context)
    return export.export(recipe, folder)


def _left(ends: float) -> float:
    return max(ends - time.monotonic(), 1e-3)
