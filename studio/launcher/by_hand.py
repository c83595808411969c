"""What was changed by hand in a repository: kept as commits, put aside, taken back, seen when it is in the way."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from studio.core.job import JobContext
from studio.core.links import is_link
from studio.launcher.git import Repository
from studio.launcher.git_errors import GitError
from studio.launcher.repository_state import link_above, state

FIELD = "\x1f"
SIGNATURE = ("-c", "user.name=SD Studio", "-c", "user.email=studio@localhost")
AT_ONCE = 100  # names in one command; Windows allows 32,000 letters


@dataclass(frozen=True)
class Stash:
    """Changes that were put aside under a name in the repository of `folder`; `commit` is how they are found again."""

    commit: str
    name: str
    date: float
    folder: Path


def keep(repository: Repository) -> str:
    """A commit that holds the files changed by hand, which stay as they are; "" if there are none. Raises GitError."""
    try:
        return repository.run("stash", "create")
    except GitError as error:
        if error.kind in ("absent", "folder", "silent"):
            raise
    return _kept_beside(repository)  # Git makes none in the middle of a merge, or with a damaged index


def _kept_beside(repository: Repository) -> str:
    """As `git stash create`, with an index of its own."""
    with TemporaryDirectory(prefix="index-") as scratch:
        aside = replace(repository, env={**repository.env, "GIT_INDEX_FILE": str(Path(scratch, "index"))})
        aside.run("read-tree", "HEAD")
        base = aside.run("write-tree")
        aside.run("add", "--update", ":/")
        tree = aside.run("write-tree")
        if tree == base:
            return ""
        index = aside.run(*SIGNATURE, "commit-tree", base, "-p", "HEAD", "-m", "index")
        return aside.run(*SIGNATURE, "commit-tree", tree, "-p", "HEAD", "-p", index, "-m", "changed by hand")


def is_known(repository: Repository, commit: str, others: Iterable[str]) -> bool:
    """Whether each file that a commit of `keep` changed is the same in one of some other commits."""
    changed = _differing(repository, f"{commit}^1", commit)
    for other in others:
        changed &= _differing(repository, other, commit)
    return not changed


def _differing(repository: Repository, one: str, other: str) -> set[str]:
    names = repository.read("diff-tree", "-r", "-z", "--name-only", "--no-renames", one, other, binary=True)
    return set(filter(None, names.split("\0")))


def put_aside(repository: Repository, name: str, context: JobContext, target: str = "") -> Stash | None:
    """Put changed files aside under a name, and of the new ones those that are in the way of `target`.

    None if there is nothing to put aside. Raises GitError.
    """
    blocking = [f":(top,literal){_inside(repository, path)}" for path in in_the_way(repository, target)]
    for some in _in_parts(blocking):
        repository.run("add", "--force", "--", *some)
    before = _newest(repository)
    hidden = (f":(top,exclude,literal){_inside(repository, link)}" for link in links(repository))
    repository.run("stash", "push", "--message", name, "--", ":/", *hidden, context=context)
    after = _newest(repository)
    return None if before == after else next(one for one in stashes(repository) if one.commit == after)


def _inside(repository: Repository, path: Path) -> str:
    return path.relative_to(repository.folder).as_posix()


def _newest(repository: Repository) -> str:
    return repository.ask("rev-parse", "--verify", "--quiet", "refs/stash")


def may_hold(repository: Repository) -> bool:
    """Whether something may be put aside in a repository; Git is not asked."""
    own = repository.folder / ".git"
    return own.is_file() or (own / "logs" / "refs" / "stash").is_file()


def stashes(repository: Repository) -> list[Stash]:
    """What was put aside, newest first."""
    lines = repository.ask("stash", "list", f"--format=%H{FIELD}%gs{FIELD}%ct").splitlines()
    fields = (line.split(FIELD) for line in lines)
    return [
        Stash(commit, re.sub(r"^On [^:]+: ", "", text), float(date), repository.folder) for commit, text, date in fields
    ]


def take_back(repository: Repository, stash: Stash, context: JobContext) -> None:
    """Apply what was put aside and forget it there; where it does not fit any more, it stays there untouched.

    Raises GitError: "dirty" where there are changes already, "conflict" where it does not fit.
    """
    if state(repository).dirty:
        raise GitError(kind="dirty", folder=str(repository.folder))
    new = _files_of(repository, f"{stash.commit}^3")
    added = [path for path in new if not (repository.folder / path).exists()]
    try:
        repository.run("stash", "apply", stash.commit, context=context)
    except GitError as error:
        repository.run("reset", "--hard", "HEAD")  # the folder held nothing of its own before
        for path in added:
            (repository.folder / path).unlink(missing_ok=True)
        raise GitError(kind="conflict", details=error.details, folder=str(repository.folder)) from error
    number = next(index for index, one in enumerate(stashes(repository)) if one.commit == stash.commit)
    repository.run("stash", "drop", "--quiet", f"stash@{{{number}}}")


def _files_of(repository: Repository, tree: str) -> list[str]:
    if not repository.ask("rev-parse", "--verify", "--quiet", tree):
        return []
    answer = repository.read("ls-tree", "-r", "--name-only", "-z", tree, binary=True)
    return [path for path in answer.split("\0") if path]


def in_the_way(repository: Repository, commit: str) -> list[Path]:
    """Files of the user's own where another commit has files that are not in this one, with other content.

    A link or file of theirs where it has a folder, and a folder where it has a file, are in the way as a whole.
    """
    if not commit or not repository.ask("rev-parse", "--verify", "--quiet", "HEAD"):
        return []
    options = ("-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=A")
    fields = repository.read("diff-tree", *options, "HEAD", commit, binary=True).split("\0")
    wanted = {name: about.split(" ")[3] for about, name in zip(fields[::2], fields[1::2], strict=False)}
    places = {name: _lying_at(repository.folder, name) for name in wanted}
    files = [name for name, place in places.items() if place == repository.folder / name and _is_file(repository, name)]
    there = dict(zip(files, _hashes(repository, files), strict=True))
    blocking = [place for name, place in places.items() if place is not None and there.get(name) != wanted[name]]
    return list(dict.fromkeys(blocking))


def _lying_at(folder: Path, name: str) -> Path | None:
    """What lies at a name, or where one of its folders should be; None if nothing does."""
    place = folder
    for part in Path(name).parts:
        place /= part
        if not os.path.lexists(place):
            return None
        if is_link(place) or not place.is_dir():
            return place
    return place


def _is_file(repository: Repository, name: str) -> bool:
    path = repository.folder / name
    return path.is_file() and not is_link(path)


def _hashes(repository: Repository, names: list[str]) -> Iterator[str]:
    """Git's names for the content of files."""
    for some in _in_parts(names):
        yield from repository.read("hash-object", "--", *some).splitlines()


def _in_parts(names: list[str]) -> Iterator[list[str]]:
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))


def links(repository: Repository) -> list[Path]:
    """Links of the user's where the version has folders with files: models on another disk. Raises GitError."""
    found = repository.read("diff-files", "-z", "--name-only", "--diff-filter=D", binary=True).split("\0")
    above = (link_above(repository.folder, name) for name in found if name)
    return list(dict.fromkeys(link for link in above if link is not None))
