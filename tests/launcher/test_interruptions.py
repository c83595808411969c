"""kill -9 at every write of the journal, and between: the next start finds the old or the new state, and it works."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import wheel_world
from change_world import ChangeWorld
from git_world import git

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import (
    findings,
    install_state,
    journal,
    operations,
    packages,
    process_group,
    repair,
    transactions,
    versions,
)
from studio.launcher.state_restore import Restoring
from studio.launcher.transactions import Change

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="fork and SIGKILL")
INSTALLER = (
    "import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pip', 'install', 'helper', 'brush'])\n"
)


@dataclass
class Scene:
    """A world and a change to be made in it; `old` is how it stands before."""

    world: ChangeWorld
    change: Callable[[], Change]
    new_is_there: Callable[[], bool]
    old: dict[str, object]
    prepare: Callable[[], object] = lambda: None
    probes: bool = False
    is_sound: bool = True


def stands(world: ChangeWorld) -> dict[str, object]:
    """Everything that a change could have changed."""
    state = install_state.look(world.install, world.places, world.around.git_env(world.install))
    tree = git(world.install.folder, "status", "--porcelain")
    lines = {one.name: [str(d.path) for d in packages.damages(one)] for one in installed(world)}
    return {
        "heads": {head.folder: (head.commit, head.branch, head.remote) for head in state.heads},
        "extensions": state.extensions,
        "files": state.files,
        "packages": {one.name: (one.version, one.files) for one in state.packages or ()},
        "tree": tree,
        "site": sorted({*state.site} - {"__pycache__"}),
        "damages": {name: found for name, found in lines.items() if found},
        "leftovers": packages.leftovers(packages.site_packages(world.install.venv)),
    }


def installed(world: ChangeWorld) -> list[packages.Package]:
    return packages.installed(packages.site_packages(world.install.venv))


def updating(world: ChangeWorld) -> Scene:
    (world.upstream.work / "requirements_versions.txt").write_text("painter==2.0\n", "utf-8")
    new = world.publish()
    return Scene(world, operations.update, lambda: git(world.install.folder, "rev-parse", "HEAD") == new, stands(world))


def installing(world: ChangeWorld) -> Scene:
    url = world.extension("sketch", INSTALLER).url
    folder = world.install.folder / "extensions" / "sketch"
    change = operations.install_extension(url, name="sketch")
    return Scene(world, lambda: change, folder.is_dir, stands(world), probes=True)


def repairing(world: ChangeWorld) -> Scene:
    module = packages.site_packages(world.install.venv) / "painter" / "__init__.py"

    def change() -> Change:
        found = findings.findings(world.install, world.around.settings, world.around.machine, found_pythons=())
        return operations.repair_environment(repair.plan([one for one in found if one.check.id == "missing_files"]))

    return Scene(world, change, module.is_file, stands(world), lambda: module.unlink(missing_ok=True))


MAKERS = {"update": updating, "install": installing, "repair": repairing}
WRITES = {"update": 8, "install": 10, "repair": 6}  # only after installing, a start is tried
POINTS = [
    (kind, number, when) for kind in MAKERS for number in range(1, WRITES[kind] + 1) for when in ("before", "after")
]


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory, base_venv: Path) -> Callable[[str], Scene]:
    """One scene a kind, used again as long as it stands as it did."""
    made: dict[str, Scene] = {}

    def scene(kind: str) -> Scene:
        if kind not in made or not made[kind].is_sound:
            folder = tmp_path_factory.mktemp(kind)
            world = ChangeWorld(folder / "世 界", Places(folder / "home"), base_venv)
            for name, version in (
                ("painter", "1.0"),
                ("painter", "2.0"),
                ("helper", "1.0"),
                ("brush", "1.0"),
                ("brush", "2.0"),
            ):
                wheel_world.wheel(world.wheels, name, version)
            env = dict(world.around.base or {})
            wheel_world.pip(world.install.venv, "install", "painter==1.0", "brush==1.0", env=env)
            made[kind] = MAKERS[kind](world)
        return made[kind]

    return scene


def killed(scene: Scene, patch: Callable[[pytest.MonkeyPatch], None], work: Callable[[], object] | None = None) -> int:
    """Do the change (or `work`) in a process that is patched to kill itself; its exit status, 0 if it lived on."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        patch(pytest.MonkeyPatch())
        if work is None:
            transactions.run(
                scene.world.install, scene.change(), scene.world.around, JobContext(), probes=scene.probes, timeout_s=60
            )
        else:
            work()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a child never returns into the tests
        traceback.print_exc()
        os._exit(1)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def at_write(number: int, when: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Kill the process before or after the n-th write of the journal."""
    count = 0
    real = journal.save

    def save(places: Places, entry: journal.Entry) -> None:
        nonlocal count
        count += 1
        if (count, when) == (number, "before"):
            die()
        real(places, entry)
        if (count, when) == (number, "after"):
            die()

    return lambda monkeypatch: monkeypatch.setattr(journal, "save", save)


@pytest.mark.parametrize(("kind", "number", "when"), POINTS)
def test_killed_at_a_write(scenes: Callable[[str], Scene], kind: str, number: int, when: str) -> None:
    scene = scenes(kind)
    scene.is_sound = False
    scene.prepare()
    assert killed(scene, at_write(number, when)) == signal.SIGKILL
    transactions.recover(scene.world.around)
    assert journal.unfinished(scene.world.places, scene.world.install.key) == []
    assert transactions.recover(scene.world.around) == []
    is_last = (number, when) == (WRITES[kind], "after")
    if is_last:
        assert scene.new_is_there()
    else:
        assert stands(scene.world) | {"damages": {}} == scene.old  # what was damaged before may be whole now
    assert scene.world.starts()
    scene.is_sound = not is_last


def at_line(words: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Kill the process when a program of the change writes these words; the program itself goes on."""
    real = transactions.Transaction.log

    def log(self: transactions.Transaction, line: str) -> None:
        if words in line:
            die()
        real(self, line)

    return lambda monkeypatch: monkeypatch.setattr(transactions.Transaction, "log", log)


def in_restoring(step: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Kill the process before a step of the way back."""
    return lambda monkeypatch: monkeypatch.setattr(Restoring, step, lambda _: die())


def recovered(scene: Scene) -> None:
    """What is interrupted is put back, and everything is as it was."""
    transactions.recover(scene.world.around)
    assert journal.unfinished(scene.world.places, scene.world.install.key) == []
    assert stands(scene.world) == scene.old
    assert scene.world.starts()
    scene.is_sound = True


@pytest.mark.parametrize(
    ("kind", "words"), [("update", "Installing collected packages"), ("install", "Installing collected packages")]
)
def test_killed_while_pip_replaces_packages(scenes: Callable[[str], Scene], kind: str, words: str) -> None:
    """The pip that is left behind is ended before anything is put back."""
    scene = scenes(kind)
    scene.is_sound = False
    assert killed(scene, at_line(words)) == signal.SIGKILL
    recovered(scene)
    assert not list(process_group.marked(journal.entries(scene.world.places, scene.world.install.key)[0].mark))


@pytest.mark.parametrize("step", ["extensions", "versions", "settings", "enabled", "packages"])
def test_the_way_back_is_killed_as_well(scenes: Callable[[str], Scene], step: str) -> None:
    scene = scenes("update")
    scene.is_sound = False
    assert killed(scene, at_write(WRITES["update"], "before")) == signal.SIGKILL
    for patch in (in_restoring(step), at_write(2, "before")):
        assert killed(scene, patch, lambda: transactions.recover(scene.world.around)) == signal.SIGKILL
    recovered(scene)


def test_a_checkout_that_was_cut_in_half(scenes: Callable[[str], Scene]) -> None:
    """Git was killed while it wrote files: its lock, new files and changed files are there, the version is the old."""
    scene = scenes("update")
    scene.is_sound = False
    folder = scene.world.install.folder
    (folder / "webui-user.sh").write_text("# changed by hand\n", "utf-8")

    def half(repository: object, context: object) -> None:
        versions.refresh(repository, context)  # type: ignore[arg-type]
        (folder / ".git" / "index.lock").write_bytes(b"")
        (folder / "modules" / "new_in_this.py").write_text(git(folder, "show", "origin/master:modules/new_in_this.py"))
        (folder / "launch.py").write_text("half a fi", "utf-8")
        die()

    assert killed(scene, lambda monkeypatch: monkeypatch.setattr(versions, "update", half)) == signal.SIGKILL
    transactions.recover(scene.world.around)
    assert git(folder, "status", "--porcelain") == "M webui-user.sh"
    assert (folder / "webui-user.sh").read_text("utf-8") == "# changed by hand\n"
    git(folder, "checkout", "webui-user.sh")
    recovered(scene)


@pytest.mark.parametrize("kind", MAKERS)
def test_every_write_is_tried(scenes: Callable[[str], Scene], kind: str) -> None:
    """Run last: there is no write after the last that was tried."""
    scene = scenes(kind)
    scene.is_sound = False
    scene.prepare()
    assert killed(scene, at_write(WRITES[kind] + 1, "before")) == 0
    assert scene.new_is_there()
    assert journal.entries(scene.world.places, scene.world.install.key)[0].status == journal.DONE
    assert scene.world.starts()
