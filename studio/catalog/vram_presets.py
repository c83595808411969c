"""VRAM presets: what is done so that a picture fits a card, from roomy to tight."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VramPreset:
    """What a card of up to `up_to_gib` gets.

    `offload`: "none" keeps the whole model on the card, "model" one of text encoder, U-Net and VAE at a time,
    "block" one block of the U-Net at a time. `batch_guidance` runs prompt and negative prompt in one call.
    """

    label: str
    up_to_gib: float
    offload: str = "none"
    tiled_vae: bool = False
    batch_guidance: bool = True
    split_attention: bool = False


VRAM_PRESETS = (
    VramPreset("4 GB or less", 4.5, "block", tiled_vae=True, batch_guidance=False, split_attention=True),
    VramPreset("4-6 GB", 6.5, "model", tiled_vae=True, batch_guidance=False),
    VramPreset("6-8 GB", 8.5, "model", tiled_vae=True),
    VramPreset("8-12 GB", 12.5, "model"),
    VramPreset("12 GB or more", float("inf")),
)
