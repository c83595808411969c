"""A clone that arrives whole or not at all, and goes on where it was interrupted.

It grows in a staging folder: the newest commit first, then more and more of the history, each part kept. Only when all
its objects are there and the files are written does it take its place by a rename.
"""

import time
from collections.abc import Mapping
from pathlib import Path

from studio.core.errors import BadRequest
from studio.core.files import problem
from studio.core.job import JobContext
from studio.core.links import delete
from studio.launcher.git import Repository, check_url, is_local, same_url
from studio.launcher.git_errors import GitError

STAGING = ".staging"
DEEPEN = 200
RENAMES, RENAME_WAIT_S = 5, 0.4


def staging_of(target: Path) -> Path:
    """Where a clone grows before it becomes `target`: beside it, so that the last step is a rename."""
    return target.parent / STAGING / target.name


def clone(
    url: str,
    target: Path,
    env: Mapping[str, str],
    context: JobContext,
    *,
    branch: str = "",
    staging: Path | None = None,
) -> Repository:
    """Clone `branch` (or a tag; "" is the repository's own choice) of `url` to `target`, which must not exist yet.

    What an interrupted call received is used by the next one. Raises BadRequest, GitError, FileProblem and Cancelled.
    """
    url = check_url(url)
    refuse_existing(target)
    staging = staging or staging_of(target)
    try:
        _grow(staging, url, branch, env, context)
    except GitError as error:
        if error.kind not in ("broken", "no_repository"):
            raise
        remove_staging(staging)  # what an earlier call left is damaged: once more from the start
        _grow(staging, url, branch, env, context)
    settle(staging, target)
    return Repository(target, env)


def refuse_existing(target: Path) -> None:
    """Raise BadRequest if there is something at `target`; an empty folder is nothing."""
    if target.is_symlink() or (target.exists() and not (target.is_dir() and not any(target.iterdir()))):
        raise BadRequest("{folder} exists already.", "Choose another folder, or adopt this one.", folder=str(target))


def _grow(staging: Path, url: str, branch: str, env: Mapping[str, str], context: JobContext) -> None:
    repository = _begun(staging, url, env)
    context.progress(0, 0, "Asking the repository")
    name = branch or default_branch(repository)
    fetch_history(repository, reference(repository, name), context)
    check_out(repository, name, context)
    context.progress(0, 0, "Checking what arrived")
    repository.run("fsck", "--connectivity-only", "--no-dangling", "--progress", context=context)
    update_submodules(repository, context)


def _begun(staging: Path, url: str, env: Mapping[str, str]) -> Repository:
    """A repository in `staging` with `url` as its origin: the one an earlier call left, or a new one."""
    repository = Repository(staging, env)
    if (staging / ".git").is_dir():
        _remove_locks(staging / ".git")
        if not same_url(repository.ask("config", "--get", "remote.origin.url"), url):
            remove_staging(staging)
    elif staging.exists():
        remove_staging(staging)
    try:
        staging.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise problem(staging, error) from error
    begin(repository, url)
    return repository


def begin(repository: Repository, url: str) -> None:
    """Make the folder a repository with `url` as its origin; doing it again changes nothing."""
    repository.run("init", "--quiet", "--template=")
    repository.run("config", "remote.origin.url", url)
    repository.run("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")


def _remove_locks(git_folder: Path) -> None:
    """What a killed Git leaves behind in a folder that is ours alone."""
    for path in [*git_folder.rglob("*.lock"), *git_folder.glob("objects/pack/tmp_*")]:
        delete(path)


def default_branch(repository: Repository) -> str:
    """The branch that the origin offers first. Raises GitError."""
    answer = repository.run("ls-remote", "--symref", "origin", "HEAD")
    for line in answer.splitlines():
        if line.startswith("ref: refs/heads/"):
            return line.split("\t")[0].removeprefix("ref: refs/heads/")
    raise GitError(kind="no_branch", details=answer)


def reference(repository: Repository, name: str) -> str:
    """The full name of a branch or tag of the origin, "refs/heads/master". Raises GitError ("no_branch")."""
    wanted = [f"refs/heads/{name}", f"refs/tags/{name}"]
    answer = repository.run("ls-remote", "--refs", "origin", *wanted)
    found = {line.split("\t")[-1] for line in answer.splitlines()}
    for full in wanted:
        if full in found:
            return full
    raise GitError(kind="no_branch", details=name)


def fetch_history(repository: Repository, full: str, context: JobContext) -> None:
    """Fetch all history of the origin in parts that a broken connection does not lose, beginning with `full`."""
    target = f"+{full}:{full.replace('refs/heads/', 'refs/remotes/origin/')}"
    try:
        if not repository.ask("rev-parse", "--verify", "--quiet", target.split(":")[1]):
            repository.fetch("--depth=1", "--no-tags", "origin", target, context=context)
        if is_shallow(repository):
            repository.fetch(f"--deepen={DEEPEN}", "--no-tags", "origin", target, context=context)
    except GitError as error:
        if "shallow" not in error.details:  # a server without parts gives the whole below
            raise
    everything = ["--unshallow"] if is_shallow(repository) else []
    repository.fetch(*everything, "--tags", "--force", "origin", context=context)


def is_shallow(repository: Repository) -> bool:
    """Whether older history is missing because it was never fetched."""
    return repository.ask("rev-parse", "--is-shallow-repository") == "true"


def check_out(repository: Repository, name: str, context: JobContext) -> None:
    """Write the files of a fetched branch or tag, over whatever is there: for staging folders only."""
    if repository.ask("rev-parse", "--verify", "--quiet", f"refs/remotes/origin/{name}"):
        repository.run("checkout", "--force", "--progress", "-B", name, "--track", f"origin/{name}", context=context)
    else:
        repository.run("checkout", "--force", "--progress", "--detach", f"refs/tags/{name}", context=context)


def update_submodules(repository: Repository, context: JobContext) -> None:
    """Fetch what the repository's submodules should be. Those of a distant one may not lie on this computer."""
    if not (repository.folder / ".gitmodules").is_file():
        return
    url = repository.ask("config", "--get", "remote.origin.url")
    allowed = "file:git:http:https:ssh" if is_local(url) else "git:http:https:ssh"
    guarded = Repository(repository.folder, dict(repository.env) | {"GIT_ALLOW_PROTOCOL": allowed}, repository.trusted)
    guarded.run("submodule", "sync", "--recursive", "--quiet", context=context)
    guarded.run("submodule", "update", "--init", "--recursive", "--progress", context=context, silence_s=600)


def settle(staging: Path, target: Path) -> None:
    """Give a finished staging folder its place. Raises FileProblem."""
    try:
        if target.is_dir():
            target.rmdir()
        _rename(staging, target)
    except OSError as error:
        raise problem(target, error) from error
    if staging.parent.name == STAGING and not any(staging.parent.iterdir()):
        staging.parent.rmdir()


def _rename(source: Path, target: Path) -> None:
    """Rename; on Windows a virus scanner may hold the folder for a moment."""
    for again in reversed(range(RENAMES)):
        try:
            source.rename(target)
        except PermissionError:
            if not again:
                raise
            time.sleep(RENAME_WAIT_S)
        else:
            return


def remove_staging(staging: Path) -> None:
    """Throw away what an interrupted clone left. Raises FileProblem."""
    try:
        delete(staging)
    except OSError as error:
        raise problem(staging, error) from error
