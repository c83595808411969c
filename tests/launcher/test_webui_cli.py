"""`python main.py webui ...` as a person uses it: a story in processes of their own, told in JSON."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import wheel_world
from change_world import ChangeWorld
from git_world import git
from standin_world import free_port

from studio.core.paths import ROOT, Places
from studio.core.settings import Settings
from studio.launcher import launch_options
from studio.launcher.launch_options import LaunchOptions


class Terminal:
    """Runs commands where a world's web UI is the only one."""

    def __init__(self, world: ChangeWorld) -> None:
        self.world = world
        self.env = {**os.environ, **dict(world.around.base or {}), "STUDIO_HOME": str(world.places.home)}
        self.env = {name: value for name, value in self.env.items() if not name.startswith("PYTEST")}

    def begin(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command."""
        program = "import sys; from studio import cli; sys.exit(cli.main(sys.argv[1:]))"
        command = [sys.executable, "-c", program, "webui", *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command prints; its exit code is the one expected."""
        process = self.begin(*arguments)
        out, errors = process.communicate(timeout=120)
        assert process.returncode == code, f"{arguments}: {out}\n{errors}"
        self.errors = errors
        return out

    def ask(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """What a command prints with --json."""
        json_flag = [] if "--json" in arguments else ["--json"]
        return json.loads(self.run(*arguments, *json_flag, code=code))


@pytest.fixture
def terminal(tmp_path: Path, places: Places, base_venv: Path) -> Terminal:
    world = ChangeWorld(tmp_path / "故 事", places, base_venv)
    launch_options.save(places, world.install.key, LaunchOptions(port=free_port(), open_browser=False))
    return Terminal(world)


def test_the_story_of_a_web_ui(terminal: Terminal) -> None:
    world = terminal.world
    assert [row["running"] for row in terminal.ask("status")["webuis"]] == [False]
    taken = terminal.ask("snapshot", "take", "before all")
    started = terminal.ask("start", "--detach")
    try:
        assert started["url"].startswith("http://127.0.0.1:")
        assert terminal.ask("status")["webuis"][0]["url"] == started["url"]
        assert "is running" in terminal_errors(terminal, "update")
    finally:
        assert terminal.ask("stop")["stopped"]
    assert not terminal.ask("stop")["stopped"]

    sketch = world.extension("sketch")
    assert terminal.ask("extensions", "install", sketch.url, "--name", "sketch")["status"] == "done"
    sketch.commit("Second", readme_md="2")
    updated = terminal.ask("extensions", "update", "--no-probe")["extensions"]
    assert [(row["name"], row["from"] != row["to"]) for row in updated] == [("sketch", True)]
    terminal.run("extensions", "disable", "sketch")
    rows = {row["name"]: row for row in terminal.ask("extensions")["extensions"]}
    assert not rows["sketch"]["is_enabled"]
    assert world.settings()["disabled_extensions"] == ["sketch"]

    world.publish("Broken", fault="socket_options")
    failed = terminal.ask("update", code=2)
    assert failed["status"] == "taken back"
    assert failed["diagnoses"][0]["evidence"]
    assert git(world.install.folder, "rev-parse", "HEAD") == world.first
    good = world.publish("Good")
    assert terminal.ask("update")["to"] == good
    assert [row["title"] for row in terminal.ask("versions")["commits"]][:1] == ["Good"]
    parts = {one["part"] for one in terminal.ask("snapshot", "compare", taken["id"])["differences"]}
    assert parts == {"versions", "extensions", "settings"}
    terminal.run("rollback", "--no-probe")
    assert git(world.install.folder, "rev-parse", "HEAD") == world.first
    statuses = [(row["kind"], row["status"]) for row in terminal.ask("journal")["changes"]]
    assert statuses[:3] == [("rollback", "done"), ("update", "reverted"), ("update", "undone")]
    terminal.run("restore", taken["id"], "--no-probe")
    assert world.settings()["disabled_extensions"] == ["sketch"]  # a snapshot does not know it: it is switched off


def test_a_start_takes_further_arguments(terminal: Terminal) -> None:
    port = free_port()
    started = terminal.ask("start", "--json", "--detach", "--", "--port", str(port), "--theme=dark")
    try:
        assert started["url"] == f"http://127.0.0.1:{port}"
        log = Path(started["log"]).read_text("utf-8")
        assert "--theme=dark" in log
        assert " -- " not in log
        assert "is running" in terminal_errors(terminal, "remove", terminal.world.install.key, "--yes")
    finally:
        assert terminal.ask("stop")["stopped"]


def terminal_errors(terminal: Terminal, *arguments: str) -> str:
    terminal.run(*arguments, code=2)
    return terminal.errors


def test_ctrl_c_stops_what_is_followed(terminal: Terminal) -> None:
    process = terminal.begin("start")
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Ready: "):
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert not terminal.ask("status")["webuis"][0]["running"]


def test_ctrl_c_takes_a_change_back(terminal: Terminal) -> None:
    world = terminal.world
    slow = world.extension("slow", "import time\nprint('begun', flush=True)\ntime.sleep(60)\n")
    process = terminal.begin("extensions", "install", slow.url, "--name", "slow")
    ends = time.monotonic() + 60
    while not (world.install.folder / "extensions" / "slow").exists() and time.monotonic() < ends:
        time.sleep(0.1)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert not (world.install.folder / "extensions" / "slow").exists()
    assert terminal.ask("journal")["changes"][0]["status"] == "undone"


def test_a_log_is_explained(terminal: Terminal, tmp_path: Path) -> None:
    log = tmp_path / "日志.txt"
    log.write_text(
        "Python 3.10.6\nRuntimeError: CUDA error: no kernel image is available for execution on the device\n"
    )
    found = terminal.ask("diagnose", str(log), "--report", str(tmp_path / "report.txt"))["diagnoses"]
    assert found[0]["rule"]
    assert (tmp_path / "report.txt").is_file()
    terminal.run("diagnose", str(tmp_path / "none"), code=2)


def test_check_and_repair(terminal: Terminal) -> None:
    site = next(terminal.world.install.venv.glob("lib/python3*/site-packages"))
    (site / "~ainter").mkdir()
    found = terminal.ask("check")["environment"]
    assert "leftovers" in {one["id"] for one in found}
    assert terminal.ask("repair", "--dry-run")["status"] == "planned"
    assert (site / "~ainter").exists()


def test_changes_by_hand_are_put_aside_and_applied_again(terminal: Terminal) -> None:
    script = terminal.world.install.folder / "webui-user.sh"
    script.write_text("# mine\n", "utf-8")
    made = terminal.ask("aside", "put", "my", "settings")["stash"]
    assert made["name"] == "my settings"
    assert script.read_text("utf-8") != "# mine\n"
    assert [one["name"] for one in terminal.ask("aside")["stashes"]] == ["my settings"]
    assert "named “other”" in terminal_errors(terminal, "aside", "back", "other")
    assert terminal.ask("aside", "back")["stash"] == made
    assert script.read_text("utf-8") == "# mine\n"
    assert terminal.ask("aside")["stashes"] == []


def test_an_extension_is_examined_and_what_it_may_change_is_allowed(terminal: Terminal) -> None:
    world = terminal.world
    for version in ("1.0", "2.0"):
        wheel_world.wheel(world.wheels, "numpy", version)
    wheel_world.wheel(world.wheels, "counter", "1.0", ["numpy>=2"])
    wheel_world.pip(world.install.venv, "install", "numpy==1.0", env=world.around.base)
    url = world.extension("neu", requirements="counter\n").url
    seen = terminal.ask("extensions", "preview", url)
    assert [one["package"] for one in seen["protected"]] == ["numpy"]
    assert "numpy" in terminal_errors(terminal, "extensions", "install", url, "--name", "neu", "--no-probe")
    assert terminal.ask("extensions", "allow", "neu", "numpy")["allowed"] == ["numpy"]
    assert terminal.ask("extensions", "install", url, "--name", "neu", "--no-probe")["status"] == "done"
    assert wheel_world.versions(world.install.venv)["numpy"] == "2.0"
    assert terminal.ask("extensions", "allow", "neu")["allowed"] == []


def test_installing_adopting_and_removing(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "第二 个"
    url = terminal.world.upstream.url
    made = terminal.ask("install", "a1111", str(folder), "--url", url, "--title", "Second", "--no-environment")
    assert (made["key"], made["title"]) == ("a1111-2", "Second")
    assert "several web UIs" in terminal_errors(terminal, "versions")
    assert terminal.ask("versions", "--webui", "a1111-2")["commit"] == terminal.world.first
    assert terminal.ask("remove", "a1111-2", "--forget")["forgotten"]
    assert (folder / "launch.py").is_file()
    assert terminal.ask("adopt", str(folder))["source"] == "a1111"
    assert Settings.load(terminal.world.around.places.settings).model_folders == (str(folder),)
    key = terminal.ask("status")["webuis"][1]["key"]
    assert terminal.ask("remove", key)["files"] > 5
    assert folder.is_dir()
    assert terminal.ask("remove", key, "--yes")["trash"]
    assert not (folder / "launch.py").exists()
    assert "No web UI was found" in terminal_errors(terminal, "adopt", str(tmp_path))


def test_a_start_that_fails_is_explained(terminal: Terminal) -> None:
    folder = terminal.world.install.folder
    (folder / "standin.json").write_text(json.dumps({"fault": "missing_module"}), "utf-8")
    for arguments in (("start",), ("start", "--detach")):
        text = terminal.run(*arguments, code=2)
        assert "insightface_of_the_stand_in" in text
    log = terminal.ask("diagnose")
    assert log["diagnoses"][0]["rule"] == "missing-module"
    assert log["file"].endswith("webui.log")


def test_an_interrupted_change_is_put_back_by_the_next_command(terminal: Terminal) -> None:
    world = terminal.world
    slow = world.extension("slow", "import time\ntime.sleep(60)\n")
    process = terminal.begin("extensions", "install", slow.url, "--name", "slow")
    folder = world.install.folder / "extensions" / "slow"
    ends = time.monotonic() + 60
    while not folder.exists() and time.monotonic() < ends:
        time.sleep(0.1)
    process.kill()
    process.communicate(timeout=60)
    assert terminal.ask("status")["webuis"][0]["unfinished"] == ["Install the extension slow"]
    assert terminal.ask("extensions", "disable", "pocket-networks")["status"] == "done"
    assert not folder.exists()
    assert [row["status"] for row in terminal.ask("journal")["changes"]] == ["done", "undone"]


def test_progress_is_told_in_lines(terminal: Terminal) -> None:
    terminal.world.publish()
    terminal.run("update")
    lines = terminal.errors.splitlines()
    assert "Fetching the new version ..." in lines
    assert "Trying a start ..." in lines
