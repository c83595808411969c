"""Small versions of pictures, kept so that each is made once."""

import hashlib
import io
import warnings
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageOps

from studio.core.errors import FileProblem
from studio.core.files import write_atomically
from studio.core.job import JobContext
from studio.core.paths import Places

EDGE = 256  # pixels of the longer side
MOST_PIXELS = 300_000_000  # larger ones are refused before a pixel is read
QUALITY = 82
MOST_BYTES = 2**30  # some 80,000 pictures


def thumbnail(path: Path, mtime_ns: int, places: Places) -> Path:
    """The file with the small version of a picture, made if there is none of this time. Raises FileProblem."""
    file = place(path, mtime_ns, places)
    if not file.exists():
        write_atomically(file, small(path, path))
    return file


def place(path: Path, mtime_ns: int, places: Places) -> Path:
    """Where the small version of a picture is kept."""
    name = hashlib.blake2b(f"{mtime_ns} {path}".encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    return places.data / "thumbnails" / name[:2] / f"{name}.webp"


def prune(places: Places, context: JobContext, most_bytes: int = MOST_BYTES) -> int:
    """Remove the oldest small versions until the rest is at most `most_bytes`; how many. Raises Cancelled."""
    files = []
    for file in (places.data / "thumbnails").rglob("*.webp"):
        context.check()
        with suppress(OSError):
            stat = file.stat()
            files.append((stat.st_mtime_ns, stat.st_size, file))
    kept_bytes, removed = sum(size for _, size, _ in files), 0
    for _, size, file in sorted(files):
        if kept_bytes <= most_bytes:
            break
        file.unlink(missing_ok=True)
        kept_bytes, removed = kept_bytes - size, removed + 1
    return removed


def small(picture: Path | bytes, of: Path) -> bytes:
    """The small version of a picture that lies in a file or in memory; `of` is what errors name. Raises FileProblem."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _small(picture if isinstance(picture, Path) else io.BytesIO(picture))
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        remedy = "Check that the file is complete."
        raise FileProblem(of, "{name} cannot be shown as a picture.", remedy, details=str(error)) from error


def _small(picture: Path | io.BytesIO) -> bytes:
    with Image.open(picture) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ValueError(f"{image.width} x {image.height} pixels")
        image.draft("RGB", (EDGE, EDGE))
        shrunk = ImageOps.exif_transpose(image)
        shrunk.thumbnail((EDGE, EDGE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        file = io.BytesIO()
        shrunk.convert("RGBA" if "A" in shrunk.getbands() or "transparency" in shrunk.info else "RGB").save(
            file, "WEBP", quality=QUALITY, method=2
        )
    return file.getvalue()
