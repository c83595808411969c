import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from studio.core import infotext
from studio.core.errors import BadRequest, Cancelled, NotANumber, OutOfMemory, UnknownName
from studio.core.job import JobContext, Progress, Wish
from studio.core.paths import Places
from studio.core.request import GenerateRequest, HiresFix, Refiner
from studio.core.result import GeneratedImage
from studio.core.settings import Settings
from studio.engine import painting, sampling
from studio.engine.card import Card
from studio.engine.generate import generate
from tests.engine.webui_cases import FOLDER, request, text_to_image

TINY = str(FOLDER / "models/tiny_sd15.safetensors")
QUICK = GenerateRequest(checkpoint=TINY, prompt="a cat", width=64, height=64, steps=3, seed=5, sampler="Euler a")
VERSION = re.compile(r"Version: .*")
LATENTS = np.load(FOLDER / "latents.npz")


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Card:
    places = Places(tmp_path_factory.mktemp("home"))
    shutil.copytree(FOLDER / "models", places.models / "Stable-diffusion")
    shutil.copytree(FOLDER / "lora", places.models / "Lora")
    shutil.copytree(FOLDER / "embeddings", places.embeddings)
    return Card(places, Settings())


@pytest.fixture
def paint(card: Card) -> Callable[..., list[GeneratedImage]]:
    def paint(
        request: GenerateRequest, context: JobContext | None = None, settings: Settings | None = None, first: int = 0
    ) -> list[GeneratedImage]:
        places = card.models.places
        return list(generate(request, card, context or JobContext(), settings or Settings(), places, first))

    return paint


@pytest.mark.parametrize("case", text_to_image(), ids=lambda case: case["name"])
def test_the_web_uis_pictures(case: dict, card: Card, paint: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    latents = []
    monkeypatch.setattr(card, "plan", replace(card.plan, at_once=0))  # a batch's latents as the web UI has them
    run = sampling.run
    monkeypatch.setattr(sampling, "run", lambda *args, **named: latents.append(run(*args, **named)) or latents[-1])
    images = paint(request(case))
    passes = 2 if case["payload"].get("enable_hr") else 1
    allowed = 1e-2 if "adaptive" in case["name"] else 1e-3
    for key, ours in zip(case["latents"], latents[passes - 1 :: passes], strict=True):
        theirs = torch.from_numpy(LATENTS[key])
        assert ours.shape == theirs.shape
        assert (ours - theirs).norm() / theirs.norm() <= allowed
    assert len(images) == len(case["images"])
    for image, expected in zip(images, case["images"], strict=True):
        theirs = np.asarray(Image.open(FOLDER / "images" / expected["file"]).convert("RGB")).astype(int)
        difference = np.abs(image.pixels.astype(int) - theirs)
        assert difference.mean() <= 0.5
        assert np.percentile(difference, 99) <= 2
    assert [image.request.seed for image in images] == case["all_seeds"]
    ours = [VERSION.sub("", infotext.write(image.request, image.facts)) for image in images]
    assert ours == [VERSION.sub("", text) for text in case["infotexts"]]


@pytest.mark.parametrize("sampler", ["DPM++ 2M SDE", "DPM adaptive"])
def test_a_picture_is_the_same_alone_and_in_a_batch(paint: Callable, sampler: str) -> None:
    order = QUICK.model_copy(update={"batch_size": 3, "sampler": sampler})
    for image in paint(order):
        assert np.array_equal(paint(image.request)[0].pixels, image.pixels)


def test_painted_together_they_differ_by_rounding_only(card: Card, paint: Callable) -> None:
    order = QUICK.model_copy(update={"batch_size": 3, "prompt": "{a|b|c} cat" + ", dog" * 60 + "{|, hat}" * 40})
    together = Card(card.models.places, Settings())
    together.plan = replace(card.plan, at_once=0)
    for image in generate(order, together, JobContext(), Settings(), card.models.places):
        alone = paint(image.request)[0]
        assert np.abs(alone.pixels.astype(int) - image.pixels).max() <= 1


def test_the_same_request_gives_the_same_bytes(paint: Callable) -> None:
    first, second = paint(QUICK)[0], paint(QUICK)[0]
    assert np.array_equal(first.pixels, second.pixels)


def test_an_order_goes_on_where_it_stopped(paint: Callable) -> None:
    order = QUICK.model_copy(update={"batch_size": 2, "batch_count": 2})
    whole, rest = paint(order), paint(order, first=3)
    assert [image.index for image in rest] == [3]
    assert np.array_equal(rest[0].pixels, whole[3].pixels)


def test_a_random_seed_is_drawn_and_told(paint: Callable) -> None:
    image = paint(QUICK.model_copy(update={"seed": -1, "steps": 1}))[0]
    assert image.request.seed >= 0
    assert np.array_equal(paint(image.request)[0].pixels, image.pixels)


def test_progress_tells_every_step_of_both_passes_and_previews(paint: Callable) -> None:
    seen: list[Progress] = []
    context = JobContext(lambda name, value: seen.append(value) if name == "progress" else None)
    order = QUICK.model_copy(update={"batch_count": 2, "hires": HiresFix(scale=1.5, steps=2, denoising_strength=0.7)})
    paint(order, context, Settings(preview_every=2))
    steps = [report for report in seen if report.text == "Sampling"]
    assert [report.done for report in steps] == list(range(1, 11))
    assert all(report.total == 10 for report in steps)
    previews = [report.preview for report in steps if report.preview is not None]
    assert {preview.shape for preview in previews} == {(8, 8, 3), (12, 12, 3)}
    assert not any(report.preview is not None for report in steps if report.done % 2)


def stopping(after: int, stop: Callable[[JobContext], None]) -> JobContext:
    def report(name: str, value: object) -> None:
        if isinstance(value, Progress) and value.text == "Sampling" and value.done == after:
            stop(context)

    context = JobContext(report)
    return context


def test_interrupt_ends_within_one_step_and_keeps_what_is_finished(paint: Callable) -> None:
    context = stopping(4, lambda context: context.wish(Wish.INTERRUPT))
    assert [image.index for image in paint(QUICK.model_copy(update={"batch_count": 3}), context)] == [0]


def test_skip_goes_to_the_next_picture(paint: Callable) -> None:
    context = stopping(4, lambda context: context.wish(Wish.SKIP))
    assert [image.index for image in paint(QUICK.model_copy(update={"batch_count": 3}), context)] == [0, 2]


def test_cancel_ends_at_the_next_report(paint: Callable) -> None:
    with pytest.raises(Cancelled):
        paint(QUICK, stopping(1, JobContext.cancel))


def failing(monkeypatch: pytest.MonkeyPatch, error: Callable[[], Exception], times: int) -> list[int]:
    """Let the U-Net raise `times` times."""
    from studio.engine.unet import UNet

    calls: list[int] = []
    real = UNet.__call__

    def call(self: UNet, *args: object) -> torch.Tensor:
        calls.append(1)
        if len(calls) <= times:
            raise error()
        return real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(UNet, "__call__", call)
    return calls


def test_out_of_memory_steps_down_says_so_and_paints_the_same(
    tmp_path: Path, paint: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = QUICK.model_copy(update={"batch_size": 2})
    plain = paint(order)
    fresh = Card(Places(tmp_path), Settings())
    failing(monkeypatch, lambda: torch.OutOfMemoryError("CUDA out of memory"), 3)
    noted = []
    context = JobContext(lambda name, value: noted.append(value) if name == "noted" else None)
    images = list(generate(order, fresh, context, Settings(), Places(tmp_path)))
    assert fresh.plan.at_once == 1
    assert len(noted) == 3
    assert images[0].notes == tuple(noted)
    assert [image.index for image in images] == [0, 1]
    for image, expected in zip(images, plain, strict=True):
        assert np.abs(image.pixels.astype(int) - expected.pixels).max() <= 1


def test_no_memory_at_all_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, lambda: RuntimeError("CUDA error: out of memory"), 100)
    with pytest.raises(OutOfMemory, match="64 x 64"):
        list(generate(QUICK, Card(Places(tmp_path), Settings()), JobContext(), Settings(), Places(tmp_path)))


def test_another_error_is_not_taken_for_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, lambda: RuntimeError("mat1 and mat2 shapes cannot be multiplied"), 1)
    with pytest.raises(RuntimeError, match="mat1"):
        list(generate(QUICK, Card(Places(tmp_path), Settings()), JobContext(), Settings(), Places(tmp_path)))


def test_nan_in_the_unet_is_one_clear_sentence(paint: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from studio.engine.unet import UNet

    monkeypatch.setattr(UNet, "__call__", lambda _self, x, *_rest: x * float("nan"))
    with pytest.raises(NotANumber, match="invalid numbers"):
        paint(QUICK)


@pytest.mark.parametrize("name", ["DPM++ 2M Karras", "k_dpmpp_2m_ka"])
@pytest.mark.parametrize("hires", [None, HiresFix(scale=1.5, steps=2, sampler="DPM++ SDE Karras")])
def test_old_sampler_names_paint_and_are_told_by_their_new_ones(
    paint: Callable, name: str, hires: HiresFix | None
) -> None:
    named = paint(QUICK.model_copy(update={"sampler": name, "hires": hires}))[0]
    plain = paint(QUICK.model_copy(update={"sampler": "DPM++ 2M", "schedule": "Karras", "hires": hires}))[0]
    assert (named.request.sampler, named.request.schedule) == ("DPM++ 2M", "Karras")
    assert np.array_equal(named.pixels, plain.pixels)


@pytest.mark.parametrize(
    "late",
    [
        {"hires": HiresFix(checkpoint="nonsense")},
        {"hires": HiresFix(upscaler="nonsense")},
        {"hires": HiresFix(sampler="nonsense")},
        {"hires": HiresFix(schedule="nonsense")},
        {"refiner": Refiner(checkpoint="nonsense", switch_at=1.0)},
    ],
    ids=lambda late: str(late),
)
def test_what_is_needed_late_is_looked_for_before_a_step_is_made(
    paint: Callable, late: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = failing(monkeypatch, lambda: AssertionError("too late"), 100)
    with pytest.raises(UnknownName, match="nonsense"):
        paint(QUICK.model_copy(update=late))
    assert not calls


def test_skip_leaves_one_picture_of_a_batch_that_is_painted_one_by_one(paint: Callable) -> None:
    context = stopping(4, lambda context: context.wish(Wish.SKIP))
    assert [image.index for image in paint(QUICK.model_copy(update={"batch_size": 3}), context)] == [0, 2]


def test_progress_counts_the_pictures_of_a_batch_that_are_painted_one_by_one(paint: Callable) -> None:
    seen: list[Progress] = []
    context = JobContext(lambda name, value: seen.append(value) if name == "progress" else None)
    paint(QUICK.model_copy(update={"batch_size": 2}), context)
    steps = [(report.done, report.total) for report in seen if report.text == "Sampling"]
    assert steps == [(done, 6) for done in range(1, 7)]


@pytest.mark.parametrize("field", ["sampler", "schedule", "checkpoint", "vae", "emphasis"])
def test_an_unknown_name_is_an_error_not_the_first_one(paint: Callable, field: str) -> None:
    with pytest.raises(UnknownName, match="nonsense"):
        paint(QUICK.model_copy(update={field: "nonsense"}))


def test_a_refiner_takes_over_and_changes_the_end(paint: Callable, card: Card, tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"
    _perturbed_copy(Path(TINY), other)
    plain = paint(QUICK.model_copy(update={"steps": 6}))[0]
    refined = paint(QUICK.model_copy(update={"steps": 6, "refiner": Refiner(checkpoint=str(other), switch_at=0.5)}))[0]
    processors = [one for kept in card.models.kept for one in kept.unet.attn_processors.values()]
    assert not any(one._kept for one in processors), "the prompt's keys and values stay on the card"
    never = paint(QUICK.model_copy(update={"steps": 6, "refiner": Refiner(checkpoint=str(other), switch_at=1.0)}))[0]
    assert not np.array_equal(plain.pixels, refined.pixels)
    assert np.array_equal(plain.pixels, never.pixels)


def test_hires_paints_with_its_own_checkpoint(paint: Callable, tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"
    _perturbed_copy(Path(TINY), other)
    hires = HiresFix(scale=1.5, steps=2)
    plain = paint(QUICK.model_copy(update={"hires": hires}))[0]
    mixed = paint(QUICK.model_copy(update={"hires": hires.model_copy(update={"checkpoint": str(other)})}))[0]
    assert plain.pixels.shape == mixed.pixels.shape == (96, 96, 3)
    assert not np.array_equal(plain.pixels, mixed.pixels)


@pytest.mark.parametrize("upscaler", ["Latent", "Lanczos"])
def test_hires_without_denoising_only_enlarges(paint: Callable, upscaler: str) -> None:
    hires = HiresFix(upscaler=upscaler, scale=2, denoising_strength=0)
    assert paint(QUICK.model_copy(update={"hires": hires}))[0].pixels.shape == (128, 128, 3)


def test_sides_that_no_latent_has_are_told(paint: Callable) -> None:
    noted: list[object] = []
    context = JobContext(lambda name, value: noted.append(value) if name == "noted" else None)
    paint(QUICK, context)
    assert not noted
    assert paint(QUICK.model_copy(update={"width": 70, "height": 65}), context)[0].pixels.shape == (64, 64, 3)
    assert noted == ["Sides are multiples of 8 pixels, so this picture is 64 x 64."]


def test_steps_count_both_passes() -> None:
    assert painting.steps(QUICK) == 3
    assert painting.steps(QUICK.model_copy(update={"hires": HiresFix(steps=7)})) == 10
    assert painting.steps(QUICK.model_copy(update={"hires": HiresFix(denoising_strength=0)})) == 3


def _perturbed_copy(source: Path, target: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(source)
    generator = torch.Generator().manual_seed(9)
    for key, tensor in tensors.items():
        if key.startswith("model.diffusion_model.out."):
            tensors[key] = tensor + 0.2 * torch.randn(tensor.shape, generator=generator).to(tensor.dtype)
    save_file(tensors, target)
    for suffix in (".yaml", ".text_config.json"):
        target.with_suffix(suffix).write_bytes(source.with_suffix(suffix).read_bytes())


def test_networks_come_and_go_with_prompt_editing(paint: Callable) -> None:
    def painted(prompt: str) -> np.ndarray:
        return paint(QUICK.model_copy(update={"prompt": prompt, "sampler": "Euler", "steps": 6}))[0].pixels.astype(int)

    plain, full = painted("a cat"), painted("a cat<lora:tiny_lora:1>")
    assert np.abs(painted("a cat[<lora:tiny_lora:1>:<lora:tiny_lora:1>:0.5]") - full).max() <= 1
    assert np.abs(painted("a cat<lora:tiny_lora:[1:0.9999999:0.5]>") - full).max() <= 1
    assert np.abs(painted("a cat[<lora:tiny_lora:1>::0]") - plain).max() <= 1
    half = painted("a cat[<lora:tiny_lora:1>::0.5]")
    assert np.abs(half - plain).max() > 1
    assert np.abs(half - full).max() > 1
    assert not np.array_equal(half, painted("a cat[<lora:tiny_lora:1>:0.5]"))


def test_every_picture_of_a_batch_has_its_own_networks(
    card: Card, paint: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card, "plan", replace(card.plan, at_once=0))
    prompts = ["a cat<lora:tiny_lora:1>", "a cat<lora:tiny_lora:1>", "a cat", "a cat<lora:tiny_loha:1>"]
    sizes: list[int] = []
    real = painting.paint
    monkeypatch.setattr(painting, "paint", lambda batch, *args: sizes.append(len(batch)) or real(batch, *args))
    each = [QUICK.model_copy(update={"prompt": prompt, "seed": 5 + number}) for number, prompt in enumerate(prompts)]
    monkeypatch.setattr("studio.core.orders.images", lambda *_unused: each)
    images = paint(QUICK.model_copy(update={"batch_size": 4}))
    assert sizes == [2, 1, 1]
    assert [image.facts.get("Lora hashes") for image in images] == [
        "tiny_lora: aaaaaaaaaaaa", "tiny_lora: aaaaaaaaaaaa", None, "tiny_loha: d95be4890578",
    ]  # fmt: skip
    for number, image in enumerate(images):
        monkeypatch.setattr("studio.core.orders.images", lambda *_unused, number=number: [each[number]])
        assert np.abs(paint(QUICK)[0].pixels.astype(int) - image.pixels).max() <= 1


def test_both_passes_have_the_networks_of_their_prompts(paint: Callable) -> None:
    hires = HiresFix(scale=1.5, steps=2, denoising_strength=0.7, prompt="a cat<lora:tiny_loha:1>")
    mixed = paint(QUICK.model_copy(update={"prompt": "a cat<lora:tiny_lora:1>", "hires": hires}))[0]
    assert mixed.facts["Lora hashes"] == "tiny_lora: aaaaaaaaaaaa, tiny_loha: d95be4890578"
    same = paint(QUICK.model_copy(update={"prompt": "a cat<lora:tiny_lora:1>", "hires": HiresFix(scale=1.5, steps=2)}))
    assert not np.array_equal(same[0].pixels, mixed.pixels)


def test_the_weights_are_the_same_after_a_run_that_failed(card: Card, paint: Callable) -> None:
    from studio.engine.unet import UNet

    paint(QUICK)
    placed = card.place(TINY, "Automatic", JobContext())
    before = {name: tensor.clone() for name, tensor in placed.checkpoint.unet.state_dict().items()}
    real = UNet.__call__

    def failing(self: UNet, *args: torch.Tensor) -> torch.Tensor:
        assert not torch.equal(self.module.state_dict()[changed], before[changed])
        raise KeyError

    changed = next(name for name in before if name.endswith("attn1.to_q.weight"))
    UNet.__call__ = failing  # type: ignore[method-assign]
    try:
        with pytest.raises(KeyError):
            paint(QUICK.model_copy(update={"prompt": "a cat<lora:tiny_lora:1>"}))
    finally:
        UNet.__call__ = real  # type: ignore[method-assign]
    for name, tensor in placed.checkpoint.unet.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_a_network_that_cannot_act_is_said_so(paint: Callable) -> None:
    plain = paint(QUICK)[0]
    named = paint(QUICK.model_copy(update={"prompt": "a cat<lora:style:0.7>"}))[0]
    assert np.array_equal(plain.pixels, named.pixels)
    assert "style was not applied" in named.notes[0]
    with pytest.raises(BadRequest, match="not a number"):
        paint(QUICK.model_copy(update={"prompt": "a cat<lora:tiny_lora:much>"}))


def test_embeddings_inside_a_network_act_with_it(card: Card, paint: Callable) -> None:
    from safetensors.torch import load_file, save_file

    vectors = load_file(FOLDER / "embeddings/tinyemb.safetensors")["emb_params"]
    path = card.models.places.models / "Lora/bundle.safetensors"
    save_file({"bundle_emb.inner.string_to_param.*": vectors}, path)
    alike = paint(QUICK.model_copy(update={"prompt": "tinyemb cat"}))[0]
    inner = paint(QUICK.model_copy(update={"prompt": "inner cat<lora:bundle:1>"}))[0]
    words = paint(QUICK.model_copy(update={"prompt": "inner cat"}))[0]
    assert np.array_equal(inner.pixels, alike.pixels)
    assert not np.array_equal(words.pixels, alike.pixels)
    assert inner.notes == ()
