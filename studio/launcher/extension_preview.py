"""What installing an extension would bring, read before anything of it runs: its wishes, its conflicts."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from studio.core.job import JobContext
from studio.core.links import walk
from studio.launcher import (
    conflicts,
    extension_metadata,
    extension_wants,
    extensions,
    operations,
    packages,
    pip_preview,
    requirements,
    shield,
    venv,
)
from studio.launcher.clone import clone
from studio.launcher.conflicts import Conflict
from studio.launcher.extension_wants import Wanted
from studio.launcher.install import Install
from studio.launcher.pip import Planned
from studio.launcher.shield import Blocked, Shield, record_folder
from studio.launcher.surroundings import Surroundings
from studio.launcher.versions import current


@dataclass(frozen=True)
class Preview:
    """An extension that is not installed yet.

    `planned` is what pip would bring for it, `unread` are wishes of which that is not known, `blocked` those that the
    shield would refuse. `conflicts` are those it has part in, with other extensions and with what is installed; `held`
    names the packages of these that the shield keeps as they are. `missing` are extensions that it requires and that
    are not on.
    """

    url: str
    name: str
    branch: str
    commit: str
    date: float
    title: str
    size_bytes: int
    has_script: bool
    wanted: Wanted
    planned: tuple[Planned, ...] = ()
    unread: tuple[str, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    held: tuple[str, ...] = ()
    missing: tuple[tuple[str, ...], ...] = ()


def preview(install: Install, around: Surroundings, url: str, context: JobContext, *, branch: str = "") -> Preview:
    """Fetch an extension to a folder that goes away again, and read it.

    Raises GitError, BadRequest, FileProblem and Cancelled.
    """
    name, env = extensions.folder_name(url), around.git_env(install)
    with TemporaryDirectory(prefix="preview-") as scratch:
        repository = clone(url, Path(scratch, name), env, context, branch=branch)
        folder, commit = repository.folder, current(repository)
        seen = Preview(
            url=url,
            name=name,
            branch=branch,
            commit=commit.hash if commit else "",
            date=commit.date if commit else 0.0,
            title=commit.title if commit else "",
            size_bytes=sum(entry.size_bytes for entry in walk(folder)),
            has_script=(folder / extension_wants.INSTALLER).is_file(),
            wanted=extension_wants.wanted(folder),
        )
        requires = extension_metadata.read(folder).requires
    return _weighed(seen, install, around, requires, context)


def _weighed(
    seen: Preview, install: Install, around: Surroundings, requires: tuple[tuple[str, ...], ...], context: JobContext
) -> Preview:
    """What it means beside everything that is there already."""
    others = [one for one in extensions.extensions(install, around.git_env(install), context) if one.is_enabled]
    wishes = {one.name: extension_wants.wanted(one.folder).requirements for one in others}
    installed = packages.installed(packages.site_packages(install.venv))
    marks = requirements.environment(venv.look(install.venv).version or sys.version_info[:3])
    env = shield.guarded_env(install, around.settings, around.places, base=around.child_base, extensions=[seen.name])
    foreseen = pip_preview.foresee(install, seen.wanted.requirements, env, marks, context)
    own_wishes = [*seen.wanted.requirements, *(f"{one.name}=={one.after}" for one in foreseen.planned)]
    found = conflicts.conflicts({**wishes, seen.name: own_wishes}, installed, marks)
    own = tuple(one for one in found if any(who == seen.name for who, _ in one.wants))
    kept = Shield.load(record_folder(install, around.places)).held([seen.name])
    there = {one.canonical for one in others}
    return replace(
        seen,
        planned=foreseen.planned,
        unread=foreseen.unread,
        blocked=tuple(operations.blocked_by_shield(install, around, seen.name, foreseen.log)),
        conflicts=own,
        held=tuple(one.package for one in own if one.package in kept and one.kind != conflicts.UNKNOWN),
        missing=tuple(names for names in requires if there.isdisjoint(names)),
    )
