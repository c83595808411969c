"""Saving pictures: where each one goes, and writing it whole or not at all."""

from datetime import date
from pathlib import Path

from PIL import Image

from studio.core import infotext
from studio.core.files import write_atomically
from studio.core.infotext_pictures import encode
from studio.core.paths import Places
from studio.core.result import GeneratedImage, SavedImage
from studio.core.settings import Settings


def plan(image: GeneratedImage, settings: Settings, places: Places) -> Path:
    """The file that `image` is going to be: numbered after what lies in its folder."""
    folder = Path(settings.output_folder or places.outputs) / "txt2img-images" / date.today().isoformat()
    taken = (path.name.split("-")[0] for path in folder.glob("*-*"))
    number = max((int(text) for text in taken if text.isdecimal()), default=-1) + 1
    return folder / f"{number:05}-{image.request.seed}.{settings.image_format}"


def write(path: Path, image: GeneratedImage, settings: Settings) -> SavedImage:
    """Write `image` with its infotext to `path`. Raises DiskFull or FileProblem."""
    text = infotext.write(image.request, image.facts)
    picture = Image.fromarray(image.pixels)
    write_atomically(path, encode(picture, path.suffix.lstrip("."), text, settings.jpeg_quality))
    return SavedImage(path, text, *picture.size, index=image.index, notes=image.notes)
