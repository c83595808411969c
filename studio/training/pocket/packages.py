"""Packages of the npm registry: fetched with npm by name and version, read inside their archives."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from studio.core.errors import FileProblem, NoNetwork, StudioError
from studio.training.pocket.recipe import Package

PATIENCE_S = 300
MOST_BYTES = 256 * 2**20


def fetch(package: Package, folder: Path) -> Path:
    """The package's archive in `folder`, fetched unless it is there. Raises StudioError, NoNetwork."""
    path = folder / package.file
    if path.is_file():
        return path
    npm = shutil.which("npm")
    if npm is None:
        raise StudioError("npm is needed to fetch pictures.", "Install Node.js, or put {file} there.", file=str(path))
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", f"{package.name}@{package.version}", "--pack-destination", str(folder.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, cwd=folder)
        failure = "" if done.returncode == 0 and path.is_file() else done.stderr
    except subprocess.TimeoutExpired:
        failure = f"nothing after {PATIENCE_S} s"
    if failure:
        path.unlink(missing_ok=True)
        raise NoNetwork(
            "The package {package} could not be fetched.", "Check the network and try again.",
            package=package.name, details=failure,
        )  # fmt: skip
    return path


def read_json(archive: Path, name: str) -> dict[str, Any]:
    """One JSON file of a package, `name` as inside it. Raises FileProblem."""
    try:
        with tarfile.open(archive) as files:
            file = files.extractfile(f"package/{name}")
            data = file.read(MOST_BYTES) if file else b""
        return json.loads(data)
    except (OSError, KeyError, ValueError, tarfile.TarError) as error:
        raise FileProblem(
            archive, "{name} is not the package it should be.", "Delete it, so that it is fetched again.",
            details=str(error),
        ) from error  # fmt: skip
