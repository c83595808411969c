"""The two ways of naming a model's tensors, LDM's (single files) and diffusers', as tables that work both ways.

A table maps module paths of the one to the other; what lies below a path keeps its name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

Pair = tuple[str, str]

MOST = 64  # levels, or blocks in a level; real models have up to 4

UNET_FIXED: tuple[Pair, ...] = (
    ("time_embed.0", "time_embedding.linear_1"),
    ("time_embed.2", "time_embedding.linear_2"),
    ("label_emb.0.0", "add_embedding.linear_1"),
    ("label_emb.0.2", "add_embedding.linear_2"),
    ("input_blocks.0.0", "conv_in"),
    ("middle_block.1", "mid_block.attentions.0"),
    ("out.0", "conv_norm_out"),
    ("out.2", "conv_out"),
)
UNET_RESNET: tuple[Pair, ...] = (
    ("in_layers.0", "norm1"),
    ("in_layers.2", "conv1"),
    ("emb_layers.1", "time_emb_proj"),
    ("out_layers.0", "norm2"),
    ("out_layers.3", "conv2"),
    ("skip_connection", "conv_shortcut"),
)
VAE_ATTENTION: tuple[Pair, ...] = (
    ("norm", "group_norm"),
    ("q", "to_q"),
    ("k", "to_k"),
    ("v", "to_v"),
    ("proj_out", "to_out.0"),
)
VAE_OLD_ATTENTION = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}
OPEN_CLIP: tuple[Pair, ...] = (
    ("token_embedding", "embeddings.token_embedding"),
    ("positional_embedding", "embeddings.position_embedding.weight"),
    ("ln_final", "final_layer_norm"),
    ("text_projection", "text_projection.weight"),
)
OPEN_CLIP_LAYER: tuple[Pair, ...] = (
    ("ln_1", "layer_norm1"),
    ("ln_2", "layer_norm2"),
    ("mlp.c_fc", "mlp.fc1"),
    ("mlp.c_proj", "mlp.fc2"),
    ("attn.out_proj", "self_attn.out_proj"),
)
ATTENTION_THIRDS = ("q_proj", "k_proj", "v_proj")  # OpenCLIP keeps these three in one tensor


@dataclass(frozen=True)
class Piece:
    """Where a tensor comes from: a whole one by its name in the file, a third of its rows, or its transpose."""

    name: str
    third: int | None = None
    transposed: bool = False


Pieces = dict[str, Piece]  # name in our modules -> where it comes from


def unet_from_ldm(names: Mapping[str, str]) -> Pieces:
    """The U-Net's pieces; `names` are LDM names (input_blocks.0.0.weight) -> names in the file."""
    levels = sum(1 for name in names if re.fullmatch(r"input_blocks\.\d+\.0\.op\.weight", name)) + 1
    ends = [int(found[1]) for name in names if (found := re.match(r"input_blocks\.(\d+)\.0\.op\.", name))]
    last = max((int(found[1]) for name in names if (found := re.match(r"input_blocks\.(\d+)\.", name))), default=0)
    resnets = min(ends) - 1 if ends else last
    attends = {level for level in range(levels) if f"output_blocks.{level * (resnets + 1)}.1.norm.weight" in names}
    return _pieces(names, unet_modules(levels, resnets, attends))


def unet_to_ldm(names: Iterable[str]) -> dict[str, str]:
    """LDM names of a U-Net's tensors: diffusers name -> LDM name."""
    names = list(names)
    levels = count(names, "down_blocks.")
    attends = {int(found[1]) for name in names if (found := re.match(r"up_blocks\.(\d+)\.attentions\.", name))}
    table = unet_modules(levels, count(names, "down_blocks.0.resnets."), attends)
    return _backwards(names, table)


def unet_modules(levels: int, resnets: int, attends: set[int]) -> Iterator[Pair]:
    """LDM's flat numbering of `levels` with `resnets` each; `attends` are the levels of the way up with attention.

    Raises ValueError for numbers that no U-Net has (a hostile file's table would never end).
    """
    _check(levels, resnets)
    yield from UNET_FIXED
    yield from _below("middle_block.0", "mid_block.resnets.0", UNET_RESNET)
    yield from _below("middle_block.2", "mid_block.resnets.1", UNET_RESNET)
    step = resnets + 1
    for level in range(levels):
        first = 1 + level * step
        for j in range(resnets):
            yield from _below(f"input_blocks.{first + j}.0", f"down_blocks.{level}.resnets.{j}", UNET_RESNET)
            yield f"input_blocks.{first + j}.1", f"down_blocks.{level}.attentions.{j}"
        yield f"input_blocks.{first + resnets}.0.op", f"down_blocks.{level}.downsamplers.0.conv"
        first = level * step
        for j in range(step):
            yield from _below(f"output_blocks.{first + j}.0", f"up_blocks.{level}.resnets.{j}", UNET_RESNET)
            yield f"output_blocks.{first + j}.1", f"up_blocks.{level}.attentions.{j}"
        place = 2 if level in attends else 1
        yield f"output_blocks.{first + resnets}.{place}.conv", f"up_blocks.{level}.upsamplers.0.conv"


def vae_from_ldm(names: Mapping[str, str]) -> Pieces:
    """The VAE's pieces; `names` are LDM names (decoder.conv_in.weight) -> names in the file."""
    levels = count(names, "encoder.down.")
    return _pieces(names, vae_modules(levels, count(names, "decoder.up.0.block.")))


def vae_from_diffusers(names: Mapping[str, str]) -> Pieces:
    """The VAE's pieces from diffusers names; those of before 2023 call the attention's layers differently."""
    old = re.compile(r"\b(query|key|value|proj_attn)\b")
    return {old.sub(lambda found: VAE_OLD_ATTENTION[found[1]], name): Piece(at) for name, at in names.items()}


def vae_to_ldm(names: Iterable[str]) -> dict[str, str]:
    """LDM names of a VAE's tensors: diffusers name -> LDM name."""
    names = list(names)
    table = vae_modules(count(names, "encoder.down_blocks."), count(names, "decoder.up_blocks.0.resnets."))
    return _backwards(names, table)


def vae_modules(levels: int, resnets: int) -> Iterator[Pair]:
    """LDM numbers the decoder's levels from the full size down, diffusers in the order they run. Raises ValueError."""
    _check(levels, resnets)
    for coder, way, ours, sampler in (
        ("encoder", "down", "down_blocks", "downsample"),
        ("decoder", "up", "up_blocks", "upsample"),
    ):
        yield f"{coder}.norm_out", f"{coder}.conv_norm_out"
        yield f"{coder}.mid.block_1", f"{coder}.mid_block.resnets.0"
        yield f"{coder}.mid.block_2", f"{coder}.mid_block.resnets.1"
        yield from _below(f"{coder}.mid.attn_1", f"{coder}.mid_block.attentions.0", VAE_ATTENTION)
        for level in range(levels):
            place = level if way == "down" else levels - 1 - level
            yield f"{coder}.{way}.{level}.{sampler}", f"{coder}.{ours}.{place}.{sampler}rs.0"
            for j in range(resnets):
                theirs, mine = f"{coder}.{way}.{level}.block.{j}", f"{coder}.{ours}.{place}.resnets.{j}"
                yield theirs, mine
                yield f"{theirs}.nin_shortcut", f"{mine}.conv_shortcut"


def text_from_clip(names: Mapping[str, str]) -> Pieces:
    """A CLIP text encoder's pieces; with or without `text_model.`, which our names go without."""
    return {name.removeprefix("text_model."): Piece(at) for name, at in names.items()}


def text_from_open_clip(names: Mapping[str, str], dropped_layers: int = 0) -> Pieces:
    """An OpenCLIP text encoder's pieces without its last `dropped_layers`."""
    layers = count(names, "transformer.resblocks.")
    pieces = _pieces(names, open_clip_modules(layers - dropped_layers))
    if "text_projection.weight" in pieces:
        pieces["text_projection.weight"] = Piece(pieces["text_projection.weight"].name, transposed=True)
    for layer in range(layers - dropped_layers):
        for end in ("weight", "bias"):
            whole = names.get(f"transformer.resblocks.{layer}.attn.in_proj_{end}")
            for third, part in enumerate(ATTENTION_THIRDS if whole else ()):
                pieces[f"encoder.layers.{layer}.self_attn.{part}.{end}"] = Piece(str(whole), third)
    return pieces


def open_clip_modules(layers: int) -> Iterator[Pair]:
    """OpenCLIP's names of what needs no splitting, and ours."""
    yield from OPEN_CLIP
    for layer in range(layers):
        yield from _below(f"transformer.resblocks.{layer}", f"encoder.layers.{layer}", OPEN_CLIP_LAYER)


def _check(levels: int, resnets: int) -> None:
    if not (0 < levels <= MOST and 0 < resnets <= MOST):
        raise ValueError(f"{levels} levels of {resnets} blocks")


def _below(theirs: str, ours: str, pairs: Iterable[Pair]) -> Iterator[Pair]:
    return ((f"{theirs}.{a}", f"{ours}.{b}") for a, b in pairs)


def _pieces(names: Mapping[str, str], pairs: Iterable[Pair]) -> Pieces:
    table = dict(pairs)
    return {renamed(name, table): Piece(at) for name, at in names.items()}


def _backwards(names: Iterable[str], pairs: Iterable[Pair]) -> dict[str, str]:
    table = {ours: theirs for theirs, ours in pairs}
    return {name: renamed(name, table) for name in names}


def renamed(name: str, table: Mapping[str, str]) -> str:
    """`name` with the longest leading path that the table knows replaced; one it does not know stays."""
    path, rest = name, ""
    while path:
        if path in table:
            return table[path] + rest
        path, _, last = path.rpartition(".")
        rest = f".{last}{rest}"
    return name


def count(names: Iterable[str], prefix: str) -> int:
    """How many of the parts prefix0., prefix1. ... there are without a gap."""
    numbers = {found[1] for name in names if (found := re.match(re.escape(prefix) + r"(\d+)\.", name))}
    return next(number for number in range(len(numbers) + 1) if str(number) not in numbers)
