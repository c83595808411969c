"""What a pickle would build, worked out on paper: no name in it is looked up, no call in it is made."""

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any

MOST_STEPS = 2_000_000  # of all pickles of a file; the largest checkpoints have some 100,000


@dataclass(frozen=True)
class Global:
    """A function or class that the pickle names."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module} {self.name}"


@dataclass(eq=False)
class Made:
    """What calling `maker` with `arguments` would give, and what the pickle then puts into it."""

    maker: object
    arguments: object
    items: dict[object, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Stored:
    """Something that lies outside the pickle: torch's storages."""

    said: object


class Machine:
    """Follows one pickle after the other; `globals` are all names that they use, in order."""

    def __init__(self) -> None:
        self.globals: dict[Global, None] = {}
        self._steps = 0
        self._begin()

    def run(self, stream: IO[bytes]) -> object:
        """What the next pickle of `stream` describes. Raises ValueError, LookupError or TypeError for nonsense."""
        self._begin()
        for opcode, argument, _ in pickletools.genops(stream):
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise ValueError("more steps than any model has")
            if opcode.name in PLAIN:
                self._stack.append(argument)
            elif opcode.name == "STOP":
                break
            else:
                ACTS[opcode.name](self, argument)
        return self._stack.pop()

    def _begin(self) -> None:
        self._stack: list[Any] = []
        self._below: list[list[Any]] = []
        self._memo: dict[int, object] = {}

    def _push(self, value: object) -> None:
        self._stack.append(value)

    def _mark(self, _: object) -> None:
        self._below.append(self._stack)
        self._stack = []

    def _since_mark(self) -> list[Any]:
        found, self._stack = self._stack, self._below.pop()
        return found

    def _pop(self, _: object = None) -> Any:
        return self._stack.pop() if self._stack else self._below and self._since_mark()

    def _drop_mark(self, _: object) -> None:
        self._since_mark()

    def _duplicate(self, _: object) -> None:
        self._push(self._stack[-1])

    def _put(self, place: Any) -> None:
        self._memo[place] = self._stack[-1]

    def _memoize(self, _: object) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def _fetch(self, place: Any) -> None:
        self._push(self._memo[place])

    def _tuple(self, count: int) -> None:
        values = [self._stack.pop() for _ in range(count)]
        self._push(tuple(reversed(values)))

    def _marked(self, kind: Callable[[list[Any]], object]) -> None:
        self._push(kind(self._since_mark()))

    def _append(self, _: object) -> None:
        self._extend(self._stack[-2], [self._stack.pop()])

    def _appends(self, _: object) -> None:
        values = self._since_mark()
        self._extend(self._stack[-1], values)

    def _set_item(self, _: object) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._fill(self._stack[-1], [key, value])

    def _set_items(self, _: object) -> None:
        values = self._since_mark()
        self._fill(self._stack[-1], values)

    def _named(self, argument: object) -> None:
        module, _, name = str(argument).partition(" ")
        self._push(self._use(module, name))

    def _named_on_stack(self, _: object) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        if not (isinstance(name, str) and isinstance(module, str)):  # as Python refuses it; their texts may be endless
            raise TypeError("a name that is no text")
        self._push(self._use(module, name))

    def _extension(self, code: object) -> None:
        self._push(self._use("copyreg", f"extension {code}"))

    def _instance(self, argument: object) -> None:
        module, _, name = str(argument).partition(" ")
        self._push(Made(self._use(module, name), tuple(self._since_mark())))

    def _object(self, _: object) -> None:
        maker, *arguments = self._since_mark()
        self._push(Made(maker, tuple(arguments)))

    def _call(self, _: object) -> None:
        arguments, maker = self._stack.pop(), self._stack.pop()
        self._push(Made(maker, arguments))

    def _call_with_names(self, _: object) -> None:
        _names, arguments, maker = self._stack.pop(), self._stack.pop(), self._stack.pop()
        self._push(Made(maker, arguments))

    def _build(self, _: object) -> None:
        state = self._stack.pop()
        if isinstance(self._stack[-1], Made) and isinstance(state, dict):
            self._stack[-1].items.update(state)

    def _stored(self, argument: object) -> None:
        self._push(Stored(argument))

    def _stored_on_stack(self, _: object) -> None:
        self._push(Stored(self._stack.pop()))

    def _nothing(self, _: object) -> None:
        """Framing and the like."""

    def _use(self, module: str, name: str) -> Global:
        found = Global(module, name)
        self.globals[found] = None
        return found

    @staticmethod
    def _extend(target: object, values: list[Any]) -> None:
        if isinstance(target, list):
            target.extend(values)

    @staticmethod
    def _fill(target: object, values: list[Any]) -> None:
        items = target.items if isinstance(target, Made) else target
        if isinstance(items, dict):
            pairs = zip(values[::2], values[1::2], strict=True)
            items.update({key: value for key, value in pairs if isinstance(key, str | int)})


def _pairs(values: list[Any]) -> dict[object, object]:
    found: dict[object, object] = {}
    Machine._fill(found, values)
    return found


PLAIN = {
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "STRING", "BINSTRING", "SHORT_BINSTRING",
    "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE",
    "BINUNICODE8", "FLOAT", "BINFLOAT",
}  # fmt: skip
ACTS: dict[str, Callable[[Machine, Any], object]] = {
    "NONE": lambda machine, _: machine._push(None),
    "NEWTRUE": lambda machine, _: machine._push(True),
    "NEWFALSE": lambda machine, _: machine._push(False),
    "EMPTY_LIST": lambda machine, _: machine._push([]),
    "EMPTY_TUPLE": lambda machine, _: machine._push(()),
    "EMPTY_DICT": lambda machine, _: machine._push({}),
    "EMPTY_SET": lambda machine, _: machine._push([]),
    "TUPLE1": lambda machine, _: machine._tuple(1),
    "TUPLE2": lambda machine, _: machine._tuple(2),
    "TUPLE3": lambda machine, _: machine._tuple(3),
    "TUPLE": lambda machine, _: machine._marked(tuple),
    "LIST": lambda machine, _: machine._marked(list),
    "FROZENSET": lambda machine, _: machine._marked(list),
    "DICT": lambda machine, _: machine._marked(_pairs),
    "MARK": Machine._mark,
    "POP": Machine._pop,
    "POP_MARK": Machine._drop_mark,
    "DUP": Machine._duplicate,
    "PUT": Machine._put,
    "BINPUT": Machine._put,
    "LONG_BINPUT": Machine._put,
    "MEMOIZE": Machine._memoize,
    "GET": Machine._fetch,
    "BINGET": Machine._fetch,
    "LONG_BINGET": Machine._fetch,
    "APPEND": Machine._append,
    "APPENDS": Machine._appends,
    "ADDITEMS": Machine._appends,
    "SETITEM": Machine._set_item,
    "SETITEMS": Machine._set_items,
    "GLOBAL": Machine._named,
    "STACK_GLOBAL": Machine._named_on_stack,
    "EXT1": Machine._extension,
    "EXT2": Machine._extension,
    "EXT4": Machine._extension,
    "INST": Machine._instance,
    "OBJ": Machine._object,
    "NEWOBJ": Machine._call,
    "NEWOBJ_EX": Machine._call_with_names,
    "REDUCE": Machine._call,
    "BUILD": Machine._build,
    "PERSID": Machine._stored,
    "BINPERSID": Machine._stored_on_stack,
    "NEXT_BUFFER": lambda machine, _: machine._push(None),
    "READONLY_BUFFER": Machine._nothing,
    "PROTO": Machine._nothing,
    "FRAME": Machine._nothing,
}
