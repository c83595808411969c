"""The Pythons of this machine, and whether environments of web UIs can be made with them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.catalog.webui_sources import WebuiSource

ASK = """
import importlib.util, json, struct, sys
base = getattr(sys, "_base_executable", "") or sys.executable
able = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
print(json.dumps([base, list(sys.version_info[:3]), struct.calcsize("P") * 8, able]))
"""
STUB, DEAD, UNABLE = "store stub", "does not run", "no venv"
NAMES = ("python3", "python", *(f"python3.{minor}" for minor in range(14, 6, -1)))
EMBEDDED = ("python", "system/python", "python_embeded", "python_embedded", ".ext", "py310", "runtime")


@dataclass(frozen=True)
class Python:
    """A Python: `origin` is where it was found (path, registry, pyenv, uv, folder, embedded).

    `problem` is "" or why no environment can be made with it: "store stub" (Windows' advertisement for its store),
    "does not run", "no venv" (its venv or ensurepip module is missing).
    """

    path: Path
    version: tuple[int, ...] = ()
    bits: int = 0
    origin: str = "path"
    problem: str = ""

    @property
    def title(self) -> str:
        """As users know it: 3.10.6 (64-bit)."""
        return f"{'.'.join(map(str, self.version))} ({self.bits}-bit)" if self.version else str(self.path)

    def fits(self, source: WebuiSource) -> bool:
        """Whether a web UI runs on it."""
        low, high = source.pythons
        return not self.problem and self.bits == 64 and low <= self.version[:2] <= high


def find(
    folder: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    system: str = sys.platform,
    registry: Callable[[], Iterable[str]] | None = None,
    timeout_s: float = 10,
) -> list[Python]:
    """The Pythons there are, newest version first, each once; those in a web UI's `folder` too.

    Runs each one shortly, several at a time.
    """
    wanted: dict[Path, str] = {}
    for path, origin in candidates(folder, environ, system, registry or registered):
        wanted.setdefault(path, origin)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda pair: probe(pair[0], pair[1], timeout_s), wanted.items()))
    single: dict[Path, Python] = {}
    for python in found:
        single.setdefault(_real(python.path), python)
    return sorted(single.values(), key=lambda python: (not python.problem, python.version), reverse=True)


def best(pythons: Iterable[Python], source: WebuiSource) -> Python | None:
    """The Python to make a web UI's environment with: its favourite version, else the newest that fits."""
    fitting = [python for python in pythons if python.fits(source)]
    return max(fitting, key=lambda python: (python.version[:2] == source.best_python, python.version), default=None)


def candidates(
    folder: Path | None, environ: Mapping[str, str], system: str, registry: Callable[[], Iterable[str]]
) -> Iterator[tuple[Path, str]]:
    """Files that may be Pythons, with where they were found."""
    program = "python.exe" if system == "win32" else "bin/python3"
    for place in EMBEDDED if folder else ():
        yield from ((path, "embedded") for path in _files([Path(folder or "", place, program)]))
    yield from ((path, "path") for path in _on_path(environ, system))
    if system == "win32":
        yield from ((path, "registry") for path in _files(Path(text) for text in registry()))
    for origin, pattern in _patterns(environ, system):
        yield from ((path, origin) for path in _glob(pattern))


def _on_path(environ: Mapping[str, str], system: str) -> Iterator[Path]:
    ending = ".exe" if system == "win32" else ""
    path = next((value for name, value in environ.items() if name.upper() == "PATH"), "")
    separator = ";" if system == "win32" else ":"
    # pyenv's shims are found as what they stand for; those of versions that are not chosen only complain
    folders = [part for part in path.split(separator) if part and Path(part).name != "shims"]
    yield from _files(Path(part, name + ending) for part in folders for name in NAMES)


def _patterns(environ: Mapping[str, str], system: str) -> list[tuple[str, str]]:
    home = environ.get("USERPROFILE" if system == "win32" else "HOME", "") or str(Path.home())
    if system == "win32":
        local, roaming = environ.get("LOCALAPPDATA", ""), environ.get("APPDATA", "")
        drive = environ.get("SYSTEMDRIVE", "C:") + "/"
        return [
            ("pyenv", f"{environ.get('PYENV', home + '/.pyenv/pyenv-win')}/versions/*/python.exe"),
            ("uv", f"{roaming}/uv/python/*/python.exe"),
            ("folder", f"{local}/Programs/Python/Python3*/python.exe"),
            ("folder", f"{drive}/Python3*/python.exe"),
            ("folder", f"{environ.get('PROGRAMFILES', drive + 'Program Files')}/Python3*/python.exe"),
        ]
    data = environ.get("XDG_DATA_HOME", f"{home}/.local/share")
    places = [
        ("pyenv", f"{environ.get('PYENV_ROOT', home + '/.pyenv')}/versions/3.*/bin/python"),
        ("uv", f"{data}/uv/python/*/bin/python3"),
        ("folder", "/usr/local/bin/python3.*[0-9]"),
        ("folder", "/opt/python*/bin/python3"),
    ]
    if system == "darwin":
        places += [
            ("folder", "/opt/homebrew/bin/python3.*[0-9]"),
            ("folder", "/Library/Frameworks/Python.framework/Versions/3.*/bin/python3"),
        ]
    return places


def _glob(pattern: str) -> list[Path]:
    path = Path(pattern)
    try:
        return sorted(Path(path.anchor or ".").glob(str(path.relative_to(path.anchor))))
    except (OSError, ValueError):
        return []


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if os.path.lexists(path) and not path.is_dir():
            yield path


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except OSError:
        return path


def registered() -> list[str]:
    """The interpreters Windows' registry names (PEP 514), of both word sizes and all companies."""
    if sys.platform != "win32":
        return []  # only there does winreg exist
    import winreg

    found = []
    views = (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY)
    for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        for view in views:
            found += _below(winreg, root, winreg.KEY_READ | view)
    return list(dict.fromkeys(found))


def _below(winreg: Any, root: object, access: int, key: str = r"Software\Python") -> list[str]:
    """The interpreters below a key of the registry: company, version, InstallPath."""
    found = []
    for company in _keys(winreg, root, key, access):
        for version in _keys(winreg, root, rf"{key}\{company}", access):
            place = rf"{key}\{company}\{version}\InstallPath"
            found += _interpreter(winreg, root, place, access)
    return found


def _keys(winreg: Any, root: object, key: str, access: int) -> list[str]:
    names = []
    try:
        with winreg.OpenKey(root, key, 0, access) as opened:
            while True:
                names.append(winreg.EnumKey(opened, len(names)))
    except OSError:
        return names


def _interpreter(winreg: Any, root: object, key: str, access: int) -> list[str]:
    try:
        with winreg.OpenKey(root, key, 0, access) as opened:
            try:
                return [str(winreg.QueryValueEx(opened, "ExecutablePath")[0])]
            except OSError:
                return [str(winreg.QueryValueEx(opened, "")[0]).rstrip("\\") + r"\python.exe"]
    except OSError:
        return []


def is_stub(path: Path) -> bool:
    """Whether a file is Windows' advertisement for its store: nothing of its own in its folder of aliases."""
    if "windowsapps" not in (part.lower() for part in path.parts):
        return False
    try:
        return path.lstat().st_size == 0
    except OSError:
        return True


def probe(path: Path, origin: str = "path", timeout_s: float = 10) -> Python:
    """Ask a Python what it is. An environment's Python leads to the one it was made from; a stub is not run."""
    if is_stub(path):
        return Python(path, origin=origin, problem=STUB)
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "__PYVENV"))}
    try:
        done = subprocess.run(
            [str(path), "-I", "-c", ASK], capture_output=True, stdin=subprocess.DEVNULL, timeout=timeout_s, env=environ
        )
        base, version, bits, able = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return Python(path, origin=origin, problem=DEAD)
    python = Path(base) if Path(base).is_file() else path
    return Python(python, tuple(version), bits, origin, "" if able else UNABLE)
