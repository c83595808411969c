"""What is remembered between starts: written within a second, atomically, away from the main thread."""

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from studio.core.files import write_atomically
from studio.ui.jobs import Lane

DELAY_MS = 500

State = dict[str, object]


class Autosave(QObject):
    """A JSON file of one state per name ("window", "Create" ...).

    `watch` is told where a state comes from; `touch` says that it changed. It is asked for, and written, half a
    second later at the latest, however fast the user types.
    """

    def __init__(self, path: Path, lane: Lane) -> None:
        super().__init__()
        self._path = path
        self._lane = lane
        self._states = _read(path)
        self._sources: dict[str, Callable[[], State]] = {}
        self._touched: set[str] = set()
        self._is_closed = False
        self._timer = QTimer(self, interval=DELAY_MS, singleShot=True)
        self._timer.timeout.connect(self._write)

    def recall(self, name: str) -> State:
        """What was last remembered under `name`."""
        state = self._states.get(name)
        return dict(state) if isinstance(state, dict) else {}

    def watch(self, name: str, source: Callable[[], State]) -> None:
        """Take the state `name` from `source` from now on."""
        self._sources[name] = source

    def touch(self, name: str) -> None:
        """Note that the state `name` changed."""
        if self._is_closed:
            return
        self._touched.add(name)
        if not self._timer.isActive():
            self._timer.start()

    def remember(self, name: str, state: State) -> None:
        """Keep a state as if its source had given it."""
        self._states[name] = state
        self._sources.pop(name, None)
        self.touch(name)

    def flush(self, *names: str) -> None:
        """Take the states of `names` (default: those that changed) now and write at once, before this returns."""
        self._touched |= set(names)
        self._timer.stop()
        if self._touched:
            write_atomically(self._path, self._collect())

    def close(self, *names: str) -> None:
        """Write the states of `names` for the last time; what changes afterwards is not remembered."""
        self.flush(*names)
        self._is_closed = True
        self._sources.clear()

    @Slot()
    def _write(self) -> None:
        path, data = self._path, self._collect()
        self._lane.begin(lambda _: write_atomically(path, data))

    def _collect(self) -> bytes:
        for name in self._touched & set(self._sources):
            self._states[name] = self._sources[name]()
        self._touched.clear()
        return json.dumps(self._states, ensure_ascii=False).encode()


def _read(path: Path) -> State:
    try:
        states = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return states if isinstance(states, dict) else {}
