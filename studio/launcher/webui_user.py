"""Import from and export to webui-user.bat and .sh, in which a web UI's own scripts keep options."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.catalog.webui_flags import ANY, SPELLINGS
from studio.core import trash
from studio.core.errors import BadRequest, FileProblem
from studio.core.files import problem, write_atomically
from studio.core.paths import Places
from studio.launcher.command_line import Given, given, join, split
from studio.launcher.flags import FlagTable
from studio.launcher.launch_options import LaunchOptions, Variable

LARGEST = 1 << 20
BAT_SET = re.compile(r'^\s*@?set\s+(?:/p\s+)?(?P<quote>")?(?P<name>[A-Za-z_][\w()]*)\s?=(?P<value>.*)$', re.IGNORECASE)
BAT_COMMENT = re.compile(r"^\s*@?(?:rem\b|::)", re.IGNORECASE)
BAT_VARIABLE = re.compile(r"%([A-Za-z_]\w*)%")
SH_SET = re.compile(r"^\s*(?:export\s+|declare\s+-x\s+)?(?P<name>[A-Za-z_]\w*)(?P<adds>\+)?=(?P<value>.*)$")
SH_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)(?::-[^}]*)?\}|([A-Za-z_]\w*))")
# What the shell script calls its own variables, as the batch file calls them.
SH_NAMES = {
    "python_cmd": "PYTHON",
    "venv_dir": "VENV_DIR",
    "git_cmd": "GIT",
    "install_dir": "",
    "clone_dir": "",
    "LAUNCH_SCRIPT": "",
}
# Seen by the studio itself: the environment, its Python and Git are chosen elsewhere.
OWN = ("PYTHON", "VENV_DIR", "GIT", "SKIP_VENV", "ACCELERATE")
# The web UI splits as a POSIX shell does and loses single backslashes; whoever wrote one meant a Windows path.
RAW_PATH = re.compile(r"(?<!\\)\\(?![\\\"'\s$`])")
DOUBLED = re.compile(r"^[A-Za-z]:\\\\")


@dataclass(frozen=True)
class UserFile:
    """What such a file sets: the arguments, other variables in order, and notes on what could not be understood."""

    arguments: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def python(self) -> str:
        """The Python it names, "" if none."""
        return self.variables.get("PYTHON", "").strip('"')

    @property
    def venv(self) -> str:
        """The environment's folder it names, "" if none; "-" is none at all."""
        return self.variables.get("VENV_DIR", "").strip('"')


def read(path: Path) -> UserFile:
    """Read a webui-user.bat or .sh. Raises FileProblem if it cannot be read."""
    try:
        with path.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise problem(path, error) from error
    if len(data) > LARGEST:
        raise FileProblem(path, "{name} is too large for a file of options.", "Choose webui-user.bat or webui-user.sh.")
    text = _decoded(data)
    return parse_sh(text) if path.suffix.lower() in (".sh", ".zsh", ".bash") else parse_bat(text)


def _decoded(data: bytes) -> str:
    """UTF-8 or UTF-16 by its mark, else UTF-8, else the code page of Chinese Windows."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def parse_bat(text: str) -> UserFile:
    """What a batch file sets. `%NAME%` is filled with what was set before; `^` takes the meaning from what follows."""
    found: dict[str, str] = {}
    notes: list[str] = []
    for number, line in enumerate(_bat_lines(text), 1):
        if BAT_COMMENT.match(line):
            continue
        assigned = BAT_SET.match(line)
        if assigned:
            name = assigned["name"].upper()
            found[name] = _filled(_bat_value(assigned["value"], bool(assigned["quote"])), found, name, notes)
        elif re.match(r"^\s*@?(?:if|for|goto)\b", line, re.IGNORECASE):
            notes.append(f"{number}: {line.strip()}")
    return _user_file(found, notes)


def _bat_lines(text: str) -> Iterator[str]:
    """Lines, with those that end in a caret joined to the next."""
    return iter(re.sub(r"\^\r?\n", "", text).splitlines())


def _bat_value(value: str, is_quoted: bool) -> str:
    """The value of `set NAME=value` or, quoted, `set "NAME=value"`; a command behind `&` is not part of it."""
    if is_quoted:
        return value.rpartition('"')[0] if '"' in value else value
    kept, in_quotes, place = [], False, 0
    while place < len(value):
        character = value[place]
        if character == "^" and not in_quotes:
            place += 1
            kept.append(value[place : place + 1])
        elif character in "&|" and not in_quotes:
            break
        else:
            in_quotes ^= character == '"'
            kept.append(character)
        place += 1
    return "".join(kept).rstrip("\r\n")


def _filled(value: str, found: Mapping[str, str], name: str, notes: list[str]) -> str:
    """`%NAME%` replaced by what the file set before, `%%` by one sign; variables of the system are left and noted."""

    def fill(variable: "re.Match[str]") -> str:
        known = variable[1].upper()
        if known not in found and known != name:
            notes.append(f"{name}: {variable[0]}")
            return variable[0]
        return found.get(known, "")

    return "%".join(BAT_VARIABLE.sub(fill, part) for part in value.split("%%"))


def parse_sh(text: str) -> UserFile:
    """What a shell script sets; only plain assignments are read, nothing is run."""
    found: dict[str, str] = {}
    notes: list[str] = []
    for number, line in enumerate(_sh_statements(text), 1):
        assigned = SH_SET.match(line)
        if not assigned:
            if line.strip() and not line.lstrip().startswith("#"):
                notes.append(f"{number}: {line.strip()}")
            continue
        name = SH_NAMES.get(assigned["name"], assigned["name"])
        value = _sh_value(assigned["value"].strip(), found, notes, assigned["name"])
        if name:
            found[name] = found.get(name, "") + value if assigned["adds"] else value
    return _user_file(found, notes)


def _sh_statements(text: str) -> Iterator[str]:
    """Lines, with continued ones and open quotes joined."""
    pending = ""
    for line in text.splitlines():
        pending += line
        if pending.endswith("\\") and not pending.lstrip().startswith("#"):
            pending = pending[:-1]
        elif not pending.lstrip().startswith("#") and _is_open(pending):
            pending += "\n"
        else:
            yield pending
            pending = ""
    if pending:
        yield pending


def _is_open(line: str) -> bool:
    return "".join(kind for kind, _ in _sh_pieces(line)).endswith("?")


def _sh_pieces(value: str) -> Iterator[tuple[str, str]]:
    """A word's pieces: ("'", literal), ('"', with variables), ("", bare), ("?", a quote that is not closed)."""
    place = 0
    while place < len(value):
        piece = re.compile(r"'([^']*)'|\"((?:\\.|[^\"\\])*)\"|((?:\\.|[^'\"\\\s;#&|])+)|(?=[\s;#&|])", re.DOTALL).match(
            value, place
        )
        if piece is None:
            yield "?", value[place:]
            return
        if piece.end() == place:
            if value[place] in ";&|" or (value[place] == "#" and (place == 0 or value[place - 1].isspace())):
                return
            yield " ", value[place]
            place += 1
            continue
        kind = "'" if piece[1] is not None else '"' if piece[2] is not None else ""
        yield kind, next(text for text in piece.groups() if text is not None)
        place = piece.end()


def _sh_value(value: str, found: Mapping[str, str], notes: list[str], name: str) -> str:
    words = []
    for kind, text in _sh_pieces(value):
        if kind == " ":
            break  # what follows is another command's
        if kind == "'":
            words.append(text)
            continue
        if "$(" in text or "`" in text:
            notes.append(f"{name}: {text}")
        escaped = re.sub(r'\\([$`"\\\n])' if kind == '"' else r"\\(.)", r"\1", text)
        words.append(SH_VARIABLE.sub(lambda variable: found.get(variable[1] or variable[2], ""), escaped))
    return "".join(words)


def _user_file(found: dict[str, str], notes: list[str]) -> UserFile:
    line = found.pop("COMMANDLINE_ARGS", "")
    try:
        arguments = [_undoubled(text) for text in split(line)] if RAW_PATH.search(line) else shlex.split(line)
    except (BadRequest, ValueError) as error:
        arguments, notes = line.split(), [*notes, str(error)]
    return UserFile(tuple(arguments), {name: value for name, value in found.items() if value}, tuple(notes))


def _undoubled(argument: str) -> str:
    """A Windows path whose backslashes were doubled for the web UI's own way to split."""
    return argument.replace("\\\\", "\\") if DOUBLED.match(argument) else argument


def options_of(file: UserFile, table: FlagTable, start: LaunchOptions | None = None) -> LaunchOptions:
    """Options that start the web UI as the file would: arguments become options where one means the same.

    `start` gives what a file cannot say (the browser ...). Flags the version knows stand by themselves; what is left,
    in its order, becomes free text.
    """
    values: dict[str, object] = {"api": False, "open_browser": False}
    flags: dict[str, object] = {}
    rest: list[str] = []
    left = _options_taken(list(given(file.arguments, table)), values)
    for each in left:
        if each.name == "--autolaunch":
            values["open_browser"] = True
        elif each.flag is not None and each.name not in flags and _is_plain(each):
            flags[each.name] = each.values[0] if each.values else True
        elif each.name != "--api-server-stop":
            rest += each.arguments
    variables = tuple(Variable(name=n, value=v) for n, v in file.variables.items() if n not in OWN)
    changes = {**values, "flags": flags, "free_text": join(rest), "environment": variables}
    if "vram" not in values:
        changes["vram"] = "12 GB or more"  # no flag of memory: as roomy as the file has it, not what the card suggests
    return LaunchOptions.model_validate({**(start or LaunchOptions()).model_dump(), **changes})


def _is_plain(each: Given) -> bool:
    flag = each.flag
    return flag is not None and len(each.values) == (1 if flag.takes_value else 0) and flag.action != "append"


def _options_taken(found: list[Given], values: dict[str, object]) -> list[Given]:
    """The flags that no option says; `values` gets the options that are said. The wordiest spelling goes first."""
    rows = sorted(SPELLINGS, key=lambda row: -max(len(way) for way in row.ways))
    for row in rows:
        for way in row.ways:
            hits = _hits(found, way)
            if hits is None or (row.field in values and row.field != "api"):
                continue
            said = next((each.values[0] for each in hits if "{}" in way and each.values), "")
            if row.field == "port" and not said.isdecimal():
                continue
            values[row.field] = (int(said) if row.field == "port" else said) if row.value is ANY else row.value
            found = [each for each in found if each not in hits]
    return found


def _hits(found: Sequence[Given], way: tuple[str, ...]) -> list[Given] | None:
    """The flags that together are this spelling; None if one is missing or has another value."""
    wanted: dict[str, tuple[str, ...]] = {}
    for text in way:
        if text.startswith("--"):
            wanted[text] = ()
        else:
            wanted[list(wanted)[-1]] = (text,)
    hits = [each for each in found if each.name in wanted]
    if {each.name for each in hits} != set(wanted) or len(hits) != len(wanted):
        return None
    fits = (
        each.values == wanted[each.name] or (wanted[each.name] == ("{}",) and len(each.values) == 1) for each in hits
    )
    return hits if all(fits) else None


def write(path: Path, arguments: Sequence[str], variables: Mapping[str, str], places: Places) -> None:
    """Write a webui-user.sh or .bat, by its ending, that starts the web UI with these arguments.

    A file that is there goes to the trash; what it says of Python, Git and the environment stays. Raises FileProblem,
    DiskFull and BadRequest.
    """
    text = sh if path.suffix.lower() == ".sh" else bat
    kept = read(path).variables if path.is_file() else {}
    own = {name: kept[name] for name in OWN if name in kept}
    data = text(arguments, {**own, **variables}).encode("utf-8")
    if path.is_file():
        trash.discard([path], places)
    write_atomically(path, data)


def bat(arguments: Sequence[str], variables: Mapping[str, str]) -> str:
    """The text of a batch file. Percent signs are doubled; the web UI splits the line as a POSIX shell does."""
    line = " ".join(_for_shlex(argument) for argument in arguments)
    rows = {**dict.fromkeys(("PYTHON", "GIT", "VENV_DIR"), ""), **variables, "COMMANDLINE_ARGS": line}
    sets = [f"set {name}={_bat_escaped(name, value)}" for name, value in rows.items()]
    return "\r\n".join(["@echo off", "chcp 65001 >nul", "", *sets, "", "call webui.bat", ""])


def _bat_escaped(name: str, value: str) -> str:
    """A value as `set` takes it: signs with a meaning are quoted by `^` where no quotes guard them."""
    if "\n" in value or "\r" in value:
        raise BadRequest("{name} has several lines, which a batch file cannot hold.", name=name)
    kept, in_quotes = [], False
    for character in value.replace("%", "%%"):
        in_quotes ^= character == '"'
        kept.append(f"^{character}" if character in "&|<>^" and not in_quotes else character)
    return "".join(kept)


def _for_shlex(argument: str) -> str:
    """An argument as the web UI's POSIX splitting gives it back: backslashes doubled outside single quotes."""
    if re.fullmatch(r"[\w@%+=:,./*?-]+", argument):
        return argument
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def sh(arguments: Sequence[str], variables: Mapping[str, str]) -> str:
    """The text of a shell script; every value stands in single quotes."""
    line = " ".join(_for_shlex(argument) for argument in arguments)
    names = {known: name for name, known in SH_NAMES.items() if known}
    rows = [f"{names[name]}={_sh_quoted(value)}" for name, value in variables.items() if name in names and value]
    rows += [f"export {name}={_sh_quoted(value)}" for name, value in variables.items() if name not in names]
    return "\n".join(["#!/bin/bash", "", *rows, f"export COMMANDLINE_ARGS={_sh_quoted(line)}", ""])


def _sh_quoted(text: str) -> str:
    return "'" + text.replace("'", "'\"'\"'") + "'"
