"""The extensions of a web UI: listed, switched on and off, updated, installed and uninstalled."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from studio.catalog.webui_sources import WebuiSource
from studio.core.errors import BadRequest, StudioError
from studio.core.job import JobContext
from studio.core.links import walk
from studio.core.paths import Places
from studio.core.trash import Discarded
from studio.launcher import extension_metadata, installs, links, versions, webui_config
from studio.launcher.clone import clone, refuse_existing
from studio.launcher.git import Repository, check_url, same_url
from studio.launcher.git_errors import GitError
from studio.launcher.install import Install
from studio.launcher.repository_state import state

WORKERS = 8
OFF = ".disabled"  # how ComfyUI's folders of switched off extensions end
RESERVED = {"con", "prn", "aux", "nul", *(f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10))}


@dataclass(frozen=True)
class Extension:
    """One extension. `name` is its folder's; `canonical` the one others require it by.

    `commit`, `date` (seconds since 1970), `branch` and `remote` are "" and 0 without a repository of its own; `behind`
    and `ahead` count commits as of the last check. `problem` is a key of git_errors.MESSAGES where Git cannot tell.
    """

    name: str
    folder: Path
    canonical: str
    is_enabled: bool
    is_builtin: bool
    size_bytes: int
    requires: tuple[tuple[str, ...], ...] = ()
    commit: str = ""
    date: float = 0.0
    title: str = ""
    branch: str = ""
    remote: str = ""
    behind: int = 0
    ahead: int = 0
    is_dirty: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Requirement:
    """An extension that `extension` needs, by any of `alternatives`; `disabled` are those that are there but off."""

    extension: str
    alternatives: tuple[str, ...]
    disabled: tuple[str, ...]


@dataclass(frozen=True)
class Updated:
    """How the update of one extension ended: with a change, or with an error."""

    name: str
    change: versions.Change | None
    error: StudioError | None = None


def extensions(install: Install, env: Mapping[str, str], context: JobContext | None = None) -> list[Extension]:
    """All extensions, the built-in ones first, each by name. Nothing is asked of a server.

    Raises FileProblem where config.json is damaged, GitError where there is no Git, and Cancelled.
    """
    context = context or JobContext()
    row = installs.source(install.source)
    is_on = _switches(install, row)
    folders = list(_folders(install, row))
    return [
        one
        for _, one in _side_by_side(
            folders, lambda found: _look(found[0], found[1], is_on, env), context, "Looking at extensions"
        )
    ]


def _folders(install: Install, row: WebuiSource) -> Iterator[tuple[Path, bool]]:
    for name, is_builtin in ((row.builtin_extensions, True), (row.extensions, False)):
        parent = install.folder / name
        if (row.key == "comfyui" and is_builtin) or not parent.is_dir():
            continue
        yield from (
            (path, is_builtin)
            for path in sorted(parent.iterdir(), key=lambda one: one.name.casefold())
            if path.is_dir() and not path.name.startswith((".", "__"))
        )


def _look(folder: Path, is_builtin: bool, is_on: Callable[[str, bool], bool], env: Mapping[str, str]) -> Extension:
    about = extension_metadata.read(folder)
    facts = _facts(folder, env) if (folder / ".git").exists() else {}
    return Extension(
        folder.name,
        folder,
        about.name.removesuffix(OFF),
        is_on(folder.name, is_builtin),
        is_builtin,
        sum(entry.size_bytes for entry in walk(folder)),
        about.requires,
        **facts,
    )


def _facts(folder: Path, env: Mapping[str, str]) -> dict[str, Any]:
    repository = Repository(folder, env)
    try:
        here = state(repository)
        commit = versions.current(repository)
    except GitError as error:
        if error.kind == "absent":
            raise
        return {"problem": error.kind}
    return {
        "commit": here.commit,
        "date": commit.date if commit else 0.0,
        "title": commit.title if commit else "",
        "branch": here.branch,
        "remote": here.remote,
        "behind": here.behind if here.branch else len(versions.news(repository)),
        "ahead": here.ahead,
        "is_dirty": bool(here.dirty),
        "problem": "" if commit else "broken",
    }


def _switches(install: Install, row: WebuiSource) -> Callable[[str, bool], bool]:
    """Whether an extension is on, by name and whether it is built in."""
    if row.key == "comfyui":
        return lambda name, _: not name.endswith(OFF)
    values = webui_config.read(install.folder / row.settings)
    off, every = _off(values), values.get("disable_all_extensions", "none")
    return lambda name, is_builtin: every != "all" and (every != "extra" or is_builtin) and name not in off


def _off(values: Mapping[str, Any]) -> list[str]:
    said = values.get("disabled_extensions", [])
    return [name for name in said if isinstance(name, str)] if isinstance(said, list) else []


def set_enabled(install: Install, switched: Mapping[str, bool]) -> None:
    """Switch extensions on (True) and off by their folders' names; it counts from the web UI's next start.

    Raises BadRequest for names that are not there, FileProblem where config.json is damaged (it stays as it is).
    """
    row = installs.source(install.source)
    known = {folder.name: folder for folder, _ in _folders(install, row)}
    for name in switched:
        if name not in known:
            raise BadRequest("There is no extension named “{name}”.", "Reload the list.", name=name)
    if row.key == "comfyui":
        for name, on in switched.items():
            _rename(known[name], known[name].with_name(name.removesuffix(OFF) + ("" if on else OFF)))
        return

    def alter(values: dict[str, Any]) -> None:
        off = [name for name in _off(values) if not switched.get(name, False)]
        off += [name for name, on in switched.items() if not on and name not in off]
        if off or "disabled_extensions" in values:
            values["disabled_extensions"] = off

    webui_config.change(install.folder / row.settings, alter)


def _rename(source: Path, target: Path) -> None:
    if source != target:
        refuse_existing(target)
        source.rename(target)


def check(found: Iterable[Extension], env: Mapping[str, str], context: JobContext) -> list[Updated]:
    """Ask each extension's repository what is new, several at once; errors are in the results. Raises Cancelled."""
    return _each(found, env, context, "Asking for new versions", _refreshed)


def update(found: Iterable[Extension], env: Mapping[str, str], context: JobContext) -> list[Updated]:
    """Update extensions, several at once; one that fails stays as it is and does not stop the others.

    Those without a repository are left out; the results are in the order given. Raises Cancelled.
    """
    return _each(found, env, context, "Updating extensions", versions.update)


def _refreshed(repository: Repository, context: JobContext) -> versions.Change:
    versions.refresh(repository, context)
    head = repository.ask("rev-parse", "--verify", "--quiet", "HEAD")
    return versions.Change(head, versions.tip(repository) or head)


def _each(
    found: Iterable[Extension],
    env: Mapping[str, str],
    context: JobContext,
    text: str,
    work: Callable[[Repository, JobContext], versions.Change],
) -> list[Updated]:
    ready = [one for one in found if one.remote]

    def quiet(one: Extension) -> Updated:
        inner = JobContext()  # one bar for all; cancelling reaches each
        with context.on_cancel(inner.cancel):
            try:
                return Updated(one.name, work(Repository(one.folder, env), inner))
            except StudioError as error:
                return Updated(one.name, None, error)

    return [updated for _, updated in _side_by_side(ready, quiet, context, text)]


def _side_by_side(todo: list[Any], work: Callable[[Any], Any], context: JobContext, text: str) -> list[tuple[Any, Any]]:
    """(what, result of work(what)) for all, in their order, several at once."""
    with ThreadPoolExecutor(WORKERS) as pool:
        futures = {pool.submit(work, one): number for number, one in enumerate(todo)}
        try:
            for done, _ in enumerate(as_completed(futures)):
                context.progress(done + 1, len(todo), text)
        except BaseException:
            for future in futures:
                future.cancel()
            raise
    results = {number: future.result() for future, number in futures.items()}
    return [(one, results[number]) for number, one in enumerate(todo)]


def switch(extension: Extension, commit: str, env: Mapping[str, str], context: JobContext) -> versions.Change:
    """Take one extension to another commit, tag or branch. Raises as versions.switch."""
    repository = Repository(extension.folder, env)
    is_own = (extension.folder / ".git").exists()
    if not is_own:
        raise GitError(kind="no_repository", folder=str(extension.folder))
    return versions.switch(repository, commit, context)


def folder_name(url: str) -> str:
    """The folder an extension is cloned to: the last part of its address. Raises GitError and BadRequest."""
    path = urlsplit(check_url(url)).path or url
    name = re.split(r"[/\\:]", path.rstrip("/\\"))[-1].removesuffix(".git")
    return check_name(name)


def check_name(name: str) -> str:
    """`name`, if a folder may be called so on every system. Raises BadRequest."""
    plain = bool(name.strip(". ")) and name == name.strip() and not name.endswith(".") and name.isprintable()
    if (
        not plain
        or name.startswith(".")
        or re.search(r'[<>:"/\\|?*]', name)
        or _stem(name) in RESERVED
        or len(name) > 100
    ):
        raise BadRequest("“{name}” cannot be the name of a folder.", "Give it another name.", name=name[:100])
    return name


def _stem(name: str) -> str:
    return name.split(".", 1)[0].strip().lower()


def add(
    install: Install, url: str, env: Mapping[str, str], context: JobContext, *, name: str = "", branch: str = ""
) -> Path:
    """Install an extension from its repository: cloned to tmp/ first, then moved to its place. Its folder.

    An extension of the same address or in a folder of the same name is refused. Its install.py runs at the web UI's
    next start. Raises BadRequest, GitError and Cancelled.
    """
    row = installs.source(install.source)
    url = check_url(url)
    name = check_name(name) if name else folder_name(url)
    for folder, _ in _folders(install, row):
        if folder.name.removesuffix(OFF).casefold() == name.casefold():
            raise BadRequest(
                "There is an extension in a folder named {name} already.", "Uninstall it first.", name=name
            )
        remote = Repository(folder, env).ask("config", "--get", "remote.origin.url") if _has_git(folder) else ""
        if same_url(remote, url):
            raise BadRequest("This extension is installed already, as {name}.", name=folder.name)
    target = install.folder / row.extensions / name
    target.parent.mkdir(parents=True, exist_ok=True)
    clone(url, target, env, context, branch=branch, staging=install.folder / "tmp" / f"studio-{name}")
    return target


def _has_git(folder: Path) -> bool:
    return (folder / ".git").exists()


def removal(extension: Extension) -> links.DeletePlan:
    """What uninstalling would move to the trash; models that lie in the extension's folder stay. Raises BadRequest."""
    if extension.is_builtin:
        raise BadRequest("{name} belongs to the web UI.", "Switch it off instead.", name=extension.name)
    return links.plan(extension.folder)


def uninstall(install: Install, extension: Extension, made: links.DeletePlan, places: Places) -> Discarded:
    """Move what a plan of `removal` names to the trash. Raises BadRequest, FileProblem and DiskFull."""
    if extension.folder.parent != install.folder / installs.source(install.source).extensions:
        raise BadRequest("{name} is no extension of {title}.", name=extension.name, title=install.title)
    return links.discard(made, places)


def duplicates(found: list[Extension]) -> list[tuple[Extension, ...]]:
    """Extensions that the web UI takes for one and the same, by canonical name, or that have one address."""
    groups: dict[str, list[Extension]] = {}
    addresses: list[str] = []
    for one in found:
        groups.setdefault(f"name {one.canonical}", []).append(one)
        if one.remote:
            known = next((url for url in addresses if same_url(url, one.remote)), "")
            addresses += [] if known else [one.remote]
            groups.setdefault(f"from {known or one.remote}", []).append(one)
    return list(dict.fromkeys(tuple(group) for group in groups.values() if len(group) > 1))


def unmet(found: list[Extension]) -> list[Requirement]:
    """What extensions that are on require and is missing or off."""
    on = {one.canonical for one in found if one.is_enabled}
    off = {one.canonical for one in found if not one.is_enabled}
    return [
        Requirement(one.name, names, tuple(name for name in names if name in off))
        for one in found
        if one.is_enabled
        for names in one.requires
        if on.isdisjoint(names)
    ]
