"""Loads the scripts of extensions; one that fails is told of and passed over."""

import sys
import traceback
from pathlib import Path

from modules import extensions
from modules.errors import report
from modules.shared import timer


def load(found: list[Path]) -> None:
    extensions.complain_of_requirements(found)
    for folder in found:
        sys.path.insert(0, str(folder))
        for file in sorted((folder / "scripts").glob("*.py")):
            try:
                extensions.load_module(file)
            except Exception:  # noqa: BLE001 - the web UI catches everything here
                report(f"Error loading script: {file.name}", traceback.format_exc())
            timer.record(f"load scripts/{file.name}")
        sys.path.remove(str(folder))
