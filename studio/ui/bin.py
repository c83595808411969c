"""Deleted pictures: they go to the trash, every page is told, and a notice takes them back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.trash import Discarded, discard, restore
from studio.ui.jobs import Job
from studio.ui.translate import tr

if TYPE_CHECKING:
    from studio.ui.session import Session


class Bin(QObject):
    """Deletes pictures for all pages, so that what one deletes no other still shows."""

    discarded = Signal(object)  # list[Path]
    restored = Signal(object)  # dict[Path, Path]: where each was, and where it is now

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def discard(self, paths: Sequence[Path]) -> Job:
        """Move pictures to the trash; a notice offers the way back."""
        job = self._session.in_files(partial(_discard, list(paths), self._session.places), tr("Deleting"))
        job.succeeded.connect(self._tell_discarded)
        return job

    @Slot(object)
    def _tell_discarded(self, gone: Discarded) -> None:
        paths = [item.original for item in gone.items]
        one = tr("{name} is in the trash.", name=paths[0].name) if paths else ""
        text = one if len(paths) == 1 else tr("{count} pictures are in the trash.", count=len(paths))
        self.discarded.emit(paths)
        self._session.notify(text, kind="ok", action=tr("Undo"), act=lambda: self.take_back(gone))

    def take_back(self, gone: Discarded) -> Job:
        """Put deleted pictures back where they were."""
        job = self._session.in_files(partial(_take_back, gone, self._session.places), tr("Restoring"))
        job.succeeded.connect(self.restored)
        return job


def _discard(paths: list[Path], places: Places, _: JobContext) -> Discarded:
    from studio.library.gallery import opened  # reads pictures, which the window can open without

    gone = discard(paths, places)
    opened(places.gallery).hide([item.original for item in gone.items])
    return gone


def _take_back(gone: Discarded, places: Places, _: JobContext) -> dict[Path, Path]:
    from studio.library.gallery import opened

    there = [item.original for item in gone.items if (gone.folder / item.stored).exists()]
    back = dict(zip(there, restore(gone), strict=True))
    opened(places.gallery).take_back(back.values())
    return back
