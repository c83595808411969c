"""The check list: what is found on which machine, and what to do then."""

from dataclasses import replace

import pytest

from studio import doctor
from studio.catalog.checks import CHECKS
from studio.core.machine import GB, Machine, TorchInstall
from studio.core.nvidia import Card
from studio.core.paths import Places
from studio.core.settings import Settings

RTX = Card("NVIDIA GeForce RTX 4090", 24564, 8.9, "596.21")
CUDA = TorchInstall("2.14.1+cu130", cuda="13.0")
CPU = TorchInstall("2.14.1+cpu")
GOOD = Machine("win32", "3.12.4", CUDA, (RTX,), (24000,), (), round(34.2 * GB), round(500 * GB), "2.51.0", None)


def found(machine: Machine, places: Places) -> dict[str, doctor.Check]:
    return {check.id: check.filled() for check in doctor.checks(places, Settings(), machine=machine)}


def test_a_good_machine_is_all_green_but_for_the_models(places: Places) -> None:
    checks = found(GOOD, places)
    assert {check.id for check in checks.values() if check.status != "ok"} == {"models"}
    assert [*checks, "torch_says"] == [row.id for row in CHECKS]
    assert checks["vram"].value == "24.0 GB, 23.4 GB free"
    assert checks["device"].value == RTX.name
    (places.models / "Stable-diffusion").mkdir(parents=True)
    (places.models / "Stable-diffusion" / "模型 a.safetensors").write_bytes(b"x")
    assert (found(GOOD, places)["models"].status, found(GOOD, places)["models"].value) == ("ok", "1 found")


GTX_680 = Card("GeForce GTX 680", 2048, 3.0, "474.11")
GTX_1060 = Card("GeForce GTX 1060", 6144, 6.1, "591.00")
OLD_DRIVER = replace(RTX, driver="472.12")
DIFFERENT = [
    ({"ram": 8 * GB}, "ram", "warn", "16 GB or more"),
    ({"disk_free": 59 * GB}, "disk", "warn", "60 GB or more"),
    ({"disk_free": 0.3 * GB}, "disk", "bad", "free some space"),
    ({"torch": CPU}, "torch", "bad", "It cannot use the NVIDIA GeForce RTX 4090"),
    ({"torch": CPU}, "device", "bad", "doctor --repair"),
    ({"torch": None}, "torch", "bad", "installs it"),
    ({"torch": CPU, "cards": ()}, "torch", "ok", ""),
    ({"torch": CPU, "cards": ()}, "device", "warn", "minutes"),
    ({"cards": (), "other_cards": ("AMD Radeon RX 7900 XTX",)}, "device", "warn", "ROCm"),
    ({"cards": (), "other_cards": ("Intel(R) Arc(TM) A770",)}, "device", "warn", "XPU"),
    ({"cards": (), "other_cards": ("Apple",), "system": "darwin"}, "device", "ok", ""),
    ({"cards": (), "other_cards": ("AMD",), "torch": TorchInstall("2.14.1", hip="7.1")}, "device", "ok", ""),
    ({"cards": ()}, "vram", "warn", "Only NVIDIA"),
    ({"cards": (GTX_680,), "free_mib": (2000,)}, "vram", "warn", "4 GB"),
    ({"cards": (GTX_680,)}, "compute_capability", "bad", "5.0"),
    ({"cards": (GTX_1060,)}, "torch", "bad", "does not run on the GeForce GTX 1060"),
    ({"cards": (OLD_DRIVER,)}, "driver", "bad", "nvidia.com/drivers"),
    ({"cards": (OLD_DRIVER,)}, "torch", "bad", "driver 472.12"),
    ({"free_mib": (3000,)}, "vram", "warn", "Other programs"),
    ({"git": ""}, "git", "warn", "git-scm.com"),
    ({"xformers": ("0.0.35", "2.10.0")}, "xformers", "warn", "Uninstall it"),
    ({"xformers": ("0.0.40", "2.14.1")}, "xformers", "ok", ""),
]


@pytest.mark.parametrize(("change", "name", "status", "remedy"), DIFFERENT)
def test_what_is_wrong_is_named_with_its_remedy(
    change: dict, name: str, status: str, remedy: str, places: Places
) -> None:
    check = found(replace(GOOD, **change), places)[name]
    assert check.status == status
    assert remedy in check.remedy
    assert "{" not in check.value + check.remedy


def test_a_folder_that_cannot_be_written_is_named(places: Places) -> None:
    places.home.mkdir(parents=True)
    places.data.write_text("a file where the folder should be")
    check = found(GOOD, places)["folders"]
    assert (check.status, check.value) == ("bad", str(places.data))


def test_torch_is_asked_only_if_that_is_wanted(places: Places) -> None:
    machine = replace(GOOD, cards=())
    assert doctor.checks(places, Settings(), machine=machine, deep=True)[-1].id == "torch_says"
