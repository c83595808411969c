"""The numbers of out-of-memory messages and what they say: too little, in pieces, taken by others, asked too much."""

import re
from dataclasses import dataclass

UNITS = {"bytes": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
SIZE = r"(?P<{0}>\d{{1,20}}(?:\.\d{{1,6}})?)\s{{0,3}}(?P<{0}_unit>bytes|[KMGT]i?B|B)\b"
# torch < 2.2 | from 2.2 on (2.1 wrote "capacty") | cudaMallocAsync | Apple's
FORMS = {
    "requested": (r"Tried to allocate {}", r"Requested\s{{0,20}}:?\s{{0,3}}{}"),
    "total": (
        r"; {} total capacity",
        r"total capaci?ty of {}",
        r"Device limit\s{{0,20}}:?\s{{0,3}}{}",
        r"max allowed: {}",
    ),
    "allocated": (
        r"; {} already allocated",
        r"Of the allocated memory {} is allocated by PyTorch",
        r"Currently allocated\s{{0,20}}:?\s{{0,3}}{}",
        r"MPS allocated: {}",
    ),
    "free": (r"; {} free", r"of which {} is free", r"Free \(according to CUDA\)\s{{0,20}}:?\s{{0,3}}{}"),
    "reserved": (r"; {} reserved in total",),
    "unallocated": (r"(?:and|,) {} is reserved by PyTorch but unallocated",),
    "process": (r"this process has {} memory in use",),
    "pool": (r"other allocations: {}",),
}
PATTERNS = {
    name: [re.compile(form.format(SIZE.format(name)), re.IGNORECASE) for form in forms] for name, forms in FORMS.items()
}
OTHERS = re.compile(r"Process \d{1,10} has " + SIZE.format("used") + " memory in use", re.IGNORECASE)
CONTEXT = 700 * 2**20  # what a CUDA context takes beside torch's own memory
SHORTAGE, FRAGMENTED, OTHER, HUGE, UNKNOWN = "shortage", "fragmented", "other-process", "huge-request", "unknown"


@dataclass(frozen=True)
class Shortfall:
    """What one message says, in bytes; None is not told. `others` is what other processes hold."""

    requested: int | None = None
    total: int | None = None
    allocated: int | None = None
    free: int | None = None
    reserved: int | None = None
    others: int | None = None

    @property
    def case(self) -> str:
        """Which of the cases it is: one huge request, another process, memory in pieces, a real shortage, unknown."""
        if self.requested is None:
            return UNKNOWN
        if self._is_huge():
            return HUGE
        if self._is_taken_by_others():
            return OTHER
        return FRAGMENTED if self._is_in_pieces() else SHORTAGE

    def _is_huge(self) -> bool:
        return bool(self.total and self.requested and self.requested >= self.total / 2)

    def _is_taken_by_others(self) -> bool:
        mine = self.reserved if self.reserved is not None else self.allocated
        return bool(self.total and self.others and self.others >= self.total / 4 and (mine or 0) < 0.6 * self.total)

    def _is_in_pieces(self) -> bool:
        unused = (self.reserved or 0) - (self.allocated or 0) if self.reserved is not None else 0
        requested = self.requested or 0
        return unused >= requested or (self.free is not None and self.free >= max(requested, 1))


def parse(text: str) -> Shortfall | None:
    """The numbers of a message of torch (CUDA, ROCm, XPU, Apple), old or new; None if it holds none."""
    text = text[:4000]
    found = {name: value for name in PATTERNS if (value := _first(name, text)) is not None}
    if not found:
        return None
    return Shortfall(
        requested=found.get("requested"),
        total=found.get("total"),
        allocated=found.get("allocated"),
        free=found.get("free"),
        reserved=_reserved(found),
        others=_others(found, text),
    )


def _reserved(found: dict[str, int]) -> int | None:
    if "unallocated" in found and "allocated" in found:
        return found["allocated"] + found["unallocated"]
    return found.get("reserved")


def _others(found: dict[str, int], text: str) -> int | None:
    """Told outright by newer versions, else what is neither free nor ours nor the driver's."""
    named = sum(_bytes(match["used"], match["used_unit"]) for match in OTHERS.finditer(text))
    if named or "process" in found:
        return named
    mine = found.get("reserved", found.get("allocated"))
    if mine is None or "total" not in found or "free" not in found:
        return None
    return max(found["total"] - found["free"] - mine - CONTEXT, 0)


def _first(name: str, text: str) -> int | None:
    matches = (pattern.search(text) for pattern in PATTERNS[name])
    return next((_bytes(match[name], match[f"{name}_unit"]) for match in matches if match), None)


def _bytes(number: str, unit: str) -> int:
    unit = unit.lower()
    return round(float(number) * UNITS.get(unit, UNITS[unit[0]]))


def size_text(size: int | None) -> str:
    """A size in the unit that suits it, "?" for None."""
    if size is None:
        return "?"
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"
