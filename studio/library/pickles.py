"""What a torch pickle (.ckpt, .pt, .pth) holds, read off its instructions without carrying out a single one."""

import pickletools
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

from studio.core.errors import CheckpointError

ZIP = b"PK\x03\x04"
LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # the number that files of torch before 1.6 begin with
LEGACY_PARTS = 4  # that number, a version, facts of the machine, the tensors' descriptions
MAX_PICKLE = 64 * 2**20
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
    r"|numpy(\._?core\.multiarray)? (scalar|_reconstruct|dtype|ndarray)"
    r"|numpy\.dtypes \w+"
    r"|_codecs encode"
    r"|pytorch_lightning\.callbacks\.model_checkpoint ModelCheckpoint"
    r"|pytorch_lightning\.callbacks ModelCheckpoint"
)


def names(path: Path) -> tuple[str, ...]:
    """All texts in the pickle, the names of its tensors among them.

    Raises CheckpointError for a broken file and for one that names code to be run.
    """
    try:
        with path.open("rb") as file:
            zipped = file.read(4) == ZIP
        return tuple(_texts(path, _zipped(path) if zipped else _legacy(path)))
    except (OSError, ValueError, EOFError, IndexError, MemoryError, NotImplementedError, RuntimeError,
            zipfile.BadZipFile) as error:  # fmt: skip
        raise CheckpointError(
            path, "{name} is broken or cut short.", "Download it again.", details=str(error)
        ) from error


def _zipped(path: Path) -> IO[bytes]:
    with zipfile.ZipFile(path) as archive:
        records = [info for info in archive.infolist() if re.fullmatch(r"[^/]+/data\.pkl", info.filename)]
        if len(records) != 1:
            raise CheckpointError(path, "{name} is an archive.", "Unpack it and use the model file inside.")
        if records[0].file_size > MAX_PICKLE:
            raise ValueError("a description of more than 64 MiB")
        with archive.open(records[0]) as record:
            return BytesIO(record.read(MAX_PICKLE))


def _legacy(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        return BytesIO(file.read(MAX_PICKLE))


def _texts(path: Path, stream: IO[bytes]) -> Iterator[str]:
    legacy = stream.read(len(LEGACY)) == LEGACY
    stream.seek(0)
    for _ in range(LEGACY_PARTS if legacy else 1):
        for opcode, argument, _position in pickletools.genops(stream):
            if opcode.name in ("GLOBAL", "INST") and not HARMLESS.fullmatch(str(argument)):
                raise dangerous(path, str(argument).replace(" ", "."))
            if isinstance(argument, str) and "UNICODE" in opcode.name:
                yield argument


def dangerous(path: Path, code: str) -> CheckpointError:
    """The error that says which code a file wanted to run."""
    return CheckpointError(
        path,
        "{name} wants to run code on this computer ({code}); it was not opened.",
        "Use a .safetensors file of this model.",
        code=code,
    )
