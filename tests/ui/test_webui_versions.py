"""The Versions panel over real repositories: seen, updated, switched, taken back, mended."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from webui_page_world import PageWorld  # isort: skip - finds the launcher's worlds
from git_world import git
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from studio.launcher.versions import Commit
from studio.ui import translate
from studio.ui.panels.webui_problems import ProblemRow
from studio.ui.panels.webui_versions import VersionsPanel
from studio.ui.session import Session


@pytest.fixture
def page(session: Session, tmp_path: Path) -> PageWorld:
    return PageWorld(session, tmp_path / "世界")


def head(page: PageWorld) -> str:
    return git(page.install.folder, "rev-parse", "HEAD")


def seen(panel: VersionsPanel) -> set[str]:
    return {one.text() for one in panel.findChildren(QLabel) if one.isVisible()}


def problem_of(panel: VersionsPanel, kind: str) -> ProblemRow:
    return next(one for one in panel.problems.rows if one.problem.kind.key == kind)


def test_what_is_new_is_listed_and_the_current_version_marked(page: PageWorld) -> None:
    new = page.world.publish("A second version\n\nwith much in it")
    panel = page.panel(VersionsPanel)
    assert [one.hash for one in panel.commits.records] == [page.world.first]
    panel.head.check.click()
    page.rest()
    marks = [[panel.commits.model_.index(row, column).data() for column in range(4)] for row in (0, 1)]
    assert marks[0][:3] == [new[:8], "new", "A second version"]
    assert marks[1][:3] == [page.world.first[:8], "current", "First version"]
    assert marks[0][3] == "绘画 Painter"
    tip = panel.commits.model_.index(0, 2).data(Qt.ItemDataRole.ToolTipRole)
    assert "with much in it" in tip
    assert panel.head.news.text() == "1 new versions"


def test_an_update_is_made_and_can_be_undone(page: PageWorld) -> None:
    new = page.world.publish()
    panel = page.panel(VersionsPanel)
    panel.head.update_it.click()
    page.until(lambda: panel.card.isVisible())
    page.rest()
    assert head(page) == new
    assert not panel.card.isVisible()
    assert panel.head.title.text() == f"master · {new[:8]}"
    notice = page.notices[-1]
    assert (notice.text, notice.kind, notice.action) == ("Done: Update the web UI", "ok", "Undo")
    assert notice.act
    notice.act()
    page.rest()
    assert head(page) == page.world.first


def test_an_update_that_does_not_start_is_taken_back_with_its_reason(page: PageWorld) -> None:
    page.world.publish(fault="socket_options")
    panel = page.panel(VersionsPanel)
    panel.head.update_it.click()
    page.rest()
    assert head(page) == page.world.first
    gone = page.changes.taken_back
    assert gone
    assert gone.cause
    assert panel.card.isVisible()
    assert {"Taken back: Update the web UI", gone.cause, gone.todo} <= seen(panel)
    panel.card.details.click()
    assert panel.card.log.toPlainText()
    assert page.notices[-1].kind == "warn"
    panel.card.close_it.click()
    assert not panel.card.isVisible()


def test_the_reason_is_told_in_the_windows_language(page: PageWorld) -> None:
    translate.install("zh_CN")
    page.session.settings = page.session.settings.model_copy(update={"language": "zh_CN"})
    page.world.publish(fault="socket_options")
    panel = page.panel(VersionsPanel)
    panel.head.update_it.click()
    page.rest()
    assert page.changes.taken_back
    assert any("一" <= letter <= "鿿" for letter in page.changes.taken_back.cause)


def test_without_a_trial_start_it_stays(page: PageWorld) -> None:
    new = page.world.publish(fault="socket_options")
    panel = page.panel(VersionsPanel)
    panel.head.probes.setChecked(False)
    panel.head.update_it.click()
    page.rest()
    assert head(page) == new


def test_an_update_can_be_stopped_and_leaves_no_trace(page: PageWorld) -> None:
    page.world.publish(seconds={"model": 60.0})
    panel = page.panel(VersionsPanel)
    panel.head.update_it.click()
    page.until(lambda: page.changes.progress and page.changes.progress.text == "Trying a start")
    panel.card.stop.click()
    page.rest()
    assert head(page) == page.world.first
    assert page.notices == []


def test_a_tag_is_switched_to_and_the_branch_taken_up_again(page: PageWorld) -> None:
    page.world.upstream.tag("v1.0")
    page.world.publish()
    panel = page.panel(VersionsPanel)
    panel.head.probes.setChecked(False)
    panel.head.update_it.click()
    page.rest()
    panel.tabs.setCurrentIndex(2)
    assert [one.name for one in panel.references.records] == ["v1.0"]
    panel.references.choose(lambda one: one.name == "v1.0")
    panel.switch_to.click()
    page.rest()
    assert head(page) == page.world.first
    problem = problem_of(panel, "detached")
    problem.mend_button.click()
    page.rest()
    assert git(page.install.folder, "symbolic-ref", "--short", "HEAD") == "master"
    assert "detached" not in {one.problem.kind.key for one in panel.problems.rows}


def test_an_older_commit_is_gone_back_to_and_forward_again(page: PageWorld) -> None:
    page.world.publish()
    panel = page.panel(VersionsPanel)
    panel.head.probes.setChecked(False)
    panel.head.update_it.click()
    page.rest()
    panel.commits.choose(lambda one: one.hash == page.world.first)
    assert panel.back_to.isEnabled()
    panel.back_to.click()
    page.rest()
    assert head(page) == page.world.first
    assert panel.head.title.text().startswith("master · ")
    panel.head.back.click()
    page.rest()
    assert head(page) != page.world.first


def test_changed_files_are_put_aside_under_a_name_and_applied_again(page: PageWorld) -> None:
    file = page.install.folder / "launch.py"
    text = file.read_text("utf-8") + "# mine\n"
    file.write_text(text, "utf-8")
    panel = page.panel(VersionsPanel)
    problem = problem_of(panel, "dirty")
    assert "launch.py" in problem.details.toPlainText()
    assert problem.text
    problem.text.setText("我的改动")
    problem.mend_button.click()
    page.rest()
    assert file.read_text("utf-8") != text
    assert panel.found
    assert [one.name for one in panel.found.stashes] == ["我的改动"]
    page.until(lambda: f"Put aside in {page.install.folder.name}: 我的改动" in seen(panel))
    panel.problems.stashes[0].again.click()
    page.rest()
    assert file.read_text("utf-8") == text


def test_a_wrong_address_is_mended_with_the_one_that_is_typed(page: PageWorld) -> None:
    git(page.install.folder, "config", "remote.origin.url", (page.world.folder / "nowhere.git").as_uri())
    panel = page.panel(VersionsPanel)
    problem = problem_of(panel, "other_remote")
    assert problem.text
    problem.text.setText(page.world.upstream.url)
    problem.mend_button.click()
    page.rest()
    assert git(page.install.folder, "config", "remote.origin.url") == page.world.upstream.url


def test_thousands_of_versions_do_not_stall_the_window(page: PageWorld) -> None:
    panel = page.panel(VersionsPanel)
    assert panel.found
    many = tuple(Commit(f"{n:040x}", "Author", 1.7e9 + n, f"Message {n}") for n in range(20_000))
    began = time.perf_counter()
    panel._take(replace(panel.found, commits=many))
    panel.grab()
    assert time.perf_counter() - began < 0.5
    assert len(panel.commits.records) == 20_000


def test_what_is_listed_comes_back(page: PageWorld) -> None:
    panel = page.panel(VersionsPanel)
    panel.tabs.setCurrentIndex(1)
    panel.head.probes.setChecked(False)
    again = VersionsPanel(page.webui)
    again.restore(panel.state())
    assert again.kind == "branches"
    assert not again.head.probes.isChecked()
    again.restore({"kind": 7, "probes": "x"})
