"""Which Python packages an extension would install, read from its files before anything of it runs.

requirements.txt is read as pip reads it; install.py is read as a syntax tree for its calls of pip. What is put together
only while it runs is named as unknown, never guessed.
"""

import ast
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import StudioError
from studio.launcher import requirements

INSTALLER = "install.py"
MAX_BYTES = 2_000_000
# The web UI's own helpers and the standard library's ways to start a program.
RUNNERS = {"run_pip", "run", "check_call", "check_output", "call", "Popen", "system", "getoutput", "getstatusoutput"}
PIP_MAINS = {"main", "_main"}
VALUED = {
    *("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t", "--target", "--prefix", "--root", "-c"),
    *("--constraint", "--trusted-host", "--proxy", "--timeout", "--retries", "--platform", "--python-version", "--abi"),
    *("--implementation", "--progress-bar", "--upgrade-strategy", "--src", "--log", "--cache-dir", "--cert"),
}
FILES = re.compile(r"requirements[\w.-]*\.txt$|[\w-]*reqs?[\w.-]*\.txt$", re.I)
PLACEHOLDER = "\0"  # stands in a text for what is known only when it runs


@dataclass(frozen=True)
class Wish:
    """One requirement and where it stands ("install.py:12")."""

    text: str
    origin: str


@dataclass(frozen=True)
class Wanted:
    """What an extension wants. `unknown` are the places whose wishes cannot be told without running them."""

    wishes: tuple[Wish, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def requirements(self) -> list[str]:
        """The requirement lines, each once."""
        return list(dict.fromkeys(wish.text for wish in self.wishes))

    @property
    def is_unknown(self) -> bool:
        """Whether there may be more than what is listed."""
        return bool(self.unknown)


def wanted(folder: Path) -> Wanted:
    """What the extension in `folder` would install; nothing of it is run."""
    wishes, unknown = [], []
    files = {"requirements.txt"}
    source = _source(folder / INSTALLER)
    if source is not None:
        try:
            reader = _Installer(ast.parse(source))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            unknown.append(INSTALLER)
        else:
            wishes += reader.wishes
            unknown += reader.unknown
            files |= reader.files
    for name in sorted(files):
        path = folder / name
        if path.is_file() and not path.is_symlink():
            try:
                read = requirements.read(path)
                wishes += [Wish(one.text, one.origin) for one in read if not one.constraint]
            except (StudioError, ValueError):
                unknown.append(name)
        elif name != "requirements.txt":
            unknown.append(f"{INSTALLER}: {name}")
    return Wanted(tuple(dict.fromkeys(wishes)), tuple(dict.fromkeys(unknown)))


def _source(path: Path) -> str | None:
    """The text of a plain file; None if there is none, "(" (no Python) if it cannot be read or is too large."""
    if not path.is_file():
        return None
    try:
        data = b"" if path.is_symlink() else path.read_bytes()[: MAX_BYTES + 1]
        return "(" if path.is_symlink() or len(data) > MAX_BYTES else data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return "("


class _Installer:
    """The pip calls of an install.py."""

    def __init__(self, tree: ast.Module) -> None:
        self.wishes: list[Wish] = []
        self.unknown: list[str] = []
        self.files: set[str] = set()
        self._names = _constants(tree)
        texts = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        self._mentioned = {Path(text.replace("\\", "/")).name for text in texts if FILES.search(text)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                self._call(node)

    def _call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if not node.args or name not in RUNNERS | PIP_MAINS:
            return
        words = self._words(node.args[0])
        if name == "run_pip":
            self._pip(words, node.lineno)
        elif name in PIP_MAINS:
            if words[:1] == ["install"]:
                self._pip(words, node.lineno)
        elif any(word.rsplit("/", 1)[-1].removesuffix(".exe") in ("pip", "pip3", "uv") for word in words):
            at = next((index for index, word in enumerate(words) if word == "install"), None)
            if at is not None:
                self._pip(words[at:], node.lineno)

    def _words(self, node: ast.expr) -> list[str]:
        """A command as words; a text is split as a shell does, list elements are words already."""
        if isinstance(node, ast.List | ast.Tuple):
            return [word for element in node.elts for word in self._element(element)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and self._is_list(node):
            return [*self._words(node.left), *self._words(node.right)]
        if isinstance(node, ast.Name) and isinstance(self._names.get(node.id), ast.List | ast.Tuple):
            return self._words(self._names[node.id])
        text = self._text(node)
        try:
            return shlex.split(text.replace("\\", "/"))
        except ValueError:
            return [*text.split(), PLACEHOLDER]

    def _is_list(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name) and node.id in self._names:
            return self._is_list(self._names[node.id])
        if isinstance(node, ast.BinOp):
            return self._is_list(node.left) or self._is_list(node.right)
        return isinstance(node, ast.List | ast.Tuple)

    def _element(self, node: ast.expr) -> list[str]:
        if isinstance(node, ast.Starred):
            return self._words(node.value)
        return [self._text(node)]

    def _text(self, node: ast.expr, depth: int = 0) -> str:
        """What a text will be, with PLACEHOLDER for what only running it tells."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if depth < 20:
            if isinstance(node, ast.JoinedStr):
                return "".join(self._text(part, depth + 1) for part in node.values)
            if isinstance(node, ast.FormattedValue) and node.format_spec is None:
                return self._text(node.value, depth + 1)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                return self._text(node.left, depth + 1) + self._text(node.right, depth + 1)
            if isinstance(node, ast.Name) and node.id in self._names:
                return self._text(self._names[node.id], depth + 1)
            if isinstance(node, ast.Attribute) and node.attr == "executable":
                return Path(sys.executable).name
        return PLACEHOLDER

    def _pip(self, words: list[str], line: int) -> None:
        """The wishes of "install a b -r file"; anything else than an installation wishes nothing."""
        if words[:1] != ["install"]:
            if words[:1] == [PLACEHOLDER] or (words and PLACEHOLDER in words[0]):
                self._not_known(line)
            return
        rest = iter(words[1:])
        for word in rest:
            if word in ("-r", "--requirement"):
                self._file(next(rest, ""), line)
            elif word.startswith(("-r", "--requirement=")):
                self._file(word.removeprefix("--requirement=").removeprefix("-r"), line)
            elif word in ("-e", "--editable"):
                next(rest, "")
                self._not_known(line)
            elif word in VALUED:
                next(rest, "")
            elif PLACEHOLDER in word:
                self._from_file_or_unknown(line)
            elif not word.startswith("-"):
                self.wishes.append(Wish(word, f"{INSTALLER}:{line}"))

    def _file(self, name: str, line: int) -> None:
        plain = Path(name.replace("\\", "/")).name.replace(PLACEHOLDER, "")
        if plain and not name.endswith(PLACEHOLDER):
            self.files.add(plain)
        else:
            self._from_file_or_unknown(line)

    def _from_file_or_unknown(self, line: int) -> None:
        """A call in a loop over a requirements file that is named elsewhere wishes what that file says."""
        self.files |= self._mentioned
        if not self._mentioned:
            self._not_known(line)

    def _not_known(self, line: int) -> None:
        self.unknown.append(f"{INSTALLER}:{line}")


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """Names that are given one value only, and that a plain one."""
    found: dict[str, ast.expr] = {}
    given: dict[str, int] = {}
    for name, value in _assignments(tree):
        given[name] = given.get(name, 0) + 1
        if value is not None:
            found[name] = value
    return {name: value for name, value in found.items() if given[name] == 1 and not _refers(value, name)}


def _refers(value: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(value))


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr | None]]:
    """Every name that is given a value, with the value where it is a plain assignment."""
    plain: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            plain.add(id(node.targets[0]))
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            plain.add(id(node.target))
            yield node.target.id, node.value
        elif isinstance(node, ast.arg):
            yield node.arg, None
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del) and id(node) not in plain:
            yield node.id, None
