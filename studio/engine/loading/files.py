"""Tensors out of files: one at a time from mapped memory, so that a load needs no more RAM than its result."""

import mmap
import pickle
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from studio.core.errors import CheckpointError
from studio.library import headers, pickles

Shape = tuple[int, ...]

DTYPES = {
    "BOOL": torch.bool, "U8": torch.uint8, "I8": torch.int8, "I16": torch.int16, "I32": torch.int32, "I64": torch.int64,
    "F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2, "F16": torch.float16, "BF16": torch.bfloat16,
    "F32": torch.float32, "F64": torch.float64,
}  # fmt: skip
# Names in old pickles that hold nothing a model needs; what they make is thrown away.
INERT = (
    "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
    "pytorch_lightning.callbacks.ModelCheckpoint",
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar",
    "numpy.dtype",
)
NESTED = ("state_dict", "model_state_dict")


class TensorFile(Protocol):
    """One or more files as a table of tensors. `shapes` is known at once and in the order that reads fastest."""

    shapes: Mapping[str, Shape]
    metadata: Mapping[str, str]

    def read(self, name: str, dtype: torch.dtype | None = None, *, mapped: bool = False) -> Tensor:
        """A tensor on the CPU in `dtype` or the file's.

        With `mapped`, one that needs no conversion stays where it lies in the mapped file, private to this process:
        no time and RAM until a card fetches it. To compute with it on the CPU it should be copied, as otherwise
        results would depend, in their last digits, on how the file aligns it.
        """
        ...


class SafetensorsFile:
    """A .safetensors file mapped into memory; pages that were copied are given back at once."""

    def __init__(self, header: headers.Header) -> None:
        unreadable = {info.dtype for info in header.tensors.values()} - DTYPES.keys()
        if unreadable:
            raise CheckpointError(
                header.path, "{name} holds numbers of the kind {kinds}, which are not supported.",
                "Use an fp16 version of this model.", kinds=", ".join(sorted(unreadable)),
            )  # fmt: skip
        self._infos = header.tensors
        self.metadata: Mapping[str, str] = header.metadata
        ordered = sorted(header.tensors, key=lambda name: header.tensors[name].start)
        self.shapes: Mapping[str, Shape] = {name: header.tensors[name].shape for name in ordered}
        with header.path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)

    def read(self, name: str, dtype: torch.dtype | None = None, *, mapped: bool = False) -> Tensor:
        """See TensorFile."""
        info = self._infos[name]
        own = DTYPES[info.dtype]
        if info.end == info.start:
            return torch.empty(info.shape, dtype=dtype or own)
        count = (info.end - info.start) // own.itemsize
        view = torch.frombuffer(self._map, dtype=own, count=count, offset=info.start).view(info.shape)
        if mapped and dtype in (None, own) and info.start % own.itemsize == 0:
            return view
        copy = view.to(dtype or own, copy=True)
        self._forget(info.start, info.end)
        return copy

    def _forget(self, start: int, end: int) -> None:
        first = -(-start // mmap.PAGESIZE) * mmap.PAGESIZE
        last = end // mmap.PAGESIZE * mmap.PAGESIZE
        if last > first and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED, first, last - first)


class PickledFile:
    """A .ckpt, .pt, .pth or .bin file; torch reads it with weights_only, and maps it if it is of torch >= 1.6."""

    def __init__(self, path: Path) -> None:
        self.metadata: Mapping[str, str] = {}
        self._tensors = _strided(path, _flat(_unpickle(path)))
        self.shapes: Mapping[str, Shape] = {name: tuple(tensor.shape) for name, tensor in self._tensors.items()}

    def read(self, name: str, dtype: torch.dtype | None = None, *, mapped: bool = False) -> Tensor:
        """See TensorFile."""
        tensor = self._tensors[name].detach()
        return tensor.to("cpu", dtype or tensor.dtype, copy=not mapped).contiguous()


class JoinedFiles:
    """Several files as one; the names of each get the prefix that comes with it."""

    def __init__(self, files: Iterable[tuple[str, TensorFile]]) -> None:
        self._where = {prefix + name: (file, name) for prefix, file in files for name in file.shapes}
        self.shapes: Mapping[str, Shape] = {name: file.shapes[inner] for name, (file, inner) in self._where.items()}
        self.metadata: Mapping[str, str] = {}

    def read(self, name: str, dtype: torch.dtype | None = None, *, mapped: bool = False) -> Tensor:
        """See TensorFile."""
        file, inner = self._where[name]
        return file.read(inner, dtype, mapped=mapped)


def open_tensors(header: headers.Header) -> TensorFile:
    """The tensors of a file whose header was read. Raises CheckpointError."""
    return PickledFile(header.path) if header.is_pickled else SafetensorsFile(header)


def open_folder(folder: Path) -> TensorFile:
    """The tensors of a model in diffusers' folder layout, named `unet.conv_in.weight`. Raises CheckpointError."""
    return open_parts({f"{name}.": files for name, files in headers.parts(folder).items()})


def open_parts(parts: Mapping[str, Iterable[Path]]) -> TensorFile:
    """The tensors of several files as one; each name begins with the prefix its file is listed under."""
    return JoinedFiles((prefix, open_tensors(headers.read(path))) for prefix, paths in parts.items() for path in paths)


def read_tensors(path: Path, dtype: torch.dtype | None = None) -> dict[str, Tensor]:
    """All tensors of a small file (embedding, network, preview decoder ...) on the CPU. Raises CheckpointError."""
    file = open_tensors(headers.read(path))
    return {name: file.read(name, dtype) for name in file.shapes}


class _Inert:
    def __init__(self, *_values: object) -> None:
        pass

    def __setstate__(self, _state: object) -> None:
        pass


def _unpickle(path: Path) -> object:
    with path.open("rb") as file:
        zipped = file.read(4) == pickles.ZIP
    try:
        with torch.serialization.safe_globals([(_Inert, name) for name in INERT]):
            return torch.load(path, map_location="cpu", weights_only=True, mmap=zipped or None)
    except pickle.UnpicklingError as error:
        code = re.search(r"(?:GLOBAL|global|class|function) ([\w.]+\.[\w.]+)", str(error))
        raise pickles.dangerous(path, code[1] if code else "unknown") from error
    except (RuntimeError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, OSError) as error:
        raise CheckpointError(
            path, "{name} is broken or cut short.", "Download it again.", details=str(error)
        ) from error


def _flat(value: object, prefix: str = "") -> dict[str, Tensor]:
    """The tensors of nested dictionaries, names joined by dots; what only wraps the tensors leaves no name."""
    if isinstance(value, Tensor):
        return {prefix: value}
    if not isinstance(value, Mapping) or prefix.count(".") > 100:
        return {}
    inner = next((value[name] for name in NESTED if isinstance(value.get(name), Mapping)), value)
    found: dict[str, Tensor] = {}
    for name, part in inner.items():
        if isinstance(name, str):
            found.update(_flat(part, f"{prefix}.{name}" if prefix else name))
    return found


def _strided(path: Path, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Only plain tensors; one that claims more numbers than it stores would fill the memory."""
    plain = {name: tensor for name, tensor in tensors.items() if tensor.layout == torch.strided}
    if any(tensor.numel() * tensor.itemsize > tensor.untyped_storage().nbytes() for tensor in plain.values()):
        raise CheckpointError(path, "{name} is broken: a tensor claims more than it holds.", "Download it again.")
    return plain
