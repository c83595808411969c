"""What the pocket model is made of, and how long each part of it learns."""

from dataclasses import dataclass

from studio.training.pocket.names import COMMON

SUBJECTS = ("Smileys & Emotion", "Animals & Nature", "Food & Drink", "Travel & Places", "Activities", "Objects")


@dataclass(frozen=True)
class Package:
    """A package of the npm registry."""

    name: str
    version: str
    licence: str

    @property
    def file(self) -> str:
        """The name that `npm pack` gives its archive."""
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


@dataclass(frozen=True)
class Style:
    """A set of drawings and the words that ask for it."""

    words: str
    package: Package


EMOJI_NAMES = Package("unicode-emoji-json", "0.9.0", "MIT")
EMOJI_WORDS = Package("emojilib", "4.0.3", "MIT")
NOTO = Style("noto style", Package("@iconify-json/noto", "1.2.9", "Apache-2.0"))


@dataclass(frozen=True)
class Recipe:
    """Sizes of the nets and lengths of their training; `size` is the pictures' edge in pixels.

    One number in `channels` is a level of the net. Crops of the VAE's training are half as wide as pictures; it sees
    all drawings of the subjects, U-Net and classifier those with the `names`.
    """

    size: int = 128
    styles: tuple[Style, ...] = (NOTO,)
    subjects: tuple[str, ...] = SUBJECTS
    names: tuple[str, ...] = COMMON
    vae_channels: tuple[int, ...] = (32, 64, 128, 128)
    vae_groups: int = 8
    vae_batch: int = 8
    vae_crops: int = 100_000
    vae_rate: float = 1e-3
    unet_channels: tuple[int, ...] = (96, 192, 288)
    unet_heads: int = 8
    unet_batch: int = 16
    unet_rate: float = 1e-3
    text_width: int = 128
    text_layers: int = 3
    text_heads: int = 4
    preview_width: int = 32
    preview_batch: int = 8
    preview_steps: int = 1500
    preview_rate: float = 2e-3
    workers: int = 2
    save_every_s: float = 180.0


CPU = Recipe()
