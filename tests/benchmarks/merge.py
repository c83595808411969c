"""How fast two checkpoints of SDXL's size are merged, beside a plain copy, and how much memory that takes.

python -m tests.benchmarks.merge [--share 1.0] [--add] [--precision fp16] [--folder DIR]

The inputs are sparse files with the real names and shapes, each 6.9 GB at full share; `--share` takes fewer of the
tensors, the largest ones always among them. Prints JSON; what was written is removed.
"""

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch

from studio.core.job import JobContext
from studio.core.merge_request import ADD_DIFFERENCE, AS_THEY_ARE, WEIGHTED_SUM, MergeRequest
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.engine.merge import make
from studio.engine.merge.writing import Entry, header_bytes

UNET = "model.diffusion_model."
WIDTHS, CONTEXT = (320, 640, 1280), 2048


def shapes() -> dict[str, tuple[int, ...]]:
    """Tensors that make up SDXL's size, under names that merging takes for SDXL's."""
    found = {
        f"{UNET}input_blocks.0.0.weight": (320, 4, 3, 3),
        f"{UNET}input_blocks.3.0.op.weight": (320, 320, 3, 3),
        f"{UNET}label_emb.0.0.weight": (1280, 2816),
        "conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight": (49408, 768),
        "conditioner.embedders.1.model.token_embedding.weight": (49408, 1280),
    }
    for block in range(86):  # those of the innermost level, and what makes up for all others
        path = f"{UNET}middle_block.1.transformer_blocks.{block}"
        for one, inputs in (("attn1", 1280), ("attn2", CONTEXT)):
            for part, width in (("to_q", 1280), ("to_k", inputs), ("to_v", inputs), ("to_out.0", 1280)):
                found[f"{path}.{one}.{part}.weight"] = (1280, width)
        found[f"{path}.ff.net.0.proj.weight"], found[f"{path}.ff.net.2.weight"] = (10240, 1280), (1280, 5120)
    for layer in range(32):
        path = f"conditioner.embedders.1.model.transformer.resblocks.{layer}"
        found[f"{path}.attn.in_proj_weight"] = (3840, 1280)
        found[f"{path}.mlp.c_fc.weight"], found[f"{path}.mlp.c_proj.weight"] = (5120, 1280), (1280, 5120)
    return found


def sparse(path: Path, dtype: torch.dtype, share: float) -> int:
    wanted = list(shapes().items())
    kept = wanted[: max(int(len(wanted) * share), 6)]
    entries = [Entry(name, dtype, shape, list) for name, shape in kept]
    head = header_bytes(entries, {"format": "pt"})
    size = len(head) + sum(entry.size_bytes for entry in entries)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)
    return size


def copied(path: Path, target: Path) -> float:
    start = time.perf_counter()
    with path.open("rb") as source, target.open("wb") as file:
        while data := source.read(2**24):
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    target.unlink()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--add", action="store_true", help="A + (B - C) M instead of a weighted sum")
    parser.add_argument("--precision", default=AS_THEY_ARE)
    parser.add_argument("--dtype", default="float16")
    parser.add_argument("--folder", help="on which disk; default: the temporary one")
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(dir=given.folder))
    try:
        folder = home / "models" / "Stable-diffusion"
        folder.mkdir(parents=True)
        files = [folder / f"{name}.safetensors" for name in ("abc" if given.add else "ab")]
        sizes = [sparse(path, getattr(torch, given.dtype), given.share) for path in files]
        method = ADD_DIFFERENCE if given.add else WEIGHTED_SUM
        request = MergeRequest(
            primary="a", secondary="b", tertiary="c", method=method, precision=given.precision, name="m",
            save_metadata=False,
        )  # fmt: skip
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        made = make(request, JobContext(), Settings(), Places(home))
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        made.path.unlink()
        figures = {
            "read_mib": round(sum(sizes) / 2**20),
            "written_mib": round(made.size_bytes / 2**20),
            "seconds": round(seconds, 1),
            "written_mib_s": round(made.size_bytes / 2**20 / seconds),
            "copy_mib_s": round(sizes[0] / 2**20 / copied(files[0], folder / "copy")),
            "peak_rss_mib": peak // 1024,
            "rss_before_mib": before // 1024,
        }
        print(json.dumps(figures, indent=1))
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
