"""Prompts to conditionings: the text encoders of a checkpoint as one thing."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from studio.core.chunks import Chunk, chunk
from studio.core.errors import UnknownName
from studio.core.prompt import schedule, split_and
from studio.core.tokens import END, START
from studio.engine.conditioning import ComposedPrompt, Conditioning, Scheduled
from studio.engine.text.clip import ALWAYS, ON_REQUEST, ClipEncoder, Encoded, Reading
from studio.engine.text.emphasis import emphasised
from studio.engine.text.sizes import size_features

KEPT_PROMPTS = 32
EMPTY = Chunk([START, *[END] * 76], [1.0] * 77)
Vectors = Mapping[str, tuple[Tensor, ...]]


@dataclass(frozen=True)
class Family:
    """How a model family reads its text models, one after the other.

    `sized` families get a vector: the pooled text with the picture's sizes, or with one of the refiner's
    aesthetic `scores` (prompt, negative prompt).
    """

    readings: tuple[Reading, ...]
    sized: bool = False
    scores: tuple[float, float] | None = None


OPEN_CLIP_G = Reading(layer=2, normed=False, pad=0, pooled=True)
FAMILIES = {
    "SD1": Family((Reading(clip_skip=ALWAYS),)),
    # the model comes without its last layer, which SD2 leaves out; clip skip does nothing, as in the web UI
    "SD2": Family((Reading(pad=0),)),
    "SDXL": Family((Reading(layer=2, normed=False, clip_skip=ON_REQUEST), OPEN_CLIP_G), sized=True),
    "SDXL refiner": Family((OPEN_CLIP_G,), sized=True, scores=(6.0, 2.5)),
}


@dataclass(frozen=True)
class PromptPlan:
    """What of a request decides how its prompts are encoded.

    `steps` and `hires_steps` are model calls (twice the steps for second-order samplers); `hires_steps` is None in
    the first pass. `width` and `height` in pixels are those of the pass.
    """

    steps: int
    hires_steps: int | None = None
    old_timelines: bool = False
    clip_skip: int = 1
    clip_skip_sdxl: bool = False
    emphasis: str = "Original"
    backtrack: int = 20
    width: int = 512
    height: int = 512


class TextEncoders:
    """The text encoders of one checkpoint, with the prompts they encoded last.

    `models` are transformers CLIPTextModels: one for "SD1", "SD2" (without the last layer, as diffusers keeps it)
    and "SDXL refiner" (with projection); CLIP-L and OpenCLIP-G with projection for "SDXL". `before` is called before
    they compute, to have them on the card; prompts that are still known need no computing. `state` says which weights
    the models have now (networks change them): prompts are known for each. Raises UnknownName.
    """

    def __init__(self, family: str, models: Sequence[nn.Module], before: Callable[[], object] = lambda: None) -> None:
        if family not in FAMILIES:
            raise UnknownName("model family", family, FAMILIES)
        self.family = FAMILIES[family]
        self.encoders = [ClipEncoder(*pair) for pair in zip(models, self.family.readings, strict=True)]
        self.before = before
        self.state: object = None
        self._embeddings: Vectors = {}
        self._kept: OrderedDict[object, tuple[Conditioning, ...]] = OrderedDict()

    @property
    def embeddings(self) -> Vectors:
        """Textual inversions by name: for each text encoder a tensor (vectors, width)."""
        return self._embeddings

    @embeddings.setter
    def embeddings(self, embeddings: Vectors) -> None:
        if _identities(embeddings) != _identities(self._embeddings):
            self.forget()
        self._embeddings = dict(embeddings)

    @property
    def widths(self) -> tuple[int, ...]:
        """How wide each text encoder's vectors are."""
        return tuple(one.core.embeddings.token_embedding.weight.shape[1] for one in self.encoders)

    def forget(self) -> None:
        """Drop the prompts that were encoded, as weights have changed."""
        self._kept.clear()

    def positive(self, prompt: str, plan: PromptPlan) -> ComposedPrompt:
        """One image's prompt: the parts joined by AND with their weights, each as a schedule."""
        return ComposedPrompt(
            tuple((self._scheduled(text, plan, negative=False), weight) for text, weight in split_and(prompt))
        )

    def negative(self, prompt: str, plan: PromptPlan) -> tuple[Scheduled, ...]:
        """One image's negative prompt as a schedule; AND is a word like any other here."""
        return self._scheduled(prompt, plan, negative=True)

    def encode(self, texts: Sequence[str], plan: PromptPlan, negative: bool = False) -> tuple[Conditioning, ...]:
        """Conditionings of the texts that one prompt becomes by its schedule, all of the same length; float32.

        An SDXL negative prompt that is empty throughout gets zeros for its text.
        """
        key = self._key(texts, plan, negative)
        if key not in self._kept:
            self._kept[key] = self._computed(texts, plan, negative)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_PROMPTS:
            self._kept.popitem(last=False)
        return self._kept[key]

    def _scheduled(self, text: str, plan: PromptPlan, negative: bool) -> tuple[Scheduled, ...]:
        entries = schedule(text, plan.steps, plan.hires_steps, plan.old_timelines)
        conditionings = self.encode([text for _, text in entries], plan, negative)
        return tuple(Scheduled(until, known) for (until, _), known in zip(entries, conditionings, strict=True))

    def _key(self, texts: Sequence[str], plan: PromptPlan, negative: bool) -> object:
        relevant = replace(plan, steps=0, hires_steps=None, old_timelines=False)
        if not self.family.sized:
            return self.state, tuple(texts), replace(relevant, width=0, height=0)
        return self.state, tuple(texts), relevant, negative

    def _computed(self, texts: Sequence[str], plan: PromptPlan, negative: bool) -> tuple[Conditioning, ...]:
        self.before()
        occurrences = Counter(texts)
        counts = {name: len(vectors[-1]) for name, vectors in self._embeddings.items()}
        chunked = [chunk(text, plan.backtrack, plan.emphasis, counts) for text in occurrences]
        length = max(map(len, chunked))
        chunked = [chunks + [EMPTY] * (length - len(chunks)) for chunks in chunked]
        shares = torch.tensor([count / len(texts) for count in occurrences.values()])
        read = [self._read(number, chunked, shares, plan) for number in range(len(self.encoders))]
        context = torch.cat([hidden for hidden, _ in read], dim=-1)
        pooled = read[-1][1]
        if self.family.sized and negative and not any(texts):
            context, pooled = torch.zeros_like(context), torch.zeros_like(pooled)
        made = dict(zip(occurrences, self._conditionings(context, pooled, plan, negative), strict=True))
        return tuple(made[text] for text in texts)

    def _read(self, number: int, chunked: list[list[Chunk]], shares: Tensor, plan: PromptPlan) -> tuple[Tensor, Tensor]:
        """Hidden states (texts, tokens, width) of one encoder and the first chunks' pooled (texts, features)."""
        encoder = self.encoders[number]
        layer = encoder.layer(plan.clip_skip, plan.clip_skip_sdxl)
        vectors = {name: each[number] for name, each in self._embeddings.items()}
        seen: dict[object, Encoded] = {}

        def encoded(one: Chunk) -> Encoded:
            key = tuple(one.tokens), tuple(one.fixes)
            if key not in seen:
                seen[key] = encoder.encode(one, layer, vectors)
            return seen[key]

        columns = []
        for chunks in zip(*chunked, strict=True):
            hidden = torch.stack([encoded(one).hidden for one in chunks])
            weights = torch.tensor([one.multipliers for one in chunks]).to(hidden)
            columns.append(emphasised(plan.emphasis, hidden, weights, shares.to(hidden)))
        firsts = [encoded(chunks[0]).pooled for chunks in chunked]
        pooled = [one for one in firsts if one is not None]
        return torch.cat(columns, dim=1), torch.stack(pooled) if pooled else shares.new_empty(0)

    def _conditionings(self, context: Tensor, pooled: Tensor, plan: PromptPlan, negative: bool) -> list[Conditioning]:
        if not self.family.sized:
            return [Conditioning(one) for one in context]
        scores = self.family.scores
        sizes = size_features(plan.width, plan.height, scores and scores[negative]).to(pooled)
        return [Conditioning(one, torch.cat([text, sizes])) for one, text in zip(context, pooled, strict=True)]


def _identities(embeddings: Vectors) -> list[tuple[str, list[int]]]:
    return [(name, [id(tensor) for tensor in vectors]) for name, vectors in embeddings.items()]
