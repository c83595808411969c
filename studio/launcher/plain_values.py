"""What expressions of a source file are worth, as far as the file alone tells; nothing of it is run."""

import ast
from dataclasses import dataclass, field
from typing import Any

LONGEST = 20_000  # characters and elements of one value, with what lies in it
EFFORT = 500_000  # nodes, characters and elements that are looked at in one file


class Unknown(str):
    """What only running the program would tell: its source text."""

    __slots__ = ()


class TooMuch(Exception):
    """A file that takes far longer to read than any file of arguments does."""


@dataclass
class Values:
    """The names that a file binds to plain values, and what expressions over them are.

    `effort` is how much may still be looked at: loops in loops and texts that double themselves end in TooMuch.
    """

    names: dict[str, Any] = field(default_factory=dict)
    enums: dict[str, dict[str, Any]] = field(default_factory=dict)
    effort: int = EFFORT

    def spend(self, effort: int) -> None:
        """Count what was looked at. Raises TooMuch once it is more than a whole file may cost."""
        self.effort -= effort
        if self.effort < 0:
            raise TooMuch

    def of(self, node: ast.expr) -> Any:
        """What an expression is; Unknown with its text where only running it would tell, or where it is too long."""
        self.spend(1)
        found = self._of(node)
        size = _size(found)
        self.spend(size)
        return found if size < LONGEST else Unknown("...")

    def _of(self, node: ast.expr) -> Any:
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            pass
        if isinstance(node, ast.Name):
            return self.names.get(node.id, Unknown(node.id))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self.enums:
            return self.enums[node.value.id].get(node.attr, Unknown(source(node)))
        if isinstance(node, ast.JoinedStr):
            return self._joined([self._piece(piece) for piece in node.values], "")
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.List | ast.Tuple):
            return [self.of(element) for element in node.elts]
        if isinstance(node, ast.Call):
            return self._called(node)
        if isinstance(node, ast.Subscript):
            return self._part(node)
        if isinstance(node, ast.IfExp):
            return self.of(node.orelse)
        if isinstance(node, ast.Lambda):
            return Unknown("lambda")
        return Unknown(source(node))

    def _part(self, node: ast.Subscript) -> Any:
        """An element or a slice of something plain."""
        whole = self.of(node.value)
        try:
            if isinstance(node.slice, ast.Slice):
                ends = (node.slice.lower, node.slice.upper, node.slice.step)
                return whole[slice(*(None if end is None else ast.literal_eval(end) for end in ends))]
            return whole[ast.literal_eval(node.slice)]
        except (ValueError, TypeError, LookupError):
            return Unknown(source(node))

    def _piece(self, piece: ast.expr) -> str:
        if isinstance(piece, ast.FormattedValue):
            return shown(self.of(piece.value))
        return str(piece.value) if isinstance(piece, ast.Constant) else ""

    def _joined(self, texts: list[str], joint: str) -> str:
        return joint.join(texts) if sum(map(len, texts)) < LONGEST else Unknown("...")

    def _operation(self, node: ast.BinOp) -> Any:
        left, right = self.of(node.left), self.of(node.right)
        if isinstance(node.op, ast.Add) and isinstance(left, str) and isinstance(right, str):
            return f"{shown(left)}{shown(right)}"
        if isinstance(node.op, ast.Add) and isinstance(left, list) and isinstance(right, list):
            return left + right
        if isinstance(node.op, ast.Mod) and isinstance(left, str) and not isinstance(left, Unknown):
            return left
        return Unknown(source(node))

    def _called(self, node: ast.Call) -> Any:
        """Paths that are put together, texts that are laid out, environment variables with what stands in for them."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        values = [self.of(argument) for argument in node.args]
        if name == "join" and values and not (isinstance(node.func, ast.Attribute) and _is_text(node.func.value)):
            return self._joined([shown(value) for value in values], "/")
        if name in ("get", "getenv", "environ_get") and len(values) == 2:
            return values[1]
        if (
            name in ("dedent", "str", "int", "float", "list", "tuple", "Path", "normpath", "abspath")
            and len(values) == 1
        ):
            return values[0]
        if name in ("strip", "format", "lower", "upper") and isinstance(node.func, ast.Attribute):
            return self.of(node.func.value)
        return Unknown(source(node))


def _size(value: object) -> int:
    """How many characters and elements a value has with all that lies in it, counted as far as LONGEST."""
    size, left = 0, [value]
    while left and size < LONGEST:
        one = left.pop()
        size += len(one) if isinstance(one, str | bytes) else 1
        if isinstance(one, list | tuple | set | frozenset):
            left += one
        elif isinstance(one, dict):
            left += [*one, *one.values()]
    return size


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def shown(value: object) -> str:
    """A value as a text; what is unknown stands in braces."""
    return f"{{{value}}}" if isinstance(value, Unknown) else str(value)


def source(node: ast.expr) -> str:
    """The text of an expression."""
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):
        return "?"
