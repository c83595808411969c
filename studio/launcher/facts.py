"""What is known of the machine and the web UI while a log is diagnosed; "", 0 and None are unknown."""

import re
from dataclasses import dataclass, fields, replace

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from studio.catalog.rules import Where
from studio.core.machine import Machine

# fact -> lines that tell it: the web UI, Forge, ComfyUI, SD.Next
TOLD = {
    "python": (re.compile(r"^Python (?P<value>3\.\d{1,2}\.\d{1,2})\b"),),
    "webui": (re.compile(r"^Version: (?P<value>\S{1,60})"),),
    "commit": (re.compile(r"^Commit hash: (?P<value>[0-9a-f]{7,40})"),),
    "torch": (
        re.compile(r"^(?:pytorch|torch) version: (?P<value>\d\S{0,40})", re.IGNORECASE),
        re.compile(r"torch: (?P<value>\d+\.\d+\.\d+\S{0,30}) +•"),
        re.compile(r"\(you have (?P<value>\d+\.\d+\S{0,30}?)\)"),
    ),
    "arguments": (re.compile(r"^Launching (?:Web UI|SD\.Next) with arguments: (?P<value>.{1,2000})"),),
    "card": (re.compile(r"^Device: cuda:\d (?P<value>.{1,80}?) : "),),
}
SM = re.compile(r"with CUDA capability sm_(?P<sm>\d{2,3}) is not compatible")
# A text that each of these lines holds: what other lines are passed over by.
MARKS = (
    "ython ",
    "ersion: ",
    "hash: ",
    "you have",
    "arguments: ",
    "Device: ",
    "orch: ",
    "capability sm_",
    '.exe"',
    ":\\",
    "site-packages",
)
WINDOWS = re.compile(r"(?:^|[\s\"'(])[A-Za-z]:\\\S")
UNIX = re.compile(r"/(?:home|root|opt|mnt|workspace|usr)/\S{0,200}site-packages")
MAC = re.compile(r"/Users/\S")
VENDORS = {"nvidia": "NVIDIA", "geforce": "NVIDIA", "amd": "AMD", "radeon": "AMD", "intel": "Intel", "apple": "Apple"}


@dataclass(frozen=True)
class Facts:
    """`system` is sys.platform, `capability` the compute capability, memory in bytes.

    `changed` is the extension that was installed or updated last, `exit_code` what the process ended with.
    """

    system: str = ""
    python: str = ""
    torch: str = ""
    cuda: str = ""
    xformers: str = ""
    vendor: str = ""
    card: str = ""
    capability: float = 0
    driver: str = ""
    vram: int = 0
    ram: int = 0
    webui: str = ""
    commit: str = ""
    arguments: str = ""
    extensions: tuple[str, ...] = ()
    changed: str = ""
    exit_code: int | None = None

    @property
    def build(self) -> str:
        """What torch was built for: "cpu", "cuda", "rocm" or "" if its version does not tell."""
        local = self.torch.partition("+")[2]
        if self.cuda or local.startswith("cu"):
            return "cuda"
        return "rocm" if local.startswith("rocm") else "cpu" if local == "cpu" else ""

    def completed_by(self, other: "Facts") -> "Facts":
        """These facts, with what is unknown taken from `other`."""
        empty = Facts()
        unknown = [f.name for f in fields(Facts) if getattr(self, f.name) == getattr(empty, f.name)]
        return replace(self, **{name: getattr(other, name) for name in unknown})


def of_machine(machine: Machine) -> Facts:
    """What the machine tells; its Python and torch are the studio's, so those of the web UI stay unknown."""
    card = machine.cards[0] if machine.cards else None
    others = next((vendor for name, vendor in VENDORS.items() if name in " ".join(machine.other_cards).lower()), "")
    return Facts(
        system=machine.system,
        vendor="NVIDIA" if card else others,
        card=card.name if card else ", ".join(machine.other_cards),
        capability=card.capability if card else 0,
        driver=card.driver if card else "",
        vram=card.memory_mib * 2**20 if card else 0,
        ram=machine.ram,
    )


def read(line: str, known: Facts) -> Facts:
    """The facts with what a line of the log tells added; the first telling counts, but for versions the last."""
    if not any(mark in line for mark in MARKS):
        return known
    told = {name: value for name, patterns in TOLD.items() if (value := _told(line, patterns))}
    if too_new := SM.search(line):
        return replace(known, capability=int(too_new["sm"]) / 10)
    if "card" in told:
        told["vendor"] = next((v for name, v in VENDORS.items() if name in told["card"].lower()), "")
    if not known.system:
        told["system"] = _system(line)
    return replace(known, **told) if any(told.values()) else known


def _told(line: str, patterns: tuple[re.Pattern[str], ...]) -> str:
    return next((found["value"] for pattern in patterns if (found := pattern.search(line))), "")


def _system(line: str) -> str:
    if WINDOWS.search(line):
        return "win32"
    if MAC.search(line):
        return "darwin"
    return "linux" if UNIX.search(line) else ""


def fit(where: Where, facts: Facts) -> tuple[bool, bool]:
    """(whether nothing speaks against the rule applying, whether all that it asks for is known)."""
    answers = [
        _same(where.vendor, facts.vendor),
        _same(where.system, facts.system),
        _same(where.build, facts.build),
        _within(where.torch, facts.torch.partition("+")[0]),
        _within(where.python, facts.python),
        _within(where.capability, f"{facts.capability:.1f}" if facts.capability else ""),
    ]
    is_known = None not in answers
    return False not in answers and (is_known or not where.strict), is_known


def _same(asked: str, known: str) -> bool | None:
    if not asked:
        return True
    return asked == known if known else None


def _within(asked: str, known: str) -> bool | None:
    if not asked:
        return True
    try:
        return SpecifierSet(asked).contains(Version(known), prereleases=True)
    except InvalidVersion:
        return None
