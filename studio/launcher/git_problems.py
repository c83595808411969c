"""What can be wrong with a repository, as data: each with its cause in plain words and the way to mend it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.errors import BadRequest
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import by_hand, connect, versions
from studio.launcher.child_env import GONE_REPOSITORY, STABLE_DIFFUSION_REPO
from studio.launcher.clone import update_submodules
from studio.launcher.git import Repository, is_at_work, same_url
from studio.launcher.git_errors import GitError
from studio.launcher.repository_state import State, git_folder, state

ASIDE = "Put aside by the studio"


@dataclass(frozen=True)
class Kind:
    """A way to be wrong: `title` and `cause` are templates, `button` is what its mending is called.

    `is_serious` ones keep the web UI from starting or from being updated.
    """

    key: str
    title: str
    cause: str
    button: str
    is_serious: bool = True


KINDS = (
    Kind(
        "no_repository",
        "{name} is not a Git repository",
        "It was unpacked from a zip, so it cannot be updated. Connecting it keeps every file as it is.",
        "Connect with its repository",
    ),
    Kind(
        "dubious",
        "{name} belongs to another user account",
        "Git refuses such folders (also on disks without owners, as exFAT). Trust it only if it is yours.",
        "Trust this folder",
    ),
    Kind(
        "broken",
        "The repository in {name} is damaged",
        "A download or an update was cut off, or the power went. Its history is fetched anew; your files are kept.",
        "Fetch the repository anew",
    ),
    Kind(
        "locked",
        "Git was interrupted in {name}",
        "A lock was left behind; until it is removed Git refuses to change anything there.",
        "Remove the lock",
    ),
    Kind(
        "unfinished",
        "{name} is in the middle of a {operation}",
        "It was begun and never finished, so that files may hold both versions at once.",
        "Abort it",
    ),
    Kind(
        "gone_remote",
        "The repository of {name} was deleted by its owner",
        "{remote} does not exist any more; the same files are kept at {url}.",
        "Change the address",
    ),
    Kind(
        "no_remote",
        "{name} does not know where it came from",
        "It has no address to fetch new versions from.",
        "Set the address",
    ),
    Kind(
        "other_remote",
        "{name} follows another repository than expected",
        "Its address is {remote} instead of {url}: a fork, or an old address.",
        "Change the address",
        is_serious=False,
    ),
    Kind(
        "unrelated",
        "{name} and its repository have no common history",
        "It was made from another repository, or the history was written anew from the start.",
        "Follow the repository",
    ),
    Kind(
        "rewritten",
        "The history of {name} was rewritten by its author",
        "The version you have is no part of it any more, so an update cannot simply move forward.",
        "Follow the repository",
    ),
    Kind(
        "diverged",
        "{name} has {ahead} commits of its own",
        "They keep updates from moving forward. They stay as a branch when you follow the repository.",
        "Follow the repository",
    ),
    Kind(
        "detached",
        "{name} stands on a single version",
        "No branch is checked out (after going to a tag or commit), so updates do nothing.",
        "Return to the branch",
        is_serious=False,
    ),
    Kind(
        "dirty",
        "{count} files of {name} were changed by hand",
        "An update stops where it would overwrite them. Put aside, they can be taken back afterwards.",
        "Put the changes aside",
        is_serious=False,
    ),
    Kind(
        "submodules",
        "Parts of {name} are missing",
        "Repositories that belong into it were never fetched: {paths}.",
        "Fetch the missing parts",
    ),
    Kind(
        "shallow",
        "{name} has only a part of its history",
        "It was fetched without older versions, so you cannot go back to them.",
        "Fetch the whole history",
        is_serious=False,
    ),
)
BY_KEY = {kind.key: kind for kind in KINDS}


@dataclass(frozen=True)
class Problem:
    """A kind of wrong found in a folder; `values` fill its texts, `details` are folded away (files, Git's words)."""

    kind: Kind
    folder: Path
    values: Mapping[str, object] = field(default_factory=dict)
    details: str = ""

    @property
    def title(self) -> str:
        """What is wrong, in English."""
        return self.kind.title.format(**self.values)

    @property
    def cause(self) -> str:
        """How it came and what mending does, in English."""
        return self.kind.cause.format(**self.values)


def problems(repository: Repository, *, url: str = "", deep: bool = False) -> list[Problem]:
    """What is wrong with a repository, the worst first; nothing is asked of a server.

    `url` is where it should come from, "" if that is open; `deep` looks whether every object is there (seconds to
    minutes). Raises GitError only where Git itself or the folder is missing.
    """
    folder = repository.folder
    if not (folder / ".git").exists():
        if not folder.is_dir():
            raise GitError(kind="folder", folder=str(folder))
        return [_problem("no_repository", folder)]
    found = _dubious(repository)
    try:
        here = state(repository)
        repository.read("rev-parse", "--verify", "--quiet", "HEAD^{tree}")
        if deep:
            repository.read("fsck", "--connectivity-only", "--no-dangling")
    except GitError as error:
        if error.kind in ("absent", "folder", "silent"):
            raise
        if error.kind == "dubious":
            return found
        return [*found, _problem("broken", folder, details=error.details)]
    found += [*_of_state(here, url), *_of_files(repository, here), *_of_history(repository, here)]
    order = list(BY_KEY)
    return sorted(found, key=lambda one: order.index(one.kind.key))


def examine(
    folders: Iterable[Path], env: Mapping[str, str], context: JobContext, *, deep: bool = False
) -> list[Problem]:
    """What is wrong with several repositories (installs.repository_folders). Raises GitError and Cancelled."""
    found, every = [], list(folders)
    for number, folder in enumerate(every):
        context.progress(number, len(every), "Looking at repositories")
        found += problems(Repository(folder, env), deep=deep)
    return found


def _problem(key: str, folder: Path, details: str = "", **values: object) -> Problem:
    return Problem(BY_KEY[key], folder, {"name": folder.name} | values, details)


def _dubious(repository: Repository) -> list[Problem]:
    try:
        Repository(repository.folder, repository.env, trusted=False).read("rev-parse", "--git-dir")
    except GitError as error:
        if error.kind == "dubious":
            return [_problem("dubious", repository.folder, details=error.details)]
    return []


def _of_state(here: State, url: str) -> list[Problem]:
    found = []
    if here.locks:
        found.append(_problem("locked", here.folder, "\n".join(map(str, here.locks))))
    if here.unfinished:
        found.append(_problem("unfinished", here.folder, operation=here.unfinished))
    if not here.remote:
        found.append(_problem("no_remote", here.folder, url=url))
    elif GONE_REPOSITORY in here.remote.lower():
        found.append(_problem("gone_remote", here.folder, remote=here.remote, url=STABLE_DIFFUSION_REPO))
    elif url and not same_url(url, here.remote):
        found.append(_problem("other_remote", here.folder, remote=here.remote, url=url))
    if here.commit and not here.branch:
        found.append(_problem("detached", here.folder))
    if here.missing_submodules:
        found.append(_problem("submodules", here.folder, paths=", ".join(here.missing_submodules)))
    if here.is_shallow:
        found.append(_problem("shallow", here.folder))
    return found


def _of_files(repository: Repository, here: State) -> list[Problem]:
    """What was changed by hand, and new files that an update would have to write over."""
    if here.unfinished:
        return []
    files = [f"{one.kind}: {one.path}" for one in here.dirty]
    blocking = by_hand.in_the_way(repository, versions.tip(repository))
    files += [f"in the way: {path.relative_to(here.folder).as_posix()}" for path in blocking]
    return [_problem("dirty", here.folder, "\n".join(files), count=len(files))] if files else []


def _of_history(repository: Repository, here: State) -> list[Problem]:
    """Whether what is checked out and what it follows can come together."""
    upstream = repository.ask("rev-parse", "--verify", "--quiet", "@{upstream}") if here.branch else ""
    if not upstream or not here.commit or not here.ahead:
        return []
    if not here.is_shallow and not repository.ask("merge-base", "HEAD", upstream):
        return [_problem("unrelated", here.folder)]
    if here.commit in _former(repository, here):
        return [_problem("rewritten", here.folder)]
    return [_problem("diverged", here.folder, ahead=here.ahead)] if here.behind else []


def _former(repository: Repository, here: State) -> set[str]:
    """Where the upstream stood before, by Git's log of it: each line begins with the old and the new commit."""
    path = git_folder(repository) / "logs" / "refs" / "remotes" / here.upstream
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return set()
    return {commit for line in lines for commit in line.split(" ")[:2]}


Mend = Callable[[Repository, Problem, Places, JobContext], object]


def mend(repository: Repository, problem: Problem, places: Places, context: JobContext, url: str = "") -> None:
    """Mend one problem; `url` is the repository's address where the problem itself names none.

    A "dubious" folder cannot be mended here: it is trusted by remembering it (installs.trust). Raises StudioErrors.
    """
    if url:
        problem = Problem(problem.kind, problem.folder, {**problem.values, "url": url}, problem.details)
    if problem.kind.key not in MENDS:
        raise BadRequest("This cannot be mended here.", "Remember the folder as trusted.")
    MENDS[problem.kind.key](repository, problem, places, context)


def _address(problem: Problem, repository: Repository) -> str:
    """The problem's address, else the one in the folder's configuration, which is read even where .git is damaged."""
    own = (repository.folder / ".git" / "config").as_posix()
    return str(problem.values.get("url") or repository.ask("config", "--file", own, "--get", "remote.origin.url"))


def _connect(repository: Repository, problem: Problem, places: Places, context: JobContext) -> None:
    url, branch = _address(problem, repository), _branch(repository.folder)
    try:
        connect.connect(repository.folder, url, repository.env, places, context, branch=branch)
    except GitError as error:
        if error.kind != "no_branch" or not branch:
            raise
        connect.connect(repository.folder, url, repository.env, places, context)


def _branch(folder: Path) -> str:
    """The branch a damaged repository was on, as far as its HEAD can be read."""
    try:
        text = (folder / ".git" / "HEAD").read_text("utf-8", "replace").strip()
    except OSError:
        return ""
    return text.removeprefix("ref: refs/heads/") if text.startswith("ref: refs/heads/") else ""


def _unlock(repository: Repository, _problem: Problem, _places: Places, _context: JobContext) -> None:
    if is_at_work(repository.folder):
        raise GitError(kind="locked", folder=str(repository.folder))
    versions.remove_locks(state(repository))


def _set_origin(repository: Repository, problem: Problem, _places: Places, context: JobContext) -> None:
    versions.set_origin(repository, _address(problem, repository), context)


MENDS: dict[str, Mend] = {
    "no_repository": _connect,
    "broken": _connect,
    "locked": _unlock,
    "unfinished": lambda repository, _problem, _places, context: versions.abort(repository, context),
    "gone_remote": _set_origin,
    "no_remote": _set_origin,
    "other_remote": _set_origin,
    "unrelated": lambda repository, _problem, _places, context: versions.follow_origin(repository, context),
    "rewritten": lambda repository, _problem, _places, context: versions.follow_origin(repository, context),
    "diverged": lambda repository, _problem, _places, context: versions.follow_origin(repository, context),
    "detached": lambda repository, _problem, _places, context: versions.reattach(repository, context),
    "dirty": lambda repository, _problem, _places, context: versions.put_aside(repository, ASIDE, context),
    "submodules": lambda repository, _problem, _places, context: update_submodules(repository, context),
    "shallow": lambda repository, _problem, _places, context: versions.deepened(repository, context),
}
