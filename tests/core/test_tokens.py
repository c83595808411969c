"""CLIP's tokens: what published vocabularies give, and merging against the textbook's way."""

import gzip
import subprocess
import sys
import time
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import tokens
from studio.core.paths import RESOURCES

LONG = [263, 10789, 40036, 1996, 320, 19037, 593, 320, 18304, 30963, 2390, 530, 518, 5994, 8, 11, 263]
LONG += [5269, 267, 2463, 4001, 1844, 267, 5646, 267, 569, 16621, 5994, 264]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("a photo of a cat", [320, 1125, 539, 320, 2368]),
        ("A  Photo\nOF a\tcat", [320, 1125, 539, 320, 2368]),
        ("", []),
        (" \n ", []),
        (
            "(Medieval astronomer using a telescope with a cosmic starry sky in the background),(sketch, hand draw"
            " style, icon, uncomplicated background )",
            LONG,
        ),
        ("a<|endoftext|>b<|startoftext|>", [320, tokens.END, 321, tokens.START]),
        ("<|EndOfText|>", [tokens.END]),
    ],
)
def test_ids(text: str, ids: list[int]) -> None:
    assert tokens.encode(text) == ids


def test_cleaning() -> None:
    assert tokens.encode("“Cat”") == tokens.encode('"cat"')
    assert tokens.encode("ﬁsh &amp; cat") == tokens.encode("fish & cat")
    assert tokens.encode("&amp; <b>") != tokens.encode("& <b>"), "entities stay where there are tags"
    assert tokens.encode("a\x00\x07b") == tokens.encode("ab")


@pytest.mark.parametrize("letter", ["a", "(", "喵", "😀", "a,", "1", "\ud800", "İ"])
def test_long_texts_take_time_in_proportion(letter: str) -> None:
    def seconds(length: int) -> float:
        started = time.perf_counter()
        tokens.encode(letter * length)
        return time.perf_counter() - started

    seconds(1)
    assert seconds(100_000) < 3


@cache
def merge_ranks() -> dict[tuple[str, ...], int]:
    lines = gzip.decompress((RESOURCES / "clip" / "merges.txt.gz").read_bytes()).decode().splitlines()
    assert len(lines) == 48894
    return {tuple(line.split()): rank for rank, line in enumerate(lines)}


def merged_by_the_book(word: str) -> list[str]:
    """All occurrences of the best pair at once, again and again."""
    symbols = [*word[:-1], word[-1] + "</w>"]
    while pairs := [pair for pair in pairwise(symbols) if pair in merge_ranks()]:
        best, at, merged = min(pairs, key=merge_ranks().__getitem__), 0, []
        while at < len(symbols):
            width = 2 if tuple(symbols[at : at + 2]) == best else 1
            merged.append("".join(symbols[at : at + width]))
            at += width
        symbols = merged
    return symbols


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=40) | st.text("aeo", min_size=1, max_size=30))
def test_merging_letters_equals_the_textbooks_way(word: str) -> None:
    printable = [chr(code) for code in (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))]
    base = {letter: number for number, letter in enumerate(printable)}
    base |= {letter + "</w>": 256 + number for letter, number in base.items()}
    merged = {"".join(pair): 512 + rank for pair, rank in merge_ranks().items()}
    assert tokens.encode(word) == [(base | merged)[symbol] for symbol in merged_by_the_book(word)]


@given(st.text())
def test_any_text_has_tokens_of_the_vocabulary(text: str) -> None:
    assert all(0 <= token <= tokens.END for token in tokens.encode(text))
    assert [token for _, ids in tokens.words(text) for token in ids] == tokens.encode(text)


def test_first_count_is_quick_and_needs_no_torch() -> None:
    code = (
        "import sys, time; t = time.perf_counter(); from studio.core import tokens; tokens.encode('a cat');"
        "heavy = {'torch', 'transformers', 'tokenizers', 'numpy'} & set(sys.modules);"
        "print(time.perf_counter() - t, sorted(heavy))"
    )
    seconds, loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split(maxsplit=1)
    assert loaded.strip() == "[]"
    assert float(seconds) < 1
