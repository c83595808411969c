"""The web UIs on this computer: installed, adopted, forgotten. Their list is one JSON file."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.catalog.webui_sources import WEBUI_SOURCES, WebuiSource
from studio.core.errors import BadRequest, FileProblem, UnknownName
from studio.core.files import problem, write_atomically
from studio.core.job import JobContext
from studio.core.links import entries
from studio.core.paths import Places
from studio.launcher.clone import clone
from studio.launcher.connect import Match, connect
from studio.launcher.git import Repository, same_url, with_mirror
from studio.launcher.install import Install

MAX_BYTES = 4 << 20
OTHER = "other"


@dataclass(frozen=True)
class _Registry:
    installs: tuple[Install, ...] = ()
    trusted: tuple[str, ...] = ()


def installs(places: Places) -> list[Install]:
    """The known web UIs in the order they came; their folders need not be there (a drive that is not plugged in).

    Raises FileProblem if the list cannot be read.
    """
    return list(_read(places).installs)


def find(places: Places, key: str) -> Install:
    """The web UI with a key. Raises UnknownName."""
    known = installs(places)
    for install in known:
        if install.key == key:
            return install
    raise UnknownName("web UI", key, [install.key for install in known])


def source(key: str) -> WebuiSource:
    """The row of a kind of web UI. Raises UnknownName."""
    for row in WEBUI_SOURCES:
        if row.key == key:
            return row
    raise UnknownName("web UI", key, [row.key for row in WEBUI_SOURCES])


def install(
    places: Places,
    folder: Path,
    key: str,
    env: Mapping[str, str],
    context: JobContext,
    *,
    url: str = "",
    branch: str = "",
    mirror: str = "",
    title: str = "",
) -> Install:
    """Clone a web UI to `folder`, which must not exist, and enter it in the list.

    `key` names its row, `url` takes the place of the row's (a fork), `mirror` is put before https://github.com/. An
    interrupted installation goes on when it is called again. Raises StudioErrors and Cancelled.
    """
    row = source(key)
    folder = _absolute(folder)
    _refuse_known(places, folder)
    chosen = branch or ("" if url else row.branches[0])
    clone(url or row.url, folder, with_mirror(env, mirror), context, branch=chosen)
    return _enter(places, folder, row.key, title or row.title)


def recognise(folder: Path, env: Mapping[str, str]) -> WebuiSource | None:
    """Which web UI lies in a folder: by the repository it came from, else by its files; None if it is none."""
    by_files = [row for row in WEBUI_SOURCES if all((folder / mark).exists() for mark in row.marks)]
    if not by_files:
        return None
    remote = Repository(folder, env).ask("config", "--get", "remote.origin.url")
    by_remote = [row for row in WEBUI_SOURCES if same_url(row.url, remote)]
    both = [row for row in by_files if row in by_remote]
    return next(iter([*both, *by_remote, *by_files]))


def adopt(
    places: Places, folder: Path, env: Mapping[str, str], context: JobContext, *, title: str = "", key: str = ""
) -> Install:
    """Enter an existing folder in the list; one without .git (a zip) is connected with its repository.

    The folder may also be one that holds a single web UI. No file of it is written. `key` names its row where it
    should not be guessed. If the repository cannot be reached, the folder is in the list all the same and the error
    tells so. Raises StudioErrors and Cancelled.
    """
    folder = _absolute(folder)
    row = source(key) if key else recognise(folder, env)
    if row is None and (inner := _inner(folder, env)) is not None:
        return adopt(places, inner, env, context, title=title)
    if row is None:
        raise BadRequest(
            "No web UI was found in {folder}.", "Choose the folder that holds its launch.py.", folder=str(folder)
        )
    _refuse_known(places, folder)
    entered = _enter(places, folder, row.key, title or row.title)
    if not (folder / ".git").exists():
        reconnect(places, entered, env, context)
    return entered


def _inner(folder: Path, env: Mapping[str, str]) -> Path | None:
    """The one web UI in a folder, as packages have it that bring their own Python and Git beside it."""
    try:
        found = [one.path for one in entries(folder) if one.is_dir and recognise(one.path, env)]
    except OSError:
        return None
    return found[0] if len(found) == 1 else None


def reconnect(places: Places, install: Install, env: Mapping[str, str], context: JobContext) -> Match:
    """Give a web UI whose .git is missing or damaged its repository again. Raises StudioErrors and Cancelled."""
    row = source(install.source)
    return connect(install.folder, row.url, env, places, context, branch=row.branches[0])


def repository(install: Install, env: Mapping[str, str]) -> Repository:
    """The repository of a web UI."""
    return Repository(install.folder, env)


def repository_folders(install: Install) -> list[Path]:
    """The web UI's folder and those below it that have repositories of their own: repositories/*, extensions/*."""
    row = source(install.source)
    below = [install.folder / name for name in ("repositories", row.extensions)]
    inside = [entry.path for folder in below if folder.is_dir() for entry in entries(folder) if entry.is_dir]
    return [install.folder, *(path for path in inside if (path / ".git").exists())]


def forget(places: Places, key: str) -> None:
    """Take a web UI off the list; its files stay. Raises UnknownName and FileProblem."""
    gone = find(places, key)
    registry = _read(places)
    _write(places, _Registry(tuple(one for one in registry.installs if one != gone), registry.trusted))


def trust(places: Places, folder: Path) -> None:
    """Remember that a folder may belong to another account; Git's check is then answered for the studio's children."""
    registry = _read(places)
    trusted = dict.fromkeys((*registry.trusted, str(_absolute(folder))))
    _write(places, _Registry(registry.installs, tuple(trusted)))


def trusted(places: Places, install: Install) -> list[tuple[str, str]]:
    """The Git settings that let a trusted web UI use its own repositories, for child_env.git_config."""
    known = {Path(text) for text in _read(places).trusted}
    if install.folder not in known:
        return []
    return [("safe.directory", folder.resolve().as_posix()) for folder in repository_folders(install)]


def _absolute(folder: Path) -> Path:
    return Path(os.path.abspath(folder.expanduser()))  # noqa: PTH100  resolve() would follow links


def _refuse_known(places: Places, folder: Path) -> None:
    for known in installs(places):
        if os.path.normcase(known.folder) == os.path.normcase(folder):
            raise BadRequest("{folder} is in the list already, as {key}.", folder=str(folder), key=known.key)


def _enter(places: Places, folder: Path, key: str, title: str) -> Install:
    registry = _read(places)
    left = {path.name for path in (places.data / "launcher").glob("*") if path.is_dir()}  # histories of removed ones
    taken = {one.key for one in registry.installs} | left
    titles = {one.title for one in registry.installs}
    name = next(_numbered(re.sub(r"[^a-z0-9-]+", "-", key.lower()).strip("-") or OTHER, "-", taken))
    entered = Install(name, folder, key, next(_numbered(title, " ", titles)))
    _write(places, _Registry((*registry.installs, entered), registry.trusted))
    return entered


def _numbered(text: str, joint: str, taken: set[str]) -> Iterator[str]:
    names = (text if number == 1 else f"{text}{joint}{number}" for number in range(1, len(taken) + 2))
    return (name for name in names if name not in taken)


def _path(places: Places) -> Path:
    return places.data / "launcher" / "installs.json"


def _read(places: Places) -> _Registry:
    path = _path(places)
    try:
        said = json.loads(path.read_bytes()[:MAX_BYTES].decode("utf-8", "surrogateescape"))
        rows = [
            (str(row["key"]), str(row["folder"]), str(row["source"]), str(row["title"])) for row in said["installs"]
        ]
        found = [Install(key, Path(folder), kind, title) for key, folder, kind, title in rows]
        return _Registry(tuple(found), tuple(map(str, said.get("trusted", ()))))
    except FileNotFoundError:
        return _Registry()
    except OSError as error:
        raise problem(path, error) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FileProblem(
            path,
            "The list of web UIs in {path} cannot be read.",
            "Move this file away and adopt the folders again; nothing of theirs is lost.",
            details=str(error),
        ) from error


def _write(places: Places, registry: _Registry) -> None:
    rows = [
        {"key": one.key, "folder": str(one.folder), "source": one.source, "title": one.title}
        for one in registry.installs
    ]
    text = json.dumps({"installs": rows, "trusted": registry.trusted}, ensure_ascii=False, indent=1)
    write_atomically(_path(places), text.encode("utf-8", "surrogateescape"))
