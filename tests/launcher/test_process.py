"""The web UI's process against the stand-in: started, ready, answered, stopped, found again; nothing stays behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from standin_world import add_broken_extension, environment, free_port, make_standin, tell
from webui_listener import Heard, until, until_ready

from studio.catalog.webui_sources import WEBUI_SOURCES, WebuiSource
from studio.core.errors import BadRequest, DiskFull, FileProblem
from studio.core.paths import Places
from studio.launcher import http_local, journal, ports, process, process_group, run_file, run_log, stages
from studio.launcher.install import Install
from studio.launcher.process import NotEnded, Output, Patience, Served, State, WebUI
from studio.launcher.spawning import AlreadyRunning, port_of
from studio.launcher.stages import StartUp

QUICK = Patience(ask_s=2, interrupt_s=2, kill_s=2)
FAST = {"model": 0.05, "url_to_ready": 0.05, "install": 0.0}


@pytest.fixture
def started(places: Places) -> Iterator[list[WebUI]]:
    """Runs that a test leaves are ended, and none of their processes stays."""
    runs: list[WebUI] = []
    yield runs
    for webui in runs:
        webui.stop(QUICK)
        assert list(process_group.marked(webui.run.mark)) == []


class World:
    """One stand-in, one port, and how to start it."""

    def __init__(self, folder: Path, places: Places, runs: list[WebUI]) -> None:
        self.folder, self.places, self.runs = folder, places, runs
        self.port = free_port()
        self.mark = ""

    def make(self, **told: object) -> Install:
        self.install = make_standin(self.folder, **{"seconds": FAST, **told})
        return self.install

    def start(self, *more: str, heard: Heard | None = None) -> WebUI:
        arguments = ["--port", str(self.port), "--api", "--api-server-stop", *more]
        webui = process.start(self.install, arguments, environment(), self.places, heard or Heard())
        self.runs.append(webui)
        return webui


@pytest.fixture
def world(tmp_path: Path, places: Places, started: list[WebUI]) -> World:
    return World(tmp_path / "webui", places, started)


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_from_start_to_a_graceful_stop(world: World) -> None:
    install, heard = world.make(), Heard()
    webui = world.start(heard=heard)
    until_ready(webui)
    assert webui.url == f"http://127.0.0.1:{world.port}"
    assert http_local.answers(webui.url + "/internal/ping")
    assert run_file.running(world.places, install.key) == webui.run
    ended = webui.stop(QUICK)
    assert ended == process.Exit(0, is_wanted=True, wants_restart=False, was_ready=True)
    assert not ended.is_crash
    assert heard.states == [State.READY, State.STOPPING, State.ENDED]
    assert "Stopping server..." in heard.text  # it ended by itself
    assert port_is_free(world.port)
    assert run_file.load(world.places, install.key) is None


def test_output_is_complete_and_in_order(world: World) -> None:
    world.make()
    heard = Heard()
    webui = world.start(heard=heard)
    until(lambda: "Model loaded in" in heard.text)
    webui.stop(QUICK)
    expected = [
        "Python 3",
        "Version:",
        "Commit hash:",
        "Installing torch",
        "Cloning",
        "Launching Web UI with",
        "Loading",
    ]
    assert "\r100%|██████████| 20/20" in heard.text
    expected += ["Running on local URL:", "Startup time:"]  # the model loads beside it, in its own time
    found = [heard.text.index(part) for part in expected]
    assert found == sorted(found)
    assert Path(webui.run.log).read_bytes().decode() == heard.text


def test_the_address_alone_is_not_ready(world: World) -> None:
    world.make(seconds={**FAST, "url_to_ready": 1.5})
    heard = Heard()
    webui = world.start(heard=heard)
    until(lambda: heard.urls)
    assert webui.state is State.STARTING
    until_ready(webui)
    told = [type(event) for event in heard.events if not isinstance(event, Output | StartUp)]
    assert told.index(Served) == 0


def test_ping_makes_ready_where_the_line_never_comes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.make()
    monkeypatch.setattr(process, "source_of", _row_that_waits_for)
    webui = world.start()
    until_ready(webui)


def test_line_makes_ready_where_ping_is_not_there(world: World) -> None:
    world.make(mute=True)
    webui = world.start()
    until_ready(webui)
    assert not http_local.answers(webui.url + "/internal/ping")


def _row_that_waits_for(install: Install) -> WebuiSource:
    row = next(row for row in WEBUI_SOURCES if row.key == install.source)
    return replace(row, ready="a line that never comes")


def test_without_pages_it_is_ready_once_it_answers(world: World) -> None:
    world.make()
    heard = Heard()
    webui = world.start("--nowebui", heard=heard)
    until_ready(webui)
    assert heard.text.index("Startup time:") < heard.text.index("Uvicorn running on")
    assert http_local.read_json(webui.url + "/sdapi/v1/cmd-flags")["nowebui"] is True  # type: ignore[index]


def test_listening_everywhere_is_opened_here(world: World) -> None:
    world.make()
    webui = world.start("--listen")
    until_ready(webui)
    assert webui.url == f"http://127.0.0.1:{world.port}"


@pytest.mark.parametrize(
    ("told", "local"),
    [
        ("http://0.0.0.0:7860", "http://127.0.0.1:7860"),
        ("http://0.0.0.0:7860/", "http://127.0.0.1:7860"),
        ("https://127.0.0.1:7860/sd", "https://127.0.0.1:7860/sd"),
        ("http://[::]:8188", "http://127.0.0.1:8188"),
        ("http://[::1]:8188", "http://[::1]:8188"),
        ("http://box.local", "http://box.local"),
    ],
)
def test_local_addresses(told: str, local: str) -> None:
    assert process.local(told) == local


@pytest.mark.parametrize("habit", [{"ignores_stop": True}, {"ignores_stop": True, "ignores_interrupt": True}])
def test_one_that_does_not_listen_is_stopped_more_harshly(world: World, habit: dict[str, bool]) -> None:
    world.make(**habit)
    heard = Heard()
    webui = world.start(heard=heard)
    until_ready(webui)
    begun = time.monotonic()
    ended = webui.stop(Patience(0.5, 0.7, 2))
    assert ended.is_wanted
    assert ended.was_ready
    assert ("Interrupted with signal" in heard.text) is ("ignores_interrupt" not in habit)
    assert time.monotonic() - begun < 5
    assert port_is_free(world.port)


@pytest.mark.parametrize("how", ["child", "escaped"])
def test_no_orphan_keeps_the_port(world: World, how: str) -> None:
    world.make(orphan=how)
    webui = world.start()
    until_ready(webui)
    until(lambda: len(list(process_group.marked(webui.run.mark))) == 2)
    ended = webui.stop(QUICK)
    assert ended.code == 0
    assert port_is_free(world.port)
    assert list(process_group.marked(webui.run.mark)) == []


def test_an_orphan_of_a_crash_is_ended_too(world: World) -> None:
    world.make(orphan="escaped", fault="late_crash")
    ended = world.start().wait(20)
    assert ended is not None
    assert ended.is_crash
    assert ports.is_free(world.port)


def test_native_crash_has_its_code(world: World) -> None:
    world.make(fault="native_crash")
    ended = world.start().wait(20)
    assert ended == process.Exit(-signal.SIGSEGV, is_wanted=False, wants_restart=False, was_ready=False)
    assert ended.is_crash


def test_a_failed_start_leaves_its_words(world: World) -> None:
    world.make(fault="clip")
    heard = Heard()
    ended = world.start(heard=heard).wait(20)
    assert ended is not None
    assert (ended.code, ended.was_ready) == (1, False)
    assert "No module named 'pkg_resources'" in heard.text
    assert "RuntimeError: Couldn't install clip." in heard.text


def test_missing_model_leaves_it_ready(world: World) -> None:
    world.make(fault="header")
    heard = Heard()
    webui = world.start(heard=heard)
    until(lambda: "Stable diffusion model failed to load" in heard.text)
    until_ready(webui)


def test_stop_while_starting(world: World) -> None:
    world.make(seconds={**FAST, "install": 30})
    heard = Heard()
    webui = world.start(heard=heard)
    until(lambda: "Installing torch" in heard.text)
    assert not webui.stop(QUICK).was_ready
    assert list(process_group.marked(webui.run.mark)) == []  # its installer is gone, too


def test_stop_of_one_that_hangs(world: World) -> None:
    world.make(fault="hang", ignores_interrupt=True)
    heard = Heard()
    webui = world.start(heard=heard)
    until(lambda: "Launching" in heard.text)
    assert webui.stop(Patience(0.2, 0.2, 2)).is_wanted
    assert webui.stop(QUICK) == webui.wait(0)  # again: nothing to do


def test_stop_of_an_extension_that_hangs(world: World) -> None:
    add_broken_extension(world.make(), "sleeper", "hang")
    heard = Heard()
    webui = world.start(heard=heard)
    until(lambda: "Launching" in heard.text)
    time.sleep(0.3)
    assert webui.state is State.STARTING
    webui.stop(QUICK)


def test_question_is_answered(world: World) -> None:
    world.make(fault="question")
    heard = Heard()
    webui = world.start(heard=heard)
    until(lambda: "[y/n]" in heard.text)
    webui.send("画 yes")
    until(lambda: "You said '画 yes'" in heard.text)
    webui.stop(QUICK)
    with pytest.raises(BadRequest):
        webui.send("too late")


def test_wrong_bytes_and_floods_are_taken(world: World) -> None:
    world.make(fault=["flood"])
    heard = Heard()
    until_ready(world.start(heard=heard))
    assert "line 19999 of a flood" in heard.text
    world.runs[-1].stop(QUICK)
    tell(world.install, fault="mojibake", seconds=FAST)
    heard = Heard()
    until_ready(world.start(heard=heard))
    assert "\ufffd" in heard.text


def test_taken_port_names_its_owner_and_a_free_one(world: World) -> None:
    world.make()
    script = (
        f"import socket, time; s = socket.socket(); s.bind(('127.0.0.1', {world.port})); s.listen(); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as other:
        until(lambda: not port_is_free(world.port))
        with pytest.raises(ports.PortTaken) as caught:
            world.start()
        other.kill()
    assert caught.value.owner.pid == other.pid
    assert str(other.pid) in str(caught.value)
    assert caught.value.free != world.port
    assert ports.is_free(caught.value.free)
    assert "socket.socket()" in caught.value.owner.command


def test_port_taken_after_the_check_is_a_failed_start_not_a_ready_one(world: World) -> None:
    """Another web UI answers at our port; ours ends with its own words and is never called ready."""
    world.make(seconds={**FAST, "import": 1})
    other = make_standin(world.folder.parent / "other", seconds=FAST)
    heard = Heard()
    webui = world.start(heard=heard)
    command = [str(other.python), "launch.py", "--port", str(world.port)]
    with subprocess.Popen(command, cwd=other.folder, env=environment(), stdout=subprocess.DEVNULL) as rival:
        ended = webui.wait(20)
        rival.kill()
    assert ended is not None
    assert ended.is_crash
    assert State.READY not in heard.states
    assert "Cannot find empty port in range" in heard.text


def test_not_while_it_is_changed(world: World) -> None:
    install = world.make()
    with journal.locked(world.places, install.key), pytest.raises(journal.Busy):
        world.start()
    until_ready(world.start())
    with journal.locked(world.places, install.key):  # one that runs holds nothing
        pass


@pytest.mark.parametrize("argument", ["--x=a\0b", "--x=\ud800"])
def test_what_no_program_can_be_given_is_told(world: World, argument: str) -> None:
    world.make()
    with pytest.raises(BadRequest, match="cannot be handed over"):
        world.start(argument)
    assert run_file.load(world.places, "standin") is None


def test_one_that_the_system_does_not_end_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.make(ignores_stop=True, ignores_interrupt=True)
    webui = world.start()
    until_ready(webui)
    with monkeypatch.context() as patched:
        patched.setattr(process_group, "kill", lambda *_: [])
        patched.setattr(subprocess.Popen, "kill", lambda _: None)
        with pytest.raises(NotEnded, match=str(webui.pid)):
            webui.stop(Patience(0.1, 0.2, 0.2, give_up_s=0.2))
    assert run_file.running(world.places, "standin") is not None


def test_not_twice_at_once(world: World) -> None:
    world.make()
    until_ready(world.start())
    with pytest.raises(AlreadyRunning):
        world.start()


@pytest.mark.parametrize("missing", ["launch.py", "venv"])
def test_what_is_missing_is_named(world: World, missing: str) -> None:
    install = world.make()
    (install.folder / missing).unlink()
    with pytest.raises(FileProblem):
        world.start()


def test_hard_paths(tmp_path: Path, places: Places, started: list[WebUI]) -> None:
    folder = tmp_path / "my web ui 绘画 (1)" / ("long" * 30) / ("folder " * 12).strip()
    assert len(str(folder)) > 200
    world = World(folder, places, started)
    world.make()
    until_ready(world.start())


def test_restart_note(world: World) -> None:
    install = world.make()
    webui = world.start()
    until_ready(webui)
    assert http_local.post(webui.url + "/sdapi/v1/server-restart")
    ended = webui.wait(10)
    assert ended == process.Exit(0, is_wanted=False, wants_restart=True, was_ready=True)
    assert not (install.folder / "tmp" / "restart").exists()


def test_a_restart_note_that_cannot_be_taken_away_means_nothing(world: World) -> None:
    install = world.make(fault="clip")
    (install.folder / "tmp" / "restart").mkdir(parents=True)
    for _ in range(2):
        ended = world.start().wait(20)
        assert ended is not None
        assert not ended.wants_restart


def test_old_restart_note_means_nothing(world: World) -> None:
    install = world.make(fault="clip")
    (install.folder / "tmp").mkdir(exist_ok=True)
    (install.folder / "tmp" / "restart").touch()
    ended = world.start().wait(20)
    assert ended is not None
    assert not ended.wants_restart


STUDIO = """
import sys, time, os
from pathlib import Path
sys.path[:0] = {paths!r}
from standin_world import environment
from studio.core.paths import Places
from studio.launcher import process
from studio.launcher.install import Install
webui = process.start(
    Install("standin", Path({folder!r}), "a1111", "x"), {arguments!r}, environment(), Places(Path({home!r}))
)
while webui.state is process.State.STARTING:
    time.sleep(0.05)
print("up", flush=True)
time.sleep(60)
"""


def kill_a_studio(world: World, **told: object) -> None:
    """Another studio starts the web UI and is killed while it runs."""
    install = world.make(**told)
    script = STUDIO.format(
        paths=[str(Path(__file__).parent), str(Path(__file__).parents[2])],
        folder=str(install.folder),
        arguments=["--port", str(world.port), "--api", "--api-server-stop"],
        home=str(world.places.home),
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as studio:
        assert studio.stdout is not None
        assert studio.stdout.readline() == b"up\n"
        studio.kill()


def test_web_ui_of_a_killed_studio_is_found_and_adopted(world: World) -> None:
    kill_a_studio(world)
    with pytest.raises(AlreadyRunning):
        world.start()
    heard = Heard()
    webui = process.adopt(world.install, world.places, heard)
    assert webui is not None
    world.runs.append(webui)
    until_ready(webui)
    assert heard.text.startswith("Python 3")
    assert webui.url == f"http://127.0.0.1:{world.port}"
    assert len(stages.load_history(world.places, "standin")) == 1  # that of the start itself
    ended = webui.stop(QUICK)
    assert ended.code is None
    assert not ended.is_crash
    assert ports.is_free(world.port)
    assert process.adopt(world.install, world.places) is None


def test_what_cannot_be_written_down_does_not_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.make()

    def full(places: Places, key: str, run: run_file.Run) -> None:
        world.mark = run.mark
        raise DiskFull("The disk is full; {path} was not written.", path="x")

    monkeypatch.setattr(run_file, "save", full)
    with pytest.raises(DiskFull):
        world.start()
    assert list(process_group.marked(world.mark)) == []


def test_processes_whose_leader_died_with_the_studio_are_ended(world: World) -> None:
    kill_a_studio(world, orphan="escaped")
    run = run_file.load(world.places, "standin")
    assert run is not None
    os.kill(run.pid, signal.SIGKILL)
    until(lambda: not run.is_alive)
    assert not ports.is_free(world.port)
    assert run_file.running(world.places, "standin") is None
    assert ports.is_free(world.port)


def test_a_number_that_another_program_has_now_is_not_ours(world: World) -> None:
    install = world.make()
    run = run_file.written(os.getpid(), "f" * 32, (), Path("x.log"))
    assert run.is_alive
    run_file.save(world.places, install.key, run.model_copy(update={"created": run.created - 100}))
    assert run_file.running(world.places, install.key) is None
    assert run_file.load(world.places, install.key) is None
    assert psutil.pid_exists(os.getpid())


def test_broken_run_files_are_no_run(places: Places) -> None:
    file = run_file.path(places, "standin")
    file.parent.mkdir(parents=True)
    for text in ("", "{", "[]", '{"pid": "x"}', json.dumps({"pid": 1})):
        file.write_text(text, "utf-8")
        assert run_file.running(places, "standin") is None


def test_logs_of_earlier_runs_are_kept(world: World) -> None:
    world.make(fault="clip")
    for _ in range(run_log.KEPT + 2):
        world.start().wait(20)
    logs = sorted(path.name for path in (world.places.logs / "standin").iterdir())
    assert logs == ["webui.1.log", "webui.2.log", "webui.3.log", "webui.4.log", "webui.log"]


@pytest.mark.parametrize(
    ("arguments", "port"),
    [
        (["--port", "7000"], 7000),
        (["--port=7001"], 7001),
        (["--listen"], 7860),
        (["--nowebui"], 7861),
        (["--port"], 7860),
        (["--port", "99999"], 7860),
        (["--port", "7000", "--nowebui", "--port=7002"], 7002),
        (["--port", "x"], 7860),
    ],
)
def test_port_of(arguments: list[str], port: int) -> None:
    assert port_of(arguments) == port
