"""Every row of every table leads somewhere, and nothing the engine offers lacks a row."""

import importlib
import re
from pathlib import Path

import pytest

from studio import bootstrap
from studio.catalog import find, names
from studio.catalog.checks import CHECKS
from studio.catalog.network_kinds import NETWORK_KINDS
from studio.catalog.samplers import SAMPLERS
from studio.catalog.schedules import SCHEDULES
from studio.catalog.torch_builds import REGISTRY_TAG, TORCH_BUILDS
from studio.catalog.upscalers import UPSCALERS
from studio.core.errors import UnknownName
from studio.core.request import GenerateRequest

ROOT = Path(__file__).parents[1]
SAMPLER_PACKAGE, NETWORK_PACKAGE = "studio.engine.samplers", "studio.engine.networks"


def resolve(package: str, text: str) -> object:
    """What "module:function" below a package names."""
    module, _, function = text.partition(":")
    return getattr(importlib.import_module(f"{package}.{module}"), function)


@pytest.mark.parametrize("row", SAMPLERS, ids=lambda row: row.name)
def test_every_sampler_has_its_function(row) -> None:
    assert callable(resolve(SAMPLER_PACKAGE, row.function))
    assert set(row.options) <= set(GenerateRequest.model_fields)
    assert not row.schedule or find("schedule", SCHEDULES, row.schedule)


@pytest.mark.parametrize("row", [row for row in SCHEDULES if row.function], ids=lambda row: row.name)
def test_every_schedule_has_its_function(row) -> None:
    assert callable(resolve("studio.engine", row.function))


def test_every_sampler_function_has_a_row() -> None:
    folder = ROOT / "studio" / "engine" / "samplers"
    defined = {
        f"{path.stem}:{name}"
        for path in folder.glob("*.py")
        for name in re.findall(r"^def (sample_\w+)\(", path.read_text("utf-8"), re.M)
        if path.stem != "__init__"
    }
    assert defined == {row.function for row in SAMPLERS}


@pytest.mark.parametrize("row", NETWORK_KINDS, ids=lambda row: row.name)
def test_every_network_kind_has_its_function(row) -> None:
    assert callable(resolve(NETWORK_PACKAGE, row.function))


def test_every_network_function_has_a_row() -> None:
    folder = ROOT / "studio" / "engine" / "networks"
    defined = {
        f"{path.stem}:{name}"
        for path in folder.glob("*.py")
        for name in re.findall(r"^def ((?:\w+_)?difference)\(", path.read_text("utf-8"), re.M)
    }
    assert defined == {row.function for row in NETWORK_KINDS}


@pytest.mark.parametrize("rows", [SAMPLERS, SCHEDULES, UPSCALERS], ids=["samplers", "schedules", "upscalers"])
def test_a_name_means_one_row(rows) -> None:
    for row in rows:
        for name in names(row):
            assert find("row", rows, name.upper()) is row
    with pytest.raises(UnknownName, match="Did you mean"):
        find("row", rows, names(rows[1])[-1][:-1] + "?")


def test_builds_of_torch_lie_within_what_the_program_asks_for() -> None:
    from packaging.requirements import Requirement

    asked = next(text for text in bootstrap.requirements(ROOT) if text.startswith("torch>"))
    low, high = re.findall(r"\d+\.\d+", asked)
    for row in TORCH_BUILDS:
        first, end = re.findall(r"\d+\.\d+", str(Requirement(f"torch{row.torch}").specifier)) or ("", "")
        versions = sorted((tuple(map(int, first.split("."))), tuple(map(int, end.split(".")))))
        assert tuple(map(int, low.split("."))) <= versions[0] < versions[1] <= tuple(map(int, high.split(".")))
    tags = [row.tag for row in TORCH_BUILDS]
    assert tags == sorted(set(tags), reverse=True)
    assert set(REGISTRY_TAG.values()) <= set(tags)


@pytest.mark.parametrize("row", CHECKS, ids=lambda row: row.id)
def test_every_check_tells_what_to_do(row) -> None:
    for finding in row.findings.values():
        assert finding.status in ("ok", "warn", "bad")
        assert bool(finding.remedy) == (finding.status != "ok")
        assert finding.value
