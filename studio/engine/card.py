"""What is on the card: the checkpoint in use, its nets where the plan wants them, and the rungs taken down so far."""

from dataclasses import dataclass
from functools import lru_cache

import torch

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.sentence import Sentence
from studio.core.settings import Settings
from studio.engine import device, memory
from studio.engine.loading import Checkpoint
from studio.engine.memory import Plan, Residence
from studio.engine.models import Models
from studio.engine.networks import Patches
from studio.engine.text import TextEncoders
from studio.engine.unet import UNet

CARD_SETTINGS = (
    "vram_preset",
    "attention",
    "precision",
    "fp8_storage",
    "channels_last",
    "compile",
    "model_cache_gib",
    "network_cache_gib",
    "network_mode",
    "model_folders",
)


@dataclass(frozen=True, eq=False)
class Placed:
    """A checkpoint in its place, with what speaks to its nets."""

    checkpoint: Checkpoint
    residence: Residence
    unet: UNet
    texts: TextEncoders
    patches: Patches


def shared(places: Places, settings: Settings) -> "Card":
    """The card as the settings want it used; when one that matters to it changes, it begins anew."""
    relevant = {name: getattr(settings, name) for name in CARD_SETTINGS}
    return _shared(places, Settings(**relevant).model_dump_json())


@lru_cache(maxsize=1)
def _shared(places: Places, settings: str) -> "Card":
    return Card(places, Settings.model_validate_json(settings))


class Card:
    """One device with the checkpoints that were used on it. For one thread, as Models."""

    def __init__(self, places: Places, settings: Settings, where: torch.device | None = None) -> None:
        self.where = where or device.best()
        self.settings = settings
        self.plan: Plan = memory.plan(settings, self.where)
        self.models = Models(places, settings, dropped=self._let_go, where=self.where)
        self._placed: dict[int, Placed] = {}

    def place(self, name: str, vae: str, context: JobContext) -> Placed:
        """The checkpoint that a name means, on the card; others that were there go to RAM.

        Raises what Models.checkpoint and attention.kernel raise.
        """
        checkpoint = self.models.checkpoint(name, vae, context)
        for key, other in list(self._placed.items()):
            if other.checkpoint is not checkpoint:
                other.residence.leave()
                other.patches.forget()
            if other.residence.plan != self.plan:
                del self._placed[key]
        if id(checkpoint) not in self._placed:
            self._placed[id(checkpoint)] = self._new(checkpoint)
        return self._placed[id(checkpoint)]

    def step_down(self) -> Sentence | None:
        """Free memory and take the next thriftier plan; what changed in words, or None at the bottom."""
        lower = self.plan.step_down()
        for placed in self._placed.values():
            placed.unet.forget()
            placed.residence.leave()
        self._placed.clear()
        device.free_cached_memory()
        if lower is None:
            return None
        self.plan, note = lower
        return note

    def _new(self, checkpoint: Checkpoint) -> Placed:
        residence = Residence(checkpoint, self.plan)
        texts = TextEncoders(
            checkpoint.family, checkpoint.text_encoders, before=lambda: residence.bring(*checkpoint.text_encoders)
        )
        unet = UNet(checkpoint.unet)
        budget = int(self.settings.network_cache_gib * device.GIB)
        patches = Patches(checkpoint, self.plan, budget, self.settings.network_mode, changed=unet.forget)
        return Placed(checkpoint, residence, unet, texts, patches)

    def _let_go(self, checkpoint: Checkpoint) -> None:
        self._placed.pop(id(checkpoint), None)
