"""The file a web UI writes its output to: begun anew for each run, read while it grows, kept for some runs."""

import codecs
import itertools
from pathlib import Path

from studio.core.files import problem

KEPT = 5
PIECE = 1 << 18


def begin(folder: Path) -> Path:
    """An empty webui.log; older ones move to webui.1.log and on."""
    names = [latest(folder), *(folder / f"webui.{number}.log" for number in range(1, KEPT))]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for newer, older in reversed(list(itertools.pairwise(names))):
            if newer.exists():
                newer.replace(older)
        names[0].write_bytes(b"")
    except OSError as error:
        raise problem(folder, error) from error
    return names[0]


def latest(folder: Path) -> Path:
    """Where the newest run of a web UI wrote; it need not be there."""
    return folder / "webui.log"


class Tail:
    """A growing file as text."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self) -> str:
        """What was added since, at most a piece of it; "" if nothing."""
        data = self._file.read(PIECE)
        return self._decoder.decode(data) if data else ""

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
