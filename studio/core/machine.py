"""Facts about this machine, found without importing torch."""

import importlib.metadata
import importlib.util
import json
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil

from studio.core import nvidia

GB = 1e9
VENDORS = {"0x1002": "AMD", "0x8086": "Intel", "0x10de": "NVIDIA"}
ASK_TORCH = """
import json, torch
mps = torch.backends.mps.is_available()
device = "cuda" if torch.cuda.is_available() else "mps" if mps else "cpu"
name = torch.cuda.get_device_name() if device == "cuda" else device
print(json.dumps({"device": device, "name": name}))
"""


@dataclass(frozen=True)
class TorchInstall:
    """The installed torch: its version and what it was built for, "" where it was not."""

    version: str
    cuda: str = ""
    hip: str = ""
    xpu: str = ""

    @property
    def is_cpu_only(self) -> bool:
        """Whether no graphics card can be used by it; Apple's are in every build for their machines."""
        return not (self.cuda or self.hip or self.xpu) and sys.platform != "darwin"


@dataclass(frozen=True)
class Machine:
    """What `look` found; memory and disk in bytes, `free_mib` per NVIDIA card, "" and None for what is not there.

    `other_cards` are graphics cards of other makers, by maker ("AMD", "Intel", "Apple") and name where it is known.
    `xformers` is its version and the torch version it was built for. `system` is sys.platform.
    """

    system: str
    python: str
    torch: TorchInstall | None
    cards: tuple[nvidia.Card, ...]
    free_mib: tuple[int, ...]
    other_cards: tuple[str, ...]
    ram: int
    disk_free: int
    git: str
    xformers: tuple[str, str] | None


def look(home: Path) -> Machine:
    """Find out about this machine; `home` names the disk that matters. Takes well under a second as a rule."""
    cards = tuple(nvidia.cards())
    return Machine(
        system=sys.platform,
        python=platform.python_version(),
        torch=torch_install(),
        cards=cards,
        free_mib=tuple(nvidia.free_mib()) if cards else (),
        other_cards=tuple(other_cards()),
        ram=psutil.virtual_memory().total,
        disk_free=shutil.disk_usage(existing(home)).free,
        git=git_version(),
        xformers=xformers_install(),
    )


def existing(path: Path) -> Path:
    """`path` or its closest parent that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())


def is_writable(folder: Path) -> bool:
    """Whether files can be made in `folder`, or in the parent it would be made in."""
    try:
        with tempfile.TemporaryFile(dir=existing(folder)):
            return True
    except OSError:
        return False


def torch_install() -> TorchInstall | None:
    """The installed torch, read from its version file."""
    spec = importlib.util.find_spec("torch")
    if spec is None or not spec.origin:
        return None
    try:
        text = (Path(spec.origin).parent / "version.py").read_text("utf-8")
    except OSError:
        return None
    found = dict(re.findall(r"^(\w+)(?::[^=\n]+)?\s*=\s*'([^']*)'", text, re.M))
    return TorchInstall(found.get("__version__", ""), found.get("cuda", ""), found.get("hip", ""), found.get("xpu", ""))


def xformers_install() -> tuple[str, str] | None:
    """The version of xFormers and the torch version its wheel asks for ("" if any)."""
    try:
        version = importlib.metadata.version("xformers")
        needs = importlib.metadata.requires("xformers") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    pins = (re.match(r"torch\s*\(?==\s*([\w.+]+)", need) for need in needs)
    return version, next((pin.group(1) for pin in pins if pin), "")


def git_version() -> str:
    """Git's version, "" if it is not installed."""
    program = shutil.which("git")
    if not program:
        return ""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, errors="replace", timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.removeprefix("git version").strip()


def other_cards() -> list[str]:
    """Graphics cards that are not NVIDIA's."""
    if sys.platform == "darwin":
        return ["Apple"] if platform.machine() == "arm64" else []
    if sys.platform == "win32":
        names = _windows_cards()
    else:
        names = [VENDORS.get(vendor, "") for vendor in _linux_vendors()]
    return [name for name in dict.fromkeys(names) if name and "nvidia" not in name.lower()]


def _linux_vendors() -> list[str]:
    found = []
    for path in sorted(Path("/sys/class/drm").glob("card[0-9]*/device/vendor")):
        try:
            found.append(path.read_text().strip())
        except OSError:
            continue
    return found


def _windows_cards() -> list[str]:
    if sys.platform != "win32":
        return []  # only there does winreg exist
    import winreg

    found = []
    adapters = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
    for index in range(16):
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, rf"{adapters}\{index:04}") as key:
                found.append(str(winreg.QueryValueEx(key, "DriverDesc")[0]))
        except OSError:
            break
    return found


def ask_torch(timeout_s: float = 60) -> tuple[str, str]:
    """What torch itself says in a process of its own: ("cuda", card's name), ("cpu", "cpu") or ("", its error)."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", ASK_TORCH], capture_output=True, text=True, errors="replace", timeout=timeout_s
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    try:
        answer = json.loads(done.stdout)
        return answer["device"], answer["name"]
    except (ValueError, KeyError):
        return "", (done.stderr.strip().splitlines() or ["no answer"])[-1]
