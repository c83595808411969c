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

LARGEST = 4 << 20
MOST_TURNS = 200
CALL = re.compile(r"\b([A-Za-z_]\w*)\s*\.\s*add_argument\s*\(")
SWITCHES = ("store_true", "store_false", "store_const", "count", "help", "version", "BooleanOptionalAction")


class Unknown(str):
    """What only running the program would tell: its source text."""

    __slots__ = ()


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
        reader.walk(ast.parse(data.replace(b"\0", b"")).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reader = Reader(file, extension)
        reader.notes.append(f"{file}: {getattr(error, 'msg', None) or error} (line {getattr(error, 'lineno', '?')})")
        reader.rescue(data.decode("utf-8", "replace"))
    return FlagTable(tuple(reader.flags), tuple(reader.notes))


@dataclass
class Reader:
    """Walks a file's statements and keeps the values that are plain to see."""

    file: str
    extension: str
    flags: list[Flag] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    exclusive: dict[str, str] = field(default_factory=dict)
    enums: dict[str, dict[str, Any]] = field(default_factory=dict)

    def walk(self, body: Iterable[ast.stmt]) -> None:
        """Read statements in order, inside functions, branches and loops as well."""
        for statement in body:
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Expr):
            self._calls(statement.value)
        elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            self._assign(targets, statement.value)
        elif isinstance(statement, ast.For):
            self._loop(statement)
        elif isinstance(statement, ast.ClassDef):
            self._class(statement)
        else:
            for name in ("body", "orelse", "finalbody"):
                self.walk(getattr(statement, name, []))
            for handler in getattr(statement, "handlers", []):
                self.walk(handler.body)

    def _assign(self, targets: Sequence[ast.expr], value: ast.expr) -> None:
        self._calls(value)
        for target in targets:
            if not isinstance(target, ast.Name):
                continue
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
                self._group(target.id, value.func, value)
            self.values[target.id] = self.value(value)

    def _class(self, statement: ast.ClassDef) -> None:
        """Members of an enumeration are what its flag may be; other classes have nothing to say."""
        if any(_source(base).rpartition(".")[2] in ("Enum", "StrEnum", "IntEnum") for base in statement.bases):
            pairs = [each for each in statement.body if isinstance(each, ast.Assign)]
            names = [(each.targets[0].id, each.value) for each in pairs if isinstance(each.targets[0], ast.Name)]
            self.enums[statement.name] = {name: self.value(value) for name, value in names}

    def _group(self, name: str, function: ast.Attribute, call: ast.Call) -> None:
        owner = function.value.id if isinstance(function.value, ast.Name) else ""
        if function.attr == "add_argument_group":
            given = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "title")]
            title = self.value(given[0]) if given else ""
            self.groups[name] = str(title or "")
        elif function.attr == "add_mutually_exclusive_group":
            self.groups[name] = self.groups.get(owner, "")
            self.exclusive[name] = f"{self.file}:{call.lineno}"

    def _loop(self, loop: ast.For) -> None:
        """Unroll a loop over values that are plain to see; another is read once with its names unknown."""
        items = self.value(loop.iter)
        if isinstance(items, dict):
            items = list(items)
        turns = list(items)[:MOST_TURNS] if isinstance(items, list | tuple) else [Unknown("")]
        for item in turns:
            self._bind(loop.target, item)
            self.walk(loop.body)

    def _bind(self, target: ast.expr, item: Any) -> None:
        if isinstance(target, ast.Name):
            self.values[target.id] = Unknown(target.id) if isinstance(item, Unknown) else item
        elif isinstance(target, ast.Tuple):
            parts = item if isinstance(item, list | tuple) and len(item) == len(target.elts) else [Unknown("")] * 99
            for element, part in zip(target.elts, parts, strict=False):
                self._bind(element, part)

    def _calls(self, node: ast.expr) -> None:
        for call in (found for found in ast.walk(node) if isinstance(found, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument":
                owner = call.func.value.id if isinstance(call.func.value, ast.Name) else ""
                self._flag(call, owner)

    def _flag(self, call: ast.Call, owner: str) -> None:
        values = [self.value(argument) for argument in call.args]
        texts = [_shown(value) for value in values]
        names = tuple(text for text in texts if text.startswith("-") and "{" not in text)
        if not names:
            if any("{" in text for text in texts):
                self.notes.append(f"{self.file}: the name of a flag cannot be read (line {call.lineno})")
            return
        words = {word.arg: word.value for word in call.keywords if word.arg}
        self.flags.append(self._made(names, words, owner, call.lineno))
        if self.flags[-1].action == "BooleanOptionalAction":
            flag = self.flags[-1]
            also = tuple(f"--no-{name[2:]}" for name in names if name.startswith("--"))
            self.flags[-1] = Flag(**{**vars(flag), "names": (*names, *also)})

    def _made(self, names: tuple[str, ...], words: Mapping[str, ast.expr], owner: str, line: int) -> Flag:
        help_text = self.value(words["help"]) if "help" in words else ""
        choices = self.value(words["choices"]) if "choices" in words else ()
        action = _last_name(words["action"], self) if "action" in words else "store"
        default = self.value(words["default"]) if "default" in words else None
        kind = _last_name(words["type"], self) if "type" in words else "str"
        if not isinstance(choices, list | tuple | dict | range) or not choices:
            choices = list(self.enums.get(kind, {}).values())
        return Flag(
            names=names,
            action=action,
            type=kind,
            default=False if default is None and action == "store_true" else default,
            const=self.value(words["const"]) if "const" in words else None,
            choices=tuple(choices),
            nargs=str(self.value(words["nargs"]) or "") if "nargs" in words else "",
            help="" if _is_suppressed(help_text) else _filled(str(help_text or ""), default),
            metavar=_metavar(self.value(words["metavar"])) if "metavar" in words else "",
            group=self.groups.get(owner, ""),
            exclusive=self.exclusive.get(owner, ""),
            source=self.file,
            extension=self.extension,
            line=line,
            is_hidden=_is_suppressed(help_text),
        )

    def value(self, node: ast.expr) -> Any:
        """What an expression is, as far as the source alone tells; Unknown with its text otherwise."""
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            pass
        if isinstance(node, ast.Name):
            return self.values.get(node.id, Unknown(node.id))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self.enums:
            return self.enums[node.value.id].get(node.attr, Unknown(_source(node)))
        if isinstance(node, ast.JoinedStr):
            return "".join(self._piece(piece) for piece in node.values)
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.List | ast.Tuple):
            return [self.value(element) for element in node.elts]
        if isinstance(node, ast.Call):
            return self._called(node)
        if isinstance(node, ast.Subscript):
            return self._part(node)
        if isinstance(node, ast.IfExp):
            return self.value(node.orelse)
        if isinstance(node, ast.Lambda):
            return Unknown("lambda")
        return Unknown(_source(node))

    def _part(self, node: ast.Subscript) -> Any:
        """An element or a slice of something plain."""
        whole = self.value(node.value)
        try:
            if isinstance(node.slice, ast.Slice):
                ends = (node.slice.lower, node.slice.upper, node.slice.step)
                return whole[slice(*(None if end is None else ast.literal_eval(end) for end in ends))]
            return whole[ast.literal_eval(node.slice)]
        except (ValueError, TypeError, LookupError):
            return Unknown(_source(node))

    def _piece(self, piece: ast.expr) -> str:
        if isinstance(piece, ast.FormattedValue):
            found = self.value(piece.value)
            return f"{{{found}}}" if isinstance(found, Unknown) else str(found)
        return str(piece.value) if isinstance(piece, ast.Constant) else ""

    def _operation(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Add) and isinstance(left, str) and isinstance(right, str):
            return f"{_shown(left)}{_shown(right)}"
        if isinstance(node.op, ast.Add) and isinstance(left, list) and isinstance(right, list):
            return left + right
        if isinstance(node.op, ast.Mod) and isinstance(left, str) and not isinstance(left, Unknown):
            return left
        return Unknown(_source(node))

    def _called(self, node: ast.Call) -> Any:
        """Paths that are put together, texts that are laid out, environment variables with what stands in for them."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        values = [self.value(argument) for argument in node.args]
        if name == "join" and values and not (isinstance(node.func, ast.Attribute) and _is_text(node.func.value)):
            return "/".join(_shown(value) for value in values)
        if name in ("get", "getenv", "environ_get") and len(values) == 2:
            return values[1]
        if (
            name in ("dedent", "str", "int", "float", "list", "tuple", "Path", "normpath", "abspath")
            and len(values) == 1
        ):
            return values[0]
        if name in ("strip", "format", "lower", "upper") and isinstance(node.func, ast.Attribute):
            return self.value(node.func.value)
        return Unknown(_source(node))

    def rescue(self, text: str) -> None:
        """Read each add_argument call of a file that does not parse by itself."""
        for found in CALL.finditer(text):
            call = _balanced(text, found.start(), found.end() - 1)
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
    found = reader.value(node)
    text = str(found)
    return text.removeprefix("argparse.") if isinstance(found, str) else _source(node)


def _is_suppressed(value: object) -> bool:
    return isinstance(value, Unknown) and value.rpartition(".")[2] == "SUPPRESS"


def _filled(text: str, default: object) -> str:
    """A help text as argparse would show it, on one line."""
    return " ".join(text.replace("%(default)s", str(default)).replace("%%", "%").split())


def _metavar(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _shown(value: object) -> str:
    return f"{{{value}}}" if isinstance(value, Unknown) else str(value)


def _source(node: ast.expr) -> str:
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):
        return "?"
