"""Infotexts of the web UI, its old versions and its forks: what they mean, and that nothing in them is dropped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.infotext import read
from studio.core.infotext_parse import first_pass_size
from studio.core.request import GenerateRequest

BASE = "a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x768"


def left(text: str) -> dict[str, str]:
    return read(text)[1]


def test_an_ordinary_text() -> None:
    request, leftovers = read(f"{BASE}, Model hash: abc, Model: m, Clip skip: 2, ENSD: 31337, Version: v1.9.4")
    assert request == GenerateRequest(
        prompt="a cat", sampler="Euler a", seed=5, width=512, height=768, checkpoint="m", clip_skip=2, ensd=31337
    )
    assert leftovers == {"Model hash": "abc", "Version": "v1.9.4"}


def test_a_prompt_alone() -> None:
    assert read("just, a prompt: with colon") == (GenerateRequest(prompt="just, a prompt: with colon"), {})
    assert read("") == (GenerateRequest(), {})


def test_lines_of_prompts_keep_their_spaces() -> None:
    request, _ = read("  a\n   b  \nNegative prompt: c\n  d\nSteps: 2, Seed: 1, Size: 8x8\n\n")
    assert (request.prompt, request.negative_prompt) == ("  a\n   b  ", "c\n  d")


@pytest.mark.parametrize(
    ("entry", "key", "value"),
    [
        ("Model: a,b", "checkpoint", "a,b"),
        ("Model: a, b", "checkpoint", "a, b"),
        ('Model: "a, b"', "checkpoint", "a, b"),
        ("RNG: NV", "rng", "NV"),
        ("Seed resize from: 96x48", "seed_resize_height", 48),
        ("Beta schedule alpha: 0.5", "beta_alpha", 0.5),
        ("Beta scheduler alpha: 0.5", "beta_alpha", 0.5),
        ("UniPC order: 2", "uni_pc_order", 2),
        ("Tiling: True", "tiling", True),
        ("NGMS: 3.0", "ngms", 3.0),
        ("Eta DDIM: 0.5", "eta_ddim", 0.5),
        ("clip skip: 2", "clip_skip", 2),
        ("Noise Schedule: Zero Terminal SNR", "noise_schedule", "Zero Terminal SNR"),
        ("Variation seed: 7, Variation seed strength: 0.25", "variation_strength", 0.25),
        ("Module 1: vae-ft-mse", "vae", "vae-ft-mse"),
        ("Batch size: 4", "batch_size", 4),
        ("Template: {red|blue} cat", "template", "{red|blue} cat"),
    ],
)
def test_entries_find_their_fields(entry: str, key: str, value: object) -> None:
    request, leftovers = read(f"{BASE}, {entry}")
    assert getattr(request, key) == value
    assert leftovers == {}


@pytest.mark.parametrize(
    ("sampler", "schedule", "expected"),
    [
        ("DPM++ 2M Karras", "", ("DPM++ 2M", "Karras")),
        ("DPM++ 2M SDE Exponential", "", ("DPM++ 2M SDE", "Exponential")),
        ("k_euler_a", "", ("Euler a", "Automatic")),
        ("Euler", "SGM Uniform", ("Euler", "SGM Uniform")),
        ("Euler", "sgm_uniform", ("Euler", "SGM Uniform")),
    ],
)
def test_old_sampler_names(sampler: str, schedule: str, expected: tuple[str, str]) -> None:
    text = f"a\nSteps: 2, Sampler: {sampler}, Seed: 1" + (f", Schedule type: {schedule}" if schedule else "")
    request, leftovers = read(text)
    assert (request.sampler, request.schedule) == expected
    assert leftovers == {}


@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        ("Sampler: Res Multistep", {"Sampler": "Res Multistep"}),
        ("Schedule type: Turbo", {"Schedule type": "Turbo"}),
        ("RNG: TPU", {"RNG": "TPU"}),
        ("Clip skip: 40", {"Clip skip": "40"}),
        ("Clip skip: two", {"Clip skip": "two"}),
        ("Steps: nan", {"Steps": "nan"}),
        ("CFG scale: inf", {"CFG scale": "inf"}),
        ("Size: 512x", {"Size": "512x"}),
        ("Size: 4x512", {"Size": "4x512"}),
        ("Seed: -5", {"Seed": "-5"}),
        ("X: 1", {"X": "1"}),
        ("Face restoration: CodeFormer", {"Face restoration": "CodeFormer"}),
        ('Lora hashes: "a: 1, b: 2"', {"Lora hashes": "a: 1, b: 2"}),
        ("Distilled CFG Scale: 3.5", {"Distilled CFG Scale": "3.5"}),
        ("Module 1: ae, Module 2: t5", {"Module 1": "ae", "Module 2": "t5"}),
        ("Refiner switch at: 0.8", {"Refiner switch at": "0.8"}),
        ("Styles: [1", {"Styles": "[1"}),
    ],
)
def test_what_has_no_place_is_left_over(entry: str, kept: dict[str, str]) -> None:
    request, leftovers = read(f"a\nSteps: 9, Seed: 1, Width: 2, {entry}")
    assert leftovers == {"Width": "2", **kept}
    assert request.hires is None
    assert request.refiner is None


def test_img2img_does_not_switch_hires_on() -> None:
    request, leftovers = read(f"{BASE}, Denoising strength: 0.75, Mask blur: 4")
    assert request.hires is None
    assert leftovers == {"Denoising strength": "0.75", "Mask blur": "4"}


def test_hires() -> None:
    request, leftovers = read(
        f"{BASE}, Denoising strength: 0.4, Hires sampler: Use same sampler, Hires schedule type: Use same scheduler,"
        " Hires checkpoint: Use same checkpoint, Hires resize: 1024x0, Hires steps: 10, Hires upscaler: R-ESRGAN 4x+,"
        ' Hires prompt: "a dog, b"'
    )
    assert leftovers == {}
    assert request.hires is not None
    assert request.hires.model_dump(exclude_defaults=True) == {
        "denoising_strength": 0.4,
        "width": 1024,
        "steps": 10,
        "upscaler": "R-ESRGAN 4x+",
        "prompt": "a dog, b",
    }


def test_hires_from_before_1_0() -> None:
    request, _ = read("a\nSteps: 2, Seed: 1, Size: 1024x640, Denoising strength: 0.7, First pass size: 0x0")
    assert request.hires is not None
    assert (request.width, request.height) == first_pass_size(1024, 640)
    assert (request.hires.width, request.hires.height) == (1024, 640)
    request, _ = read("a\nSteps: 2, Seed: 1, Size: 1024x640, First pass size: 512x320")
    assert (request.width, request.height) == (512, 320)


@pytest.mark.parametrize(
    ("size", "expected"), [((256, 640), (384, 832)), ((512, 1024), (384, 768)), ((1536, 1536), (512, 512))]
)
def test_first_pass_sizes(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert first_pass_size(*size) == expected


def test_refiner() -> None:
    request, _ = read(f"{BASE}, Refiner: r [x], Refiner switch at: 0.6, Hires refiner: first pass")
    assert request.refiner is not None
    assert request.refiner.model_dump() == {"checkpoint": "r [x]", "switch_at": 0.6, "hires": "first pass"}


def test_what_old_versions_did_differently() -> None:
    request, leftovers = read(f"[a:b:0.5] {BASE}, Refiner: r, Version: v1.5.1")
    assert request.old_timelines
    assert {"Downcast alphas_cumprod", "Refiner switch by sampling steps"} <= leftovers.keys()
    assert not read(f"[a:b:0.5] {BASE}, Version: 1.10.1")[0].old_timelines


def test_hypernetworks_are_in_the_prompt() -> None:
    assert read(f"{BASE}, Hypernet: foo, Hypernet strength: 0.5")[0].prompt == "a cat<hypernet:foo:0.5>"


def test_civitai() -> None:
    text = (
        "a cat\nNegative prompt: bad\nSteps: 30, Sampler: DPM++ 2M Karras, CFG scale: 4.5, Seed: 1, Size: 832x1216,"
        ' Clip skip: 2, Created Date: 2024-10-05T12:00:00.0000000Z, Civitai resources: [{"type":"checkpoint",'
        '"modelName":"Pony, V6"},{"type":"lora","weight":0.8}], Civitai metadata: {"remixOfId":5}'
    )
    request, leftovers = read(text)
    assert (request.sampler, request.schedule, request.clip_skip) == ("DPM++ 2M", "Karras", 2)
    assert leftovers["Civitai resources"].endswith('"weight":0.8}]')
    assert leftovers["Civitai metadata"] == '{"remixOfId":5}'


def test_braces_of_others_are_no_wildcards() -> None:
    assert not read(f"{{red|blue}} {BASE}")[0].wildcards
    assert read(BASE)[0].wildcards


@given(st.text() | st.text('ab,:"\\ {}[]x1-\nSteps'))
def test_no_text_raises(text: str) -> None:
    request, leftovers = read(text)
    assert GenerateRequest.model_validate_json(request.model_dump_json(), strict=True) == request
    assert all(isinstance(value, str) for value in leftovers.values())


@given(st.dictionaries(st.sampled_from(["Steps", "Seed", "Sampler", "Size", "Foo", "Hires steps"]), st.text("ab1x ")))
def test_every_entry_is_somewhere(said: dict[str, str]) -> None:
    line = ", ".join(f"{key}: {value}" for key, value in said.items())
    request, leftovers = read(f"p\nAa: 1, Bb: 2, Cc: 3, {line}")
    assert leftovers.items() >= {"Aa": "1", "Bb": "2", "Cc": "3"}.items()
    for key in said.keys() - leftovers.keys():
        assert said[key].strip().casefold() in str(request).replace("=", "x").casefold() or key in ("Size", "Sampler")
