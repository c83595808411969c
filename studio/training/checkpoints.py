"""The state of a training on disk: written whole or not at all, so that a killed training goes on from the last one."""

import io
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from studio.core.errors import FileProblem
from studio.core.files import write_atomically


def save(path: Path, state: Mapping[str, Any]) -> None:
    """Write tensors, numbers and tables of them. Raises DiskFull or FileProblem."""
    packed = io.BytesIO()
    torch.save(dict(state), packed)
    write_atomically(path, packed.getvalue())


def load(path: Path) -> dict[str, Any]:
    """What `save` wrote, on the CPU. Raises FileProblem."""
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, UnpicklingError) as error:
        raise FileProblem(
            path, "{name} is not a training's state.", "Delete it and train again.", details=str(error)
        ) from error
