"""Parsing infotexts against the web UI's own answers, and against anything at all."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.infotext import parse, quote, read, unquote
from studio.core.styles import Style

GOLDEN = json.loads((Path(__file__).parents[1] / "data" / "golden" / "infotext_parse.json").read_text("utf-8"))
DATA = GOLDEN["data"]


@pytest.mark.parametrize("case", DATA["default_no_styles"], ids=lambda case: case["infotext"][-40:])
def test_parameters_are_the_webuis(case: dict[str, Any]) -> None:
    assert [list(item) for item in parse(case["infotext"]).items()] == case["items"]


STYLES = [Style(*row) for row in GOLDEN["styles"]]
MODES = {
    "with_styles_apply_if_any": "Apply if any",
    "with_styles_apply_first5": "Apply",
    "with_styles_discard": "Discard",
    "with_styles_ignore": "Ignore",
}


@pytest.mark.parametrize("case", [(name, case) for name in MODES for case in DATA[name]], ids=lambda case: case[0])
def test_styles_are_found_as_the_webui_finds_them(case: tuple[str, dict[str, Any]]) -> None:
    name, golden = case
    assert [list(item) for item in parse(golden["infotext"], STYLES, MODES[name]).items()] == golden["items"]


@pytest.mark.parametrize(("value", "expected"), DATA["quote"])
def test_quoting(value: Any, expected: Any) -> None:
    assert quote(value) == expected


@pytest.mark.parametrize(("text", "expected"), DATA["unquote"])
def test_unquoting(text: str, expected: str) -> None:
    assert unquote(text) == expected


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",))))
def test_quoting_loses_nothing(text: str) -> None:
    if text[:1] != '"':
        assert unquote(quote(text)) == text


@given(st.text() | st.text(alphabet='a:,"\\ x1-\n{[(/_é'))
def test_nothing_raises(text: str) -> None:
    assert {"Prompt", "Negative prompt", "Size-1"} & parse(text).keys()


@pytest.mark.parametrize(
    "piece",
    ["word ", 'aa:"', 'aa: "\\", ', "aa:[", " ", "a-", ":", "((", '"', "aa: {,", "[1,", "aa: ", ",", '"x,', "__a", "{"],
)
@pytest.mark.parametrize("end", ["", "\nSteps: 1, Seed: 1, Size: 8x8, Foo: "])
def test_long_nonsense_is_quick(piece: str, end: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    for nonsense in (text, text + end, end + text):
        parse(nonsense)
        read(nonsense)
    assert time.process_time() - started < 8
