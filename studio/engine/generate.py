"""The recipe: from a request to pictures, batch by batch."""

import time
from collections.abc import Iterator, Sequence
from itertools import groupby

import torch

from studio.catalog.sampler_names import settled
from studio.core import orders
from studio.core.errors import OutOfMemory
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.result import GeneratedImage
from studio.core.seeds import with_seeds
from studio.core.sentence import Sentence
from studio.core.settings import Settings
from studio.engine import device, painting
from studio.engine.card import Card
from studio.engine.hires import FACTOR, upscaler
from studio.engine.watch import Interrupted, Skipped, Watch
from studio.library import checkpoints

Numbered = tuple[int, GenerateRequest]  # a picture of the order: its number from 0, and what it asks for by itself


def generate(
    request: GenerateRequest, card: Card, context: JobContext, settings: Settings, places: Places, first: int = 0
) -> Iterator[GeneratedImage]:
    """The pictures that `request` asks for, from number `first` on, as AUTOMATIC1111 1.10.1 paints them.

    Each step is reported; a wish to skip leaves the batch within one step, one to interrupt ends the whole order.
    When memory runs out the batch is made again more thriftily, with the same seeds, and the result says so. Raises
    Cancelled at a report, StudioErrors of models and names, OutOfMemory, NotANumber.
    """
    request = settled(with_seeds(request))
    _require_known(request, card, context)
    images = list(enumerate(orders.images(request, places)))
    steps = painting.steps(request)
    groups = list(_groups(images, request.batch_size, first, card.plan.at_once))
    watch = Watch(context, settings, places, steps * len(groups))
    if request.width % FACTOR or request.height % FACTOR:
        width, height = (side // FACTOR * FACTOR for side in (request.width, request.height))
        context.note(
            Sentence(
                "Sides are multiples of {factor} pixels, so this picture is {width} x {height}.",
                factor=FACTOR, width=width, height=height,
            )
        )  # fmt: skip
    for number, group in enumerate(groups):
        watch.rewind(number * steps)
        try:
            yield from _fitted(group, card, watch)
        except Skipped:
            continue
        except Interrupted:
            return


def _require_known(request: GenerateRequest, card: Card, context: JobContext) -> None:
    """Raise UnknownName now for what would only be looked for late in the picture."""
    named = [request.hires.checkpoint] if request.hires else []
    named += [request.refiner.checkpoint] if request.refiner else []
    for name in filter(None, named):
        checkpoints.find(name, card.models.places, card.models.settings, context)
    if request.hires:
        upscaler(request.hires.upscaler)


def _groups(images: Sequence[Numbered], batch_size: int, first: int, at_once: int) -> Iterator[Sequence[Numbered]]:
    """The pictures that are painted together, from number `first` on: of one batch and with the same networks."""
    for start in range(0, len(images), batch_size):
        for _, alike in groupby(images[max(start, first) : start + batch_size], lambda one: painting.timelines(one[1])):
            group = list(alike)
            most = at_once or len(group)
            yield from (group[at : at + most] for at in range(0, len(group), most))


def _fitted(batch: Sequence[Numbered], card: Card, watch: Watch) -> Iterator[GeneratedImage]:
    """Paint a batch; when memory runs out, take the plan down rung by rung until it fits."""
    notes: list[str] = []
    while batch:
        at_once, begun = card.plan.at_once or len(batch), watch.done
        try:
            painted = _painted(batch[:at_once], card, watch, notes)
        except Exception as error:
            if not device.is_out_of_memory(error):
                raise
            painted = []
        if not painted:  # outside of except, where the traceback would keep the tensors alive
            notes.append(_step_down(batch[0][1], card))
            watch.context.note(notes[-1])
            watch.rewind(begun)
        yield from painted
        batch = batch[len(painted) :]


def _step_down(request: GenerateRequest, card: Card) -> Sentence:
    note = card.step_down()
    if note is None:
        raise OutOfMemory(
            "There is not enough memory for {width} x {height} pixels with this model.",
            "Choose a smaller size or batch, or close other programs that use the card.",
            width=request.width,
            height=request.height,
        )
    return Sentence("Memory ran out, so {change}.", change=note)


@torch.inference_mode()
def _painted(batch: Sequence[Numbered], card: Card, watch: Watch, notes: Sequence[str]) -> list[GeneratedImage]:
    started = time.monotonic()
    requests = [request for _, request in batch]
    pictures, facts, undone = painting.paint(requests, card, watch)
    seconds = (time.monotonic() - started) / len(batch)
    return [
        GeneratedImage(
            pixels,
            request.model_copy(update={"checkpoint": known["Model"]}),
            index,
            known,
            (*notes, *undone),
            seconds,
        )
        for (index, request), pixels, known in zip(batch, pictures, facts, strict=True)
    ]
