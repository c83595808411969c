"""Start: one button to a web UI that runs and back, what stands in its way, and what becomes of it with the window."""

import json
from collections.abc import Iterator
from pathlib import Path
from socket import socket
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
)
from webui_start_world import Until, add_broken_extension, enter, page_of, panel, standin

from studio.launcher import run_file
from studio.launcher.process import Exit, State
from studio.launcher.stages import StageTime, StartUp
from studio.launcher.supervise import Retrying
from studio.ui import theme, translate
from studio.ui import webui as webui_module
from studio.ui.main_window import MainWindow
from studio.ui.pages.webui import PANELS, WebuiPage
from studio.ui.panels import webui_launch
from studio.ui.panels.webui_closing import ClosingDialog
from studio.ui.panels.webui_start import StartPanel
from studio.ui.session import Session
from studio.ui.webui_run import pieces


@pytest.fixture
def page(session: Session, until: Until, tmp_path: Path) -> Iterator[WebuiPage]:
    enter(session, standin(tmp_path / "我的 web ui"))
    with page_of(session, until) as made:
        yield made


def test_one_without_an_environment_is_offered_one(page: WebuiPage, session: Session, until: Until) -> None:
    launch, webui = start_panel(page).launch, session.webui
    assert webui.install is not None
    webui.install.venv.unlink()
    launch.start.click()
    until(lambda: webui.run and webui.run.error)
    assert "The environment of the web UI is missing." in texts(page)
    assert launch.trouble.environment.isVisible()
    assert not launch.trouble.other_port.isVisible()
    launch.trouble.environment.click()
    assert page.panel_name == "environment"
    until(lambda: webui.changes.job)
    webui.changes.cancel()
    until(lambda: not webui.lane.jobs and not webui.changes.looker.jobs, 30)


def start_panel(page: WebuiPage) -> StartPanel:
    return cast(StartPanel, panel(page, "start"))


def texts(page: WebuiPage) -> set[str]:
    return {label.text() for label in page.findChildren(QLabel) if label.isVisible()}


def test_start_ready_browser_and_stop(
    page: WebuiPage, session: Session, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webui_launch, "open_page", lambda url, _: opened.append(url) or True)
    launch, webui = start_panel(page).launch, session.webui
    assert webui.run is not None
    assert launch.start.isVisible()
    assert not launch.stop.isVisible()
    launch.start.click()
    until(lambda: launch.stop.isVisible())
    assert not launch.start.isVisible()
    until(lambda: webui.run and webui.run.state is State.READY, 30)
    assert launch.restart.isVisible()
    assert not launch.bar.isVisible()
    assert "Stand-in is running" in texts(page)
    assert f"http://127.0.0.1:{webui.options.port}" in texts(page)
    launch.browse.click()
    until(lambda: opened)
    assert opened == [f"http://127.0.0.1:{webui.options.port}"]
    launch.stop.click()
    until(lambda: not webui.live, 30)
    assert webui.run.exit is not None
    assert webui.run.exit.is_wanted
    assert launch.start.isVisible()
    assert launch.times.isVisible()


def test_restart_stops_and_starts_again(page: WebuiPage, session: Session, until: Until) -> None:
    webui = session.webui
    webui.start()
    until(lambda: webui.run and webui.run.state is State.READY, 30)
    first = webui.run.webui.pid if webui.run and webui.run.webui else 0
    start_panel(page).launch.restart.click()
    until(lambda: webui.run and webui.run.webui and webui.run.webui.pid != first, 30)
    until(lambda: webui.run and webui.run.state is State.READY, 30)


def test_a_taken_port_says_by_whom_and_offers_the_next(page: WebuiPage, session: Session, until: Until) -> None:
    webui, launch = session.webui, start_panel(page).launch
    with socket() as taken:
        taken.bind(("127.0.0.1", webui.options.port))
        taken.listen()
        port = webui.options.port
        launch.start.click()
        until(lambda: webui.run and webui.run.error, 30)
        until(lambda: not webui.live)
        assert any(str(port) in text and "taken by" in text for text in texts(page))
        assert launch.trouble.other_port.isVisible()
        launch.trouble.other_port.click()
        until(lambda: webui.run and webui.run.state is State.READY, 30)
        assert webui.options.port > port


def test_a_slow_stage_is_told(page: WebuiPage, session: Session) -> None:
    run = session.webui.run
    assert run is not None
    run.start_up = StartUp("", "", 1.0, (StageTime("program", 20.0, 4.0), StageTime("server", 0.3, 0.3)))
    session.webui.stage_reached.emit()
    start_panel(page)
    assert {"Loading the program 20.0 s, usually 4.0 s", "Opening the pages 0.3 s"} <= texts(page)


def test_a_crash_says_why_and_leads_to_troubleshooting(
    page: WebuiPage, session: Session, until: Until, tmp_path: Path
) -> None:
    webui = session.webui
    assert webui.install is not None
    add_broken_extension(webui.install, "bad-one", "crash", "ModuleNotFoundError: No module named 'insightface'")
    launch = start_panel(page).launch
    launch.start.click()
    until(lambda: webui.run and webui.run.exit and webui.run.diagnoses and not webui.live, 30)
    assert {"Stand-in crashed", "The Python package that provides insightface is missing."} <= texts(page)
    launch.trouble.more.click()
    assert page.panel_name == "diagnosis"


def test_home_starts_it_by_one_click(page: WebuiPage, session: Session, until: Until) -> None:
    page.receive("go")
    until(lambda: session.webui.run and session.webui.run.state is State.READY, 30)


def test_what_runs_goes_on_without_the_studio_and_is_found_again(
    page: WebuiPage, session: Session, until: Until
) -> None:
    webui = session.webui
    webui.start()
    until(lambda: webui.run and webui.run.state is State.READY, 30)
    webui.leave()
    until(lambda: not webui.live)
    assert webui.install is not None
    written = run_file.running(session.places, webui.install.key)
    assert written is not None
    other = Session(session.places)
    try:
        enter(other, webui.install)
        run = other.webui.run
        assert run is not None
        run.adopt(None, other.webui.facts)
        until(lambda: run.state is State.READY, 30)
        assert run.url == f"http://127.0.0.1:{webui.options.port}"
        assert "Startup time" in run.console.text()
        run.stop()
        until(lambda: not run.is_live, 30)
    finally:
        other.stop()
    assert not written.is_alive


def test_the_next_start_of_the_studio_finds_what_runs(page: WebuiPage, session: Session, until: Until) -> None:
    webui = session.webui
    assert webui.install is not None
    webui.start()
    until(lambda: webui.run and webui.run.state is State.READY, 30)
    webui.leave()
    until(lambda: not webui.live)
    row = {"key": "standin", "folder": str(webui.install.folder), "source": "a1111", "title": "Stand-in"}
    registry = session.places.data / "launcher" / "installs.json"
    registry.write_text(json.dumps({"installs": [row]}), "utf-8")
    other = Session(session.places)
    again = WebuiPage(other)
    try:
        until(lambda: other.webui.run and other.webui.run.state is State.READY, 30)
        assert other.has_live_webui
        assert other.webui.options == webui.options
        other.webui.stop()
        until(lambda: not other.webui.live, 30)
        until(lambda: not other.webui.reader.jobs, 30)
    finally:
        again.close()
        again.deleteLater()
        other.stop()


def test_an_interrupted_change_is_put_back_at_the_start(
    session: Session, until: Until, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install = standin(tmp_path / "web ui")
    registry = session.places.data / "launcher" / "installs.json"
    registry.parent.mkdir(parents=True)
    row = {"key": "standin", "folder": str(install.folder), "source": "a1111", "title": "Stand-in"}
    registry.write_text(json.dumps({"installs": [row]}), "utf-8")
    recovered: list[Path] = []
    monkeypatch.setattr(webui_module.journal, "unfinished", lambda *_: [object()])
    monkeypatch.setattr(webui_module.transactions, "recover", lambda around, _: recovered.append(around.places.home))
    with page_of(session, until):
        until(lambda: recovered, 30)
    assert recovered == [session.places.home]


def test_a_crash_that_is_tried_again_says_so(page: WebuiPage, session: Session, until: Until) -> None:
    webui, launch = session.webui, start_panel(page).launch
    webui.start()
    run = webui.run
    assert run is not None
    run.retrying = Retrying(1, 3, 2.0, Exit(1, is_wanted=False, wants_restart=False, was_ready=True))
    launch.refresh()
    assert {"Stand-in is started again", "It crashed; this is try 1 of 3."} <= texts(page)


def test_every_control_is_named_and_says_what_it_does(page: WebuiPage, until: Until) -> None:
    kinds = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QTableView)
    start_panel(page).options.set_level("expert")
    start_panel(page).options.variables.add()
    for name in ("start", "console", "diagnosis", "installs"):
        shown = panel(page, name)
        until(lambda: not page.webui.reader.jobs)
        for control in (one for kind in kinds for one in shown.findChildren(kind)):
            parent = control.parentWidget()
            if isinstance(parent, QComboBox | QAbstractSpinBox | QLineEdit | QTableView):
                continue
            text = control.text() if isinstance(control, QAbstractButton) else ""
            tips = [one.toolTip() for one in (control, parent, parent.parentWidget()) if one]
            names = [one.accessibleName() for one in (control, parent) if one]
            assert text or any(names), (name, control)
            assert any(tips), (name, control, text, names)


def test_closing_asks_only_while_something_runs(page: WebuiPage, session: Session, until: Until) -> None:
    assert not session.has_live_webui
    session.webui.start()
    assert session.has_live_webui
    until(lambda: session.webui.run and session.webui.run.state is State.READY, 30)
    dialog = ClosingDialog(page, session.webui)
    dialog.keep.click()
    assert dialog.result() == QDialog.DialogCode.Accepted
    until(lambda: not session.has_live_webui)
    run = session.webui.run
    assert run is not None
    run.adopt(None, session.webui.facts)
    until(lambda: run.state is State.READY, 30)


def test_the_window_stays_open_if_one_thinks_again(
    session: Session, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [QDialog.DialogCode.Rejected, QDialog.DialogCode.Accepted]
    monkeypatch.setattr(ClosingDialog, "exec", lambda _: answers.pop(0))
    enter(session, standin(tmp_path / "web ui"))
    window = MainWindow(session)
    window.show()
    session.webui.start()
    run = session.webui.run
    until(lambda: run and run.state is State.READY, 30)
    assert not window.close()
    assert window.isVisible()
    assert session.has_live_webui
    assert window.close()
    assert run is not None
    assert run.webui is not None
    assert run.webui.wait(0) is not None
    assert answers == []


def test_language_and_theme_change_while_it_runs(page: WebuiPage, session: Session, until: Until) -> None:
    webui = session.webui
    webui.start()
    until(lambda: webui.run and webui.run.state is State.READY, 30)
    state = page.state()
    translate.install("zh_CN")
    theme.theme().apply("light")
    again = WebuiPage(session)
    try:
        again.restore(state)
        theme.clothe(again)
        again.show()
        found = {label.text() for label in again.findChildren(QLabel) if label.isVisible()}
        assert {"Stand-in 正在运行", "启动选项", "命令行"} <= found
        shown = again.findChildren(StartPanel)[0].options
        assert [shown.flags.model.headerData(place, Qt.Orientation.Horizontal) for place in range(3)] == [
            "参数",
            "值",
            "作用",
        ]
        assert shown.levels["simple"].text() == "新手"
        assert [again.tabs.tabText(place) for place in range(3)] == ["启动", "控制台", "疑难解答"]
        again.show_panel("console")
        assert len(webui.run.console if webui.run else []) > 5
    finally:
        again.close()
        again.deleteLater()
        theme.theme().apply("dark")


def test_every_panel_row_can_be_shown(page: WebuiPage, session: Session, until: Until) -> None:
    for found in PANELS:
        page.show_panel(found.name)
        assert page.tabs.tabText(page.tabs.currentIndex()) == found.title
    until(lambda: not session.webui.changes.looker.jobs, 40)


def test_without_a_web_ui_the_page_says_how_to_get_one(session: Session, until: Until) -> None:
    session.webui.is_listed = True
    with page_of(session, until) as made:
        made.show_panel("start")
        assert "No web UI yet" in texts(made)


def test_pieces_are_whole_lines_and_lose_nothing() -> None:
    text = "".join(f"line {number} 行\n" for number in range(5000)) + "without an end"
    cut = list(pieces(text))
    assert "".join(cut) == text
    assert all(piece.endswith("\n") for piece in cut[:-1])
    assert "".join(pieces("x" * 100_000)) == "x" * 100_000


def test_the_chosen_install_decides_what_is_told(
    page: WebuiPage, session: Session, until: Until, tmp_path: Path
) -> None:
    webui, other = session.webui, standin(tmp_path / "other", "other")
    webui.installs = [*webui.installs, other]
    webui.installs_changed.emit()
    assert page.chooser.isVisible()
    spy = QSignalSpy(webui.state_changed)
    webui.start()
    until(lambda: webui.run and webui.run.state is State.READY, 30)
    page.chooser.set_value("other")
    assert webui.install == other
    assert start_panel(page).launch.start.isVisible()
    count = spy.count()
    webui.runs["standin"].stop()
    until(lambda: not webui.live, 30)
    assert spy.count() == count
