"""Versions of real repositories: what is new, switching, updating, going back, putting aside."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from git_world import Upstream, cloned, git

from studio.core.errors import BadRequest
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import by_hand, git_problems, versions
from studio.launcher.git import Repository
from studio.launcher.git_errors import GitError
from studio.launcher.repository_state import state

CONTEXT = JobContext()


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    made = Upstream(tmp_path / "there")
    made.commit("Begin", webui_py="1\n", settings_bat="set A=\n")
    made.commit("Second\n\nWith a body — 正文", webui_py="2\n")
    made.tag("v1.0")
    made.commit("Dev", branch="dev", webui_py="dev\n")
    made.commit("Third", branch="master", webui_py="3\n")
    return made


@pytest.fixture
def here(upstream: Upstream, tmp_path: Path) -> Repository:
    return cloned(upstream, tmp_path / "绘画 web ui")


def text(repository: Repository, name: str = "webui.py") -> str:
    return (repository.folder / name).read_text("utf-8").strip()


def test_what_there_is(upstream: Upstream, here: Repository) -> None:
    assert {one.name: one.is_current for one in versions.branches(here)} == {"master": True, "dev": False}
    [tag] = versions.tags(here)
    assert (tag.name, tag.title, tag.is_current) == ("v1.0", "Version v1.0", False)
    assert tag.commit == git(upstream.work, "rev-parse", "v1.0^{commit}")
    listed = versions.commits(here)
    assert [one.title for one in listed] == ["Third", "Second", "Begin"]
    assert listed[0].is_current
    assert not any(one.is_new for one in listed)
    assert listed[1].message == "Second\n\nWith a body — 正文"
    assert listed[1].author == "绘画 Painter"
    assert listed[1].date == 1704067200 + 86400 * 2
    assert [one.title for one in versions.commits(here, "dev", limit=1)] == ["Dev"]
    assert [one.title for one in versions.commits(here, skip=1, limit=1)] == ["Second"]
    current = versions.current(here)
    assert current is not None
    assert current.title == "Third"


def test_an_update_brings_the_news(upstream: Upstream, here: Repository) -> None:
    upstream.commit("Fourth", webui_py="4\n")
    upstream.commit("Fifth", webui_py="5\n")
    versions.refresh(here, CONTEXT)
    assert [one.title for one in versions.news(here)] == ["Fifth", "Fourth"]
    assert state(here).behind == 2
    change = versions.update(here, CONTEXT)
    assert change.is_change
    assert text(here) == "5"
    assert versions.news(here) == []
    assert not versions.update(here, CONTEXT).is_change
    assert versions.previous(here) == change.before


def test_there_and_back_again(upstream: Upstream, here: Repository) -> None:
    old = versions.commits(here)[-1].hash
    change = versions.go_back(here, old, CONTEXT)
    assert text(here) == "1"
    assert state(here).branch == "master"
    assert [one.title for one in versions.news(here)] == ["Third", "Second"]
    versions.update(here, CONTEXT)
    assert text(here) == "3"
    versions.go_back(here, change.before, CONTEXT)
    assert text(here) == "3"


@pytest.mark.parametrize(
    ("name", "expected", "branch"), [("dev", "dev", "dev"), ("v1.0", "2", ""), ("master", "3", "master")]
)
def test_switching(here: Repository, name: str, expected: str, branch: str) -> None:
    versions.switch(here, name, CONTEXT)
    assert text(here) == expected
    assert state(here).branch == branch
    versions.switch(here, "master", CONTEXT)
    assert text(here) == "3"


def test_a_branch_that_was_left_is_up_to_date_when_one_comes_back(upstream: Upstream, here: Repository) -> None:
    versions.switch(here, "dev", CONTEXT)
    upstream.commit("Fourth", branch="master", webui_py="4\n")
    versions.refresh(here, CONTEXT)
    versions.switch(here, "master", CONTEXT)
    assert text(here) == "4"


@pytest.mark.parametrize("name", ["", "nothing", "-f", "--help", "HEAD~99", "master..dev", "0" * 40])
def test_what_there_is_not(here: Repository, name: str) -> None:
    before = state(here)
    with pytest.raises(BadRequest):
        versions.switch(here, name, CONTEXT)
    assert state(here) == before


def test_own_changes_stay_where_they_do_not_matter(upstream: Upstream, here: Repository) -> None:
    (here.folder / "settings.bat").write_text("set A=--xformers\n")
    (here.folder / "mine.txt").write_text("mine")
    upstream.commit("Fourth", webui_py="4\n")
    versions.update(here, CONTEXT)
    assert text(here) == "4"
    assert text(here, "settings.bat") == "set A=--xformers"
    versions.go_back(here, versions.previous(here), CONTEXT)
    assert text(here, "settings.bat") == "set A=--xformers"
    assert [(one.path, one.kind) for one in state(here).changed] == [("settings.bat", "changed"), ("mine.txt", "new")]


def test_own_changes_in_the_way_are_put_aside_and_taken_back(upstream: Upstream, here: Repository) -> None:
    (here.folder / "webui.py").write_text("mine\n")
    (here.folder / "新 file.txt").write_text("new")
    upstream.commit("Fourth", settings_bat="set B=\n", webui_py="4\n")
    with pytest.raises(GitError) as caught:
        versions.update(here, CONTEXT)
    assert caught.value.kind == "dirty"
    assert text(here) == "mine"
    stash = versions.put_aside(here, "before 更新", CONTEXT)
    assert stash is not None
    assert [one.name for one in by_hand.stashes(here)] == ["before 更新"]
    assert text(here, "新 file.txt") == "new"  # it was in nobody's way
    versions.update(here, CONTEXT)
    with pytest.raises(GitError) as caught:
        by_hand.take_back(here, stash, CONTEXT)
    assert caught.value.kind == "conflict"
    assert text(here) == "4"
    assert state(here).dirty == ()
    assert by_hand.stashes(here) == [stash]
    versions.go_back(here, versions.previous(here), CONTEXT)
    by_hand.take_back(here, stash, CONTEXT)
    assert text(here) == "mine"
    assert text(here, "新 file.txt") == "new"
    assert by_hand.stashes(here) == []


def test_new_files_in_the_way_are_put_aside(upstream: Upstream, here: Repository, places: Places) -> None:
    """Also those that Git ignores, and would write over without asking."""
    (here.folder / ".git" / "info").mkdir(exist_ok=True)
    (here.folder / ".git" / "info" / "exclude").write_text("*.csv\n")
    (here.folder / "styles.csv").write_text("mine")
    upstream.commit("Fourth", styles_csv="theirs")
    with pytest.raises(GitError) as caught:
        versions.update(here, CONTEXT)
    assert caught.value.kind == "in_the_way"
    assert text(here, "styles.csv") == "mine"
    [problem] = git_problems.problems(here)
    assert (problem.kind.key, problem.details) == ("dirty", "in the way: styles.csv")
    git_problems.mend(here, problem, places, CONTEXT)
    versions.update(here, CONTEXT)
    assert text(here, "styles.csv") == "theirs"
    [stash] = by_hand.stashes(here)
    with pytest.raises(GitError) as caught:
        by_hand.take_back(here, stash, CONTEXT)
    assert text(here, "styles.csv") == "theirs"
    versions.go_back(here, versions.previous(here), CONTEXT)
    by_hand.take_back(here, stash, CONTEXT)
    assert text(here, "styles.csv") == "mine"


@pytest.mark.parametrize("back", [versions.go_back, versions.switch])
def test_going_back_writes_over_nothing_that_git_ignores(upstream: Upstream, here: Repository, back: Any) -> None:
    old = upstream.commit("Fourth", notes_txt="theirs")
    git(upstream.work, "rm", "--quiet", "notes.txt")
    upstream.save("Fifth")
    versions.update(here, CONTEXT)
    (here.folder / ".git" / "info").mkdir(exist_ok=True)
    (here.folder / ".git" / "info" / "exclude").write_text("notes.txt\n")
    (here.folder / "notes.txt").write_text("mine")
    with pytest.raises(GitError) as caught:
        back(here, old, CONTEXT)
    assert caught.value.kind == "in_the_way"
    assert text(here, "notes.txt") == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_folder_that_became_a_link_is_nothing_changed(upstream: Upstream, here: Repository, tmp_path: Path) -> None:
    """Models on another disk: Git takes their placeholder for deleted, and would make a folder of the link."""
    upstream.commit("Fourth", models__put_txt="put models here", webui_py="4\n")
    versions.update(here, CONTEXT)
    shutil.rmtree(here.folder / "models")
    (tmp_path / "disk").mkdir()
    (here.folder / "models").symlink_to(tmp_path / "disk", target_is_directory=True)
    assert state(here).dirty == ()
    assert versions.put_aside(here, "nothing", CONTEXT) is None
    (here.folder / "webui.py").write_text("mine\n")
    assert versions.put_aside(here, "something", CONTEXT) is not None
    assert text(here) == "4"
    versions.go_back(here, versions.previous(here), CONTEXT)
    assert (here.folder / "models").is_symlink()


def test_changes_in_the_middle_of_a_merge_are_kept_as_a_commit(upstream: Upstream, here: Repository) -> None:
    (here.folder / "webui.py").write_text("own\n")
    git(here.folder, "commit", "--quiet", "-am", "Own work")
    upstream.commit("Fourth", webui_py="4\n")
    versions.refresh(here, CONTEXT)
    with pytest.raises(GitError):
        here.run("merge", "origin/master")
    (here.folder / "webui.py").write_text("both\n")
    kept = by_hand.keep(here)
    assert git(here.folder, "show", f"{kept}:webui.py") == "both"
    assert state(here).unfinished == "merge"
    assert by_hand.is_known(here, kept, [kept])
    assert not by_hand.is_known(here, kept, ["HEAD", "origin/master"])


def test_nothing_to_put_aside(here: Repository) -> None:
    assert versions.put_aside(here, "nothing", CONTEXT) is None


def test_taking_back_does_not_write_over_changes(here: Repository) -> None:
    (here.folder / "webui.py").write_text("one\n")
    stash = versions.put_aside(here, "one", CONTEXT)
    assert stash is not None
    (here.folder / "webui.py").write_text("two\n")
    with pytest.raises(GitError) as caught:
        by_hand.take_back(here, stash, CONTEXT)
    assert caught.value.kind == "dirty"
    assert text(here) == "two"


def test_own_commits_are_never_lost(upstream: Upstream, here: Repository) -> None:
    (here.folder / "webui.py").write_text("own\n")
    git(here.folder, "commit", "--quiet", "-am", "Own work")
    own = git(here.folder, "rev-parse", "HEAD")
    upstream.commit("Fourth", webui_py="4\n")
    with pytest.raises(GitError) as caught:
        versions.update(here, CONTEXT)
    assert caught.value.kind == "diverged"
    versions.follow_origin(here, CONTEXT)
    assert text(here) == "4"
    assert own in git(here.folder, "branch", "--list", "studio-backup/*", "--format=%(objectname)")
    assert {one.name for one in versions.branches(here)} == {"master", "dev"}


def test_history_written_anew(upstream: Upstream, here: Repository) -> None:
    upstream.rewrite("Third, better", webui_py="3b\n")
    with pytest.raises(GitError) as caught:
        versions.update(here, CONTEXT)
    assert caught.value.kind == "diverged"
    versions.follow_origin(here, CONTEXT)
    assert text(here) == "3b"


def test_a_detached_head_returns(upstream: Upstream, here: Repository) -> None:
    versions.switch(here, "v1.0", CONTEXT)
    with pytest.raises(GitError) as caught:
        versions.update(here, CONTEXT)
    assert caught.value.kind == "detached"
    versions.reattach(here, CONTEXT)
    assert state(here).branch == "master"
    assert text(here) == "3"
    git(here.folder, "checkout", "--quiet", "--detach", "origin/dev")
    versions.reattach(here, CONTEXT)
    assert state(here).branch == "dev"


def test_work_on_a_detached_head_is_kept(here: Repository) -> None:
    git(here.folder, "checkout", "--quiet", "--detach", "HEAD")
    (here.folder / "webui.py").write_text("lost?\n")
    git(here.folder, "commit", "--quiet", "-am", "On nothing")
    own = git(here.folder, "rev-parse", "HEAD")
    versions.reattach(here, CONTEXT)
    assert own in git(here.folder, "for-each-ref", "--format=%(objectname)", "refs/heads/studio-backup")


def test_a_merge_is_aborted(upstream: Upstream, here: Repository) -> None:
    (here.folder / "webui.py").write_text("own\n")
    git(here.folder, "commit", "--quiet", "-am", "Own work")
    upstream.commit("Fourth", webui_py="4\n")
    with pytest.raises(AssertionError, match="CONFLICT"):
        git(here.folder, "pull", "--no-rebase")
    assert state(here).unfinished == "merge"
    assert [one.kind for one in state(here).dirty] == ["conflict"]
    with pytest.raises(GitError) as caught:
        versions.update(here, CONTEXT)
    assert caught.value.kind == "merge"
    versions.abort(here, CONTEXT)
    assert state(here).unfinished == ""
    assert text(here) == "own"


def test_a_shallow_clone_deepens_when_it_must(upstream: Upstream, tmp_path: Path) -> None:
    here = cloned(upstream, tmp_path / "shallow", "--depth=1")
    assert state(here).is_shallow
    upstream.commit("Fourth", webui_py="4\n")
    versions.update(here, CONTEXT)
    assert text(here) == "4"
    assert state(here).is_shallow
    versions.deepened(here, CONTEXT)
    assert not state(here).is_shallow
    assert len(versions.commits(here)) == 4
    versions.switch(here, "dev", CONTEXT)
    assert text(here) == "dev"


def test_a_shallow_clone_fetches_a_version_it_does_not_know(upstream: Upstream, tmp_path: Path) -> None:
    here = cloned(upstream, tmp_path / "shallow", "--depth=1")
    old = git(upstream.work, "rev-parse", "HEAD~2")
    versions.go_back(here, old, CONTEXT)
    assert text(here) == "1"
    again = cloned(upstream, tmp_path / "again", "--depth=1")
    versions.switch(again, "dev", CONTEXT)
    assert text(again) == "dev"


def test_another_origin(upstream: Upstream, here: Repository, tmp_path: Path) -> None:
    with pytest.raises(GitError) as caught:
        versions.set_origin(here, (tmp_path / "nowhere").as_uri(), CONTEXT)
    assert caught.value.kind == "gone"
    assert state(here).remote == upstream.url
    moved = upstream.bare.rename(tmp_path / "moved 到这里.git")
    versions.set_origin(here, str(moved), CONTEXT)
    versions.update(here, CONTEXT)
    assert state(here).remote == str(moved)


def test_submodules_follow_the_version(upstream: Upstream, here: Repository, tmp_path: Path) -> None:
    part = Upstream(tmp_path / "part")
    part.commit("Part 1", part_py="1\n")
    git(upstream.work, "submodule", "--quiet", "add", part.url, "parts/one")
    upstream.save("With a part")
    versions.update(here, CONTEXT)
    assert text(here, "parts/one/part.py") == "1"
    part.commit("Part 2", part_py="2\n")
    git(upstream.work / "parts" / "one", "pull", "--quiet", "origin", "master")
    upstream.save("Newer part")
    change = versions.update(here, CONTEXT)
    assert text(here, "parts/one/part.py") == "2"
    versions.go_back(here, change.before, CONTEXT)
    assert text(here, "parts/one/part.py") == "1"
    assert state(here).missing_submodules == ()


def test_a_branch_that_was_deleted_there(upstream: Upstream, here: Repository) -> None:
    versions.switch(here, "dev", CONTEXT)
    git(upstream.bare, "branch", "-D", "dev")
    with pytest.raises(GitError) as caught:
        versions.update(here, CONTEXT)
    assert caught.value.kind == "no_upstream"
    assert text(here) == "dev"
    versions.switch(here, "master", CONTEXT)
