"""Building a net on no device, checking every shape against the file, and only then reading its tensors."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from studio.core.errors import CheckpointError
from studio.core.job import JobContext
from studio.core.sentence import Sentence
from studio.engine.loading import configuration
from studio.engine.loading.configuration import Shapes
from studio.engine.loading.facts import Facts
from studio.engine.loading.files import Shape, TensorFile
from studio.library.layout import Piece, Pieces

REPORT_EVERY = 32  # tensors
LOADING = "Loading {name} …"

TextEncoder = CLIPTextModel | CLIPTextModelWithProjection
Make = Callable[[Shapes], nn.Module]


@dataclass(frozen=True)
class Planned:
    """A net without memory yet, and where in `file` each of its tensors comes from."""

    module: Any
    file: TensorFile
    sources: Mapping[str, Piece]


def plan(path: Path, file: TensorFile, pieces: Pieces, make: Make) -> Planned:
    """The net that `make` builds of the pieces' shapes. Raises CheckpointError unless every tensor fits."""
    shapes = {name: _shape(piece, file.shapes[piece.name]) for name, piece in pieces.items()}
    try:
        with torch.device("meta"):
            module = make(Shapes(shapes))
    except KeyError as error:
        raise _incomplete(path, str(error.args[0])) from error
    except (ValueError, TypeError, IndexError, ZeroDivisionError, RuntimeError) as error:
        raise _unfit(path, str(error)) from error
    wanted = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    sources = {name: name.removeprefix("text_model.") for name in wanted}
    for name, source in sources.items():
        if source not in shapes:
            raise _incomplete(path, source)
        if not _fits(shapes[source], wanted[name]):
            raise _unfit(path, f"{source}: {shapes[source]} in the file, {wanted[name]} expected")
    return Planned(module, file, {name: pieces[source] for name, source in sources.items()})


def read(path: Path, nets: Sequence[Planned], dtype: torch.dtype, mapped: bool, context: JobContext) -> None:
    """Fill the planned nets in `dtype` on the CPU, in the file's order; `mapped` as for TensorFile.read.

    Raises Cancelled at a report.
    """
    states: list[dict[str, Tensor]] = [{} for _ in nets]
    jobs = [
        (net, name, piece, state)
        for net, state in zip(nets, states, strict=True)
        for name, piece in net.sources.items()
    ]
    order = {id(net.file): {name: place for place, name in enumerate(net.file.shapes)} for net in nets}
    jobs.sort(key=lambda job: order[id(job[0].file)][job[2].name])
    for done, (net, name, piece, state) in enumerate(jobs):
        if done % REPORT_EVERY == 0:
            context.progress(done, len(jobs), Sentence(LOADING, name=path.name))
        state[name] = _tensor(net.file, piece, dtype, mapped)
    for net, state in zip(nets, states, strict=True):
        _fill(net.module, state)
    context.progress(len(jobs), len(jobs), Sentence(LOADING, name=path.name))


def unet(facts: Facts) -> Make:
    """How to build the U-Net."""
    return lambda shapes: UNet2DConditionModel.from_config(configuration.unet(shapes, facts))  # type: ignore[return-value]


def vae(facts: Facts) -> Make:
    """How to build the VAE."""
    return lambda shapes: AutoencoderKL.from_config(configuration.vae(shapes, facts))  # type: ignore[return-value]


def text(facts: Facts, index: int) -> Make:
    """How to build the text encoder number `index`."""

    def make(shapes: Shapes) -> nn.Module:
        config = CLIPTextConfig(**configuration.text(shapes, facts, index))
        return CLIPTextModelWithProjection(config) if "text_projection.weight" in shapes else CLIPTextModel(config)

    return make


def _fill(module: nn.Module, state: dict[str, Tensor]) -> None:
    for name, tensor in module.state_dict().items():
        state[name] = state[name].view(tensor.shape)
    module.load_state_dict(state, assign=True)
    for path, part in module.named_modules():
        for name, buffer in part.named_buffers(recurse=False):
            if buffer.is_meta:
                part.register_buffer(name, _made(f"{path}.{name}", buffer), persistent=False)
    module.eval().requires_grad_(False)


def _made(name: str, buffer: Tensor) -> Tensor:
    """A buffer that no file holds."""
    if not name.endswith("position_ids"):
        raise NotImplementedError(f"the buffer {name}")
    return torch.arange(buffer.shape[-1]).expand(buffer.shape).clone()


def _tensor(file: TensorFile, piece: Piece, dtype: torch.dtype, mapped: bool) -> Tensor:
    tensor = file.read(piece.name, dtype, mapped=mapped)
    if piece.third is not None:
        tensor = tensor.chunk(3)[piece.third].clone()
    return tensor.T.contiguous() if piece.transposed else tensor


def _shape(piece: Piece, shape: Shape) -> Shape:
    if piece.third is not None:
        return (shape[0] // 3, *shape[1:]) if shape and shape[0] % 3 == 0 else ()
    return shape[::-1] if piece.transposed else shape


def _fits(there: Shape, wanted: Shape) -> bool:
    """Equal but for trailing ones: a linear layer is also written as a 1x1 convolution."""
    return math.prod(there) == math.prod(wanted) and _trimmed(there) == _trimmed(wanted)


def _trimmed(shape: Shape) -> Shape:
    return _trimmed(shape[:-1]) if shape and shape[-1] == 1 else shape


def _incomplete(path: Path, tensor: str) -> CheckpointError:
    return CheckpointError(
        path, "{name} is incomplete: {tensor} is missing.", "Download it again, or use another version of the model.",
        tensor=tensor,
    )  # fmt: skip


def _unfit(path: Path, details: str) -> CheckpointError:
    return CheckpointError(
        path,
        "The parts of {name} do not fit together.",
        "If the model came with a .yaml file, put that beside it.",
        details=details,
    )
