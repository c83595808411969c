"""What holds for all panels that look after a web UI: named controls, room, both languages, no stalls."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from webui_page_world import PageWorld  # isort: skip - finds the launcher's worlds
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from studio.core.settings import Settings
from studio.launcher.extension_index import Entry, Index
from studio.launcher.extensions import Extension
from studio.launcher.surroundings import Surroundings
from studio.launcher.versions import Commit
from studio.ui import theme, translate
from studio.ui.pages.webui import PANELS
from studio.ui.panels.webui_extension_list import Seen
from studio.ui.panels.webui_extensions import ExtensionsPanel
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.panels.webui_versions import Versions, VersionsPanel
from studio.ui.session import Session
from studio.ui.widgets.table import Table

NAMES = ("versions", "extensions", "environment", "snapshots", "network")
ROOM = (1024 - 76, 640 - 28 - 44)  # what rail, strip and tabs leave
CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QAbstractItemView, QPlainTextEdit, QTabBar)
CPU_S = 0.25  # ten times what it takes here


@pytest.fixture
def page(session: Session, tmp_path: Path) -> PageWorld:
    return PageWorld(session, tmp_path / "世界")


def made(page: PageWorld, name: str) -> WebuiPanel:
    return page.panel(next(row for row in PANELS if row.name == name).load())


def is_control(one: QWidget) -> bool:
    is_part = isinstance(one.parentWidget(), QLineEdit | QComboBox | QTabBar) or isinstance(one, QHeaderView)
    return isinstance(one, CONTROLS) and not is_part


def tip_of(one: QWidget, panel: QWidget) -> str:
    while not one.toolTip() and one is not panel:
        one = one.parentWidget()
    return one.toolTip()


@pytest.mark.parametrize("name", NAMES)
def test_every_control_is_named_and_says_what_it_does(page: PageWorld, name: str) -> None:
    (page.install.folder / "launch.py").write_text("# mine\n", "utf-8")
    panel = made(page, name)
    controls = [one for one in panel.findChildren(QWidget) if is_control(one) and one.window() is panel]
    assert len(controls) > 5
    named = [one.accessibleName() or (one.text() if isinstance(one, QAbstractButton) else "") for one in controls]
    assert [str(one) for one, said in zip(controls, named, strict=True) if not said] == []
    assert [said for one, said in zip(controls, named, strict=True) if not tip_of(one, panel)] == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", NAMES)
def test_it_has_room_in_the_smallest_window(page: PageWorld, name: str, language: str) -> None:
    translate.install(language)
    panel = made(page, name)
    theme.clothe(panel)
    page.until(lambda: True)
    least = panel.minimumSizeHint()
    assert least.width() <= ROOM[0], name
    assert least.height() <= ROOM[1], name


@pytest.mark.parametrize("name", NAMES)
def test_no_english_is_left_in_a_chinese_window(page: PageWorld, name: str) -> None:
    translate.install("zh_CN")
    panel = made(page, name)
    english = set(translate.table("zh_CN")) - set(translate.table("zh_CN").values())
    told = {one.text() for kind in (QLabel, QAbstractButton) for one in panel.findChildren(kind)}
    titles = {column.title for table in panel.findChildren(Table) for column in table.model_.columns}
    assert (told | titles) & english == set()


def spent(work: Callable[[], object]) -> float:
    """Processor seconds, which do not count what other programs take."""
    began = time.process_time()
    work()
    return time.process_time() - began


def test_long_lists_do_not_hold_the_window(page: PageWorld, tmp_path: Path) -> None:
    versions, panel = page.panel(VersionsPanel), page.panel(ExtensionsPanel)
    commits = tuple(Commit(f"{n:040x}", "Author", 1.7e9 + n, f"Message {n}") for n in range(9000))
    found = Versions(None, "master", "", commits, (), (), (), (), 0)
    assert spent(lambda: (versions._take(found), versions.grab())) < CPU_S
    assert spent(lambda: (versions.words.setText("message 12"), versions.grab())) < CPU_S
    many = tuple(
        Extension(f"e{n}", tmp_path / f"e{n}", f"e{n}", True, False, 9, remote=f"https://github.com/a/e{n}")
        for n in range(300)
    )
    assert spent(lambda: (panel._take(Seen(many)), panel.grab())) < CPU_S
    entries = (Entry(f"E {n}", f"https://github.com/A/E{n}.git", "text " * 30, ("tab",), n) for n in range(2000))
    index = Index(tuple(entries), {})
    assert spent(lambda: (panel.index._take(index), panel.grab())) < CPU_S
    assert spent(lambda: panel.index.hide_installed.setChecked(True)) < CPU_S
    assert len(panel.index.table.records) == 1700


def test_what_is_logged_of_a_failure_holds_no_password(page: PageWorld, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(proxy="http://me:secret@127.0.0.1:1")
    page.session.settings = settings
    assert "secret" not in repr(Surroundings(page.session.places, settings, page.webui.machine))  # type: ignore[arg-type]

    def fails(*_: object) -> None:
        raise RuntimeError("no")

    page.changes.do("x", fails)
    page.rest()
    assert "secret" not in caplog.text
    assert page.notices[-1].kind == "bad"
