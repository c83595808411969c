"""The journal: what is about to be changed is on disk before it is, so that no interruption leaves half a change."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from pydantic import Field, JsonValue, ValidationError

from studio.core import file_lock
from studio.core.errors import StudioError
from studio.core.files import write_atomically
from studio.core.option import Record
from studio.core.paths import Places
from studio.launcher import install_state

OPEN, DONE, UNDOING, UNDONE, REVERTED, STUCK = "open", "done", "undoing", "undone", "reverted", "stuck"
UNFINISHED = (OPEN, UNDOING)
KEPT = 40


class Busy(StudioError):
    """Another change of the same web UI is going on."""


class Step(Record):
    """One step of a change. `folder` is the repository that is moved and `target` the version, "" if it is none."""

    text: str
    values: dict[str, str] = Field(default_factory=dict)
    folder: str = ""
    target: str = ""
    is_done: bool = False


class Entry(Record):
    """One change. `title` is a template that `values` fill, `before` the snapshot of how it was, `at` in seconds.

    `status` is open, done, undoing, undone (put back), reverted (done, later taken back) or stuck (could not be put
    back). `why` tells why it was put back; `mark` is carried by the processes it started, `discarded` names folders of
    the trash that come back.
    """

    id: str
    install: str
    kind: str
    title: str
    values: dict[str, str] = Field(default_factory=dict)
    at: float
    status: str = OPEN
    before: str = ""
    mark: str = ""
    steps: tuple[Step, ...] = ()
    attempts: int = 0
    discarded: tuple[str, ...] = ()
    why: str = ""
    findings: tuple[dict[str, JsonValue], ...] = ()
    reverts: str = ""

    @property
    def text(self) -> str:
        """The title in English."""
        return self.title.format(**self.values)


def new(install: str, kind: str, title: str, values: dict[str, str], before: str, reverts: str = "") -> Entry:
    """An entry that is about to begin; `reverts` is the one that it takes back."""
    return Entry(
        id=stamp(), install=install, kind=kind, title=title, values=values, at=time.time(), before=before,
        mark=token_hex(16), reverts=reverts,
    )  # fmt: skip


def stamp() -> str:
    """A new name that sorts by time."""
    now = time.time()
    return f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}-{int(now * 1000) % 1000:03}{token_hex(2)}"


def save(places: Places, entry: Entry) -> None:
    """Write an entry down; it is on disk when this returns. Raises FileProblem or DiskFull."""
    write_atomically(_path(places, entry.install, entry.id), entry.model_dump_json(indent=1).encode())


def load(places: Places, install: str, name: str) -> Entry | None:
    """The entry of an id; None if there is none that can be read."""
    try:
        return Entry.model_validate_json(_path(places, install, Path(name).name).read_bytes())
    except (OSError, ValidationError):
        return None


def entries(places: Places, install: str) -> list[Entry]:
    """The changes of a web UI, the newest first."""
    names = (path.stem for path in (install_state.folder(places, install) / "journal").glob("*.json"))
    return [entry for name in sorted(names, reverse=True) if (entry := load(places, install, name)) is not None]


def unfinished(places: Places, install: str) -> list[Entry]:
    """The changes that were interrupted, the newest first."""
    return [entry for entry in entries(places, install) if entry.status in UNFINISHED]


def forget_old(places: Places, install: str) -> list[Entry]:
    """Delete the oldest entries beyond what is kept, and return them."""
    old = [entry for entry in entries(places, install)[KEPT:] if entry.status not in UNFINISHED]
    for entry in old:
        _path(places, install, entry.id).unlink(missing_ok=True)
    return old


@contextmanager
def locked(places: Places, install: str) -> Iterator[None]:
    """Let one change of a web UI happen at a time, over all processes; the system lets go when one dies.

    Raises Busy.
    """
    path = places.data / "launcher" / f"{install}.lock"  # not in the folder of histories, which names are taken by
    with file_lock.locked(path, Busy("Another change of this web UI is going on.", "Wait until it is finished.")):
        yield


def _path(places: Places, install: str, name: str) -> Path:
    return install_state.folder(places, install) / "journal" / f"{name}.json"
