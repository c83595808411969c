"""The console: 200,000 lines without a stall, colours that can be read, search, levels, copy, save, answers."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from webui_start_world import Until, add_extension, enter, page_of, panel, standin

from studio.core.job import JobContext
from studio.launcher.console import COLOURS, Console, Level, Style
from studio.launcher.facts import Facts
from studio.launcher.process import Output
from studio.ui import console_colours, theme
from studio.ui.console_colours import ink
from studio.ui.panels.webui_console import ConsolePanel
from studio.ui.session import Session
from studio.ui.sieve import ALL, Sieve
from studio.ui.theme import DARK, LIGHT, contrast
from studio.ui.webui_run import Intake, WebuiRun
from studio.ui.widgets.console_view import ConsoleView

MANY = 200_000
STALL_S = 0.1  # of the main thread's own time: what others on the machine do is no stall of the window


@pytest.fixture
def shown(session: Session, until: Until, tmp_path: Path) -> Iterator[ConsolePanel]:
    enter(session, standin(tmp_path / "web ui"))
    with page_of(session, until) as page:
        yield cast(ConsolePanel, panel(page, "console"))


def run_of(shown: ConsolePanel) -> WebuiRun:
    assert shown.webui.run is not None
    return shown.webui.run


def say(shown: ConsolePanel, text: str) -> None:
    run = run_of(shown)
    shown.webui.lines_arrived.emit(run.console.append(text))


def view_with(text: str) -> ConsoleView:
    console, made = Console(), ConsoleView()
    console.append(text)
    made.resize(600, 300)
    made.show()
    made.show_console(console)
    return made


def test_many_lines_arrive_without_a_stall(shown: ConsolePanel) -> None:
    def speak(intake: Intake, _: JobContext) -> None:
        for first in range(0, MANY, 5000):
            intake(
                Output(
                    "".join(f"INFO line {n}: as long as a usual line of a log\n" for n in range(first, first + 5000))
                )
            )

    run = run_of(shown)
    run._begin(speak, Facts())
    shown.words.setText("line 1999")
    stalls: list[float] = []
    while run.is_live or shown.finder.is_searching:
        begun = time.thread_time()
        QCoreApplication.processEvents()
        stalls.append(time.thread_time() - begun)
        time.sleep(0.0005)
    assert len(run.console) == MANY + 1
    assert len(shown.finder.numbers) == 111
    assert max(stalls) < STALL_S
    assert shown.view.is_following
    assert shown.view.verticalScrollBar().value() == shown.view.verticalScrollBar().maximum()


def test_the_view_stays_where_it_is_once_one_scrolls_up(shown: ConsolePanel) -> None:
    say(shown, "".join(f"line {n}\n" for n in range(1000)))
    bar = shown.view.verticalScrollBar()
    assert shown.follow.isChecked()
    bar.setValue(100)
    assert not shown.follow.isChecked()
    say(shown, "another\n" * 50)
    assert bar.value() == 100
    shown.follow.click()
    assert bar.value() == bar.maximum()
    say(shown, "another\n" * 50)
    assert bar.value() == bar.maximum()


def test_search_goes_round_and_marks_the_line(shown: ConsolePanel, until: Until) -> None:
    say(shown, "".join(f"line {n}{' 找到 Me' if n in (3, 500, 900) else ''}\n" for n in range(1000)))
    shown.words.setText("找到 me")
    until(lambda: not shown.finder.is_searching)
    assert shown.finder.numbers == [3, 500, 900]
    for number in (3, 500, 900, 3):
        QTest.keyClick(shown.words, Qt.Key.Key_Return)
        assert shown.view.marked == number
    shown.go_back()
    assert shown.view.marked == 900
    assert shown.count.text() == "3 of 3"
    shown.words.setText("nowhere")
    until(lambda: not shown.finder.is_searching)
    assert shown.count.text() == "Not found"
    shown.go_on()
    assert shown.view.marked == 900


def test_levels_and_what_is_copied(shown: ConsolePanel, until: Until) -> None:
    say(shown, "fine\nWARNING: mind\nERROR: broken\n 50%|█████     | 1/2 [00:01<00:01]\nfine too\n")
    for level, wanted in (
        ("errors", "ERROR: broken"),
        ("warnings", "WARNING: mind\nERROR: broken"),
        ("without-progress", "fine\nWARNING: mind\nERROR: broken\nfine too\n"),
    ):
        shown.level.set_value(level)
        until(lambda: not shown.view.sieve.is_searching)
        shown.view.select_all()
        shown.view.copy()
        assert QGuiApplication.clipboard().text() == wanted
    say(shown, "ERROR: again\n")
    shown.level.set_value("errors")
    until(lambda: not shown.view.sieve.is_searching)
    assert shown.view.row_count == 2
    assert shown.state() == {"level": "errors"}


def test_a_line_that_is_wanted_is_shown_whatever_is_filtered(shown: ConsolePanel) -> None:
    say(shown, "".join(f"line {n}\n" for n in range(1000)))
    shown.level.set_value("errors")
    shown.receive(700)
    assert shown.view.marked == 700
    assert shown.level.value() == "all"


def test_the_log_is_saved(shown: ConsolePanel, until: Until, tmp_path: Path) -> None:
    say(shown, "one\n\x1b[31m二\x1b[0m\n")
    shown.save(tmp_path / "日志.log")
    until(lambda: not shown.webui.reader.jobs)
    assert (tmp_path / "日志.log").read_text("utf-8") == "one\n二\n\n"


def test_questions_can_be_answered(shown: ConsolePanel, session: Session, until: Until, tmp_path: Path) -> None:
    assert session.webui.install is not None
    script = "print('It is ' + input('Go on? [y/N] ') + ' then', flush=True)\n"
    add_extension(session.webui.install, "asks", script)
    session.webui.start()
    until(lambda: shown.question.isVisible(), 30)
    assert shown.question.text().endswith("Go on? [y/N]")
    shown.answer.setText("y")
    QTest.keyClick(shown.answer, Qt.Key.Key_Return)
    until(lambda: "It is y then" in shown.console.text(), 30)
    assert shown.answer.text() == ""


def test_the_log_of_an_earlier_run_can_be_looked_at(
    shown: ConsolePanel, session: Session, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[object] = []
    session.noticed.connect(lambda notice: wanted.append(notice.text))
    monkeypatch.setattr(shown.webui, "show_panel", lambda *what: wanted.append(what))
    assert shown._empty.isVisible()
    shown._empty.acted.emit()
    log = session.places.logs / "standin" / "webui.log"
    log.parent.mkdir(parents=True)
    log.write_text("old\n", "utf-8")
    shown._empty.acted.emit()
    assert wanted == ["There is no log of an earlier run.", ("diagnosis", log)]


def test_a_selection_by_hand() -> None:
    view = view_with("first line\nsecond 行\nthird\n")
    height = view._row_height
    top = 8 + height // 2
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(0, top))
    QTest.mouseMove(view.viewport(), QPoint(590, top + height))
    view.mouseMoveEvent(moved(view, QPoint(590, top + height)))
    assert view.selected_text == "first line\nsecond 行"
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, top + 2 * height))
    assert view.selected_text == "third"
    view.close()


def moved(view: ConsoleView, at: QPoint) -> QMouseEvent:
    left = Qt.MouseButton.LeftButton
    place = QPointF(at)
    return QMouseEvent(
        QEvent.Type.MouseMove, place, view.mapToGlobal(place), left, left, Qt.KeyboardModifier.NoModifier
    )


def test_very_long_lines_are_drawn_quickly_and_can_be_scrolled() -> None:
    view = view_with("".join(f"\x1b[31m{'x' * 4000}\x1b[0m{'y' * 5900}\n" for _ in range(200)))
    begun = time.thread_time()
    for _ in range(5):
        view.viewport().grab()
    assert time.thread_time() - begun < 5 * STALL_S
    assert view.horizontalScrollBar().maximum() > 9000 * view._narrowest - view.width()
    view.close()


def test_lines_that_are_forgotten_are_not_asked_for(until: Until) -> None:
    console, parent = Console(limit=1000), QObject()
    sieve = Sieve(parent)
    sieve.look_in(console)
    sieve.look_for("7")
    for _ in range(5):
        sieve.refresh(console.append("".join(f"line {n}\n" for n in range(700))))
        until(lambda: not sieve.is_searching)
        expected = list(console.matching("7"))
        assert sieve.numbers == expected
        assert all(number >= console.first for number in sieve.numbers)


@given(st.lists(st.text("ab1\n\r", max_size=12), max_size=12))
def test_a_sieve_finds_what_a_look_through_everything_finds(texts: list[str]) -> None:
    console, parent = Console(), QObject()
    sieve = Sieve(parent)
    sieve.look_in(console)
    sieve.look_for("a", ALL)
    for text in texts:
        sieve.refresh(console.append(text))
        while sieve.is_searching:
            sieve._go_on()
    assert sieve.numbers == list(console.matching("a"))


COLOURED = [
    *COLOURS,
    *(f"bright {name}" for name in COLOURS),
    "#ffff00",
    "#000080",
    "#123456",
    "#fefefe",
    "",
    "#101010",
]


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("ground", ["", "red", "#ffff00", "#000000", "white"])
def test_every_colour_can_be_read(tokens: theme.Tokens, ground: str) -> None:
    for colour in COLOURED:
        for more in ({}, {"dim": True}, {"inverse": True}):
            for level in Level:
                text, behind = ink(Style(colour, ground, **more), level, tokens)
                on = behind.name() if behind else tokens.surface
                assert contrast(text.name(), on) >= console_colours.LEAST - 0.05, (colour, ground, more)


def test_colours_stay_apart() -> None:
    for tokens in (DARK, LIGHT):
        assert len({ink(Style(name), Level.INFO, tokens)[0].name() for name in COLOURS}) == len(COLOURS)


def test_it_is_drawn_in_both_themes(shown: ConsolePanel) -> None:
    say(shown, "\x1b[1;31mbold red\x1b[0m \x1b[42;30mon green\x1b[0m plain \x1b[3;4;9mall\x1b[0m\n")
    for name in ("dark", "light"):
        theme.theme().apply(name)
        image = shown.view.viewport().grab().toImage()
        colours = {image.pixelColor(x, y).name() for x in range(0, 300) for y in range(4, 30)}
        assert len(colours) > 8
        assert theme.current().surface.lower() in colours
    theme.theme().apply("dark")
