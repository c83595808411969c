"""The error tree: everything the user can act on is a StudioError.

StudioError
├── BadRequest            a request that no engine could fulfil (impossible size, empty batch ...)
│   └── UnknownName       a sampler, schedule, upscaler, model ... that does not exist
├── FileProblem           a file that is missing, unreadable, broken, or a folder that cannot be written
│   ├── CheckpointError   a model file that cannot be used as what it was chosen for
│   └── InfotextError     a picture or text without readable parameters
├── OutOfMemory           the card or the machine has too little memory, even after every step down
├── NotANumber            the network produced NaN (a black picture elsewhere)
├── DiskFull              nothing more can be written
└── NoNetwork             a server could not be reached

Cancelled stands outside: it is a wish that was granted, not an error.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class StudioError(Exception):
    """One sentence of what happened and one of what to do.

    `message` and `remedy` are English templates with `{name}` places, which `values` fill: the window
    translates the template and fills it afterwards. `details` is folded away text (a log, a traceback).
    """

    def __init__(self, message: str, remedy: str = "", *, details: str = "", **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.details = details
        self.values = values

    def __str__(self) -> str:
        texts = (text.format(**self.values) for text in (self.message, self.remedy) if text)
        return " ".join(texts)


class BadRequest(StudioError):
    """What was asked for cannot be made."""


class UnknownName(BadRequest):
    """A name that is in no table; close ones are offered."""

    def __init__(self, kind: str, name: str, known: Iterable[str] = ()) -> None:
        close = get_close_matches(name, list(known), n=3, cutoff=0.4)
        remedy = "Did you mean: {close}?" if close else "Choose one from the list."
        super().__init__("There is no {kind} named “{name}”.", remedy, kind=kind, name=name, close=", ".join(close))


class FileProblem(StudioError):
    """A file or folder that is not as it must be."""

    def __init__(self, path: Path | str, reason: str, remedy: str = "", *, details: str = "", **values: object) -> None:
        super().__init__(reason, remedy, details=details, path=str(path), name=Path(path).name, **values)
        self.path = Path(path)


class CheckpointError(FileProblem):
    """A model file that cannot be used as what it was chosen for."""


class InfotextError(FileProblem):
    """A picture or text file without parameters that can be read."""


class OutOfMemory(StudioError):
    """Too little memory, even after every step down."""


class NotANumber(StudioError):
    """A network produced values that are not numbers."""


class DiskFull(StudioError):
    """Nothing more can be written to a disk."""


class NoNetwork(StudioError):
    """A server could not be reached."""


class Cancelled(Exception):
    """Raised at a report once the user asked the work to stop."""
