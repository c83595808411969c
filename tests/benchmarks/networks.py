"""Applying 4 LoRAs to a U-Net of SD 1.5's size, against diffusers and PEFT.

python -m tests.benchmarks.networks [float16]

Both begin with the files and end with changed weights; then both take them out again. Steps compare the two ways in
which networks can act here. Runs on the card if there is one.
"""

import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import diffusers
import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from safetensors.torch import save_file
from torch import nn

from studio.engine import attention, device
from studio.engine.memory import Plan
from studio.engine.networks import Patches, Use
from studio.engine.networks.patches import ON_THE_FLY, PATCHED
from studio.engine.unet import UNet
from studio.library import networks
from studio.library.networks import NetworkFile

COUNT, RANK, STRENGTH = 4, 16, 0.7
WHERE = device.best()
DTYPE = getattr(torch, sys.argv[1]) if len(sys.argv) > 1 else torch.float32 if WHERE.type == "cpu" else torch.float16


def unet() -> UNet2DConditionModel:
    with torch.device("meta"):
        made = UNet2DConditionModel(cross_attention_dim=768, attention_head_dim=8)
    made.to_empty(device=WHERE).to(DTYPE)
    generator = torch.Generator(WHERE).manual_seed(1)
    for parameter in made.parameters():
        parameter.data.normal_(0, 0.02, generator=generator)
    return made.eval().requires_grad_(False)


def lora_files(folder: Path, of: nn.Module) -> list[Path]:
    layers = [
        (path, module)
        for path, module in of.named_modules()
        if "attentions" in path and isinstance(module, nn.Linear | nn.Conv2d)
    ]
    return [_lora_file(folder / f"{number}.safetensors", layers) for number in range(COUNT)]


def _lora_file(path: Path, layers: list[tuple[str, nn.Module]]) -> Path:
    tensors = {}
    for name, module in layers:
        outputs, inputs, *kernel = module.weight.shape
        key = "lora_unet_" + name.replace(".", "_")
        tensors[f"{key}.lora_down.weight"] = (torch.randn(RANK, inputs, *kernel) * 0.02).half()
        tensors[f"{key}.lora_up.weight"] = (torch.randn(outputs, RANK, *[1] * len(kernel)) * 0.02).half()
        tensors[f"{key}.alpha"] = torch.tensor(float(RANK)).half()
    save_file(tensors, path)
    return path


def seconds(work: Callable[[], object]) -> float:
    if WHERE.type == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    work()
    if WHERE.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def ours(net: UNet2DConditionModel, files: list[Path]) -> None:
    checkpoint = SimpleNamespace(unet=net, text_encoders=(), family="SD1")
    uses = tuple(Use(NetworkFile(path, path.stem), networks.stamp(path), STRENGTH, STRENGTH) for path in files)
    call = UNet(net)
    attention.install(net, attention.sdpa)
    side = 16 if WHERE.type == "cpu" else 64
    x = torch.randn(2, 4, side, side, device=WHERE)
    t, context = torch.full((2,), 500.0, device=WHERE), torch.randn(2, 77, 768, device=WHERE)
    plan = Plan(WHERE, DTYPE, "sdpa")
    with torch.no_grad():
        call(x, t, context)
        alone = min(seconds(lambda: call(x, t, context)) for _ in range(2))
        print(f"a step ({side * 8} pixels) alone    {alone:8.3f} s")
        for mode in (PATCHED, ON_THE_FLY):
            patches = Patches(checkpoint, plan, 2**34, mode, call.forget)  # type: ignore[arg-type]
            print(f"ours, {mode:10s} in        {seconds(lambda p=patches: p.put(uses)):8.3f} s")
            print(f"      {mode:10s} a step    {min(seconds(lambda: call(x, t, context)) for _ in range(2)):8.3f} s")
            print(f"      {mode:10s} out       {seconds(lambda p=patches: p.put(())):8.3f} s")
            print(f"      {mode:10s} in again  {seconds(lambda p=patches: p.put(uses)):8.3f} s")
            patches.put(())


def theirs(net: UNet2DConditionModel, files: list[Path]) -> None:
    pipeline = StableDiffusionPipeline(
        vae=None, text_encoder=None, tokenizer=None, unet=net, scheduler=DDIMScheduler(), safety_checker=None,
        feature_extractor=None, requires_safety_checker=False,
    )  # type: ignore[arg-type]  # fmt: skip

    def load() -> None:
        for path in files:
            pipeline.load_lora_weights(path, adapter_name=f"n{path.stem}")

    names = [f"n{path.stem}" for path in files]
    loading = seconds(load)
    choosing = seconds(lambda: pipeline.set_adapters(names, [STRENGTH] * COUNT))
    fusing = seconds(lambda: pipeline.fuse_lora(components=["unet"], adapter_names=names))
    print(f"diffusers and PEFT in       {loading + choosing + fusing:8.3f} s  (load {loading:.3f}, fuse {fusing:.3f})")
    removing = seconds(lambda: (pipeline.unfuse_lora(), pipeline.unload_lora_weights()))
    print(f"diffusers and PEFT out      {removing:8.3f} s", flush=True)


def main() -> None:
    warnings.simplefilter("ignore")
    diffusers.logging.set_verbosity_error()
    torch.manual_seed(0)
    print(f"{WHERE}, {DTYPE}, {torch.get_num_threads()} threads, {COUNT} LoRAs of rank {RANK}")
    with tempfile.TemporaryDirectory() as folder:
        net = unet()
        files = lora_files(Path(folder), net)
        ours(net, files)
        theirs(net, files)


if __name__ == "__main__":
    main()
