"""Looks beside the window at the networks a request names, whenever they or the model change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.settings import Settings
from studio.ui.panels.network_uses import find_uses, tags_of
from studio.ui.session import Session

if TYPE_CHECKING:
    from studio.library.networks import Named, NetworkFile

Asked = tuple[object, ...]


class NetworkLook(QObject):
    """`found` tells what will become of each network of the latest request."""

    found = Signal(object)  # tuple[Named, ...]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._files: Sequence[NetworkFile] = ()
        self._asked: Asked | None = None
        self._answered: Asked | None = None
        self._is_looking = False

    def set_files(self, files: Sequence[NetworkFile]) -> None:
        """Look among these files from now on, at everything anew."""
        self._files = files
        self._answered = None

    def look(self, request: GenerateRequest) -> None:
        """Look at a request's networks, unless they are known already."""
        self._asked = (tags_of(request), request.checkpoint)
        if not self._is_looking and self._asked != self._answered:
            self._begin(self._asked)

    def _begin(self, asked: Asked) -> None:
        self._is_looking = True
        self._answered = asked
        work = partial(_find, asked, self._files, self._session.places, self._session.settings)
        job = self._session.files.begin(work)
        job.succeeded.connect(self._take)
        job.finished.connect(self._looked)

    @Slot(object)
    def _take(self, uses: tuple[Named, ...]) -> None:
        self.found.emit(uses)

    @Slot()
    def _looked(self) -> None:
        self._is_looking = False
        if self._asked and self._asked != self._answered:
            self._begin(self._asked)


def _find(
    asked: Asked, files: Sequence[NetworkFile], places: Places, settings: Settings, _: JobContext
) -> tuple[Named, ...]:
    tags, checkpoint = asked
    return find_uses(tags, checkpoint, files, places, settings)  # type: ignore[arg-type]
