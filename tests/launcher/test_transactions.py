"""Changes of a web UI: made whole, or taken back whole."""

from pathlib import Path

import pytest
from change_world import ChangeWorld
from git_world import git

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import journal, operations, snapshots, transactions
from studio.launcher.transactions import NotReady


@pytest.fixture
def world(tmp_path: Path, places: Places) -> ChangeWorld:
    return ChangeWorld(tmp_path / "世界", places)


def head(world: ChangeWorld) -> str:
    return git(world.install.folder, "rev-parse", "HEAD")


def test_an_update_that_works_is_kept(world: ChangeWorld) -> None:
    new = world.publish()
    done = transactions.run(world.install, operations.update(), world.around, JobContext())
    assert head(world) == new
    assert done.probed is not None
    assert done.probed.is_ready
    assert done.entry.status == journal.DONE
    assert journal.entries(world.places, world.install.key) == [done.entry]
    assert snapshots.find(world.places, world.install.key, done.entry.before).state.heads[0].commit == world.first
    assert world.starts()


def test_an_update_that_does_not_start_is_taken_back_and_says_why(world: ChangeWorld) -> None:
    world.publish(fault="socket_options")
    (world.install.folder / "webui-user.sh").write_text("# mine\n", "utf-8")
    with pytest.raises(NotReady) as caught:
        transactions.run(world.install, operations.update(), world.around, JobContext())
    assert caught.value.diagnoses
    assert caught.value.diagnoses[0].cause.en in str(caught.value)
    assert head(world) == world.first
    assert git(world.install.folder, "symbolic-ref", "--short", "HEAD") == "master"
    assert (world.install.folder / "webui-user.sh").read_text("utf-8") == "# mine\n"
    assert not (world.install.folder / "modules" / "new_in_this.py").exists()
    assert journal.entries(world.places, world.install.key)[0].status == journal.UNDONE
    assert world.starts()
