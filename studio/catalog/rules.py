"""The rules of diagnosis: what a log says, what it means and what to do about it; the rows lie in resources/rules."""

import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import Field, ValidationError, field_validator, model_validator

from studio.catalog.fixes import BY_ID
from studio.core.errors import FileProblem
from studio.core.option import Record
from studio.core.paths import RESOURCES

FOLDER = RESOURCES / "rules"
# What a diagnosis knows without a group: the extension, and the numbers of an out-of-memory message.
KNOWN_PLACES = {
    "extension",
    "requested",
    "total",
    "free",
    "allocated",
    "reserved",
    "others",
    "exception",
    "message",
    "cuda",
}
OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
SPECIAL = set(".^$*+?{}[]\\|()")


class Text(Record):
    """A text in the languages of the program, as a template over a match's groups.

    A part in square brackets is left out where nothing is known of what it names: "It failed[ in {extension}]."
    """

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def of(self, language: str) -> str:
        """The text in `language`, such as "zh_CN"; any other than Chinese gives English."""
        return self.zh if language.startswith("zh") else self.en

    def filled(self, values: dict[str, str]) -> "Text":
        """The text with its places filled in."""
        return Text(en=_filled(self.en, values), zh=_filled(self.zh, values))


def _filled(text: str, values: dict[str, str]) -> str:
    def part(found: re.Match[str]) -> str:
        names = (name for _, name, _, _ in string.Formatter().parse(found[1]) if name)
        return found[1] if all(values[name] for name in names) else ""

    return OPTIONAL.sub(part, text).format_map(values)


class FixCall(Record):
    """A fix of catalog.fixes with its arguments, templates over a match's groups until a diagnosis fills them."""

    fix: str
    arguments: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_known(self) -> "FixCall":
        if self.fix not in BY_ID:
            raise ValueError(f"no fix {self.fix}")
        if set(self.arguments) != set(BY_ID[self.fix].arguments):
            raise ValueError(f"{self.fix} takes {BY_ID[self.fix].arguments}, not {tuple(self.arguments)}")
        return self

    def filled(self, values: dict[str, str]) -> "FixCall":
        """The call with the places of its arguments filled in."""
        return FixCall(fix=self.fix, arguments={k: v.format_map(values) for k, v in self.arguments.items()})


class Where(Record):
    """Where a rule applies; "" is everywhere. `torch`, `python` and `capability` are version specifiers.

    `build` is what torch was built for: "cpu", "cuda" or "rocm". `vendor` is the graphics card's. What is unknown
    speaks against a rule only if it is `strict`.
    """

    vendor: str = ""
    system: str = ""
    build: str = ""
    torch: str = ""
    python: str = ""
    capability: str = ""
    strict: bool = False

    @field_validator("torch", "python", "capability")
    @classmethod
    def _is_specifier(cls, value: str) -> str:
        try:
            SpecifierSet(value)
        except InvalidSpecifier as error:
            raise ValueError(str(error)) from error
        return value


class Rule(Record):
    """One rule.

    A line that any of `patterns` finds is its evidence, if each of `near` is found and none of `unless` within
    `window` lines of it. `level` says how deep the cause lies: 0 nothing can work without it, 1 stops the start,
    2 stops what is being done, 3 a warning, 4 only tells that something failed. `explains` names rules whose findings
    follow from this one's. `oom` keeps the rule to one case of launcher.oom. A rule without patterns is raised by
    the code that names it.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    patterns: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    window: int = Field(60, ge=0, le=400)
    where: Where = Where()
    oom: Literal["", "shortage", "fragmented", "other-process", "huge-request", "unknown"] = ""
    kind: Literal["cause", "consequence", "info"] = "cause"
    level: int = Field(2, ge=0, le=4)
    confidence: float = Field(0.9, gt=0, le=1)
    explains: tuple[str, ...] = ()
    defaults: dict[str, str] = Field(default_factory=dict)
    cause: Text
    todo: Text
    avoid: Text
    fixes: tuple[FixCall, ...] = ()
    verify: str
    cite: tuple[str, ...] = Field(min_length=1)

    @field_validator("patterns", "near", "unless")
    @classmethod
    def _compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern}: {error}") from error
            if len(literal(pattern)) < 3:
                raise ValueError(f"{pattern} has no text that must be there")
        return patterns

    @model_validator(mode="after")
    def _places_are_given(self) -> "Rule":
        given = KNOWN_PLACES | set(self.defaults)
        if self.patterns:
            given |= set.intersection(*(set(re.compile(pattern).groupindex) for pattern in self.patterns))
        for pattern in self.near:
            given |= set(re.compile(pattern).groupindex)
        missing = set(self.places()) - given
        if missing:
            raise ValueError(f"{self.id}: nothing gives {sorted(missing)}")
        return self

    def places(self) -> Iterator[str]:
        """The names of all places in its texts and arguments."""
        texts = [text for each in (self.cause, self.todo, self.avoid) for text in (each.en, each.zh)]
        texts += [argument for call in self.fixes for argument in call.arguments.values()]
        for text in texts:
            yield from (name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def literal(pattern: str) -> str:
    """The longest text that every match of `pattern` contains; "" for alternatives at its top.

    What stands in groups and classes is left out: it may be missing or vary.
    """
    runs, run, depth, place = [], "", 0, 0
    while place < len(pattern):
        char, place = pattern[place], place + 1
        escaped = ""
        if char == "\\":
            escaped, place = pattern[place], place + 1
        elif char == "[":
            place = _end_of_class(pattern, place)
        if char == "|" and depth == 0:
            return ""
        if depth == 0 and (char not in SPECIAL or (escaped and not escaped.isalnum())):
            run += escaped or char
            continue
        if char in "*?{" and run:
            run = run[:-1]
        if char == "{":
            place = pattern.index("}", place) + 1
        depth += (char == "(") - (char == ")")
        runs.append(run)
        run = ""
    return max([*runs, run], key=len)


def _end_of_class(pattern: str, place: int) -> int:
    place += pattern[place] == "^"
    place += pattern[place] == "]"
    while pattern[place] != "]":
        place += 2 if pattern[place] == "\\" else 1
    return place + 1


def _read(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders
    except (OSError, yaml.YAMLError) as error:
        raise FileProblem(path, "The rules in {name} cannot be read.", details=str(error)) from error


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, read and checked once. Raises FileProblem for a file that is not as it must be."""
    found: list[Rule] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name == "verify.yaml":
            continue
        try:
            found += [Rule(**row) for row in _read(path)]
        except (ValidationError, TypeError) as error:
            raise FileProblem(path, "The rules in {name} cannot be read.", details=str(error)) from error
    return tuple(found)


@cache
def by_id() -> dict[str, Rule]:
    """The rules by their ids."""
    return {rule.id: rule for rule in rules()}


@cache
def verifications() -> dict[str, Text]:
    """How one sees that a fix helped, by the key that a rule names."""
    return {key: Text(**texts) for key, texts in _read(FOLDER / "verify.yaml").items()}
