"""What the weight keys and the item keys do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.prompt import change_weight, move_item

TEXTS = st.text() | st.lists(
    st.sampled_from(
        ["(", ")", "[", "]", "<", ">", ":", ":1.2)", ":0.9)", "cat", " ", ",", "{", "}", "1", "\\", "\n", "猫"]
    )
).map("".join)


def marked(text: str) -> tuple[str, int, int]:
    """The text without its | marks, and where they were; one mark is a cursor."""
    start = text.index("|")
    end = text.rindex("|")
    return text.replace("|", ""), start, max(end - 1, start)


@pytest.mark.parametrize(
    ("before", "delta", "after"),
    [
        ("a ca|t b", 0.1, "a (|cat|:1.1) b"),
        ("a ca|t b", -0.1, "a (|cat|:0.9) b"),
        ("|a cat | b", 0.1, "(|a cat|:1.1)  b"),
        ("(c|at:1.1)", 0.1, "(|cat|:1.2)"),
        ("(c|at:1.1)", -0.1, "|cat|"),
        ("(|cat|:0.9)", 0.1, "|cat|"),
        ("((a |b))", 0.1, "(|a b|:1.3)"),
        ("(a |b)", 0.1, "(|a b|:1.2)"),
        ("[a |b]", 0.1, "|a b|"),
        ("[a |b]", -0.1, "(|a b|:0.8)"),
        ("[|a|:b:0.5]", 0.1, "[(|a|:1.1):b:0.5]"),
        ("[a:b|:0.5]", 0.1, "[a:(|b|:1.1):0.5]"),
        ("(|a| b)", 0.1, "((|a|:1.1) b)"),
        ("<lora:x|:1>", 0.1, "<|lora:x|:1.05>"),
        ("<lora:x:0.5:te=1|>", -0.1, "<|lora:x:0.5:te=1|>"),
        ("<lora:x:1:0.5|>", -0.1, "<|lora:x:1|:0.45>"),
        ("<lora:x|>", 0.1, "<|lora:x|>"),
        ("(a:0.1|)", -0.1, "(|a|:0.0)"),
        ("(a:-0.5|)", -0.1, "(|a|:-0.6)"),
        ("a | b", 0.1, "a | b"),
        ("|", 0.1, "|"),
        ("猫|, b", 0.1, "(|猫|:1.1), b"),
    ],
)
def test_change_weight(before: str, delta: float, after: str) -> None:
    expected = marked(after)
    assert change_weight(*marked(before), delta) == expected


@given(st.text("abc 猫", min_size=1).map(str.strip).filter(bool), st.integers(1, 20))
def test_as_often_down_as_up_gives_the_text_back(text: str, times: int) -> None:
    now = (text, 0, len(text))
    for delta in [0.1] * times + [-0.1] * times:
        now = change_weight(*now, delta)
    assert now == (text, 0, len(text))


@given(TEXTS, st.integers(-5, 40), st.integers(-5, 40), st.sampled_from([0.1, -0.1]))
def test_every_selection_is_fine(text: str, start: int, end: int, delta: float) -> None:
    new, start, end = change_weight(text, start, end, delta)
    assert 0 <= start <= end <= len(new)


@pytest.mark.parametrize(
    ("before", "direction", "after"),
    [
        ("a, b|b, c", -1, "b|b, a, c"),
        ("a, b|b, c", 1, "a, c, b|b"),
        ("|a, b", 1, "b, |a"),
        ("|a, b", -1, "|a, b"),
        ("a, b|", 1, "a, b|"),
        ("a,\n  b|,c", -1, "b|,\n  a,c"),
        ("x, (a, b|:1.2), y", -1, "x, (b|, a:1.2), y"),
        ("x, (a, b:1.2)|, y", 1, "x, y, (a, b:1.2)|"),
        ("<lora:a,b:1>, c|", -1, "c|, <lora:a,b:1>"),
        ("(a, b|", -1, "b|, (a"),
        ("\\(a, b|\\)", -1, "b|\\), \\(a"),
        ("a, |", -1, "|, a"),
    ],
)
def test_move_item(before: str, direction: int, after: str) -> None:
    text, cursor, _ = marked(before)
    assert move_item(text, cursor, direction) == marked(after)[:2]


@given(TEXTS, st.data(), st.sampled_from([-1, 1]))
def test_moving_loses_nothing(text: str, data: st.DataObject, direction: int) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    moved, place = move_item(text, cursor, direction)
    assert sorted(moved) == sorted(text)
    assert 0 <= place <= len(moved)
