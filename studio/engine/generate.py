"""The recipe: from a request to pictures, batch by batch."""

import time
from collections.abc import Iterator, Sequence
from itertools import takewhile

import torch

from studio.catalog.sampler_names import settled
from studio.core import orders
from studio.core.errors import OutOfMemory
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.result import GeneratedImage
from studio.core.seeds import with_seeds
from studio.core.settings import Settings
from studio.engine import device, painting
from studio.engine.card import Card
from studio.engine.watch import Interrupted, Skipped, Watch


def generate(
    request: GenerateRequest, card: Card, context: JobContext, settings: Settings, places: Places, first: int = 0
) -> Iterator[GeneratedImage]:
    """The pictures that `request` asks for, from number `first` on, as AUTOMATIC1111 1.10.1 paints them.

    Each step is reported; a wish to skip leaves the batch within one step, one to interrupt ends the whole order.
    When memory runs out the batch is made again more thriftily, with the same seeds, and the result says so. Raises
    Cancelled at a report, StudioErrors of models and names, OutOfMemory, NotANumber.
    """
    request = with_seeds(request)
    images = orders.images(request, places)
    steps = painting.steps(request)
    batches = list(_batches(request, first))
    watch = Watch(context, settings, places, steps * len(batches))
    for number, batch in enumerate(batches):
        watch.rewind(number * steps)
        try:
            yield from _fitted([(index, images[index]) for index in batch], card, watch)
        except Skipped:
            continue
        except Interrupted:
            return


def _batches(request: GenerateRequest, first: int) -> Iterator[range]:
    """The numbers of the pictures that are made together, from `first` on."""
    for start in range(0, request.image_count, request.batch_size):
        if start + request.batch_size > first:
            yield range(max(start, first), start + request.batch_size)


def _fitted(batch: Sequence[tuple[int, GenerateRequest]], card: Card, watch: Watch) -> Iterator[GeneratedImage]:
    """Paint a batch; when memory runs out, take the plan down rung by rung until it fits."""
    notes: list[str] = []
    while batch:
        at_once, begun = min(card.plan.at_once or len(batch), _alike(batch)), watch.done
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


def _alike(batch: Sequence[tuple[int, GenerateRequest]]) -> int:
    """How many pictures at the beginning of a batch name the same networks and so can be painted together."""
    first = painting.timelines(batch[0][1])
    return sum(1 for _ in takewhile(lambda one: painting.timelines(one[1]) == first, batch))


def _step_down(request: GenerateRequest, card: Card) -> str:
    note = card.step_down()
    if note is None:
        raise OutOfMemory(
            "There is not enough memory for {width} x {height} pixels with this model.",
            "Choose a smaller size or batch, or close other programs that use the card.",
            width=request.width,
            height=request.height,
        )
    return f"Memory ran out, so {note}."


@torch.inference_mode()
def _painted(
    batch: Sequence[tuple[int, GenerateRequest]], card: Card, watch: Watch, notes: Sequence[str]
) -> list[GeneratedImage]:
    started = time.monotonic()
    requests = [request for _, request in batch]
    pictures, facts, undone = painting.paint(requests, card, watch)
    seconds = (time.monotonic() - started) / len(batch)
    return [
        GeneratedImage(
            pixels,
            settled(request).model_copy(update={"checkpoint": known["Model"]}),
            index,
            known,
            (*notes, *undone),
            seconds,
        )
        for (index, request), pixels, known in zip(batch, pictures, facts, strict=True)
    ]
