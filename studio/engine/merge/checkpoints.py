"""Checkpoints merged: weighted sum and added difference, by the rules of the web UI's checkpoint merger.

Facts of web UI 1.10.1: what is merged is what B has too and has "model" in its name; the first convolution of an
inpainting or pix2pix model keeps the inputs that B lacks. Unlike there all is computed in float32, whole numbers are
left alone, tensors that differ in shape are an error before anything is written, and nothing is overwritten.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial, reduce
from pathlib import Path

import torch
from torch import Tensor

from studio.core.errors import BadRequest, CheckpointError
from studio.core.files import problem
from studio.core.job import JobContext
from studio.core.merge_request import (
    ADD_DIFFERENCE,
    ANY_CONFIG,
    AS_THEY_ARE,
    NO_INTERPOLATION,
    WEIGHTED_SUM,
    MadeModel,
    MergeRequest,
)
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.engine.loading.files import Shape, TensorFile, open_tensors
from studio.engine.merge import blocks, naming, recipe, writing
from studio.engine.merge.source import Source, open_source
from studio.engine.merge.writing import Entry
from studio.library import components, headers, layout
from studio.library.checkpoints import find, find_vae
from studio.library.components import VAE
from studio.library.layout import Piece

FLOAT8 = (torch.float8_e4m3fn, torch.float8_e5m2)
DTYPES = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}
INPAINTING, PIX2PIX, PLAIN = 9, 8, 4
MARKS = {INPAINTING: ".inpainting", PIX2PIX: ".instruct-pix2pix"}
SAME_FAMILY = "Merge models of one family."


@dataclass(frozen=True)
class Mix:
    """A tensor of A, what of B and C goes into it, and how much."""

    name: str
    a: Source
    b: Source
    c: Source | None
    multiplier: float

    @property
    def entry_channels(self) -> int:
        """How many inputs an inpainting or pix2pix model's first convolution has, 0 for all other tensors."""
        ours, theirs = self.a.shapes[self.name], self.b.shapes[self.name]
        return ours[1] if len(ours) == 4 and ours[1] in MARKS and theirs[1:2] == (PLAIN,) else 0

    @property
    def dtype(self) -> torch.dtype:
        """The kind of number that holds all of them."""
        return reduce(_holding_both, (source.dtype(self.name) for source in self._sources))

    @property
    def _sources(self) -> list[Source]:
        return [source for source in (self.a, self.b, self.c) if source is not None]

    def check(self) -> None:
        """Raises CheckpointError unless the shapes go together."""
        ours = self.a.shapes[self.name]
        expected = (ours[0], PLAIN, *ours[2:]) if self.entry_channels else ours
        for source in self._sources[1:]:
            if not _alike(source.shapes[self.name], expected):
                raise _unlike(self.name, self.a, source)

    def make(self) -> Iterator[Tensor]:
        """The merged tensor in float32 and in pieces."""
        if self.entry_channels:
            whole = self.a.read(self.name).float()
            part = whole[:, :PLAIN]
            mixed = self._mixed(part.reshape(-1), *(source.read(self.name).reshape(-1) for source in self._sources[1:]))
            whole[:, :PLAIN] = mixed.view(part.shape)
            yield whole
        else:
            for pieces in zip(*(source.pieces(self.name) for source in self._sources), strict=True):
                yield self._mixed(*pieces)

    def _mixed(self, a: Tensor, b: Tensor, c: Tensor | None = None) -> Tensor:
        """A (1 - M) + B M, or A + (B - C) M."""
        if c is None:
            return (a.float() * (1 - self.multiplier)).add_(b.float(), alpha=self.multiplier)
        return a.float().add(b.float() - c.float(), alpha=self.multiplier)


def merge(request: MergeRequest, context: JobContext, settings: Settings, places: Places) -> MadeModel:
    """Merge two or three checkpoints into a new file.

    Raises UnknownName, BadRequest, CheckpointError and what writing.write raises, all but the last before anything
    is written.
    """
    files = [find(name, places, settings, context) for name in _wanted(request)]
    parents = [(file, open_source(file.path)) for file in files]
    sources = [source for _, source in parents]
    entries, channels = planned(request, sources)
    entries |= _vae(request, parents[0][0].path, sources[0], settings, places)
    kept = _without_discarded(request.discard_weights, entries)
    names = [file.model_name for file, _ in parents]
    otherwise = naming.merged_name(request, *(*names, "", "")[:3])
    end = f".{request.file_format}"
    path = naming.target(request.name, otherwise, "checkpoint", places, end, MARKS.get(channels, ""))
    config = _config(request.config_source, [file.path for file, _ in parents])
    for new in (path, path.with_suffix(".yaml")) if config else (path,):
        writing.require_free(new)
    marks = channels == INPAINTING, channels == PIX2PIX
    metadata = recipe.metadata(request, parents, marks, places, context)
    made = writing.write(path, kept, metadata, context)
    if config:
        _copy(config, path.with_suffix(".yaml"))
    return made


def planned(request: MergeRequest, sources: list[Source]) -> tuple[dict[str, Entry], int]:
    """The tensors of A as they will be, and the inputs of its first convolution where B has fewer (else 0)."""
    a, b, c = (*sources, None, None)[:3]
    mixes = _mixes(request, a, b, c) if a and b else {}
    for mix in mixes.values():
        mix.check()
    entries = {name: _entry(request, a, name, mixes.get(name)) for name in a.shapes} if a else {}
    return entries, max((mix.entry_channels for mix in mixes.values()), default=0)


def stored_as(precision: str, name: str, dtype: torch.dtype) -> torch.dtype:
    """How a tensor is stored under a precision; noise schedules, whose names are without "model", as they are."""
    if precision == AS_THEY_ARE or not dtype.is_floating_point or "model" not in name or name.endswith("position_ids"):
        return dtype
    return DTYPES[precision]


def _holding_both(one: torch.dtype, other: torch.dtype) -> torch.dtype:
    """The kind of number that both fit into; torch knows none for those of 8 bits, fp16 holds them."""
    wide = [torch.float16 if dtype in FLOAT8 else dtype for dtype in (one, other)]
    return one if one == other else torch.promote_types(*wide)


def _wanted(request: MergeRequest) -> list[str]:
    names = [("A", request.primary), ("B", request.secondary), ("C", request.tertiary)]
    count = {NO_INTERPOLATION: 1, WEIGHTED_SUM: 2, ADD_DIFFERENCE: 3}[request.method]
    for letter, name in names[:count]:
        if not name.strip():
            raise BadRequest("{method} needs a model {letter}.", "Choose one.", method=request.method, letter=letter)
    return [name for _, name in names[:count]]


def _mixes(request: MergeRequest, a: Source, b: Source, c: Source | None) -> dict[str, Mix]:
    for other in (b, c):
        if other and a.family and other.family and a.family != other.family:
            raise CheckpointError(
                other.path, "{name} is {family}, but {first} is {wanted}.", SAME_FAMILY,
                family=other.family, first=a.path.name, wanted=a.family,
            )  # fmt: skip
    of = blocks.multipliers(request.block_weights, request.multiplier, a.family)
    names = [name for name in a.shapes if name in b.shapes and _is_merged(name, a)]
    if not names:
        raise CheckpointError(b.path, "{name} and {first} have nothing in common.", SAME_FAMILY, first=a.path.name)
    return {name: Mix(name, a, b, c, of(name)) for name in names if c is None or name in c.shapes}


def _is_merged(name: str, a: Source) -> bool:
    return "model" in name and not name.endswith("position_ids") and a.dtype(name).is_floating_point


def _entry(request: MergeRequest, a: Source, name: str, mix: Mix | None) -> Entry:
    dtype = stored_as(request.precision, name, mix.dtype if mix else a.dtype(name))
    return Entry(name, dtype, a.shapes[name], mix.make if mix else partial(a.pieces, name))


def _alike(shape: Shape, expected: Shape) -> bool:
    """Equal but for trailing ones: a linear layer is also written as a 1x1 convolution."""
    return _trimmed(shape) == _trimmed(expected)


def _trimmed(shape: Shape) -> Shape:
    while shape and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def _unlike(name: str, a: Source, other: Source) -> CheckpointError:
    theirs, ours = other.shapes[name], a.shapes[name]
    if len(theirs) == len(ours) == 4 and ours[1] == PLAIN and theirs[1] in MARKS:
        return CheckpointError(
            other.path,
            "{name} is an inpainting or pix2pix model; of such and a plain one the plain one cannot be A.",
            "Swap A and B.",
        )
    return CheckpointError(
        other.path, "{name} and {first} do not fit together: {tensor} differs in shape.", SAME_FAMILY,
        first=a.path.name, tensor=name, details=f"{ours} and {theirs}",
    )  # fmt: skip


def _vae(request: MergeRequest, checkpoint: Path, a: Source, settings: Settings, places: Places) -> Mapping[str, Entry]:
    """The VAE to be baked in, under the names that checkpoints have for it."""
    path = find_vae(request.bake_in_vae, checkpoint, places, settings)
    if path is None:
        return {}
    file = open_tensors(headers.read(path))
    pieces = _vae_pieces(path, file)
    entries = {VAE + name: _vae_entry(request, VAE + name, file, piece) for name, piece in pieces.items()}
    for name, entry in entries.items():
        if name in a.shapes and not _alike(entry.shape, a.shapes[name]):
            raise CheckpointError(path, "The VAE {name} belongs to another model family.", "Choose another VAE.")
    return entries


def _vae_pieces(path: Path, file: TensorFile) -> dict[str, Piece]:
    try:
        found = components.only_vae(file.shapes)
        names = layout.vae_to_ldm(found)
    except ValueError as error:
        raise CheckpointError(path, "{name} is not a VAE.", "Choose another VAE.", details=str(error)) from error
    if not found:
        raise CheckpointError(path, "{name} is not a VAE.", "Choose another VAE.")
    return {names[name]: piece for name, piece in found.items()}


def _vae_entry(request: MergeRequest, name: str, file: TensorFile, piece: Piece) -> Entry:
    shape = file.shapes[piece.name]
    is_projection = re.search(r"\.attn_1\.(q|k|v|proj_out)\.weight$", name) and len(shape) == 2
    dtype = stored_as(request.precision, name, file.read(piece.name, mapped=True).dtype)
    return Entry(name, dtype, (*shape, 1, 1) if is_projection else shape, lambda: [file.read(piece.name)])


def _without_discarded(pattern: str, entries: Mapping[str, Entry]) -> list[Entry]:
    try:
        found = re.compile(pattern) if pattern else None
    except (re.error, RecursionError, OverflowError) as error:
        raise BadRequest(
            "“{pattern}” is no regular expression.", "Mend or empty it.", pattern=pattern, details=str(error)
        ) from error
    kept = [entry for name, entry in entries.items() if not (found and found.search(name))]
    if not kept:
        raise BadRequest("Nothing would be left of the model.", "Discard less.")
    return kept


def _config(source: str, parents: list[Path]) -> Path | None:
    """The .yaml file that goes with the result."""
    wanted = {ANY_CONFIG: parents, "B": parents[1:2], "C": parents[2:3]}.get(source, [])
    return next((path.with_suffix(".yaml") for path in wanted if path.with_suffix(".yaml").is_file()), None)


def _copy(config: Path, made: Path) -> None:
    try:
        shutil.copyfile(config, made)
    except OSError as error:
        raise problem(made, error) from error
