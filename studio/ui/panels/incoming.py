"""Parameters from outside: a text, a file, the clipboard, a picture; and which model of this machine they mean."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from studio.core import infotext
from studio.core.errors import UnknownName
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.settings import Settings
from studio.ui.panels.parameters import is_parameters
from studio.ui.session import Session
from studio.ui.translate import tr

HASH = "Model hash"


@dataclass(frozen=True)
class Arrival:
    """What was read: the request, the entries that have no place in it, and the picture it is from, if known."""

    request: GenerateRequest
    leftovers: dict[str, str] = field(default_factory=dict)
    source: Path | None = None


class Incoming(QObject):
    """Reads parameters; `arrived` tells of them, `model_found` which file here a name means after all."""

    arrived = Signal(object)  # Arrival
    model_found = Signal(str, str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def take_text(self, text: str, source: Path | None = None) -> None:
        """Read a text."""
        self._take(Arrival(*infotext.read(text), source))

    def take_file(self, path: Path) -> None:
        """Read a picture or text file."""
        job = self._session.in_files(lambda _: Arrival(*infotext.read(path), path), tr("Reading parameters"))
        job.succeeded.connect(self._take)

    @Slot()
    def take_clipboard(self) -> None:
        """Read what is in the clipboard: parameters, or a file that has them."""
        text, urls = QGuiApplication.clipboard().text(), QGuiApplication.clipboard().mimeData().urls()
        if is_parameters(text):
            self.take_text(text)
        elif urls and urls[0].isLocalFile():
            self.take_file(Path(urls[0].toLocalFile()))
        else:
            self._session.notify(
                tr("There are no parameters in the clipboard."),
                remedy=tr("Copy the text of a picture's parameters, or a picture file, first."),
                kind="warn",
            )

    @Slot(object)
    def _take(self, arrival: Arrival) -> None:
        known = with_known_model(arrival, self._session.choices("checkpoints"))
        if known or not arrival.leftovers.get(HASH) or not self._session.choices("checkpoints"):
            self.arrived.emit(known or arrival)
            return
        work = partial(with_hashed_model, arrival, self._session.places, self._session.settings)
        self._session.in_files(work).succeeded.connect(self._tell)

    @Slot(object)
    def _tell(self, arrival: Arrival) -> None:
        self.arrived.emit(arrival)
        if not with_known_model(arrival, self._session.choices("checkpoints")):
            self._session.notify(
                tr("No model here has the name of this picture's."),
                remedy=tr("It may be here under another name: that is found out by reading the model files once."),
                kind="warn",
                action=tr("Look for it"),
                act=lambda: self._search(arrival),
            )

    def _search(self, arrival: Arrival) -> None:
        places, settings, mark = self._session.places, self._session.settings, arrival.leftovers[HASH]
        job = self._session.in_scans(partial(_search, mark, places, settings), tr("Looking for the model"))
        job.succeeded.connect(lambda name: self._tell_found(arrival.request.checkpoint, name))

    def _tell_found(self, wanted: str, name: str) -> None:
        if name:
            self.model_found.emit(wanted, name)
            self._session.notify(tr("The model of this picture is here as {name}.", name=name), kind="ok")
        else:
            self._session.notify(tr("The model of this picture is not here."), kind="warn")


def with_known_model(arrival: Arrival, names: list[str]) -> Arrival | None:
    """`arrival` with the name its model has here, pictures naming it without its ending; None if there is none."""
    wanted = arrival.request.checkpoint
    if wanted in names or not wanted:
        return arrival if wanted else None
    found = next((name for name in names if wanted in (Path(name).stem, _in_infotexts(name))), None)
    return _with_model(arrival, found) if found else None


def _in_infotexts(name: str) -> str:
    """A file's name as infotexts say it: without its ending, folders joined by underscores."""
    return name.rpartition(".")[0].replace("/", "_")


def with_hashed_model(arrival: Arrival, places: Places, settings: Settings, _: JobContext) -> Arrival:
    """`arrival` with the file whose hash, known already, is that of its model."""
    from studio.library import checkpoints

    mark = arrival.leftovers[HASH]
    files = [file for file in checkpoints.checkpoints(places, settings) if mark in file.aliases]
    return _with_model(arrival, files[0].name) if files else arrival


def _search(mark: str, places: Places, settings: Settings, context: JobContext) -> str:
    """The name of the file with a hash, "" if none has it; files are read where that must be."""
    from studio.library import checkpoints

    try:
        return checkpoints.find(mark, places, settings, context).name
    except UnknownName:
        return ""


def _with_model(arrival: Arrival, name: str) -> Arrival:
    return replace(arrival, request=arrival.request.model_copy(update={"checkpoint": name}))
