"""A WebUI page over a stand-in web UI that lives in Git repositories, for the tests of its panels."""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication

sys.path.insert(0, str(Path(__file__).parents[1] / "launcher"))

from change_world import MACHINE, ChangeWorld
from wheel_world import make_venv

from studio.core.machine import Machine
from studio.ui.errors import Notice
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.session import Session

KEPT: list[tempfile.TemporaryDirectory[str]] = []
PanelKind = TypeVar("PanelKind", bound=WebuiPanel)


@cache
def base_venv() -> Path:
    """An environment with pip, made once, to be copied only."""
    KEPT.append(tempfile.TemporaryDirectory(prefix="page-venv-"))
    return make_venv(Path(KEPT[-1].name) / "venv")


class PageWorld:
    """An installed stand-in, the session that chose it, and what it told."""

    def __init__(
        self, session: Session, folder: Path, base_venv: Path | None = None, machine: Machine = MACHINE, **told: object
    ) -> None:
        self.session, self.webui = session, session.webui
        self.changes = self.webui.changes
        self.world = ChangeWorld(folder, session.places, base_venv, **told)
        self.install = self.world.install
        self.changes.base = self.world.around.base
        self.webui.machine = machine
        self.webui.installs, self.webui.is_listed = [self.install], True
        self.webui.choose(self.install.key)
        self.notices: list[Notice] = []
        session.noticed.connect(self.notices.append)

    def panel(self, kind: type[PanelKind]) -> PanelKind:
        """A panel as the page shows it, with everything read."""
        made = kind(self.webui)
        made.resize(1100, 640)
        made.show()
        made.shown()
        self.rest()
        return made

    def rest(self, timeout_s: float = 60) -> None:
        """Until nothing goes on any more."""
        lanes = (self.webui.lane, self.webui.reader, self.changes.looker, self.session.files)
        self.until(lambda: not any(lane.jobs for lane in lanes), timeout_s)

    def until(self, condition: Callable[[], object], timeout_s: float = 60) -> None:
        """Run the event loop until something is true."""
        end = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < end, f"it did not happen in time; {self.texts}"
            QCoreApplication.processEvents()
            time.sleep(0.002)

    @property
    def texts(self) -> list[str]:
        """What the notices said."""
        return [notice.text for notice in self.notices]
