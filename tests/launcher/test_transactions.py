"""Changes of a web UI: made whole, or taken back whole."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import wheel_world
from change_world import FAST, ChangeWorld
from git_world import git
from standin_world import environment, free_port, tell

from studio.core import trash
from studio.core.errors import BadRequest, Cancelled, UnknownName
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import (
    install_state,
    installs,
    journal,
    operations,
    packages,
    process,
    shield,
    snapshots,
    state_restore,
    transactions,
)
from studio.launcher.install import Install
from studio.launcher.operations import ScriptFailed
from studio.launcher.process import Patience
from studio.launcher.shield import ShieldBlocked
from studio.launcher.spawning import AlreadyRunning
from studio.launcher.state_restore import NotRestored
from studio.launcher.transactions import Change, Finished, NotReady

INSTALLER = "import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pip', 'install', {!r}])\n"


@pytest.fixture
def world(tmp_path: Path, places: Places) -> ChangeWorld:
    return ChangeWorld(tmp_path / "世界", places)


@pytest.fixture
def full(tmp_path: Path, places: Places, base_venv: Path) -> ChangeWorld:
    """A world with pip, numpy 1.0 and some wheels."""
    world = ChangeWorld(tmp_path / "full", places, base_venv)
    for name, version in (("numpy", "1.0"), ("numpy", "2.0"), ("painter", "1.0"), ("painter", "2.0")):
        wheel_world.wheel(world.wheels, name, version)
    wheel_world.pip(world.install.venv, "install", "numpy==1.0", env=world.around.base)
    return world


def run(world: ChangeWorld, change: Change, probes: bool | None = False) -> Finished:
    return transactions.run(world.install, change, world.around, JobContext(), probes=probes, timeout_s=60)


def head(world: ChangeWorld) -> str:
    return git(world.install.folder, "rev-parse", "HEAD")


def extension(world: ChangeWorld, name: str) -> Path:
    return world.install.folder / "extensions" / name


def last(world: ChangeWorld) -> journal.Entry:
    return journal.entries(world.places, world.install.key)[0]


# updates


def test_an_update_that_works_is_kept(world: ChangeWorld) -> None:
    new = world.publish()
    done = run(world, operations.update(), None)
    assert head(world) == new
    assert done.probed is not None
    assert done.probed.is_ready
    assert done.entry.status == journal.DONE
    assert journal.entries(world.places, world.install.key) == [done.entry]
    before = snapshots.find(world.places, world.install.key, done.entry.before)
    assert before.state.by_folder[""].commit == world.first
    assert world.starts()


FAULTS = {
    **dict.fromkeys(("missing_module", "socket_options", "numpy2", "torch_no_gpu", "setuptools", "localhost"), 60),
    **dict.fromkeys(("native_crash", "no_words"), 60),
    **dict.fromkeys(("hang", "question"), 6),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_update_that_does_not_start_is_taken_back_and_says_why(world: ChangeWorld, fault: str) -> None:
    world.publish(fault=fault)
    script = world.install.folder / "webui-user.sh"
    script.write_text("# mine\n", "utf-8")
    with pytest.raises(NotReady) as caught:
        transactions.run(world.install, operations.update(), world.around, JobContext(), timeout_s=FAULTS[fault])
    assert caught.value.log
    if FAULTS[fault] == 60:
        causes = [one.cause.en for one in caught.value.diagnoses]
        assert any(cause in str(caught.value) for cause in causes)
    assert head(world) == world.first
    assert git(world.install.folder, "symbolic-ref", "--short", "HEAD") == "master"
    assert script.read_text("utf-8") == "# mine\n"
    assert not (world.install.folder / "modules" / "new_in_this.py").exists()
    assert last(world).status == journal.UNDONE
    assert "does not start" in last(world).why
    assert world.starts()


def test_the_settings_and_the_port_are_not_touched_by_a_trial(world: ChangeWorld) -> None:
    config = world.install.folder / "config.json"
    before = (config.read_bytes(), config.stat().st_mtime_ns)
    world.publish()
    run(world, operations.update(), None)
    assert (config.read_bytes(), config.stat().st_mtime_ns) == before


def test_what_the_new_version_needs_is_installed(full: ChangeWorld) -> None:
    (full.upstream.work / "requirements_versions.txt").write_text("painter==2.0\nnumpy==2.0\n", "utf-8")
    full.publish()
    run(full, operations.update())
    found = wheel_world.versions(full.install.venv)
    assert (found["painter"], found["numpy"]) == ("2.0", "2.0")  # its own requirements are above the shield
    run(full, operations.rollback(full.install, full.around))
    found = wheel_world.versions(full.install.venv)
    assert "painter" not in found
    assert found["numpy"] == "1.0"


def test_switching_and_going_back(world: ChangeWorld) -> None:
    second = world.publish()
    run(world, operations.update())
    assert head(world) == second
    run(world, operations.go_back(world.first))
    assert head(world) == world.first
    assert git(world.install.folder, "symbolic-ref", "--short", "HEAD") == "master"
    run(world, operations.switch(second))
    assert git(world.install.folder, "rev-parse", "--abbrev-ref", "HEAD") == "HEAD"
    run(world, operations.rollback(world.install, world.around))
    assert git(world.install.folder, "symbolic-ref", "--short", "HEAD") == "master"
    with pytest.raises(BadRequest):
        run(world, operations.switch("no-such-version"))
    assert last(world).status == journal.UNDONE


# extensions


def test_an_extension_brings_what_it_needs(full: ChangeWorld) -> None:
    url = full.extension("sketch", INSTALLER.format("painter")).url
    done = run(full, operations.install_extension(url, name="sketch"), None)
    assert done.value == extension(full, "sketch")
    assert wheel_world.versions(full.install.venv)["painter"] == "2.0"
    run(full, operations.rollback(full.install, full.around))
    assert not extension(full, "sketch").exists()
    assert "painter" not in wheel_world.versions(full.install.venv)
    assert trash.contents(full.places)[0].items[0].original == extension(full, "sketch")


def test_requirements_without_a_script_are_installed_as_well(full: ChangeWorld) -> None:
    url = full.extension("sketch", requirements="painter<2\n").url
    run(full, operations.install_extension(url, name="sketch"))
    assert wheel_world.versions(full.install.venv)["painter"] == "1.0"


@pytest.mark.parametrize("how", ["script", "requirements"])
def test_what_the_shield_stops_is_told_and_taken_back(full: ChangeWorld, how: str) -> None:
    wanted = "numpy==2.0"
    made = {"script": {"install_py": INSTALLER.format(wanted)}, "requirements": {"requirements": f"{wanted}\n"}}[how]
    url = full.extension("sketch", **made).url
    with pytest.raises(ShieldBlocked, match="sketch wants numpy"):
        run(full, operations.install_extension(url, name="sketch"))
    assert not extension(full, "sketch").exists()
    assert wheel_world.versions(full.install.venv)["numpy"] == "1.0"
    folder = shield.record_folder(full.install, full.places)
    shield.Shield.load(folder).allow("sketch", ["numpy"]).save(folder)
    run(full, operations.install_extension(url, name="sketch"))
    assert wheel_world.versions(full.install.venv)["numpy"] == "2.0"
    for path in full.wheels.glob("*.whl"):
        path.unlink()
    run(full, operations.rollback(full.install, full.around))  # from what was kept
    assert wheel_world.versions(full.install.venv)["numpy"] == "1.0"


def test_a_package_that_was_broken_before_is_left_as_it_was(full: ChangeWorld) -> None:
    record = next(packages.site_packages(full.install.venv).glob("numpy-*.dist-info"))
    (record / "RECORD").unlink()

    def apply(transaction: transactions.Transaction) -> None:
        raise BadRequest("It failed.")

    with pytest.raises(BadRequest):
        run(full, Change("repair", apply))
    assert record.is_dir()


def test_an_install_script_that_fails(full: ChangeWorld) -> None:
    url = full.extension("sketch", INSTALLER.format("painter") + "raise RuntimeError('no luck')\n").url
    with pytest.raises(ScriptFailed) as caught:
        run(full, operations.install_extension(url, name="sketch"))
    assert "no luck" in caught.value.details
    assert not extension(full, "sketch").exists()
    assert "painter" not in wheel_world.versions(full.install.venv)


def test_updates_of_several_of_which_one_fails(world: ChangeWorld) -> None:
    for name in ("one", "two"):
        run(world, operations.install_extension(world.extension(name).url, name=name))
    one = world.folder / "extension repositories" / "one"
    git(one / "work", "commit", "--quiet", "--allow-empty", "-m", "new")
    git(one / "work", "push", "--quiet", "origin", "master")
    (extension(world, "two") / "scripts" / "two.py").write_text("by hand", "utf-8")
    git(world.folder / "extension repositories" / "two" / "work", "mv", "scripts/two.py", "scripts/two2.py")
    git(world.folder / "extension repositories" / "two" / "work", "commit", "--quiet", "-m", "moved")
    git(world.folder / "extension repositories" / "two" / "work", "push", "--quiet", "origin", "master")
    done = run(world, operations.update_extensions())
    assert [(each.name, each.error is None) for each in done.value] == [("one", True), ("two", False)]  # type: ignore[attr-defined]
    assert (extension(world, "two") / "scripts" / "two.py").read_text("utf-8") == "by hand"
    with pytest.raises(UnknownName):
        run(world, operations.update_extensions(["three"]))


def test_of_several_updates_only_the_one_whose_needs_fail_goes_back(full: ChangeWorld) -> None:
    for name in ("one", "two"):
        run(full, operations.install_extension(full.extension(name).url, name=name))
    for name, wish in (("one", "numpy==2.0"), ("two", "painter==2.0")):
        work = full.folder / "extension repositories" / name / "work"
        (work / "requirements.txt").write_text(f"{wish}\n", "utf-8")
        git(work, "add", "--all")
        git(work, "commit", "--quiet", "-m", "It needs more")
        git(work, "push", "--quiet", "origin", "master")
    before = git(extension(full, "one"), "rev-parse", "HEAD")
    done = run(full, operations.update_extensions())
    errors = {each.name: type(each.error).__name__ for each in done.value}  # type: ignore[attr-defined]
    assert errors == {"one": "ShieldBlocked", "two": "NoneType"}
    assert git(extension(full, "one"), "rev-parse", "HEAD") == before
    assert not (extension(full, "one") / "requirements.txt").exists()
    found = wheel_world.versions(full.install.venv)
    assert (found["painter"], found["numpy"]) == ("2.0", "1.0")
    with pytest.raises(ShieldBlocked):
        run(full, operations.update_extensions(["one"]))


def test_uninstalling_keeps_models_and_comes_back_as_it_was(world: ChangeWorld) -> None:
    run(world, operations.install_extension(world.extension("sketch").url, name="sketch"))
    folder = extension(world, "sketch")
    (folder / "models").mkdir()
    (folder / "models" / "big.safetensors").write_bytes(b"x")
    commit = git(folder, "rev-parse", "HEAD")
    run(world, operations.uninstall_extension("sketch"))
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["big.safetensors"]
    run(world, operations.rollback(world.install, world.around))
    assert git(folder, "rev-parse", "HEAD") == commit
    assert (folder / "models" / "big.safetensors").read_bytes() == b"x"
    with pytest.raises(BadRequest):
        run(world, operations.uninstall_extension("pocket-networks"))


def test_extensions_that_are_switched_by_their_folders_names(tmp_path: Path, places: Places) -> None:
    install = Install("comfyui", tmp_path / "comfy", "comfyui", "ComfyUI")
    for name in ("on", "off.disabled"):
        (install.folder / "custom_nodes" / name).mkdir(parents=True)
    around = ChangeWorld(tmp_path / "w", places).around
    before = install_state.look(install, places, around.git_env(install))
    assert before.extensions == {"off.disabled": False, "on": True}
    change = operations.enable_extensions({"on": False, "off.disabled": True})
    transactions.run(install, change, around, JobContext())
    assert install_state.switches(install) == {"off": True, "on.disabled": False}
    transactions.run(install, operations.rollback(install, around), around, JobContext())
    assert install_state.switches(install) == before.extensions


# going back


def test_going_back_over_several_changes(world: ChangeWorld) -> None:
    first = run(world, operations.install_extension(world.extension("one").url, name="one"))
    world.publish()
    run(world, operations.update())
    run(world, operations.enable_extensions({"one": False}))
    run(world, operations.rollback(world.install, world.around, first.entry.id))
    assert head(world) == world.first
    assert install_state.switches(world.install) == {"pocket-networks": True}
    run(world, operations.rollback(world.install, world.around, last(world).id))  # a way back can be taken back
    assert not install_state.switches(world.install)["one"]
    assert head(world) != world.first
    with pytest.raises(UnknownName):
        operations.rollback(world.install, world.around, "20000101-000000-000")


def test_there_may_be_nothing_to_take_back(world: ChangeWorld) -> None:
    with pytest.raises(BadRequest):
        operations.rollback(world.install, world.around)


def test_each_way_back_goes_one_further(world: ChangeWorld) -> None:
    for name in ("one", "two"):
        run(world, operations.install_extension(world.extension(name).url, name=name))
    run(world, operations.rollback(world.install, world.around))
    assert set(install_state.switches(world.install)) == {"pocket-networks", "one"}
    run(world, operations.rollback(world.install, world.around))
    assert set(install_state.switches(world.install)) == {"pocket-networks"}


# one at a time, stopped, interrupted


@pytest.fixture
def running(world: ChangeWorld) -> Iterator[process.WebUI]:
    tell(world.install, seconds=FAST)
    arguments = ["--port", str(free_port()), "--api", "--api-server-stop"]
    webui = process.start(world.install, arguments, environment(), world.places)
    yield webui
    webui.stop(Patience(1, 1, 1))


def test_nothing_is_changed_while_it_runs(world: ChangeWorld, running: process.WebUI) -> None:
    with pytest.raises(AlreadyRunning):
        run(world, operations.update())
    assert journal.entries(world.places, world.install.key) == []


def test_two_changes_at_once_are_refused(world: ChangeWorld) -> None:
    holder = (
        "import sys\nfrom pathlib import Path\n"
        "from studio.core.paths import Places\nfrom studio.launcher import journal\n"
        f"with journal.locked(Places(Path({str(world.places.home)!r})), {world.install.key!r}):\n"
        "    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(journal.Busy):
            run(world, operations.update())
        entry = journal.new(world.install.key, "update", "Update the web UI", {}, "x")
        journal.save(world.places, entry)
        assert transactions.recover(world.around) == []  # that change is the other's
        other.kill()
    assert journal.load(world.places, world.install.key, entry.id) == entry


def test_a_change_that_is_cancelled_is_taken_back(full: ChangeWorld) -> None:
    url = full.extension("slow", INSTALLER.format("painter") + "import time\ntime.sleep(60)\n").url
    context = JobContext()

    def report(name: str, value: object) -> None:
        if isinstance(value, transactions.Line) and "Successfully installed" in value.text:
            context.cancel()

    context.report = report
    with pytest.raises(Cancelled):
        transactions.run(full.install, operations.install_extension(url, name="slow"), full.around, context)
    assert not extension(full, "slow").exists()
    assert "painter" not in wheel_world.versions(full.install.venv)
    assert last(full).status == journal.UNDONE


def test_what_cannot_be_brought_back_is_told_tried_again_and_given_up(
    full: ChangeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise BadRequest("The disk is on fire.")

    def apply(transaction: transactions.Transaction) -> None:
        (transaction.install.folder / "config.json").write_text("{}", "utf-8")
        raise BadRequest("It failed.")

    with monkeypatch.context() as patch:
        patch.setattr(state_restore, "write_atomically", broken)
        with pytest.raises(NotRestored, match="on fire"):
            run(full, Change("repair", apply))
        assert last(full).status == journal.UNDOING
        with pytest.raises(NotRestored):
            transactions.recover(full.around)
    assert full.settings() == {}
    assert [one.status for one in transactions.recover(full.around)] == [journal.UNDONE]
    assert full.settings()["own"] == "值"
    with monkeypatch.context() as patch:
        patch.setattr(state_restore, "write_atomically", broken)
        with pytest.raises(NotRestored):
            run(full, Change("repair", apply))
        for _ in range(2):
            with pytest.raises(NotRestored):
                transactions.recover(full.around)
        assert last(full).status == journal.STUCK
        assert transactions.recover(full.around) == []


def test_old_entries_go_with_their_snapshots(world: ChangeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "KEPT", 3)
    by_hand = snapshots.take(world.install, world.places, world.around.git_env(world.install), "mine")
    for number in range(6):
        run(world, operations.enable_extensions({"pocket-networks": bool(number % 2)}))
    assert len(journal.entries(world.places, world.install.key)) == 3
    kept = snapshots.snapshots(world.places, world.install.key)
    assert len(kept) == 4
    assert by_hand in kept


def test_the_environment_itself_comes_back(full: ChangeWorld) -> None:
    before = install_state.look(full.install, full.places, {}).packages

    def apply(transaction: transactions.Transaction) -> None:
        trash.discard([full.install.venv], full.places)
        (full.install.venv / "bin").mkdir(parents=True)
        raise BadRequest("It failed.")

    with pytest.raises(BadRequest):
        run(full, Change("repair", apply))
    assert install_state.look(full.install, full.places, {}).packages == before
    assert packages.leftovers(packages.site_packages(full.install.venv)) == []
    assert wheel_world.versions(full.install.venv)["numpy"] == "1.0"


def test_a_journal_that_is_damaged_is_passed_over(world: ChangeWorld) -> None:
    folder = install_state.folder(world.places, world.install.key) / "journal"
    folder.mkdir(parents=True)
    (folder / "20200101-000000-000.json").write_text('{"id": ', "utf-8")
    (folder / "20200102-000000-000.json").write_text(json.dumps({"id": "x"}), "utf-8")
    assert journal.entries(world.places, world.install.key) == []
    assert transactions.recover(world.around) == []


def test_settings_too_large_to_be_kept_are_left_alone(world: ChangeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install_state, "MAX_FILE_BYTES", 10)

    def apply(transaction: transactions.Transaction) -> None:
        raise BadRequest("It failed.")

    with pytest.raises(BadRequest):
        run(world, Change("repair", apply))
    assert world.settings()["own"] == "值"


def test_a_web_ui_that_comes_after_another_has_a_history_of_its_own(world: ChangeWorld, tmp_path: Path) -> None:
    run(world, operations.enable_extensions({"pocket-networks": False}))
    installs.forget(world.places, world.install.key)
    other = ChangeWorld(tmp_path / "other", world.places).install
    assert other.key != world.install.key
    assert journal.entries(world.places, other.key) == []
