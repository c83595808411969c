"""Environments of installed web UIs: making, mending, moving, replacing."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.core import trash
from studio.core.errors import StudioError
from studio.core.files import write_atomically
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import packages
from studio.launcher.running import run

MADE_WITHOUT_ENSUREPIP = "This Python cannot make environments: its ensurepip module is missing."


class EnvironmentProblem(StudioError):
    """An environment that cannot be made or mended."""


@dataclass(frozen=True)
class VenvState:
    """What an environment looks like from outside.

    `exists`: there is a pyvenv.cfg; `python`: its interpreter is there; `home`: the Python it was made from, and
    whether that `is_alive`; `was` is the folder it was made in where that is another one ("" if it was not moved);
    `pip`: pip is there in full.
    """

    exists: bool
    python: bool
    home: str
    is_alive: bool
    version: tuple[int, ...]
    was: str
    pip: bool

    @property
    def is_sound(self) -> bool:
        """Whether its Python can run."""
        return self.exists and self.python and self.is_alive


def program(venv: Path, system: str = sys.platform) -> Path:
    """The environment's Python."""
    return venv / ("Scripts/python.exe" if system == "win32" else "bin/python")


def look(venv: Path, system: str = sys.platform) -> VenvState:
    """Look at an environment; nothing is run."""
    said = packages.config(venv)
    version = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", said.get("version", said.get("version_info", "")))
    home = said.get("home", "")
    return VenvState(
        exists=bool(said),
        python=program(venv, system).exists(),
        home=home,
        is_alive=bool(home) and _base(Path(home), system) is not None,
        version=tuple(int(part) for part in version.groups() if part) if version else (),
        was=_made_in(venv, system),
        pip=has_pip(packages.site_packages(venv, system)),
    )


def has_pip(site: Path) -> bool:
    """Whether pip's code and its record are there."""
    recorded = any(package.name == "pip" and not package.problem for package in packages.installed(site))
    return recorded and (site / "pip" / "__main__.py").is_file()


def _base(home: Path, system: str) -> Path | None:
    """The interpreter in a `home` folder."""
    names = ("python.exe",) if system == "win32" else ("python3", "python")
    return next((home / name for name in names if (home / name).is_file()), None)


def _made_in(venv: Path, system: str) -> str:
    """The folder the environment's activation script names, if it is not the one it lies in."""
    script = venv / ("Scripts/activate.bat" if system == "win32" else "bin/activate")
    try:
        text = script.read_text("utf-8", errors="surrogateescape")
    except OSError:
        return ""
    named = re.search(r"^\s*(?:export |set \"?)?VIRTUAL_ENV=(['\"]?)(.+?)\1\"?\s*$", text, re.M)
    if not named or "$" in named.group(2) or Path(named.group(2)) == venv.absolute():
        return ""
    return named.group(2)


def make(python: Path, venv: Path, environ: Mapping[str, str], context: JobContext, *, timeout_s: float = 300) -> None:
    """Make an environment with pip in a folder that is not there yet. Raises EnvironmentProblem or Cancelled."""
    context.progress(0, 1, "Making the environment")
    done = run([str(python), "-m", "venv", str(venv)], environ, context, timeout_s=timeout_s)
    if done.code:
        raise _why_not(done.output)
    context.progress(1, 1, "Making the environment")


def _why_not(output: str) -> EnvironmentProblem:
    if "ensurepip" in output:
        return EnvironmentProblem(
            MADE_WITHOUT_ENSUREPIP, "Install Python's venv package, or choose another Python.", details=output
        )
    return EnvironmentProblem(
        "The environment could not be made.", "Choose another Python, or another folder.", details=output
    )


def recreate(
    python: Path, venv: Path, environ: Mapping[str, str], context: JobContext, places: Places
) -> trash.Discarded | None:
    """Make the environment anew; the old one goes to the trash, and comes back if this fails or is cancelled.

    Raises EnvironmentProblem, FileProblem or Cancelled.
    """
    old = trash.discard([venv], places) if venv.exists() or venv.is_symlink() else None
    try:
        make(python, venv, environ, context)
    except BaseException:
        if venv.exists():
            trash.discard([venv], places)
        if old is not None:
            trash.restore(old)
        raise
    return old


def restore_pip(venv: Path, environ: Mapping[str, str], context: JobContext, *, timeout_s: float = 300) -> None:
    """Bring pip back with the wheel Python itself carries; no network. Raises EnvironmentProblem or Cancelled."""
    command = [str(program(venv)), "-m", "ensurepip", "--upgrade", "--default-pip"]
    done = run(command, environ, context, timeout_s=timeout_s)
    if done.code or not has_pip(packages.site_packages(venv)):
        raise EnvironmentProblem("pip could not be brought back.", "Make the environment anew.", details=done.output)


def rehome(venv: Path, python: Path, version: tuple[int, ...], system: str = sys.platform) -> None:
    """Let a moved environment use `python`, which must have the same major and minor version.

    Raises EnvironmentProblem if it has another, FileProblem if a file cannot be written.
    """
    state = look(venv, system)
    if state.version[:2] != version[:2]:
        raise EnvironmentProblem(
            "The environment needs Python {wanted}, but this is {found}.",
            "Choose a Python of that version, or make the environment anew.",
            wanted=".".join(map(str, state.version[:2])),
            found=".".join(map(str, version)),
        )
    changed = {"home": str(python.parent), "executable": str(python), "base-executable": str(python)}
    said = {key: changed.get(key, value) for key, value in packages.config(venv).items()} | {"home": str(python.parent)}
    text = "".join(f"{key} = {value}\n" for key, value in said.items() if key != "command")
    write_atomically(venv / "pyvenv.cfg", text.encode("utf-8", "surrogateescape"))
    if system != "win32":
        _link(program(venv, system), python)
    rename_scripts(venv, system)


def _link(link: Path, python: Path) -> None:
    """Point the environment's python at another interpreter."""
    if link.exists() and not link.is_symlink():
        return  # a copy works wherever pyvenv.cfg leads it
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(python)


def rename_scripts(venv: Path, system: str = sys.platform) -> int:
    """Make scripts name the folder the environment lies in now instead of the one it was made in; how many changed."""
    old = _made_in(venv, system)
    if not old:
        return 0
    changed = 0
    for path in sorted((venv / ("Scripts" if system == "win32" else "bin")).iterdir()):
        if path.is_symlink() or not path.is_file():
            continue
        before = path.read_bytes()
        after = moved(before, old, str(venv.absolute()), is_launcher=path.suffix == ".exe")
        if after != before:
            mode = path.stat().st_mode
            write_atomically(path, after)
            path.chmod(mode)
            changed += 1
    return changed


def moved(data: bytes, old: str, new: str, *, is_launcher: bool) -> bytes:
    """A script's bytes with the folder `old` replaced by `new`.

    A launcher of Windows is a program, one line that names the interpreter, and a zip: only that line may change.
    """
    before, after = old.encode("utf-8", "surrogateescape"), new.encode("utf-8", "surrogateescape")
    if not is_launcher:
        return data if b"\0" in data else re.sub(re.escape(before) + rb"(?=[/\\\"'\s]|$)", lambda _: after, data)
    start = data.rfind(b"#!", 0, max(data.find(b"PK\x03\x04"), 0))
    line, separator, rest = data[start:].partition(b"\n") if start >= 0 else (b"", b"", b"")
    return data[:start] + line.replace(before, after) + separator + rest if before in line else data
