"""What sets a tuned checkpoint apart from its original, as a LoRA of the layers that sd-scripts trains."""

import json
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.core.errors import BadRequest, CheckpointError
from studio.core.job import JobContext
from studio.core.merge_request import ExtractRequest, MadeModel
from studio.core.paths import Places
from studio.core.sentence import Sentence
from studio.core.settings import Settings
from studio.engine import device
from studio.engine.merge import low_rank, names, naming, network, writing
from studio.engine.merge.checkpoints import DTYPES, SAME_FAMILY
from studio.engine.merge.source import Source, open_source
from studio.library import hashes
from studio.library.checkpoints import CheckpointFile, find
from studio.library.components import REFINER, SD1, SD2, SDXL
from studio.library.network_keys import UNET, Place

BASES = {SD1: "sd_v1", SD2: "sd_v2", SDXL: "sdxl_base_v1-0", REFINER: "sdxl_refiner_v1-0"}
ARCHITECTURES = {
    SD1: "stable-diffusion-v1/lora", SD2: "stable-diffusion-v2-512/lora", SDXL: "stable-diffusion-xl-v1-base/lora",
    REFINER: "stable-diffusion-xl-v1-refiner/lora",
}  # fmt: skip
EXTRACTING = "Extracting {name} …"


@dataclass(frozen=True)
class Thin:
    """A layer's difference as two thin matrices in the layer's own form."""

    up: Tensor
    down: Tensor

    def tensors(self, name: str) -> dict[str, Tensor]:
        """As a file has them; alpha is the rank, so that the scale is 1."""
        alpha = torch.tensor(float(self.down.shape[0]), dtype=self.down.dtype)
        return {f"{name}.{network.UP}": self.up, f"{name}.{network.DOWN}": self.down, f"{name}.{network.ALPHA}": alpha}


def extract(request: ExtractRequest, context: JobContext, settings: Settings, places: Places) -> MadeModel:
    """Make a LoRA of the difference between two checkpoints of one family.

    Raises UnknownName, BadRequest (nothing to extract), CheckpointError, and what writing.write raises.
    """
    files = [find(name, places, settings, context) for name in (request.original, request.tuned)]
    original, tuned = (open_source(file.path) for file in files)
    path = naming.target(request.name, files[1].model_name + "-lora", "network", places, ".safetensors")
    writing.require_free(path)
    called = _called(request, original, tuned)
    tensors: dict[str, Tensor] = {}
    for done, (place, name) in enumerate(called.items()):
        context.progress(done, len(called), Sentence(EXTRACTING, name=path.name))
        if thin := _thin(request, original, tuned, place):
            tensors |= thin.tensors(name)
    if not tensors:
        raise BadRequest("{first} and {second} do not differ.", "Choose another model.",
            first=files[0].short_name, second=files[1].short_name,
        )  # fmt: skip
    return network.write(path, tensors, _metadata(request, original.parts.family, files, places, context), context)


def _called(request: ExtractRequest, original: Source, tuned: Source) -> dict[Place, str]:
    """The layers to be looked at and their names. Raises CheckpointError unless the two models go together."""
    ours, theirs = original.layers, tuned.layers
    shapes = [{place: source.layer_shape(piece) for place, piece in pieces.items()}
        for source, pieces in ((original, ours), (tuned, theirs))]  # fmt: skip
    called = names.kohya(original.parts.family, ours)
    wanted = [place for place in ours if _is_wanted(request, place) and place in theirs]
    unlike = next((place for place in wanted if shapes[0][place] != shapes[1][place]), None)
    if original.family != tuned.family or unlike or not wanted:
        raise CheckpointError(
            tuned.path, "{name} was not made from {first}: their layers differ.", SAME_FAMILY,
            first=original.path.name, details=str(unlike or ""),
        )  # fmt: skip
    return {place: called[place] for place in wanted}


def _is_wanted(request: ExtractRequest, place: Place) -> bool:
    asked = request.unet if place.net == UNET else request.text_encoders
    return asked and names.is_target(place, request.conv_rank > 0)


def _thin(request: ExtractRequest, original: Source, tuned: Source, place: Place) -> Thin | None:
    where = device.best()
    ours, theirs = (source.layer(source.layers[place]) for source in (original, tuned))
    difference = theirs.to(where) - ours.to(where)
    if not difference.isfinite().all():
        raise CheckpointError(
            tuned.path, "{name} or {first} is broken: a layer holds numbers that are none.", "Download it again.",
            first=original.path.name, details=str(place),
        )  # fmt: skip
    if difference.abs().max() == 0:
        return None
    found = low_rank.decomposed(difference.flatten(1))
    most = request.conv_rank if difference.shape[2:].numel() > 1 else request.rank
    rank = min(most, len(found.values), low_rank.by_energy(found.values, request.energy))
    up, down = (tensor.to("cpu", DTYPES[request.precision]) for tensor in found.cut(rank))
    return Thin(up.reshape(*up.shape, *[1] * (ours.dim() - 2)), down.reshape(rank, *ours.shape[1:]))


def _metadata(
    request: ExtractRequest, family: str, files: list[CheckpointFile], places: Places, context: JobContext
) -> dict[str, str]:
    """What readers of LoRAs look for, in sd-scripts' names."""
    arguments = {"conv_dim": str(request.conv_rank), "conv_alpha": str(request.conv_rank)} if request.conv_rank else {}
    is_dynamic = request.energy > 0
    return {
        "ss_v2": str(family == SD2),
        "ss_base_model_version": BASES[family],
        "ss_network_module": "networks.lora",
        "ss_network_dim": "Dynamic" if is_dynamic else str(request.rank),
        "ss_network_alpha": "Dynamic" if is_dynamic else str(float(request.rank)),
        "ss_network_args": json.dumps(arguments),
        "ss_sd_model_name": files[0].path.name,
        "ss_new_sd_model_hash": hashes.sha256(files[0].path, places, context),
        "ss_training_comment": f"extracted from {files[1].path.name} against {files[0].path.name}",
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.architecture": ARCHITECTURES[family],
        "modelspec.implementation": "https://github.com/Stability-AI/generative-models",
        "modelspec.title": files[1].short_name,
        "modelspec.merged_from": ", ".join(file.short_name for file in files),
    }
