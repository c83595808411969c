"""Small pictures in memory; those that are missing come from a lane, the latest wish first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.ui.jobs import Job, Lane
from studio.ui.session import Session

MOST_PIXMAPS, MOST_WANTED = 400, 160
AT_ONCE = 8  # pictures a job makes before newer wishes get their turn

Load = Callable[[Sequence[Any], Places, JobContext], None]


class Pixmaps(QObject):
    """Pictures by key; `load` delivers each (key, QImage), a null one for what has no picture.

    It runs in `lane`, in that of pictures if none is given.
    """

    arrived = Signal(object)  # the key

    def __init__(self, session: Session, load: Load, lane: Lane | None = None) -> None:
        super().__init__()
        self._session, self._load, self._lane = session, load, lane or session.pictures
        self._pixmaps: OrderedDict[Hashable, QPixmap] = OrderedDict()
        self._wanted: OrderedDict[Hashable, None] = OrderedDict()
        self._job: Job | None = None

    def get(self, key: Hashable) -> QPixmap | None:
        """The picture, a null one if there is none to show, or None while it is on its way."""
        if key in self._pixmaps:
            self._pixmaps.move_to_end(key)
            return self._pixmaps[key]
        self._wanted[key] = None
        self._wanted.move_to_end(key)
        while len(self._wanted) > MOST_WANTED:
            self._wanted.popitem(last=False)
        self._begin()
        return None

    def forget_missing(self) -> None:
        """Ask again for what had no picture."""
        for key in [key for key, pixmap in self._pixmaps.items() if pixmap.isNull()]:
            del self._pixmaps[key]

    def _begin(self) -> None:
        if self._job or not self._wanted:
            return
        keys = [self._wanted.popitem()[0] for _ in range(min(AT_ONCE, len(self._wanted)))]
        load, places = self._load, self._session.places
        self._job = self._lane.begin(lambda context: load(keys, places, context))
        self._job.delivered.connect(self._take)
        self._job.finished.connect(self._end)

    @Slot(object)
    def _take(self, loaded: tuple[Hashable, QImage]) -> None:
        key, image = loaded
        self._pixmaps[key] = QPixmap.fromImage(image)
        while len(self._pixmaps) > MOST_PIXMAPS:
            self._pixmaps.popitem(last=False)
        self.arrived.emit(key)

    @Slot()
    def _end(self) -> None:
        is_cancelled = self._job is None or self._job.context.is_cancelled
        self._job = None
        if not is_cancelled:
            self._begin()
