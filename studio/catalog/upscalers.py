"""What hires fix and upscaling can enlarge with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Upscaler:
    """`space` is "latent" (interpolates latents with torch's `mode`) or "pixels" (`mode` is Pillow's filter)."""

    label: str
    space: str
    mode: str
    antialias: bool = False


UPSCALERS = (
    Upscaler("Latent", "latent", "bilinear"),
    Upscaler("Latent (antialiased)", "latent", "bilinear", antialias=True),
    Upscaler("Latent (bicubic)", "latent", "bicubic"),
    Upscaler("Latent (bicubic antialiased)", "latent", "bicubic", antialias=True),
    Upscaler("Latent (nearest)", "latent", "nearest"),
    Upscaler("Latent (nearest-exact)", "latent", "nearest-exact"),
    Upscaler("None", "pixels", "none"),
    Upscaler("Lanczos", "pixels", "lanczos"),
    Upscaler("Nearest", "pixels", "nearest"),
)
