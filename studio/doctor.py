"""What is well and what is not on this machine, for the Home page and the `doctor` command."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio.catalog.checks import CHECKS
from studio.catalog.torch_builds import TORCH_BUILDS
from studio.core import machine as facts
from studio.core.machine import GB, Machine
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library.checkpoints import checkpoints

Outcome = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Check:
    """One line of the check list; `status` is "ok", "warn" or "bad", `fix` what a button can do or "".

    `value` and `remedy` are templates that `values` fill once they are translated; `filled` does it in English.
    """

    id: str
    title: str
    status: str
    value: str
    remedy: str = ""
    fix: str = ""
    values: dict[str, object] = field(default_factory=dict)

    def filled(self) -> "Check":
        """The check with its texts complete."""
        value, remedy = (text.format(**self.values) for text in (self.value, self.remedy))
        return replace(self, value=value, remedy=remedy, values={})


def checks(places: Places, settings: Settings, *, deep: bool = False, machine: Machine | None = None) -> list[Check]:
    """Every check of catalog.checks; `deep` also asks torch itself, which takes seconds.

    Without `deep` it takes well under a second as a rule, at worst the 5 s that nvidia-smi may need to answer.
    """
    machine = machine or facts.look(places.home)
    found = [_check(name, *judge(machine)) for name, judge in JUDGES.items()]
    found += [_check("folders", *_folders(places, settings)), _check("models", *_models(places, settings))]
    return [*found, _check("torch_says", *_torch_says(machine))] if deep else found


def _check(name: str, outcome: str, values: dict[str, object]) -> Check:
    row = next(row for row in CHECKS if row.id == name)
    finding = row.findings[outcome]
    return Check(row.id, row.title, finding.status, finding.value, finding.remedy, finding.fix, values)


def _python(machine: Machine) -> Outcome:
    return "found", {"version": machine.python}


def _torch(machine: Machine) -> Outcome:
    torch = machine.torch
    if torch is None:
        return "missing", {}
    values: dict[str, object] = {"version": torch.version, "build": _build_name(torch)}
    if machine.cards:
        card = machine.cards[0]
        values |= {"card": card.name, "driver": card.driver}
    if torch.is_cpu_only:
        return "cpu_beside_nvidia" if machine.cards else "cpu", values
    return "fits" if not machine.cards or _runs_here(machine) else "wrong_build", values


def _build_name(torch: facts.TorchInstall) -> str:
    named = (("CUDA", torch.cuda), ("ROCm", torch.hip), ("XPU", torch.xpu))
    return next((f"{name} {version}" for name, version in named if version), "MPS")


def _runs_here(machine: Machine) -> bool:
    """Whether the installed build, where the table has it, runs on the first card."""
    tag = "cu" + machine.torch.cuda.replace(".", "") if machine.torch else ""
    rows = [row for row in TORCH_BUILDS if row.tag == tag]
    card = machine.cards[0]
    return not rows or rows[0].fits(card.capability, card.driver_numbers, machine.system)


def _device(machine: Machine) -> Outcome:
    torch = machine.torch
    others = " ".join(machine.other_cards)
    if machine.cards:
        usable = torch and torch.cuda and _runs_here(machine)
        return "cuda" if usable else "idle_card", {"card": machine.cards[0].name}
    if "Apple" in others:
        return "mps", {}
    if "AMD" in others or "Radeon" in others:
        return ("rocm" if torch and torch.hip else "amd"), {}
    if "Intel" in others:
        return ("xpu" if torch and torch.xpu else "intel"), {}
    return "cpu", {}


def _gpu(machine: Machine) -> Outcome:
    names = [card.name for card in machine.cards] or list(machine.other_cards)
    kind = "nvidia" if machine.cards else "other" if names else "none"
    return kind, {"names": ", ".join(names)}


def _vram(machine: Machine) -> Outcome:
    if not machine.cards:
        return "none", {}
    total = machine.cards[0].memory_mib
    free = machine.free_mib[0] if machine.free_mib else 0
    outcome = "little" if total < 3.5 * 1024 else "in_use" if free < total / 2 else "enough"
    return outcome, {"total": total / 1024, "free": free / 1024}


def _driver(machine: Machine) -> Outcome:
    if not machine.cards:
        return "none", {}
    card = machine.cards[0]
    usable = any(row.fits(0, card.driver_numbers, machine.system) for row in TORCH_BUILDS)
    return "fits" if usable else "old", {"driver": card.driver}


def _compute_capability(machine: Machine) -> Outcome:
    if not machine.cards:
        return "none", {}
    capability = machine.cards[0].capability
    least = min(row.capability[0] for row in TORCH_BUILDS)
    outcome = "fits" if capability >= least else "unsupported" if capability else "unknown"
    return outcome, {"capability": capability}


def _ram(machine: Machine) -> Outcome:
    return "enough" if machine.ram >= 16 * GB else "little", {"gb": machine.ram / GB}


def _disk(machine: Machine) -> Outcome:
    free = machine.disk_free / GB
    return "enough" if free >= 60 else "little" if free >= 1 else "full", {"gb": free}


def _git(machine: Machine) -> Outcome:
    return "found" if machine.git else "missing", {"version": machine.git}


def _xformers(machine: Machine) -> Outcome:
    if machine.xformers is None:
        return "missing", {}
    version, wanted = machine.xformers
    torch = machine.torch.version if machine.torch else ""
    if wanted and wanted.split("+")[0] != torch.split("+")[0]:
        return "mismatch", {"version": version, "wanted": wanted, "torch": torch or "none"}
    return "usable" if machine.cards else "no_card", {"version": version}


JUDGES: dict[str, Callable[[Machine], Outcome]] = {
    "python": _python,
    "torch": _torch,
    "device": _device,
    "gpu": _gpu,
    "vram": _vram,
    "driver": _driver,
    "compute_capability": _compute_capability,
    "ram": _ram,
    "disk": _disk,
    "git": _git,
    "xformers": _xformers,
}


def _folders(places: Places, settings: Settings) -> Outcome:
    outputs = Path(settings.output_folder) if settings.output_folder else places.outputs
    for folder in (places.models, outputs, places.data):
        if not facts.is_writable(folder):
            return "read_only", {"path": folder}
    return "writable", {"home": places.home}


def _models(places: Places, settings: Settings) -> Outcome:
    count = len(checkpoints(places, settings))
    return "found" if count else "none", {"count": count, "path": places.models / "Stable-diffusion"}


def _torch_says(machine: Machine) -> Outcome:
    device, answer = facts.ask_torch()
    if not device:
        return "fails", {"error": answer}
    if device == "cpu" and machine.cards:
        return "no_gpu", {"card": machine.cards[0].name}
    return "works", {"name": answer}
