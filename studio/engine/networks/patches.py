"""Puts networks into the nets of a checkpoint and takes them out again, exactly.

Patched: each weight is computed once (float32, then cast) and exchanged for the original, which waits beside. On the
fly: the weights stay, and each layer adds to its result what the networks make of its input. Both ways the originals
come back as they were, bit for bit.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from studio.engine.loading import Checkpoint
from studio.engine.loading.files import TensorFile, open_tensors
from studio.engine.memory import Plan
from studio.engine.networks import layers, on_the_fly
from studio.engine.networks.layers import Contribution, LowRank
from studio.engine.networks.uses import Use, Uses
from studio.engine.text.embeddings import of_bundle
from studio.library import network_keys, networks
from studio.library.network_keys import TEXT, UNET, Match, Place
from studio.library.networks import NetworkFile, Report, Stamp

AUTO, PATCHED, ON_THE_FLY = "auto", "patched", "on the fly"
ROOM = 0.35  # the part of a card's memory that stays free if originals are to wait on it
FLOAT8 = (torch.float8_e4m3fn, torch.float8_e5m2)
TEXTS = "texts"


@dataclass
class Change:
    """What networks make of one layer: new parameters by name, or thin matrices that add to its result."""

    values: dict[str, Tensor] = field(default_factory=dict)
    low_rank: LowRank | None = None

    @property
    def size_bytes(self) -> int:
        """How much memory it takes."""
        tensors = [*self.values.values(), *(self.low_rank or ())]
        return sum(tensor.numel() * tensor.itemsize for tensor in tensors)


Changes = dict[Place, Change]


@dataclass(frozen=True)
class Asked:
    """What one half of a checkpoint (UNET or TEXTS) is to have: network, strength and rank, in order."""

    half: str
    mode: str
    uses: tuple[tuple[Stamp, float, int | None], ...] = ()


@dataclass
class State:
    """What one half has now: the changes that are in, the parameters they took the place of, the hooks they need."""

    asked: Asked
    changes: Changes = field(default_factory=dict)
    originals: dict[tuple[Place, str], Tensor | None] = field(default_factory=dict)
    hooks: list[RemovableHandle] = field(default_factory=list)


class Patches:
    """The networks in one checkpoint's nets. For one thread.

    What was computed for a set is kept, up to `budget` bytes, so that the same set costs nothing the next time. `mode`
    "auto" patches, except where the plan stores or moves the U-Net's weights in a way that rounds or loses what is put
    into them. `changed` is called when the U-Net's weights have changed.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        plan: Plan,
        budget: int = 0,
        mode: str = AUTO,
        changed: Callable[[], object] = lambda: None,
    ) -> None:
        self.family, self.plan, self.budget, self.mode, self.changed = checkpoint.family, plan, budget, mode, changed
        self._layers = layers.layers(checkpoint)
        self._shapes = layers.shapes(self._layers)
        self._names = network_keys.names_of(checkpoint.family, self._shapes)
        self._matches: dict[Stamp, Match] = {}
        self._bundled: dict[Stamp, dict[str, tuple[Tensor, ...]]] = {}
        self._states = {half: State(Asked(half, PATCHED)) for half in (UNET, TEXTS)}
        self._kept: OrderedDict[Asked, Changes] = OrderedDict()

    @property
    def text_state(self) -> Asked:
        """What the text encoders have: texts encoded under another have to be encoded again."""
        return self._states[TEXTS].asked

    def report(self, file: NetworkFile) -> Report:
        """How a network fits. Raises CheckpointError for a file that cannot be read."""
        header = networks.read(file.path)
        return networks.reported(
            self._match(networks.stamp(file.path)), networks.shapes_of(header), header.metadata, self.family
        )

    def put(self, uses: Uses, changing: bool = False) -> None:
        """Have exactly `uses` in the nets; `changing` says that the set changes within a run.

        Raises CheckpointError for a file that cannot be read, OutOfMemoryError; the nets are as they were then.
        """
        for half in (UNET, TEXTS):
            asked = self._asked(half, uses, changing)
            state = self._states[half]
            if asked.uses != state.asked.uses or (asked.uses and asked.mode != state.asked.mode):
                self._take_out(state)
                if asked.uses:
                    self._put_in(state, asked, uses)
                if half == UNET:
                    self.changed()

    def bundled(self, uses: Uses, widths: tuple[int, ...]) -> dict[str, tuple[Tensor, ...]]:
        """The embeddings inside the networks' files that fit text encoders of `widths`, by name."""
        found: dict[str, tuple[Tensor, ...]] = {}
        for use in uses:
            if use.stamp not in self._bundled:
                self._bundled[use.stamp] = self._read_bundled(use, widths)
            found |= self._bundled[use.stamp]
        return found

    @contextmanager
    def removed_afterwards(self) -> Iterator[None]:
        """Whatever the block puts in is out after it."""
        try:
            yield
        finally:
            self.put(())

    def forget(self) -> None:
        """Drop what is kept of sets that are not in."""
        self._kept.clear()

    def _asked(self, half: str, uses: Uses, changing: bool) -> Asked:
        nets = _nets(half)
        acting = [use for use in uses if any(place.net in nets for place in self._match(use.stamp).parts)]
        strengths = [(use.stamp, _strength(use, half), use.rank) for use in acting]
        return Asked(half, self._mode(half, changing), tuple(one for one in strengths if one[1]))

    def _mode(self, half: str, changing: bool) -> str:
        if half == UNET and self.plan.offload == "block":
            return ON_THE_FLY
        if self.mode != AUTO:
            return self.mode
        return ON_THE_FLY if half == UNET and (self.plan.fp8 or changing) else PATCHED

    def _match(self, stamp: Stamp) -> Match:
        if stamp not in self._matches:
            found = networks.shapes_of(networks.read(networks.path_of(stamp)))
            self._matches[stamp] = network_keys.match(found, self._shapes, self._names)
        return self._matches[stamp]

    @torch.inference_mode(False)
    @torch.no_grad()
    def _put_in(self, state: State, asked: Asked, uses: Uses) -> None:
        changes = self._kept.pop(asked, None) or self._computed(asked, uses)
        state.asked, state.changes = asked, changes
        try:
            for place, change in changes.items():
                self._change(state, place, change)
        except BaseException:
            self._take_out(state)
            raise

    def _change(self, state: State, place: Place, change: Change) -> None:
        module = self._layers[place]
        if change.low_rank:
            state.hooks += on_the_fly.add_low_rank(module, change.low_rank)
        elif state.asked.mode == ON_THE_FLY:
            state.hooks += on_the_fly.exchange_while_computing(module, change.values)
        else:
            for name, value in change.values.items():
                state.originals[place, name] = self._waiting(_exchange(module, name, value))

    @torch.inference_mode(False)
    @torch.no_grad()
    def _take_out(self, state: State) -> None:
        for hook in state.hooks:
            hook.remove()
        for (place, name), original in state.originals.items():
            value = self._waiting(_exchange(self._layers[place], name, original))
            if value is not None:
                state.changes[place].values[name] = value
        self._keep(state.asked, state.changes)
        state.hooks, state.originals, state.changes = [], {}, {}
        state.asked = Asked(state.asked.half, PATCHED)

    def _keep(self, asked: Asked, changes: Changes) -> None:
        if asked.uses:
            self._kept[asked] = changes
        while self._kept and sum(change.size_bytes for kept in self._kept.values() for change in kept.values()) > (
            self.budget
        ):
            self._kept.popitem(last=False)

    def _waiting(self, tensor: Tensor | None) -> Tensor | None:
        """`tensor` where it can wait: on the card as long as that has room."""
        if tensor is None or tensor.device.type != "cuda":
            return None if tensor is None else tensor.detach()
        free, total = torch.cuda.mem_get_info(tensor.device)
        return tensor.detach() if free > ROOM * total else tensor.detach().cpu()

    def _computed(self, asked: Asked, uses: Uses) -> Changes:
        found: dict[Place, list[Contribution]] = {}
        opened: dict[Stamp, TensorFile] = {}
        for use in uses:
            file = opened.setdefault(use.stamp, open_tensors(networks.read(use.file.path)))
            for place, contribution in self._contributions(asked.half, use, file):
                found.setdefault(place, []).append(contribution)
        return {place: self._computed_layer(asked, self._layers[place], all_) for place, all_ in found.items()}

    def _read_bundled(self, use: Use, widths: tuple[int, ...]) -> dict[str, tuple[Tensor, ...]]:
        bundled = self._match(use.stamp).bundled
        file = open_tensors(networks.read(use.file.path)) if bundled else None
        read = {name: {one: file.read(one) for one in tensors} for name, tensors in bundled.items()} if file else {}
        return {name: vectors for name, tensors in read.items() if (vectors := of_bundle(tensors, widths))}

    def _contributions(self, half: str, use: Use, file: TensorFile) -> Iterator[tuple[Place, Contribution]]:
        strength = _strength(use, half)
        for place, part in self._match(use.stamp).parts.items():
            if strength and place.net in _nets(half):
                yield place, Contribution(part, file, strength, use.rank)

    def _computed_layer(self, asked: Asked, module: nn.Module, contributions: list[Contribution]) -> Change:
        weight, bias, where = module.get_parameter("weight"), module._parameters.get("bias"), self.plan.device
        new_bias = layers.changed_bias(bias, weight, contributions)
        if asked.mode == ON_THE_FLY and new_bias is None and on_the_fly.can_add(module):
            thin = layers.low_rank(contributions, where)
            if thin:
                return Change(low_rank=(thin[0].to(self.plan.dtype), thin[1].to(self.plan.dtype)))
        dtype = self.plan.dtype if weight.dtype in FLOAT8 else weight.dtype
        values = {"weight": layers.changed_weight(weight, contributions, where, dtype)}
        return Change(values if new_bias is None else {**values, "bias": new_bias.to(dtype)})


def _nets(half: str) -> tuple[str, ...]:
    return (UNET,) if half == UNET else TEXT


def _strength(use: Use, half: str) -> float:
    return use.unet if half == UNET else use.te


def _exchange(module: nn.Module, name: str, value: Tensor | None) -> Tensor | None:
    """Give a layer another parameter, on the device where its weight is; returns the one before."""
    there, where = module._parameters[name], module.get_parameter("weight").device
    module._parameters[name] = None if value is None else nn.Parameter(value.to(where), requires_grad=False)
    return there
