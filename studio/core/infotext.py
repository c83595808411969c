"""Infotexts: the text in a picture that says how it was made, in the web UI's form."""

from pathlib import Path

from studio.core.errors import InfotextError
from studio.core.files import problem
from studio.core.infotext_foreign import foreign, from_json
from studio.core.infotext_keys import Parameters
from studio.core.infotext_parse import parse
from studio.core.infotext_pictures import MAX_TEXT_FILE, PARAMETERS, read_texts
from studio.core.infotext_read import from_text, to_request
from studio.core.infotext_syntax import quote, unquote
from studio.core.infotext_write import compose, write
from studio.core.request import GenerateRequest

__all__ = ["parse", "quote", "read", "text_in", "unquote", "write"]

MAX_TEXT = 2 * 2**20  # characters
TEXT_FILES = {".txt", ".json"}


def read(source: str | Path) -> tuple[GenerateRequest, dict[str, str]]:
    """The request that an infotext asks for, and the entries that have no place in it.

    `source` is the text, or the path of a picture or text file that holds it: of this program, the web UI and its
    forks, NovelAI, ComfyUI or InvokeAI. A text never raises: what is malformed or out of bounds is among the leftovers.
    Raises FileProblem, and InfotextError for a file without parameters.
    """
    found = _in_file(source) if isinstance(source, Path) else source
    return to_request(found if isinstance(found, Parameters) else _in_text(found))


def text_in(path: Path) -> str:
    """The infotext in a file as it stands; another program's is put into the web UI's form. Raises as `read`."""
    found = _in_file(path)
    return found if isinstance(found, str) else compose(found)


def _in_text(text: str) -> Parameters:
    return from_json(text) or from_text(text)


def _in_file(path: Path) -> Parameters | str:
    """What another program says, else the infotext."""
    if path.suffix.lower() in TEXT_FILES:
        text = _text_file(path)
    else:
        picture = read_texts(path)
        if said := foreign(picture):
            return said
        text = picture.texts.get(PARAMETERS, "") or _text_beside(path)
    if len(text) > MAX_TEXT:
        raise InfotextError(path, "{name} holds a text that is too long to be parameters.")
    if not text.strip():
        raise InfotextError(
            path, "{name} holds no parameters.", "It was saved without them, or another program removed them."
        )
    return text


def _text_beside(path: Path) -> str:
    """The text file that is saved beside a picture whose format cannot hold its infotext."""
    beside = path.with_suffix(".txt")
    return _text_file(beside) if beside.is_file() else ""


def _text_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_TEXT_FILE)
    except OSError as error:
        raise problem(path, error) from error
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
