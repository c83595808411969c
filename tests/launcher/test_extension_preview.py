"""What an extension would bring is read before anything of it is installed or run."""

from pathlib import Path

import pytest
from change_world import ChangeWorld
from git_world import cloned

from studio.core.errors import Cancelled
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher.extension_preview import Preview, preview
from studio.launcher.git_errors import GitError


@pytest.fixture
def world(tmp_path: Path, places: Places) -> ChangeWorld:
    return ChangeWorld(tmp_path / "世界", places)


def seen(world: ChangeWorld, url: str, **more: str) -> Preview:
    return preview(world.install, world.around, url, JobContext(), **more)


def test_it_is_read_and_nothing_of_it_stays_or_runs(world: ChangeWorld) -> None:
    mark = world.folder / "it ran"
    made = world.extension("neu", install_py=f"open({str(mark)!r}, 'w')\n", requirements="einmal>=1\n")
    before = sorted(world.install.folder.rglob("*"))
    found = seen(world, made.url)
    assert found.wanted.requirements == ["einmal>=1"]
    assert found.has_script
    assert (found.title, found.conflicts, found.missing) == ("First version", (), ())
    assert sorted(world.install.folder.rglob("*")) == before
    assert not mark.exists()


def test_another_branch_is_read(world: ChangeWorld) -> None:
    made = world.extension("neu", requirements="einmal>=1\n")
    made.commit("Other wishes", branch="dev", requirements_txt="zweimal\n")
    assert seen(world, made.url, branch="dev").wanted.requirements == ["zweimal"]


def test_a_conflict_with_another_extension_names_both(world: ChangeWorld) -> None:
    cloned(world.extension("old", requirements="einmal<1\n"), world.install.folder / "extensions" / "old")
    found = seen(world, world.extension("neu", requirements="einmal>=2\n").url)
    (conflict,) = found.conflicts
    assert (conflict.package, conflict.kind) == ("einmal", "among")
    assert dict(conflict.wants) == {"old": "<1", found.name: ">=2"}


def test_conflicts_between_others_are_not_its_own(world: ChangeWorld) -> None:
    for name, line in (("one", "einmal<1\n"), ("two", "einmal>=2\n")):
        cloned(world.extension(name, requirements=line), world.install.folder / "extensions" / name)
    assert seen(world, world.extension("neu", requirements="zweimal\n").url).conflicts == ()


def test_extensions_it_requires_are_told(world: ChangeWorld) -> None:
    made = world.extension("neu")
    (made.work / "metadata.ini").write_text("[Extension]\nName = neu\nRequires = other | third, fourth\n", "utf-8")
    made.save("It needs others")
    cloned(world.extension("third"), world.install.folder / "extensions" / "third")
    assert seen(world, made.url).missing == (("fourth",),)


def test_what_cannot_be_fetched_and_what_is_stopped(world: ChangeWorld) -> None:
    with pytest.raises(GitError):
        seen(world, (world.folder / "nowhere.git").as_uri())
    context = JobContext()
    context.cancel()
    with pytest.raises(Cancelled):
        preview(world.install, world.around, world.extension("neu").url, context)
