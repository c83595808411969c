from dataclasses import replace
from pathlib import Path

import pytest

from studio.catalog.webui_sources import WEBUI_SOURCES
from studio.catalog.webui_torch import TORCH_SETS, WEBUI_BUILDS, WEBUI_TORCH
from studio.core.errors import UnknownName
from studio.core.machine import Machine
from studio.core.nvidia import Card
from studio.launcher.torch_choice import amd_targets, choose

EMPTY = Machine("linux", "3.10.6", None, (), (), (), 32 << 30, 1 << 40, "", None)
NEW = "580.95"


def machine(*cards: Card, system: str = "linux", others: tuple[str, ...] = ()) -> Machine:
    return replace(EMPTY, cards=cards, system=system, other_cards=others)


def card(capability: float, driver: str = NEW) -> Card:
    return Card("card", 8192, capability, driver)


@pytest.mark.parametrize(
    ("source", "capability", "driver", "expected"),
    [
        ("a1111", 8.6, NEW, "torch==2.1.2+cu121"),
        ("a1111", 8.9, "536.40", "torch==2.1.2+cu121"),
        ("a1111", 6.1, NEW, "torch==2.1.2+cu121"),
        ("a1111", 6.1, "470.57", "torch==2.1.2+cu118"),
        ("a1111", 12.0, NEW, "torch==2.7.0+cu128"),
        ("a1111", 0.0, NEW, "torch==2.1.2+cu121"),
        ("forge", 8.9, NEW, "torch==2.3.1+cu121"),
        ("forge", 12.0, NEW, "torch==2.7.0+cu128"),
        ("forge-neo", 8.9, NEW, "torch==2.9.1+cu130"),
        ("forge-neo", 8.9, "572.00", "torch==2.9.1+cu128"),
        ("forge-neo", 6.1, NEW, "torch==2.9.1+cu126"),
        ("forge-classic", 6.1, NEW, "torch==2.7.0+cu126"),
        ("comfyui", 12.1, NEW, "torch==2.9.1+cu130"),
    ],
)
def test_nvidia(source: str, capability: float, driver: str, expected: str) -> None:
    python = (3, 11) if source in ("forge-neo", "forge-classic") else (3, 10)
    choice = choose(source, machine(card(capability, driver), system="win32"), python)
    assert choice.requirements[0] == expected
    assert choice.obstacle == ""
    assert choice.index_url.endswith(expected.partition("+")[2])
    assert choice.xformers


@pytest.mark.parametrize(
    ("capability", "driver", "obstacle"),
    [(12.0, "551.86", "driver"), (8.6, "400.00", "driver"), (3.5, "475.14", "card")],
)
def test_nvidia_cards_that_cannot_be_used(capability: float, driver: str, obstacle: str) -> None:
    choice = choose("a1111", machine(card(capability, driver)), (3, 10))
    assert (choice.kind, choice.tag, choice.obstacle, choice.xformers) == ("cpu", "cpu", obstacle, "")


def test_several_cards_share_a_build_or_the_strongest_has_its_own() -> None:
    assert choose("a1111", machine(card(6.1), card(8.9)), (3, 10)).tag == "cu121"
    assert choose("a1111", machine(card(6.1), card(12.0)), (3, 10)).tag == "cu128"


@pytest.mark.parametrize(
    ("targets", "torch", "tag", "override"),
    [
        (("gfx1030",), "2.1.2", "rocm5.6", {}),
        (("gfx1032",), "2.1.2", "rocm5.6", {"HSA_OVERRIDE_GFX_VERSION": "10.3.0"}),
        (("gfx1100",), "2.3.1", "rocm6.0", {}),
        (("gfx1201",), "2.7.0", "rocm6.3", {}),
        (("gfx1103",), "2.3.1", "rocm6.0", {"HSA_OVERRIDE_GFX_VERSION": "11.0.0"}),
        ((), "2.1.2", "rocm5.6", {}),
    ],
)
def test_amd_on_linux(targets: tuple[str, ...], torch: str, tag: str, override: dict[str, str]) -> None:
    choice = choose("a1111", machine(others=("AMD",)), (3, 10), targets=targets)
    assert (choice.kind, choice.torch, choice.tag, choice.environment) == ("rocm", torch, tag, override)


def test_amd_too_old_and_on_windows() -> None:
    assert choose("a1111", machine(others=("AMD",)), (3, 10), targets=("gfx803",)).obstacle == "card"
    windows = machine(system="win32", others=("AMD Radeon RX 6800",))
    assert choose("a1111", windows, (3, 10)).obstacle == "webui"
    choice = choose("forge", windows, (3, 10))
    assert choice.kind == "directml"
    assert choice.requirements == ("torch==2.4.1", "torchvision==0.19.1", "torch-directml==0.2.5.dev240914")


def test_intel_apple_and_none() -> None:
    assert choose("comfyui", machine(system="win32", others=("Intel(R) Arc(TM) A770",)), (3, 12)).tag == "xpu"
    assert choose("a1111", machine(system="win32", others=("Intel(R) Arc(TM) A770",)), (3, 10)).obstacle == "webui"
    assert choose("a1111", machine(others=("Intel",)), (3, 10)).kind == "cpu"
    apple = choose("a1111", machine(system="darwin", others=("Apple",)), (3, 10), architecture="arm64")
    assert (apple.kind, apple.requirements) == ("mps", ("torch==2.1.2", "torchvision==0.16.2"))
    assert choose("a1111", machine(system="darwin"), (3, 10), architecture="x86_64").kind == "cpu"
    assert choose("a1111", machine(), (3, 10)).command == (
        "pip install torch==2.1.2+cpu torchvision==0.16.2+cpu --index-url https://download.pytorch.org/whl/cpu"
    )
    assert choose("a1111", machine(system="win32"), (3, 10)).index_url == ""


def test_a_python_without_wheels() -> None:
    assert choose("a1111", machine(card(8.6)), (3, 14)).obstacle == "python"
    assert choose("a1111", machine(card(8.6)), (3, 12)).torch == "2.3.1"


def test_every_web_ui_has_a_row_and_every_row_its_builds() -> None:
    assert {row.source for row in WEBUI_TORCH} == {row.key for row in WEBUI_SOURCES}
    sets, tags = {one.torch for one in TORCH_SETS}, {one.tag for one in WEBUI_BUILDS}
    assert all(set(row.versions) <= sets for row in WEBUI_TORCH)
    assert all(set(one.tags) <= tags for one in TORCH_SETS)
    for row in WEBUI_TORCH:
        source = next(one for one in WEBUI_SOURCES if one.key == row.source)
        assert choose(row.source, machine(card(8.6)), source.best_python).obstacle == ""
    with pytest.raises(UnknownName):
        choose("forg", EMPTY, (3, 10))


def test_amd_processors_of_linux(tmp_path: Path) -> None:
    for number, value in enumerate((0, 100302, 90010, 110000)):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "properties").write_text(f"cpu_cores_count 8\ngfx_target_version {value}\n")
    assert amd_targets(tmp_path) == ("gfx1032", "gfx90a", "gfx1100")
    assert amd_targets(tmp_path / "none") == ()
