"""Web UIs are installed, go on after an interruption, are adopted, shown and removed to the trash."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from webui_start_world import MACHINE, Until, enter, page_of, panel, standin

sys.path.insert(0, str(Path(__file__).parents[1] / "launcher"))

from git_world import Upstream
from wheel_world import wheel

from studio.core.job import JobContext
from studio.launcher import installs, packages, torch_choice
from studio.launcher.clone import staging_of
from studio.launcher.install import Install
from studio.ui.errors import Notice
from studio.ui.pages.webui import WebuiPage
from studio.ui.panels import webui_installs
from studio.ui.panels.webui_install_form import KINDS, WORDS, free_folder
from studio.ui.panels.webui_installs import InstallsPanel
from studio.ui.panels.webui_removal import RemovalDialog
from studio.ui.session import Session


@pytest.fixture
def page(session: Session, until: Until) -> Iterator[WebuiPage]:
    session.webui.is_listed = True
    with page_of(session, until) as made:
        yield made


@pytest.fixture
def notices(session: Session) -> list[Notice]:
    found: list[Notice] = []
    session.noticed.connect(found.append)
    return found


def upstream(folder: Path) -> Upstream:
    """A repository that looks like AUTOMATIC1111's."""
    made = Upstream(folder)
    for name in ("launch.py", "webui.py", "modules/shared.py"):
        (made.work / name).parent.mkdir(parents=True, exist_ok=True)
        (made.work / name).write_text("# 文\n", "utf-8")
    made.save("First version")
    return made


def list_panel(page: WebuiPage) -> InstallsPanel:
    return cast(InstallsPanel, panel(page, "installs"))


def rest(page: WebuiPage, until: Until) -> None:
    until(lambda: not page.webui.lane.jobs and not page.webui.reader.jobs, 60)


def test_every_kind_has_words(page: WebuiPage) -> None:
    assert set(KINDS) == set(WORDS)
    form = list_panel(page).form
    folders = set()
    for kind in KINDS:
        form.kind.set_value(kind)
        folders.add(form.folder.value())
        assert form.branch.value() == installs.source(kind).branches[0]
        assert form.branch.combo.count() == len(installs.source(kind).branches)
    assert len(folders) == len(KINDS)
    form.folder.set_value("/my own/folder")
    form.kind.set_value("forge")
    assert form.folder.value() == "/my own/folder"


def test_installing_from_an_own_address(page: WebuiPage, until: Until, tmp_path: Path, notices: list[Notice]) -> None:
    shown, target = list_panel(page), tmp_path / "我的 webuis" / "one"
    assert shown._welcome.isVisible()
    shown.form.url.setText(upstream(tmp_path / "up").url)
    shown.form.folder.set_value(str(target))
    shown.form.environment.setChecked(False)
    shown.form.go.click()
    until(lambda: page.work.isVisible())
    assert page.work.title.text() == "Installing AUTOMATIC1111"
    until(lambda: page.webui.install, 60)
    assert (target / "launch.py").read_text("utf-8") == "# 文\n"
    assert page.panel_name == "start"
    assert [notice.text for notice in notices] == ["AUTOMATIC1111 is here."]
    rest(page, until)
    assert not page.work.isVisible()
    assert installs.find(page.webui.places, "a1111").folder == target


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Packages come from this folder only."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheels.as_uri(), "PIP_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(name, value)
    return wheels


def test_a_second_one_is_chosen_and_gets_its_environment(
    page: WebuiPage, session: Session, until: Until, tmp_path: Path, notices: list[Notice], no_index: Path
) -> None:
    page.drop(upstream(tmp_path / "up").work)
    until(lambda: page.webui.install, 30)
    rest(page, until)
    made = Upstream(tmp_path / "other")
    for name in ("launch.py", "webui.py", "modules/shared.py", "requirements_versions.txt"):
        (made.work / name).parent.mkdir(parents=True, exist_ok=True)
        (made.work / name).write_text("einmal==1.0\n" if name.endswith(".txt") else "# 文\n", "utf-8")
    made.save("First version")
    session.webui.machine = MACHINE
    for pin in (*torch_choice.choose("a1111", MACHINE, (3, 11)).requirements, "einmal==1.0"):
        wheel(no_index, *pin.split("=="))
    shown = list_panel(page)
    shown.form.url.setText(made.url)
    shown.form.folder.set_value(str(tmp_path / "two"))
    shown.form.go.click()
    until(lambda: len(page.webui.installs) == 2, 60)
    until(lambda: page.webui.install and page.webui.install.folder == tmp_path / "two", 60)
    assert page.panel_name == "environment"
    rest(page, until)
    assert notices[-1].text == "Done: Make the environment", notices[-1].details
    assert page.webui.install
    names = {one.name for one in packages.installed(packages.site_packages(page.webui.install.venv))}
    assert names >= {"pip", "torch", "einmal"}


def test_an_interrupted_installation_goes_on(page: WebuiPage, tmp_path: Path) -> None:
    form, target = list_panel(page).form, tmp_path / "one"
    form.folder.set_value(str(target))
    assert form.go.text() == "Install"
    staging_of(target).mkdir(parents=True)
    form.folder.set_value("")
    assert not form.go.isEnabled()
    form.folder.set_value(str(target))
    assert form.go.text() == "Go on installing"


def test_stopping_is_told(
    page: WebuiPage, until: Until, notices: list[Notice], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def slow(_places: object, _settings: object, _order: object, context: JobContext) -> Install:
        while True:
            context.progress(1, 2, "Asking the repository")

    monkeypatch.setattr(webui_installs, "_installed", slow)
    form = list_panel(page).form
    form.folder.set_value(str(tmp_path / "one"))
    form.go.click()
    until(lambda: page.work.what.whole == "Asking the repository")
    assert not form.go.isEnabled()
    page.work.stop.click()
    until(lambda: notices)
    assert notices[-1].text == "Stopped."
    assert notices[-1].remedy == "Installing it again goes on where it was."
    rest(page, until)


def test_a_folder_that_is_no_web_ui_is_told(
    page: WebuiPage, until: Until, tmp_path: Path, notices: list[Notice]
) -> None:
    page.drop(tmp_path)
    until(lambda: notices)
    assert notices[-1].text == f"No web UI was found in {tmp_path}."
    rest(page, until)
    assert page.webui.installs == []


def test_a_folder_is_adopted_by_dropping_it(page: WebuiPage, until: Until, tmp_path: Path) -> None:
    made = upstream(tmp_path / "up")
    page.drop(made.work)
    until(lambda: page.webui.installs, 30)
    rest(page, until)
    assert page.webui.install is not None
    assert page.webui.install.folder == made.work
    assert page.session.settings.model_folders == (str(made.work),)
    page.drop(made.work)
    rest(page, until)
    assert page.session.settings.model_folders == (str(made.work),)


def test_removing_shows_what_goes_and_keeps_models(
    page: WebuiPage, session: Session, until: Until, tmp_path: Path
) -> None:
    made = upstream(tmp_path / "up")
    model = made.work / "models" / "Stable-diffusion" / "mine.safetensors"
    model.parent.mkdir(parents=True)
    model.write_bytes(b"x")
    page.drop(made.work)
    until(lambda: page.webui.installs, 30)
    rest(page, until)
    shown = list_panel(page)
    (trash,) = [one for one in shown.findChildren(QToolButton) if one.accessibleName() == "Remove AUTOMATIC1111"]
    trash.click()
    until(lambda: shown.findChildren(RemovalDialog))
    (dialog,) = shown.findChildren(RemovalDialog)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "go to the trash" in words
    assert "Models and pictures stay" in words
    (go,) = [one for one in dialog.findChildren(QPushButton) if one.text() == "Move to the trash"]
    go.click()
    until(lambda: not page.webui.installs, 30)
    rest(page, until)
    assert model.read_bytes() == b"x"
    assert not (made.work / "launch.py").exists()
    assert page.webui.install is None
    assert shown._welcome.isVisible()


def test_one_that_runs_cannot_be_removed(page: WebuiPage, session: Session, until: Until, tmp_path: Path) -> None:
    enter(session, standin(tmp_path / "web ui"))
    session.webui.start()
    shown = list_panel(page)
    bins = [one for one in shown.findChildren(QToolButton) if one.accessibleName() == "Remove Stand-in"]
    assert [one.isEnabled() for one in bins if one.isVisibleTo(shown)] == [False]


def test_a_folder_that_is_gone_can_be_taken_off_the_list(
    page: WebuiPage, session: Session, until: Until, tmp_path: Path, notices: list[Notice]
) -> None:
    made = upstream(tmp_path / "up")
    page.drop(made.work)
    until(lambda: page.webui.installs, 30)
    rest(page, until)
    made.work.rename(tmp_path / "elsewhere")
    shown = list_panel(page)
    shown._plan(page.webui.installs[0])
    until(lambda: any(notice.act for notice in notices))
    next(notice.act for notice in notices if notice.act)()  # type: ignore[misc]
    until(lambda: not page.webui.installs, 30)
    rest(page, until)


def test_one_may_leave_the_list_and_keep_its_files(page: WebuiPage, until: Until, tmp_path: Path) -> None:
    made = upstream(tmp_path / "up")
    page.drop(made.work)
    until(lambda: page.webui.installs, 30)
    rest(page, until)
    shown = list_panel(page)
    shown._plan(page.webui.installs[0])
    until(lambda: shown.findChildren(RemovalDialog))
    (dialog,) = shown.findChildren(RemovalDialog)
    (leave,) = [one for one in dialog.findChildren(QPushButton) if one.text() == "Only take it off the list"]
    leave.click()
    until(lambda: not page.webui.installs, 30)
    rest(page, until)
    assert (made.work / "launch.py").is_file()


def test_free_folders(tmp_path: Path) -> None:
    assert free_folder(tmp_path, "a") == tmp_path / "a"
    (tmp_path / "a").mkdir()
    assert free_folder(tmp_path, "a") == tmp_path / "a-2"
