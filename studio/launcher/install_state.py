"""How an installed web UI stands: its versions, extensions, settings and packages, as data that can be compared."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import Field

from studio.core.errors import FileProblem
from studio.core.files import problem, write_atomically
from studio.core.links import entries
from studio.core.option import Record
from studio.core.paths import Places
from studio.launcher import by_hand, installs, launch_options, packages, shield, webui_config
from studio.launcher.git import Repository
from studio.launcher.git_errors import GitError
from studio.launcher.install import Install
from studio.launcher.repository_state import state

WORKERS = 8
OFF = ".disabled"
MAX_FILE_BYTES = 32 << 20
OPTIONS, SHIELD = "studio/options.json", "studio/shield.json"


class Head(Record):
    """Where a repository stands. `folder` is relative to the web UI's, with slashes; "" is the web UI itself.

    `kept` is a commit that holds the files changed by hand, `new` are files Git does not know, `unfinished` is a merge
    or the like that was begun. `commit` is "" where Git cannot tell.
    """

    folder: str
    commit: str = ""
    branch: str = ""
    remote: str = ""
    kept: str = ""
    new: tuple[str, ...] = ()
    unfinished: str = ""


class PackageState(Record):
    """An installed package; `files` is a fingerprint of what it consists of, `origin` where it is not from an index."""

    name: str
    version: str
    origin: str = ""
    files: str = ""
    is_editable: bool = False

    @property
    def requirement(self) -> str:
        """What pip is asked for to get the same again."""
        if self.origin and not self.origin.startswith("file:"):
            return f"{self.name} @ {self.origin}"
        return f"{self.name}=={self.version}"


class InstallState(Record):
    """A web UI at one moment. `extensions` says which are on, by folder; `files` are SHA-256 of kept copies by name.

    A file that was not there has "". `packages` is None where nothing is known of them (an imported list); `site` are
    the names in site-packages.
    """

    heads: tuple[Head, ...] = ()
    extensions: dict[str, bool] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)
    packages: tuple[PackageState, ...] | None = None
    python: str = ""
    site: tuple[str, ...] = ()

    @property
    def by_folder(self) -> dict[str, Head]:
        """The repositories by their folders."""
        return {head.folder: head for head in self.heads}


def look(install: Install, places: Places, env: Mapping[str, str], *, keep: bool = False) -> InstallState:
    """How a web UI stands now; with `keep`, copies of its settings and of changed files are kept.

    Repositories that Git cannot read are listed without commit. Raises DiskFull or FileProblem while keeping.
    """
    folders = [folder for folder in installs.repository_folders(install) if (folder / ".git").exists()]
    with ThreadPoolExecutor(WORKERS) as pool:
        heads = list(pool.map(lambda folder: head(install, folder, env), folders))
    copies = {name: kept(path, places, install, keep=keep) for name, path in files(install, places).items()}
    site = packages.site_packages(install.venv)
    found = packages.by_name(packages.installed(site))
    return InstallState(
        heads=tuple(heads),
        extensions=switches(install),
        files={name: digest for name, digest in copies.items() if digest is not None},
        packages=tuple(_package(one) for one in found.values()),
        python=packages.config(install.venv).get("version", ""),
        site=tuple(sorted(path.name for path in site.iterdir())) if site.is_dir() else (),
    )


def head(install: Install, folder: Path, env: Mapping[str, str]) -> Head:
    """Where one repository stands."""
    name = folder.relative_to(install.folder).as_posix().removeprefix(".")
    repository = Repository(folder, env)
    try:
        now = state(repository)
        kept = keep_changes(repository) if now.dirty and now.commit else ""
    except GitError:
        return Head(folder=name)
    new = tuple(one.path for one in now.changed if one.kind == "new")
    return Head(
        folder=name, commit=now.commit, branch=now.branch, remote=now.remote, kept=kept, new=new,
        unfinished=now.unfinished,
    )  # fmt: skip


def keep_changes(repository: Repository) -> str:
    """A commit that holds the files changed by hand, which stay as they are; "" if there are none. Raises GitError."""
    commit = by_hand.keep(repository)
    if commit:
        repository.run("update-ref", f"refs/studio/{commit[:16]}", commit)  # else it is cleaned away in some weeks
    return commit


def switches(install: Install) -> dict[str, bool]:
    """Which extensions there are, by folder, and whether they are on; damaged settings switch nothing off."""
    row = installs.source(install.source)
    names = [
        entry.path.name
        for name in (row.builtin_extensions, row.extensions)
        if (install.folder / name).is_dir() and (row.key, name) != ("comfyui", row.builtin_extensions)
        for entry in entries(install.folder / name)
        if (entry.is_dir or entry.path.is_dir()) and not entry.path.name.startswith((".", "__"))
    ]
    if row.key == "comfyui":
        return {name: not name.endswith(OFF) for name in names}
    try:
        off = webui_config.read(install.folder / row.settings).get("disabled_extensions", [])
    except FileProblem:
        off = []
    return {name: not isinstance(off, list) or name not in off for name in names}


def files(install: Install, places: Places) -> dict[str, Path]:
    """The settings that belong to a state, by name."""
    row = installs.source(install.source)
    own = dict.fromkeys((row.settings, "ui-config.json", "styles.csv"))
    studio = {
        OPTIONS: launch_options.path(places, install.key),
        SHIELD: shield.record_folder(install, places) / shield.RECORD_FILE,
    }
    return {name: install.folder / name for name in own} | studio


def kept(path: Path, places: Places, install: Install, *, keep: bool = True) -> str | None:
    """The SHA-256 of a file, of which a copy is kept; "" if it is not there, None if it is too large for settings."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return None
        data = path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise problem(path, error) from error
    digest = hashlib.sha256(data).hexdigest()
    target = copy_of(digest, places, install)
    if keep and not target.exists():
        write_atomically(target, data)
    return digest


def copy_of(digest: str, places: Places, install: Install) -> Path:
    """Where the copy of a file is kept."""
    return folder(places, install.key) / "files" / digest


def folder(places: Places, key: str) -> Path:
    """Where the journal, snapshots and copies of a web UI are."""
    return places.data / "launcher" / key


def _package(package: packages.Package) -> PackageState:
    return PackageState(
        name=package.name,
        version=package.version,
        origin=package.origin,
        files="" if package.problem else packages.fingerprint(package),
        is_editable=package.editable,
    )
