"""A new model file, written tensor by tensor: header, data, a look at what arrived, and only then its name."""

import errno
import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import torch
from torch import Tensor

from studio.core.errors import CheckpointError, DiskFull, FileProblem
from studio.core.files import problem
from studio.core.job import JobContext
from studio.core.machine import GB
from studio.core.merge_request import MadeModel
from studio.core.sentence import Sentence
from studio.engine.loading.files import DTYPES, SafetensorsFile, Shape
from studio.engine.merge.source import PIECE
from studio.library import headers

CODES = {dtype: code for code, dtype in DTYPES.items()}
ROOM = 2**24  # bytes a disk keeps free besides
BLOCK = 2**22  # bytes that are read again at once
SAMPLES = 24  # tensors that are read again
WRITING = "Writing {name} …"
CHECKING = "Checking {name} …"


@dataclass(frozen=True)
class Entry:
    """A tensor to be written; `make` gives its numbers, in order, in pieces of any shape and kind of number."""

    name: str
    dtype: torch.dtype
    shape: Shape
    make: Callable[[], Iterable[Tensor]]

    @property
    def numbers(self) -> int:
        """How many numbers it has."""
        return torch.Size(self.shape).numel()

    @property
    def size_bytes(self) -> int:
        """How many bytes they take."""
        return self.numbers * self.dtype.itemsize


def of_tensor(name: str, tensor: Tensor) -> Entry:
    """The entry of a tensor that is there already."""
    return Entry(name, tensor.dtype, tuple(tensor.shape), lambda: [tensor])


def require_free(path: Path) -> None:
    """Raises FileProblem if something is at `path` already."""
    if path.exists():
        raise FileProblem(path, "There is already a model {name}; it was not overwritten.", "Give another name.")


def write(path: Path, entries: Sequence[Entry], metadata: Mapping[str, str], context: JobContext) -> MadeModel:
    """Write a .safetensors file, or a .ckpt by way of one. Nothing is left of one that was not finished.

    Raises DiskFull, FileProblem, or Cancelled at a report.
    """
    require_free(path)
    ordered = sorted(entries, key=lambda entry: -entry.dtype.itemsize)  # each tensor aligned to its numbers
    size = sum(entry.size_bytes for entry in entries)
    is_pickled = path.suffix == ".ckpt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _require_room(path, size * (2 if is_pickled else 1))
        with _temporary(path) as temporary:
            _write_safetensors(temporary, path.name, ordered, metadata, context)
            if is_pickled:
                _write_pickle(temporary, path, context)
            else:
                _rename(temporary, path)
        return MadeModel(path=path, tensors=len(entries), size_bytes=path.stat().st_size)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise FileProblem(
                path, "{name} is larger than a file may be on that disk.", "Choose another disk or fp16."
            ) from error
        raise problem(path, error) from error


def header_bytes(entries: Iterable[Entry], metadata: Mapping[str, str]) -> bytes:
    """The beginning of a .safetensors file of these tensors, one after the other."""
    described: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    position = 0
    for entry in entries:
        end = position + entry.size_bytes
        described[entry.name] = {"dtype": CODES[entry.dtype], "shape": entry.shape, "data_offsets": (position, end)}
        position = end
    text = json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def _write_safetensors(
    temporary: Path, name: str, entries: Sequence[Entry], metadata: Mapping[str, str], context: JobContext
) -> None:
    sums: dict[str, int] = {}
    with temporary.open("wb") as file:
        file.write(header_bytes(entries, metadata))
        for done, entry in enumerate(entries):
            context.progress(done, len(entries), Sentence(WRITING, name=name))
            sums[entry.name] = _write_tensor(file, entry, context)
        file.flush()
        os.fsync(file.fileno())
    context.progress(len(entries), len(entries), Sentence(CHECKING, name=name))
    _verify(temporary, entries, metadata, sums)


def _write_tensor(file: BinaryIO, entry: Entry, context: JobContext) -> int:
    """Write one tensor; returns the checksum of its bytes. Raises Cancelled."""
    checksum, count = 0, 0
    for piece in entry.make():
        for part in piece.reshape(-1).split(PIECE):
            context.check()
            data = bytes_of(part.to(entry.dtype))
            checksum, count = zlib.crc32(data, checksum), count + len(data)
            file.write(data)
    if count != entry.size_bytes:
        raise AssertionError(f"{entry.name}: {count} bytes instead of {entry.size_bytes}")
    return checksum


def _verify(path: Path, entries: Sequence[Entry], metadata: Mapping[str, str], sums: Mapping[str, int]) -> None:
    """Read the header and some of the tensors again. Raises CheckpointError unless they are what was written."""
    header = headers.read(path)
    wanted = {entry.name: (CODES[entry.dtype], entry.shape) for entry in entries}
    there = {name: (info.dtype, info.shape) for name, info in header.tensors.items()}
    names = list(sums)[:: max(len(sums) // SAMPLES, 1)]
    with path.open("rb") as file:
        same = all(_checksum(file, header.tensors[name]) == sums[name] for name in names if name in there)
    if there != wanted or dict(header.metadata) != dict(metadata) or not same:
        raise CheckpointError(path, "What was written cannot be read back the same.", "Check the disk and try again.")


def _checksum(file: BinaryIO, info: headers.TensorInfo) -> int:
    file.seek(info.start)
    left, checksum = info.end - info.start, 0
    while left:
        data = file.read(min(left, BLOCK))
        if not data:
            return -1
        checksum, left = zlib.crc32(data, checksum), left - len(data)
    return checksum


def _write_pickle(made: Path, path: Path, context: JobContext) -> None:
    """The tensors of the file `made` as a torch pickle, from mapped memory."""
    file = SafetensorsFile(headers.read(made))
    tensors = {name: file.read(name, mapped=True) for name in file.shapes}
    with _temporary(path) as temporary:
        with temporary.open("wb") as target:
            torch.save(tensors, target)
            target.flush()
            os.fsync(target.fileno())
        context.check()
        there = headers.read(temporary).tensors
        if {name: info.shape for name, info in there.items()} != dict(file.shapes):
            raise CheckpointError(
                path, "What was written cannot be read back the same.", "Check the disk and try again."
            )
        _rename(temporary, path)


def bytes_of(tensor: Tensor) -> memoryview:
    """The bytes of a tensor as files have them."""
    return (
        memoryview(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().data)
        if tensor.numel()
        else memoryview(b"")
    )


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """A file beside `path` that is gone afterwards unless it was renamed."""
    temporary = path.with_name(f".{uuid4().hex}.tmp")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _rename(temporary: Path, path: Path) -> None:
    require_free(path)
    temporary.replace(path)


def _require_room(path: Path, size: int) -> None:
    free = shutil.disk_usage(path.parent).free
    if free < size + ROOM:
        raise DiskFull(
            "{name} needs {wanted} GB, but only {free} GB are free in {folder}.", "Free some space and try again.",
            name=path.name, wanted=round(size / GB, 1), free=round(free / GB, 1), folder=str(path.parent),
        )  # fmt: skip
