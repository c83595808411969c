"""Tiny real model files for the tests of the window."""

import json
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import load_file, save_file

from studio.core.infotext_pictures import encode
from studio.core.paths import Places
from studio.core.result import SavedImage

E2E = Path(__file__).parents[1] / "data/golden/e2e_tiny"
LAYER = "lora_unet_input_blocks_1_1_transformer_blocks_0_attn2_to_k"
TAGS = {"10_girl": {"1girl": 20, "smile": 5}}


def network(path: Path, width: int = 768, content: float = 1.0, **metadata: str) -> Path:
    """A LoRA of one layer; its `width` says which family it is for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {
        f"{LAYER}.lora_up.weight": np.zeros((32, 2), "float32"),
        f"{LAYER}.lora_down.weight": np.full((2, width), content, "float32"),
    }
    save_file(tensors, path, {"ss_tag_frequency": json.dumps(TAGS), **metadata})
    return path


def embedding(path: Path, vectors: int = 3, content: float = 0.0) -> Path:
    """An SD1 embedding."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({"emb_params": np.full((vectors, 768), content, "float32")}, path)
    return path


def vae(path: Path) -> Path:
    """Enough of a VAE to be known as one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({"decoder.conv_in.weight": np.zeros((8, 4, 3, 3), "float32")}, path)
    return path


def checkpoint(path: Path, **metadata: str) -> Path:
    """The golden checkpoint with metadata of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(load_file(E2E / "models/tiny_sd15.safetensors"), path, metadata or None)
    return path


def fitting_network(path: Path) -> Path:
    """A LoRA of which every key fits the golden checkpoint."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(next(iter(sorted((E2E / "lora").glob("*lora*.safetensors")))).read_bytes())
    return path


def picture(places: Places, name: str, text: str, colour: str = "#336699") -> SavedImage:
    """A picture in the outputs folder with parameters."""
    path = places.outputs / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(Image.new("RGB", (64, 64), colour), ".png", text))
    return SavedImage(path, text, 64, 64)
