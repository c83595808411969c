"""Making a folder a repository again whose .git is missing (a zip) or damaged: its files are kept as they are."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.core import trash
from studio.core.job import JobContext
from studio.core.links import delete
from studio.core.paths import Places
from studio.launcher.clone import (
    begin,
    default_branch,
    fetch_history,
    reference,
    refuse_existing,
    remove_staging,
    settle,
    staging_of,
)
from studio.launcher.git import Repository, check_url

MAX_COMMITS = 5000
ABSENT = "0" * 40
LINK_MODE = "120000"
MODULE_MODE = "160000"


@dataclass(frozen=True)
class Match:
    """The commit whose files are most like a folder's, and how many files differ from it."""

    commit: str
    differing: int
    files: int


def connect(
    folder: Path, url: str, env: Mapping[str, str], places: Places, context: JobContext, *, branch: str = ""
) -> Match:
    """Give a folder the repository it came from; no file of it is written, and a damaged .git goes to the trash.

    The history is fetched beside the folder first, so that nothing has changed if that fails; then the folder stands
    at the commit its files are most like. Raises GitError, FileProblem and Cancelled.
    """
    staging = staging_of(folder)
    repository = _history(staging, check_url(url), env, branch, context)
    name = branch or default_branch(repository)
    context.progress(0, 0, "Looking for the version of the files")
    match = closest(repository, f"refs/remotes/origin/{name}", folder)
    repository.run("update-ref", f"refs/heads/{name}", match.commit)
    repository.run("symbolic-ref", "HEAD", f"refs/heads/{name}")
    repository.run("branch", f"--set-upstream-to=origin/{name}", name)
    repository.run("read-tree", match.commit, context=context)
    if (folder / ".git").exists() or (folder / ".git").is_symlink():
        trash.discard([folder / ".git"], places)
    refuse_existing(folder / ".git")
    settle(staging / ".git", folder / ".git")
    remove_staging(staging)
    if not any(staging.parent.iterdir()):
        delete(staging.parent)
    Repository(folder, env).ask("update-index", "--refresh", "-q")
    return match


def _history(staging: Path, url: str, env: Mapping[str, str], branch: str, context: JobContext) -> Repository:
    staging.mkdir(parents=True, exist_ok=True)
    repository = Repository(staging, env)
    begin(repository, url)
    context.progress(0, 0, "Asking the repository")
    fetch_history(repository, reference(repository, branch or default_branch(repository)), context)
    return repository


def closest(repository: Repository, tip: str, folder: Path) -> Match:
    """Which commit of a branch has the files that lie in `folder`: the newest of those where the fewest differ.

    It walks back from the newest commit and counts again only what each commit changed. Files of other versions that
    lie there count as differences too.
    """
    files, tree = _Files(folder), dict(_tree(repository, tip))
    history = list(_history_of(repository, tip))
    later = {path for _, changes in history for path, _ in changes if path not in tree}
    wrong = {path for path, blob in tree.items() if not files.has(path, blob)}
    wrong |= {path for path in later if not files.has(path, ABSENT)}
    best: Match | None = None
    for commit, changes in history:
        if best is None or len(wrong) < best.differing:
            best = Match(commit, len(wrong), len(tree))
        for path, blob in changes:
            (wrong.discard if files.has(path, blob) else wrong.add)(path)
    return best or Match(repository.read("rev-parse", f"{tip}^{{commit}}"), len(wrong), len(tree))


def _tree(repository: Repository, tip: str) -> Iterator[tuple[str, str]]:
    for record in repository.read("ls-tree", "-r", "-z", tip, binary=True).split("\0"):
        if record:
            about, path = record.split("\t", 1)
            mode, _, blob = about.split(" ")
            if mode not in (LINK_MODE, MODULE_MODE):
                yield path, blob


def _history_of(repository: Repository, tip: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each commit of a branch from its tip on, with what the one before it had instead: (path, blob or ABSENT)."""
    options = ("--first-parent", "-m", "--raw", "--no-renames", "--no-abbrev", "-z", f"--max-count={MAX_COMMITS}")
    fields = iter(repository.read("log", *options, "--format=%H", tip, "--", binary=True).split("\0"))
    commit, changes = "", []
    for field in fields:
        text = field.strip("\n")
        if text.startswith(":"):
            mode, _, blob, *_ = text[1:].split(" ")
            path = next(fields, "")
            if mode not in (LINK_MODE, MODULE_MODE):
                changes.append((path, blob))
        elif text:
            if commit:
                yield commit, changes
            commit, changes = text, []
    if commit:
        yield commit, changes


class _Files:
    """The files of a folder as Git would name their contents; each is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, frozenset[str]] = {}

    def has(self, path: str, blob: str) -> bool:
        """Whether the file is there with this content, whatever its line ends; ABSENT asks whether it is not there."""
        if path not in self._known:
            self._known[path] = self._blobs(path)
        return blob in self._known[path]

    def _blobs(self, path: str) -> frozenset[str]:
        try:
            data = (self._folder / path).read_bytes()
        except OSError:
            return frozenset([ABSENT])
        return frozenset(map(_blob, (data, data.replace(b"\r\n", b"\n"))))


def _blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
