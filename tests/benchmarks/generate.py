"""Pictures per second beside diffusers' own pipeline: same weights, steps and seeds, in one process, as JSON.

python -m tests.benchmarks.generate [--model FILE] [--size 256] [--steps 4] [--batch 1] [--rounds 3]
Without a model file a random one of SD1.5's size is made. Both take turns, so that a busy machine slows both alike;
`ratio` is diffusers' median time by ours: above 1 the studio is faster.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from diffusers import EulerDiscreteScheduler, StableDiffusionPipeline
from diffusers.models.attention_processor import AttnProcessor2_0

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.settings import Settings
from studio.engine.card import Card
from studio.engine.generate import generate
from studio.engine.loading import Checkpoint
from tests.benchmarks.loading import write

PROMPT, NEGATIVE = "a photo of a cat on a chair", "blurry"


def pipeline(made: Checkpoint, card: Card) -> Callable[[int, int, int], object]:
    """diffusers' pipeline over the same nets, fed with the prompt embeddings that the text encoder gives."""
    encoder = made.text_encoders[0]
    scheduler = EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1
    )
    pipe = StableDiffusionPipeline(
        made.vae, encoder, None, made.unet, scheduler, None, None, requires_safety_checker=False
    )  # type: ignore[arg-type]
    pipe.set_progress_bar_config(disable=True)

    def run(size: int, steps: int, batch: int) -> object:
        context = torch.zeros(batch, 77, encoder.config.hidden_size, device=card.where, dtype=made.unet.dtype)
        return pipe(
            prompt_embeds=context,
            negative_prompt_embeds=context + 0.1,
            width=size,
            height=size,
            num_inference_steps=steps,
            guidance_scale=7,
        )

    return run


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.model or Path(folder) / "sd15.safetensors"
        if not given.model:
            write(path, "sd15")
            torch.set_default_dtype(torch.float32)
        print(json.dumps(compare(path, given, Places(Path(folder))), indent=1))


def compare(path: Path, given: argparse.Namespace, places: Places) -> dict[str, object]:
    settings = Settings(preview_every=0)
    card = Card(places, settings)
    request = GenerateRequest(
        checkpoint=str(path), prompt=PROMPT, negative_prompt=NEGATIVE, sampler="Euler", schedule="Uniform", seed=1,
        width=given.size, height=given.size, steps=given.steps, batch_size=given.batch,
    )  # fmt: skip
    placed = card.place(str(path), "Automatic", JobContext())
    placed.residence.bring(placed.checkpoint.unet)
    theirs = pipeline(placed.checkpoint, card)
    unet = placed.checkpoint.unet
    ours_processors = unet.attn_processors
    times: dict[str, list[float]] = {"studio": [], "diffusers": []}
    for turn in range(given.rounds + 1):
        unet.set_attn_processor(dict(ours_processors))
        ours = _timed(lambda: list(generate(request, card, JobContext(), settings, places)))
        aug, unet.get_aug_embed = unet.get_aug_embed, type(unet).get_aug_embed.__get__(unet)  # type: ignore[method-assign]
        unet.set_attn_processor(AttnProcessor2_0())
        plain = _timed(lambda: theirs(given.size, given.steps, given.batch))
        unet.get_aug_embed = aug  # type: ignore[method-assign]
        if turn:  # the first turn warms both
            times["studio"].append(ours)
            times["diffusers"].append(plain)
    ours, plain = (statistics.median(times[name]) for name in ("studio", "diffusers"))
    return {
        "model": path.name,
        "device": str(card.where),
        "size": given.size,
        "steps": given.steps,
        "batch": given.batch,
        "seconds": {"studio": round(ours, 3), "diffusers": round(plain, 3)},
        "overhead_per_step_ms": round((ours - plain) / given.steps * 1000, 1),
        "ratio": round(plain / ours, 3),
    }


def _timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
