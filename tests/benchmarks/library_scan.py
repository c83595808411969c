"""The models' index with 10,000 real .safetensors files: first scan, later scans, polling, searching; prints JSON."""

import argparse
import json
import random
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library.index import ModelIndex
from studio.library.model_rows import Query

PARTS = ("attn1_to_k", "attn1_to_out_0", "attn1_to_q", "attn1_to_v", "attn2_to_k", "attn2_to_q", "ff_net_0_proj")
WORDS = ("apple", "cat", "castle", "river", "girl", "robot", "dragon", "flower", "苹果", "少女")


def lora(modules: int, number: int) -> bytes:
    """A LoRA with as many tensors as real ones have, of rank 1."""
    tensors, data = {}, bytearray()
    for n in range(modules):
        name = (
            f"lora_unet_down_blocks_{n // 28}_attentions_{n // 14 % 2}_transformer_blocks_{n // 7 % 2}_{PARTS[n % 7]}"
        )
        width = 768 if "attn2_to_k" in name else 320
        for end, shape in (("alpha", []), ("lora_down.weight", [1, width]), ("lora_up.weight", [320, 1])):
            size = 2 * (shape[0] * shape[1] if shape else 1)
            tensors[f"{name}.{end}"] = {"dtype": "F16", "shape": shape, "data_offsets": [len(data), len(data) + size]}
            data += bytes(size)
    tags = {"10_x": {f"{word} {number}": 3 for word in WORDS}}
    told = {"ss_network_dim": "1", "ss_tag_frequency": json.dumps(tags), "ss_output_name": f"n{number}"}
    tensors["__metadata__"] = told
    header = json.dumps(tensors).encode()
    return struct.pack("<Q", len(header)) + header + bytes(data)


def fill(folder: Path, files: int, modules: int) -> int:
    chance = random.Random(1)  # noqa: S311
    size = 0
    for n in range(files):
        path = folder / f"group {n % 50}" / f"{chance.choice(WORDS)} {n}.safetensors"
        path.parent.mkdir(parents=True, exist_ok=True)
        size += path.write_bytes(lora(modules, n))
        if n % 3 == 0:
            path.with_suffix(".json").write_text(json.dumps({"activation text": f"w{n}", "notes": "x"}))
            path.with_suffix(".preview.png").write_bytes(b"\x89PNG")
    return size


def seconds(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return round(time.perf_counter() - begin, 4)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--modules", type=int, default=264, help="layers a file; 264 are all of SD1.5")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        places, settings = Places(Path(home)), Settings()
        size = fill(places.models / "Lora", given.files, given.modules)
        index = ModelIndex(places.data / "models.sqlite")
        figures: dict[str, object] = {"files": given.files, "modules": given.modules, "mib": round(size / 2**20)}
        begin_cpu = time.process_time()
        figures["cold_s"] = seconds(lambda: index.scan(places, settings))
        figures["cold_cpu_s"] = round(time.process_time() - begin_cpu, 2)  # the same on a busy machine
        figures["again_s"] = seconds(lambda: index.scan(places, settings))
        index.close()
        begin = time.perf_counter()
        index = ModelIndex(places.data / "models.sqlite")
        changes = index.scan(places, settings)
        figures["warm_start_s"] = round(time.perf_counter() - begin, 4)
        figures["changes"] = bool(changes)
        figures["poll_s"] = seconds(lambda: index.has_changed(places, settings))
        ids = index.find()
        for words in ("", "castle", "苹果 7"):
            figures[f"find {words!r} s"] = seconds(lambda words=words: index.find(Query(words)))
        figures["page_of_60_s"] = seconds(lambda: index.models(ids[given.files // 2 :][:60]))
        figures["index_mib"] = round((places.data / "models.sqlite").stat().st_size / 2**20, 1)
        index.close()
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
