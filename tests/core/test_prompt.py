"""The prompt language beyond the reference answers: total, linear, and right where the web UI leaves a choice."""

import math
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import BadRequest
from studio.core.prompt import (
    Row,
    extract_networks,
    parse_emphasis,
    schedule,
    spans,
    split_and,
    strip_comments,
    timeline,
    unbalanced,
)

SIGNS = [
    "(",
    ")",
    "[",
    "]",
    ":",
    "|",
    "\\",
    "a",
    "b c",
    " ",
    "\n",
    "0.5",
    "3",
    ":1.2)",
    ":0.5]",
    ":4]",
    "[a:b:3]",
    "[x|y]",
]
SIGNS += ["BREAK", " AND ", "<lora:x:1>", "<", ">", "{a|b}", "{2$$", "}", "{", "__c__", "#", "猫", "🐈", "1e999", "-"]
PROMPTS = st.text() | st.lists(st.sampled_from(SIGNS), max_size=25).map("".join)


@given(PROMPTS)
def test_pieces_and_weights_are_complete(text: str) -> None:
    pieces = parse_emphasis(text)
    assert pieces
    assert all(left[1] != right[1] for left, right in pairwise(pieces))
    plain = "".join(piece for piece, _ in pieces)
    assert set(plain) <= set(text)


@given(st.text(st.characters(exclude_characters="()[]\\"), max_size=30).filter(lambda text: "BREAK" not in text))
def test_text_without_signs_is_one_piece(text: str) -> None:
    assert parse_emphasis(text) == [(text, 1.0)]


@given(st.text(max_size=30))
def test_escaped_text_comes_through_and_brackets_weigh_it(text: str) -> None:
    escaped = "".join(f"\\{sign}" if sign in "()[]\\" else sign for sign in text.replace("BREAK", ""))
    expected = text.replace("BREAK", "")
    assert "".join(piece for piece, _ in parse_emphasis(f"({escaped}x:1.5)")) == f"{expected}x"
    assert {weight for _, weight in parse_emphasis(f"({escaped}x:1.5)")} == {1.5}


@given(PROMPTS, st.integers(1, 30), st.none() | st.integers(1, 30), st.booleans())
def test_schedules_rise_to_the_last_step(text: str, steps: int, hires_steps: int | None, old: bool) -> None:
    entries = schedule(text, steps, hires_steps, old)
    ends = [end for end, _ in entries]
    assert ends == sorted(set(ends))
    assert ends[-1] == (steps if hires_steps is None or old else hires_steps)
    assert ends[0] >= 1


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("[a:b:1e999]", [(10, "a")]),
        ("[a:b:-1e999]", [(10, "b")]),
        ("[a:b:.9e1]", [(10, "a")]),
        ("[[a|b]:c:2]", [(n, "a" if n == 1 else "b" if n == 2 else "c") for n in range(1, 11)]),
        ("[a:b:3] \\", [(10, "[a:b:3] \\")]),
        ("x|[a:b:3]", [(10, "x|[a:b:3]")]),
        ("[a (b:c) d:e:3]", [(3, "a (b:c) d"), (10, "e")]),
        ("[a (b:c:d):e:3]", [(10, "[a (b:c:d):e:3]")]),
        ("(a [b:c:3]", [(3, "(a b"), (10, "(a c")]),
        ("[:3]", [(3, ""), (10, "")]),
        ("[猫:🐈:3]", [(3, "猫"), (10, "🐈")]),
        ("[a:b:3]]", [(3, "a]"), (10, "b]")]),
        ("[a:b:3]]]", [(10, "[a:b:3]]]")]),
        ("[a:b:3]::: c", [(3, "a::: c"), (10, "b::: c")]),
        ("[a:b:3]:: c", [(10, "[a:b:3]:: c")]),
        ("[[x:y:2] a:b:3]:: c", [(2, "[x a:b:3]:: c"), (10, "[y a:b:3]:: c")]),
        ("([a:b:3]):: c", [(3, "(a):: c"), (10, "(b):: c")]),
        ("[[a|b]:3]::", [(n, f"[{'ba'[n % 2]}:3]::") for n in range(1, 11)]),
    ],
)
def test_schedules(prompt: str, expected: list[tuple[int, str]]) -> None:
    assert schedule(prompt, 10) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a # b\nc", "a \nc"),
        ("a\n# b\nc", "a\nc"),
        ("# a", "\n"),
        ("# a\n# b\nc", "\n\nc"),
        ("a (b:1.2) # (c", "a (b:1.2) \n"),
        ("no comment", "no comment"),
        ("", ""),
    ],
)
def test_comments(text: str, expected: str) -> None:
    assert strip_comments(text) == expected


@given(PROMPTS)
def test_no_comment_is_left(text: str) -> None:
    assert "#" not in strip_comments(text)


@given(PROMPTS)
def test_parts_joined_by_and_are_all_there(text: str) -> None:
    assert all(math.isfinite(weight) and isinstance(part, str) for part, weight in split_and(text))
    assert split_and(f"left :2 AND {text}")[0] == ("left", 2.0)


@given(PROMPTS)
def test_networks_leave_the_rest(text: str) -> None:
    rest, tags = extract_networks(text)
    assert len(rest) + sum(len(str(tag)) for tag in tags) == len(text)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [("<lora:x:abc>", "abc"), ("<lora:x:te=>", "“”"), ("<lora:x:unet=1,5>", "1,5"), ("<lora:x:dyn=6.4>", "6.4")],
)
def test_a_strength_that_is_no_number_is_named(prompt: str, message: str) -> None:
    _, (tag,) = extract_networks(prompt)
    with pytest.raises(BadRequest, match=message):
        print(tag.te, tag.unet, tag.dyn)


def test_a_tag_without_a_name_has_an_empty_one() -> None:
    assert extract_networks("<lora:te=1>")[1][0].name == ""


def test_rows_of_the_ruler() -> None:
    assert timeline("[a:b:0.5] # c\nAND [d|e]:2 <lora:x:1>", 4, 4)[:4] == [
        Row(0, 1.0, False, 1, 3, "a"),
        Row(0, 1.0, False, 4, 4, "b"),
        Row(0, 1.0, True, 1, 4, "b"),
        Row(1, 2.0, False, 1, 2, " d"),
    ]


@given(PROMPTS, st.integers(1, 30), st.none() | st.integers(1, 30), st.booleans())
def test_every_call_has_one_text(text: str, steps: int, hires_steps: int | None, old: bool) -> None:
    rows = timeline(text, steps, hires_steps, old)
    for part in {row.part for row in rows}:
        for is_hires, total in ((False, steps), (True, hires_steps or 0)):
            mine = [row for row in rows if row.part == part and row.is_hires == is_hires]
            calls = [call for row in mine for call in range(row.first, row.last + 1)]
            assert calls == list(range(1, total + 1))


def found(text: str) -> list[tuple[str, str, float]]:
    return [(span.kind, text[span.start : span.end], round(span.weight, 4)) for span in spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(a:1.3) [b]", [("weight", "(a:1.3)", 1.3), ("weight", "[b]", 0.9091)]),
        ("((a))", [("weight", "((a))", 1.1), ("weight", "(a)", 1.21)]),
        ("([a:b:0.5]:1.2)", [("weight", "([a:b:0.5]:1.2)", 1.2), ("scheduling", "[a:b:0.5]", 1.2)]),
        ("[a:b]", [("weight", "[a:b]", 0.9091)]),
        ("[a|(b:2)]", [("alternation", "[a|(b:2)]", 1.0), ("weight", "(b:2)", 2.0)]),
        ("a AND b", [("and", "AND", 1.0)]),
        ("a BREAK b", [("break", "BREAK", 1.0)]),
        ("<lora:a(:1> x", [("network", "<lora:a(:1>", 1.0)]),
        ("[<lora:a:1>:b:3]", [("scheduling", "[<lora:a:1>:b:3]", 1.0), ("network", "<lora:a:1>", 1.0)]),
        ("__c/d__ {a|b} {c}", [("wildcard", "__c/d__", 1.0), ("wildcard", "{a|b}", 1.0)]),
        ("{2$$[a|b]|c}", [("wildcard", "{2$$[a|b]|c}", 1.0), ("alternation", "[a|b]", 1.0)]),
        ("a # (b [c", [("comment", "# (b [c", 1.0)]),
        ("(\\(a:1.5)", [("weight", "(\\(a:1.5)", 1.5), ("escape", "\\(", 1.5)]),
        ("x | [a:b:3]", [("weight", "[a:b:3]", 0.9091)]),
    ],
)
def test_spans(text: str, expected: list[tuple[str, str, float]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("(a [b) c]", []),
        ("(a", [0]),
        ("a)]", [1, 2]),
        ("\\( \\[", []),
        ("# (", []),
        ("<lora:(:1>", []),
        ("{a|b", [0]),
        ("a} (b AND c)", [1, 3, 11]),
        ("([a:b:0.5])", []),
    ],
)
def test_unbalanced(text: str, places: list[int]) -> None:
    assert unbalanced(text) == places


@given(PROMPTS)
def test_spans_lie_in_the_text(text: str) -> None:
    for span in spans(text):
        assert 0 <= span.start < span.end <= len(text)
    assert all(text[place] in "()[]{}" for place in unbalanced(text))


READERS: list[Callable[[str], object]] = [
    parse_emphasis,
    lambda text: schedule(text, 20),
    split_and,
    extract_networks,
    strip_comments,
    spans,
    unbalanced,
    lambda text: timeline(text, 20, 10),
]
ENDLESS = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "\\",
    "[a|",
    "{a|",
    "<a:",
    "<",
    "__a ",
    "([a",
    " ",
    ": ",
    "1",
    "\n#",
    "[a|b]",
    "[[a:b:3]",
]


@pytest.mark.parametrize("unit", ENDLESS)
def test_long_prompts_are_read_in_no_time(unit: str) -> None:
    text = (unit * 50_000)[:50_000]
    for reader in READERS:
        start = time.process_time()
        reader(text)
        assert time.process_time() - start < 3  # quadratic work would take minutes


@pytest.mark.parametrize(("opening", "closing"), [("(", ")"), ("[", "]"), ("[a:", ":3]"), ("[a|", "]"), ("{a|", "}")])
def test_deep_nesting_is_no_problem(opening: str, closing: str) -> None:
    text = opening * 20_000 + "a" + closing * 20_000
    for reader in READERS:
        reader(text)
