"""How a repository stands: branch, upstream, changed files, unfinished work."""

import os
from dataclasses import dataclass
from pathlib import Path

from studio.core.links import is_link
from studio.launcher.git import Repository

KINDS = {"M": "changed", "T": "changed", "A": "added", "D": "deleted", "R": "renamed", "C": "added", "?": "new"}
# file below .git that is there while something is unfinished -> what it is, as git spells the command
UNFINISHED = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
}
LOCKS = ("index.lock", "HEAD.lock", "config.lock", "packed-refs.lock", "shallow.lock")


@dataclass(frozen=True)
class Changed:
    """A file that differs from the version: `kind` is changed, added, deleted, renamed, new or conflict."""

    path: str
    kind: str


@dataclass(frozen=True)
class State:
    """How a repository stands. `commit` is "" before the first, `branch` "" on a detached HEAD.

    `ahead` and `behind` count commits that only this side and only the upstream has, as of the last fetch. `unfinished`
    is merge, rebase, cherry-pick, revert or "". `missing_submodules` are paths.
    """

    folder: Path
    commit: str
    branch: str
    upstream: str
    ahead: int
    behind: int
    changed: tuple[Changed, ...]
    unfinished: str
    remote: str
    is_shallow: bool
    missing_submodules: tuple[str, ...]
    locks: tuple[Path, ...]

    @property
    def dirty(self) -> tuple[Changed, ...]:
        """Files of the version that were changed by hand; new files beside them do not count."""
        return tuple(one for one in self.changed if one.kind != "new")


def git_folder(repository: Repository) -> Path:
    """Where the repository's own files lie. Raises GitError."""
    return (repository.folder / repository.read("rev-parse", "--git-dir", binary=True)).resolve()


def unfinished(own: Path) -> str:
    """The merge, rebase, cherry-pick or revert that was begun, by a repository's own folder; "" if none was."""
    return next((name for mark, name in UNFINISHED.items() if (own / mark).exists()), "")


def state(repository: Repository) -> State:
    """Look at a repository. Raises GitError where Git cannot tell ("no_repository", "dubious", "broken")."""
    own = git_folder(repository)
    command = ("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal", "--ignore-submodules=all")
    records = repository.read(*command, binary=True).split("\0")
    heads = dict(record[2:].split(" ", 1) for record in records if record.startswith("# "))
    ahead, behind = (abs(int(number)) for number in heads.get("branch.ab", "+0 -0").split())
    commit, branch = heads.get("branch.oid", ""), heads.get("branch.head", "")
    return State(
        folder=repository.folder,
        commit="" if commit == "(initial)" else commit,
        branch="" if branch == "(detached)" else branch,
        upstream=heads.get("branch.upstream", ""),
        ahead=ahead,
        behind=behind,
        changed=tuple(one for one in _changes(records) if not _is_moved(repository.folder, one)),
        unfinished=unfinished(own),
        remote=repository.ask("config", "--get", "remote.origin.url"),
        is_shallow=(own / "shallow").exists(),
        missing_submodules=missing_submodules(repository),
        locks=tuple(own / name for name in LOCKS if (own / name).exists()),
    )


def _changes(records: list[str]) -> list[Changed]:
    found, rest = [], iter(records)
    for record in rest:
        mark = record[:2]
        if mark == "? ":
            found.append(Changed(record[2:], "new"))
        elif mark == "u ":
            found.append(Changed(record.split(" ", 10)[10], "conflict"))
        elif mark in ("1 ", "2 "):
            letters = record[2:4].replace(".", "")
            path = record.split(" ", 8 if mark == "1 " else 9)[-1]
            found.append(Changed(path, KINDS.get(letters[-1:], "changed")))
            if mark == "2 ":
                next(rest, None)  # the name it had before
    return found


def _is_moved(folder: Path, one: Changed) -> bool:
    """Whether a file only seems to be gone, as the user has put a link in place of its folder."""
    return one.kind == "deleted" and link_above(folder, one.path) is not None


def link_above(folder: Path, name: str) -> Path | None:
    """The link that stands in place of one of the folders above a file."""
    places = [folder.joinpath(*Path(name).parts[:count]) for count in range(1, len(Path(name).parts))]
    return next((place for place in places if os.path.lexists(place) and is_link(place)), None)


def missing_submodules(repository: Repository) -> tuple[str, ...]:
    """Submodules whose files were never fetched or are of another commit than they should be."""
    if not (repository.folder / ".gitmodules").is_file():
        return ()
    lines = repository.ask("submodule", "status").splitlines()
    return tuple(line[1:].split(" ", 2)[1] for line in lines if line[:1] in ("-", "+"))
