"""Model files of the Stable Diffusion family, offline: what they are, and how they become nets."""

from studio.engine.loading.checkpoint import Checkpoint, load, load_vae, size_bytes
from studio.engine.loading.facts import Facts
from studio.engine.loading.nets import TextEncoder

__all__ = ["Checkpoint", "Facts", "TextEncoder", "load", "load_vae", "size_bytes"]
