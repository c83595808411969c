"""What the panels of the WebUI page share: the installs, the chosen one with its options, its run, the webui lane."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from studio.catalog.changes import TITLES
from studio.core import machine
from studio.core.job import JobContext
from studio.core.machine import Machine
from studio.core.nvidia import Card
from studio.core.paths import Places
from studio.launcher import facts, installs, journal, launch_options, run_file, surroundings, transactions
from studio.launcher.facts import Facts
from studio.launcher.flags import FlagTable, read_flags
from studio.launcher.install import Install
from studio.launcher.launch_options import LaunchOptions
from studio.ui import translate
from studio.ui.jobs import Job, Lane
from studio.ui.translate import tr
from studio.ui.webui_run import WebuiRun

if TYPE_CHECKING:
    from studio.ui.session import Session
    from studio.ui.webui_changes import WebuiChanges


class WebuiSession(QObject):
    """The launcher's side of a Session; it outlives every page.

    Lanes: `lane` (what changes an install: install, update, repair, roll back; one at a time) and `reader` (what is
    short and only reads: flags, logs). Each run has a lane of its own, so that several web UIs can run at once.
    """

    installs_changed = Signal()  # the list
    install_chosen = Signal()  # another install, or none; its options and flags may still be read
    options_changed = Signal()
    flags_read = Signal()
    machine_seen = Signal()
    work_changed = Signal()  # a job of `lane` began or ended
    panel_wanted = Signal(str, object)
    # of the chosen install's run
    state_changed = Signal()
    stage_reached = Signal()
    lines_arrived = Signal(int)
    diagnosed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.lane, self.reader = Lane("webui"), Lane("webui reader")
        self.installs: list[Install] = []
        self.install: Install | None = None
        self.options = LaunchOptions()
        self.flags = FlagTable()
        self.machine: Machine | None = None
        self.runs: dict[str, WebuiRun] = {}
        self.is_listed = False
        self._wanted = ""

    @property
    def places(self) -> Places:
        """Where things live."""
        return self.session.places

    @property
    def run(self) -> WebuiRun | None:
        """What the chosen install does now or did last."""
        return self._run_of(self.install) if self.install else None

    @property
    def live(self) -> list[WebuiRun]:
        """The runs that go on."""
        return [run for run in self.runs.values() if run.is_live]

    @property
    def card(self) -> Card | None:
        """The graphics card that web UIs use; None while it is not known and where there is none."""
        cards = self.machine.cards if self.machine else ()
        return cards[0] if cards else None

    @property
    def language(self) -> str:
        """The window's language, for texts that come in both."""
        return translate.language(self.session.settings.language)

    @property
    def facts(self) -> Facts:
        """What a diagnosis is told of this machine."""
        return facts.of_machine(self.machine) if self.machine else Facts()

    @Slot()
    def begin(self) -> None:
        """Look at the machine and the list of installs; what still runs from an earlier studio is followed."""
        home = self.places.home
        job = self.reader.begin(lambda _: machine.look(home))
        job.succeeded.connect(self._take_machine)
        self.refresh()

    @Slot(object)
    def _take_machine(self, found: Machine) -> None:
        self.machine = found
        self.machine_seen.emit()

    # installs

    @Slot()
    def refresh(self) -> Job:
        """Read the list of installs again."""
        places = self.places
        job = self.read(lambda _: _listed(places))
        job.succeeded.connect(self._take_installs)
        return job

    @Slot(object)
    def _take_installs(self, found: tuple[list[Install], list[str], bool]) -> None:
        self.installs, running, is_unfinished = found
        if is_unfinished and not self.lane.jobs:
            work = partial(_recovered, self.places)
            self.work(work, tr("Putting back what was interrupted")).finished.connect(self.read_flags)
        self.is_listed = True
        for install in self.installs:
            self._run_of(install)
            if install.key in running:
                self.runs[install.key].adopt(self.card, self.facts)
        self.installs_changed.emit()
        kept = self.install.key if self.install else self._wanted
        self.choose(kept if any(one.key == kept for one in self.installs) else "")

    def choose(self, key: str) -> None:
        """Choose an install by its key; one that is not (yet) in the list is remembered, "" is the first."""
        if key and not any(one.key == key for one in self.installs):
            self._wanted = key
            return
        found = next((one for one in self.installs if one.key == key), next(iter(self.installs), None))
        if found == self.install and (found is None or self.install is found):
            self.install_chosen.emit()
            return
        self.install = found
        self.options = launch_options.load(self.places, found.key) if found else LaunchOptions()
        self.flags = FlagTable()
        self.install_chosen.emit()
        self.options_changed.emit()
        self.state_changed.emit()
        self.lines_arrived.emit(-1)
        self.diagnosed.emit()
        self.read_flags()

    def read_flags(self) -> None:
        """Read the chosen install's flags again, after its version or its extensions changed."""
        if self.install:
            self.read(partial(_flags, self.install)).succeeded.connect(self._take_flags)

    @Slot(object)
    def _take_flags(self, found: tuple[Install, FlagTable]) -> None:
        install, table = found
        if install == self.install:
            self.flags = table
            self.flags_read.emit()

    def change_options(self, options: LaunchOptions) -> None:
        """Set the chosen install's options and save them."""
        if self.install is None or options == self.options:
            return
        self.options = options
        places, key = self.places, self.install.key
        self.read(lambda _: launch_options.save(places, key, options))
        self.options_changed.emit()

    @Slot()
    def reload_options(self) -> None:
        """Take the chosen install's options from its file, after a fix changed them there."""
        if self.install and (found := launch_options.load(self.places, self.install.key)) != self.options:
            self.options = found
            self.options_changed.emit()

    # work

    def work(self, work: Callable[[JobContext], Any], title: str) -> Job:
        """Run what changes an install, after what is under way; the page shows it, a failure becomes a notice."""
        job = Job(work, title)
        job.started.connect(self.work_changed)
        job.failed.connect(self.session.tell)
        job.noted.connect(self.session.note)
        job.finished.connect(self.work_changed)
        self.lane.submit(job)
        self.work_changed.emit()
        return job

    def read(self, work: Callable[[JobContext], Any]) -> Job:
        """Run what is short; a failure becomes a notice."""
        job = Job(work)
        job.failed.connect(self.session.tell)
        return self.reader.submit(job)

    @Slot()
    def make_environment(self) -> None:
        """Make the environment of the chosen install, which has none, and show how far that is."""
        from studio.launcher import new_environment  # only those who need it wait for its import

        self.show_panel("environment", "checks")
        self.changes.make(tr(TITLES["environment"]), new_environment.change)

    @cached_property
    def changes(self) -> WebuiChanges:
        """What changes the chosen install, with the way back."""
        from studio.ui.webui_changes import WebuiChanges  # only those who change something wait for its import

        made = WebuiChanges(self)
        made.ended.connect(self.reload_options)
        return made

    # the run

    def _run_of(self, install: Install) -> WebuiRun:
        run = self.runs.get(install.key)
        if run is None:
            run = self.runs[install.key] = WebuiRun(self.session, install, self.reader)
            run.state_changed.connect(partial(self._relay, run, self.state_changed.emit))
            run.stage_reached.connect(partial(self._relay, run, self.stage_reached.emit))
            run.diagnosed.connect(partial(self._relay, run, self.diagnosed.emit))
            run.lines_arrived.connect(lambda first: self._relay(run, partial(self.lines_arrived.emit, first)))
        run.install = install
        return run

    def _relay(self, run: WebuiRun, tell: Callable[[], object]) -> None:
        if run is self.run:
            tell()

    def start(self) -> None:
        """Start the chosen install as its options say."""
        if self.run:
            self.run.start(self.options, self.card, self.facts)

    def stop(self) -> None:
        """Stop the chosen install's run."""
        if self.run:
            self.run.stop()

    def restart(self) -> None:
        """Stop the chosen install and start it again."""
        if self.run:
            self.run.stop_and(self.start)

    def leave(self) -> None:
        """Let every web UI that runs go on without the studio."""
        for run in self.live:
            run.leave()

    def show_panel(self, name: str, value: object = None) -> None:
        """Show a panel of the WebUI page and hand it `value`, if any."""
        self.panel_wanted.emit(name, value)

    def close(self) -> None:
        """Stop everything; web UIs that were left run on."""
        for run in self.runs.values():
            run.close()
        self.lane.stop()
        self.reader.stop()
        if "changes" in self.__dict__:
            self.changes.close()


def _listed(places: Places) -> tuple[list[Install], list[str], bool]:
    """The installs, the keys of those that run already, and whether a change of one was interrupted."""
    found = installs.installs(places)
    running = [one.key for one in found if run_file.running(places, one.key) is not None]
    return found, running, any(journal.unfinished(places, one.key) for one in found)


def _recovered(places: Places, context: JobContext) -> None:
    transactions.recover(surroundings.here(places), context)


def _flags(install: Install, _: JobContext) -> tuple[Install, FlagTable]:
    return install, read_flags(install)
