"""Home: this machine's check list with buttons that mend, recent pictures, the way to the other pages."""

import os
from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QPushButton

from studio.catalog.checks import CHECKS as ROWS
from studio.core.job import JobContext
from studio.core.settings import Settings
from studio.doctor import Check
from studio.ui.errors import Notice
from studio.ui.pages import home
from studio.ui.pages.home import HomePage, recent
from studio.ui.session import Session

Until = Callable[..., None]
CHECKS = [
    Check("ram", "Memory", "ok", "{gb:.0f} GB", values={"gb": 32.0}),
    Check("driver", "Driver", "bad", "{driver}", "It is too old.", "open_driver_page", {"driver": "390.1"}),
]


@pytest.fixture
def page(session: Session, until: Until, monkeypatch: pytest.MonkeyPatch) -> HomePage:
    monkeypatch.setattr(home, "checks", lambda *_: CHECKS)
    made = HomePage(session)
    made.show()
    until(lambda: not session.files.jobs and not session.pictures.jobs)
    return made


def test_the_check_list_tells_and_mends(page: HomePage, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(home.QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    texts = {label.text() for label in page.findChildren(QLabel)}
    assert {"Memory", "32 GB", "Driver", "390.1. It is too old.", "1 to mend"} <= texts
    (button,) = [button for button in page.findChildren(QPushButton) if button.text() == "Get a driver"]
    button.click()
    assert opened == ["https://www.nvidia.com/drivers"]


@pytest.mark.parametrize("fix", sorted({finding.fix for row in ROWS for finding in row.findings.values()} - {""}))
def test_every_fix_has_a_button_that_does_something(
    fix: str, session: Session, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    found: list[Notice] = []
    session.noticed.connect(found.append)
    monkeypatch.setattr(home, "checks", lambda *_: [Check("x", "Thing", "bad", "wrong", "Mend it.", fix)])
    monkeypatch.setattr(home.QDesktopServices, "openUrl", lambda url: done.append(url.toString()))
    monkeypatch.setattr(home.subprocess, "run", lambda command, **_: done.append(" ".join(command)))
    made = HomePage(session)
    made.show()
    until(lambda: not session.files.jobs and not session.pictures.jobs)
    (button,) = [one for one in made.findChildren(QPushButton) if one.text() in home.FIXES.values()]
    button.click()
    until(lambda: done and not session.scans.jobs)
    wanted = {
        "open_driver_page": "nvidia.com/drivers",
        "open_models_folder": "models",
        "reinstall_torch": "doctor --repair",
    }
    assert wanted[fix] in done[0]
    assert bool(found) == (fix == "reinstall_torch")


def test_create_is_one_click_away(page: HomePage, session: Session) -> None:
    wanted: list[str] = []
    session.page_wanted.connect(lambda name, _: wanted.append(name))
    (button,) = [button for button in page.findChildren(QPushButton) if button.accessibleName() == "Create"]
    button.click()
    assert wanted == ["create"]


def test_recent_pictures_are_the_newest_first(session: Session) -> None:
    folder = session.places.outputs / "2026-11-23"
    folder.mkdir(parents=True)
    for i in range(10):
        path = folder / f"{i:02} 画.png"
        image = QImage(600, 300, QImage.Format.Format_RGB32)
        image.fill(0x336699)
        assert image.save(str(path))
        os.utime(path, (1000 + i, 1000 + i))
    (folder / "notes.txt").write_text("no picture")
    (folder / "broken.png").write_bytes(b"no picture either")
    os.utime(folder / "broken.png", (5000, 5000))
    found = recent(JobContext(), session.places, Settings())
    assert [path.name for path, _ in found] == [f"{i:02} 画.png" for i in range(9, 1, -1)]
    assert max(found[0][1].width(), found[0][1].height()) == 256


def test_recent_pictures_are_shown_and_open_in_the_gallery(page: HomePage, session: Session, until: Until) -> None:
    session.places.outputs.mkdir(parents=True)
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    assert image.save(str(session.places.outputs / "a.png"))
    wanted: list[object] = []
    session.page_wanted.connect(lambda name, value: wanted.append((name, value)))
    page.find_pictures()
    until(lambda: not session.pictures.jobs)
    (button,) = [button for button in page.findChildren(QPushButton) if button.accessibleName() == "a.png"]
    button.click()
    assert wanted == [("gallery", session.places.outputs / "a.png")]
