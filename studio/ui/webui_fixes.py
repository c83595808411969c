"""What the buttons of a diagnosis do: mend it and start again, or ask first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.catalog.environment_checks import STEPS
from studio.catalog.fixes import BY_ID
from studio.catalog.rules import FixCall
from studio.core.job import JobContext
from studio.launcher import fixes
from studio.launcher.diagnosis import Diagnosis
from studio.launcher.install import Install
from studio.launcher.surroundings import Surroundings
from studio.launcher.transactions import Change, Finished
from studio.ui.translate import tr
from studio.ui.webui_changes import Making
from studio.ui.webui_run import FixTrial, WebuiRun

if TYPE_CHECKING:
    from studio.ui.webui import WebuiSession


class Fixer(QObject):
    """Carries fixes out for the chosen install; afterwards it starts again and compares what is wrong then."""

    def __init__(self, webui: WebuiSession, parent: QObject) -> None:
        super().__init__(parent)
        self.webui = webui

    def preview(self, call: FixCall, taken: Callable[[Sequence[str]], object]) -> None:
        """Find out what a fix would change; `taken` gets the lines to show, none if there is no list of it."""
        self.webui.changes.look(partial(_previewed, call), taken)

    def mend(self, call: FixCall, before: list[Diagnosis], extension: str = "") -> None:
        """Do what a fix says, after the web UI was stopped, start again and compare with what was wrong `before`.

        `extension` is the one that is to blame, if any.
        """
        run = self.webui.run
        if run:
            run.stop_and(partial(self._mend, run, call, partial(_change, call, extension), before))

    def _mend(self, run: WebuiRun, call: FixCall, making: Making, before: list[Diagnosis]) -> None:
        job = self.webui.changes.make(fix_title(call), making, probes=False)
        if job:
            job.succeeded.connect(partial(self._try, run, call, before))

    def _try(self, run: WebuiRun, call: FixCall, before: list[Diagnosis], made: Finished) -> None:
        run.trial = FixTrial(call, made.entry.id, before)
        if run is self.webui.run:
            self.webui.reload_options()
            self.webui.start()


def fix_title(call: FixCall) -> str:
    """What a fix is called, with what it is about."""
    return tr(BY_ID[call.fix].title, **call.arguments)


def _change(call: FixCall, extension: str, install: Install, around: Surroundings) -> Change:
    change = fixes.change(call, install, around, extension=extension)
    if change is None:
        raise ValueError(f"{call.fix} only shows the way")
    return change


def _previewed(call: FixCall, install: Install, around: Surroundings, _: JobContext) -> list[str]:
    return [tr(STEPS[step.kind], **step.values) for step in fixes.preview(call, install, around)]
