"""The gallery's search language: words of the prompt and terms like `model:x seed:123 date:2026-11 starred`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from studio.core.errors import BadRequest
from studio.library.database import storable

PIECE = re.compile(r"""(?P<minus>-?)(?:(?P<key>\w+)[:：])?(?P<value>"[^"]*"?|[^\s"]*)""")
STARRED = "starred"
ALIASES = {
    "模型": "model",
    "采样": "sampler",
    "采样方法": "sampler",
    "种子": "seed",
    "尺寸": "size",
    "日期": "date",
    "反向": "negative",
    "收藏": STARRED,
}
HAN_AND_KANA = re.compile("([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])")
DATES = ("%Y", "%Y-%m", "%Y-%m-%d")


@dataclass(frozen=True)
class Term:
    """One part of a search: `key` is "" for words of the prompt; `is_not` asks for pictures without it."""

    key: str
    value: str
    is_not: bool = False

    def __str__(self) -> str:
        value = f'"{self.value}"' if re.search(r"\s", self.value) or not self.value else self.value
        text = STARRED if self.key == STARRED else f"{self.key}:{value}" if self.key else value
        return f"-{text}" if self.is_not else text


Condition = tuple[str, list[object]]


def parse(text: str) -> list[Term]:
    """The terms of a search in their order; what has an unknown key is a word."""
    terms = (_term(piece) for piece in PIECE.finditer(storable(text).replace("\0", " ")))
    return [term for term in terms if term.key or term.value]


def with_term(text: str, key: str, value: str = "") -> str:
    """`text` with its terms of `key` replaced by one; without any if `value` is empty."""
    kept = [term for term in parse(text) if term.key != key]
    return " ".join(str(term) for term in [*kept, *([Term(key, value)] if value else [])])


def value_of(text: str, key: str) -> str:
    """What `text` asks of `key`, "" if nothing."""
    return next((term.value for term in parse(text) if term.key == key and not term.is_not), "")


def condition(text: str) -> Condition:
    """The search as a SQL condition over the tables picture and words. Raises BadRequest for a malformed term."""
    sql, values = ["NOT gone"], []
    for term in parse(text):
        part, more = CONDITIONS[term.key](term.value)
        sql.append(f"NOT ({part})" if term.is_not else part)
        values += more
    return " AND ".join(sql), values


def use_of(use: str, name: str) -> Condition | None:
    """Whether a picture was made with the model `name`, as a SQL condition; None if pictures do not tell of its use."""
    if use == "checkpoint":
        return "model = ? COLLATE NOCASE", [storable(name)]
    if use == "network":
        tags = [f"<{kind}:{storable(name)}{end}" for kind in ("lora", "lyco") for end in (":", ">")]
        return " OR ".join(["instr(infotext, ?)"] * len(tags)), list(tags)
    if use == "embedding" and re.search(r"\w", name):
        phrase = segmented(storable(name)).replace('"', " ")
        return "picture.id IN (SELECT rowid FROM words WHERE words MATCH ?)", [f'{{prompt negative}} : "{phrase}"']
    return None


def segmented(text: str) -> str:
    """Text for the word index: every Chinese, Japanese and Korean character is a word of its own."""
    return HAN_AND_KANA.sub(r" \1 ", text)


def _term(piece: re.Match[str]) -> Term:
    key, value, is_not = piece["key"] or "", piece["value"], bool(piece["minus"])
    key = ALIASES.get(key, key.lower())
    if not key and ALIASES.get(value, value) == STARRED:
        return Term(STARRED, "yes", is_not)
    if key in CONDITIONS:
        return Term(key, value.strip('"'), is_not)
    return Term("", piece[0].removeprefix("-").strip('"'), is_not)


def _words(text: str) -> Condition:
    if not re.search(r"\w", text):
        return "instr(infotext, ?)", [text]
    return _match("{prompt name}", text)


def _match(columns: str, text: str) -> Condition:
    phrase = segmented(text).replace('"', " ")
    return "picture.id IN (SELECT rowid FROM words WHERE words MATCH ?)", [f'{columns} : "{phrase}" *']


def _negative(text: str) -> Condition:
    return _match("{negative}", text)


def _like(column: str) -> Callable[[str], Condition]:
    def contains(text: str) -> Condition:
        escaped = re.sub(r"([%_\\])", r"\\\1", text)
        return f"{column} LIKE ? ESCAPE '\\'", [f"%{escaped}%"]

    return contains


def _sampler(text: str) -> Condition:
    return "sampler = ? COLLATE NOCASE", [text]


def _seed(text: str) -> Condition:
    if not text.isdecimal():
        raise BadRequest("seed: is followed by a number.", "Write for example {example}.", example="seed:123")
    return "seed = ?", [str(int(text))]


def _size(text: str) -> Condition:
    size = re.fullmatch(r"(\d{1,6})[x×*](\d{1,6})", text)
    if size is None:
        raise BadRequest("size: is followed by width x height.", "Write for example {example}.", example="size:512x768")
    return "width = ? AND height = ?", [int(size[1]), int(size[2])]


def _date(text: str) -> Condition:
    begin = next((moment for form in DATES if (moment := _moment(text, form))), None)
    if begin is None:
        raise BadRequest(
            "date: is followed by a year, a month or a day.", "Write for example {example}.", example="date:2026-11"
        )
    return "made >= ? AND made < ?", [begin.timestamp(), _end(begin, text.count("-")).timestamp()]


def _moment(text: str, form: str) -> datetime | None:
    try:
        moment = datetime.strptime(text, form)
    except ValueError:
        return None
    return moment if 1970 < moment.year < 3000 else None


def _end(begin: datetime, dashes: int) -> datetime:
    if dashes == 0:
        return begin.replace(year=begin.year + 1)
    if dashes == 1:
        return begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
    return datetime.fromordinal(begin.toordinal() + 1)


def _starred(_text: str) -> Condition:
    return "starred", []


CONDITIONS: dict[str, Callable[[str], Condition]] = {
    "": _words,
    "negative": _negative,
    "model": _like("model"),
    "sampler": _sampler,
    "seed": _seed,
    "size": _size,
    "date": _date,
    STARRED: _starred,
}
