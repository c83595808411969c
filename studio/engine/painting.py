"""One batch: first pass, hires pass, decoding, with everything that the request switches on."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from studio.catalog import find
from studio.catalog.samplers import SAMPLERS
from studio.core.prompt import extract_networks, schedule, split_and
from studio.core.prompt.network_timeline import network_timeline
from studio.core.request import GenerateRequest, HiresFix
from studio.engine import device, hires, sampling, vae
from studio.engine.card import Card, Placed
from studio.engine.conditioning import ComposedPrompt, Scheduled, over_states
from studio.engine.denoise import Steered, Switch
from studio.engine.denoise import UNet as Predictor
from studio.engine.hires import FACTOR, HiresSize
from studio.engine.levels import Levels, zero_terminal_snr
from studio.engine.loading import Checkpoint
from studio.engine.networks import Lookup, OverTime, Timeline, Uses, acting
from studio.engine.noise import ImageNoise
from studio.engine.text import PromptPlan
from studio.engine.text.embeddings import find as find_embeddings
from studio.engine.text.encode import Vectors
from studio.engine.unet import tiling
from studio.engine.watch import Watch, check_finite
from studio.library import embeddings, hashes, networks
from studio.library.embeddings import EmbeddingFile

LATENT_CHANNELS = 4
INPAINT_CHANNELS = 9


def steps(request: GenerateRequest) -> int:
    """How many steps a batch reports, both passes."""
    second = request.hires
    return request.steps + ((second.steps or request.steps) if second and second.denoising_strength else 0)


def paint(
    requests: Sequence[GenerateRequest], card: Card, watch: Watch
) -> tuple[list[NDArray[np.uint8]], list[dict[str, str]], list[str]]:
    """The pictures, uint8 (h, w, 3), of requests that differ in prompts and seeds only and name the same networks,
    what infotexts say of the models of each, and what was asked but not done. Raises what models, samplers and Watch
    raise, and NotANumber."""
    batch = Batch(requests, card, watch)
    with batch.networks:
        pictures = batch.paint()
    return [vae.to_pixels(picture) for picture in pictures], batch.facts_of_pictures(), list(batch.notes)


def timelines(request: GenerateRequest) -> tuple[Timeline, ...]:
    """The networks of both passes: pictures that agree in them can be painted together."""
    first = network_timeline(request.prompt, _calls(request), None, request.old_timelines)
    if not request.hires:
        return (first,)
    calls, prompt = _calls(_hires_request(request, request.hires)), _hires_prompt(request)
    return first, network_timeline(prompt, _calls(request), calls, request.old_timelines)


@dataclass(frozen=True)
class Pass:
    """One of the two passes: what is asked of it, its pictures' prompts, and its size in pixels."""

    request: GenerateRequest
    prompts: tuple[tuple[str, str], ...]
    width: int
    height: int
    plan: PromptPlan
    networks: Timeline
    is_hires: bool = False


Texts = tuple[list[ComposedPrompt], list[tuple[Scheduled, ...]], Tensor | None]


class Batch:
    """The pictures that are painted together."""

    def __init__(self, requests: Sequence[GenerateRequest], card: Card, watch: Watch) -> None:
        self.requests, self.request = requests, requests[0]
        self.card, self.watch = card, watch
        watch.stage("Loading the model")
        self.placed = card.place(self.request.checkpoint, self.request.vae, watch.context)
        self.facts = _facts(self.placed.checkpoint, card)
        self.networks = ExitStack()
        self.notes: dict[str, None] = {}
        self.hashes: dict[str, str] = {}
        self.embeddings: Mapping[str, EmbeddingFile] = {}

    def paint(self) -> list[Tensor]:
        """The pictures, float (3, h, w) in 0..1."""
        first = self._first_pass()
        latents = self._sampled(first, None, 1.0)
        if self.request.hires:
            latents = self._second_pass(first, self.request.hires, latents)
        return self._decoded(latents)

    def _first_pass(self) -> Pass:
        request = self.request
        prompts = tuple((_text(one.prompt), one.negative_prompt) for one in self.requests)
        plan = _prompt_plan(request, request.width, request.height)
        return Pass(request, prompts, request.width, request.height, plan, timelines(request)[0])

    def _second_pass(self, first: Pass, asked: HiresFix, latents: Tensor) -> Tensor:
        size, row = hires.target_size(first.width, first.height, asked), hires.upscaler(asked.upscaler)
        if row.space == "latent":
            latents = hires.enlarge_latents(latents, size, row)
            self._use(asked.checkpoint)
        else:
            pictures = self._decoded(latents)
            self._use(asked.checkpoint)
            latents = self._encoded([hires.enlarged_picture(picture, size, row) for picture in pictures])
        return self._sampled(self._hires_pass(asked, size), hires.cut(latents, size), asked.denoising_strength)

    def _hires_pass(self, asked: HiresFix, size: HiresSize) -> Pass:
        request = _hires_request(self.request, asked)
        prompts = tuple(_hires_prompts(one) for one in self.requests)
        plan = replace(_prompt_plan(self.request, size.width, size.height), hires_steps=_calls(request))
        named = timelines(self.request)[-1]
        return Pass(request, prompts, size.width, size.height, plan, named, is_hires=True)

    def _use(self, checkpoint: str) -> None:
        if checkpoint:
            self.placed.unet.forget()
            self.placed = self.card.place(checkpoint, self.request.vae, self.watch.context)

    def _sampled(self, this: Pass, init: Tensor | None, denoising_strength: float) -> Tensor:
        """The latents of one pass, float32 (batch, 4, h, w)."""
        request = this.request
        shape = init.shape[1:] if init is not None else (LATENT_CHANNELS, this.height // FACTOR, this.width // FACTOR)
        model = self._steered(this, self.placed, shape)
        with tiling(self.placed.checkpoint.unet, wanted=request.tiling):
            latents = sampling.run(
                request,
                model,
                self._noise(shape),
                init=init,
                denoising_strength=denoising_strength,
                exact_steps=this.is_hires,
                switch=self._refiner(this, shape),
                together=self.card.plan.batch_guidance,
                step=lambda _i, _x, _sigma, denoised: self.watch.step(denoised, self.placed.checkpoint),
            )
        self.placed.unet.forget()
        check_finite(latents)
        return latents

    def _noise(self, shape: Sequence[int]) -> ImageNoise:
        request = self.request
        return ImageNoise(
            request.rng,
            shape,
            [one.seed for one in self.requests],
            [one.variation_seed for one in self.requests],
            request.variation_strength,
            (request.seed_resize_height, request.seed_resize_width),
            request.ensd,
            self.card.where,
        )

    def _steered(self, this: Pass, placed: Placed, shape: Sequence[int]) -> Steered:
        states = self._wanted(this, placed)
        changing = len(states) > 1
        encoded = [(until, self._texts(this, placed, uses, changing)) for until, uses in states]
        prompts, negatives = _over_states(encoded)
        unet, levels = self._predictor(placed, shape), _levels(placed.checkpoint, this.request)
        placed.residence.bring(placed.checkpoint.unet)

        def before(call: int) -> None:
            if changing:
                placed.patches.put(acting(states, call), changing)

        return Steered(unet, levels, prompts, negatives, encoded[0][1][2], before)

    def _wanted(self, this: Pass, placed: Placed) -> OverTime:
        """The networks that act in a pass, which are out of the nets when the batch ends."""
        if not any(tags for _, tags in this.networks):
            placed.patches.put(())
            return ((this.plan.steps, ()),)
        context = self.watch.context
        found = Lookup(self.watch.places, self.watch.settings, placed.patches.report, context).wanted(this.networks)
        self.notes.update(dict.fromkeys(found.notes))
        self.hashes.update(found.hashes)
        if self.hashes:
            self.facts["Lora hashes"] = networks.hashes_text(self.hashes)
        self.networks.enter_context(placed.patches.removed_afterwards())
        return found.over_time

    def _embeddings(self, this: Pass, placed: Placed, uses: Uses) -> Vectors:
        """The embeddings that the pass's prompts name, from files and from within networks."""
        widths, plan = placed.texts.widths, this.plan
        prompts = [texts for prompt, negative in this.prompts for texts in _each_text(prompt, negative, plan)]
        files = embeddings.embeddings(self.watch.places, self.watch.settings)
        found = find_embeddings(prompts, files, widths, placed.checkpoint.family, plan.backtrack, plan.emphasis)
        self.notes.update(dict.fromkeys(found.notes))
        if not this.is_hires:
            self.embeddings = found.files
        return {**placed.patches.bundled(uses, widths), **found.vectors}

    def facts_of_pictures(self) -> list[dict[str, str]]:
        """What infotexts say of the models; the embeddings of each picture's own prompts among it."""
        return [self.facts | self._embedding_facts(one) for one in self.requests]

    def _embedding_facts(self, request: GenerateRequest) -> dict[str, str]:
        """The web UI's list: each text that is encoded, by each encoder, puts its embeddings before those so far."""
        if not self.embeddings:
            return {}
        plan, encoders = _prompt_plan(request, request.width, request.height), self.placed.texts.encoders
        counts, listed = embeddings.vector_counts(self.embeddings), ""
        for texts in _each_text(_text(request.prompt), request.negative_prompt, plan):
            names = embeddings.used(texts, counts, plan.backtrack, plan.emphasis)
            digits = {name: embeddings.short_hash(self.embeddings[name], self.watch.places) for name in names}
            for _ in encoders if digits else ():
                listed = ", ".join(filter(None, (networks.hashes_text(digits), listed)))
        return {"TI hashes": listed} if listed else {}

    def _texts(self, this: Pass, placed: Placed, uses: Uses, changing: bool) -> Texts:
        """What the pass's prompts are with some networks, and the empty prompt where it is wanted."""
        texts, plan = placed.texts, this.plan
        placed.patches.put(uses, changing)
        texts.state = placed.patches.text_state
        texts.embeddings = self._embeddings(this, placed, uses)
        prompts = [texts.positive(prompt, plan) for prompt, _ in this.prompts]
        negatives = [texts.negative(negative, plan) for _, negative in this.prompts]
        return prompts, negatives, texts.encode([""], plan)[0].context if this.request.pad_conds else None

    def _predictor(self, placed: Placed, shape: Sequence[int]) -> Predictor:
        """The U-Net; an inpainting model is shown a mask that covers everything, over grey."""
        extra = placed.checkpoint.in_channels - LATENT_CHANNELS
        if not extra:
            return placed.unet
        height, width = shape[-2:]
        beside = torch.zeros(extra, height, width, device=self.card.where)
        if placed.checkpoint.in_channels == INPAINT_CHANNELS:
            grey = torch.full((3, height * FACTOR, width * FACTOR), 0.5, device=self.card.where)
            beside = F.pad(self._encoded([grey])[0], (0, 0, 0, 0, 1, 0), value=1.0)

        def predict(x: Tensor, t: Tensor, context: Tensor, vector: Tensor | None) -> Tensor:
            return placed.unet(torch.cat([x, beside.expand(len(x), -1, -1, -1)], dim=1), t, context, vector)

        return predict

    def _refiner(self, this: Pass, shape: Sequence[int]) -> Switch | None:
        asked = self.request.refiner
        if not asked or not asked.checkpoint:
            return None
        left_out = "first pass" if this.is_hires else "second pass"
        if self.request.hires and asked.hires == left_out:
            return None

        def load() -> Steered:
            self._use(asked.checkpoint)
            return self._steered(this, self.placed, shape)

        return Switch(asked.switch_at, load)

    def _decoded(self, latents: Tensor) -> list[Tensor]:
        net = self.placed.checkpoint.vae
        self.placed.residence.bring(net)
        pictures = []
        with vae.tiled(net, self.card.plan.tiled_vae), tiling(net, wanted=self.request.tiling):
            for latent in latents:
                self.watch.stage("Decoding")
                pictures.append(vae.decode(net, latent))
        return pictures

    def _encoded(self, pictures: Sequence[Tensor]) -> Tensor:
        net = self.placed.checkpoint.vae
        self.placed.residence.bring(net)
        with vae.tiled(net, self.card.plan.tiled_vae), tiling(net, wanted=self.request.tiling):
            return torch.stack([vae.encode(net, picture) for picture in pictures])


def _each_text(prompt: str, negative: str, plan: PromptPlan) -> list[list[str]]:
    """What is encoded of a picture's prompts: the negative prompt, then the parts of the prompt, each once."""
    over = plan.steps, plan.hires_steps, plan.old_timelines
    parts = dict.fromkeys(part for part, _ in split_and(prompt))
    return [[text for _, text in schedule(one, *over)] for one in (negative, *parts)]


def _over_states(
    states: Sequence[tuple[int, Texts]],
) -> tuple[list[ComposedPrompt], list[tuple[Scheduled, ...]]]:
    """The prompts and negative prompts of a pass in which networks come and go."""
    prompts, negatives = [], []
    for number, prompt in enumerate(states[0][1][0]):
        parts = [
            [(until, texts[0][number].parts[part][0]) for until, texts in states] for part in range(len(prompt.parts))
        ]
        weights = [weight for _, weight in prompt.parts]
        prompts.append(ComposedPrompt(tuple(zip(map(over_states, parts), weights, strict=True))))
        negatives.append(over_states([(until, texts[1][number]) for until, texts in states]))
    return prompts, negatives


def _hires_request(request: GenerateRequest, asked: HiresFix) -> GenerateRequest:
    """What the second pass samples with."""
    changed = {
        "sampler": asked.sampler or request.sampler,
        "schedule": asked.schedule or request.schedule,
        "steps": asked.steps or request.steps,
    }
    return request.model_copy(update=changed)


def _hires_prompt(request: GenerateRequest) -> str:
    return (request.hires or HiresFix()).prompt or request.prompt


def _hires_prompts(request: GenerateRequest) -> tuple[str, str]:
    asked = request.hires or HiresFix()
    return _text(_hires_prompt(request)), asked.negative_prompt or request.negative_prompt


def _text(prompt: str) -> str:
    """What is encoded of a prompt: all but the networks it names."""
    return extract_networks(prompt)[0]


def _prompt_plan(request: GenerateRequest, width: int, height: int) -> PromptPlan:
    return PromptPlan(
        _calls(request),
        None,
        request.old_timelines,
        request.clip_skip,
        request.clip_skip_sdxl,
        request.emphasis,
        request.comma_backtrack,
        width,
        height,
    )


def _calls(request: GenerateRequest) -> int:
    """Model calls, which prompt editing counts: twice the steps for second-order samplers."""
    return request.steps * (2 if find("sampler", SAMPLERS, request.sampler).second_order else 1)


def _levels(checkpoint: Checkpoint, request: GenerateRequest) -> Levels:
    alphas = checkpoint.alphas_cumprod
    if checkpoint.zero_snr or request.noise_schedule == "Zero Terminal SNR":
        alphas = zero_terminal_snr(alphas)
    return Levels(alphas, "v" if checkpoint.prediction == "v" else "epsilon")


def _facts(checkpoint: Checkpoint, card: Card) -> dict[str, str]:
    """What infotexts say of the models, and of what the settings change in the picture."""
    facts = {"Model hash": hashes.short(checkpoint.sha256), "Model": checkpoint.name}
    if checkpoint.vae_path:
        facts |= {"VAE hash": hashes.short(checkpoint.vae_sha256), "VAE": checkpoint.vae_path.name}
    if card.plan.fp8:
        facts["FP8 weight"] = "Enable"
    if card.plan.tiled_vae:
        facts["Tiled VAE"] = "True"
    if card.plan.dtype != device.precision("auto", card.where):
        facts["Precision"] = str(card.plan.dtype).removeprefix("torch.")
    return facts
