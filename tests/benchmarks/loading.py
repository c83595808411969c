"""How fast a checkpoint loads, how much RAM that takes at most, and how long switching back lasts, as JSON.

python -m tests.benchmarks.loading [--size small|sd15] [--format safetensors|ckpt] [--read half|full]
Each way of loading runs in a process of its own; diffusers' from_single_file, with the U-Net and VAE alone, is the
measure. The file is random and written in half precision.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import save_file
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel

from studio.core.paths import Places
from studio.core.settings import Settings
from studio.engine.loading import Checkpoint, load
from studio.engine.loading.export import to_ldm
from studio.engine.models import Models
from tests.engine import checkpoints as make

ROOT = Path(__file__).parents[2]
MIB, PAGE = 2**20, 4096
WAYS = ("ours", "ours_mapped", "diffusers")
CLIP_L = {
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "hidden_act": "quick_gelu",
    "projection_dim": 768,
}
SD15 = {"channels": (320, 640, 1280, 1280), "depths": (1, 1, 1, 0), "context": 768, "heads": 8}


def write(path: Path, size: str) -> None:
    """A random SD1 checkpoint in half precision, and the configurations diffusers wants."""
    torch.set_default_dtype(torch.float16)
    made = make.checkpoint("SD1", resnets=2, **(SD15 if size == "sd15" else {}))
    if size == "sd15":
        texts = (CLIPTextModel(CLIPTextConfig(**CLIP_L)).half(),)
        vae = make.vae(0.18215, (128, 256, 512, 512))
        made = Checkpoint(made.path, "", "SD1", made.unet, vae, texts, made.facts, made.alphas_cumprod)
    made.unet.save_config(path.parent / "unet")
    made.vae.save_config(path.parent / "vae")
    tensors = {name: tensor.half().contiguous() for name, tensor in to_ldm(made).items()}
    if path.suffix == ".ckpt":
        torch.save({"state_dict": tensors}, path)
    else:
        save_file(tensors, path, made.facts.metadata())


def measure(way: str, path: Path, dtype: torch.dtype) -> dict[str, float]:
    """Load once in this process, and read one number of every page, as diffusers may leave them on the disk."""
    before = _peak_mib()
    start = time.perf_counter()
    nets = _diffusers(path, dtype) if way == "diffusers" else _ours(path, dtype, mapped=way == "ours_mapped")
    loaded = time.perf_counter() - start
    parameters = [parameter for net in nets for parameter in net.parameters()]
    for parameter in parameters:
        parameter.view(-1)[:: PAGE // parameter.itemsize].sum()
    return {
        "load_seconds": loaded,
        "load_and_touch_seconds": time.perf_counter() - start,
        "peak_rss_over_start_mib": _peak_mib() - before,
        "weights_mib": sum(parameter.numel() * parameter.itemsize for parameter in parameters) / MIB,
        **({"switch_back_seconds": _switch_back(path)} if way == "ours" else {}),
    }


def _ours(path: Path, dtype: torch.dtype, mapped: bool) -> tuple[nn.Module, ...]:
    return load(path, dtype=dtype, mapped=mapped).nets


def _diffusers(path: Path, dtype: torch.dtype) -> tuple[nn.Module, ...]:
    options = {"config": str(path.parent), "local_files_only": True, "torch_dtype": dtype}
    kinds = ((UNet2DConditionModel, "unet"), (AutoencoderKL, "vae"))
    return tuple(kind.from_single_file(str(path), subfolder=name, **options) for kind, name in kinds)


def _switch_back(path: Path) -> float:
    models = Models(Places(path.parent / "home"), Settings(precision="half"))
    models.checkpoint(str(path))
    start = time.perf_counter()
    models.checkpoint(str(path))
    return time.perf_counter() - start


def _peak_mib() -> float:
    """The most RAM this process had at once; a process's own, where getrusage may tell its parent's."""
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmHWM")


def main() -> None:
    """Write the file, measure each way in a process of its own, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=("small", "sd15"), default="sd15")
    parser.add_argument("--format", choices=("safetensors", "ckpt"), default="safetensors")
    parser.add_argument("--read", choices=("half", "full"), default="half")
    parser.add_argument("--way", choices=("write", *WAYS))
    parser.add_argument("--path", type=Path)
    given = parser.parse_args()
    if given.way == "write":
        write(given.path, given.size)
    elif given.way:
        print(json.dumps(measure(given.way, given.path, torch.float16 if given.read == "half" else torch.float32)))
    else:
        print(json.dumps(_all(given), indent=1))


def _all(given: argparse.Namespace) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"model.{given.format}"
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.loading",
            "--size",
            given.size,
            "--read",
            given.read,
            "--path",
            str(path),
            "--way",
        ]
        environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
        results: dict[str, object] = {}
        for way in ("write", *WAYS):
            done = subprocess.run(
                [*command, way], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
            )
            if way != "write":
                results[way] = json.loads(done.stdout.splitlines()[-1])
        return {"file_mib": path.stat().st_size / MIB, "read_as": given.read, **results}


if __name__ == "__main__":
    main()
