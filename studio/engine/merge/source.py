"""A checkpoint as merging sees it: its tensors under one way of naming, one at a time, and what they belong to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from studio.core.errors import CheckpointError
from studio.engine.loading import facts as known
from studio.engine.loading.export import origins
from studio.engine.loading.files import DTYPES, Shape, TensorFile, open_folder, open_tensors
from studio.library import components, headers
from studio.library.components import Components
from studio.library.headers import Header
from studio.library.layout import Piece
from studio.library.network_keys import TEXT, UNET, Place

OUTER = re.compile(r"(.+\.)model\.diffusion_model\.input_blocks\.0\.0\.weight")
OLD_TEXT = re.compile(r"^cond_stage_model\.transformer\.(embeddings|encoder|final_layer_norm)\.")
TURBO, TURBO_MARK, TURBO_WIDTH = "conditioner.embedders.0.", "conditioner.embedders.0.model.ln_final.weight", 1024
PIECE = 2**16  # numbers that are read and computed at once: they stay in the processor's own memory


@dataclass(frozen=True, eq=False)
class Source:
    """An opened checkpoint; `names` are tensors' usual names -> names in the file, in the file's order."""

    path: Path
    header: Header
    file: TensorFile
    names: Mapping[str, str]

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """The tensors' shapes by their usual names."""
        return {name: self.file.shapes[own] for name, own in self.names.items()}

    @cached_property
    def parts(self) -> Components:
        """Which tensor belongs where."""
        return components.from_ldm(self.shapes)

    @property
    def family(self) -> str:
        """SD1, SD2, SDXL or SDXL refiner; "" for a file without text encoder, which does not tell."""
        return self.parts.family if self.parts.texts else ""

    @property
    def metadata(self) -> Mapping[str, str]:
        """The file's own metadata, {} of a pickle."""
        return self.file.metadata

    @property
    def model_facts(self) -> dict[str, str]:
        """Those of the metadata without which the model would be loaded otherwise."""
        return {
            name: text
            for name, text in self.metadata.items()
            if name in (known.METADATA, "modelspec.prediction_type", "ss_zero_terminal_snr")
        }

    def dtype(self, name: str) -> torch.dtype:
        """How a tensor's numbers are stored."""
        told = DTYPES.get(self.header.tensors[own].dtype) if (own := self.names[name]) in self.header.tensors else None
        return told or self.file.read(own, mapped=True).dtype

    def read(self, name: str) -> Tensor:
        """A tensor of its own, as it is stored."""
        return self.file.read(self.names[name])

    def pieces(self, name: str) -> Iterator[Tensor]:
        """The numbers of a tensor as they are stored, in order and few at a time, so that they need next to no memory.

        Raises CheckpointError if the file has become shorter.
        """
        own = self.names[name]
        if self.header.is_pickled or own not in self.header.tensors:
            yield from self.file.read(own, mapped=True).reshape(-1).split(PIECE)
            return
        info, dtype = self.header.tensors[own], self.dtype(name)
        with self.path.open("rb", buffering=0) as file:
            file.seek(info.start)
            for start in range(info.start, info.end, PIECE * dtype.itemsize):
                data = bytearray(min(PIECE * dtype.itemsize, info.end - start))
                if file.readinto(data) != len(data):
                    raise CheckpointError(self.path, "{name} changed while it was read.", "Try again.")
                yield torch.frombuffer(data, dtype=dtype)

    @cached_property
    def layers(self) -> dict[Place, Piece]:
        """Where the weights of the layers that networks know are."""
        return self._pieces(".weight")

    @cached_property
    def biases(self) -> dict[Place, Piece]:
        """Where the layers' biases are."""
        return self._pieces(".bias")

    def layer_shape(self, piece: Piece) -> Shape:
        """The shape that a layer's weight has."""
        shape = self.shapes[piece.name]
        if piece.third is not None:
            return (shape[0] // 3, *shape[1:])
        return shape[::-1] if piece.transposed else shape

    def layer(self, piece: Piece) -> Tensor:
        """A layer's weight in float32."""
        return view(self.read(piece.name).float(), piece)

    def _pieces(self, end: str) -> dict[Place, Piece]:
        nets = {UNET: self.parts.unet, **dict(zip(TEXT, self.parts.texts, strict=False))}
        return {
            Place(net, name.removesuffix(end)): piece
            for net, pieces in nets.items()
            for name, piece in pieces.items()
            if name.endswith(end)
        }


def view(whole: Tensor, piece: Piece) -> Tensor:
    """The part of a file's tensor that a layer is, sharing its memory."""
    if piece.third is not None:
        return whole.chunk(3)[piece.third]
    return whole.T if piece.transposed else whole


class FolderFile:
    """A folder of parts as a single file: its tensors have the names, and the make-up, that one would have."""

    def __init__(self, folder: Path) -> None:
        self._file = open_folder(folder)
        self.metadata: Mapping[str, str] = known.of_folder(folder).metadata()
        self._origins = origins(components.from_folder(self._file.shapes), self._file.shapes)
        self.shapes: Mapping[str, Shape] = {n: one.shape(self._file.shapes) for n, one in self._origins.items()}

    def read(self, name: str, dtype: torch.dtype | None = None, *, mapped: bool = False) -> Tensor:
        """See TensorFile."""
        return self._origins[name].tensor(lambda own: self._file.read(own, dtype, mapped=mapped))


def open_source(path: Path) -> Source:
    """Open a checkpoint, a file or a folder of parts. Raises CheckpointError for what is none or is broken."""
    try:
        source = _open_folder(path) if path.is_dir() else _open_file(path)
        is_model = bool(source.parts.unet)
    except (ValueError, KeyError) as error:  # numbers beyond sense, or attention of which a part is missing
        raise _stranger(path, str(error)) from error
    if not is_model:
        raise _stranger(path)
    return source


def _open_file(path: Path) -> Source:
    header = headers.read(path)
    file = open_tensors(header)
    return Source(path, header, file, _named(file.shapes))


def _open_folder(path: Path) -> Source:
    file = FolderFile(path)
    return Source(path, headers.Header(path, 0), file, {name: name for name in file.shapes})


def _stranger(path: Path, details: str = "") -> CheckpointError:
    return CheckpointError(path, "{name} is not a Stable Diffusion model.", "Choose a checkpoint.", details=details)


def _named(shapes: Mapping[str, Shape]) -> dict[str, str]:
    """Tensors' usual names: without what comes before all of them, with what old and SGM's files of SD1 and 2 lack."""
    outer = next((found[1] for name in shapes if (found := OUTER.fullmatch(name))), "")
    names = {OLD_TEXT.sub(r"cond_stage_model.transformer.text_model.\1.", n.removeprefix(outer)): n for n in shapes}
    mark = names.get(TURBO_MARK)
    if mark and shapes[mark] == (TURBO_WIDTH,):
        return {re.sub(f"^{re.escape(TURBO)}", "cond_stage_model.", name): own for name, own in names.items()}
    return names
