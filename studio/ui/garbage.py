"""Cyclic garbage is collected in the main thread only: widgets that die elsewhere crash the program."""

import gc
from functools import cache
from threading import Event, current_thread, main_thread

from PySide6.QtCore import QObject, Signal, Slot

from studio.core import garbage

PATIENCE_S = 1.0  # how long a worker waits for the main thread, which may itself be waiting for the worker


class Collector(QObject):
    """Takes the place of Python's automatic collection, by the same thresholds, and serves who asks for one.

    It acts whenever a lane reports and on the window's own tick, so that an idle window cleans up after itself too.
    """

    _wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        garbage.collect_by(self.collect)
        self._wanted.connect(self._serve)

    def collect(self) -> None:
        """Collect everything; from another thread it waits until the main thread has done it."""
        if current_thread() is main_thread():
            gc.collect()
            return
        is_done = Event()
        self._wanted.emit(is_done)
        is_done.wait(PATIENCE_S)

    @Slot()
    def collect_if_due(self) -> None:
        """Do what automatic collection would have done by now; nothing while the first threshold is 0."""
        limits = gc.get_threshold()
        due = [generation for generation, count in enumerate(gc.get_count()) if count > limits[generation]]
        if due and limits[0]:
            gc.collect(due[-1])

    def spare_what_stays(self) -> None:
        """Never look again at what is there now: the window's parts live as long as it does, and looking takes long."""
        gc.freeze()

    @Slot(object)
    def _serve(self, is_done: Event) -> None:
        gc.collect()
        is_done.set()


@cache
def collector() -> Collector:
    """The process's one Collector; first called in the main thread."""
    return Collector()
