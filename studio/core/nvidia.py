"""The NVIDIA cards of this machine, as nvidia-smi names them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FIELDS = "name,memory.total,compute_cap,driver_version"
OLD_FIELDS = "name,memory.total,driver_version"  # drivers before 510 do not know compute_cap


@dataclass(frozen=True)
class Card:
    """One card: memory in MiB, compute capability as in 8.9 (0 if unknown), driver as in "551.86"."""

    name: str
    memory_mib: int
    capability: float
    driver: str

    @property
    def driver_numbers(self) -> tuple[int, int]:
        """The driver's first two numbers; what is missing is 0."""
        numbers = [int(number) for number in re.findall(r"\d+", self.driver)[:2]]
        return (numbers[0] if numbers else 0, numbers[1] if len(numbers) > 1 else 0)


def cards(system: str = sys.platform, timeout_s: float = 5) -> list[Card]:
    """The cards nvidia-smi lists; none where it is missing, fails or takes longer than `timeout_s`."""
    lines = query(FIELDS, system, timeout_s)
    if lines:
        return [Card(row[0], round(number(row[1])), number(row[2]), row[3]) for row in lines if len(row) == 4]
    lines = query(OLD_FIELDS, system, timeout_s)
    return [Card(row[0], round(number(row[1])), 0.0, row[2]) for row in lines if len(row) == 3]


def free_mib(system: str = sys.platform, timeout_s: float = 5) -> list[int]:
    """Free memory of each card in MiB."""
    return [round(number(row[0])) for row in query("memory.free", system, timeout_s)]


@dataclass(frozen=True)
class User:
    """A program that uses a card: its process, its path or name, its memory in MiB (None where Windows hides it)."""

    pid: int
    program: str
    memory_mib: int | None


def users(system: str = sys.platform, timeout_s: float = 5) -> list[User]:
    """The programs that compute on the cards now, as far as nvidia-smi tells; what needs most first."""
    rows = query("pid,process_name,used_gpu_memory", system, timeout_s, of="compute-apps")
    found = [User(int(number(row[0])), row[1], round(number(row[2])) or None) for row in rows if len(row) == 3]
    return sorted(found, key=lambda user: -(user.memory_mib or 0))


def query(fields: str, system: str = sys.platform, timeout_s: float = 5, of: str = "gpu") -> list[list[str]]:
    """One row of texts per card (or `of` something else); [] if nvidia-smi has no answer."""
    program = find(system)
    if not program:
        return []
    command = [program, f"--query-{of}={fields}", "--format=csv,noheader,nounits"]
    return [[text.strip() for text in line.split(",")] for line in _output(command, timeout_s).splitlines() if line]


def find(system: str = sys.platform) -> str:
    """The path of nvidia-smi, "" if there is none."""
    found = shutil.which("nvidia-smi")
    if found or system != "win32":
        return found or ""
    programs = Path(os.environ.get("PROGRAMFILES", r"C:\Program Files")) / "NVIDIA Corporation" / "NVSMI"
    windows = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32"
    places = (folder / "nvidia-smi.exe" for folder in (windows, programs))
    return next((str(path) for path in places if path.is_file()), "")


def _output(command: Sequence[str], timeout_s: float) -> str:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_s, text=True, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def number(text: str) -> float:
    """The first number in `text` ("24564 MiB"), 0 if there is none ("[N/A]")."""
    found = re.search(r"\d+(\.\d+)?", text)
    return float(found.group()) if found else 0.0
