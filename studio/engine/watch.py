"""How a run is watched: progress, rate and previews outwards, wishes to stop inwards, once a step."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.core.errors import NotANumber
from studio.core.job import JobContext, Wish
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.engine import previews
from studio.engine.loading import Checkpoint

Preview = Callable[[Tensor], NDArray[np.uint8]]
SUFFIXES = (".safetensors", ".pth", ".pt")


class Skipped(Exception):
    """The user wants the next picture."""


class Interrupted(Exception):
    """The user wants no more pictures; those that are finished stay."""


class Watch:
    """Counts the steps of an order of `total` steps and speaks with whoever waits for it."""

    def __init__(self, context: JobContext, settings: Settings, places: Places, total: int) -> None:
        self.context = context
        self.settings = settings
        self.places = places
        self.total = total
        self.done = 0
        self._started = time.monotonic()
        self._preview: tuple[Checkpoint, Preview] | None = None

    def stage(self, text: str) -> None:
        """Say what begins now (a model is loaded, a picture decoded). Raises what check() raises."""
        self.check()
        self.context.progress(self.done, self.total, text)

    def check(self) -> None:
        """Raise Cancelled, Skipped or Interrupted if the user asked for it."""
        self.context.check()
        if self.context.take(Wish.INTERRUPT):
            raise Interrupted
        if self.context.take(Wish.SKIP):
            raise Skipped

    def rewind(self, done: int) -> None:
        """Set the count of finished steps, as a part is made again or was left out."""
        self.done = done
        self._started = time.monotonic()
        self._counted_from = done

    _counted_from = 0

    def step(self, denoised: Tensor, checkpoint: Checkpoint) -> None:
        """One step is done and the pictures (batch, 4, h, w) are foreseen as `denoised`."""
        self.done += 1
        rate = (self.done - self._counted_from) / max(time.monotonic() - self._started, 1e-6)
        self.context.progress(
            min(self.done, self.total), self.total, "Sampling", self._seen(denoised, checkpoint), rate
        )
        self.check()

    def _seen(self, denoised: Tensor, checkpoint: Checkpoint) -> NDArray[np.uint8] | None:
        every = self.settings.preview_every
        if not every or self.done % every:
            return None
        check_finite(denoised)
        if self._preview is None or self._preview[0] is not checkpoint:
            self._preview = checkpoint, self._method(checkpoint)
        return self._preview[1](denoised[0])

    def _method(self, checkpoint: Checkpoint) -> Preview:
        if self.settings.preview_method == "TAESD":
            path = _tiny_decoder(self.places, checkpoint)
            if path:
                return previews.Taesd(path)
            self.context.note("The live preview is approximate: there is no TAESD decoder in models/VAE-approx.")
        matrix = torch.tensor(checkpoint.facts.latent_rgb)
        return lambda latent: previews.approximate(latent, matrix)


def check_finite(latents: Tensor) -> None:
    """Raise NotANumber if any value of `latents` is not finite."""
    if not latents.isfinite().all():
        raise NotANumber(
            "The model produced invalid numbers instead of a picture.",
            "Set Precision to bfloat16 or full in the settings, or use another model file.",
        )


def _tiny_decoder(places: Places, checkpoint: Checkpoint) -> Path | None:
    """The decoder made for this checkpoint's own VAE, else TAESD's for its family."""
    general = "taesdxl_decoder" if checkpoint.family.startswith("SDXL") else "taesd_decoder"
    names = (f"{checkpoint.path.stem}_decoder", general)
    files = (places.models / "VAE-approx" / f"{name}{suffix}" for name in names for suffix in SUFFIXES)
    return next((file for file in files if file.is_file()), None)
