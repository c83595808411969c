"""Making the environment of a web UI that has none yet."""

from dataclasses import replace

from studio.core.errors import BadRequest
from studio.launcher import findings, installs, operations, repair
from studio.launcher.install import Install
from studio.launcher.surroundings import Surroundings
from studio.launcher.transactions import Change


def change(install: Install, around: Surroundings) -> Change:
    """An environment with the torch that fits this machine and all that the web UI needs, from what Pythons there are.

    Looks for Pythons, which takes seconds. Raises BadRequest if none suits the web UI.
    """
    found = findings.findings(install, around.settings, around.machine, found_pythons=around.pythons)
    steps = repair.plan(found)
    if not steps and any(one.id == "no_python" for one in found):
        row = installs.source(install.source)
        raise BadRequest(
            "No Python was found on which {title} runs.",
            "Install Python {best} (64-bit), then make the environment.",
            title=install.title,
            best=".".join(map(str, row.best_python)),
        )
    return replace(operations.repair_environment(steps), kind="environment")
