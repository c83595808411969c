"""What a model file says of itself before any tensor is read; without torch, and believing nothing."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from studio.core.errors import CheckpointError
from studio.library import pickles

MAX_HEADER = 100_000_000  # bytes; the limit of the safetensors format
MIB = 2**20
BITS = {
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
    "I32": 32, "U32": 32, "F32": 32,
    "I64": 64, "U64": 64, "F64": 64, "C64": 64,
}  # fmt: skip
AGAIN = "Download it again."
STOPPED = "The download stopped early; download it again."
LOGIN = "The download failed or needed a login; download it again."
# The text a file of another sort begins with -> what it is, what to do.
FOREIGN = (
    (rb"version https://git-lfs", "{name} is only a Git LFS pointer.", "Run “git lfs pull” or download the model."),
    (rb"<(!doctype|html|head|body|\?xml)", "{name} is a web page, not a model.", LOGIN),
    (rb"\{", "{name} is a server's answer in text form, not a model.", AGAIN),
    (rb"gguf", "{name} is a GGUF file; this format is not supported yet.", "Use its .safetensors version."),
    (rb"7z\xbc\xaf|rar!|\x1f\x8b", "{name} is an archive.", "Unpack it and use the model file inside."),
)  # fmt: skip
WHOLE: dict[str, Any] = {
    "is_whole": True
}  # among the values of an error: the file itself may be sound, for another program
PICKLE_ENDS = (".ckpt", ".pt", ".pth", ".bin", ".pkl")
WEIGHTS = ("diffusion_pytorch_model", "model", "pytorch_model")


class TensorInfo(NamedTuple):
    """A tensor as its header describes it; `start` and `end` are bytes from the beginning of the file.

    Pickles tell neither place nor, sometimes, `dtype`; those are 0 and "" then.
    """

    dtype: str
    shape: tuple[int, ...]
    start: int = 0
    end: int = 0

    @property
    def numbers(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Header:
    """What was found out about a file; `metadata` of a torch pickle (.ckpt, .pt) are the short values at its top."""

    path: Path
    size_bytes: int
    tensors: Mapping[str, TensorInfo] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    is_pickled: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tensors."""
        return tuple(self.tensors)


def read(path: Path) -> Header:
    """The header of a .safetensors, .ckpt, .pt or .pth file; what it is shows in its content, not in its name.

    Raises CheckpointError for what is missing, broken, cut short, not a model at all, or would run code.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as error:
        raise CheckpointError(
            path, "{path} cannot be read.", "Check that the file exists and may be read.", details=str(error), **WHOLE
        ) from error
    if not start:
        raise CheckpointError(path, "{name} is empty.", AGAIN)
    if start.startswith(pickles.ZIP) or start.startswith(pickles.LEGACY):
        return _read_pickle(path, size)
    length = int.from_bytes(start[:8], "little")
    if not (2 <= length <= MAX_HEADER and start[8:9] == b"{"):
        raise _foreign(path, start)
    return _read_safetensors(path, size, length)


def parts(folder: Path) -> dict[str, tuple[Path, ...]]:
    """The weight files of a diffusers folder by component (unet, vae, text_encoder, text_encoder_2).

    safetensors is preferred to .bin, full precision to fp16; shards come together. Raises CheckpointError if
    model_index.json is missing or no JSON object.
    """
    index = read_json(folder / "model_index.json")
    names = [name for name in ("unet", "vae", "text_encoder", "text_encoder_2") if name in index]
    found = {name: weights(folder / name) for name in names}
    return {name: files for name, files in found.items() if files}


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a small file. Raises CheckpointError."""
    try:
        if path.stat().st_size > MIB:
            raise ValueError("too large")
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(path, "{path} cannot be read.", AGAIN, details=str(error)) from error
    if not isinstance(value, dict):
        raise CheckpointError(path, "{path} is not what a model's folder has there.", AGAIN)
    return value


def is_folder(path: Path) -> bool:
    """Whether `path` is a model in diffusers' folder layout."""
    return (path / "model_index.json").is_file()


def weights(folder: Path) -> tuple[Path, ...]:
    """The weight files of one component's folder; none if there are none."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    for end, variant, stem in product(("safetensors", "bin"), ("", r"\.fp16"), WEIGHTS):
        whole = [file for file in files if re.fullmatch(rf"{stem}{variant}\.{end}", file.name)]
        shards = [file for file in files if re.fullmatch(rf"{stem}{variant}-\d{{5}}-of-\d{{5}}\.{end}", file.name)]
        if whole or shards:
            return tuple(whole or shards)
    return ()


def _read_pickle(path: Path, size: int) -> Header:
    found = pickles.checked(path)
    if not found.tensors:
        raise CheckpointError(path, "{name} holds no tensors.", AGAIN)
    tensors = {name: TensorInfo(tensor.dtype, tensor.shape) for name, tensor in found.tensors.items()}
    return Header(path, size, tensors, found.values, is_pickled=True)


def _foreign(path: Path, start: bytes) -> CheckpointError:
    if strangers := _code_in(path):
        return pickles.dangerous(path, strangers[0].replace(" ", "."))
    text = start.lstrip().removeprefix(b"\xef\xbb\xbf").lower()
    what = next((row[1:] for row in FOREIGN if re.match(row[0], text)), ("{name} is not a model file.", AGAIN))
    return CheckpointError(path, *what, **(WHOLE if text.startswith(b"gguf") else {}))


def _code_in(path: Path) -> tuple[str, ...]:
    """The code that a file names which is a pickle but none of torch's; other programs would run it."""
    try:
        return pickles.scan(path).strangers if path.suffix.lower() in PICKLE_ENDS else ()
    except CheckpointError:
        return ()


def _read_safetensors(path: Path, size: int, length: int) -> Header:
    if size < 8 + length:
        raise _cut_short(path, size, 8 + length)
    with path.open("rb") as file:
        text = file.read(8 + length)[8:]
    entries = _parse(path, text)
    metadata = entries.pop("__metadata__", {})
    if not _is_texts(metadata):
        raise _broken(path, "the metadata are not texts")
    tensors = {name: _tensor(path, name, entry, 8 + length) for name, entry in entries.items()}
    _check_extents(path, tensors, 8 + length, size)
    return Header(path, size, tensors, metadata)


def _parse(path: Path, text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text.decode(), object_pairs_hook=_without_duplicates)
        "".join((*found, *_texts(found))).encode()  # JSON can name halves of characters, which no text has
        return found
    except (ValueError, RecursionError) as error:
        raise _broken(path, str(error)) from error


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice")
    return found


def _texts(entries: dict[str, Any]) -> Iterator[str]:
    metadata = entries.get("__metadata__")
    for pair in metadata.items() if isinstance(metadata, dict) else ():
        yield from (text for text in pair if isinstance(text, str))


def _is_texts(metadata: object) -> bool:
    return isinstance(metadata, dict) and all(isinstance(value, str) for value in metadata.values())


def _tensor(path: Path, name: str, entry: object, data: int) -> TensorInfo:
    try:
        dtype, shape, (start, end) = entry["dtype"], entry["shape"], entry["data_offsets"]  # type: ignore[index]
        is_whole = isinstance(shape, list) and _are_sizes([*shape, start, end])
        if is_whole and math.prod(shape) * BITS[dtype] == (end - start) * 8:
            return TensorInfo(dtype, tuple(shape), data + start, data + end)
    except (TypeError, ValueError, LookupError):
        pass
    raise _broken(path, f"tensor {name[:200]}: {str(entry)[:200]}")


def _are_sizes(numbers: list[object]) -> bool:
    return all(type(number) is int and 0 <= number < 2**63 for number in numbers)


def _check_extents(path: Path, tensors: Mapping[str, TensorInfo], data: int, size: int) -> None:
    """The tensors must lie one after the other and fill the file."""
    position = data
    for info in sorted(tensors.values(), key=lambda info: (info.start, info.end)):
        if info.start != position:
            raise _broken(path, f"a gap or overlap at byte {position}")
        position = info.end
    if position > size:
        raise _cut_short(path, size, position)
    if position < size:
        raise _broken(path, f"{size - position} bytes too many")
    if not tensors:
        raise CheckpointError(path, "{name} holds no tensors.", AGAIN)


def _broken(path: Path, details: str) -> CheckpointError:
    return CheckpointError(path, "{name} is broken: its header contradicts itself.", AGAIN, details=details)


def _cut_short(path: Path, size: int, wanted: int) -> CheckpointError:
    return CheckpointError(
        path, "{name} is cut short: {have} of {wanted} MiB are there.", STOPPED,
        have=round(size / MIB, 1), wanted=round(wanted / MIB, 1),
    )  # fmt: skip
