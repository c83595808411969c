"""A process that works through a queue with real small pictures, to be killed at any moment."""

import io
import itertools
import sys
import time
from pathlib import Path

from PIL import Image, PngImagePlugin

from studio.core.files import write_atomically
from studio.core.result import SavedImage
from studio.library.queue import Queue, Row, State


def work(database: Path, folder: Path) -> None:
    queue = Queue(database)
    queue.recover()
    print("ready", flush=True)
    while row := queue.next():
        journal = queue.journal(row.id)
        for index in range(queue.first_unfinished(row.id), row.total):
            path = free(folder)
            journal.begin(index, path)
            write_atomically(path, picture(row, index))
            journal.finish(index, SavedImage(path, "", 16, 16, index))
            time.sleep(0.004)
        queue.finish(row.id, State.DONE)


def free(folder: Path) -> Path:
    return next(path for n in itertools.count() if not (path := folder / f"{n:05}.png").exists())


def picture(row: Row, index: int) -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("which", f"{row.request.prompt} {index} {row.request.seed}")
    file = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(file, "PNG", pnginfo=text)
    return file.getvalue()


if __name__ == "__main__":
    work(Path(sys.argv[1]), Path(sys.argv[2]))
