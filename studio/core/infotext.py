"""Infotexts: the text in a picture that says how it was made, in the web UI's form."""

from pathlib import Path

from studio.core.infotext_parse import parse
from studio.core.infotext_read import from_text, to_request
from studio.core.infotext_syntax import quote, unquote
from studio.core.infotext_write import write
from studio.core.request import GenerateRequest

__all__ = ["parse", "quote", "read", "unquote", "write"]


def read(source: str | Path) -> tuple[GenerateRequest, dict[str, str]]:
    """The request that an infotext asks for, and the entries that have no place in it.

    `source` is the text, or the path of a picture or text file that holds it. A text never raises: what is malformed or
    out of bounds is among the leftovers. Raises InfotextError for a file without parameters.
    """
    return to_request(from_text(str(source)))
