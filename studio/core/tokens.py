"""CLIP's byte-pair encoding as the web UI applies it, without torch; the vocabulary is read at first use."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from heapq import heapify, heappop, heappush
from typing import Any

from studio.core.paths import RESOURCES

START, END = 49406, 49407
COMMA = 267
SPECIAL = {"<|startoftext|>": START, "<|endoftext|>": END}
WORD_END = "</w>"
# CLIP's pre-tokens: special tokens, English endings, runs of letters, single digits, runs of anything else
WORD = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+"


@dataclass(frozen=True)
class _Vocabulary:
    """Ids of all symbols, and of each mergeable pair, written "a b", its rank (the lower merges first)."""

    ids: dict[str, int]
    ranks: dict[str, int]


def encode(text: str) -> list[int]:
    """Token ids of `text` without start and end; any text, also one with lone surrogates, has some (maybe none)."""
    return [token for _, tokens in words(text) for token in tokens]


def words(text: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The cleaned, lower-cased words of `text` with the ids of each."""
    patterns = _patterns()
    for piece in patterns.special.split(text):
        if piece in SPECIAL:
            yield piece, (SPECIAL[piece],)
        else:
            yield from ((word, _word_ids(word)) for word in patterns.pre_token.findall(_clean(piece)))


def _clean(text: str) -> str:
    from ftfy import fix_text

    return _patterns().space.sub(" ", fix_text(text)).strip().lower()


@dataclass(frozen=True)
class _Patterns:
    special: Any
    pre_token: Any
    space: Any


@cache
def _patterns() -> _Patterns:
    import regex

    return _Patterns(
        regex.compile("(" + "|".join(map(regex.escape, SPECIAL)) + ")"),
        regex.compile(WORD, regex.IGNORECASE),
        regex.compile(r"\s+"),
    )


@cache
def _vocabulary() -> _Vocabulary:
    merges = gzip.decompress((RESOURCES / "clip" / "merges.txt.gz").read_bytes()).decode().splitlines()
    letters = list(_byte_letters().values())
    symbols = [*letters, *(letter + WORD_END for letter in letters), *(merge.replace(" ", "") for merge in merges)]
    return _Vocabulary(
        {symbol: id_ for id_, symbol in enumerate(symbols)}, {merge: rank for rank, merge in enumerate(merges)}
    )


@cache
def _byte_letters() -> dict[int, str]:
    """A printable character for each byte, the printable Latin-1 ones first, as GPT-2 orders them."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + i) for i, byte in enumerate(others)}


@lru_cache(maxsize=16384)
def _word_ids(word: str) -> tuple[int, ...]:
    if word in SPECIAL:
        return (SPECIAL[word],)
    letters = _byte_letters()
    symbols = [letters[byte] for byte in word.encode()]
    symbols[-1] += WORD_END
    ids = _vocabulary().ids
    return tuple(ids[symbol] for symbol in _merged(symbols))


def _merged(symbols: list[str]) -> list[str]:
    """Merge the lowest-ranked neighbours, leftmost first, until none is in the table; n log n for n symbols."""
    ranks = _vocabulary().ranks
    after = list(range(1, len(symbols) + 1))
    before = list(range(-1, len(symbols) - 1))

    def rank(left: int) -> int | None:
        right = after[left]
        return ranks.get(f"{symbols[left]} {symbols[right]}") if right < len(symbols) else None

    waiting = [(r, i) for i in range(len(symbols)) if (r := rank(i)) is not None]
    heapify(waiting)
    while waiting:
        r, left = heappop(waiting)
        if not symbols[left] or rank(left) != r:
            continue
        right = after[left]
        symbols[left] += symbols[right]
        symbols[right] = ""
        after[left] = after[right]
        if after[left] < len(symbols):
            before[after[left]] = left
        for changed in (before[left], left):
            if changed >= 0 and (r := rank(changed)) is not None:
                heappush(waiting, (r, changed))
    return [symbol for symbol in symbols if symbol]
