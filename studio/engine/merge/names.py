"""What the layers of a model are called in network files, from the architecture of a family and not from modules.

Names are those of sd-scripts ("lora_unet_down_blocks_0_...", for SDXL with the original blocks) and of diffusers.
"""

from collections.abc import Iterable, Iterator, Mapping

from studio.library import layout
from studio.library.components import REFINER, SD1, SD2, SDXL
from studio.library.network_keys import TEXT, UNET, Place

ATTENTION = tuple(f"{one}.{part}" for one in ("attn1", "attn2") for part in ("to_q", "to_k", "to_v", "to_out.0"))
BLOCK = (*ATTENTION, "ff.net.0.proj", "ff.net.2")
RESNET = ("conv1", "conv2", "time_emb_proj", "conv_shortcut")
TEXT_LAYER = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.out_proj", "mlp.fc1", "mlp.fc2")
ENDS = ("conv_in", "conv_out", "time_embedding.linear_1", "time_embedding.linear_2", "add_embedding.linear_1",
        "add_embedding.linear_2")  # fmt: skip
RESNETS = 2  # per level on the way down, one more on the way up
# Transformer blocks per level on the way down, and in the middle; text encoders' layers.
DEPTHS = {
    SD1: ((1, 1, 1, 0), 1, (12,)),
    SD2: ((1, 1, 1, 0), 1, (24,)),
    SDXL: ((0, 2, 10), 10, (12, 32)),
    REFINER: ((0, 4, 4, 0), 4, (32,)),
}


def places(family: str) -> list[Place]:
    """The layers of a family's models that LoRA knows."""
    depths, middle, texts = DEPTHS[family]
    unet = [Place(UNET, path) for path in (*ENDS, *_unet(depths, middle))]
    return unet + [
        Place(net, f"encoder.layers.{layer}.{part}")
        for net, layers in zip(TEXT, texts, strict=False)
        for layer in range(layers)
        for part in TEXT_LAYER
    ]


def kohya(family: str, layers: Iterable[Place]) -> dict[Place, str]:
    """sd-scripts' names of a model's layers; `layers` must hold all of the U-Net's."""
    layers = list(layers)
    paths = [place.path for place in layers if place.net == UNET]
    original = layout.unet_to_ldm(paths) if family in (SDXL, REFINER) else dict(zip(paths, paths, strict=True))
    return {place: _kohya(family, place, original) for place in layers}


def diffusers(place: Place) -> str:
    """diffusers' name of a layer, as its files have it."""
    if place.net == UNET:
        return f"unet.{place.path}"
    return f"text_encoder{'_2' if place.net == TEXT[1] else ''}.text_model.{place.path}"


def is_target(place: Place, with_convolutions: bool) -> bool:
    """Whether sd-scripts trains a LoRA for a layer; `with_convolutions` as with a rank for convolutions."""
    if place.net != UNET:
        return place.path.endswith(TEXT_LAYER) and place.path.startswith("encoder.layers.")
    if ".attentions." in place.path:
        return place.path.endswith((*BLOCK, ".proj_in", ".proj_out"))
    return with_convolutions and place.path.endswith((*RESNET, "samplers.0.conv"))


def _kohya(family: str, place: Place, original: Mapping[str, str]) -> str:
    if place.net == UNET:
        return f"lora_unet_{original[place.path].replace('.', '_')}"
    number = {SDXL: "1" if place.net == TEXT[0] else "2", REFINER: "2"}.get(family, "")
    return f"lora_te{number}_text_model_{place.path.replace('.', '_')}"


def _unet(depths: tuple[int, ...], middle: int) -> Iterator[str]:
    for level, depth in enumerate(depths):
        yield from _level(f"down_blocks.{level}", RESNETS, depth)
        yield f"down_blocks.{level}.downsamplers.0.conv"
    for level, depth in enumerate(reversed(depths)):
        yield from _level(f"up_blocks.{level}", RESNETS + 1, depth)
        yield f"up_blocks.{level}.upsamplers.0.conv"
    yield from (f"mid_block.resnets.{number}.{part}" for number in range(2) for part in RESNET)
    yield from _attention("mid_block.attentions.0", middle)


def _level(path: str, resnets: int, depth: int) -> Iterator[str]:
    for number in range(resnets):
        yield from (f"{path}.resnets.{number}.{part}" for part in RESNET)
        if depth:
            yield from _attention(f"{path}.attentions.{number}", depth)


def _attention(path: str, depth: int) -> Iterator[str]:
    yield from (f"{path}.proj_in", f"{path}.proj_out")
    yield from (f"{path}.transformer_blocks.{block}.{part}" for block in range(depth) for part in BLOCK)
