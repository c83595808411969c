"""The window: pages on demand, one look and language everywhere at once, nothing forgotten, nothing left running."""

import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

from studio.core.job import JobContext, Progress
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.ui import theme
from studio.ui.errors import Notice
from studio.ui.jobs import Job
from studio.ui.main_window import LEAST, SIZE, MainWindow
from studio.ui.pace import Pace, duration, speed
from studio.ui.pages import PAGES
from studio.ui.pages.settings import SettingsPage
from studio.ui.session import Session
from studio.ui.vitals import Vitals

Until = Callable[..., None]


@pytest.fixture
def window(session: Session, until: Until) -> Iterator[MainWindow]:
    made = MainWindow(session)
    made.show()
    made.activateWindow()
    until(made.isActiveWindow)
    yield made
    made.close()
    theme.theme().apply("dark")


def test_every_page_is_reached_by_keyboard_and_built_when_shown(window: MainWindow, until: Until) -> None:
    assert window.page_name == "home"
    for place, page in enumerate(PAGES, 1):
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_0.value + place), Qt.KeyboardModifier.ControlModifier)
        until(lambda name=page.name: window.page_name == name)
    assert window.stack.count() == len(PAGES)


def test_pages_are_built_ahead_once_the_window_is_there(window: MainWindow, until: Until) -> None:
    assert window.stack.count() == 1
    until(lambda: window.stack.count() == len(PAGES))
    assert window.page_name == "home"


def test_an_idle_window_cleans_up_after_itself(window: MainWindow, until: Until) -> None:
    until(window._tidy.isActive)
    session = window.session
    window.strip._timer.stop()
    session.autosave.close()
    lanes = (session.gpu, session.files, session.scans, session.pictures, session.vitals)
    until(lambda: not any(lane.jobs for lane in lanes))
    died: list[int] = []
    for _ in range(1000):
        weakref.finalize(holder := Holder(), died.append, threading.get_ident())
        holder.other = holder
    del holder
    until(lambda: len(died) > 900)
    assert set(died) == {threading.get_ident()}


class Holder:
    """Holds itself, so that only the collector lets it go."""

    other: object = None


def test_it_opens_at_1280_by_800(session: Session) -> None:
    made = MainWindow(session)
    assert made.size() == QSize(*SIZE).boundedTo(made.screen().availableSize()).expandedTo(QSize(*LEAST))
    made.close()


def test_it_works_at_1024_by_640(window: MainWindow) -> None:
    for page in PAGES:
        window.show_page(page.name)
    window.resize(*LEAST)
    assert (window.width(), window.height()) == LEAST


def test_every_control_has_a_name(window: MainWindow, until: Until) -> None:
    for name in ("home", "settings"):
        window.show_page(name)
        until(lambda: not window.session.files.jobs)
        page = window.stack.currentWidget()
        kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractSlider)
        controls = [control for kind in kinds for control in page.findChildren(kind)]
        assert controls
        for control in controls:
            if control.isVisible() and control.focusPolicy() & Qt.FocusPolicy.TabFocus:
                text = control.text() if isinstance(control, QAbstractButton) else ""
                parent = control.parentWidget()
                named = control.accessibleName() or text or (parent.accessibleName() if parent else "")
                assert named, control


CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QListView, QPlainTextEdit)


def is_control(widget: QWidget) -> bool:
    """Whether the user acts on it; scroll bars and the parts Qt puts into its own controls are not meant."""
    wholes = (QLineEdit, QAbstractSpinBox, QComboBox, QTabBar)
    is_part = isinstance(widget, QScrollBar) or isinstance(widget.parentWidget(), wholes)
    return isinstance(widget, CONTROLS) and not is_part


def tip_of(widget: QWidget, page: QWidget) -> str:
    """Its tooltip, or that of what it is a part of."""
    while not widget.toolTip() and widget is not page:
        widget = widget.parentWidget()
    return "" if widget is page else widget.toolTip()


def test_every_control_is_named_and_says_what_it_does(window: MainWindow, session: Session) -> None:
    session.orders.put_aside(GenerateRequest(prompt="a"))
    for page in PAGES:
        window.show_page(page.name)
        shown = window._pages[page.name]
        controls = [one for one in shown.findChildren(QWidget) if is_control(one) and one.window() is window]
        assert controls
        names = [one.accessibleName() or (one.text() if isinstance(one, QAbstractButton) else "") for one in controls]
        nameless = [f"{page.name}: {one}" for one, name in zip(controls, names, strict=True) if not name]
        silent = [f"{page.name}: {name}" for one, name in zip(controls, names, strict=True) if not tip_of(one, shown)]
        assert (nameless, silent) == ([], [])


def texts(widget: QWidget) -> set[str]:
    return {label.text() for label in widget.findChildren(QLabel)}


def test_language_switches_in_place(window: MainWindow, session: Session, until: Until) -> None:
    window.show_page("settings")
    session.change_settings(language="zh_CN")
    assert window.page_name == "settings"
    assert "设置" in texts(window.centralWidget())
    session.change_settings(language="en")
    assert "Settings" in texts(window.centralWidget())
    until(lambda: not session.files.jobs)


def test_theme_switches_in_place(window: MainWindow, session: Session) -> None:
    session.change_settings(theme="light")
    assert theme.current() is theme.LIGHT
    assert window.page_name == "home"
    assert window.grab().toImage().pixelColor(400, 5).name().upper() == theme.LIGHT.bg
    session.change_settings(theme="dark")
    assert window.grab().toImage().pixelColor(400, 5).name().upper() == theme.DARK.bg


def test_what_a_page_shows_survives_a_rebuild_and_a_restart(tmp_path: Path, until: Until) -> None:
    places = Places(tmp_path / "家")
    first = Session(places)
    window = MainWindow(first)
    window.show_page("settings")
    page = window.stack.currentWidget()
    assert isinstance(page, SettingsPage)
    page.search_line.setText("folder")
    first.change_settings(language="zh_CN")
    page = window.stack.currentWidget()
    assert isinstance(page, SettingsPage)
    assert page.search_line.text() == "folder"
    first.change_settings(language="en")
    window.resize(LEAST[0], 700)  # the screen of the tests is small
    window.close()
    second = Session(places)
    again = MainWindow(second)
    assert again.page_name == "settings"
    page = again.stack.currentWidget()
    assert isinstance(page, SettingsPage)
    assert page.search_line.text() == "folder"
    assert (again.width(), again.height()) == (LEAST[0], 700)
    again.close()


def test_the_strip_shows_what_runs(window: MainWindow, session: Session, until: Until) -> None:
    gate, strip = threading.Event(), window.strip

    def work(context: JobContext) -> None:
        context.progress(3, 20)
        assert gate.wait(10)

    assert strip.what.whole == "Ready"
    session.in_gpu(work, "Painting")
    until(lambda: strip.count.text() == "3/20")
    assert strip.what.whole == "Painting"
    assert strip.bar.isVisible()
    gate.set()
    until(lambda: strip.what.whole == "Ready")
    assert not strip.bar.isVisible()
    until(lambda: strip.ram.text().startswith("RAM "))


def test_the_strip_tells_what_waits_in_a_paused_queue(window: MainWindow, session: Session) -> None:
    session.orders.put_aside(GenerateRequest(prompt="a"))
    assert window.strip.what.whole == "Queue paused, 1 waiting"
    session.orders.queue.remove(session.orders.rows()[0].id)
    session.orders.resume()
    assert window.strip.what.whole == "Ready"


def test_the_strip_shows_card_and_memory(window: MainWindow) -> None:
    window.strip._show_vitals(Vitals(4096, 16384, "NVIDIA RTX 4090", 2048, 24576))
    assert window.strip.vram.text() == "NVIDIA RTX 4090  2.0 / 24.0 GB"
    assert window.strip.ram.text() == "RAM 4.0 / 16.0 GB"
    assert window.strip.vram.isVisible()
    window.strip._show_vitals(Vitals(4096, 16384))
    assert not window.strip.vram.isVisible()


def test_a_page_is_ready_for_the_hands(window: MainWindow) -> None:
    names = {
        "create": "Prompt",
        "gallery": "Search",
        "models": "Search",
        "settings": "Search settings",
        "home": "Create",
    }
    for name, focus in names.items():
        window.show_page(name)
        widget = window.focusWidget()
        assert widget is not None
        assert widget.accessibleName() == focus


def test_the_strip_opens_the_queue(window: MainWindow) -> None:
    QTest.mouseClick(window.strip, Qt.MouseButton.LeftButton)
    assert window.drawer is not None
    assert window.drawer.isVisible()
    QTest.keyClick(window.strip, Qt.Key.Key_Return)
    assert not window.drawer.isVisible()


def test_notices_come_and_go(window: MainWindow, session: Session, until: Until) -> None:
    done: list[int] = []
    session.noticed.emit(Notice("It broke.", "Mend it.", "Traceback …", "bad", "Mend", lambda: done.append(1)))
    session.noticed.emit(Notice("It broke.", "Mend it.", "Traceback …", "bad", "Mend", None))
    session.notify("Saved.")
    session.notify("Saved.")
    cards = window.notices.cards()
    assert [card.notice.text for card in cards] == ["It broke.", "It broke.", "Saved."]
    buttons = {button.text(): button for button in cards[0].findChildren(QAbstractButton) if button.text()}
    assert not cards[0].details.isVisible()
    buttons["Details"].click()
    assert cards[0].details.isVisible()
    buttons["Copy"].click()
    assert QGuiApplication.clipboard().text() == "It broke.\nMend it.\nTraceback …"
    buttons["Mend"].click()
    assert done == [1]
    for card in window.notices.cards():
        card.close_now()
    assert window.notices.cards() == []


def test_an_error_nobody_caught_is_a_notice(window: MainWindow) -> None:
    import sys

    try:
        raise ValueError("unforeseen")
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    (card,) = window.notices.cards()
    assert "unforeseen" in card.notice.text
    assert "test_main_window" in card.notice.details
    card.close_now()


def test_closing_stops_everything_within_a_step(window: MainWindow, session: Session, until: Until) -> None:
    began, job_ends = threading.Event(), []

    def work(context: JobContext) -> None:
        while True:
            began.set()
            context.progress(0, 1)

    job: Job = session.in_gpu(work, "Painting")
    job.cancelled.connect(lambda: job_ends.append(1))
    assert began.wait(5)
    window.close()
    assert job_ends == [1]
    assert not any(lane.isRunning() for lane in (session.gpu, session.files, session.pictures, session.vitals))


def test_speed_and_time_left() -> None:
    pace = Pace()
    assert pace.left_s(Progress(0, 10)) is None
    for i in range(6):
        pace.see(Progress(i, 10), now_s=i * 0.5)
    assert pace.rate == 2
    assert pace.left_s(Progress(5, 10)) == 2.5
    pace.see(Progress(0, 10), now_s=99)
    assert pace.rate == 0
    assert [duration(s) for s in (7, 61.4, 3723)] == ["0:07", "1:01", "1:02:03"]
    assert (speed(0), speed(4.25), speed(0.5)) == ("", "4.2 it/s", "2.0 s/it")
