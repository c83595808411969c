"""File names against the web UI's own answers, and against what file systems and hostile patterns do."""

import json
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from studio.core.request import GenerateRequest, HiresFix
from studio.library.filenames import Naming, apply, next_number, sanitize
from studio.library.safe_names import safe_part, safe_parts

GOLDEN = json.loads((Path(__file__).parents[1] / "data" / "golden" / "filenames.json").read_text("utf-8"))
NOW = datetime(2024, 7, 27, 15, 49, 39, tzinfo=timezone.utc)


with Image.open(Path(__file__).parents[1] / "data" / "golden" / "metadata_images" / "a1111.png") as opened:
    PICTURE = np.array(opened)  # the picture that the web UI named


def naming_of(job: dict[str, Any], **others: Any) -> Naming:
    """The naming of one of the web UI's jobs."""
    p = job["p"]
    index = p["iteration"] * p["batch_size"] + p["batch_index"]
    denoising = p["denoising_strength"]
    request = GenerateRequest(
        prompt=job["prompt"],
        negative_prompt=p["negative_prompt"],
        seed=p["all_seeds"][index] if index < len(p["all_seeds"]) else p["all_seeds"][0],
        steps=p["steps"],
        cfg_scale=p["cfg_scale"],
        styles=tuple(p["styles"]),
        sampler=p["sampler_name"],
        schedule=p["scheduler"],
        clip_skip=2,
        hires=HiresFix(denoising_strength=denoising) if denoising else None,
    )
    return Naming(
        request,
        PICTURE,
        seeds=p["all_seeds"],
        batch_size=p["batch_size"],
        batch_count=p["n_iter"],
        batch=p["iteration"],
        place=p["batch_index"],
        model_name="my model_v1",
        model_hash=p["sd_model_hash"],
        user=p["user"],
        basename="base",
        job_timestamp=p["job_timestamp"],
        now=NOW,
        **others,
    )


JOBS = GOLDEN["prompts"]


@pytest.mark.parametrize(("job", "pattern", "expected"), GOLDEN["cases"])
def test_patterns_are_the_webuis(job: int, pattern: str, expected: str) -> None:
    assert apply(pattern, naming_of(JOBS[job])) == expected


@pytest.mark.parametrize(("pattern", "expected"), GOLDEN["zip_cases"])
def test_names_of_archives(pattern: str, expected: str) -> None:
    job = {**JOBS[2], "p": {**JOBS[2]["p"], "batch_index": 0, "iteration": 0}}
    assert apply(pattern, naming_of(job, is_archive=True)) == expected


@pytest.mark.parametrize(("text", "replace_spaces", "expected"), GOLDEN["sanitize"])
def test_parts_are_cleaned_as_the_webui_cleans_them(text: str, replace_spaces: bool, expected: str) -> None:
    assert sanitize(text, replace_spaces) == expected


@pytest.mark.parametrize(("names", "basename", "expected"), GOLDEN["sequence"])
def test_numbers_go_on(names: list[str], basename: str, expected: int) -> None:
    assert next_number(names, basename) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[datetime<%H><../../etc/passwd>]", "15"),
        ("[vae_filename]", "mse"),
        ("[styles]", "None"),
        ("[hasprompt<[x]>]", "[hasprompt<[x]>]"),
        ("[image_hash<x>]", "[image_hash]"),
        ("[seed", "[seed"),
    ],
)
def test_odd_patterns(pattern: str, expected: str) -> None:
    naming = Naming(GenerateRequest(prompt="x", seed=1), PICTURE, vae_file="/a/mse.v1.pt", now=NOW)
    assert apply(pattern, naming) == expected


def test_styles_are_taken_out_of_prompts() -> None:
    request = GenerateRequest(prompt="cinematic a cat, sharp, detailed", styles=("None", "Cine", "Detail"))
    naming = Naming(request, PICTURE, style_prompts=("cinematic {prompt}, sharp", "detailed", ""))
    assert apply("[prompt_no_styles]|[styles]", naming) == "a cat|Cine, Detail"


@given(st.text("[]<>|/abseed_promthash%0 .-\\\n"), st.text())
def test_no_pattern_raises(pattern: str, prompt: str) -> None:
    apply(pattern, Naming(GenerateRequest(prompt=prompt, seed=1), PICTURE))


def test_a_pattern_of_brackets_is_quick() -> None:
    started = time.process_time()
    for piece in ("[", "[a<", "<", "]", "[a]"):
        apply(piece * 20_000, Naming(GenerateRequest(), PICTURE))
        apply(f"[seed{'<x>' * 5000}]", Naming(GenerateRequest(), PICTURE))
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("../../etc/passwd", ["etc", "passwd"]),
        ("/root/a", ["root", "a"]),
        ("C:\\Windows\\x", ["C_", "Windows", "x"]),
        ("con/NUL.txt/com1 .a/aux/conx", ["_con", "_NUL.txt", "_com1 .a", "_aux", "conx"]),
        ("a. /b...", ["a", "b"]),
        ("a\x00\x1f\ud800b", ["a___b"]),
        (" . / .. ", []),
        ("", []),
    ],
)
def test_names_are_safe(text: str, parts: list[str]) -> None:
    assert safe_parts(text) == parts


def test_long_names_are_cut_between_letters() -> None:
    name = safe_part("猫" * 200, 100)
    assert name == "猫" * 33
    assert safe_part("a" * 99 + "é", 100) == "a" * 99


@given(st.text())
def test_any_text_makes_names_that_can_be_made(text: str) -> None:
    for part in safe_parts(text):
        assert part not in (".", "..")
        assert 0 < len(part.encode()) <= 255
        assert not set(part) & set('/\\<>:"|?*\0')
        assert part == part.strip(" ").rstrip(".")
