"""Configurations of diffusers' and transformers' classes from the shapes of a model's tensors and its facts.

Shapes are named as in those classes. All functions raise KeyError for a tensor that must be there and is not, and
ValueError for shapes or facts that do not go together.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from studio.engine.loading.facts import Facts
from studio.engine.loading.files import Shape

MOST = 128  # parts of one kind side by side; the deepest text encoder has 32 layers
SIZE_WIDTH = 256  # features per number of SDXL's size embedding


class Shapes:
    """Shapes by name, and how many numbered parts there are below a path."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self._shapes = shapes
        self._numbers: defaultdict[str, set[str]] = defaultdict(set)
        for name in shapes:
            for found in re.finditer(r"\.(\d+)\.", name):
                self._numbers[name[: found.start()]].add(found[1])

    def __getitem__(self, name: str) -> Shape:
        return self._shapes[name]

    def __contains__(self, name: str) -> bool:
        return name in self._shapes

    def size(self, name: str, dimension: int = 0) -> int:
        """One dimension of a tensor."""
        shape = self._shapes[name]
        if dimension >= len(shape):
            raise ValueError(f"{name} has the shape {shape}")
        return shape[dimension]

    def count(self, path: str) -> int:
        """How many of path.0, path.1 ... there are without a gap. Raises ValueError beyond what any model has."""
        numbers = self._numbers[path]
        found = next(number for number in range(len(numbers) + 1) if str(number) not in numbers)
        if found > MOST:
            raise ValueError(f"{found} parts in {path}")
        return found


def unet(shapes: Shapes, facts: Facts) -> dict[str, Any]:
    """The configuration of UNet2DConditionModel."""
    levels = range(shapes.count("down_blocks"))
    channels = [shapes.size(f"down_blocks.{level}.resnets.0.conv1.weight") for level in levels]
    middle = shapes.count("mid_block.attentions.0.transformer_blocks")
    down = [shapes.count(f"down_blocks.{level}.attentions.0.transformer_blocks") for level in levels]
    up = [shapes.count(f"up_blocks.{level}.attentions.0.transformer_blocks") for level in levels]
    config = {
        "in_channels": shapes.size("conv_in.weight", 1),
        "out_channels": shapes.size("conv_out.weight"),
        "block_out_channels": channels,
        "layers_per_block": [shapes.count(f"down_blocks.{level}.resnets") for level in levels],
        "down_block_types": ["CrossAttnDownBlock2D" if depth else "DownBlock2D" for depth in down],
        "up_block_types": ["CrossAttnUpBlock2D" if depth else "UpBlock2D" for depth in up],
        # diffusers gives the middle the depth of the last level; where that has no attention, the number is free
        "transformer_layers_per_block": [depth or 1 for depth in down[:-1]] + [middle],
        "reverse_transformer_layers_per_block": [depth or 1 for depth in up],
        "cross_attention_dim": shapes.size("mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight", 1),
        "use_linear_projection": len(shapes["mid_block.attentions.0.proj_in.weight"]) == 2,
        "time_embedding_dim": shapes.size("time_embedding.linear_1.weight"),
        "attention_head_dim": _heads(channels, facts),  # diffusers' name for how many heads there are
        "norm_num_groups": facts.unet_groups,
    }
    if "add_embedding.linear_1.weight" in shapes:
        features = shapes.size("add_embedding.linear_1.weight", 1)
        config |= {
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": SIZE_WIDTH,
            "projection_class_embeddings_input_dim": features,
        }
    return config


def vae(shapes: Shapes, facts: Facts) -> dict[str, Any]:
    """The configuration of AutoencoderKL."""
    levels = range(shapes.count("encoder.down_blocks"))
    return {
        "in_channels": shapes.size("encoder.conv_in.weight", 1),
        "out_channels": shapes.size("decoder.conv_out.weight"),
        "latent_channels": shapes.size("decoder.conv_in.weight", 1),
        "block_out_channels": [shapes.size(f"encoder.down_blocks.{level}.resnets.0.conv1.weight") for level in levels],
        "layers_per_block": shapes.count("encoder.down_blocks.0.resnets"),
        "down_block_types": ["DownEncoderBlock2D" for _ in levels],
        "up_block_types": ["UpDecoderBlock2D" for _ in levels],
        "norm_num_groups": facts.vae_groups,
        "mid_block_add_attention": "encoder.mid_block.attentions.0.to_q.weight" in shapes,
        "use_quant_conv": "quant_conv.weight" in shapes,
        "use_post_quant_conv": "post_quant_conv.weight" in shapes,
        "scaling_factor": facts.scaling_factor,
        "sample_size": facts.sample_size,
    }


def text(shapes: Shapes, facts: Facts, index: int) -> dict[str, Any]:
    """The configuration of CLIPTextConfig for the text encoder number `index`."""
    vocabulary, width = shapes["embeddings.token_embedding.weight"]
    heads = facts.text_heads[index] if index < len(facts.text_heads) else width // (facts.text_head_width or 64)
    config = {
        "vocab_size": vocabulary,
        "hidden_size": width,
        "intermediate_size": shapes.size("encoder.layers.0.mlp.fc1.weight"),
        "num_hidden_layers": shapes.count("encoder.layers"),
        "num_attention_heads": max(1, heads),
        "max_position_embeddings": shapes.size("embeddings.position_embedding.weight"),
        "hidden_act": facts.text_activations[min(index, len(facts.text_activations) - 1)],
        "bos_token_id": max(0, vocabulary - 2),
        "eos_token_id": vocabulary - 1,
        "pad_token_id": 0,
    }
    if "text_projection.weight" in shapes:
        config["projection_dim"] = shapes.size("text_projection.weight")
    return config


def _heads(channels: list[int], facts: Facts) -> list[int]:
    if not facts.unet_heads:
        return [max(1, width // (facts.unet_head_width or 64)) for width in channels]
    heads = facts.unet_heads
    return list(heads) if len(heads) == len(channels) else [heads[0]] * len(channels)
