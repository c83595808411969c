"""Snapshots of a web UI: taken by hand and before each change, compared, restored, read from the web UI's own lists."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from studio.core.errors import FileProblem, UnknownName
from studio.core.files import problem, write_atomically
from studio.core.option import Record
from studio.core.paths import Places
from studio.launcher import install_state, installs, journal
from studio.launcher.install import Install
from studio.launcher.install_state import Head, InstallState

BY_HAND, BEFORE, IMPORTED = "by hand", "before a change", "imported"
MAX_BYTES = 32 << 20


class Snapshot(Record):
    """How a web UI stood at one time. `title` is a name given by hand, or a template that `values` fill."""

    id: str
    at: float
    title: str
    kind: str = BY_HAND
    values: dict[str, str] = Field(default_factory=dict)
    state: InstallState

    @property
    def text(self) -> str:
        """The title in English; names given by hand as they are."""
        return self.title.format(**self.values) if self.kind == BEFORE else self.title


@dataclass(frozen=True)
class Difference:
    """One thing that differs: `part` is versions, extensions, enabled, settings or packages; "" where it is not."""

    part: str
    name: str
    before: str
    after: str


def take(
    install: Install,
    places: Places,
    env: Mapping[str, str],
    title: str = "",
    *,
    kind: str = BY_HAND,
    values: Mapping[str, str] | None = None,
) -> Snapshot:
    """Write down how a web UI stands now. `env` is Git's. Raises FileProblem or DiskFull."""
    made = Snapshot(
        id=journal.stamp(),
        at=time.time(),
        title=title or time.strftime("%Y-%m-%d %H:%M"),
        kind=kind,
        values=dict(values or {}),
        state=install_state.look(install, places, env, keep=True),
    )
    save(places, install.key, made)
    return made


def save(places: Places, install: str, snapshot: Snapshot) -> None:
    """Write a snapshot. Raises FileProblem or DiskFull."""
    write_atomically(_path(places, install, snapshot.id), snapshot.model_dump_json(indent=1).encode())


def snapshots(places: Places, install: str) -> list[Snapshot]:
    """The snapshots of a web UI, the newest first; what cannot be read is passed over."""
    found = []
    for path in sorted(_folder(places, install).glob("*.json"), reverse=True):
        try:
            found.append(Snapshot.model_validate_json(path.read_bytes()))
        except (OSError, ValidationError):
            continue
    return found


def find(places: Places, install: str, name: str) -> Snapshot:
    """The snapshot of an id, a beginning of one that no other has, or a title. Raises UnknownName."""
    every = snapshots(places, install)
    for one in every:
        if one.id == name:
            return one
    near = [one for one in every if name and (one.id.startswith(name) or one.title == name)]
    if len(near) == 1 or (near and near[0].title == name):
        return near[0]
    raise UnknownName("snapshot", name, [one.id for one in every])


def forget(places: Places, install: str, name: str) -> None:
    """Delete a snapshot; the copies of settings that only it had go too."""
    _path(places, install, name).unlink(missing_ok=True)
    used = {digest for one in snapshots(places, install) for digest in one.state.files.values()}
    for path in (install_state.folder(places, install) / "files").glob("*"):
        if path.name not in used and not path.name.startswith("."):
            path.unlink(missing_ok=True)


def compare(before: InstallState, after: InstallState, places: Places, install: Install) -> list[Difference]:
    """What is different between two states, part by part; settings key by key."""
    pairs: list[tuple[str, Mapping[str, str], Mapping[str, str]]] = [
        ("versions", _commits(before), _commits(after)),
        ("extensions", _names(before), _names(after)),
        ("enabled", _switches(before, after), _switches(after, before)),
        ("settings", *_settings(before, after, places, install)),
    ]
    if before.packages is not None and after.packages is not None:
        pairs.append(("packages", _packages(before), _packages(after)))
    return [
        Difference(part, name, old.get(name, ""), new.get(name, ""))
        for part, old, new in pairs
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def _commits(state: InstallState) -> dict[str, str]:
    return {head.folder: head.commit for head in state.heads if head.commit}


def _names(state: InstallState) -> dict[str, str]:
    return dict.fromkeys(state.extensions, "installed")


def _switches(state: InstallState, other: InstallState) -> dict[str, str]:
    both = state.extensions.keys() & other.extensions.keys()
    return {name: "on" if state.extensions[name] else "off" for name in both}


def _packages(state: InstallState) -> dict[str, str]:
    """Version and, where the same version consists of other files, their fingerprint."""
    return {one.name: f"{one.version} {one.files}".strip() for one in state.packages or ()}


def _settings(
    before: InstallState, after: InstallState, places: Places, install: Install
) -> tuple[dict[str, str], dict[str, str]]:
    """Values of settings files by "file: key"; of files that are no JSON, whether there is one and which."""
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    for name in before.files.keys() & after.files.keys():
        if before.files[name] != after.files[name]:
            old |= _values(name, before.files[name], places, install)
            new |= _values(name, after.files[name], places, install)
    return old, new


def _values(name: str, digest: str, places: Places, install: Install) -> dict[str, str]:
    path = install_state.copy_of(digest, places, install)
    if not digest or not path.is_file():
        path = install_state.files(install, places)[name] if digest else path
    try:
        values = json.loads(path.read_text("utf-8-sig")) if digest else {}
    except (OSError, ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        return {name: digest[:12]}
    return {f"{name}: {key}": json.dumps(value, ensure_ascii=False) for key, value in values.items()}


def read_config_state(path: Path, install: Install) -> Snapshot:
    """A snapshot from a list that A1111 wrote to config_states/: versions and switches, nothing of packages.

    Raises FileProblem if the file is none.
    """
    try:
        with path.open("rb") as file:
            said = json.loads(file.read(MAX_BYTES).decode("utf-8-sig"))
        heads = [_head("", said["webui"])] if said.get("webui") else []
        rows: dict[str, Any] = said["extensions"]
        row = installs.source(install.source)
        below = {
            name: row.builtin_extensions if one.get("is_builtin") else row.extensions for name, one in rows.items()
        }
        heads += [_head(f"{below[name]}/{name}", one) for name, one in rows.items() if not one.get("is_builtin")]
        return Snapshot(
            id=journal.stamp(),
            at=float(said.get("created_at") or path.stat().st_mtime),
            title=str(said.get("name") or path.stem),
            kind=IMPORTED,
            state=InstallState(
                heads=tuple(one for one in heads if one.commit),
                extensions={Path(str(name)).name: bool(one.get("enabled", True)) for name, one in rows.items()},
            ),
        )
    except OSError as error:
        raise problem(path, error) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FileProblem(
            path,
            "{name} is no saved state of a web UI.",
            "Choose a file of its folder config_states.",
            details=str(error),
        ) from error


def _head(folder: str, said: Mapping[str, Any]) -> Head:
    name = Path(folder).name
    is_safe = folder == "" or (name not in ("", ".", "..") and "\\" not in folder and folder.count("/") == 1)
    commit = str(said.get("commit_hash") or "")
    whole = is_safe and len(commit) in (40, 64) and all(letter in "0123456789abcdef" for letter in commit)
    return Head(
        folder=folder,
        commit=commit if whole else "",
        branch=str(said.get("branch") or ""),
        remote=str(said.get("remote") or ""),
    )


def import_config_state(path: Path, install: Install, places: Places) -> Snapshot:
    """Read a list that A1111 wrote, and keep it among the snapshots. Raises FileProblem or DiskFull."""
    made = read_config_state(path, install)
    save(places, install.key, made)
    return made


def _folder(places: Places, install: str) -> Path:
    return install_state.folder(places, install) / "snapshots"


def _path(places: Places, install: str, name: str) -> Path:
    return _folder(places, install) / f"{Path(name).name}.json"
