"""Taking a web UI off this computer: its program goes to the trash; models, pictures and what is not its own stay."""

import json
import os
from pathlib import Path
from typing import Any

from studio.catalog.webui_sources import WebuiSource
from studio.core.errors import BadRequest
from studio.core.paths import Places
from studio.core.trash import Discarded
from studio.launcher import installs, journal, links
from studio.launcher.install import Install
from studio.launcher.links import DeletePlan
from studio.launcher.transactions import refuse_running

PERSONAL = ("Desktop", "Documents", "Downloads")


def plan(places: Places, install: Install) -> DeletePlan:
    """What removing a web UI would move to the trash: never models, pictures, other web UIs or the studio itself.

    Raises BadRequest where its folder is gone, or is one that holds the user's other things.
    """
    if not os.path.lexists(install.folder):
        raise BadRequest(
            "The folder of {title} is not there.", "Plug its drive in, or take it off the list.", title=install.title
        )
    if _is_shared(install.folder):
        raise BadRequest(
            "{folder} holds more than a web UI: the studio does not remove it.",
            "Take it off the list instead, and delete its files by hand.",
            folder=str(install.folder),
        )
    others = [one.folder for one in installs.installs(places) if one.key != install.key]
    return links.plan(install.folder, (*kept_folders(install), *others, places.home, places.data))


def _is_shared(folder: Path) -> bool:
    """Whether a folder is a whole disk, the user's home or around it, or one where everything is put."""
    home = Path.home()
    shared = (home, *home.parents, *(home / name for name in PERSONAL), Path(folder.anchor))
    return os.path.normcase(folder) in {os.path.normcase(path) for path in shared} or os.path.ismount(folder)


def remove(places: Places, install: Install, made: DeletePlan) -> Discarded:
    """Move what a plan names to the trash and take the web UI off the list.

    Raises AlreadyRunning while it runs and Busy while it is changed, BadRequest where the folder changed since the
    plan was made, FileProblem and DiskFull.
    """
    with journal.locked(places, install.key):
        refuse_running(install, places)
        discarded = links.discard(made, places)
        installs.forget(places, install.key)
    return discarded


def kept_folders(install: Install) -> list[Path]:
    """The folders of models and pictures of a web UI, also those its own settings name."""
    row = installs.source(install.source)
    named = [value for name, value in _settings(install, row).items() if name.startswith("outdir_") and value]
    return [install.folder / path for path in (*row.kept, *(value for value in named if isinstance(value, str)))]


def _settings(install: Install, row: WebuiSource) -> dict[str, Any]:
    try:
        values = json.loads((install.folder / row.settings).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
