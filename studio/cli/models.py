"""`models`: what lies in the model folders."""

import argparse
import json
import sys
from typing import Any

from studio.cli.terminal import DONE
from studio.core.machine import GB
from studio.core.paths import places
from studio.core.settings import Settings
from studio.library.checkpoints import checkpoints, vaes


def add(commands: Any) -> None:
    """Add `models` to the commands."""
    parser = commands.add_parser("models", help="list the models that were found", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=models)


def models(given: argparse.Namespace) -> int:
    """List checkpoints and VAEs."""
    here = places()
    settings = Settings.load(here.settings)
    found, found_vaes = checkpoints(here, settings), vaes(here, settings)
    if given.json:
        rows = [
            {"name": file.name, "path": str(file.path), "size_bytes": file.size_bytes, "sha256": file.sha256}
            for file in found
        ]
        print(json.dumps({"checkpoints": rows, "vaes": [str(path) for path in found_vaes]}, ensure_ascii=False))
        return DONE
    for file in found:
        print(f"{file.title}  {file.size_bytes / GB:.2f} GB")
    for path in found_vaes:
        print(f"VAE: {path.name}")
    if not found:
        print(f"No models yet: put a .safetensors checkpoint into {here.models / 'Stable-diffusion'}.", file=sys.stderr)
    return DONE
