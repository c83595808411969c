"""Every build of torch that could be chosen by hand, with what stands in its way here."""

from dataclasses import replace

import pytest
from change_world import MACHINE

from studio.catalog.webui_torch import WEBUI_TORCH
from studio.core.machine import Machine
from studio.core.nvidia import Card
from studio.launcher.torch_choice import choose, offers

CARD = Card("NVIDIA GeForce RTX 3060", 12288, 8.6, "535.98")
MACHINES = {
    "cpu": MACHINE,
    "windows": replace(MACHINE, system="win32"),
    "ampere": replace(MACHINE, cards=(CARD,)),
    "old driver": replace(MACHINE, cards=(replace(CARD, driver="390.1"),)),
    "blackwell": replace(MACHINE, cards=(Card("RTX 5090", 32768, 12.0, "580.65"),)),
    "amd": replace(MACHINE, other_cards=("AMD Radeon RX 6800",)),
}


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES.keys())
@pytest.mark.parametrize("source", [row.source for row in WEBUI_TORCH])
def test_the_choice_is_always_among_the_offers_that_fit(machine: Machine, source: str) -> None:
    choice = choose(source, machine, (3, 11))
    fitting = [one.choice for one in offers(source, machine, (3, 11)) if not one.obstacle]
    assert (choice.torch, choice.tag) in [(one.torch, one.tag) for one in fitting]


def obstacles(machine: Machine, python: tuple[int, int] = (3, 11)) -> dict[tuple[str, str], str]:
    return {(one.choice.torch, one.choice.tag): one.obstacle for one in offers("a1111", machine, python)}


def test_what_stands_in_the_way_is_told() -> None:
    ampere, blackwell = obstacles(MACHINES["ampere"]), obstacles(MACHINES["blackwell"])
    assert ampere["2.1.2", "cu121"] == ampere["2.1.2", "cpu"] == ""
    assert ampere["2.7.0", "cu128"] == "driver"
    assert ampere["2.1.2", "rocm5.6"] == "card"
    assert (blackwell["2.1.2", "cu121"], blackwell["2.7.0", "cu128"]) == ("card", "")
    assert obstacles(MACHINES["old driver"])["2.1.2", "cu121"] == "driver"
    assert obstacles(MACHINES["ampere"], (3, 13))["2.1.2", "cu121"] == "python"
    assert obstacles(MACHINES["cpu"])["2.1.2", "cu121"] == "card"


def test_the_driver_that_is_needed_is_the_systems() -> None:
    told = {one.choice.tag: one.driver for one in offers("a1111", MACHINES["ampere"], (3, 11))}
    windows = {one.choice.tag: one.driver for one in offers("a1111", MACHINES["windows"], (3, 11))}
    assert (told["cu121"], windows["cu121"], told["cpu"]) == ("525.60", "528.33", "")
