"""The Snapshots panel: made, compared, restored in parts, imported; the journal takes changes back."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from webui_page_world import PageWorld, base_venv  # isort: skip - finds the launcher's worlds
from git_world import cloned, git
from PySide6.QtWidgets import QMenu
from wheel_world import pip, versions, wheel

from studio.core.settings import Settings
from studio.launcher import network, snapshots
from studio.launcher.network import Examination, Measure, Way
from studio.ui.pages.webui import WebuiPage
from studio.ui.panels.webui_network import NetworkPanel
from studio.ui.panels.webui_snapshots import SnapshotsPanel
from studio.ui.panels.webui_versions import VersionsPanel
from studio.ui.panels.webui_work import WorkBar
from studio.ui.session import Session


@pytest.fixture
def page(session: Session, tmp_path: Path) -> PageWorld:
    return PageWorld(session, tmp_path / "世界")


def make(page: PageWorld, panel: SnapshotsPanel, name: str) -> None:
    panel.snapshots.name.setText(name)
    panel.snapshots.make_it.click()
    page.rest()


def differing(panel: SnapshotsPanel) -> set[tuple[str, str]]:
    return {(one.part, one.name) for one in panel.snapshots.differences.table.records}


def test_a_snapshot_is_made_and_compared_with_now(page: PageWorld) -> None:
    panel = page.panel(SnapshotsPanel)
    make(page, panel, "vorher 好")
    assert [one.title for one in panel.snapshots.table.records] == ["vorher 好"]
    assert differing(panel) == set()
    settings = {**page.world.settings(), "own": "other"}
    (page.install.folder / "config.json").write_text(json.dumps(settings), "utf-8")
    page.world.publish()
    git(page.install.folder, "pull", "--quiet")
    again = page.panel(SnapshotsPanel)
    page.rest()
    assert differing(again) == {("versions", ""), ("settings", "config.json: own")}
    assert again.snapshots.differences.summary.whole == "2 differences"


def test_parts_of_a_snapshot_come_back_and_the_others_stay(page: PageWorld) -> None:
    panel = page.panel(SnapshotsPanel)
    make(page, panel, "good")
    new = page.world.publish()
    git(page.install.folder, "pull", "--quiet")
    settings = {**page.world.settings(), "own": "other"}
    (page.install.folder / "config.json").write_text(json.dumps(settings), "utf-8")
    for part, box in panel.snapshots.differences.parts.items():
        box.setChecked(part == "settings")
    panel.snapshots.differences.go.click()
    page.rest()
    assert page.world.settings()["own"] == "值"
    assert git(page.install.folder, "rev-parse", "HEAD") == new
    assert page.notices[-1].text == "Done: Restore the snapshot “good”"
    for box in panel.snapshots.differences.parts.values():
        box.setChecked(False)
    assert not panel.snapshots.differences.go.isEnabled()


def test_packages_come_back_too(session: Session, tmp_path: Path) -> None:
    page = PageWorld(session, tmp_path / "世界", base_venv())
    for version in ("1.0", "2.0"):
        wheel(page.world.wheels, "einmal", version)
    env = dict(page.world.around.base or {})
    pip(page.install.venv, "install", "einmal==1.0", env=env)
    panel = page.panel(SnapshotsPanel)
    make(page, panel, "packages")
    pip(page.install.venv, "install", "einmal==2.0", env=env)
    panel.snapshots.differences.go.click()
    page.rest(120)
    assert versions(page.install.venv)["einmal"] == "1.0"


def test_two_snapshots_are_compared(page: PageWorld) -> None:
    panel = page.panel(SnapshotsPanel)
    make(page, panel, "one")
    first = panel.snapshots.table.record.id
    upstream = page.world.extension("neu")
    cloned(upstream, page.install.folder / "extensions" / "neu")
    make(page, panel, "two")
    panel.snapshots.table.choose(lambda one: one.title == "two")
    panel.snapshots.differences.against.set_value(first)
    page.rest()
    assert differing(panel) == {("extensions", "neu"), ("versions", "extensions/neu")}


def test_a_list_of_the_web_ui_is_imported(page: PageWorld, tmp_path: Path) -> None:
    said = {
        "created_at": 1.7e9,
        "name": "von A1111",
        "webui": {"remote": page.world.upstream.url, "commit_hash": page.world.first, "branch": "master"},
        "extensions": {},
    }
    (tmp_path / "state.json").write_text(json.dumps(said), "utf-8")
    panel = page.panel(SnapshotsPanel)
    panel.snapshots.import_list(tmp_path / "state.json")
    page.rest()
    assert ("von A1111", "imported") in [(one.title, one.kind) for one in panel.snapshots.table.records]
    panel.snapshots.import_list(tmp_path / "nothing.json")
    page.rest()
    assert page.notices[-1].kind == "bad"


def test_the_journal_tells_every_change_and_takes_it_back(page: PageWorld) -> None:
    new = page.world.publish()
    shown = page.panel(VersionsPanel)
    shown.head.update_it.click()
    page.rest()
    assert git(page.install.folder, "rev-parse", "HEAD") == new
    shown.hide()
    panel = page.panel(SnapshotsPanel)
    panel.receive("journal")
    table = panel.journal.table
    assert [table.model_.index(0, column).data() for column in (1, 2)] == ["Update the web UI", "done"]
    assert not panel.journal.back.isEnabled()
    table.choose(lambda _: True)
    panel.journal.back.click()
    page.rest()
    assert git(page.install.folder, "rev-parse", "HEAD") == page.world.first
    told = [[table.model_.index(row, column).data() for column in (1, 2)] for row in (0, 1)]
    assert told == [["Take back: Update the web UI", "done"], ["Update the web UI", "taken back later"]]
    kinds = {one.kind for one in snapshots.snapshots(page.session.places, page.install.key)}
    assert kinds == {"before a change"}


def test_a_change_that_was_put_back_says_why(page: PageWorld) -> None:
    page.world.publish(fault="socket_options")
    shown = page.panel(VersionsPanel)
    shown.head.update_it.click()
    page.rest()
    shown.hide()
    panel = page.panel(SnapshotsPanel)
    panel.receive("journal")
    panel.journal.table.choose(lambda _: True)
    assert panel.journal.table.model_.index(0, 2).data() == "put back"
    assert page.changes.taken_back
    assert panel.journal.why.text() == page.changes.taken_back.cause
    assert not panel.journal.back.isEnabled()


def test_ways_are_measured_shown_and_better_settings_set_and_undone(
    page: PageWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def measured(settings: Settings, _: object, **told: object) -> Examination:
        asked.append(told["mirrors"])
        return Examination(
            (
                Measure("git", Way("direct"), 8.0, "timeout", "no answer", is_used=True),
                Measure("git", Way("mirror", "", "https://mirror.example"), 0.4),
            ),
            (network.PROBLEMS["proxy dead"],),
            {"git_mirror": "https://mirror.example", "proxy_git": False},
        )

    monkeypatch.setattr(network, "measure", measured)
    panel = page.panel(NetworkPanel)
    panel.more["git"].set_value("https://mirror.example")
    panel.measure_it.click()
    page.rest()
    assert asked == [{"git": ["https://mirror.example"]}]
    results = [panel.table.model_.index(row, 4).data() for row in (0, 1)]
    assert results == ["No answer in time. (in use)", "works"]
    assert panel.proposal.isVisible()
    panel.proposal.apply.click()
    page.rest()
    assert (page.session.settings.git_mirror, page.session.settings.proxy_git) == ("https://mirror.example", False)
    assert not panel.proposal.isVisible()
    act = page.notices[-1].act
    assert act
    act()
    page.rest()
    assert (page.session.settings.git_mirror, page.session.settings.proxy_git) == ("", True)


def test_measuring_can_be_stopped_and_the_window_goes_on(page: PageWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(settings: Settings, context: object, **_: object) -> Examination:
        for step in range(500):
            context.progress(step, 500, "Measuring ways to the network")  # type: ignore[attr-defined]
            time.sleep(0.01)
        raise AssertionError("it was not stopped")

    monkeypatch.setattr(network, "measure", measured)
    panel, bar = page.panel(NetworkPanel), WorkBar(page.webui)
    panel.measure_it.click()
    page.until(lambda: bar.isVisible() and bar.bar.value() > 1)
    bar.stop.click()
    page.rest(5)
    bar.close()
    assert panel.measure_it.isEnabled()
    assert page.notices == []


def test_the_network_is_measured_before_there_is_a_web_ui(
    session: Session, until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    session.webui.is_listed = True
    monkeypatch.setattr(network, "measure", lambda *_, **__: Examination((Measure("hub", Way("direct"), 0.1),)))
    shown = WebuiPage(session)
    shown.show()
    shown.show_panel("network")
    panel = shown.stack.currentWidget()
    assert isinstance(panel, NetworkPanel)
    panel.measure_it.click()
    until(lambda: panel.found)
    assert panel.table.isVisible()
    until(lambda: not session.webui.lane.jobs)


def test_known_mirrors_are_offered_and_none_is_set_by_itself(page: PageWorld) -> None:
    panel = page.panel(NetworkPanel)
    assert panel.mirrors == {}
    menus = {menu.title(): menu for menu in panel.findChildren(QMenu)}
    assert set(menus) == {"git", "pip", "hub"}
    menus["pip"].actions()[0].trigger()
    assert panel.mirrors == {"pip": ["https://pypi.tuna.tsinghua.edu.cn/simple"]}
