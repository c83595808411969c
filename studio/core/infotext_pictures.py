"""Texts in pictures: where programs keep how a picture was made. Headers are read, pixels are not."""

import io
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

from studio.core.errors import InfotextError
from studio.core.files import problem
from studio.core.infotext_exif import DESCRIPTION, MAKE, MODEL, USER_COMMENT, exif_texts, exif_with
from studio.core.infotext_png import SIGNATURE, png_size, png_texts
from studio.core.infotext_syntax import split

PARAMETERS = "parameters"
MAX_FILE = 2**30  # bytes of a picture that is not a PNG, or of a text file
MAX_TEXT_FILE = 16 * 2**20
JPEG_EXIF_LIMIT = 65_533  # bytes; more does not fit into one segment
FORMATS = ("JPEG", "WEBP", "AVIF", "GIF")

# What Pillow raises for pictures that are broken in one way or another.
BROKEN = (
    *(OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, AttributeError),
    *(struct.error, RuntimeError, MemoryError, Image.DecompressionBombError),
)


@dataclass(frozen=True)
class PictureTexts:
    """The texts in one picture by their keywords ("parameters" is the web UI's), and its size in pixels."""

    texts: dict[str, str] = field(default_factory=dict)
    width: int = 0
    height: int = 0


def read_texts(path: Path) -> PictureTexts:
    """The texts of a PNG, JPEG, WebP, AVIF or GIF file. Raises FileProblem, and InfotextError for other files."""
    try:
        with path.open("rb") as file:
            if file.read(len(SIGNATURE)) == SIGNATURE:
                return PictureTexts(png_texts(file), *png_size(file))
            size = file.seek(0, 2)
            file.seek(0)
            return _other_texts(path, file.read() if size <= MAX_FILE else b"")
    except OSError as error:
        raise problem(path, error) from error


def _other_texts(path: Path, data: bytes) -> PictureTexts:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            return PictureTexts(_texts(image.info), *image.size)
    except BROKEN as error:
        raise InfotextError(
            path,
            "{name} is not a picture that can be read.",
            "Choose a PNG, JPEG, WebP, AVIF or GIF file.",
            details=str(error),
        ) from error


def _texts(info: dict[Any, Any]) -> dict[str, str]:
    """The user comment, else the comment, as parameters; and ComfyUI's texts, which name themselves."""
    tags = exif_texts(info["exif"]) if isinstance(info.get("exif"), bytes) else {}
    texts = dict(text.split(":", 1) for tag in (MAKE, MODEL, DESCRIPTION) if ":" in (text := tags.get(tag, "")))
    if found := tags.get(USER_COMMENT, "").strip("\0 ") or _comment(info.get("comment", b"")):
        texts[PARAMETERS] = found
    return texts


def _comment(comment: bytes | str) -> str:
    """A GIF's or JPEG's comment if it is an infotext, not just any remark."""
    text = comment.decode("utf-8", "ignore") if isinstance(comment, bytes) else str(comment)
    return text if split(text)[2] else ""


def encode(image: Image.Image, suffix: str, infotext: str, quality: int = 80) -> bytes:
    """The bytes of a picture file of kind `suffix` (png, jpg, webp, avif, gif) that holds `infotext`.

    The same picture gives the same bytes. A JPEG whose infotext is too long for it is made without. Raises what Pillow
    raises for sizes that the format cannot hold.
    """
    file = io.BytesIO()
    image.save(file, **_options(suffix.lstrip(".").lower(), infotext, quality))
    return file.getvalue()


def fits(suffix: str, infotext: str) -> bool:
    """Whether a file of kind `suffix` can hold `infotext`."""
    return suffix.lstrip(".").lower() not in ("jpg", "jpeg") or len(exif_with(infotext)) <= JPEG_EXIF_LIMIT


def _options(suffix: str, infotext: str, quality: int) -> dict[str, Any]:
    if suffix == "png":
        return {"format": "PNG", "compress_level": 4, "pnginfo": png_info({PARAMETERS: infotext})}
    if suffix == "gif":
        return {"format": "GIF", "comment": infotext.encode()}
    exif = exif_with(infotext) if fits(suffix, infotext) else b""
    if suffix in ("jpg", "jpeg"):
        return {"format": "JPEG", "quality": quality, "exif": exif}
    return {"format": {"webp": "WEBP", "avif": "AVIF"}[suffix], "quality": quality, "exif": exif}


def png_info(texts: dict[str, str]) -> PngImagePlugin.PngInfo:
    """The texts for Pillow's PNG writer: tEXt where Latin-1 can say it, else iTXt, as the web UI writes them."""
    info = PngImagePlugin.PngInfo()
    for keyword, text in texts.items():
        info.add_text(keyword, text)
    return info
