"""A prompt as the text encoder gets it: chunks of 75 tokens, as the web UI cuts them, without torch."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from studio.core import tokens
from studio.core.prompt import extract_networks, parse_emphasis, schedule, split_and, strip_comments

CHUNK = 75
BREAK = ("BREAK", -1)
SYNTAX = re.compile(r"#[^\n]*|<\w+:[^<>]+>|:\s*[+-]?[.\d]+\s*[\])]")
NEAR = 64


@dataclass(frozen=True)
class Chunk:
    """75 tokens between start and end: 77 ids and their weights.

    `fixes` says at which offset within the 75 (the start token not counted) the vectors of an embedding go, by name.
    An embedding of more than 75 vectors makes its chunk longer, which no encoder can read.
    """

    tokens: list[int]
    multipliers: list[float]
    fixes: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class _Open:
    """A chunk that is being filled; `words` is the number of the word each token is from."""

    tokens: list[int] = field(default_factory=list)
    multipliers: list[float] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    fixes: list[tuple[int, str]] = field(default_factory=list)
    comma: int = -1

    def add(self, token: int, weight: float, word: int) -> None:
        self.tokens.append(token)
        self.multipliers.append(weight)
        self.words.append(word)

    def split_after_comma(self) -> "_Open":
        """Take out what follows the last comma. Its embeddings' fixes stay behind, as they do in the web UI."""
        at = self.comma + 1
        rest = _Open(self.tokens[at:], self.multipliers[at:], self.words[at:])
        del self.tokens[at:], self.multipliers[at:], self.words[at:]
        return rest

    def closed(self) -> Chunk:
        padding = max(CHUNK - len(self.tokens), 0)
        return Chunk(
            [tokens.START, *self.tokens, *[tokens.END] * (padding + 1)],
            [1.0, *self.multipliers, *[1.0] * (padding + 1)],
            self.fixes,
        )


def chunk(
    prompt: str, backtrack: int = 20, emphasis: str = "Original", embeddings: Mapping[str, int] | None = None
) -> list[Chunk]:
    """The chunks of a prompt without networks, AND and schedules; at least one.

    When a chunk is full and its last comma is at most `backtrack` tokens back, what follows the comma moves on to the
    next. `emphasis` "None" takes brackets and BREAK as text. `embeddings` are the known textual inversions: how many
    vectors each has; the longest name wins where several fit.
    """
    return [part.closed() for part in _parts(prompt, backtrack, emphasis, embeddings)]


def token_count(
    prompt: str, backtrack: int = 20, emphasis: str = "Original", embeddings: Mapping[str, int] | None = None
) -> int:
    """How many tokens a prompt takes; every chunk but the last counts as full."""
    *full, last = _parts(prompt, backtrack, emphasis, embeddings)
    return sum(max(len(part.tokens), CHUNK) for part in full) + len(last.tokens)


def prompt_length(
    prompt: str,
    steps: int = 20,
    backtrack: int = 20,
    emphasis: str = "Original",
    embeddings: Mapping[str, int] | None = None,
    negative: bool = False,
) -> tuple[int, int]:
    """The counter beside a prompt: tokens of the longest text it ever becomes, and the room its chunks have."""
    texts = _texts(prompt, steps, negative)
    count = max(token_count(text, backtrack, emphasis, embeddings) for text in texts)
    return count, -(-max(count, 1) // CHUNK) * CHUNK


def boundaries(
    prompt: str,
    steps: int = 20,
    backtrack: int = 20,
    emphasis: str = "Original",
    embeddings: Mapping[str, int] | None = None,
    negative: bool = False,
) -> list[int]:
    """Where in the prompt each chunk after the first begins (character offsets), in the longest text it becomes."""
    longest = max(_texts(prompt, steps, negative), key=lambda text: token_count(text, backtrack, emphasis, embeddings))
    offsets = [*_offsets(prompt, _words(longest, emphasis)), len(prompt)]
    starts, following = [], len(offsets) - 1
    for part in reversed(_parts(longest, backtrack, emphasis, embeddings)[1:]):
        following = part.words[0] if part.words else following
        starts.append(offsets[following])
    return starts[::-1]


def _texts(prompt: str, steps: int, negative: bool) -> list[str]:
    text = strip_comments(prompt)
    parts = [text] if negative else [part for part, _ in split_and(extract_networks(text)[0])]
    return list(dict.fromkeys(text for part in parts for _, text in schedule(part, steps)))


def _parts(prompt: str, backtrack: int, emphasis: str, embeddings: Mapping[str, int] | None) -> list[_Open]:
    known = _known(tuple((embeddings or {}).items()))
    cutter, word = _Cutter(backtrack), 0
    for text, weight in _weighted(prompt, emphasis):
        if (text, weight) == BREAK:
            cutter.close()
            word += 1
            continue
        stream = [(token, word + i) for i, (_, ids) in enumerate(tokens.words(text)) for token in ids]
        cutter.take(stream, weight, known)
        word = stream[-1][1] + 1 if stream else word
    return cutter.finished()


class _Cutter:
    """Fills chunks one after the other."""

    def __init__(self, backtrack: int) -> None:
        self.backtrack = backtrack
        self.full: list[_Open] = []
        self.here = _Open()

    def take(self, stream: list[tuple[int, int]], weight: float, known: "_Known") -> None:
        """Go through (token, word) pairs of one weight, putting embeddings where their names stand."""
        at = 0
        while at < len(stream):
            token, word = stream[at]
            self._make_room(token)
            embedding = _embedding_at(known, stream, at)
            if embedding is None:
                self.here.add(token, weight, word)
                at += 1
            else:
                self._insert(embedding, weight, word)
                at += len(embedding.ids)

    def close(self, following: _Open | None = None) -> None:
        """End the chunk and go on in the next."""
        self.full.append(self.here)
        self.here = following or _Open()

    def finished(self) -> list[_Open]:
        """All chunks; a last one without tokens only if it is the only one."""
        return [*self.full, self.here] if self.here.tokens or not self.full else self.full

    def _make_room(self, token: int) -> None:
        here = self.here
        if token == tokens.COMMA:
            here.comma = len(here.tokens)
        elif len(here.tokens) == CHUNK and here.comma != -1 and CHUNK - here.comma <= self.backtrack:
            self.close(here.split_after_comma())
        if len(self.here.tokens) == CHUNK:
            self.close()

    def _insert(self, embedding: "_Embedding", weight: float, word: int) -> None:
        if len(self.here.tokens) + embedding.vectors > CHUNK:
            self.close()
        self.here.fixes.append((len(self.here.tokens), embedding.name))
        for _ in range(embedding.vectors):
            self.here.add(0, weight, word)


@dataclass(frozen=True)
class _Embedding:
    ids: tuple[int, ...]
    name: str
    vectors: int


_Known = dict[int, list[_Embedding]]


@lru_cache(maxsize=8)
def _known(embeddings: tuple[tuple[str, int], ...]) -> _Known:
    """Embeddings by the first token of their name, longest names first."""
    found: _Known = {}
    for name, vectors in embeddings:
        if ids := tuple(tokens.encode(name)):
            found.setdefault(ids[0], []).append(_Embedding(ids, name, vectors))
    return {first: sorted(group, key=lambda one: -len(one.ids)) for first, group in found.items()}


def _embedding_at(known: _Known, stream: list[tuple[int, int]], at: int) -> _Embedding | None:
    for embedding in known.get(stream[at][0], ()):
        if embedding.ids == tuple(token for token, _ in stream[at : at + len(embedding.ids)]):
            return embedding
    return None


def _weighted(prompt: str, emphasis: str) -> list[tuple[str, float]]:
    return [(prompt, 1.0)] if emphasis == "None" else parse_emphasis(prompt)


def _words(prompt: str, emphasis: str) -> Iterator[str]:
    """The words of a prompt, numbered as _Open.words numbers them."""
    for text, weight in _weighted(prompt, emphasis):
        if (text, weight) == BREAK:
            yield "break"
        else:
            yield from (word for word, _ in tokens.words(text))


def _offsets(prompt: str, found: Iterator[str]) -> Iterator[int]:
    """Where each word stands in the prompt it was parsed from; near there where cleaning changed its letters.

    Short words are looked for nearby only: punctuation that cleaning replaced would else be found far behind.
    """
    text = "".join(letter if len(letter.lower()) > 1 else letter.lower() for letter in prompt)
    text = SYNTAX.sub(lambda match: "\0" * len(match[0]), text)
    at, absent = 0, set[str]()
    for word in found:
        start = -1 if word in absent else text.find(word, at, len(text) if len(word) > 3 else at + NEAR)
        if start >= 0:
            yield start
            at = start + len(word)
        else:
            if len(word) > 3:
                absent.add(word)
            yield at
