"""Every flag of an installed web UI, read from its source without running it."""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from studio.catalog.webui_sources import WEBUI_SOURCES
from studio.launcher.install import Install
from studio.launcher.plain_values import TooMuch, Unknown, Values, shown, source

LARGEST = 1 << 20
STATEMENT, FLAG = 5, 200  # what they cost of Values.effort
CALL = re.compile(r"\b([A-Za-z_]\w*)\s*\.\s*add_argument\s*\(")
SWITCHES = ("store_true", "store_false", "store_const", "count", "help", "version", "BooleanOptionalAction")


@dataclass(frozen=True)
class Flag:
    """One flag. `default`, `choices`, `const` and `help` are as far as the source alone tells them.

    `source` is the file relative to the web UI's folder, `extension` the folder name of the one that adds it ("" for
    the web UI itself). Flags of one `exclusive` group (not "") cannot be given together.
    """

    names: tuple[str, ...]
    action: str = "store"
    type: str = "str"
    default: object = None
    const: object = None
    choices: tuple[object, ...] = ()
    nargs: str = ""
    help: str = ""
    metavar: str = ""
    group: str = ""
    exclusive: str = ""
    source: str = ""
    extension: str = ""
    line: int = 0
    is_hidden: bool = False

    @property
    def name(self) -> str:
        """Its first long name, else its first."""
        return next((name for name in self.names if name.startswith("--")), self.names[0])

    @property
    def takes_value(self) -> bool:
        """Whether something may follow it."""
        return self.action not in SWITCHES

    @property
    def needs_value(self) -> bool:
        """Whether something must follow it."""
        return self.takes_value and self.nargs not in ("?", "*")

    @property
    def takes_many(self) -> bool:
        """Whether several values may follow it."""
        return self.takes_value and (self.nargs in ("*", "+") or (self.nargs.isdecimal() and int(self.nargs) > 1))


@dataclass(frozen=True)
class FlagTable:
    """The flags of one install in source order, and notes on what could not be read."""

    flags: tuple[Flag, ...] = ()
    notes: tuple[str, ...] = ()

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    @cached_property
    def _by_name(self) -> dict[str, Flag]:
        return {name: flag for flag in reversed(self.flags) for name in flag.names}

    def find(self, name: str) -> Flag | None:
        """The flag of that name or, as argparse allows, of a beginning that only one long name has."""
        by_name = self._by_name
        if name in by_name or not name.startswith("--"):
            return by_name.get(name)
        close = {flag.names: flag for other, flag in by_name.items() if other.startswith(name)}
        return next(iter(close.values())) if len(close) == 1 else None

    def search(self, words: str) -> list[Flag]:
        """The flags whose names or help hold all the words, letter case aside."""
        wanted = words.casefold().split()
        texts = ((flag, " ".join([*flag.names, flag.help, flag.group]).casefold()) for flag in self.flags)
        return [flag for flag, text in texts if all(word in text for word in wanted)]


def read_flags(install: Install, extensions: Sequence[str] | None = None) -> FlagTable:
    """The flags of an installed web UI and of its extensions (all, or those whose folder names are given)."""
    row = next(row for row in WEBUI_SOURCES if row.key == install.source)
    tables = [read_file(install.folder, file) for file in row.argument_files]
    for folder in (row.builtin_extensions, row.extensions):
        for preload in sorted((install.folder / folder).glob("*/preload.py")):
            name = preload.parent.name
            if extensions is None or name in extensions:
                tables.append(read_file(install.folder, preload.relative_to(install.folder).as_posix(), name))
    flags: dict[tuple[str, ...], Flag] = {}
    for flag in (flag for table in tables for flag in table.flags):
        flags.setdefault(flag.names, flag)
    return FlagTable(tuple(flags.values()), tuple(note for table in tables for note in table.notes))


def read_file(root: Path, file: str, extension: str = "") -> FlagTable:
    """The flags one file adds; a file that is not there has none, one that is broken gives what can be read."""
    try:
        with (root / file).open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except FileNotFoundError:
        return FlagTable()
    except OSError as error:
        return FlagTable(notes=(f"{file}: {error.strerror or error}",))
    if len(data) > LARGEST:
        return FlagTable(notes=(f"{file}: larger than any file of arguments",))
    reader = Reader(file, extension)
    try:
        reader.read(data)
    except TooMuch:
        reader.notes.append(f"{file}: too long-winded, only its first flags were read")
    return FlagTable(tuple(reader.flags), tuple(reader.notes))


@dataclass
class Reader:
    """Walks a file's statements and keeps the values that are plain to see."""

    file: str
    extension: str
    flags: list[Flag] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    values: Values = field(default_factory=Values)
    groups: dict[str, str] = field(default_factory=dict)
    exclusive: dict[str, str] = field(default_factory=dict)

    def read(self, data: bytes) -> None:
        """Read a file; one that is no Python is read call by call. Raises TooMuch."""
        try:
            self.walk(ast.parse(data.replace(b"\0", b"")).body)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.flags.clear()
            said = getattr(error, "msg", None) or error or type(error).__name__
            self.notes.append(f"{self.file}: {said} (line {getattr(error, 'lineno', '?')})")
            self.rescue(data.decode("utf-8", "replace"))

    def walk(self, body: Iterable[ast.stmt]) -> None:
        """Read statements in order, inside functions, branches and loops as well."""
        for statement in body:
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        self.values.spend(STATEMENT)
        if isinstance(statement, ast.Expr | ast.Return) and statement.value is not None:
            self._calls(statement.value)
        elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            self._assign(targets, statement.value)
        elif isinstance(statement, ast.For):
            self._loop(statement)
        elif isinstance(statement, ast.ClassDef):
            self._class(statement)
        else:
            self.walk(getattr(statement, "body", []))
            for part in [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]:
                self.walk(part.body)
            self.walk(getattr(statement, "orelse", []))
            self.walk(getattr(statement, "finalbody", []))

    def _assign(self, targets: Sequence[ast.expr], value: ast.expr) -> None:
        self._calls(value)
        for target in targets:
            if not isinstance(target, ast.Name):
                continue
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
                self._group(target.id, value.func, value)
            self.values.names[target.id] = self.values.of(value)

    def _class(self, statement: ast.ClassDef) -> None:
        """Members of an enumeration are what its flag may be; other classes have nothing to say."""
        if any(source(base).rpartition(".")[2] in ("Enum", "StrEnum", "IntEnum") for base in statement.bases):
            pairs = [each for each in statement.body if isinstance(each, ast.Assign)]
            names = [(each.targets[0].id, each.value) for each in pairs if isinstance(each.targets[0], ast.Name)]
            self.values.enums[statement.name] = {name: self.values.of(value) for name, value in names}

    def _group(self, name: str, function: ast.Attribute, call: ast.Call) -> None:
        owner = function.value.id if isinstance(function.value, ast.Name) else ""
        if function.attr == "add_argument_group":
            given = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "title")]
            title = self.values.of(given[0]) if given else ""
            self.groups[name] = str(title or "")
        elif function.attr == "add_mutually_exclusive_group":
            self.groups[name] = self.groups.get(owner, "")
            self.exclusive[name] = f"{self.file}:{call.lineno}"

    def _loop(self, loop: ast.For) -> None:
        """Unroll a loop over values that are plain to see; another is read once with its names unknown."""
        items = self.values.of(loop.iter)
        if isinstance(items, dict):
            items = list(items)
        turns = items if isinstance(items, list | tuple) else [Unknown("")]
        for item in turns:
            self._bind(loop.target, item)
            self.walk(loop.body)

    def _bind(self, target: ast.expr, item: Any) -> None:
        if isinstance(target, ast.Name):
            self.values.names[target.id] = Unknown(target.id) if isinstance(item, Unknown) else item
        elif isinstance(target, ast.Tuple):
            parts = item if isinstance(item, list | tuple) and len(item) == len(target.elts) else [Unknown("")] * 99
            for element, part in zip(target.elts, parts, strict=False):
                self._bind(element, part)

    def _calls(self, node: ast.expr) -> None:
        for call in ast.walk(node):
            self.values.spend(1)
            if not isinstance(call, ast.Call):
                continue
            if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument":
                owner = call.func.value.id if isinstance(call.func.value, ast.Name) else ""
                self._flag(call, owner)

    def _flag(self, call: ast.Call, owner: str) -> None:
        values = [self.values.of(argument) for argument in call.args]
        texts = [shown(value) for value in values]
        names = tuple(text for text in texts if text.startswith("-") and "{" not in text)
        if not names:
            if any("{" in text for text in texts):
                self.notes.append(f"{self.file}: the name of a flag cannot be read (line {call.lineno})")
            return
        words = {word.arg: word.value for word in call.keywords if word.arg}
        self.values.spend(FLAG)
        self.flags.append(self._made(names, words, owner, call.lineno))
        if self.flags[-1].action == "BooleanOptionalAction":
            flag = self.flags[-1]
            also = tuple(f"--no-{name[2:]}" for name in names if name.startswith("--"))
            self.flags[-1] = Flag(**{**vars(flag), "names": (*names, *also)})

    def _made(self, names: tuple[str, ...], words: Mapping[str, ast.expr], owner: str, line: int) -> Flag:
        help_text = self.values.of(words["help"]) if "help" in words else ""
        choices = self.values.of(words["choices"]) if "choices" in words else ()
        action = _last_name(words["action"], self) if "action" in words else "store"
        default = self.values.of(words["default"]) if "default" in words else None
        kind = _last_name(words["type"], self) if "type" in words else "str"
        if not isinstance(choices, list | tuple | dict | range) or not choices:
            choices = list(self.values.enums.get(kind, {}).values())
        return Flag(
            names=names,
            action=action,
            type=kind,
            default=False if default is None and action == "store_true" else default,
            const=self.values.of(words["const"]) if "const" in words else None,
            choices=tuple(choices),
            nargs=str(self.values.of(words["nargs"]) or "") if "nargs" in words else "",
            help="" if _is_suppressed(help_text) else _filled(str(help_text or ""), default),
            metavar=_metavar(self.values.of(words["metavar"])) if "metavar" in words else "",
            group=self.groups.get(owner, ""),
            exclusive=self.exclusive.get(owner, ""),
            source=self.file,
            extension=self.extension,
            line=line,
            is_hidden=_is_suppressed(help_text),
        )

    def rescue(self, text: str) -> None:
        """Read each add_argument call of a file that does not parse by itself."""
        for found in CALL.finditer(text):
            call = _balanced(text, found.start(), found.end() - 1)
            self.values.spend(len(call))
            try:
                statement = ast.parse(call).body[0]
                ast.increment_lineno(statement, text.count("\n", 0, found.start()))
                self._statement(statement)
            except (SyntaxError, ValueError, RecursionError, MemoryError, IndexError):
                self.notes.append(
                    f"{self.file}: a flag cannot be read (line {text.count(chr(10), 0, found.start()) + 1})"
                )


def _balanced(text: str, start: int, opening: int) -> str:
    """The text from `start` to the bracket that closes the one at `opening`; quotes hide brackets."""
    depth, quote, place = 0, "", opening
    while place < min(len(text), opening + 20_000):
        character = text[place]
        if quote:
            if character == "\\":
                place += 1
            elif text.startswith(quote, place):
                place += len(quote) - 1
                quote = ""
        elif character in "\"'":
            quote = character * 3 if text.startswith(character * 3, place) else character
            place += len(quote) - 1
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth == 0:
                return text[start : place + 1]
        place += 1
    return text[start:place]


def _last_name(node: ast.expr, reader: Reader) -> str:
    """How a type or action is called: "int", "store_true", "BooleanOptionalAction", "str.lower"."""
    found = reader.values.of(node)
    text = str(found)
    return text.removeprefix("argparse.") if isinstance(found, str) else source(node)


def _is_suppressed(value: object) -> bool:
    return isinstance(value, Unknown) and value.rpartition(".")[2] == "SUPPRESS"


def _filled(text: str, default: object) -> str:
    """A help text as argparse would show it, on one line."""
    return " ".join(text.replace("%(default)s", str(default)).replace("%%", "%").split())


def _metavar(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
