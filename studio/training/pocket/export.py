"""The trained pocket model as one file in SD1's layout."""

import json
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor
from transformers import CLIPTextModel

from studio.core.files import write_atomically
from studio.core.tokens import END, START
from studio.engine import previews
from studio.engine.levels import linear_alphas
from studio.engine.loading import Checkpoint, Facts
from studio.engine.loading.export import to_ldm
from studio.engine.loading.facts import merged, of_family
from studio.library.components import SD1
from studio.training import checkpoints
from studio.training.pocket import latents, nets, painter, pictures
from studio.training.pocket.captions import vocabulary
from studio.training.pocket.recipe import Recipe

NAME = "pocket"
MARKS = ("v_pred", "ztsnr")  # empty tensors by which ComfyUI and Forge know how a model was trained
SCALING_FACTOR = 0.18215  # SD1's, so that programs that do not ask find it right
STEPS = "pocket.steps"  # of the U-Net's training, in the metadata
COLOURS_FROM = 500  # so many pictures tell enough
DEFAULTS = {"sampler": "DPM++ 2M", "steps": 20, "cfg_scale": 3.0, "prompt": "red apple, noto style"}


def path(folder: Path) -> Path:
    """Where the finished model is written."""
    return folder / f"{NAME}.safetensors"


def export(recipe: Recipe, folder: Path) -> Path:
    """Write the model as trained so far, in half precision. Raises FileProblem, DiskFull."""
    made = assembled(recipe, folder)
    made = replace(made, facts=made.facts.model_copy(update={"latent_rgb": seen_colours(folder)}))
    tensors = {name: tensor.half().contiguous().clone() for name, tensor in to_ldm(made).items()}
    tensors |= {mark: torch.empty(0) for mark in MARKS}
    steps = checkpoints.load(painter.path(folder))["step"]
    write_atomically(path(folder), save(tensors, {**metadata(recipe, made.facts), STEPS: str(steps)}))
    return path(folder)


def assembled(recipe: Recipe, folder: Path) -> Checkpoint:
    """The averaged weights as the checkpoint that the loader would make of the file. Raises FileProblem."""
    vae, _ = latents.trained_vae(recipe, folder)
    found = latents.read(folder)
    latents.standardize(vae, found.mean, found.std, SCALING_FACTOR)
    known = vocabulary(pictures.read(folder).rows)
    trained = painter.untrained(recipe, len(known))
    trained.load_state_dict(checkpoints.load(painter.path(folder))["average"])
    text = with_all_words(recipe, trained["text"], known)  # type: ignore[arg-type]
    unet = trained["unet"].eval()
    return Checkpoint(path(folder), NAME, SD1, unet, vae, (text,), facts_of(recipe), linear_alphas())  # type: ignore[arg-type]


def facts_of(recipe: Recipe) -> Facts:
    """What the tensors' shapes do not tell."""
    own = Facts(
        family=SD1,
        unet_heads=(recipe.unet_heads,),
        vae_groups=recipe.vae_groups,
        text_heads=(recipe.text_heads,),
        scaling_factor=SCALING_FACTOR,
        prediction=painter.PREDICTION,
        zero_snr=True,
        sample_size=recipe.size,
    )
    return merged(own, of_family(SD1))


def seen_colours(folder: Path) -> tuple[tuple[float, ...], ...]:
    """What colours the channels of a latent mean, as live previews need to know."""
    table, pixels = latents.read(folder).plain, torch.from_numpy(pictures.read(folder).pixels)
    some = slice(None, None, max(len(table) // COLOURS_FROM, 1))
    matrix = previews.latent_rgb(table[some], pixels[some].permute(0, 3, 1, 2) / 127.5 - 1)
    return tuple(tuple(round(value, 3) for value in row) for row in matrix.tolist())


def with_all_words(recipe: Recipe, trained: CLIPTextModel, known: list[int]) -> CLIPTextModel:
    """The text encoder with all of CLIP's tokens; those that no caption had mean what words mean on average."""
    whole = nets.text_encoder(recipe)
    state = trained.state_dict()
    name = nets.word_table(state)
    state[name] = _all_rows(state[name], known)
    whole.load_state_dict(state)
    return whole.eval().requires_grad_(False)


def _all_rows(rows: Tensor, known: list[int]) -> Tensor:
    is_word = torch.tensor([token not in (START, END) for token in known])
    table = rows[is_word].mean(0).repeat(END + 1, 1)
    table[known] = rows
    return table


def metadata(recipe: Recipe, facts: Facts) -> dict[str, str]:
    """The file's metadata: what the loader needs, and ModelSpec's entries."""
    packages = ", ".join(f"{style.package.name} {style.package.version}" for style in recipe.styles)
    return {
        **facts.metadata(),
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.architecture": "stable-diffusion-v1",
        "modelspec.implementation": "diffusers",
        "modelspec.title": "Pocket",
        "modelspec.author": "SD Studio",
        "modelspec.description": f"A small model of named things on plain grounds, trained on {packages}.",
        "modelspec.license": "Apache-2.0",
        "modelspec.resolution": f"{recipe.size}x{recipe.size}",
        "pocket.styles": json.dumps([style.words for style in recipe.styles]),
        "pocket.sources": json.dumps({style.package.name: style.package.licence for style in recipe.styles}),
        "studio.defaults": json.dumps(DEFAULTS),
    }
