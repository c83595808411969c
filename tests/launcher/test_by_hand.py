"""Whatever the user changed by hand outlives changes that are taken back."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from change_world import ChangeWorld
from git_world import git

from studio.core import trash
from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import install_state, operations, transactions
from studio.launcher.git import Repository
from studio.launcher.git_errors import GitError
from studio.launcher.state_restore import Restoring, Undo
from studio.launcher.transactions import Change, Finished, Transaction


@pytest.fixture
def world(tmp_path: Path, places: Places) -> ChangeWorld:
    return ChangeWorld(tmp_path / "世界", places)


def run(world: ChangeWorld, change: Change) -> Finished:
    return transactions.run(world.install, change, world.around, JobContext(), probes=False)


def failing(change: Change) -> Change:
    """A change that is made and then fails."""

    def apply(transaction: Transaction) -> None:
        change.apply(transaction)
        raise StudioError("It failed.")

    return Change(change.kind, apply, change.values)


def stashes(world: ChangeWorld) -> str:
    return git(world.install.folder, "stash", "list")


def merging(folder: Path) -> Path:
    """Let a merge be half resolved there; the file in question."""
    git(folder, "checkout", "--quiet", "-b", "mine")
    (folder / "launch.py").write_text("mine\n", "utf-8")
    git(folder, "commit", "--quiet", "-am", "mine")
    git(folder, "checkout", "--quiet", "master")
    (folder / "launch.py").write_text("theirs\n", "utf-8")
    git(folder, "commit", "--quiet", "-am", "theirs")
    with pytest.raises(AssertionError, match="CONFLICT"):
        git(folder, "merge", "mine")
    (folder / "launch.py").write_text("half resolved\n", "utf-8")
    return folder / "launch.py"


def test_a_failed_update_leaves_changed_files_and_no_stash(world: ChangeWorld) -> None:
    script = world.install.folder / "webui-user.sh"
    script.write_text("# mine\n", "utf-8")
    world.publish()
    with pytest.raises(StudioError, match=r"It failed\."):
        run(world, failing(operations.update()))
    assert git(world.install.folder, "rev-parse", "HEAD") == world.first
    assert script.read_text("utf-8") == "# mine\n"
    assert stashes(world) == ""


@pytest.mark.parametrize("change", [operations.update, lambda: operations.install_extension("file:///nothing.git")])
def test_an_unfinished_merge_is_not_touched(world: ChangeWorld, change: Callable[[], Change]) -> None:
    file = merging(world.install.folder)
    world.publish()
    with pytest.raises(GitError):
        run(world, change())
    assert file.read_text("utf-8") == "half resolved\n"
    assert (world.install.folder / ".git" / "MERGE_HEAD").exists()
    assert git(world.install.folder, "status", "--porcelain") == "UU launch.py"


def test_a_merge_begun_since_then_is_kept_beside(world: ChangeWorld) -> None:
    world.publish()
    run(world, operations.update())
    merging(world.install.folder)
    run(world, operations.rollback(world.install, world.around))
    assert git(world.install.folder, "rev-parse", "HEAD") == world.first
    assert not (world.install.folder / ".git" / "MERGE_HEAD").exists()
    assert git(world.install.folder, "show", "stash@{0}:launch.py") == "half resolved"


def test_an_own_file_where_the_old_version_has_one_goes_to_the_trash(world: ChangeWorld) -> None:
    notes = world.install.folder / "notes.txt"
    (world.upstream.work / "notes.txt").write_text("theirs", "utf-8")
    world.publish("Second version")
    run(world, operations.update())
    git(world.upstream.work, "rm", "--quiet", "notes.txt")
    world.publish("Third version")
    run(world, operations.update())
    notes.write_text("mine", "utf-8")
    run(world, operations.rollback(world.install, world.around))
    assert notes.read_text("utf-8") == "theirs"
    [gone] = trash.contents(world.places)
    assert [item.original for item in gone.items] == [notes]
    assert (gone.folder / gone.items[0].stored).read_text("utf-8") == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
@pytest.mark.parametrize("is_cut_off", [False, True])
def test_a_link_in_place_of_a_folder_stays(world: ChangeWorld, tmp_path: Path, is_cut_off: bool) -> None:
    """Models on another disk; also where a killed Git left files half written, so that they are forced back."""
    folder, disk = world.install.folder, tmp_path / "disk"
    (world.upstream.work / "models").mkdir(exist_ok=True)
    (world.upstream.work / "models" / "Put models here.txt").write_text("", "utf-8")
    world.publish("Second version")
    run(world, operations.update())
    shutil.rmtree(folder / "models")
    disk.mkdir()
    (disk / "dear.safetensors").write_bytes(b"model")
    (folder / "models").symlink_to(disk, target_is_directory=True)
    before = install_state.look(world.install, world.places, world.around.git_env(world.install), keep=True)
    new = world.publish("Third version")
    Repository(folder, world.around.git_env(world.install)).fetch("origin")
    if is_cut_off:
        (folder / "launch.py").write_text("half a fi", "utf-8")
    else:
        git(folder, "merge", "--quiet", "--ff-only", "origin/master")
    Restoring(before, world.install, world.around, JobContext(), Undo((("", new),))).run(["versions"])
    assert (folder / "models").is_symlink()
    assert (folder / "models" / "dear.safetensors").read_bytes() == b"model"
    assert (folder / "launch.py").read_text("utf-8") == (world.upstream.work / "launch.py").read_text("utf-8")
    assert sorted(path.name for path in disk.iterdir()) == ["dear.safetensors"]
