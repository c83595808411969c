"""The versions of a repository: what there is, what is new, switching, updating and going back."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from studio.core.errors import BadRequest
from studio.core.job import JobContext
from studio.launcher import by_hand
from studio.launcher.by_hand import Stash
from studio.launcher.clone import default_branch, is_shallow, update_submodules
from studio.launcher.git import Repository, check_url
from studio.launcher.git_errors import GitError
from studio.launcher.repository_state import State, state

FIELD, RECORD = "\x1f", "\x1e"
COMMIT_FORMAT = FIELD.join(("%H", "%an", "%at", "%B")) + RECORD
REF_FORMAT = "%00".join(("%(refname)", "%(objectname)", "%(*objectname)", "%(creatordate:unix)", "%(contents:subject)"))
BACKUPS = "studio-backup"
CHECKOUT = ("checkout", "--progress", "--no-overwrite-ignore")  # else files that Git ignores would be written over
FORWARD = ("merge", "--ff-only", "--no-edit", "--no-overwrite-ignore")
NOT_FOUND = "There is no version named “{name}”."


@dataclass(frozen=True)
class Commit:
    """One commit; `date` in seconds since 1970. `is_new` ones are not in what is checked out."""

    hash: str
    author: str
    date: float
    message: str
    is_current: bool = False
    is_new: bool = False

    @property
    def title(self) -> str:
        """The first line of the message."""
        return self.message.split("\n", 1)[0]


@dataclass(frozen=True)
class Reference:
    """A branch or a tag, with the commit it stands at, that commit's date and title."""

    name: str
    commit: str
    date: float
    title: str
    is_current: bool = False


@dataclass(frozen=True)
class Change:
    """What an update or a switch did: the commits before and after."""

    before: str
    after: str

    @property
    def is_change(self) -> bool:
        """Whether the files are of another version now."""
        return self.before != self.after


def refresh(repository: Repository, context: JobContext) -> None:
    """Ask the origin what is new. Raises GitError and Cancelled."""
    shallow = ["--update-shallow"] if is_shallow(repository) else []
    repository.fetch(*shallow, "--prune", "--tags", "--force", "origin", context=context)


def commits(repository: Repository, name: str = "", *, limit: int = 200, skip: int = 0) -> list[Commit]:
    """The commits of a branch, tag or commit, newest first; "" is the upstream, so that new ones are seen."""
    head = repository.ask("rev-parse", "--verify", "--quiet", "HEAD")
    start = resolve(repository, name) if name else tip(repository) or head
    if not start:
        return []
    new = set(repository.ask("rev-list", f"{head}..{start}").split()) if head else set()
    return [
        Commit(*fields, is_current=fields[0] == head, is_new=fields[0] in new)
        for fields in _log(repository, start, limit, skip)
    ]


def _log(repository: Repository, start: str, limit: int, skip: int) -> Iterator[tuple[str, str, float, str]]:
    options = (f"--max-count={limit}", f"--skip={skip}", f"--format={COMMIT_FORMAT}", "--no-show-signature")
    for record in repository.read("log", *options, start, "--").split(RECORD):
        fields = record.strip("\n").split(FIELD, 3)
        if len(fields) == 4:
            yield fields[0], fields[1], float(fields[2]), fields[3].strip()


def current(repository: Repository) -> Commit | None:
    """The commit that is checked out; None if there is none."""
    head = repository.ask("rev-parse", "--verify", "--quiet", "HEAD")
    found = next(_log(repository, head, 1, 0), None) if head else None
    return Commit(*found, is_current=True) if found else None


def tip(repository: Repository) -> str:
    """The newest known commit of what the branch follows, or of the default branch where none is checked out.

    "" if there is none (any more).
    """
    branch = repository.ask("symbolic-ref", "--quiet", "--short", "HEAD")
    names = ["@{upstream}", f"refs/remotes/origin/{branch}"] if branch else []
    names = names or [f"refs/remotes/origin/{name}" for name in [default_name(repository)] if name]
    found = (repository.ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") for name in names)
    return next((commit for commit in found if commit), "")


def news(repository: Repository, *, limit: int = 200) -> list[Commit]:
    """What an update would bring, as of the last refresh."""
    return [commit for commit in commits(repository, limit=limit) if commit.is_new]


def branches(repository: Repository) -> list[Reference]:
    """The origin's branches and those that exist only here, the newest first; backups are left out."""
    here = repository.ask("symbolic-ref", "--quiet", "--short", "HEAD")
    found: dict[str, Reference] = {}
    for full, commit, date, title in _references(repository, "refs/heads", "refs/remotes/origin"):
        name = full.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/")
        remote = full.startswith("refs/remotes/")
        if name != "HEAD" and not name.startswith(f"{BACKUPS}/") and (remote or name not in found):
            found[name] = Reference(name, commit, date, title, name == here)
    return sorted(found.values(), key=lambda one: one.date, reverse=True)


def tags(repository: Repository) -> list[Reference]:
    """The tags, newest first."""
    head = repository.ask("rev-parse", "--verify", "--quiet", "HEAD")
    found = [
        Reference(full.removeprefix("refs/tags/"), commit, date, title, commit == head)
        for full, commit, date, title in _references(repository, "refs/tags")
    ]
    return sorted(found, key=lambda one: one.date, reverse=True)


def _references(repository: Repository, *below: str) -> Iterator[tuple[str, str, float, str]]:
    for line in repository.read("for-each-ref", f"--format={REF_FORMAT}", *below).splitlines():
        name, own, peeled, date, title = (*line.split("\0"), "", "", "", "")[:5]
        yield name, peeled or own, float(date or 0), title


def resolve(repository: Repository, name: str) -> str:
    """The commit that a branch, tag or (shortened) hash names. Raises BadRequest."""
    places = ("refs/remotes/origin/{}", "refs/tags/{}", "refs/heads/{}", "{}")
    if name and not name.startswith("-"):
        for place in places:
            text = f"{place.format(name)}^{{commit}}"
            found = repository.ask("rev-parse", "--verify", "--quiet", "--end-of-options", text)
            if re.fullmatch(r"[0-9a-f]{40,64}", found.split("\n")[-1]):
                return found.split("\n")[-1]
    raise BadRequest(NOT_FOUND, "Choose one from the list.", name=name)


def switch(repository: Repository, name: str, context: JobContext) -> Change:
    """Check out a branch (then updates follow it), a tag or a commit. Changed files are kept.

    Raises BadRequest, GitError ("dirty" where a changed file stands in the way) and Cancelled.
    """
    before, wanted = _head(repository), _fetched(repository, name, context)
    if _is_reference(repository, f"refs/heads/{name}"):
        repository.run(*CHECKOUT, name, "--", context=context)
    elif _is_reference(repository, f"refs/remotes/origin/{name}"):
        follow = ("-b", name, "--track", f"refs/remotes/origin/{name}")
        repository.run(*CHECKOUT, *follow, context=context)
    else:
        move(repository, wanted, context=context)
    if repository.ask("merge-base", "HEAD", wanted) == _head(repository) != wanted:
        repository.run(*FORWARD, wanted, context=context)
    update_submodules(repository, context)
    return Change(before, _head(repository))


def move(repository: Repository, commit: str, branch: str = "", context: JobContext | None = None) -> None:
    """Check out a commit, as `branch` if one is named. Changed files are kept.

    Raises GitError ("dirty" or "in_the_way" where files of the user's would be written over) and Cancelled.
    """
    where = ("-B", branch, "--no-track") if branch else ("--detach",)
    repository.run(*CHECKOUT, *where, commit, "--", context=context)


def _fetched(repository: Repository, name: str, context: JobContext) -> str:
    """As `resolve`; a shallow clone is deepened if it does not know the version."""
    try:
        return resolve(repository, name)
    except BadRequest:
        if not is_shallow(repository):
            raise
        deepened(repository, context)
        return resolve(repository, name)


def update(repository: Repository, context: JobContext) -> Change:
    """Fetch and move forward to the newest commit of the branch. Changed files are kept.

    Raises GitError and says why it cannot: "dirty", "merge", "diverged", "unrelated", "detached", "no_upstream" ...
    """
    refresh(repository, context)
    here = state(repository)
    if here.unfinished:
        raise GitError(kind="merge", folder=str(repository.folder))
    if not here.branch:
        raise GitError(kind="detached", folder=str(repository.folder))
    wanted = tip(repository)
    if not wanted:
        raise GitError(kind="no_upstream", folder=str(repository.folder), branch=here.branch)
    if here.commit and not _are_related(repository, here.commit, wanted, context):
        raise GitError(kind="unrelated", folder=str(repository.folder))
    repository.run(*FORWARD, wanted, context=context)
    update_submodules(repository, context)
    return Change(here.commit, _head(repository))


def _are_related(repository: Repository, one: str, other: str, context: JobContext) -> bool:
    if not repository.ask("merge-base", one, other):
        deepened(repository, context)
    return bool(repository.ask("merge-base", one, other))


def go_back(repository: Repository, commit: str, context: JobContext) -> Change:
    """Take the branch that is checked out back to a commit; the next update moves it forward again.

    Changed files and commits of the user's own (as a branch "studio-backup/...") are kept. Raises as `switch`.
    """
    before, wanted = _head(repository), _fetched(repository, commit, context)
    branch = repository.ask("symbolic-ref", "--quiet", "--short", "HEAD")
    if not branch:
        return switch(repository, wanted, context)
    _keep_own(repository, wanted, "HEAD")
    move(repository, wanted, branch, context)
    update_submodules(repository, context)
    return Change(before, _head(repository))


def follow_origin(repository: Repository, context: JobContext) -> Change:
    """Stand where the origin's branch stands, also where its history was rewritten.

    Own commits stay as a branch "studio-backup/..."; changed files are kept. Raises GitError and Cancelled.
    """
    wanted = tip(repository)
    if not wanted:
        raise GitError(kind="no_upstream", folder=str(repository.folder), branch="")
    return go_back(repository, wanted, context)


def previous(repository: Repository) -> str:
    """The commit that was checked out before the last change; "" if none is remembered."""
    here = _head(repository)
    every = repository.ask("reflog", "show", "--format=%H", "HEAD").split()
    return next((commit for commit in every if commit != here), "")


def reattach(repository: Repository, context: JobContext, branch: str = "") -> Change:
    """Return from a detached HEAD to a branch: the one named, else the one that holds the commit, else the default.

    A commit that no branch holds stays as "studio-backup/...". Raises GitError, BadRequest and Cancelled.
    """
    name = branch or _branch_of_head(repository)
    if not name:
        repository.fetch("--tags", "--force", "origin", context=context)
        name = default_branch(repository)
    _keep_own(repository, resolve(repository, name), "HEAD")
    return switch(repository, name, context)


def _branch_of_head(repository: Repository) -> str:
    options = ("--contains=HEAD", "--format=%(refname:lstrip=3)")
    holding = repository.ask("for-each-ref", *options, "refs/remotes/origin").split()
    usual = default_name(repository)
    names = [name for name in holding if name != "HEAD"]
    return usual if usual in names or not names else names[0]


def default_name(repository: Repository) -> str:
    """The origin's default branch as known here, without asking it; "" if unknown."""
    known = repository.ask("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD").removeprefix("origin/")
    usual = [known] if known else ["master", "main"]
    return next((name for name in usual if _is_reference(repository, f"refs/remotes/origin/{name}")), "")


def put_aside(repository: Repository, name: str, context: JobContext) -> Stash | None:
    """Put aside under a name what may keep the newest version out; None if there is nothing. Raises GitError."""
    return by_hand.put_aside(repository, name, context, tip(repository))


def abort(repository: Repository, context: JobContext) -> None:
    """Give up an unfinished merge, rebase, cherry-pick or revert; the files are as before it. Raises GitError."""
    name = state(repository).unfinished
    if name:
        repository.run(name, "--abort", context=context)


def deepened(repository: Repository, context: JobContext) -> None:
    """Fetch the history that a shallow clone lacks. Raises GitError and Cancelled."""
    if is_shallow(repository):
        repository.run("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
        repository.fetch("--unshallow", "--tags", "--force", "origin", context=context)


def set_origin(repository: Repository, url: str, context: JobContext) -> None:
    """Give the repository another address and fetch from it; an address that does not answer changes nothing."""
    address = check_url(url)
    repository.run("ls-remote", "--exit-code", "--", address, "HEAD", context=context)
    repository.run("config", "remote.origin.url", address)
    repository.run("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    refresh(repository, context)


def remove_locks(here: State) -> None:
    """Remove the locks a killed Git left; the caller makes sure that none is at work."""
    for path in here.locks:
        path.unlink(missing_ok=True)


def _head(repository: Repository) -> str:
    return repository.ask("rev-parse", "--verify", "--quiet", "HEAD")


def _is_reference(repository: Repository, full: str) -> bool:
    return bool(repository.ask("rev-parse", "--verify", "--quiet", "--end-of-options", full))


def _keep_own(repository: Repository, wanted: str, start: str) -> None:
    """Name commits that would be held by nothing after `start` moved to `wanted`."""
    elsewhere = ("--not", "--remotes", "--tags", wanted)
    own = repository.ask("rev-list", "--max-count=1", start, *elsewhere)
    if own:
        name = f"{BACKUPS}/{time.strftime('%Y%m%d-%H%M%S')}-{own[:8]}"
        repository.run("branch", "--force", "--no-track", name, start)
