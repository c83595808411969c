"""Asking an environment's own torch and xFormers whether they work, after a repair and for a diagnosis."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.core.job import JobContext
from studio.launcher.running import run
from studio.launcher.venv import program

ASK = """
import json
try:
    import torch
    cuda, mps = torch.cuda.is_available(), getattr(torch.backends, "mps", None)
    xpu = getattr(torch, "xpu", None)
    device = "cuda" if cuda else "xpu" if xpu and xpu.is_available() else "mps" if mps and mps.is_available() else "cpu"
    said = {"version": str(torch.__version__), "device": device, "name": device}
    if cuda:
        said["name"] = torch.cuda.get_device_name()
        (torch.ones(8, device="cuda", dtype=torch.float16) * 2).sum().item()
except BaseException as error:
    said = {"error": type(error).__name__ + ": " + str(error)}
print("\\nANSWER" + json.dumps(said))
"""
ATTENTION = re.compile(r"^memory_efficient_attention\.\S*[fF]\S*:\s+available", re.M)


@dataclass(frozen=True)
class TorchAnswer:
    """What torch says: its version, "cuda", "xpu", "mps" or "cpu", the card's name; `error` if it fails there."""

    version: str = ""
    device: str = ""
    name: str = ""
    error: str = ""


def ask(venv: Path, environ: Mapping[str, str], context: JobContext, *, timeout_s: float = 120) -> TorchAnswer:
    """Import torch in the environment and compute one sum on the card. Takes seconds.

    Raises NotRunnable or Cancelled.
    """
    context.progress(0, 0, "Asking torch")
    done = run([str(program(venv)), "-c", ASK], environ, context, timeout_s=timeout_s)
    found = re.search(r"^ANSWER(\{.*\})$", done.output, re.M)
    if found is None:  # a native crash, or no answer in time
        return TorchAnswer(error=(done.output.strip().splitlines() or [f"exit code {done.code}"])[-1])
    return TorchAnswer(**json.loads(found[1]))


def has_xformers(venv: Path, environ: Mapping[str, str], context: JobContext, *, timeout_s: float = 120) -> bool:
    """Whether xFormers' attention can be used there, as `python -m xformers.info` tells. Raises as `ask`."""
    done = run([str(program(venv)), "-m", "xformers.info"], environ, context, timeout_s=timeout_s)
    return not done.code and ATTENTION.search(done.output) is not None
