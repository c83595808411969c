"""Comments in a prompt: from # to the end of the line."""

import re

_WHOLE_LINE = re.compile(r"(?:\A|\n)#[^\n]*(?:\n|\Z)")
_END_OF_LINE = re.compile(r"#[^\n]*(?:\n|\Z)")


def strip_comments(text: str) -> str:
    """The text without its comments; a line that was only a comment goes altogether. Never raises."""
    return _END_OF_LINE.sub("\n", _WHOLE_LINE.sub("\n", text))
