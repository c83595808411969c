"""Where tensors live and in which precision: CUDA, ROCm (which torch calls cuda), XPU, MPS or the CPU."""

import torch

from studio.core import garbage
from studio.core.errors import BadRequest

GIB = 2**30
PRECISIONS = {"half": torch.float16, "bfloat16": torch.bfloat16, "full": torch.float32}


def best() -> torch.device:
    """The accelerator torch can use here, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.xpu.is_available():
        return torch.device("xpu")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def precision(choice: str, device: torch.device) -> torch.dtype:
    """The dtype the U-Net and text encoders compute in: `choice` is Settings.precision.

    auto is float32 on the CPU and on cards whose half precision paints black (GTX 16xx), else float16. Raises
    BadRequest for an unknown choice.
    """
    if choice in PRECISIONS:
        return PRECISIONS[choice]
    if choice != "auto":
        raise BadRequest("There is no precision named “{choice}”.", "Choose one in the settings.", choice=choice)
    if device.type == "cpu" or _paints_black_in_half(device):
        return torch.float32
    return torch.float16


def _paints_black_in_half(device: torch.device) -> bool:
    return device.type == "cuda" and "GTX 16" in torch.cuda.get_device_name(device)


def memory_gib(device: torch.device) -> float:
    """Total memory of the card in GiB; infinite where memory is the machine's own."""
    if device.type == "cuda":
        return torch.cuda.get_device_properties(device).total_memory / GIB
    if device.type == "xpu":
        return torch.xpu.get_device_properties(device).total_memory / GIB
    return float("inf")


def free_cached_memory() -> None:
    """Give back what torch holds in reserve on the card."""
    garbage.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.xpu.is_available():
        torch.xpu.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory ran out, on the card or in RAM."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in text or "can't allocate memory" in text)
