"""The denoiser that samplers see: a U-Net steered by prompts, with classifier-free guidance.

Follows AUTOMATIC1111 1.10.1: prompts change by the count of model calls, AND adds up weighted directions, texts of
different lengths run apart. The web UI makes all prompts of a batch as long as its longest; here each picture's
are as long as where it is painted alone, so that it is the same in any batch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.engine.conditioning import ComposedPrompt, Conditioning, Scheduled, active
from studio.engine.levels import TRAINED_STEPS, Levels

UNet = Callable[[Tensor, Tensor, Tensor, Tensor | None], Tensor]


def nothing(_call: int) -> None:
    """Let a model call come as it is."""


@dataclass(frozen=True)
class Steered:
    """A U-Net, its noise levels and the texts that steer it, one entry a picture of the batch.

    `unet(x, t, context, vector)` predicts (rows, c, h, w) for x scaled to unit variance, timesteps (rows,), context
    (rows, tokens, width) and SDXL's vector (rows, features). `empty` (77, width), the empty prompt, pads the shorter
    of cond and uncond where it is given, so that they run together. `before` is told the number of each model call
    (from 0) that comes.
    """

    unet: UNet
    levels: Levels
    prompts: Sequence[ComposedPrompt]
    negatives: Sequence[tuple[Scheduled, ...]]
    empty: Tensor | None = None
    before: Callable[[int], object] = nothing


@dataclass(frozen=True)
class Guidance:
    """How strongly, and when, the prompt is followed.

    `scale` is the CFG scale. Below the sigma `ngms` every other call, with `ngms_all_steps` every one, goes without
    the negative prompt; so does the share `skip_early` of the expected `calls` at the start. `rescale` (0 to 1) draws
    the contrast back to the prompt's own (Lin et al. 2024). `keeps_uncond` forbids to leave the negative prompt out
    where the scale makes it void, for samplers that ask for it.
    """

    scale: float = 7.0
    ngms: float = 0.0
    ngms_all_steps: bool = False
    skip_early: float = 0.0
    calls: int = 1
    rescale: float = 0.0
    keeps_uncond: bool = False


@dataclass(frozen=True)
class Switch:
    """Another model for the rest of the way: `load()` once the part `at` (0 to 1) of the trained timesteps is done."""

    at: float
    load: Callable[[], Steered]


@dataclass(frozen=True)
class _Rows:
    """What the U-Net runs on in one call: cond rows, part by part of picture after picture, then uncond rows.

    `images` tells each row's picture, `weights` what each cond row weighs (1 in all for a plain prompt), `scaled` that
    times the CFG scale, `counts` how many cond rows a picture has. `batches` are rows that run together: of which
    pictures, under which context and vector; `order` brings their results back into the rows' order.
    """

    images: Tensor
    weights: Tensor
    scaled: Tensor
    counts: list[int]
    batches: list[tuple[Tensor, Tensor, Tensor | None]]
    order: Tensor


class Guided:
    """`guided(x, sigma)`: the denoised latent, like `x` (batch, c, h, w), at the scalar `sigma`.

    One object serves one run: it counts its calls. The batched context of a set of active texts is built once and
    stays the same tensor object, so that attention can keep what it computed of it. `together` False runs cond and
    uncond one after the other, which needs less memory. `uncond` is what the last call would have been without a
    prompt.
    """

    def __init__(self, model: Steered, guidance: Guidance, switch: Switch | None = None, together: bool = True) -> None:
        self.model, self.guidance, self.switch, self.together = model, guidance, switch, together
        self.calls = 0
        self._kept: dict[tuple[int, ...], _Rows] = {}

    def __call__(self, x: Tensor, sigma: Tensor) -> Tensor:
        """The denoised latent of `x` at noise level `sigma`."""
        self._switch(sigma)
        self.model.before(self.calls)
        with_uncond = self._wants_uncond(sigma)
        rows = self._rows(with_uncond, x.device)
        denoised = self._denoised(rows, x, sigma)
        cond = denoised[: len(rows.weights)]
        self.uncond = denoised[len(rows.weights) :] if with_uncond else _first_of_each(cond, rows.counts)
        self.calls += 1
        guided = _guided(rows, rows.scaled, cond, self.uncond)
        if not (self.guidance.rescale and with_uncond):
            return guided
        return self._rescaled(x, sigma, guided, _guided(rows, rows.weights, cond, self.uncond))

    def _switch(self, sigma: Tensor) -> None:
        if self.switch and (TRAINED_STEPS - 1 - self.model.levels.nearest(sigma)) / TRAINED_STEPS >= self.switch.at:
            self.model, self.switch = self.switch.load(), None
            self._kept.clear()

    def _wants_uncond(self, sigma: Tensor) -> bool:
        guidance = self.guidance
        if guidance.skip_early and self.calls / guidance.calls <= guidance.skip_early:
            return False
        if sigma < guidance.ngms and (self.calls % 2 or guidance.ngms_all_steps):
            return False
        void = guidance.scale == 1 and all(_is_plain(prompt) for prompt in self.model.prompts)
        return guidance.keeps_uncond or not void

    def _rows(self, with_uncond: bool, device: torch.device) -> _Rows:
        conds = [active(part, self.calls) for prompt in self.model.prompts for part, _ in prompt.parts]
        unconds = [active(negative, self.calls) for negative in self.model.negatives]
        key = (with_uncond, *(id(text) for text in (*conds, *unconds)))
        if key not in self._kept:
            self._kept[key] = self._build(conds, unconds, with_uncond, device)
        return self._kept[key]

    def _build(
        self, conds: list[Conditioning], unconds: list[Conditioning], with_uncond: bool, device: torch.device
    ) -> _Rows:
        counts = [len(prompt.parts) for prompt in self.model.prompts]
        images = [i for i, count in enumerate(counts) for _ in range(count)] + list(range(len(unconds)))
        weights = [weight for prompt in self.model.prompts for _, weight in prompt.parts]
        scale = self.guidance.scale if with_uncond else 1.0
        plain, scaled = (torch.tensor([[[[w * by]]] for w in weights], device=device) for by in (1.0, scale))
        texts, contexts = [*conds, *unconds], self._contexts(conds, unconds, counts)
        shown = len(texts) if with_uncond else len(conds)
        together = _alike(contexts[:shown], shown if self.together else len(counts))
        batches = [
            (
                torch.tensor([images[row] for row in rows], device=device),
                torch.stack([contexts[row] for row in rows]).to(device),
                _vectors([texts[row] for row in rows], device),
            )
            for rows in together
        ]
        order = torch.tensor([row for rows in together for row in rows], device=device).argsort()
        return _Rows(torch.tensor(images[:shown], device=device), plain, scaled, counts, batches, order)

    def _contexts(self, conds: list[Conditioning], unconds: list[Conditioning], counts: list[int]) -> list[Tensor]:
        """Each row's context, as long as it is where its picture is painted alone."""
        positive, at, negative = [], 0, [text.context for text in unconds]
        for i, count in enumerate(counts):
            parts = _repeated([text.context for text in conds[at : at + count]])
            at += count
            if self.model.empty is not None:
                *parts, negative[i] = _filled([*parts, negative[i]], self.model.empty)
            positive += parts
        return positive + negative

    def _denoised(self, rows: _Rows, x: Tensor, sigma: Tensor) -> Tensor:
        """What each row's text alone makes of its picture."""
        levels = self.model.levels
        shown, t = levels.scaled_in(x, sigma), float(levels.sigma_to_t(sigma))
        outputs = [
            self.model.unet(shown[images], shown.new_full((len(context),), t), context, vector)
            for images, context, vector in rows.batches
        ]
        output = outputs[0] if len(outputs) == 1 else torch.cat(outputs)[rows.order]
        return levels.denoised(x[rows.images], output.to(x.dtype), sigma)

    def _rescaled(self, x: Tensor, sigma: Tensor, guided: Tensor, plain: Tensor) -> Tensor:
        """`guided` with part of the way back to the contrast of `plain`, in terms of what the network predicts."""
        levels, share = self.model.levels, self.guidance.rescale
        output, contrast = (levels.output(x, denoised, sigma) for denoised in (guided, plain))
        contrast = contrast.std(dim=(1, 2, 3), keepdim=True) / output.std(dim=(1, 2, 3), keepdim=True)
        return levels.denoised(x, output * (share * contrast + (1 - share)), sigma)


def _is_plain(prompt: ComposedPrompt) -> bool:
    return [weight for _, weight in prompt.parts] == [1.0]


def _first_of_each(cond: Tensor, counts: list[int]) -> Tensor:
    return cond if len(cond) == len(counts) else torch.stack([parts[0] for parts in cond.split(counts)])


def _guided(rows: _Rows, weights: Tensor, cond: Tensor, uncond: Tensor) -> Tensor:
    """From uncond to where the weighted parts of each picture's prompt lead."""
    if len(cond) == len(uncond):
        return uncond + (cond - uncond) * weights
    apart = (cond - uncond[rows.images[: len(cond)]]) * weights
    return torch.stack([sum(parts, start) for start, parts in zip(uncond, apart.split(rows.counts), strict=True)])


def _alike(contexts: list[Tensor], most: int) -> list[list[int]]:
    """The numbers of the contexts of equal length, `most` at once."""
    lengths = [len(context) for context in contexts]
    groups = [[i for i, length in enumerate(lengths) if length == one] for one in dict.fromkeys(lengths)]
    return [group[start : start + most] for group in groups for start in range(0, len(group), most)]


def _vectors(texts: list[Conditioning], device: torch.device) -> Tensor | None:
    """What SDXL is told beside the texts, a row each."""
    vectors = [text.vector for text in texts if text.vector is not None]
    return torch.stack(vectors).to(device) if vectors else None


def _repeated(contexts: list[Tensor]) -> list[Tensor]:
    """Contexts (tokens, width) all as long as the longest; shorter ones repeat their last vector."""
    longest = max(len(context) for context in contexts)
    return [torch.cat([one, one[-1:].expand(longest - len(one), -1)]) for one in contexts]


def _filled(contexts: list[Tensor], empty: Tensor) -> list[Tensor]:
    """Contexts (tokens, width) filled up to the longest with the empty prompt."""
    longest = max(len(context) for context in contexts)
    return [torch.cat([one, empty.to(one).repeat((longest - len(one)) // len(empty), 1)]) for one in contexts]
