"""Networks become part of a checkpoint: each layer's weight as it is while they act, written for good."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor

from studio.core.errors import BadRequest
from studio.core.job import JobContext
from studio.core.merge_request import MadeModel, MergeNetworksRequest
from studio.core.paths import Places
from studio.core.prompt import NetworkTag
from studio.core.sentence import Sentence
from studio.core.settings import Settings
from studio.engine.loading.files import open_tensors
from studio.engine.merge import naming, recipe, writing
from studio.engine.merge.checkpoints import stored_as
from studio.engine.merge.network import found, lookup
from studio.engine.merge.source import Source, open_source, view
from studio.engine.merge.writing import Entry
from studio.engine.networks.layers import Contribution, changed_bias, changed_weight
from studio.library import network_keys, networks
from studio.library.checkpoints import find
from studio.library.layout import Piece
from studio.library.network_keys import UNET, Place
from studio.library.networks import NetworkFile, Report

CPU = torch.device("cpu")


@dataclass
class Edit:
    """What becomes of one tensor of the file: which parts of it are layers' weights or biases, and who changes them."""

    weights: list[tuple[Piece, Sequence[Contribution]]] = field(default_factory=list)
    biases: list[tuple[Piece, Sequence[Contribution]]] = field(default_factory=list)

    def apply(self, source: Source, name: str) -> Iterator[Tensor]:
        """The changed tensor in float32."""
        whole = source.read(name).float()
        for piece, contributions in self.weights:
            part = view(whole, piece)
            part.copy_(changed_weight(part.contiguous(), contributions, CPU, torch.float32))
        for piece, contributions in self.biases:
            part = view(whole, piece)
            changed = changed_bias(part, part, contributions)
            part.copy_(part if changed is None else changed)
        yield whole


def merge(request: MergeNetworksRequest, context: JobContext, settings: Settings, places: Places) -> MadeModel:
    """Put networks of any kind into a checkpoint, in the order given.

    Raises UnknownName, BadRequest (no network, no number, nothing fits), CheckpointError, and what writing.write
    raises.
    """
    file = find(request.checkpoint, places, settings, context)
    source = open_source(file.path)
    used = [_used(text, places, settings) for text in request.networks if text.strip()]
    if not used:
        raise BadRequest("There is no network to be merged.", "Choose at least one.")
    otherwise = " + ".join([file.model_name, *(_called(tag) for tag, _ in used)])
    path = naming.target(request.name, otherwise, "checkpoint", places, f".{request.file_format}")
    writing.require_free(path)
    edits = edited(source, used, context)
    entries = [_entry(request, source, name, edits.get(name)) for name in source.shapes]
    metadata = dict(source.metadata) | recipe.models([(file, source)], places, context)
    metadata |= {recipe.RECIPE: _recipe(used, places, context), "format": "pt"}
    return writing.write(path, entries, metadata, context)


def edited(source: Source, used: Sequence[tuple[NetworkTag, NetworkFile]], context: JobContext) -> dict[str, Edit]:
    """What networks change, by the names of the checkpoint's tensors. Raises BadRequest if one does not fit."""
    pieces = source.layers
    shapes = {place: source.layer_shape(piece) for place, piece in pieces.items()}
    names = network_keys.names_of(source.parts.family, shapes)
    changes: dict[Place, list[Contribution]] = {}
    for tag, file in used:
        for place, contribution in _contributions(tag, file, shapes, names, source, context):
            changes.setdefault(place, []).append(contribution)
    return _by_tensor(changes, pieces, source.biases)


def _by_tensor(
    changes: Mapping[Place, list[Contribution]], weights: Mapping[Place, Piece], biases: Mapping[Place, Piece]
) -> dict[str, Edit]:
    edits: dict[str, Edit] = {}
    for place, contributions in changes.items():
        edits.setdefault(weights[place].name, Edit()).weights.append((weights[place], contributions))
        if place in biases:
            edits.setdefault(biases[place].name, Edit()).biases.append((biases[place], contributions))
    return edits


def _used(text: str, places: Places, settings: Settings) -> tuple[NetworkTag, NetworkFile]:
    """A network as the request names it. Raises UnknownName, or BadRequest for a strength that is no number."""
    files = networks.network_files(places, settings)
    if whole := lookup(text.strip(), files):
        return NetworkTag("lora", (text.strip(),)), whole
    items = text.strip("<> ").removeprefix("lora:").split(":")
    drive = len(items) > 1 and len(items[0]) == 1 and items[1].startswith(("/", "\\"))  # "C:\\..." of Windows
    tag = NetworkTag("lora", (":".join(items[:2]), *items[2:]) if drive else tuple(items))
    _ = tag.te, tag.unet, tag.dyn
    return tag, found(tag.name, files)


def _contributions(
    tag: NetworkTag,
    file: NetworkFile,
    shapes: Mapping[Place, tuple[int, ...]],
    names: Mapping[str, Place],
    source: Source,
    context: JobContext,
) -> Iterator[tuple[Place, Contribution]]:
    header = networks.read(file.path)
    found = networks.shapes_of(header)
    match = network_keys.match(found, shapes, names)
    report = networks.reported(match, found, header.metadata, source.parts.family)
    if not report.fits or not match.parts:
        raise _misfit(file, source, report)
    if match.strangers:
        context.note(
            Sentence(
                "Of {name}, {matched} of {total} keys fit; the others were left out.",
                name=file.name, matched=match.matched, total=match.total,
            )
        )  # fmt: skip
    if match.bundled:
        context.note(
            Sentence("The embeddings inside {name} were left out: checkpoints have no place for them.", name=file.name)
        )
    tensors = open_tensors(header)
    for place, part in match.parts.items():
        if strength := tag.unet if place.net == UNET else tag.te:
            yield place, Contribution(part, tensors, strength, tag.dyn)


def _misfit(file: NetworkFile, source: Source, report: Report) -> BadRequest:
    if report.base and report.base != report.family:
        return BadRequest(
            "{network} was made for {base}, but {name} is {family}.", "Choose a network for this kind of model.",
            network=file.name, base=report.base, name=source.path.name, family=report.family,
        )  # fmt: skip
    return BadRequest(
        "None of the {total} keys of {network} fit {name}.", "Choose a network for this kind of model.",
        total=report.total, network=file.name, name=source.path.name,
    )  # fmt: skip


def _entry(request: MergeNetworksRequest, source: Source, name: str, edit: Edit | None) -> Entry:
    dtype = stored_as(request.precision, name, source.dtype(name))
    make = partial(edit.apply, source, name) if edit else partial(source.pieces, name)
    return Entry(name, dtype, source.shapes[name], make)


def _called(tag: NetworkTag) -> str:
    return tag.name if tag.te == tag.unet == 1 else f"{round(tag.unet, 2)}({tag.name})"


def _recipe(used: Sequence[tuple[NetworkTag, NetworkFile]], places: Places, context: JobContext) -> str:
    rows = [
        {"name": file.name, "hash": networks.short_hash(file.path, places, context), "te": tag.te, "unet": tag.unet}
        for tag, file in used
    ]
    return json.dumps({"type": "networks", "networks": rows}, ensure_ascii=False)
