"""Snapshots: taken, compared, restored whole or in parts, read from the web UI's own lists."""

import json
from pathlib import Path

import pytest
import wheel_world
from change_world import ChangeWorld
from git_world import git

from studio.core.errors import FileProblem, UnknownName
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import install_state, launch_options, operations, packages, snapshots, transactions
from studio.launcher.install_state import InstallState
from studio.launcher.snapshots import Snapshot


@pytest.fixture
def world(tmp_path: Path, places: Places, base_venv: Path) -> ChangeWorld:
    world = ChangeWorld(tmp_path / "世界", places, base_venv)
    for version in ("1.0", "2.0"):
        wheel_world.wheel(world.wheels, "painter", version)
    wheel_world.wheel(world.wheels, "brush", "1.0")
    pip(world, "install", "painter==1.0")
    sketch = world.extension("sketch")
    run(world, operations.install_extension(sketch.url, name="sketch"))
    return world


def pip(world: ChangeWorld, *arguments: str) -> None:
    wheel_world.pip(world.install.venv, *arguments, env=world.around.base)


def run(world: ChangeWorld, change: transactions.Change) -> transactions.Finished:
    return transactions.run(world.install, change, world.around, JobContext(), probes=False)


def take(world: ChangeWorld, title: str = "") -> Snapshot:
    return snapshots.take(world.install, world.places, world.around.git_env(world.install), title)


def now(world: ChangeWorld) -> InstallState:
    return install_state.look(world.install, world.places, world.around.git_env(world.install))


def change_everything(world: ChangeWorld) -> None:
    """Another version, another extension, other settings, other packages."""
    world.publish()
    run(world, operations.update())
    run(world, operations.install_extension(world.extension("oils").url, name="oils"))
    run(world, operations.enable_extensions({"sketch": False}))
    settings = world.settings() | {"own": "新"}
    (world.install.folder / "config.json").write_text(json.dumps(settings), "utf-8")
    pip(world, "install", "painter==2.0", "brush==1.0")


def parts(world: ChangeWorld, before: Snapshot) -> set[tuple[str, str]]:
    found = snapshots.compare(before.state, now(world), world.places, world.install)
    return {(one.part, one.name) for one in found}


def test_everything_comes_back(world: ChangeWorld) -> None:
    before = take(world, "good one")
    change_everything(world)
    assert parts(world, before) == {
        ("versions", ""),
        ("versions", "extensions/oils"),
        ("extensions", "oils"),
        ("enabled", "sketch"),
        ("settings", "config.json: own"),
        ("settings", "config.json: disabled_extensions"),
        ("packages", "painter"),
        ("packages", "brush"),
    }
    run(world, operations.restore(snapshots.find(world.places, world.install.key, "good one")))
    assert parts(world, before) == {
        ("versions", "extensions/oils"),  # stays, switched off
        ("extensions", "oils"),
        ("settings", "config.json: disabled_extensions"),
    }
    assert world.settings() == {"outdir_samples": "", "own": "值", "disabled_extensions": ["oils"]}
    assert wheel_world.versions(world.install.venv)["painter"] == "1.0"
    assert world.starts()


@pytest.mark.parametrize("part", ["versions", "enabled", "settings", "packages"])
def test_a_part_comes_back_alone(world: ChangeWorld, part: str) -> None:
    before = take(world)
    change_everything(world)
    differ = parts(world, before)
    run(world, operations.restore(before, [part]))
    gone = differ - parts(world, before)
    expected = {
        "versions": {("versions", "")},
        "enabled": {("enabled", "sketch")},
        "settings": {
            ("settings", "config.json: own"),
            ("enabled", "sketch"),
            ("settings", "config.json: disabled_extensions"),
        },
        "packages": {("packages", "painter"), ("packages", "brush")},
    }
    assert gone == expected[part]


def test_an_extension_that_is_gone_is_fetched_again_at_its_commit(world: ChangeWorld) -> None:
    folder = world.install.folder / "extensions" / "sketch"
    first = git(folder, "rev-parse", "HEAD")
    before = take(world)
    run(world, operations.uninstall_extension("sketch"))
    assert not folder.exists()
    run(world, operations.restore(before, ["extensions", "versions"]))
    assert git(folder, "rev-parse", "HEAD") == first
    assert git(folder, "status", "--porcelain") == ""


def test_changes_by_hand_come_back_and_later_ones_are_kept_beside(world: ChangeWorld) -> None:
    script = world.install.folder / "webui-user.sh"
    script.write_text("# first\n", "utf-8")
    before = take(world)
    script.write_text("# second\n", "utf-8")
    run(world, operations.restore(before, ["versions"]))
    assert script.read_text("utf-8") == "# first\n"
    assert "SD Studio: before going back" in git(world.install.folder, "stash", "list")
    assert git(world.install.folder, "show", "stash@{0}:webui-user.sh") == "# second"


def test_packages_come_back_without_any_index(world: ChangeWorld) -> None:
    before = operations.take_snapshot(world.install, world.around, JobContext())
    pip(world, "install", "painter==2.0")
    for path in world.wheels.glob("*.whl"):
        path.unlink()
    run(world, operations.restore(before, ["packages"]))
    assert wheel_world.versions(world.install.venv)["painter"] == "1.0"


def test_the_same_version_of_other_files_is_told(world: ChangeWorld) -> None:
    before = take(world)
    wheel_world.wheel(world.wheels, "painter", "1.0", files={"painter/__init__.py": "other = 1\n"})
    pip(world, "install", "--force-reinstall", "--no-cache-dir", "painter==1.0")
    assert parts(world, before) == {("packages", "painter")}


def test_options_of_the_start_belong_to_a_state(world: ChangeWorld) -> None:
    before = take(world)
    launch_options.save(world.places, world.install.key, launch_options.LaunchOptions(port=7999))
    assert ("settings", "studio/options.json: port") in parts(world, before)
    launch_options.save(world.places, world.install.key, launch_options.LaunchOptions())
    middle = take(world)
    launch_options.save(world.places, world.install.key, launch_options.LaunchOptions(port=7999))
    run(world, operations.restore(middle, ["settings"]))
    assert launch_options.load(world.places, world.install.key).port == 0


def test_snapshots_are_listed_found_and_deleted_with_their_copies(world: ChangeWorld) -> None:
    one = take(world, "one")
    (world.install.folder / "config.json").write_text('{"only": "here"}', "utf-8")
    two = take(world, "two")
    listed = [each.id for each in snapshots.snapshots(world.places, world.install.key)]
    assert listed[:2] == [two.id, one.id]
    assert snapshots.find(world.places, world.install.key, "two") == two
    copy = install_state.copy_of(two.state.files["config.json"], world.places, world.install)
    assert copy.is_file()
    snapshots.forget(world.places, world.install.key, two.id)
    assert not copy.exists()
    assert install_state.copy_of(one.state.files["config.json"], world.places, world.install).is_file()
    with pytest.raises(UnknownName):
        snapshots.find(world.places, world.install.key, two.id)


def test_a_list_of_the_web_uis_own(world: ChangeWorld, tmp_path: Path) -> None:
    folder = world.install.folder / "extensions" / "sketch"
    first = git(folder, "rev-parse", "HEAD")
    state = {
        "created_at": 1700000000.5,
        "name": "Backup (pre-update) 备份",
        "webui": {"remote": world.upstream.url, "commit_hash": world.first, "commit_date": 1, "branch": "master"},
        "extensions": {
            "sketch": {
                "name": "sketch", "path": str(folder), "enabled": False, "is_builtin": False,
                "remote": "u", "commit_hash": first, "commit_date": 1, "branch": "master",
            },
            "pocket-networks": {"name": "pocket-networks", "enabled": True, "is_builtin": True, "commit_hash": None},
            "../../evil": {"enabled": True, "is_builtin": False, "remote": "x", "commit_hash": first},
        },
    }  # fmt: skip
    path = tmp_path / "2024.json"
    path.write_text(json.dumps(state), "utf-8")
    made = snapshots.import_config_state(path, world.install, world.places)
    assert made.at == 1700000000.5
    assert made.title == "Backup (pre-update) 备份"
    assert made.state.packages is None
    assert {head.folder: head.commit for head in made.state.heads} == {"": world.first, "extensions/sketch": first}
    world.publish()
    run(world, operations.update())
    run(world, operations.restore(made, ["versions", "enabled"]))
    assert git(world.install.folder, "rev-parse", "HEAD") == world.first
    assert world.settings()["disabled_extensions"] == ["sketch"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"extensions": 3}', '{"webui": {}}', '{"extensions": {"a": 1}}'])
def test_what_is_no_such_list(world: ChangeWorld, tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    with pytest.raises(FileProblem):
        snapshots.read_config_state(path, world.install)


def test_nothing_differs_from_itself(world: ChangeWorld) -> None:
    assert parts(world, take(world)) == set()
    assert packages.leftovers(packages.site_packages(world.install.venv)) == []


def test_the_same_version_with_other_content_comes_back_as_it_was(world: ChangeWorld) -> None:
    """Packages from two commits often have one version."""
    module = packages.site_packages(world.install.venv) / "clip.py"
    taken = []
    for text in ("one", "two"):
        wheel_world.wheel(world.wheels, "clip", "1.0", files={"clip.py": f"said = {text!r}\n"})
        pip(world, "install", "--force-reinstall", "clip")
        taken.append(operations.take_snapshot(world.install, world.around, JobContext()))
    for path in world.wheels.glob("*.whl"):
        path.unlink()
    for snapshot, text in zip(taken, ("one", "two"), strict=True):
        run(world, operations.restore(snapshot, ["packages"]))
        assert module.read_text("utf-8") == f"said = {text!r}\n"
