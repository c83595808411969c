"""A checkpoint's tensors under the names that single files have, for merging and training to save."""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from studio.engine.loading.checkpoint import Checkpoint
from studio.library import layout
from studio.library.components import REFINER, SD1, SD2, SD2_TEXT, SDXL, UNET, VAE

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


def to_ldm(checkpoint: Checkpoint) -> dict[str, Tensor]:
    """All tensors by LDM name; they share memory with the checkpoint where nothing had to be rearranged."""
    tensors = dict(_unet(checkpoint.unet)) | dict(_vae(checkpoint.vae))
    for prefix, encoder in zip(TEXTS[checkpoint.family], checkpoint.text_encoders, strict=True):
        state = {name.removeprefix("text_model."): tensor for name, tensor in encoder.state_dict().items()}
        is_open = prefix.endswith(".model.")
        named = _open_clip(state, extra_layer=prefix == SD2_TEXT) if is_open else state
        tensors |= {prefix + name: tensor for name, tensor in named.items()}
    return tensors


def _unet(unet: nn.Module) -> Iterator[tuple[str, Tensor]]:
    state = unet.state_dict()
    names = layout.unet_to_ldm(state)
    return ((UNET + names[name], tensor) for name, tensor in state.items())


def _vae(vae: nn.Module) -> Iterator[tuple[str, Tensor]]:
    state = vae.state_dict()
    for name, theirs in layout.vae_to_ldm(state).items():
        is_projection = ".attentions." in name and state[name].ndim == 2
        yield VAE + theirs, state[name][:, :, None, None] if is_projection else state[name]


def _open_clip(state: Mapping[str, Tensor], extra_layer: bool) -> dict[str, Tensor]:
    """OpenCLIP's names; `extra_layer` repeats the last layer where readers expect one that they do not use."""
    layers = layout.count(state, "encoder.layers.")
    names = {ours: theirs for theirs, ours in layout.open_clip_modules(layers)}
    found = {
        layout.renamed(name, names): tensor
        for name, tensor in state.items()
        if "_proj." not in name or "out_proj" in name
    }
    for layer in range(layers):
        for end in ("weight", "bias"):
            thirds = [state[f"encoder.layers.{layer}.self_attn.{part}.{end}"] for part in layout.ATTENTION_THIRDS]
            found[f"transformer.resblocks.{layer}.attn.in_proj_{end}"] = torch.cat(thirds)
    if "text_projection" in found:
        found["text_projection"] = found["text_projection"].T.contiguous()
    last, extra = (f"transformer.resblocks.{layer}." for layer in (layers - 1, layers))
    if extra_layer:
        found |= {extra + name.removeprefix(last): tensor for name, tensor in found.items() if name.startswith(last)}
    return found
