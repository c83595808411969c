"""What nvidia-smi says, as real ones and broken ones say it."""

import os
import time
from pathlib import Path

import pytest

from studio.core import nvidia
from studio.core.nvidia import Card


@pytest.fixture
def smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Install an nvidia-smi that runs the given shell script."""

    def install(script: str) -> None:
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return install


def test_two_cards(smi) -> None:
    smi('echo "NVIDIA GeForce RTX 4090, 24564, 8.9, 551.86"; echo "Tesla T4, 15360, 7.5, 551.86"')
    first, second = nvidia.cards()
    assert first == Card("NVIDIA GeForce RTX 4090", 24564, 8.9, "551.86")
    assert second.capability == 7.5
    assert first.driver_numbers == (551, 86)


def test_the_programs_on_the_card(smi) -> None:
    smi('case "$*" in *compute-apps*) echo "12, C:\\\\game.exe, [N/A]"; echo "7, python, 4096 MiB";; esac')
    assert nvidia.users() == [nvidia.User(7, "python", 4096), nvidia.User(12, r"C:\game.exe", None)]
    smi("exit 1")
    assert nvidia.users() == []


def test_an_old_driver_does_not_know_the_compute_capability(smi) -> None:
    smi('case "$*" in *compute_cap*) echo "Field \\"compute_cap\\" is not a valid field to query."; exit 2;; esac')
    assert nvidia.cards() == []
    smi('case "$*" in *compute_cap*) exit 2;; esac; echo "GeForce GTX 1080, 8192 MiB, 470.14"')
    assert nvidia.cards() == [Card("GeForce GTX 1080", 8192, 0.0, "470.14")]


def test_what_a_card_does_not_tell_is_nought(smi) -> None:
    smi('echo "NVIDIA GB10, [N/A], 12.1, 580.95.05"')
    assert nvidia.cards() == [Card("NVIDIA GB10", 0, 12.1, "580.95.05")]
    smi('echo "[Not Supported]"')
    assert nvidia.free_mib() == [0]


@pytest.mark.parametrize("script", ["exit 9", "echo NVIDIA-SMI has failed; exit 9", "printf '\\377\\n'", ":"])
def test_a_broken_one_is_no_card(smi, script: str) -> None:
    smi(script)
    assert nvidia.cards() == []


def test_a_hanging_one_is_not_waited_for(smi) -> None:
    smi("exec sleep 30")
    began = time.monotonic()
    assert nvidia.cards(timeout_s=0.2) == []
    assert time.monotonic() - began < 5


def test_without_nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert nvidia.cards() == []
    assert nvidia.cards("win32") == []


def test_windows_keeps_it_in_the_system_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "System32").mkdir()
    program = tmp_path / "System32" / "nvidia-smi.exe"
    program.write_text("")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path))
    assert nvidia.find("win32") == str(program)
