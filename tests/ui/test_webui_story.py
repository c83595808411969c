"""One story through the page: install, start, break, diagnose, fix, then an update that fails and is taken back."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import pytest
from PySide6.QtWidgets import QPushButton
from webui_start_world import Until, add_broken_extension, free_port, page_of, panel

from change_world import MACHINE, ChangeWorld  # isort: skip - found by the line above
from git_world import git
from standin_world import shared_venv

from studio.core.paths import Places
from studio.launcher import journal, webui_config
from studio.launcher.process import State
from studio.ui.errors import Notice
from studio.ui.pages.webui import WebuiPage
from studio.ui.panels.webui_diagnosis import DiagnosisPanel
from studio.ui.panels.webui_finding import FindingCard
from studio.ui.panels.webui_installs import InstallsPanel
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.panels.webui_snapshots import SnapshotsPanel
from studio.ui.panels.webui_start import StartPanel
from studio.ui.panels.webui_versions import VersionsPanel
from studio.ui.session import Session

Kind = TypeVar("Kind", bound=WebuiPanel)
FIRST_S = 90


@pytest.mark.timeout(600)
def test_nothing_that_breaks_stays_broken(session: Session, until: Until, tmp_path: Path) -> None:
    world = ChangeWorld(tmp_path / "上游", Places(tmp_path / "elsewhere"))
    webui, notices = session.webui, list[Notice]()
    session.noticed.connect(notices.append)
    webui.is_listed, webui.machine, webui.changes.base = True, MACHINE, world.around.base
    with page_of(session, until) as page:
        story = Story(page, until, notices)
        folder = tmp_path / "我的 webuis" / "one"
        story.install(world.upstream.url, folder)
        (folder / "venv").symlink_to(shared_venv(), target_is_directory=True)
        story.start()
        story.break_an_extension()
        story.mend_it()
        assert webui_config.read(folder / "config.json")["disabled_extensions"] == ["sd-bad"]

        world.publish("A version that does not start", fault="socket_options")
        story.update_while_it_runs()
        assert git(folder, "rev-parse", "HEAD") == world.first
        assert webui_config.read(folder / "config.json")["disabled_extensions"] == ["sd-bad"]
        story.read_why()
        story.start()

        new = world.publish("A version that starts")
        story.update_while_it_runs()
        assert git(folder, "rev-parse", "HEAD") == new
        assert notices[-1].text == "Done: Update the web UI"
        story.start()


class Story:
    """What the user does, each step seen to its end."""

    def __init__(self, page: WebuiPage, until: Until, notices: list[Notice]) -> None:
        self.page, self.until, self.notices = page, until, notices
        self.webui = page.webui

    def shown(self, name: str, kind: type[Kind]) -> Kind:
        return cast(Kind, panel(self.page, name))

    def rest(self) -> None:
        lanes = (self.webui.lane, self.webui.reader, self.webui.changes.looker)
        self.until(lambda: not any(lane.jobs for lane in lanes), FIRST_S)

    def ready(self) -> bool:
        return bool(self.webui.run and self.webui.run.state is State.READY)

    def install(self, url: str, folder: Path) -> None:
        form = self.shown("installs", InstallsPanel).form
        form.url.setText(url)
        form.folder.set_value(str(folder))
        form.environment.setChecked(False)  # torch is several GB
        form.go.click()
        self.until(lambda: self.webui.install, FIRST_S)
        self.rest()
        options = self.webui.options.model_copy(update={"port": free_port(), "open_browser": False})
        self.webui.change_options(options)

    def start(self) -> None:
        self.shown("start", StartPanel).launch.start.click()
        self.until(self.ready, FIRST_S)

    def break_an_extension(self) -> None:
        assert self.webui.install
        add_broken_extension(self.webui.install, "sd-bad")
        pid = self.webui.run.webui.pid if self.webui.run and self.webui.run.webui else 0
        self.shown("start", StartPanel).launch.restart.click()
        self.until(lambda: self.webui.run and self.webui.run.webui and self.webui.run.webui.pid != pid, FIRST_S)
        self.until(lambda: self.ready() and self.webui.run and self.webui.run.diagnoses, FIRST_S)

    def mend_it(self) -> None:
        shown = self.shown("diagnosis", DiagnosisPanel)
        fix = "Disable the extension sd-bad"
        buttons = [one for card in shown.findChildren(FindingCard) for one in card.findChildren(QPushButton)]
        next(one for one in buttons if one.text() == fix).click()
        self.until(lambda: self.webui.run and self.webui.run.trial and self.webui.run.trial.outcome, FIRST_S)
        self.until(self.ready, FIRST_S)
        assert shown.verdict.text.text() == f"It helped: {fix}"

    def update_while_it_runs(self) -> None:
        """The web UI runs: the way on stops it first."""
        versions = self.shown("versions", VersionsPanel)
        self.rest()
        versions.head.update_it.click()
        self.until(lambda: self.notices and self.notices[-1].action == "Stop it and go on", FIRST_S)
        act = cast("Callable[[], object]", self.notices[-1].act)
        act()
        self.until(lambda: self.webui.changes.job, FIRST_S)
        self.rest()

    def read_why(self) -> None:
        """The page tells why, and so does the journal."""
        versions = self.shown("versions", VersionsPanel)
        gone = self.webui.changes.taken_back
        assert gone
        assert versions.card.isVisible()
        assert versions.card.cause.text() == gone.cause != ""
        snapshots = self.shown("snapshots", SnapshotsPanel)
        snapshots.receive("journal")
        self.rest()
        snapshots.journal.table.choose(lambda one: one.status == journal.UNDONE)
        assert snapshots.journal.why.text() == gone.cause
