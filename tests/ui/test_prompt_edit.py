"""The prompt's editor: colours, keys, completion, and typing that stays fast in long prompts."""

import random
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QColor, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.core.prompt import spans, unbalanced
from studio.ui.widgets.completer import EMBEDDING, NETWORK, STYLE, WILDCARD, Candidate, fragment, matches
from studio.ui.widgets.highlighter import pieces, prompt_colours, tint
from studio.ui.widgets.offsets import Offsets
from studio.ui.widgets.prompt_edit import PromptEdit

COLOURS = prompt_colours("#E8EAED", "#9AA1AC", "#E5646A", is_dark=True)
CANDIDATES = (
    Candidate("film grain", NETWORK, "<lora:film grain:1>", "Lora"),
    Candidate("add_detail", NETWORK, "<lora:add_detail:1>", "Lora"),
    Candidate("easynegative", EMBEDDING, "easynegative"),
    Candidate("weather", WILDCARD, "__weather__"),
    Candidate("Cinematic", STYLE, ""),
)
CONTROL, ALT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.NoModifier,
)


@pytest.fixture
def edit(qapp: QApplication) -> Iterator[PromptEdit]:
    made = PromptEdit(COLOURS, is_parameters=lambda text: text.startswith("Steps:"))
    made.set_candidates(CANDIDATES)
    made.resize(320, 160)
    made.show()
    yield made
    made.deleteLater()


def put_cursor(edit: PromptEdit, position: int, end: int | None = None) -> None:
    cursor = edit.textCursor()
    cursor.setPosition(position)
    cursor.setPosition(position if end is None else end, QTextCursor.MoveMode.KeepAnchor)
    edit.setTextCursor(cursor)


def kind_at(edit: PromptEdit, part: str) -> str:
    at = edit.toPlainText().index(part)
    edit.analyse()
    return next((piece.kind for piece in edit._highlighter.pieces if piece.start <= at < piece.end), "")


TEXT = "a (cat:1.2) [x:y:0.5] [p|q] <lora:film grain:1> __weather__ easynegative one AND two BREAK three # rest"


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("x:y", "scheduling"),
        ("p|q", "alternation"),
        ("<lora", "network"),
        ("__weather__", "wildcard"),
        ("easynegative", "embedding"),
        ("AND", "and"),
        ("BREAK", "break"),
        ("# rest", "comment"),
        ("one", ""),
    ],
)
def test_each_kind_has_its_colour(edit: PromptEdit, part: str, kind: str) -> None:
    edit.setPlainText(TEXT)
    assert kind_at(edit, part) == kind


def test_formats_reach_the_text(edit: PromptEdit) -> None:
    edit.setPlainText("a (cat:1.3), [dog:0.5:9] (")
    edit.analyse()
    formats = edit.document().firstBlock().layout().formats()
    colours = {(found.start, found.length): found.format for found in formats}
    assert colours[(2, 9)].background().color() == tint(1.3, COLOURS)
    assert any(found.format.underlineColor() == COLOURS.bad and found.start == 25 for found in formats)


def formats(edit: PromptEdit) -> list[tuple[int, int, int]]:
    found, block = [], edit.document().begin()
    while block.isValid():
        start = block.position()
        found += [
            (start + one.start, one.length, one.format.foreground().color().rgba()) for one in block.layout().formats()
        ]
        block = block.next()
    return found


def test_colours_follow_every_edit(edit: PromptEdit) -> None:
    edit.setPlainText("a (cat:1.2), [x:y:3]\n<lora:x:1>, __w__ # c")
    edit.analyse()
    for keys in ("b", ", ", "<", "("):
        put_cursor(edit, 1)
        QTest.keyClicks(edit, keys)
        QTest.keyClick(edit, Qt.Key.Key_Escape)
        edit.analyse()
        fresh = PromptEdit(COLOURS)
        fresh.setPlainText(edit.value())
        fresh.analyse()
        assert formats(edit) == formats(fresh)
        fresh.deleteLater()
    put_cursor(edit, 0, 12)
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    edit.undo()
    edit.analyse()
    assert formats(edit)


def test_emoji_do_not_shift_colours_keys_or_completion(edit: PromptEdit) -> None:
    edit.setPlainText("😀😀 (cat:1.3) dog")
    edit.analyse()
    assert [(piece.start, piece.end) for piece in edit._highlighter.pieces] == [(5, 14)]
    put_cursor(edit, 16)
    QTest.keyClick(edit, Qt.Key.Key_Up, CONTROL)
    assert edit.value() == "😀😀 (cat:1.3) (dog:1.1)"
    edit.setPlainText("😀, b")
    put_cursor(edit, 5)
    QTest.keyClick(edit, Qt.Key.Key_Left, ALT)
    assert edit.value() == "b, 😀"
    edit.setPlainText("😀 ")
    put_cursor(edit, 3)
    QTest.keyClicks(edit, "<fi")
    QTest.keyClick(edit._popup, Qt.Key.Key_Return)
    assert edit.value() == "😀 <lora:film grain:1>"


@given(st.text(max_size=30), st.data())
def test_offsets_lead_there_and_back(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    unit = Offsets(text).unit(at)
    assert unit == len(text[:at].encode("utf-16-le", "surrogatepass")) // 2
    assert Offsets(text).character(unit) == at


def test_heavier_is_warmer_and_stronger() -> None:
    assert tint(1.5, COLOURS).alpha() > tint(1.1, COLOURS).alpha()
    assert tint(1.5, COLOURS).red() > tint(0.5, COLOURS).red()


@given(st.text(alphabet="ab ()[]:|,.1<>_#\n{}\\", max_size=60))
def test_pieces_lie_side_by_side_inside_the_text(text: str) -> None:
    found = pieces(text, spans(text), unbalanced(text), {"ab"})
    edges = [edge for piece in found for edge in (piece.start, piece.end)]
    assert edges == sorted(edges)
    assert all(piece.start < piece.end <= len(text) for piece in found)
    wrong = {at for piece in found if piece.is_wrong for at in range(piece.start, piece.end)}
    assert wrong == set(unbalanced(text))


def test_control_up_and_down_change_the_weight_and_undo_brings_it_back(edit: PromptEdit) -> None:
    edit.setPlainText("a red cat")
    put_cursor(edit, 3)
    QTest.keyClick(edit, Qt.Key.Key_Up, CONTROL)
    assert edit.value() == "a (red:1.1) cat"
    QTest.keyClick(edit, Qt.Key.Key_Up, CONTROL)
    assert edit.value() == "a (red:1.2) cat"
    QTest.keyClick(edit, Qt.Key.Key_Down, CONTROL)
    QTest.keyClick(edit, Qt.Key.Key_Down, CONTROL)
    assert edit.value() == "a red cat"
    edit.undo()
    assert edit.value() == "a (red:1.1) cat"


def test_a_selection_is_weighed_as_one_and_networks_by_half_a_step(edit: PromptEdit) -> None:
    edit.setPlainText("a red cat <lora:x:1>")
    put_cursor(edit, 2, 9)
    QTest.keyClick(edit, Qt.Key.Key_Down, CONTROL)
    assert edit.value() == "a (red cat:0.9) <lora:x:1>"
    put_cursor(edit, edit.value().index("x:1"))
    QTest.keyClick(edit, Qt.Key.Key_Down, CONTROL)
    assert edit.value().endswith("<lora:x:0.95>")


def test_alt_left_and_right_move_an_item(edit: PromptEdit) -> None:
    edit.setPlainText("one, two, three")
    put_cursor(edit, 6)
    QTest.keyClick(edit, Qt.Key.Key_Right, ALT)
    assert edit.value() == "one, three, two"
    QTest.keyClick(edit, Qt.Key.Key_Left, ALT)
    QTest.keyClick(edit, Qt.Key.Key_Left, ALT)
    assert edit.value() == "two, one, three"


@pytest.mark.parametrize(
    ("before", "names"),
    [
        ("a <", ["add_detail", "film grain"]),
        ("a <lora:gr", ["film grain"]),
        ("x, __", ["weather"]),
        ("easy", ["easynegative"]),
        ("a cine", ["Cinematic"]),
        ("zzz", []),
    ],
)
def test_candidates_follow_what_was_typed(before: str, names: list[str]) -> None:
    assert [candidate.name for candidate in matches(fragment(before), CANDIDATES)] == names


def test_typing_opens_the_list_and_enter_takes_the_first(edit: PromptEdit) -> None:
    QTest.keyClicks(edit, "a <fi")
    assert edit._popup.isVisible()
    QTest.keyClick(edit._popup, Qt.Key.Key_Return)
    assert edit.value() == "a <lora:film grain:1>"
    assert not edit._popup.isVisible()


def test_a_chosen_style_leaves_the_text(edit: PromptEdit) -> None:
    chosen: list[str] = []
    edit.style_chosen.connect(chosen.append)
    QTest.keyClicks(edit, "a, cine")
    QTest.keyClick(edit._popup, Qt.Key.Key_Return)
    assert (chosen, edit.value()) == (["Cinematic"], "a, ")


def test_escape_and_moving_on_close_the_list(edit: PromptEdit) -> None:
    QTest.keyClicks(edit, "a <fi")
    QTest.keyClicks(edit, "zz")
    assert not edit._popup.isVisible()


def test_pasted_parameters_are_handed_on(edit: PromptEdit) -> None:
    pasted: list[str] = []
    edit.parameters_pasted.connect(pasted.append)
    for text in ("Steps: 20", "just words"):
        data = QMimeData()
        data.setText(text)
        edit.insertFromMimeData(data)
    assert (pasted, edit.value()) == (["Steps: 20"], "just words")


def test_chunk_marks_move_with_the_text(edit: PromptEdit) -> None:
    edit.setPlainText("one two three")
    edit.show_boundaries([8])
    put_cursor(edit, 0)
    QTest.keyClicks(edit, "xy ")
    assert edit._boundaries == [11]
    edit.grab()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_a_text_is_given_back_as_it_was_set(edit: PromptEdit, text: str) -> None:
    edit.set_value(text)
    assert edit.value() == text


def test_a_20_kb_prompt_stays_smooth(edit: PromptEdit) -> None:
    words = ["(masterpiece:1.2)", "a red apple", "[cat:dog:0.5]", "<lora:film grain:0.7>", "__weather__", "sky"]
    drawn = random.Random(1)  # noqa: S311 - a fixed mix
    edit.setPlainText(", ".join(drawn.choice(words) for _ in range(1500))[:20_000])
    edit.analyse()
    edit.grab()
    put_cursor(edit, 10_000)
    took = []
    for _ in range(10):
        began = time.perf_counter()
        QTest.keyClick(edit, Qt.Key.Key_A, NONE)
        took.append(time.perf_counter() - began)
    assert sorted(took)[5] < 0.05
    began = time.perf_counter()
    edit.analyse()
    assert time.perf_counter() - began < 0.5


def test_colours_differ_from_the_ground() -> None:
    for is_dark, ground in ((True, "#272A30"), (False, "#ECEEF2")):
        from studio.ui.theme import contrast

        colours = prompt_colours("#000000", "#000000", "#000000", is_dark)
        for kind, colour in colours.kinds.items():
            assert contrast(QColor(colour).name(), ground) >= 4.5, (kind, is_dark)
