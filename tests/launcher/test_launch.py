"""From options to a running web UI with its page open, against the stand-in."""

import threading
from pathlib import Path

import pytest
from standin_world import (
    environment,
    free_port,
    make_standin,
)
from webui_listener import Heard, until

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import http_local, launch
from studio.launcher.launch_options import LaunchOptions, Variable
from studio.launcher.process import State

FAST = {"model": 0.02, "url_to_ready": 0.02, "install": 0.0}


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    """A browser that writes down what it is asked to open."""
    program = tmp_path / "browser"
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{tmp_path / 'opened'}'\n")
    program.chmod(0o755)
    return program


def test_a_launch_opens_the_page_once_and_ends_when_it_is_cancelled(
    tmp_path: Path, places: Places, browser: Path
) -> None:
    install = make_standin(tmp_path / "w", seconds=FAST)
    port = free_port()
    options = LaunchOptions(
        port=port,
        browser=str(browser),
        environment=(Variable(name="A_VARIABLE", value="画"),),
        free_text="--skip-install",
    )
    heard, context, ended = Heard(), JobContext(), []
    worker = threading.Thread(
        target=lambda: ended.append(launch.launch(install, options, environment(), places, context, heard))
    )
    worker.start()
    until(lambda: (tmp_path / "opened").exists())
    url = f"http://127.0.0.1:{port}"
    until(lambda: (tmp_path / "opened").read_text() == url + "\n")
    flags = http_local.read_json(url + "/sdapi/v1/cmd-flags")
    assert isinstance(flags, dict)
    assert (flags["port"], flags["api"], flags["skip_install"], flags["autolaunch"]) == (port, True, True, False)
    http_local.post(url + "/sdapi/v1/server-restart")
    until(lambda: heard.states.count(State.READY) == 2)
    context.cancel()
    worker.join(15)
    assert ended[0].is_wanted
    assert (tmp_path / "opened").read_text() == url + "\n"  # not again after the restart


def test_no_browser_where_none_is_wished(tmp_path: Path, places: Places, browser: Path) -> None:
    install = make_standin(tmp_path / "w", seconds=FAST, fault="late_crash")
    options = LaunchOptions(port=free_port(), open_browser=False, browser=str(browser))
    assert launch.launch(install, options, environment(), places, JobContext()).is_crash
    assert not (tmp_path / "opened").exists()


def test_a_browser_that_cannot_be_opened() -> None:
    assert not launch.open_page("http://127.0.0.1:1", "/no/such/browser")
