"""Which tensors of a file belong to the U-Net, the VAE and the text encoders, and of which family they are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from studio.library import layout
from studio.library.layout import Piece, Pieces

Shape = tuple[int, ...]

SD1, SD2, SDXL, REFINER = "SD1", "SD2", "SDXL", "SDXL refiner"
UNET, EMA, VAE = "model.diffusion_model.", "model_ema.", "first_stage_model."
SD2_TEXT = "cond_stage_model.model."
CLIP = ("cond_stage_model.transformer.", "conditioner.embedders.0.transformer.")
OPEN_CLIP = (SD2_TEXT, "conditioner.embedders.0.model.", "conditioner.embedders.1.model.")
SIZED = "add_embedding.linear_1.weight"  # only a U-Net that is told sizes and pooled text has it

# How LDM's EMA names, which have lost their dots, are read: a word, or the number of a block and a place in it.
EMA_BLOCK = re.compile(r"(input_blocks|output_blocks|label_emb)(\d+)(\d)")
EMA_WORD = re.compile(
    r"time_embed|middle_block|in_layers|out_layers|emb_layers|skip_connection|transformer_blocks|attn[12]"
    r"|to_(?:q|k|v|out)|proj_(?:in|out)|norm[123]?|ff|net|proj|conv|op|out|weight|bias|\d+"
)


@dataclass(frozen=True)
class Components:
    """The pieces of each net; an absent net has none. `texts` are in the order in which their results are joined."""

    unet: Pieces
    vae: Pieces
    texts: tuple[Pieces, ...]
    family: str


def from_ldm(shapes: Mapping[str, Shape], ema: bool = False) -> Components:
    """Sort the tensors of a single file, also if all its names begin with something more.

    `ema` takes the averaged U-Net where the file has both; one that is there alone is taken anyway. Raises
    ValueError if the numbers in the names are beyond sense.
    """
    names = _without_outer(shapes)
    plain, averaged = _under(names, UNET), _dotted(_under(names, EMA))
    unet = layout.unet_from_ldm(averaged if averaged and (ema or not plain) else plain)
    clip = [layout.text_from_clip(found) for prefix in CLIP if (found := _under(names, prefix))]
    # SD2 was trained on the last layer but one, so its last is dead weight; files made by diffusers lack it already.
    open_clip = [
        layout.text_from_open_clip(found, dropped_layers=1 if prefix == SD2_TEXT else 0)
        for prefix in OPEN_CLIP
        if (found := _under(names, prefix))
    ]
    family = _family(SIZED in unet, len(clip) + len(open_clip), bool(open_clip))
    return Components(unet, vae_from(_under(names, VAE)), (*clip, *open_clip), family)


def from_folder(shapes: Mapping[str, Shape]) -> Components:
    """Sort the tensors of a diffusers folder, named `unet.conv_in.weight`."""
    names = {name: name for name in shapes}
    unet = {name: Piece(at) for name, at in _under(names, "unet.").items()}
    encoders = [_under(names, part) for part in ("text_encoder.", "text_encoder_2.")]
    texts = [layout.text_from_clip(found) for found in encoders if found]
    projection = unet.get("mid_block.attentions.0.proj_in.weight")
    is_linear = projection is not None and len(shapes[projection.name]) == 2
    family = _family(SIZED in unet, len(texts), is_linear)
    return Components(unet, vae_from(_under(names, "vae.")), tuple(texts), family)


def vae_from(names: Mapping[str, str]) -> Pieces:
    """A VAE's pieces, whichever way it is named; `names` are names without prefix -> names in the file."""
    if "encoder.conv_norm_out.weight" in names:
        return layout.vae_from_diffusers(names)
    return layout.vae_from_ldm(names) if "encoder.norm_out.weight" in names else {}


def only_vae(shapes: Mapping[str, Shape]) -> Pieces:
    """The pieces of the VAE in a file of its own, or in a whole checkpoint."""
    names = _without_outer(shapes)
    return vae_from(_under(names, VAE) or _under(names, "vae.") or names)


def _family(is_sized: bool, texts: int, is_later: bool) -> str:
    if is_sized:
        return SDXL if texts > 1 else REFINER
    return SD2 if is_later else SD1


def _without_outer(shapes: Mapping[str, Shape]) -> dict[str, str]:
    first = re.compile(r"(.+\.)model\.diffusion_model\.input_blocks\.0\.0\.weight")
    outer = next((found[1] for name in shapes if (found := first.fullmatch(name))), "")
    return {name.removeprefix(outer): name for name in shapes}


def _under(names: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name[len(prefix) :]: at for name, at in names.items() if name.startswith(prefix)}


def _dotted(names: Mapping[str, str]) -> dict[str, str]:
    """EMA names with their dots again: diffusion_modelinput_blocks10weight -> input_blocks.1.0.weight."""
    found = _under(names, "diffusion_model")
    return {_with_dots(name): at for name, at in found.items()}


def _with_dots(name: str) -> str:
    block = EMA_BLOCK.match(name)
    begin = list(block.groups()) if block else []
    return ".".join(begin + EMA_WORD.findall(name, block.end() if block else 0))
