"""Pretends to load a model, with the lines and the progress bar of the real thing."""

import sys
import time
import traceback

from modules import faults


def load(args: object) -> None:
    """Runs in a thread: what goes wrong here leaves the server running without a model."""
    begun = time.time()
    try:
        print("Calculating sha256 for pocket.safetensors: " + "6ce0161689" + 54 * "0")
        print(f"Loading weights [6ce0161689] from {args.ckpt}")
        bar()
        faults.hit("model")
    except Exception:  # noqa: BLE001 - the web UI catches everything here
        print("loading stable diffusion model: " + traceback.format_exc(), file=sys.stderr)
        print("\nStable diffusion model failed to load", file=sys.stderr)
        return
    print("Creating model from config: configs/pocket-inference.yaml")
    print("Applying attention optimization: Doggettx... done.")
    print(f"Model loaded in {time.time() - begun:.1f}s (load weights from disk: 0.1s, apply weights to model: 0.1s).")


def bar(total: int = 20) -> None:
    wait = faults.seconds("model") / total
    for i in range(total + 1):
        done = round(10 * i / total)
        text = f"{100 * i // total:3}%|{'█' * done}{' ' * (10 - done)}| {i}/{total} [00:00<00:00, 91.20it/s]"
        print(f"\r{text}", end="", file=sys.stderr, flush=True)
        time.sleep(wait)
    print(file=sys.stderr)
