"""What a torch pickle (.ckpt, .pt, .pth) holds, read off its instructions without carrying out a single one."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from io import BytesIO
from pathlib import Path

from studio.core.errors import CheckpointError
from studio.library.database import storable
from studio.library.pickle_machine import Global, Machine, Made, Stored

ZIP = b"PK\x03\x04"
LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # the number that files of torch before 1.6 begin with
LEGACY_PARTS = 5  # that number, a version, facts of the machine, the tensors' descriptions, their storages' names
LEGACY_OBJECT = 3
MAX_PICKLE = 64 * 2**20  # bytes, of all pickles of a file
MAX_DIRECTORY = 2**23  # bytes of an archive's table of contents; those of the largest checkpoints have half a MiB
MAX_PARTS = 500_000
MAX_DEPTH = 100
MAX_TEXT = 2_000
MOST_DIMENSIONS = 16
END_OF_ZIP, END64_OF_ZIP = b"PK\x05\x06", b"PK\x06\x06"
# What the files of the field name besides plain data. Anything else would be code that somebody put there.
HARMLESS = re.compile(
    r"torch(\.storage)? \w*Storage"
    r"|torch (float\w*|bfloat16|u?int\d+|bool|Size|device)"
    r"|torch\._utils _rebuild_\w+"
    r"|torch\.serialization _get_layout"
    r"|torch\._tensor _rebuild_from_type_v2"
    r"|torch\.nn\.modules\.container ParameterDict"
    r"|torch\.nn\.parameter Parameter"
    r"|collections (OrderedDict|defaultdict)"
    r"|(builtins|__builtin__) (set|dict|list|int|float|slice)"
    r"|numpy(\.(_?core\.)?multiarray)? (scalar|_reconstruct|dtype|ndarray)"
    r"|numpy\.dtypes \w+"
    r"|_codecs encode"
    r"|pytorch_lightning\.callbacks\.model_checkpoint ModelCheckpoint"
    r"|pytorch_lightning\.callbacks ModelCheckpoint"
)
# Names with which a pickle could do something on the computer.
ACTING = re.compile(
    r"(os|posix|nt|sys|subprocess|socket|shutil|pty|runpy|importlib|imp|zipimport|pkgutil|ctypes|code|codeop|commands"
    r"|builtins|__builtin__|operator|functools|types|pickle|_pickle|cPickle|dill|cloudpickle|joblib|marshal|copyreg"
    r"|webbrowser|urllib|http|requests|ftplib|smtplib|asyncio|multiprocessing|threading|timeit|cProfile|profile|pdb"
    r"|bdb|trace|pip|setuptools|distutils|tempfile|pathlib|glob|io|_io|platform|ssl|signal|atexit|gc|inspect|idlelib"
    r"|doctest|unittest|venv|ensurepip|logging|numpy\.testing|torch\.(hub|jit|package|serialization|utils|distributed)"
    r"|torch\.storage _load_from_bytes)(\.[\w.]+)?( .*|$)"
)
DTYPES = {
    "Float": "F32", "Half": "F16", "BFloat16": "BF16", "Double": "F64", "Long": "I64", "Int": "I32", "Short": "I16",
    "Char": "I8", "Byte": "U8", "Bool": "BOOL",
    "float32": "F32", "float16": "F16", "bfloat16": "BF16", "float64": "F64", "int64": "I64", "int32": "I32",
    "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL", "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
}  # fmt: skip
WRAPPERS = ("state_dict", "model_state_dict")
TORCH_RECORD = re.compile(r"[^/]+/(data\.pkl|data/\d+|version|byteorder|\.data/\w+|\.\w+)")
BROKEN = (OSError, ValueError, EOFError, IndexError, KeyError, TypeError, AttributeError, MemoryError,
          NotImplementedError, RuntimeError, zipfile.BadZipFile)  # fmt: skip


class Verdict(Enum):
    """What may be said of a pickle's safety."""

    SAFE = "safe"  # names nothing but what tensors need
    UNKNOWN = "unknown"  # names code that nobody here knows
    SUSPICIOUS = "suspicious"  # names code that acts on the computer


@dataclass(frozen=True)
class PickledTensor:
    """A tensor as a pickle describes it; `dtype` is named as safetensors names it, "" if that is not told."""

    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Pickled:
    """What a pickled file holds: tensors by name, short texts and numbers at its top, and the code it names.

    `extras` are records of the archive that torch does not write.
    """

    tensors: Mapping[str, PickledTensor] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    globals: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()

    @property
    def strangers(self) -> tuple[str, ...]:
        """The code that a file of tensors needs not."""
        return tuple(name for name in self.globals if not HARMLESS.fullmatch(name))

    @property
    def verdict(self) -> Verdict:
        """Whether opening the file elsewhere could run code."""
        if any(ACTING.fullmatch(name) for name in self.strangers):
            return Verdict.SUSPICIOUS
        return Verdict.UNKNOWN if self.strangers or self.extras else Verdict.SAFE


def scan(path: Path) -> Pickled:
    """What a zipped, an old or a bare pickle holds and names.

    Raises CheckpointError for a broken file, unless it names code before it breaks off: that would have been run.
    """
    machine = Machine()
    try:
        with path.open("rb") as file:
            start = file.read(len(LEGACY))
        return _zipped(path, machine) if start.startswith(ZIP) else _bare(path, machine, start == LEGACY)
    except BROKEN as error:
        found = _pickled(None, machine, ())
        if found.strangers:
            return found
        raise CheckpointError(
            path, "{name} is broken or cut short.", "Download it again.", details=str(error)
        ) from error


def checked(path: Path) -> Pickled:
    """Like scan, but raises CheckpointError for a file that names code to be run."""
    found = scan(path)
    if found.strangers:
        raise dangerous(path, found.strangers[0].replace(" ", "."))
    return found


def dangerous(path: Path, code: str) -> CheckpointError:
    """The error that says which code a file wanted to run."""
    return CheckpointError(
        path,
        "{name} wants to run code on this computer ({code}); it was not opened.",
        "Use a .safetensors file of this model.",
        code=code,
    )


def _zipped(path: Path, machine: Machine) -> Pickled:
    _check_directory(path)
    with zipfile.ZipFile(path) as archive:
        records = archive.infolist()
        pickled = [info for info in records if re.fullmatch(r"[^/]+/data\.pkl", info.filename)]
        if len(pickled) != 1:
            raise CheckpointError(path, "{name} is an archive.", "Unpack it and use the model file inside.")
        extras = [info for info in records if not TORCH_RECORD.fullmatch(info.filename)]
        pickled += [info for info in extras if info.filename.endswith(".pkl")]
        if sum(info.file_size for info in pickled) > MAX_PICKLE:
            raise ValueError("descriptions of more than 64 MiB")
        value, *_ = [machine.run(_record(archive, info)) for info in pickled]
    return _pickled(value, machine, tuple(info.filename[:MAX_TEXT] for info in extras[:100]))


def _check_directory(path: Path) -> None:
    """Refuse a table of contents that would fill the memory."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 2**16 - 98, 0))
        tail = file.read()
    for mark, place, width in ((END_OF_ZIP, 12, 4), (END64_OF_ZIP, 40, 8)):
        at = tail.rfind(mark)
        size = int.from_bytes(tail[at + place : at + place + width], "little") if at >= 0 else 0
        if MAX_DIRECTORY < size < 2 ** (8 * width) - 1:
            raise ValueError("a table of contents of more than 8 MiB")


def _record(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BytesIO:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("packed in an unusual way")
    with archive.open(info) as record:
        return BytesIO(record.read(MAX_PICKLE))


def _bare(path: Path, machine: Machine, legacy: bool) -> Pickled:
    with path.open("rb") as file:
        stream = BytesIO(file.read(MAX_PICKLE))
    values = [machine.run(stream) for _ in range(LEGACY_PARTS if legacy else 1)]
    return _pickled(values[LEGACY_OBJECT if legacy else 0], machine, ())


def _pickled(value: object, machine: Machine, extras: tuple[str, ...]) -> Pickled:
    tensors = dict(_flat(value, "", [MAX_PARTS]))
    return Pickled(tensors, dict(_values(value)), tuple(storable(str(name)) for name in machine.globals), extras)


def _flat(value: object, prefix: str, budget: list[int], depth: int = 0) -> Iterator[tuple[str, PickledTensor]]:
    """The tensors in nested dictionaries and lists, names joined by dots; what only wraps them leaves no name."""
    budget[0] -= 1
    if budget[0] < 0 or depth > MAX_DEPTH:
        raise ValueError("too many or too deeply nested parts")
    tensor = _tensor(value)
    if tensor:
        yield prefix, tensor
        return
    items = _items(value)
    inner = next((_items(items[name]) for name in WRAPPERS if name in items and _items(items[name])), items)
    for name, part in inner.items():
        if isinstance(name, str) or abs(name) < 2**63:
            yield from _flat(part, f"{prefix}.{name}" if prefix else str(name), budget, depth + 1)


def _items(value: object) -> Mapping[str | int, object]:
    if isinstance(value, Made):
        return value.items or _pairs(value.arguments)  # type: ignore[return-value]
    if isinstance(value, list | tuple):
        return dict(enumerate(value))
    return value if isinstance(value, dict) else {}


def _pairs(arguments: object) -> dict[object, object]:
    """What a dictionary is made of that is made of pairs."""
    match arguments:
        case ([*pairs],) if all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
            return {name: value for name, value in pairs if isinstance(name, str | int)}
    return {}


def _tensor(value: object) -> PickledTensor | None:
    if not (isinstance(value, Made) and isinstance(value.maker, Global) and isinstance(value.arguments, tuple)):
        return None
    arguments = value.arguments
    match value.maker.name:
        case "_rebuild_parameter" | "_rebuild_parameter_with_state" | "Parameter":
            return _tensor(next(iter(arguments), None))
        case "_rebuild_from_type_v2" if len(arguments) > 2:
            return _tensor(Made(arguments[0], arguments[2]))
        case "_rebuild_tensor" | "_rebuild_tensor_v2" | "_rebuild_tensor_v3" if len(arguments) > 2:
            shape = _shape(arguments[2])
            named = arguments[6] if len(arguments) > 6 else None
            return None if shape is None else PickledTensor(_dtype(named) or _dtype_of_storage(arguments[0]), shape)
    return None


def _shape(value: object) -> tuple[int, ...] | None:
    numbers = value.arguments[0] if isinstance(value, Made) and isinstance(value.arguments, tuple) else value
    if not isinstance(numbers, tuple | list) or len(numbers) > MOST_DIMENSIONS:
        return None
    return tuple(numbers) if all(type(n) is int and 0 <= n < 2**48 for n in numbers) else None


def _dtype(value: object) -> str:
    return DTYPES.get(value.name, "") if isinstance(value, Global) else ""


def _dtype_of_storage(value: object) -> str:
    said = value.said if isinstance(value, Stored) else None
    kind = said[1] if isinstance(said, tuple) and len(said) > 1 else None
    return DTYPES.get(kind.name.removesuffix("Storage"), "") if isinstance(kind, Global) else ""


def _values(value: object) -> Iterable[tuple[str, str]]:
    for name, part in list(_items(value).items())[:200]:
        if isinstance(part, str) or (isinstance(part, int | float) and abs(part) < 2**63):
            yield storable(str(name)[:MAX_TEXT]), storable(str(part)[:MAX_TEXT])
