"""A LoRA with another rank, by the rules of sd-scripts' resize_lora: how strongly it acts stays the same."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.core.errors import BadRequest, CheckpointError
from studio.core.job import JobContext
from studio.core.merge_request import AS_THEY_ARE, BY_RATIO, FIXED, MadeModel, ResizeRequest
from studio.core.paths import Places
from studio.core.sentence import Sentence
from studio.core.settings import Settings
from studio.engine.merge import low_rank, naming, network, writing
from studio.engine.merge.checkpoints import DTYPES
from studio.engine.merge.network import ALPHA, DOWN, LENGTHS, LENGTHS_OF_ROWS, UP, Network, open_network

RESIZING = "Resizing {name} …"
UNTRUE = ("sshs_model_hash", "sshs_legacy_hash", "modelspec.hash_sha256")


@dataclass(frozen=True)
class Layer:
    """A layer's tensors by suffix, and its new rank and alpha."""

    tensors: Mapping[str, Tensor]
    rank: int
    alpha: float


def resize(request: ResizeRequest, context: JobContext, settings: Settings, places: Places) -> MadeModel:
    """Give a LoRA another rank.

    Raises UnknownName, BadRequest for a value that the method cannot take, CheckpointError for what is no plain LoRA,
    and what writing.write raises.
    """
    _check(request)
    file = open_network(request.network, places, settings)
    path = naming.target(request.name, f"{file.path.stem}-{_suffix(request)}", "network", places, ".safetensors")
    writing.require_free(path)
    layers: dict[str, Layer] = {}
    for done, layer in enumerate(file.layers):
        context.progress(done, len(file.layers), Sentence(RESIZING, name=path.name))
        layers[layer] = resized(request, file, layer)
    tensors = {
        file.layers[layer].get(suffix, f"{layer}.{suffix}"): tensor
        for layer, made in layers.items()
        for suffix, tensor in made.tensors.items()
    }
    return network.write(path, tensors, _metadata(request, file, layers), context)


def resized(request: ResizeRequest, file: Network, layer: str) -> Layer:
    """One layer with its new rank: alpha goes with it, so that alpha / rank stays."""
    up, down = (file.read(layer, suffix) for suffix in (UP, DOWN))
    if not (up.isfinite().all() and down.isfinite().all()):
        raise CheckpointError(
            file.path, "{name} is broken: a layer holds numbers that are none.", "Download it again.", details=layer
        )
    kernel = down.shape[2:]
    found = low_rank.decomposed_product(up.flatten(1).double(), down.flatten(1).double())
    most = request.conv_rank if request.conv_rank and kernel.numel() > 1 else request.rank
    rank = _rank(request, found.values, most, full=min(up.shape[0], down[0].numel()))
    alpha = file.alpha(layer) / file.rank(layer) * rank
    dtype = file.dtype(layer) if request.precision == AS_THEY_ARE else DTYPES[request.precision]
    thin_up, thin_down = (tensor.to(dtype) for tensor in found.cut(rank))
    made = {
        UP: thin_up.reshape(up.shape[0], rank, *up.shape[2:]),
        DOWN: thin_down.reshape(rank, *down.shape[1:]),
        ALPHA: torch.tensor(alpha, dtype=dtype),
    }
    kept = {name: file.read(layer, name) for name in (LENGTHS, LENGTHS_OF_ROWS) if name in file.layers[layer]}
    return Layer(made | kept, rank, alpha)


def _rank(request: ResizeRequest, values: Tensor, most: int, full: int) -> int:
    """At most the rank that is there; 1 for a layer that does nothing."""
    if values[0] <= low_rank.NOTHING:
        return 1
    wanted = most
    if request.method != FIXED:
        wanted = low_rank.by_method(values, request.method, request.value, full)
    return min(wanted, most, len(values))


def _check(request: ResizeRequest) -> None:
    is_right = request.value > 1 if request.method == BY_RATIO else 0 < request.value <= 1
    if request.method != FIXED and not is_right:
        raise BadRequest(
            "{value} is no value for {method}.", "Give a ratio above 1 to sv_ratio, a share up to 1 to the others.",
            value=request.value, method=request.method,
        )  # fmt: skip


def _suffix(request: ResizeRequest) -> str:
    return f"rank{request.rank}" if request.method == FIXED else f"{request.method}{request.value:g}"


def _metadata(request: ResizeRequest, file: Network, layers: Mapping[str, Layer]) -> dict[str, str]:
    told = {name: text for name, text in file.file.metadata.items() if name not in UNTRUE}
    comment = told.get("ss_training_comment", "")
    before, after = max(file.ranks), max(layer.rank for layer in layers.values())
    alphas = {layer.alpha for layer in layers.values()}
    if request.method == FIXED:
        told["ss_network_dim"] = str(after)
        told["ss_network_alpha"] = str(next(iter(alphas))) if len(alphas) == 1 else "Dynamic"
        told["ss_training_comment"] = f"dimension is resized from {before} to {after}; {comment}"
    else:
        told["ss_network_dim"] = told["ss_network_alpha"] = "Dynamic"
        told["ss_training_comment"] = f"Dynamic resize with {request.method}: {request.value} from {before}; {comment}"
    return told
