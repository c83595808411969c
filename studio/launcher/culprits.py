"""The search for the extension that is to blame, with real probe starts; the user's settings are only read."""

from collections.abc import Iterable, Sequence

from studio.core.job import JobContext
from studio.launcher import culprit, install_state, journal, transactions
from studio.launcher.culprit import Suspects
from studio.launcher.diagnosis import Diagnosis
from studio.launcher.install import Install
from studio.launcher.probe import TIMEOUT_S, probe
from studio.launcher.surroundings import Surroundings


def find(
    install: Install,
    around: Surroundings,
    context: JobContext,
    *,
    diagnoses: Iterable[Diagnosis] = (),
    timeout_s: float = TIMEOUT_S,
    confirm: bool = True,
) -> Suspects:
    """Which extensions (of those that are on) keep the web UI from starting, alone or together.

    `diagnoses` of its last log and the journal's last changes say which to try first. A start counts as failed, too,
    if it takes longer than `timeout_s`. Raises AlreadyRunning, Busy, Cancelled and what forbids a start.
    """
    with journal.locked(around.places, install.key):
        transactions.refuse_running(install, around.places)
        enabled = [name for name, on in install_state.switches(install).items() if on]
        suspects = culprit.by_evidence(diagnoses, changed_last(install, around, enabled))

        def starts(names: frozenset[str]) -> bool:
            quiet = JobContext()  # one bar for the whole search
            with context.on_cancel(quiet.cancel):
                return probe(install, around, quiet, enabled=names, timeout_s=timeout_s).is_ready

        return culprit.find_culprit(enabled, starts, suspects, context, confirm)


def changed_last(install: Install, around: Surroundings, names: Sequence[str]) -> list[str]:
    """The extensions that the journal's changes were about, the latest first."""
    told = [
        name.strip()
        for entry in journal.entries(around.places, install.key)
        if entry.kind.startswith("extension_") and entry.status == journal.DONE
        for name in (entry.values.get("name") or entry.values.get("names") or "").split(",")
    ]
    return [name for name in dict.fromkeys(told) if name in names]
