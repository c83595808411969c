"""What an extension would bring is read before anything of it is installed or run."""

import tarfile
from pathlib import Path

import pytest
import wheel_world
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


@pytest.fixture
def full(tmp_path: Path, places: Places, base_venv: Path) -> ChangeWorld:
    """A world with pip and numpy 1.0, and wheels that need others."""
    world = ChangeWorld(tmp_path / "full", places, base_venv)
    wheel_world.wheel(world.wheels, "numpy", "1.0")
    wheel_world.wheel(world.wheels, "numpy", "2.0")
    wheel_world.wheel(world.wheels, "brush", "1.0")
    wheel_world.wheel(world.wheels, "brush", "2.0")
    wheel_world.wheel(world.wheels, "painter", "1.0", ["brush>=2"])
    wheel_world.wheel(world.wheels, "counter", "1.0", ["numpy>=2"])
    wheel_world.pip(world.install.venv, "install", "numpy==1.0", "brush==1.0", env=world.around.base)
    return world


def test_what_wished_packages_need_themselves_is_told_from_their_wheels(full: ChangeWorld) -> None:
    before = wheel_world.versions(full.install.venv)
    cloned(full.extension("old", requirements="brush<2\n"), full.install.folder / "extensions" / "old")
    found = seen(full, full.extension("neu", requirements="painter\n").url)
    assert {(one.name, one.before, one.after) for one in found.planned} == {
        ("painter", "", "1.0"),
        ("brush", "1.0", "2.0"),
    }
    assert (found.unread, found.blocked) == ((), ())
    [conflict] = found.conflicts
    assert (conflict.package, conflict.kind) == ("brush", "among")
    assert dict(conflict.wants) == {"old": "<2", found.name: "==2.0"}
    assert wheel_world.versions(full.install.venv) == before


def test_what_the_shield_would_refuse_deep_down_is_told(full: ChangeWorld) -> None:
    found = seen(full, full.extension("neu", requirements="counter\npainter\nnowhere\n").url)
    assert [(one.package, one.wanted, one.held) for one in found.blocked] == [("numpy", ">=2", "1.0")]
    assert found.unread == ("nowhere",)
    assert {one.name for one in found.planned} == {"painter", "brush"}


def test_what_has_no_wheel_is_not_built_and_told_to_be_unknown(full: ChangeWorld) -> None:
    """To build what a stranger offers would be to run it."""
    mark = full.folder / "it ran"
    source = full.folder / "src" / "sneaky-1.0"
    source.mkdir(parents=True)
    (source / "setup.py").write_text(f"open({str(mark)!r}, 'w')\n", "utf-8")
    (source / "PKG-INFO").write_text("Metadata-Version: 1.0\nName: sneaky\nVersion: 1.0\n", "utf-8")
    with tarfile.open(full.wheels / "sneaky-1.0.tar.gz", "w:gz") as archive:
        archive.add(source, "sneaky-1.0")
    wishes = "sneaky\npainter\ngit+https://example.org/x.git#egg=other\nelse; python_version < '3'\n"
    found = seen(full, full.extension("neu", requirements=wishes).url)
    assert sorted(found.unread) == ["git+https://example.org/x.git#egg=other", "sneaky"]
    assert {one.name for one in found.planned} == {"painter", "brush"}
    assert not mark.exists()
