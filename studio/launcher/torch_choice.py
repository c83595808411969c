"""Which torch, torchvision and xFormers an installed web UI should run on this machine with."""

import platform
import re
from dataclasses import dataclass, field
from pathlib import Path

from studio.catalog.torch_builds import INDEX_URL
from studio.catalog.webui_torch import (
    DIRECTML_PACKAGE,
    DIRECTML_SET,
    HSA_OVERRIDES,
    TORCH_SETS,
    WEBUI_BUILDS,
    WEBUI_TORCH,
    TorchSet,
    WebuiBuild,
    WebuiTorch,
)
from studio.core.errors import UnknownName
from studio.core.machine import Machine
from studio.core.nvidia import Card

VERSION_LINE = re.compile(r"^(\w+)(?::[^=\n]+)?\s*=\s*'([^']*)'", re.M)
KFD = Path("/sys/class/kfd/kfd/topology/nodes")
BUILDS = {build.tag: build for build in WEBUI_BUILDS}
SETS = {one.torch: one for one in TORCH_SETS}


@dataclass(frozen=True)
class TorchChoice:
    """A build that belongs on this machine. `tag` is "" for the package index's own wheels.

    `obstacle` says why it is not one for the card that is there: "driver" (too old), "card" (no build runs on it),
    "python" (no wheels for this Python), "webui" (the web UI cannot use such a card), "" if nothing stands in the way.
    `environment` are variables the card needs.
    """

    kind: str
    tag: str
    torch: str
    torchvision: str
    xformers: str = ""
    obstacle: str = ""
    further: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def index_url(self) -> str:
        """Where the wheels are; "" for the package index."""
        return f"{INDEX_URL}/{self.tag}" if self.tag else ""

    @property
    def requirements(self) -> tuple[str, ...]:
        """What pip is to install, exactly; torch comes first."""
        ending = f"+{self.tag}" if self.tag else ""
        pins = [f"torch=={self.torch}{ending}", f"torchvision=={self.torchvision}{ending}"]
        return (*pins, *([f"xformers=={self.xformers}"] if self.xformers else []), *self.further)

    @property
    def command(self) -> str:
        """TORCH_COMMAND for the web UI's own installer; xFormers it installs by itself."""
        pins = [pin for pin in self.requirements if not pin.startswith("xformers")]
        index = f" --index-url {self.index_url}" if self.index_url else ""
        return f"pip install {' '.join(pins)}{index}"


@dataclass(frozen=True)
class Offer:
    """A build that a web UI can run on in general; `obstacle` is "" if it fits this machine, else as a choice's."""

    choice: TorchChoice
    obstacle: str = ""
    driver: str = ""


def offers(
    source: str,
    machine: Machine,
    python: tuple[int, int],
    *,
    targets: tuple[str, ...] = (),
    architecture: str | None = None,
) -> list[Offer]:
    """Every build that a web UI is made for, best first, with what stands in its way here; arguments as `choose`."""
    row, kind = _row(source), card_kind(machine, architecture or platform.machine())
    found = []
    for one in (SETS[version] for version in row.versions):
        for build in (BUILDS[tag] for tag in one.tags if BUILDS[tag].kind in row.kinds):
            obstacle = _obstacle(build, kind, machine, targets) if _fits_python(one, python) else "python"
            numbers = build.windows_driver if machine.system == "win32" else build.linux_driver
            found.append(
                Offer(_offered(one, build, machine), obstacle, ".".join(map(str, numbers)) if any(numbers) else "")
            )
    return found


def _offered(one: TorchSet, build: WebuiBuild, machine: Machine) -> TorchChoice:
    if build.kind == "cpu" and machine.system != "linux":
        return TorchChoice("cpu", "", one.torch, one.torchvision)
    return _choice(one, build)


def _obstacle(build: WebuiBuild, kind: str, machine: Machine, targets: tuple[str, ...]) -> str:
    if build.kind == "cpu":
        return ""
    if build.kind != kind or (build.kind == "rocm" and targets and not set(targets) & set(build.targets)):
        return "card"
    if build.kind != "cuda" or any(runs(build, card, machine.system) for card in machine.cards):
        return ""
    return "driver" if any(_has_code(build, card) for card in machine.cards) else "card"


def choose(
    source: str,
    machine: Machine,
    python: tuple[int, int],
    *,
    targets: tuple[str, ...] = (),
    architecture: str | None = None,
) -> TorchChoice:
    """The best build for a web UI (key in webui_sources) and a Python; for the CPU where no card can be used.

    `targets` are AMD's processors (see amd_targets), `architecture` the machine's (platform.machine()). Raises
    UnknownName for a web UI the table lacks.
    """
    row = _row(source)
    sets = [SETS[version] for version in row.versions if _fits_python(SETS[version], python)]
    kind = card_kind(machine, architecture or platform.machine())
    if kind == "cpu":
        return _on_cpu(row, sets, machine)
    if kind == "directml" and "directml" in row.kinds and _fits_python(DIRECTML_SET, python):
        one = DIRECTML_SET
        return TorchChoice("directml", "", one.torch, one.torchvision, further=(DIRECTML_PACKAGE,))
    if kind not in row.kinds or kind == "directml":
        return _on_cpu(row, sets, machine, "webui")
    if not sets:
        return _on_cpu(row, sets, machine, "python")
    if kind == "mps":
        return TorchChoice("mps", "", sets[0].torch, sets[0].torchvision)
    if kind == "rocm":
        return _for_amd(row, sets, machine, targets)
    if kind == "xpu":
        found = next((one for one in sets if "xpu" in one.tags), None)
        return _choice(found, BUILDS["xpu"]) if found else _on_cpu(row, sets, machine, "python")
    return _for_nvidia(row, sets, machine)


def _row(source: str) -> WebuiTorch:
    found = next((row for row in WEBUI_TORCH if row.source == source), None)
    if found is None:
        raise UnknownName("web UI", source, [row.source for row in WEBUI_TORCH])
    return found


def _fits_python(one: TorchSet, python: tuple[int, int]) -> bool:
    return one.pythons[0] <= python <= one.pythons[1]


def card_kind(machine: Machine, architecture: str) -> str:
    """The kind of build for the best card that is there; an Intel card counts if it is an Arc."""
    others = " ".join(machine.other_cards).lower()
    if machine.cards:
        return "cuda"
    if machine.system == "darwin":
        return "mps" if architecture == "arm64" else "cpu"
    if re.search(r"\bamd\b|radeon", others):
        return "rocm" if machine.system == "linux" else "directml"
    return "xpu" if re.search(r"\barc\b", others) else "cpu"


def _for_nvidia(row: WebuiTorch, sets: list[TorchSet], machine: Machine) -> TorchChoice:
    """The first build that runs on all cards, else on the strongest."""
    strongest = max(machine.cards, key=lambda card: card.capability)
    for cards in (machine.cards, (strongest,)):
        for one, build in _builds(sets, "cuda"):
            if all(runs(build, card, machine.system) for card in cards):
                return _choice(one, build)
    with_driver = any(_has_code(build, strongest) for _, build in _builds(sets, "cuda"))
    return _on_cpu(row, sets, machine, "driver" if with_driver else "card")


def _builds(sets: list[TorchSet], kind: str) -> list[tuple[TorchSet, WebuiBuild]]:
    return [(one, BUILDS[tag]) for one in sets for tag in one.tags if BUILDS[tag].kind == kind]


def runs(build: WebuiBuild, card: Card, system: str) -> bool:
    """Whether a card with its driver runs a build; `system` is sys.platform."""
    if build.kind != "cuda":
        return False
    needed = build.windows_driver if system == "win32" else build.linux_driver
    return card.driver_numbers >= needed and _has_code(build, card)


def _has_code(build: WebuiBuild, card: Card) -> bool:
    """Whether a build has code for a card; an unknown capability (0) is left out of account."""
    return card.capability == 0 or build.capability[0] <= card.capability <= build.capability[1]


def _for_amd(row: WebuiTorch, sets: list[TorchSet], machine: Machine, targets: tuple[str, ...]) -> TorchChoice:
    builds = _builds(sets, "rocm")
    named = next((pair for pair in builds if set(targets) & set(pair[1].targets)), None)
    if named or not targets:
        found = named or (builds[0] if builds else None)
        return _choice(*found) if found else _on_cpu(row, sets, machine, "python")
    override = next((value for begin, value in HSA_OVERRIDES.items() if targets[0].startswith(begin)), "")
    sibling = f"gfx{override.replace('.', '')}"
    borrowed = next((pair for pair in builds if override and sibling in pair[1].targets), None)
    if borrowed is None:
        return _on_cpu(row, sets, machine, "card")
    return _choice(*borrowed, environment={"HSA_OVERRIDE_GFX_VERSION": override})


def _choice(one: TorchSet, build: WebuiBuild, environment: dict[str, str] | None = None) -> TorchChoice:
    xformers = one.xformers if build.kind == "cuda" else ""
    return TorchChoice(build.kind, build.tag, one.torch, one.torchvision, xformers, environment=environment or {})


def _on_cpu(row: WebuiTorch, sets: list[TorchSet], machine: Machine, obstacle: str = "") -> TorchChoice:
    """For the CPU: on Linux a build of its own, elsewhere the package index's."""
    one = sets[0] if sets else SETS[row.versions[0]]
    tag = "cpu" if machine.system == "linux" else ""
    return TorchChoice("cpu", tag, one.torch, one.torchvision, obstacle=obstacle or ("" if sets else "python"))


def amd_targets(nodes: Path = KFD) -> tuple[str, ...]:
    """AMD's processors here as compilers name them ("gfx1030"), from Linux's driver; () elsewhere."""
    found = []
    for path in sorted(nodes.glob("*/properties")):
        try:
            number = re.search(r"^gfx_target_version (\d+)$", path.read_text(), re.M)
        except OSError:
            continue
        if number and int(number[1]):
            found.append(_target(int(number[1])))
    return tuple(found)


def _target(number: int) -> str:
    """100302 is 10.3.2, gfx1032; the last two parts are hexadecimal digits (90010 is gfx90a)."""
    return f"gfx{number // 10000}{number // 100 % 100:x}{number % 100:x}"
