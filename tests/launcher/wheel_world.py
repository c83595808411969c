"""Wheels made by the tests, a folder and a server to get them from, and environments to put them in."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote


def environ() -> dict[str, str]:
    """This process's environment without pip's settings, so that only the tests' own wheels exist."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(("PIP_", "UV_"))}
    return kept | {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_NO_COMPILE": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def wheel(
    folder: Path,
    name: str,
    version: str,
    requires: Sequence[str] = (),
    files: Mapping[str, str] | None = None,
    *,
    tag: str = "py3-none-any",
    scripts: Mapping[str, str] | None = None,
) -> Path:
    """Write a wheel: metadata and, if not said otherwise, a module with its version."""
    module = name.replace("-", "_")
    stem = f"{module}-{version}"
    contents = dict(files if files is not None else {f"{module}/__init__.py": f"__version__ = {version!r}\n"})
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    metadata += [f"Requires-Dist: {line}" for line in requires]
    contents[f"{stem}.dist-info/METADATA"] = "\n".join(metadata) + "\n\nText 文字\n"
    contents[f"{stem}.dist-info/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n"
    if scripts:
        lines = [f"{script} = {target}" for script, target in scripts.items()]
        contents[f"{stem}.dist-info/entry_points.txt"] = "\n".join(["[console_scripts]", *lines]) + "\n"
    record = [f'"{path}",sha256={hashed(text)},{len(text.encode())}' for path, text in contents.items()]
    contents[f"{stem}.dist-info/RECORD"] = "\n".join([*record, f"{stem}.dist-info/RECORD,,"]) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inner, text in contents.items():
            archive.writestr(inner, text)
    return path


def hashed(text: str) -> str:
    """A RECORD's sha256."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def make_venv(folder: Path) -> Path:
    """An environment with pip, made by this Python."""
    base = Path(sys.base_prefix) / ("python.exe" if os.name == "nt" else "bin/python3")
    subprocess.run([str(base), "-m", "venv", str(folder)], check=True, capture_output=True)
    return folder


def copy_venv(venv: Path, target: Path) -> Path:
    """A copy of an environment that does not know it was moved."""
    shutil.copytree(venv, target, symlinks=True)
    for path in (target / "bin").iterdir():
        if not path.is_symlink() and path.is_file():
            path.write_bytes(path.read_bytes().replace(bytes(venv), bytes(target)))
    return target


def pip(venv: Path, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    """Run the environment's pip; its output. Fails as pip fails."""
    command = [str(venv / "bin" / "python"), "-m", "pip", *arguments]
    done = subprocess.run(command, env=dict(env or environ()), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def index(folder: Path, wheels: Sequence[Path]) -> str:
    """Lay wheels out as a package index; its address."""
    for path in wheels:
        name = path.name.split("-")[0].replace("_", "-").lower()
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place / path.name)
        links = "".join(f'<a href="{quote(one.name)}">{one.name}</a>' for one in sorted(place.glob("*.whl")))
        (place / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")
    return folder.as_uri()


def versions(venv: Path) -> dict[str, str]:
    """What pip says is installed."""
    lines = json.loads(pip(venv, "list", "--format", "json"))
    return {row["name"]: row["version"] for row in lines}
