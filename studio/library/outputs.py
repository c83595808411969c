"""Saving pictures: where each goes, and writing it whole or not at all."""

import errno
import os
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryFile

import psutil
from PIL import Image

from studio.core import infotext
from studio.core.files import problem, settle_names, write_atomically
from studio.core.infotext_pictures import encode, fits
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.result import GeneratedImage, SavedImage
from studio.core.settings import Settings
from studio.library.filenames import Naming, apply, next_number, numbered
from studio.library.safe_names import safe_part, safe_parts, stem_bytes

TXT2IMG = "txt2img-images"
MAX_SIDE = {"jpg": 65_535, "webp": 16_383}  # pixels; larger pictures are saved as PNG
LEFTOVER_AGE_S = 3600
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL, errno.EXDEV}


def root(settings: Settings, places: Places) -> Path:
    """The folder below which all pictures are saved."""
    return Path(settings.output_folder) if settings.output_folder else places.outputs


def _top(settings: Settings, places: Places) -> Path:
    """Where this kind of pictures goes: a folder that was chosen is for all kinds, as in the web UI."""
    return root(settings, places) if settings.output_folder else places.outputs / TXT2IMG


def require_writable(settings: Settings, places: Places) -> None:
    """Make the folder pictures go to. Raises FileProblem or DiskFull if none can be saved there."""
    folder = _top(settings, places)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError as error:
        raise problem(folder, error) from error


def plan(
    image: GeneratedImage,
    settings: Settings,
    places: Places,
    *,
    order: GenerateRequest | None = None,
    taken: Collection[Path] = (),
) -> Path:
    """The path that `image` will get: by the patterns of the settings, where no file is yet and none of `taken`.

    `order` is the whole request whose picture number `image.index` this is, for the tokens that speak of batches.
    Raises FileProblem if the folder cannot be read.
    """
    naming = _naming(image, order)
    *inner, decoration = safe_parts(apply(_pattern(settings), naming)) or [""]
    folder = _top(settings, places).joinpath(*safe_parts(apply(settings.directory_pattern, naming)), *inner)
    suffix = _suffix(settings, image)
    taken_names = {path.name for path in taken if path.parent == folder} | _names_in(folder)
    stems = stems_of(decoration, taken_names, settings.add_number, most_bytes=stem_bytes(folder, suffix))
    return folder / next(f"{stem}{suffix}" for stem in stems if f"{stem}{suffix}" not in taken_names)


def _pattern(settings: Settings) -> str:
    return settings.filename_pattern or ("[seed]" if settings.directory_pattern else "[seed]-[prompt_spaces]")


def stems_of(
    decoration: str, names: Collection[str], add_number: bool, *, basename: str = "", most_bytes: int = 240
) -> Iterator[str]:
    """Names without ending to try one after another: numbered onwards from the `names` there are, or the plain one."""
    if add_number or not decoration:
        first = next_number(names, basename)
        return (safe_part(numbered(number, decoration, basename), most_bytes) for number in count(first))
    stem = safe_part(decoration, most_bytes)
    return (f"{stem}-{number}" if number else stem for number in count())


def _names_in(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir()}
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except OSError as error:
        raise problem(folder, error) from error


def _suffix(settings: Settings, image: GeneratedImage) -> str:
    kind = settings.image_format
    return ".png" if max(image.pixels.shape[:2]) > MAX_SIDE.get(kind, 2**31) else f".{kind}"


def _naming(image: GeneratedImage, order: GenerateRequest | None) -> Naming:
    request = image.request
    whole = order or request
    first = request.seed if request.variation_strength else request.seed - image.index
    step = 0 if request.variation_strength else 1
    naming = Naming(
        request,
        image.pixels,
        model_name=image.facts.get("Model", "") or request.checkpoint,
        model_hash=image.facts.get("Model hash", ""),
        vae_file=image.facts.get("VAE", ""),
    )
    return replace(
        naming,
        seeds=(first, first + step * (whole.image_count - 1)),
        batch_size=whole.batch_size,
        batch_count=whole.batch_count,
        batch=image.index // whole.batch_size if order else 0,
        place=image.index % whole.batch_size if order else 0,
    )


def write(path: Path, image: GeneratedImage, settings: Settings) -> SavedImage:
    """Save `image` as `path`, or beside it under the next free name if there is a file by now.

    The file appears whole, with its infotext, or not at all, and no other is ever overwritten. A JPEG that cannot hold
    its infotext gets a text file beside it. Raises DiskFull or FileProblem.
    """
    text = infotext.write(image.request, image.facts)
    data = encode(Image.fromarray(image.pixels), path.suffix, text, settings.jpeg_quality)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path = _put(path, data)
    except OSError as error:
        raise problem(path, error) from error
    if not fits(path.suffix, text):
        write_atomically(path.with_suffix(".txt"), text.encode())
    height, width = image.pixels.shape[:2]
    return SavedImage(path, text, width, height, image.index, image.notes)


def save(
    image: GeneratedImage, settings: Settings, places: Places, *, order: GenerateRequest | None = None
) -> SavedImage:
    """Plan and write in one. Raises DiskFull or FileProblem."""
    return write(plan(image, settings, places, order=order), image, settings)


def _put(path: Path, data: bytes) -> Path:
    temporary = path.with_name(f".studio-{os.getpid()}-{token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return _named(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _named(temporary: Path, wanted: Path) -> Path:
    """Give a written file its name, or the first free one after it."""
    for number in count():
        path = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}") if number else wanted
        try:
            _rename(temporary, path)
        except FileExistsError:
            continue
        settle_names(path.parent)
        return path
    raise AssertionError  # count() does not end


def _rename(temporary: Path, path: Path) -> None:
    """Rename without overwriting. Raises FileExistsError if there is a file."""
    if os.name == "nt":
        temporary.rename(path)
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        path.open("xb").close()  # a file system without links: take the name first
        temporary.replace(path)


def sweep(folder: Path) -> list[Path]:
    """Remove what killed processes left half written in `folder` and below; returns what was removed."""
    removed = []
    for path in [path for path in folder.rglob(".*.tmp") if _is_leftover(path)]:
        with suppress(OSError):
            path.unlink()
            removed.append(path)
    return removed


def _is_leftover(path: Path) -> bool:
    """Whether the process that wrote a temporary file is gone, or, where its name does not say, it is long unused."""
    _, _, process = path.name.partition(".studio-")
    pid = process.partition("-")[0]
    if pid.isdecimal():
        return not psutil.pid_exists(int(pid))
    try:
        return path.is_file() and time.time() - path.stat().st_mtime > LEFTOVER_AGE_S
    except OSError:
        return False
