"""A web UI kept running: restarts that were asked for, crashes with back-off and a limit, cancelling."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from standin_world import environment, free_port, make_standin
from webui_listener import until

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import http_local, process, supervise
from studio.launcher.process import Exit, State, WebUI
from studio.launcher.supervise import Restarts, Retrying

FAST = {"model": 0.02, "url_to_ready": 0.02, "install": 0.0}
SOON = Restarts(limit=2, delays_s=(0.05, 0.1))


@pytest.fixture
def context() -> JobContext:
    """Keeps what was delivered in `context.delivered`."""
    delivered: list[object] = []
    context = JobContext(report=lambda name, value: delivered.append(value) if name == "delivered" else None)
    context.delivered = delivered  # type: ignore[attr-defined]
    return context


def beginner(folder: Path, places: Places, **told: object) -> Callable[[], WebUI]:
    install = make_standin(folder, **{"seconds": FAST, **told})
    port = str(free_port())
    arguments = ["--port", port, "--api", "--api-server-stop"]
    return lambda: process.start(install, arguments, environment(), places)


def kinds(context: JobContext) -> list[type]:
    return [type(value) for value in context.delivered]  # type: ignore[attr-defined]


def test_crashes_are_retried_with_growing_waits_up_to_the_limit(
    tmp_path: Path, places: Places, context: JobContext
) -> None:
    ended = supervise.run(beginner(tmp_path / "w", places, fault="late_crash"), context, SOON)
    assert ended.is_crash
    assert kinds(context) == [WebUI, Retrying, WebUI, Retrying, WebUI]
    told = [value for value in context.delivered if isinstance(value, Retrying)]  # type: ignore[attr-defined]
    assert [(retry.crashes, retry.limit, retry.delay_s) for retry in told] == [(1, 2, 0.05), (2, 2, 0.1)]


def test_without_restarts_a_crash_is_the_end(tmp_path: Path, places: Places, context: JobContext) -> None:
    assert supervise.run(beginner(tmp_path / "w", places, fault="late_crash"), context).is_crash
    assert kinds(context) == [WebUI]


def test_a_start_that_never_was_ready_is_not_tried_again(tmp_path: Path, places: Places, context: JobContext) -> None:
    ended = supervise.run(beginner(tmp_path / "w", places, fault="clip"), context, SOON)
    assert (ended.code, ended.was_ready) == (1, False)
    assert kinds(context) == [WebUI]


def test_crash_restart_asked_restart_and_cancel(tmp_path: Path, places: Places, context: JobContext) -> None:
    """One story: it crashes once, comes back, is restarted from its own page, and is stopped."""
    begin = beginner(tmp_path / "w", places, fault="late_crash", times=1)
    ended: list[Exit] = []
    worker = threading.Thread(target=lambda: ended.append(supervise.run(begin, context, SOON)))
    worker.start()
    until(lambda: kinds(context) == [WebUI, Retrying, WebUI])
    second = context.delivered[-1]  # type: ignore[attr-defined]
    until(lambda: second.state is State.READY)
    http_local.post(second.url + "/sdapi/v1/server-restart")
    until(lambda: len(context.delivered) == 4)  # type: ignore[attr-defined]
    third = context.delivered[-1]  # type: ignore[attr-defined]
    until(lambda: third.state is State.READY)
    context.cancel()
    worker.join(15)
    assert ended == [Exit(0, is_wanted=True, wants_restart=False, was_ready=True)]
    assert third.state is State.ENDED


def test_cancel_while_it_waits_to_try_again(tmp_path: Path, places: Places, context: JobContext) -> None:
    begin = beginner(tmp_path / "w", places, fault="late_crash")
    worker = threading.Thread(target=lambda: supervise.run(begin, context, Restarts(3, (60,))))
    worker.start()
    until(lambda: Retrying in kinds(context))
    context.cancel()
    worker.join(5)
    assert not worker.is_alive()
    assert kinds(context).count(WebUI) == 1


def test_waits() -> None:
    assert [Restarts().delay(crashes) for crashes in (1, 2, 3, 4)] == [2, 10, 30, 30]
