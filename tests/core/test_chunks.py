"""Chunks of 75 tokens, equal to the web UI's."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.chunks import boundaries, chunk, prompt_length, token_count
from studio.core.tokens import END, START

GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "golden" / "token_chunks.json").read_text("utf-8")
)["data"]
EMBEDDINGS = {row["name"]: row["vectors"] for row in GOLDEN["registered_embeddings"]}
SETTINGS: dict[str, dict[str, Any]] = {
    "default": {},
    **{f"backtrack_{tokens}": {"backtrack": tokens} for tokens in (0, 5, 40, 74)},
    "emphasis_None": {"emphasis": "None"},
    "textual_inversion": {"embeddings": EMBEDDINGS},
}
ROWS = [(row, settings) for name, settings in SETTINGS.items() for row in GOLDEN[name]]
TEXTS = st.text() | st.lists(
    st.sampled_from(["cat", ",", "(", ")", "[", "]", ":1.2)", "BREAK", "testemb", "\\", "猫"])
).map(" ".join)


@pytest.mark.parametrize(("row", "settings"), ROWS)
def test_chunks_equal_the_web_uis(row: dict[str, Any], settings: dict[str, Any]) -> None:
    chunks = chunk(row["prompt"], **settings)
    assert [one.tokens for one in chunks] == [one["tokens"] for one in row["chunks"]]
    assert [one.fixes for one in chunks] == [[tuple(fix) for fix in one["fixes"]] for one in row["chunks"]]
    for ours, theirs in zip(chunks, row["chunks"], strict=True):
        assert ours.multipliers == pytest.approx(theirs["multipliers"], abs=1e-9)
    assert token_count(row["prompt"], **settings) == row["token_count"]


@given(TEXTS, st.integers(0, 74), st.sampled_from(["Original", "None"]))
def test_any_text_gives_whole_chunks(text: str, backtrack: int, emphasis: str) -> None:
    embeddings = {"testemb": 4, "cat cat": 2}
    chunks = chunk(text, backtrack, emphasis, embeddings)
    for one in chunks:
        assert len(one.tokens) == len(one.multipliers) == 77
        assert (one.tokens[0], one.tokens[-1]) == (START, END)
    assert 75 * (len(chunks) - 1) <= token_count(text, backtrack, emphasis, embeddings) <= 75 * len(chunks)


@given(TEXTS)
def test_each_chunk_has_its_place_in_the_text(text: str) -> None:
    places = boundaries(text * 5)
    assert places == sorted(places)
    assert all(0 <= place <= len(text * 5) for place in places)


def test_boundaries_are_where_the_words_of_the_next_chunk_begin() -> None:
    assert boundaries("a cat") == []
    assert boundaries("a cat BREAK (a dog:1.3)") == [13]
    words = "word " * 75
    assert boundaries(words + "tail") == [len(words)]
    assert boundaries("(1:1.1) " * 75 + "1") == [8 * 75]
    changed = "“Ünlü” ﬁsh, "
    room = 75 - token_count(changed)
    assert boundaries(changed + words) == [len(changed + "word " * room)]
    assert boundaries("# one, two\n<lora:word:1> [c:" + words + ":0] tail") == [
        len("# one, two\n<lora:word:1> [c:" + words + ":0] ")
    ]
    listed = "word, " * 37
    assert boundaries(listed + "long_tail") == [len(listed)]


def test_counter() -> None:
    assert prompt_length("") == (0, 75)
    assert prompt_length("a cat") == (2, 75)
    assert prompt_length("word " * 75) == (75, 75)
    assert prompt_length("word " * 76) == (76, 150)
    assert prompt_length("a BREAK b") == (76, 150)
    assert prompt_length("testemb", embeddings=EMBEDDINGS) == (4, 75)


def test_counter_counts_the_longest_text_a_prompt_becomes() -> None:
    assert prompt_length("a [cat:long haired dog:0.5]") == (4, 75)
    assert prompt_length("a cat AND a very big dog:0.5") == (4, 75)
    assert prompt_length("a cat AND a dog", negative=True) == (5, 75)
    assert prompt_length("a cat <lora:some_name:0.8>") == (2, 75)
    assert prompt_length("a cat # of mine") == (2, 75)


@pytest.mark.parametrize(
    "piece", ["(", "[", "a, ", "word ", "“x” ", ":", "(a:1.1)", "喵", "BREAK ", "<a:", "# ", "[a:"]
)
def test_long_prompts_are_counted_quickly(piece: str) -> None:
    prompt = piece * (100_000 // len(piece))
    started = time.process_time()
    token_count(prompt)
    boundaries(prompt)
    assert time.process_time() - started < 20
