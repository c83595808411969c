"""What is written can be read: by us without loss, by the web UI as far as its format goes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel

from studio.catalog import find
from studio.catalog.samplers import SAMPLERS, Sampler
from studio.catalog.schedules import SCHEDULES
from studio.catalog.upscalers import UPSCALERS
from studio.core.infotext import parse, read, write
from studio.core.option import Option, options
from studio.core.request import GenerateRequest, HiresFix, Refiner

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
CASES = [
    case
    for case in json.loads((GOLDEN / "e2e_tiny" / "cases.json").read_text("utf-8"))["cases"]
    if case["kind"] == "txt2img"
]

NASTY = [
    "Steps: 20, Sampler: Euler, CFG scale: 7",
    "a cat\nNegative prompt: dog",
    "a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 64x64\n",
    "Negative prompt: at the start",
    '"quoted", \\backslash\\, {"json": [1, 2]}',
    '"',
    '"a',
    "[1, 2",
    "  spaces  ",
    "\n\n",
    "\t\r\n",
    "512x512",
    "Use same sampler",
    "None",
    "猫，<lora:猫:0.8> 🎨",
    "{red|blue} __colour__",
    "Exact prompt: x, Version: SD Studio 9, a: b",
    "\x00\x85\u2028",
    "[a:b:0.5] (c:1.3)",
]
TEXTS = st.text(st.characters(exclude_categories=("Cs",))) | st.sampled_from(NASTY) | st.text('a,:"\n\\ {[x1N')
KNOWN = {
    "samplers": [row.label for row in SAMPLERS] + ["DPM++ 2M Karras", "k_euler_a"],
    "schedules": [row.label for row in SCHEDULES],
    "upscalers": [row.label for row in UPSCALERS],
}


def values(row: Option) -> st.SearchStrategy[Any]:
    """What a field may hold, the default often."""
    if row.type is bool:
        return st.booleans()
    if row.type is int:
        return st.just(row.default) | st.integers(int(row.minimum or 0), int(row.maximum or 0))
    if row.type is float:
        return st.just(row.default) | st.floats(row.minimum, row.maximum)
    if row.type is str:
        choices = KNOWN.get(row.choices, [""]) if isinstance(row.choices, str) else list(row.choices)
        return st.just(row.default) | (st.sampled_from(choices) | TEXTS if choices else TEXTS)
    return st.lists(TEXTS, max_size=3).map(tuple)


def records(record: type[BaseModel], **others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any valid record of a class."""
    return st.builds(record, **{row.name: values(row) for row in options(record)}, **others)


REQUESTS = records(GenerateRequest, hires=st.none() | records(HiresFix), refiner=st.none() | records(Refiner))


def test_the_strategy_misses_no_field() -> None:
    for record, others in ((GenerateRequest, {"hires", "refiner"}), (HiresFix, set()), (Refiner, set())):
        assert {row.name for row in options(record)} | others == set(record.model_fields)


@given(REQUESTS)
@example(GenerateRequest())
@example(GenerateRequest(hires=HiresFix(), refiner=Refiner()))
@example(GenerateRequest(rng="None", hires=HiresFix(sampler="Use same sampler", upscaler="")))
def test_what_is_written_is_read_back(request: GenerateRequest) -> None:
    assert read(write(request))[0] == request


@given(REQUESTS, st.dictionaries(st.sampled_from(["Model hash", "Lora hashes", "VAE hash", "My extra"]), TEXTS))
def test_facts_are_read_back_beside_the_request(request: GenerateRequest, facts: dict[str, str]) -> None:
    again, leftovers = read(write(request, facts))
    assert again == request
    assert {key: leftovers[key] for key in facts} == facts


@given(REQUESTS)
def test_the_webui_reads_the_numbers_of_every_request(request: GenerateRequest) -> None:
    parsed = parse(write(request))
    assert parsed["Steps"] == str(request.steps)
    assert parsed["Seed"] == str(request.seed)
    assert (parsed["Size-1"], parsed["Size-2"]) == (str(request.width), str(request.height))
    assert parsed["Clip skip"] == str(request.clip_skip)
    assert float(parsed["CFG scale"]) == request.cfg_scale
    assert parsed["Old prompt editing timelines" if request.old_timelines else "Steps"]
    assert "Downcast alphas_cumprod" not in parsed


@given(st.text("ab ,.()é猫", min_size=1).map(str.strip), st.text("ab ,.()é猫").map(str.strip))
def test_the_webui_reads_ordinary_prompts(prompt: str, negative: str) -> None:
    text = write(GenerateRequest(prompt=prompt, negative_prompt=negative))
    parsed = parse(text)
    assert (parsed["Prompt"], parsed["Negative prompt"]) == (prompt, negative)
    assert "Exact" not in text


def request_of(payload: dict[str, Any]) -> GenerateRequest:
    """The request that means what an API call meant to the web UI, its sampler already found."""
    settings = payload.get("override_settings", {})
    values = {
        "checkpoint": "tiny_sd15",
        "eta": payload.get("eta", settings.get("eta_ancestral", 1.0)),
        "ngms": payload.get("s_min_uncond", settings.get("s_min_uncond", 0.0)),
        "seed_resize_width": payload.get("seed_resize_from_w", 0),
        "seed_resize_height": payload.get("seed_resize_from_h", 0),
        "variation_seed": payload.get("subseed", -1),
        "variation_strength": payload.get("subseed_strength", 0.0),
        "tiling": payload.get("tiling", False),
        "clip_skip": settings.get("CLIP_stop_at_last_layers", 1),
        "rng": settings.get("randn_source", "GPU"),
        "emphasis": settings.get("emphasis", "Original"),
        "discard_penultimate": settings.get("always_discard_next_to_last_sigma", False),
        **{name: payload[name] for name in ("prompt", "negative_prompt", "steps", "width", "height", "cfg_scale")},
    }
    return GenerateRequest(**values, hires=hires_of(payload))


def hires_of(payload: dict[str, Any]) -> HiresFix | None:
    if not payload.get("enable_hr"):
        return None
    return HiresFix(
        upscaler=payload["hr_upscaler"],
        scale=payload.get("hr_scale", 2.0),
        width=payload.get("hr_resize_x", 0),
        height=payload.get("hr_resize_y", 0),
        steps=payload.get("hr_second_pass_steps", 0),
        denoising_strength=payload["denoising_strength"],
        prompt=payload.get("hr_prompt", ""),
        negative_prompt=payload.get("hr_negative_prompt", ""),
        sampler=payload.get("hr_sampler_name") or "",
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_whole_texts_are_the_webuis(case: dict[str, Any]) -> None:
    payload = case["payload"]
    # find() knows k_euler_a, which the web UI's API took for its first sampler
    name = payload["sampler_name"] if not case["name"].startswith("alias") else "DPM++ 2M"
    sampler: Sampler = find("sampler", SAMPLERS, name)
    schedule = payload["scheduler"] or "Automatic"
    if schedule == "Automatic" and sampler.schedule:
        schedule = find("schedule", SCHEDULES, sampler.schedule).label
    for text, seed in zip(case["infotexts"], case["all_seeds"], strict=True):
        parsed = parse(text)
        facts = {"Schedule type": schedule, "Model hash": "8c5f4e352c", "Model": "tiny_sd15"}
        facts |= {key: parsed[key] for key in ("Lora hashes", "TI hashes", "Noise Schedule") if key in parsed}
        request = request_of(payload).model_copy(update={"sampler": sampler.label, "seed": seed})
        assert write(request, facts).replace("SD Studio 0.1.0", "1.10.1") == text
        again, _ = read(write(request, facts))
        assert again == request.model_copy(update={"schedule": schedule})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_webuis_texts_are_understood(case: dict[str, Any]) -> None:
    for text, seed in zip(case["infotexts"], case["all_seeds"], strict=True):
        request, leftovers = read(text)
        expected = request_of(case["payload"])
        assert request.seed == seed
        assert request.hires == expected.hires
        assert (request.prompt, request.negative_prompt) == (expected.prompt, expected.negative_prompt)
        assert leftovers.keys() <= {"Model hash", "Version", "Lora hashes", "TI hashes"}
