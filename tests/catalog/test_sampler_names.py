"""Old and foreign sampler names against the web UI's own answers."""

import json
from pathlib import Path

import pytest

from studio.catalog.sampler_names import (
    sampler_and_schedule,
    settled,
    webui_hires_sampler_and_schedule,
    webui_sampler_and_schedule,
)
from studio.catalog.samplers import SAMPLERS
from studio.catalog.schedules import SCHEDULES
from studio.core import infotext_names
from studio.core.errors import UnknownName
from studio.core.request import GenerateRequest, HiresFix

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
CASES = json.loads((GOLDEN / "sampler_names.json").read_text("utf-8"))["cases"]
INFOTEXTS = json.loads((GOLDEN / "infotext_parse.json").read_text("utf-8"))["data"]["default_no_styles"]


@pytest.mark.parametrize(("name", "schedule", "convert", "expected"), CASES)
def test_as_the_webui_reads_them(name: str | None, schedule: str | None, convert: bool, expected: list[str]) -> None:
    assert list(webui_sampler_and_schedule(name, schedule, convert_automatic=convert)) == expected


@pytest.mark.parametrize("case", INFOTEXTS, ids=lambda case: case["infotext"][-40:])
def test_hires_names_of_infotexts(case: dict) -> None:
    parameters = dict(case["items"])
    found = webui_sampler_and_schedule(parameters.get("Sampler"), parameters.get("Schedule type"))
    assert list(found) == case["sampler_scheduler"]
    assert list(webui_hires_sampler_and_schedule(parameters)) == case["hires_sampler_scheduler"]


@pytest.mark.parametrize(("name", "schedule", "convert", "expected"), CASES)
def test_ours_agrees_or_refuses(name: str | None, schedule: str | None, convert: bool, expected: list[str]) -> None:
    try:
        found = sampler_and_schedule(name or "", schedule or "", convert_automatic=convert)
    except UnknownName:
        unknown = (name or "").casefold() not in {row.label.casefold() for row in SAMPLERS}
        assert unknown or schedule == "nonexistent"
        return
    if not any(name == alias or name == "Euler SGM Uniform" for row in SAMPLERS for alias in (row.name, *row.aliases)):
        assert list(found) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("k_euler_a", ("Euler a", "Automatic")),
        ("K_DPMPP_2M", ("DPM++ 2M", "Automatic")),
        ("DPM++ 2M SDE Heun Exponential", ("DPM++ 2M SDE Heun", "Exponential")),
        ("Euler SGM Uniform", ("Euler", "SGM Uniform")),
        ("dpmpp_2m_sde_gpu", ("DPM++ 2M SDE", "Automatic")),
        ("dpmpp_sde_k", ("DPM++ SDE", "Karras")),
        ("DDIM DDIM", ("DDIM", "DDIM")),
    ],
)
def test_aliases(name: str, expected: tuple[str, str]) -> None:
    assert sampler_and_schedule(name) == expected


@pytest.mark.parametrize("name", ["", "nonexistent", "nonexistent Karras", "Karras", "DPM++ 9M"])
def test_unknown_names_are_errors(name: str) -> None:
    with pytest.raises(UnknownName):
        sampler_and_schedule(name)


def test_an_unknown_schedule_is_an_error() -> None:
    with pytest.raises(UnknownName):
        sampler_and_schedule("Euler", "nonexistent")


def test_infotexts_know_the_catalog() -> None:
    assert list(infotext_names.SAMPLERS) == [row.label for row in SAMPLERS]
    assert list(infotext_names.SCHEDULES) == [row.label for row in SCHEDULES]
    for row in SAMPLERS:
        assert all(infotext_names.sampler_label(name) == row.label for name in (row.name, *row.aliases))
    for row in SCHEDULES:
        assert all(infotext_names.schedule_label(name) == row.label for name in (row.name, *row.aliases))


@pytest.mark.parametrize(
    ("asked", "hires", "expected", "expected_hires"),
    [
        (("DPM++ 2M", "Automatic"), ("", ""), ("DPM++ 2M", "Karras"), ("", "")),
        (("k_euler_a", "Automatic"), ("", ""), ("Euler a", "Automatic"), ("", "")),
        (("DPM++ 2M SDE Karras", "Automatic"), ("", ""), ("DPM++ 2M SDE", "Karras"), ("", "")),
        (("DPM++ 2M", "Beta"), ("DPM++ 2M", "Beta"), ("DPM++ 2M", "Beta"), ("", "")),
        (("DPM++ 2M", "Automatic"), ("DPM++ 2M SDE", ""), ("DPM++ 2M", "Karras"), ("DPM++ 2M SDE", "Exponential")),
        (("DPM++ 2M", "Automatic"), ("Euler", ""), ("DPM++ 2M", "Karras"), ("Euler", "Automatic")),
        (("DPM++ 2M", "Automatic"), ("", "Karras"), ("DPM++ 2M", "Karras"), ("", "")),
        (("DDIM", "Automatic"), ("", "Automatic"), ("DDIM", "Automatic"), ("", "")),
    ],
)
def test_settled_requests_name_what_is_done(
    asked: tuple[str, str], hires: tuple[str, str], expected: tuple[str, str], expected_hires: tuple[str, str]
) -> None:
    fix = HiresFix(sampler=hires[0], schedule=hires[1])
    request = settled(GenerateRequest(sampler=asked[0], schedule=asked[1], hires=fix))
    assert (request.sampler, request.schedule) == expected
    assert request.hires is not None
    assert (request.hires.sampler, request.hires.schedule) == expected_hires
    assert settled(request) == request
