"""Changes of a web UI as transactions: the state before is kept, the change is made, a start tried; or all goes back.

An entry of the journal is on disk before anything is touched. Whatever interrupts a change (an error, a cancellation, a
killed studio, a power cut), the next `recover` brings back the state before it, and may itself be interrupted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from studio.catalog.changes import STEPS, TITLES
from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import installs, journal, packages, process_group, run_file, snapshots
from studio.launcher.diagnosis import Diagnosis
from studio.launcher.git import Repository
from studio.launcher.install import Install
from studio.launcher.journal import Entry, Step
from studio.launcher.probe import TIMEOUT_S, Probed, end_left, probe
from studio.launcher.shield import Shield, record_folder
from studio.launcher.spawning import AlreadyRunning
from studio.launcher.state_restore import NotRestored, Restoring, Undo, discarded_since
from studio.launcher.surroundings import Surroundings

ATTEMPTS = 3


class NotReady(StudioError):
    """The web UI did not start after a change, which was therefore taken back.

    `diagnoses` are what the log of the probe start tells, `log` is that log, `entry` the change in the journal.
    """

    def __init__(self, entry: Entry, probed: Probed) -> None:
        super().__init__(
            "The web UI does not start after this: {change}. Everything was put back as it was. {why}",
            "Look at the diagnosis of the trial start.",
            details=probed.log[-20_000:],
            change=entry.text,
            why=probed.why,
        )
        self.entry, self.log = entry, probed.log
        self.diagnoses: tuple[Diagnosis, ...] = probed.diagnoses


@dataclass(frozen=True)
class Change:
    """Something to do with a web UI: `kind` is a key of catalog.changes.TITLES, whose places `values` fill.

    `apply` does it with a Transaction. `probes` is whether a start should be tried afterwards where nobody says
    otherwise; `reverts` is the journal's entry that this change takes back.
    """

    kind: str
    apply: Callable[["Transaction"], object]
    values: Mapping[str, str] = field(default_factory=dict)
    probes: bool = True
    reverts: str = ""

    @property
    def title(self) -> str:
        """The title as a template."""
        return TITLES[self.kind]


@dataclass(frozen=True)
class Finished:
    """A change that was made: its entry, what it gave, and the probe start (None if none was wished or possible)."""

    entry: Entry
    value: object
    probed: Probed | None = None


def held(install: Install, around: Surroundings) -> tuple[str, ...]:
    """The packages that no extension may change, so that no change of extensions needs a way back for them."""
    return Shield.load(record_folder(install, around.places)).held()


@dataclass(frozen=True)
class Line:
    """A line that a program of the change wrote; delivered while it goes on."""

    text: str


@dataclass
class Transaction:
    """A change that is going on; what it starts carries the mark of its entry."""

    install: Install
    around: Surroundings
    context: JobContext
    entry: Entry

    @property
    def env(self) -> dict[str, str]:
        """The environment of Git."""
        return self.around.git_env(self.install)

    def repository(self, folder: Path | None = None) -> Repository:
        """The web UI's repository, or another one's."""
        return Repository(folder or self.install.folder, self.env)

    @contextmanager
    def step(self, key: str, *, folder: Path | None = None, target: str = "", **values: str) -> Iterator[None]:
        """One step of the change, a key of catalog.changes.STEPS: written down before and after it.

        `folder` is the repository that it moves to the version `target` ("" is the newest of its branch).
        """
        where = "/" if folder is None else folder.relative_to(self.install.folder).as_posix().removeprefix(".")
        made = Step(text=STEPS[key], values=values, folder=where, target=target)
        self.context.progress(0, 0, STEPS[key].format(**values))
        self.write(steps=(*self.entry.steps, made))
        yield
        self.write(steps=(*self.entry.steps[:-1], made.model_copy(update={"is_done": True})))

    def keep_packages(self, names: Iterable[str] | None = None) -> None:
        """Fill the wheel-house with packages that are about to change; None: with all that the shield does not hold.

        Only the first call does something: what comes later in a change is not what it began with.
        """
        if any(step.text == STEPS["keep"] for step in self.entry.steps):
            return
        found = packages.by_name(packages.installed(packages.site_packages(self.install.venv)))
        wanted = set(found) - set(held(self.install, self.around)) if names is None else set(names)
        with self.step("keep"):
            self.around.house.fill([one for name, one in found.items() if name in wanted], self.context)

    def plan(self, folder: Path, target: str = "") -> None:
        """Write down that a repository is about to be moved to a version; "" is the newest of its branch."""
        with self.step("version", folder=folder, target=target):
            pass

    def log(self, line: str) -> None:
        """Hand on a line that pip or a script wrote."""
        self.context.deliver(Line(line))

    def write(self, **changed: object) -> None:
        """Write the entry down with some of it changed."""
        self.entry = self.entry.model_copy(update=changed)
        journal.save(self.around.places, self.entry)


def run(
    install: Install,
    change: Change,
    around: Surroundings,
    context: JobContext,
    *,
    probes: bool | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Finished:
    """Make a change; if it fails, is cancelled, or a probe start after it does not get ready, all is put back.

    `probes` overrules the change's own wish. Raises NotReady with the diagnosis, AlreadyRunning, journal.Busy,
    NotRestored where even the way back failed (it is tried again by `recover`), and what the change raises.
    """
    with journal.locked(around.places, install.key):
        refuse_running(install, around.places)
        _recover(install, around, context)
        begun = _begin(install, change, around)
        transaction = Transaction(install, around.marked(begun.mark), context, begun)
        try:
            value = change.apply(transaction)
            context.check()
            wished = change.probes if probes is None else probes
            probed = _probe(transaction, timeout_s) if wished and install.python.exists() else None
        except BaseException as error:
            _take_back(transaction, error)
            raise
        transaction.write(status=journal.DONE)
        _close(transaction)
        return Finished(transaction.entry, value, probed)


def refuse_running(install: Install, places: Places) -> None:
    """Raise AlreadyRunning while the web UI runs: it would write its settings over a change."""
    run = run_file.running(places, install.key)
    if run is not None:
        raise AlreadyRunning("{title} is running.", "Stop it first.", title=install.title, pid=run.pid)


def _begin(install: Install, change: Change, around: Surroundings) -> Entry:
    """The state before and the entry, on disk."""
    values = dict(change.values)
    env = around.git_env(install)
    before = snapshots.take(install, around.places, env, change.title, kind=snapshots.BEFORE, values=values)
    entry = journal.new(install.key, change.kind, change.title, values, before.id, change.reverts)
    journal.save(around.places, entry)
    return entry


def _probe(transaction: Transaction, timeout_s: float) -> Probed:
    with transaction.step("probe"):
        probed = probe(transaction.install, transaction.around, transaction.context, timeout_s=timeout_s)
        if not probed.is_ready:
            transaction.write(findings=tuple(one.as_json() for one in probed.diagnoses[:5]))
            raise NotReady(transaction.entry, probed)
    return probed


def _take_back(transaction: Transaction, error: BaseException) -> None:
    """Put everything back, whatever happened; a further cancellation does not stop that."""
    why = str(error) if isinstance(error, StudioError) else type(error).__name__
    transaction.write(why=why)
    _put_back(transaction.entry, transaction.install, transaction.around, JobContext(transaction.context.report))


def _put_back(entry: Entry, install: Install, around: Surroundings, context: JobContext) -> Entry:
    """Bring back the state before an entry. Raises NotRestored; after some attempts the entry is left as stuck."""
    places = around.places
    process_group.kill(0, entry.mark)
    end_left(places, install)
    first = entry.status == journal.OPEN
    discarded = discarded_since(places, entry.at) if first else entry.discarded
    changed = {"status": journal.UNDOING, "attempts": entry.attempts + 1, "discarded": discarded}
    entry = entry.model_copy(update=changed)
    journal.save(places, entry)
    before = snapshots.find(places, install.key, entry.before)
    targets = tuple((step.folder, step.target) for step in entry.steps if step.folder != "/")
    try:
        Restoring(before.state, install, around.marked(entry.mark), context, Undo(targets, discarded)).run()
    except NotRestored:
        if entry.attempts >= ATTEMPTS:
            journal.save(places, entry.model_copy(update={"status": journal.STUCK}))
        raise
    entry = entry.model_copy(update={"status": journal.UNDONE})
    journal.save(places, entry)
    return entry


def _close(transaction: Transaction) -> None:
    """Mark what this change took back, and let old entries go with the states before them."""
    places, install, entry = transaction.around.places, transaction.install, transaction.entry
    taken = journal.load(places, install.key, entry.reverts) if entry.reverts else None
    if taken is not None and taken.status == journal.DONE:
        journal.save(places, taken.model_copy(update={"status": journal.REVERTED}))
    for old in journal.forget_old(places, install.key):
        snapshots.forget(places, install.key, old.before)


def recover(around: Surroundings, context: JobContext | None = None, *, only: Install | None = None) -> list[Entry]:
    """Put back every change that was interrupted; those entries. Called when the studio starts and before each change.

    A web UI that is being changed by another process is left alone. Raises NotRestored where something could not be
    brought back; it is tried again the next time.
    """
    context = context or JobContext()
    found: list[Entry] = []
    failed: list[NotRestored] = []
    for install in installs.installs(around.places) if only is None else [only]:
        if not journal.unfinished(around.places, install.key):
            continue
        try:
            with journal.locked(around.places, install.key):
                found += _recover(install, around, context)
        except journal.Busy:
            continue
        except NotRestored as error:  # the others are not to wait for this one
            failed.append(error)
    if failed:
        raise failed[0]
    return found


def _recover(install: Install, around: Surroundings, context: JobContext) -> list[Entry]:
    unfinished = journal.unfinished(around.places, install.key)
    return [_put_back(entry, install, around, context) for entry in unfinished]
