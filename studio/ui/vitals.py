"""How much memory the card and the machine have in use."""

from dataclasses import dataclass

from studio.core import nvidia
from studio.core.job import JobContext


@dataclass(frozen=True)
class Vitals:
    """One look: memory in MiB; `gpu` is "" where no NVIDIA card answers."""

    ram_used: int
    ram_total: int
    gpu: str = ""
    vram_used: int = 0
    vram_total: int = 0


def measure(context: JobContext) -> Vitals:  # noqa: ARG001 - is work of a lane
    """Ask the system, and nvidia-smi where there is one."""
    import psutil

    memory = psutil.virtual_memory()
    used, total = (memory.total - memory.available) >> 20, memory.total >> 20
    for name, vram_used, vram_total in nvidia.query("name,memory.used,memory.total"):
        return Vitals(used, total, name, round(nvidia.number(vram_used)), round(nvidia.number(vram_total)))
    return Vitals(used, total)
