"""The pocket model's data set: each drawing plain, in other colours, on a ground and spoiled, and what it shows."""

import io
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.core.files import write_atomically
from studio.core.job import JobContext
from studio.training.pocket import drawings as draw
from studio.training.pocket.drawings import Drawing
from studio.training.pocket.recipe import Recipe

PIXELS, ROWS = "pictures.npy", "pictures.json"
SEED = 20
PLAIN, COLOURED, GROUND, SPOILED = "plain", "coloured", "ground", "spoiled"
SHARES = {PLAIN: 0.7, COLOURED: 0.15, GROUND: 0.1, SPOILED: 0.05}
RECOLOURED_COPIES = 2
SPOILED_WORDS = ("low quality", "blurry")
ONE_SIDED = re.compile(r"\b(left|right|clock|watch|words?|letters?|abc|flag)\b")


@dataclass(frozen=True)
class Row:
    """What is known of one picture: `subject` with its colour, `name` without; `after` are words at the end."""

    name: str
    subject: str
    words: tuple[str, ...]
    style: str
    kind: str
    after: tuple[str, ...] = ()

    @property
    def may_flip(self) -> bool:
        """Whether its mirror image is the same thing."""
        return not ONE_SIDED.search(self.name)


Made = tuple[Row, Image.Image]


@dataclass(frozen=True)
class PictureSet:
    """All pictures, uint8 (n, size, size, 3), and a row for each."""

    pixels: NDArray[np.uint8]
    rows: tuple[Row, ...]

    def share(self, names: Collection[str]) -> NDArray[np.float64]:
        """How often each picture is to be shown, those with other names never; adds up to 1, every plain picture being
        equally frequent."""
        shown = Counter(row.kind for row in self.rows if row.name in names)
        share = np.array([SHARES[row.kind] / shown[row.kind] if row.name in names else 0.0 for row in self.rows])
        return share / share.sum()


def build(recipe: Recipe, folder: Path, context: JobContext) -> PictureSet:
    """The data set in `folder`, made there first unless it is there. Raises StudioError, Cancelled at a report."""
    if not (folder / ROWS).is_file():
        found = list(draw.drawings(recipe, folder / "packages"))
        rng = np.random.default_rng(SEED)
        made: list[Made] = []
        for done, drawing in enumerate(found):
            context.progress(done, len(found), "Drawing pictures")
            made += variants(drawing, recipe.size, rng)
        write(folder, made)
    return read(folder)


def write(folder: Path, made: Sequence[Made]) -> None:
    """Keep pictures and their rows in `folder`, the rows last. Raises DiskFull, FileProblem."""
    packed = io.BytesIO()
    np.save(packed, np.stack([np.asarray(picture) for _, picture in made]))
    write_atomically(folder / PIXELS, packed.getvalue())
    write_atomically(folder / ROWS, json.dumps([asdict(row) for row, _ in made], ensure_ascii=False).encode())


def read(folder: Path) -> PictureSet:
    """The data set that was made in `folder`."""
    rows = json.loads((folder / ROWS).read_text("utf-8"))
    lists = [{**row, "words": tuple(row["words"]), "after": tuple(row["after"])} for row in rows]
    return PictureSet(np.load(folder / PIXELS), tuple(Row(**row) for row in lists))


def variants(drawing: Drawing, size: int, rng: np.random.Generator) -> Iterator[Made]:
    """The pictures made of one drawing."""
    rendered = draw.render(drawing.svg, size)
    plain = Row(drawing.name, drawing.name, drawing.words, drawing.style, PLAIN)
    yield plain, draw.on_ground(rendered)
    colours = draw.other_colours(rendered)
    for colour in rng.permutation(colours)[:RECOLOURED_COPIES]:
        yield _coloured(plain, str(colour)), draw.on_ground(draw.recoloured(rendered, str(colour)))
    ground = str(rng.choice(list(draw.GROUNDS)))
    yield _after(plain, GROUND, f"{ground} background"), draw.on_ground(rendered, draw.GROUNDS[ground])
    yield _after(plain, SPOILED, *SPOILED_WORDS), draw.spoiled(draw.on_ground(rendered), rng)


def _coloured(row: Row, colour: str) -> Row:
    name = draw.COLOUR_WORDS.sub("", row.name)
    return Row(row.name, f"{colour} {name}", (), row.style, COLOURED)


def _after(row: Row, kind: str, *words: str) -> Row:
    return Row(row.name, row.subject, row.words, row.style, kind, words)
