"""A LoRA file as resizing and renaming see it: its layers one by one, and how a new one is written."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from studio.core.errors import CheckpointError, UnknownName
from studio.core.job import JobContext
from studio.core.merge_request import MadeModel
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.engine.loading.files import TensorFile, open_tensors
from studio.engine.merge import naming, writing
from studio.library import headers, networks
from studio.library.network_alphas import told_alpha
from studio.library.network_keys import split
from studio.library.networks import NetworkFile

UP, DOWN, MID, ALPHA = "lora_up.weight", "lora_down.weight", "lora_mid.weight", "alpha"
LENGTHS, LENGTHS_OF_ROWS = "dora_scale", "lora_magnitude_vector"
ONLY_LORA = {UP, DOWN, MID, ALPHA, LENGTHS, LENGTHS_OF_ROWS}


@dataclass(frozen=True, eq=False)
class Network:
    """An opened LoRA: for each layer's name, the names of its tensors in the file by suffix."""

    path: Path
    file: TensorFile
    layers: Mapping[str, Mapping[str, str]]

    def read(self, layer: str, suffix: str) -> Tensor:
        """A tensor of a layer as it is stored."""
        return self.file.read(self.layers[layer][suffix])

    def dtype(self, layer: str) -> torch.dtype:
        """How a layer's numbers are stored."""
        return self.file.read(self.layers[layer][DOWN], mapped=True).dtype

    def rank(self, layer: str) -> int:
        """How many dimensions a layer has."""
        return self.file.shapes[self.layers[layer][DOWN]][0]

    def alpha(self, layer: str) -> float:
        """The alpha of a layer, as a tensor or the metadata tell: its rank where neither does, or says 0."""
        if ALPHA in self.layers[layer]:
            told = self.read(layer, ALPHA).item()
        else:
            told = told_alpha(self.file.metadata, self.layers[layer][DOWN], self.rank(layer))
        return told or float(self.rank(layer))

    @property
    def ranks(self) -> Iterator[int]:
        """The ranks of all layers."""
        return (self.rank(layer) for layer in self.layers)


def open_network(name: str, places: Places, settings: Settings) -> Network:
    """The LoRA that a name or path means. Raises UnknownName, CheckpointError for what is no plain LoRA."""
    files = networks.network_files(places, settings)
    file = found(name, files)
    header = headers.read(file.path)
    layers: dict[str, dict[str, str]] = {}
    for tensor in header.tensors:
        layer, suffix = split(tensor)
        layers.setdefault(layer, {})[suffix] = tensor
    others = [layer for layer, parts in layers.items() if not {UP, DOWN} <= parts.keys() or parts.keys() - ONLY_LORA]
    if others or not layers:
        raise CheckpointError(
            file.path, "{name} is not only LoRA: {layer} is of another kind.", "Choose a plain LoRA.",
            layer=others[0][:200] if others else "",
        )  # fmt: skip
    return Network(file.path, open_tensors(header), layers)


def found(name: str, files: Sequence[NetworkFile]) -> NetworkFile:
    """The network that a name or path means. Raises UnknownName."""
    file = lookup(name, files)
    if file is None:
        raise UnknownName("network", name, networks.close_names(name, files))
    return file


def lookup(name: str, files: Sequence[NetworkFile]) -> NetworkFile | None:
    """The network that a name or path means, if there is one."""
    if (file := networks.find(name, files)) is not None:
        return file
    path = naming.existing(name)
    return NetworkFile(path, path.stem) if path else None


def write(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str], context: JobContext) -> MadeModel:
    """Write a network with the hashes that trainers put into the metadata."""
    entries = [writing.of_tensor(name, tensors[name].contiguous()) for name in sorted(tensors)]
    return writing.write(path, entries, dict(metadata) | _hashes(entries, metadata), context)


def _hashes(entries: Sequence[writing.Entry], metadata: Mapping[str, str]) -> dict[str, str]:
    """sd-scripts' two hashes: of all that comes after the header, and of 64 KiB of the file with training facts only.

    The order is that of the file.
    """
    ordered = sorted(entries, key=lambda entry: -entry.dtype.itemsize)
    whole, part = hashlib.sha256(), hashlib.sha256()
    position = len(writing.header_bytes(ordered, {k: v for k, v in metadata.items() if k.startswith("ss_")}))
    start, end = 0x100000, 0x110000
    for entry in ordered:
        for tensor in entry.make():
            data = writing.bytes_of(tensor)
            whole.update(data)
            part.update(data[max(start - position, 0) : max(end - position, 0)])
            position += len(data)
    return {"sshs_model_hash": whole.hexdigest(), "sshs_legacy_hash": part.hexdigest()[:8]}
