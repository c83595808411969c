"""A model's tensors under the names that single files have, for merging and training to save."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.engine.loading.checkpoint import Checkpoint
from studio.engine.loading.files import Shape
from studio.library import layout
from studio.library.components import REFINER, SD1, SD2, SD2_TEXT, SDXL, UNET, VAE, Components
from studio.library.layout import Piece, Pieces

CLIP_FIRST, OPEN_CLIP_FIRST, OPEN_CLIP_SECOND = (
    "conditioner.embedders.0.transformer.text_model.",
    "conditioner.embedders.0.model.",
    "conditioner.embedders.1.model.",
)
TEXTS = {
    SD1: ("cond_stage_model.transformer.text_model.",),
    SD2: (SD2_TEXT,),
    SDXL: (CLIP_FIRST, OPEN_CLIP_SECOND),
    REFINER: (OPEN_CLIP_FIRST,),
}
POSITIONS = "embeddings.position_ids"  # a count from 0 on, which OpenCLIP has no place for


@dataclass(frozen=True)
class Origin:
    """What a single file's tensor is made of: tensors one below the other, turned, or as a convolution of one pixel."""

    names: tuple[str, ...]
    is_turned: bool = False
    is_pointwise: bool = False

    def shape(self, shapes: Mapping[str, Shape]) -> Shape:
        """Its shape, from those of all tensors."""
        first, *inner = shapes[self.names[0]]
        shape: Shape = (first * len(self.names), *inner)
        shape = shape[::-1] if self.is_turned else shape
        return (*shape, 1, 1) if self.is_pointwise else shape

    def tensor(self, read: Callable[[str], Tensor]) -> Tensor:
        """The tensor; it shares memory with what `read` gives where nothing has to be rearranged."""
        parts = [read(name) for name in self.names]
        whole = torch.cat(parts) if len(parts) > 1 else parts[0]
        whole = whole.T.contiguous() if self.is_turned else whole
        return whole[:, :, None, None] if self.is_pointwise else whole


def to_ldm(checkpoint: Checkpoint) -> dict[str, Tensor]:
    """All tensors by LDM name; they share memory with the checkpoint where nothing had to be rearranged."""
    nets = {"unet": checkpoint.unet, "vae": checkpoint.vae}
    nets |= {f"text {number}": net for number, net in enumerate(checkpoint.text_encoders)}
    states = {name: net.state_dict() for name, net in nets.items()}
    tensors = {f"{net}.{name}": tensor for net, state in states.items() for name, tensor in state.items()}
    unet, vae, *texts = (
        {name.removeprefix("text_model."): Piece(f"{net}.{name}") for name in state} for net, state in states.items()
    )
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    found = origins(Components(unet, vae, tuple(texts), checkpoint.family), shapes)
    return {name: origin.tensor(tensors.__getitem__) for name, origin in found.items()}


def origins(parts: Components, shapes: Mapping[str, Shape]) -> dict[str, Origin]:
    """LDM names of a model in parts, and what each of its tensors is made of; `shapes` are by the pieces' names."""
    unet = layout.unet_to_ldm(parts.unet)
    found = {UNET + unet[name]: Origin((piece.name,)) for name, piece in parts.unet.items()}
    found |= dict(_vae(parts.vae, shapes))
    for prefix, text in zip(TEXTS[parts.family], parts.texts, strict=False):
        is_open = prefix.endswith(".model.")
        whole = {name: Origin((piece.name,)) for name, piece in text.items()}
        named = _open_clip(text, extra_layer=prefix == SD2_TEXT) if is_open else whole
        found |= {prefix + name: origin for name, origin in named.items()}
    return found


def _vae(vae: Pieces, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, Origin]]:
    for name, theirs in layout.vae_to_ldm(vae).items():
        own = vae[name].name
        yield VAE + theirs, Origin((own,), is_pointwise=".attentions." in name and len(shapes[own]) == 2)


def _open_clip(text: Pieces, extra_layer: bool) -> dict[str, Origin]:
    """OpenCLIP's names; `extra_layer` repeats the last layer where readers expect one that they do not use."""
    layers = layout.count(text, "encoder.layers.")
    names = {ours: theirs for theirs, ours in layout.open_clip_modules(layers)}
    found = {
        layout.renamed(name, names): Origin((piece.name,), is_turned=name == "text_projection.weight")
        for name, piece in text.items()
        if name != POSITIONS and ("_proj." not in name or "out_proj" in name)
    }
    for layer in range(layers):
        for end in ("weight", "bias"):
            thirds = [text[f"encoder.layers.{layer}.self_attn.{part}.{end}"].name for part in layout.ATTENTION_THIRDS]
            found[f"transformer.resblocks.{layer}.attn.in_proj_{end}"] = Origin(tuple(thirds))
    last, extra = (f"transformer.resblocks.{layer}." for layer in (layers - 1, layers))
    if extra_layer:
        found |= {extra + name.removeprefix(last): origin for name, origin in found.items() if name.startswith(last)}
    return found
