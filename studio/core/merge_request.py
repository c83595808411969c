"""What can be asked of the workshop: models merged, networks put into models, taken out of them, resized, renamed.

Names mean what they mean everywhere: a checkpoint's or network's name, title, hash or path. `name` is the result's,
without its ending; a path puts it elsewhere.
"""

from pathlib import Path
from typing import Any

from studio.core.option import Record, option

INPUTS, RESULT, METADATA = "inputs", "result", "metadata"
WEIGHTED_SUM, ADD_DIFFERENCE, NO_INTERPOLATION = "Weighted sum", "Add difference", "No interpolation"
AS_THEY_ARE = "As they are"
SAFETENSORS, CKPT = "safetensors", "ckpt"
ANY_CONFIG, NO_CONFIG = "A, B or C", "Don't"
NO_VAE = "None"
CHECKPOINT: dict[str, Any] = {"section": INPUTS, "choices": "checkpoints", "empty": "Not chosen"}
NETWORK = {**CHECKPOINT, "choices": "networks"}
FIXED, BY_RATIO, BY_FRO, BY_SUM = "Fixed", "sv_ratio", "sv_fro", "sv_cumulative"
KOHYA, DIFFUSERS = "kohya", "diffusers"

PRECISION = "How exactly numbers are stored; fp16 halves the file of an fp32 model and shows no difference in pictures."
PRECISIONS = (AS_THEY_ARE, "fp16", "bf16", "fp32")
NAME = "The name of the new file; empty makes one up of what goes in. Nothing that is there is overwritten."
FORMAT = "safetensors cannot hide code and loads faster; ckpt is for old programs."


class MergeRequest(Record):
    """Two or three checkpoints become one, by the web UI's rules."""

    primary: str = option("", "Primary model (A)", "The model that is changed.", **CHECKPOINT)
    secondary: str = option("", "Secondary model (B)", "The model that is mixed in.", **CHECKPOINT)
    tertiary: str = option(
        "",
        "Tertiary model (C)",
        "What is taken off B before it is added; usually the model that B was made from.",
        **CHECKPOINT,
    )
    method: str = option(
        WEIGHTED_SUM,
        "Interpolation method",
        "Weighted sum is A × (1 − M) + B × M, Add difference is A + (B − C) × M; No interpolation only rewrites A.",
        section=INPUTS,
        choices=(WEIGHTED_SUM, ADD_DIFFERENCE, NO_INTERPOLATION),
    )
    multiplier: float = option(
        0.3, "Multiplier (M)", "How much of B; 0 gives A.", ge=-1, le=2, step=0.05, slider=(0, 1), section=INPUTS
    )
    block_weights: str = option(
        "",
        "Block weights",
        "A multiplier for each block of the U-Net, separated by commas: IN00-IN11, M00, OUT00-OUT11 (for SDXL also"
        " IN00-IN08, M00, OUT00-OUT08), with that of everything else in front if you like. Or a preset's name.",
        section=INPUTS,
        advanced=True,
    )
    bake_in_vae: str = option(
        NO_VAE, "Bake in VAE", "The VAE that the new model contains.", section=INPUTS, choices="vaes"
    )
    name: str = option("", "Name", NAME, section=RESULT)
    file_format: str = option(SAFETENSORS, "File format", FORMAT, section=RESULT, choices=(SAFETENSORS, CKPT))
    precision: str = option(AS_THEY_ARE, "Precision", PRECISION, section=RESULT, choices=PRECISIONS)
    discard_weights: str = option(
        "",
        "Discard weights with matching name",
        "A regular expression; tensors in whose names it is found are left out.",
        section=RESULT,
        advanced=True,
    )
    config_source: str = option(
        ANY_CONFIG,
        "Copy config from",
        "Whose .yaml file is copied beside the new model.",
        section=RESULT,
        choices=(ANY_CONFIG, "B", "C", NO_CONFIG),
        advanced=True,
    )
    save_metadata: bool = option(
        True, "Save metadata", "Writes what follows into the file.", section=METADATA, advanced=True
    )
    add_recipe: bool = option(
        True,
        "Add merge recipe metadata",
        "Writes what was merged how, with the models' hashes.",
        section=METADATA,
        advanced=True,
    )
    copy_metadata: bool = option(
        True,
        "Copy metadata from merged models",
        "Takes over what the models' files say of themselves.",
        section=METADATA,
        advanced=True,
    )
    metadata: str = option(
        "",
        "Metadata in JSON format",
        "Further entries: names and texts.",
        section=METADATA,
        multiline=True,
        advanced=True,
    )


class MergeNetworksRequest(Record):
    """LoRAs and their relatives become part of a checkpoint."""

    checkpoint: str = option("", "Checkpoint", "The model they are put into.", **CHECKPOINT)
    networks: tuple[str, ...] = option(
        (),
        "Networks",
        "Each as in a prompt: a name, and its strength behind a colon if it is not 1 (name:0.8, or name:0.5:0.8 for"
        " text encoder and U-Net).",
        section=INPUTS,
        choices="networks",
    )
    name: str = option("", "Name", NAME, section=RESULT)
    file_format: str = option(SAFETENSORS, "File format", FORMAT, section=RESULT, choices=(SAFETENSORS, CKPT))
    precision: str = option(AS_THEY_ARE, "Precision", PRECISION, section=RESULT, choices=PRECISIONS)


class ExtractRequest(Record):
    """What sets one checkpoint apart from another becomes a LoRA."""

    original: str = option("", "Original model", "The model without it.", **CHECKPOINT)
    tuned: str = option("", "Tuned model", "The model with it.", **CHECKPOINT)
    rank: int = option(
        64,
        "Rank",
        "How many dimensions are kept of each layer, at most.",
        ge=1,
        le=4096,
        slider=(1, 256),
        section=RESULT,
    )
    conv_rank: int = option(
        0,
        "Rank of convolutions",
        "The same for 3×3 convolutions and what surrounds them; 0 leaves them out.",
        ge=0,
        le=4096,
        slider=(0, 256),
        section=RESULT,
    )
    energy: float = option(
        0.0,
        "Share to keep",
        "Of the squared difference of each layer, the share for which dimensions are kept, up to the rank; 0 keeps"
        " the full rank.",
        ge=0,
        le=1,
        step=0.01,
        section=RESULT,
        advanced=True,
    )
    unet: bool = option(True, "U-Net", "Includes the U-Net.", section=INPUTS, advanced=True)
    text_encoders: bool = option(True, "Text encoders", "Includes the text encoders.", section=INPUTS, advanced=True)
    name: str = option("", "Name", NAME, section=RESULT)
    precision: str = option("fp16", "Precision", PRECISION, section=RESULT, choices=PRECISIONS[1:])


class ResizeRequest(Record):
    """A LoRA gets another rank."""

    network: str = option("", "Network", "The LoRA that is resized.", **NETWORK)
    method: str = option(
        FIXED,
        "Method",
        "Fixed keeps so many dimensions of each layer. The others decide it for each layer by its singular values:"
        " sv_ratio keeps those above the largest divided by the value, sv_fro and sv_cumulative as many as make up"
        " that share.",
        section=RESULT,
        choices=(FIXED, BY_RATIO, BY_FRO, BY_SUM),
    )
    value: float = option(
        0.9,
        "Value",
        "A ratio above 1 for sv_ratio, a share up to 1 for the others.",
        ge=0,
        le=1e6,
        step=0.01,
        section=RESULT,
    )
    rank: int = option(
        32,
        "Rank",
        "How many dimensions are kept of each layer, at most.",
        ge=1,
        le=4096,
        slider=(1, 256),
        section=RESULT,
    )
    conv_rank: int = option(
        0,
        "Rank of convolutions",
        "The same for 3×3 convolutions; 0 takes the other rank.",
        ge=0,
        le=4096,
        slider=(0, 256),
        section=RESULT,
        advanced=True,
    )
    name: str = option("", "Name", NAME, section=RESULT)
    precision: str = option(AS_THEY_ARE, "Precision", PRECISION, section=RESULT, choices=PRECISIONS)


class ConvertRequest(Record):
    """A LoRA file gets the names that other programs read."""

    network: str = option("", "Network", "The LoRA that is renamed inside.", **NETWORK)
    naming: str = option(
        KOHYA,
        "Names",
        "kohya's are read by the web UIs and ComfyUI, diffusers' by diffusers and PEFT.",
        section=RESULT,
        choices=(KOHYA, DIFFUSERS),
    )
    name: str = option("", "Name", NAME, section=RESULT)


AnyMerge = MergeRequest | MergeNetworksRequest | ExtractRequest | ResizeRequest | ConvertRequest


class MadeModel(Record):
    """The file that came of a request."""

    path: Path
    tensors: int
    size_bytes: int
