"""The one door from window, command line and API to torch: each task imports the engine when it is called."""

from pathlib import Path
from typing import Protocol

from studio.core.job import JobContext
from studio.core.merge_request import AnyMerge, MadeModel
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.result import SavedImage
from studio.core.settings import Settings
from studio.library import outputs


class Journal(Protocol):
    """What is told before and after each picture is written, so that a queue survives a power cut."""

    def begin(self, index: int, path: Path) -> None:
        """Picture `index` is about to appear at `path`."""

    def finish(self, index: int, saved: SavedImage) -> None:
        """Picture `index` is on disk."""


def generate(
    request: GenerateRequest,
    context: JobContext,
    *,
    settings: Settings,
    places: Places,
    first: int = 0,
    journal: Journal | None = None,
) -> list[SavedImage]:
    """Paint and save the pictures of `request` from number `first` on; each is delivered as it is saved.

    Raises what engine and outputs raise; a folder that cannot be written before anything is painted.
    """
    from studio.engine.card import shared
    from studio.engine.generate import generate as painted

    outputs.require_writable(settings, places)
    saved = []
    for image in painted(request, shared(places, settings), context, settings, places, first):
        path = outputs.plan(image, settings, places, order=request)
        if journal:
            journal.begin(image.index, path)
        saved.append(outputs.write(path, image, settings))
        if journal:
            journal.finish(image.index, saved[-1])
        context.deliver(saved[-1])
    return saved


def train_pocket(folder: Path, minutes: float, resume: bool, context: JobContext, start: Path | None = None) -> Path:
    """Train the model that comes with the studio; returns its file.

    `resume` goes on with a begun training, a new one may begin with the model file `start`.
    """
    from studio.training.pocket.train import train

    return train(folder, minutes, resume, context, start=start)


def evaluate_pocket(folder: Path, context: JobContext) -> str:
    """Measure the model that was trained in `folder`, and write a sheet of samples there; returns the scores."""
    from studio.training.pocket.evaluation import evaluate

    return str(evaluate(folder, context))


def warm(context: JobContext) -> None:
    """Import what the engine needs, in steps that leave the window its share of time."""
    from studio.engine.warm import warm

    warm(context)


def merge(request: AnyMerge, context: JobContext, *, settings: Settings, places: Places) -> MadeModel:
    """Merge checkpoints, put networks into one, extract, resize or rename a LoRA; returns the new file.

    Raises what studio.engine.merge raises; nothing that is there is overwritten, nothing is left of what is stopped.
    """
    from studio.engine.merge import make

    return make(request, context, settings, places)
