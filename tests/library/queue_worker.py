"""A process that works through a queue with real small pictures, to be killed at any moment."""

import sys
import time
from pathlib import Path

import numpy as np

from studio.core.paths import Places
from studio.core.result import GeneratedImage
from studio.core.settings import Settings
from studio.library import outputs
from studio.library.queue import Queue, Row, State


def work(places: Places) -> None:
    queue, settings = Queue(places.data / "queue.db"), Settings()
    queue.recover()
    print("ready", flush=True)
    while row := queue.next():
        journal = queue.journal(row.id)
        for index in range(queue.first_unfinished(row.id), row.total):
            image = painted(row, index)
            path = outputs.plan(image, settings, places)
            journal.begin(index, path)
            journal.finish(index, outputs.write(path, image, settings))
            time.sleep(0.003)
        queue.finish(row.id, State.DONE)


def painted(row: Row, index: int) -> GeneratedImage:
    change = {"prompt": f"{row.request.prompt} {index}", "seed": row.request.seed + index, "batch_count": 1}
    pixels = np.random.default_rng(index).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    return GeneratedImage(pixels, row.request.model_copy(update=change), index)


if __name__ == "__main__":
    work(Places(Path(sys.argv[1])))
