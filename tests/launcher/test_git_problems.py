"""Every way a repository can be wrong is recognised by its data and mended by its own action."""

import os
import subprocess
from pathlib import Path

import pytest
from git_world import ENV, Upstream, cloned, git

from studio.core.errors import BadRequest
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import by_hand, versions
from studio.launcher.child_env import STABLE_DIFFUSION_REPO
from studio.launcher.git import Repository
from studio.launcher.git_errors import GitError
from studio.launcher.git_problems import KINDS, MENDS, Problem, examine, mend, problems

CONTEXT = JobContext()


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    made = Upstream(tmp_path / "there")
    for number in range(4):
        made.commit(f"Commit {number}", webui_py=f"{number}\n", other_py="pass\n")
    return made


@pytest.fixture
def here(upstream: Upstream, tmp_path: Path) -> Repository:
    return cloned(upstream, tmp_path / "web 界面")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "home")


def keys(repository: Repository, url: str = "", deep: bool = True) -> list[str]:
    return [one.kind.key for one in problems(repository, url=url, deep=deep)]


def only(repository: Repository, url: str = "") -> Problem:
    [found] = problems(repository, url=url)
    return found


def own_commit(repository: Repository) -> None:
    (repository.folder / "webui.py").write_text("own\n")
    git(repository.folder, "commit", "--quiet", "-am", "Own")


def test_a_healthy_repository(upstream: Upstream, here: Repository) -> None:
    (here.folder / "mine.txt").write_text("new files are no problem")
    assert keys(here, upstream.url) == []


def test_every_kind_has_words_and_a_way() -> None:
    assert {kind.key for kind in KINDS} - {"dubious"} == set(MENDS)
    assert all(kind.title and kind.cause and kind.button for kind in KINDS)


def test_a_zip(upstream: Upstream, here: Repository, places: Places) -> None:
    versions.go_back(here, "HEAD~1", CONTEXT)
    (here.folder / ".git").rename(places.home)
    (here.folder / "mine.txt").write_text("mine")
    assert keys(here) == ["no_repository"]
    mend(here, only(here), places, CONTEXT, upstream.url)
    assert keys(here, upstream.url) == []
    assert [one.title for one in versions.news(here)] == ["Commit 3"]
    assert (here.folder / "webui.py").read_text() == "2\n"
    versions.update(here, CONTEXT)
    assert (here.folder / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("damage", ["objects", "head", "empty head", "half clone", "no refs"])
def test_damaged_repositories(upstream: Upstream, here: Repository, places: Places, damage: str) -> None:
    (here.folder / "mine.txt").write_text("mine")
    (here.folder / "webui.py").write_text("changed by hand\n")
    own = here.folder / ".git"
    if damage == "objects":
        for path in [*own.glob("objects/??/*"), *own.glob("objects/pack/*")]:
            path.chmod(0o600)
            path.write_bytes(b"")
    elif damage == "head":
        (own / "HEAD").unlink()
    elif damage == "empty head":
        (own / "refs" / "heads" / "master").write_bytes(b"\0" * 41)
        (own / "packed-refs").unlink(missing_ok=True)
    elif damage == "half clone":
        for name in ("refs", "objects", "packed-refs", "index"):
            (own / name).rename(places.home.parent / f"away-{name}") if (own / name).exists() else None
        (own / "refs").mkdir()
        (own / "objects").mkdir()
    else:
        (own / "refs" / "heads" / "master").unlink()
    assert "broken" in keys(here)
    mend(here, next(one for one in problems(here, deep=True) if one.kind.key == "broken"), places, CONTEXT)
    assert keys(here, upstream.url) == ["dirty"]
    assert (here.folder / "webui.py").read_text() == "changed by hand\n"
    assert (here.folder / "mine.txt").read_text() == "mine"
    assert list(places.trash.glob("*/0")), "the damaged one is kept in the trash"


def test_a_missing_object_is_found_when_one_looks_deep(here: Repository) -> None:
    git(here.folder, "gc", "--quiet")
    own = here.folder / ".git"
    old = git(here.folder, "rev-parse", "HEAD~2^{tree}")
    [pack] = own.glob("objects/pack/*.pack")
    kept = pack.rename(here.folder.parent / "pack")
    for path in own.glob("objects/pack/*"):
        path.unlink()
    with kept.open("rb") as stream:
        subprocess.run(["git", "unpack-objects", "-q"], cwd=here.folder, stdin=stream, check=True, env=ENV)
    (own / "objects" / old[:2] / old[2:]).unlink()
    assert keys(here, deep=False) == []
    assert keys(here, deep=True) == ["broken"]


def test_a_lock(here: Repository, places: Places) -> None:
    (here.folder / ".git" / "index.lock").touch()
    assert keys(here) == ["locked"]
    mend(here, only(here), places, CONTEXT)
    assert keys(here) == []


def test_a_lock_of_a_running_git_stays(here: Repository, places: Places) -> None:
    lock = here.folder / ".git" / "index.lock"
    lock.touch()
    found = only(here)
    with subprocess.Popen(["git", "cat-file", "--batch"], cwd=here.folder, stdin=subprocess.PIPE, env=ENV) as working:
        with pytest.raises(GitError) as caught:
            mend(here, found, places, CONTEXT)
        working.kill()
    assert caught.value.kind == "locked"
    assert lock.exists()


def test_a_damaged_repository_stays_on_its_branch(upstream: Upstream, here: Repository, places: Places) -> None:
    upstream.commit("Dev", branch="dev", webui_py="dev\n")
    versions.refresh(here, CONTEXT)
    versions.switch(here, "dev", CONTEXT)
    (here.folder / ".git" / "refs" / "heads" / "dev").write_bytes(b"")
    mend(here, next(one for one in problems(here) if one.kind.key == "broken"), places, CONTEXT)
    assert keys(here) == []
    assert git(here.folder, "symbolic-ref", "--short", "HEAD") == "dev"


def test_many_repositories_at_once(upstream: Upstream, here: Repository, tmp_path: Path) -> None:
    other = cloned(upstream, tmp_path / "other")
    git(other.folder, "checkout", "--quiet", "--detach")
    found = examine([here.folder, other.folder], ENV, CONTEXT)
    assert [(one.kind.key, one.folder) for one in found] == [("detached", other.folder)]


def test_an_unfinished_merge(upstream: Upstream, here: Repository, places: Places) -> None:
    own_commit(here)
    upstream.commit("Fourth", webui_py="4\n")
    with pytest.raises(AssertionError, match="CONFLICT"):
        git(here.folder, "pull", "--no-rebase")
    found = problems(here)
    assert [one.kind.key for one in found] == ["unfinished", "diverged"]
    assert found[0].title == "web 界面 is in the middle of a merge"
    mend(here, found[0], places, CONTEXT)
    assert keys(here) == ["diverged"]
    mend(here, only(here), places, CONTEXT)
    assert keys(here) == []
    assert (here.folder / "webui.py").read_text() == "4\n"


def test_an_unfinished_rebase(upstream: Upstream, here: Repository, places: Places) -> None:
    own_commit(here)
    upstream.commit("Fourth", webui_py="4\n")
    with pytest.raises(AssertionError, match="CONFLICT"):
        git(here.folder, "pull", "--rebase")
    assert keys(here)[0] == "unfinished"
    mend(here, problems(here)[0], places, CONTEXT)
    assert keys(here) == ["diverged"]


def test_the_deleted_repository_gets_its_new_address(
    here: Repository, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(here.folder, "remote", "set-url", "origin", "https://github.com/Stability-AI/stablediffusion.git")
    [found] = problems(here)
    assert found.kind.key == "gone_remote"
    assert STABLE_DIFFUSION_REPO in found.cause
    asked = []
    monkeypatch.setattr(versions, "set_origin", lambda *arguments: asked.append(arguments[1]))
    mend(here, found, places, CONTEXT)
    assert asked == ["https://github.com/w-e-w/stablediffusion.git"]


def test_no_address_or_another(upstream: Upstream, here: Repository, places: Places, tmp_path: Path) -> None:
    git(here.folder, "config", "--unset", "remote.origin.url")
    assert keys(here) == ["no_remote"]
    mend(here, only(here), places, CONTEXT, upstream.url)
    assert keys(here) == []
    moved = upstream.bare.rename(tmp_path / "moved.git")
    found = only(here, str(moved))
    assert found.kind.key == "other_remote"
    assert not found.kind.is_serious
    mend(here, found, places, CONTEXT)
    assert keys(here, str(moved)) == []


def test_a_repository_made_from_something_else(
    upstream: Upstream, here: Repository, places: Places, tmp_path: Path
) -> None:
    other = Upstream(tmp_path / "other")
    other.commit("Another beginning", webui_py="other\n")
    versions.set_origin(here, other.url, CONTEXT)
    assert keys(here) == ["unrelated"]
    with pytest.raises(GitError) as caught:
        versions.update(here, CONTEXT)
    assert caught.value.kind == "unrelated"
    mend(here, only(here), places, CONTEXT)
    assert keys(here) == []
    assert (here.folder / "webui.py").read_text() == "other\n"
    assert "Commit 3" in git(here.folder, "log", "--format=%s", "--branches=studio-backup/*")


def test_a_rewritten_history_is_told_from_own_commits(upstream: Upstream, here: Repository, places: Places) -> None:
    upstream.rewrite("Better", webui_py="better\n")
    versions.refresh(here, CONTEXT)
    assert keys(here) == ["rewritten"]
    mend(here, only(here), places, CONTEXT)
    assert keys(here) == []
    own_commit(here)
    assert keys(here) == []
    upstream.commit("Fourth", webui_py="4\n")
    versions.refresh(here, CONTEXT)
    found = only(here)
    assert found.kind.key == "diverged"
    assert found.values["ahead"] == 1


def test_a_detached_head(here: Repository, places: Places) -> None:
    git(here.folder, "checkout", "--quiet", "--detach", "HEAD~1")
    assert keys(here) == ["detached"]
    mend(here, only(here), places, CONTEXT)
    assert keys(here) == []


def test_changed_files(here: Repository, places: Places) -> None:
    (here.folder / "webui.py").write_text("mine\n")
    (here.folder / "other.py").unlink()
    found = only(here)
    assert found.kind.key == "dirty"
    assert found.title == "2 files of web 界面 were changed by hand"
    assert found.details == "deleted: other.py\nchanged: webui.py"
    mend(here, found, places, CONTEXT)
    assert keys(here) == []
    [stash] = by_hand.stashes(here)
    by_hand.take_back(here, stash, CONTEXT)
    assert keys(here) == ["dirty"]


def test_missing_submodules(upstream: Upstream, tmp_path: Path, places: Places) -> None:
    part = Upstream(tmp_path / "part")
    part.commit("Part", part_py="pass\n")
    git(upstream.work, "submodule", "--quiet", "add", part.url, "parts/一")
    upstream.save("With a part")
    here = cloned(upstream, tmp_path / "without")
    found = only(here)
    assert found.kind.key == "submodules"
    assert found.values["paths"] == "parts/一"
    mend(here, found, places, CONTEXT)
    assert keys(here) == []


def test_a_shallow_clone(upstream: Upstream, tmp_path: Path, places: Places) -> None:
    here = cloned(upstream, tmp_path / "shallow", "--depth=1")
    assert keys(here) == ["shallow"]
    mend(here, only(here), places, CONTEXT)
    assert keys(here) == []


def test_a_folder_of_another_account(here: Repository, places: Places, tmp_path: Path) -> None:
    """Where the tests run as root, the folder is given away; else Git is told to assume it."""
    if os.geteuid() == 0:
        for path in [here.folder, *here.folder.rglob("*")]:
            os.chown(path, 12345, 12345)
        asked = here
    else:
        asked = Repository(here.folder, {**ENV, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    [found] = problems(asked)
    assert found.kind.key == "dubious"
    assert versions.current(asked) is not None
    with pytest.raises(BadRequest):
        mend(asked, found, places, CONTEXT)
    with pytest.raises(GitError) as caught:
        Repository(here.folder, asked.env, trusted=False).read("status")
    assert caught.value.kind == "dubious"


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(GitError):
        problems(Repository(tmp_path / "gone", ENV))


def test_a_folder_inside_another_repository_is_not_taken_for_it(here: Repository) -> None:
    inner = here.folder / "extensions" / "unpacked"
    inner.mkdir(parents=True)
    assert [one.kind.key for one in problems(Repository(inner, ENV))] == ["no_repository"]
