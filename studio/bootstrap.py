"""The first start: make .venv, install what pyproject.toml names, hand over to the interpreter in it.

Standard library only, in the syntax of Python 3.7, so that an old Python can still say that it is too old.
`.venv` is told apart by two files: the lock is there as soon as this program makes the environment, the stamp once
it is finished. A lock without a stamp was broken off, and is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 10)
LOCK, STAMP = "studio-install.lock", "studio-installed.json"
DONE, FAILED, STOPPED = 0, 2, 130

NO_DISPLAY = (
    "There is no display, so the window cannot open. From a terminal: "
    'python main.py generate "a red apple" --out pictures'
)
NOT_WRITABLE = (
    "{path} cannot be written ({reason}). Close programs that use it, or move the studio's folder to where there is"
    " space and you may write, and start again."
)
WHY_PIP_FAILED = (
    (r"No space left on device|Errno 28|WinError 112", "The disk is full. Free some space and start again."),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "The package index's certificate was not accepted. Check the clock and the proxy, or set PIP_CERT, and start"
        " again.",
    ),
    (
        r"Retrying \(Retry|ConnectionError|NewConnectionError|Max retries exceeded|getaddrinfo|ProxyError"
        r"|ReadTimeoutError|Connection (refused|reset)|Network is unreachable|Temporary failure in name resolution",
        "The package index cannot be reached. Connect to the internet, or set PIP_INDEX_URL to a mirror or PIP_PROXY to"
        " your proxy, and start again; what was downloaded is kept.",
    ),
    (
        r"Permission denied|WinError 5\b|WinError 32\b",
        "A file of the environment may not be written. Close other programs that use it and start again.",
    ),
)


class StartError(Exception):
    """What keeps the studio from starting, in one or two sentences."""


class NoBuildError(StartError):
    """The index has no build that fits."""


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Make the environment sound, then run in it; returns the exit code."""
    try:
        return start(root, sys.argv[1:] if arguments is None else list(arguments))
    except StartError as error:
        say(str(error))
        return FAILED
    except KeyboardInterrupt:
        say("Stopped. The next start goes on from here.")
        return STOPPED


def start(root: Path, arguments: list[str]) -> int:
    """Check this machine, install if needed, and open the window or run the command. Raises StartError."""
    check_python(sys.version_info[:2], sys.maxsize > 2**32)
    if not arguments and not has_display(sys.platform, os.environ):
        raise StartError(NO_DISPLAY)
    if getattr(sys, "frozen", False):
        return run(arguments)
    groups = ("", "test") if arguments[:1] == ["test"] else ("",)
    if not is_sound(root, groups):
        try:
            install(root, groups)
        except OSError as error:
            raise StartError(NOT_WRITABLE.format(path=error.filename or root, reason=error.strerror)) from error
    if is_inside(root):
        return run(arguments)
    return hand_over(root, arguments)


def check_python(version: tuple[int, ...], is_64_bit: bool) -> None:
    """Raise StartError on a Python that torch does not run on."""
    if version < OLDEST:
        found = ".".join(map(str, version))
        raise StartError(f"This is Python {found}; the studio needs Python 3.10 or newer, from https://www.python.org.")
    if not is_64_bit:
        raise StartError("This is a 32-bit Python; torch needs a 64-bit one, from https://www.python.org.")


def has_display(system: str, environ: Mapping[str, str]) -> bool:
    """Whether a window can be shown; Qt's own platforms that draw elsewhere count."""
    if system in ("win32", "darwin"):
        return True
    plugins = {text.split(":")[0] for text in environ.get("QT_QPA_PLATFORM", "").split(";")}
    return bool(plugins - {"", "xcb", "wayland", "wayland-egl"}) or bool(
        environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    )


def run(arguments: list[str]) -> int:
    """Open the window, or do what the command line asks for."""
    if arguments:
        from studio import cli

        return cli.main(arguments)
    from studio import app

    return app.main()


def hand_over(root: Path, arguments: list[str]) -> int:
    """Go on in the environment's interpreter; returns its exit code where the process cannot be replaced."""
    command = [str(interpreter(root)), str(root / "main.py"), *arguments]
    environ = {**clean_environ(), "PYTHONUTF8": "1"}
    if os.name != "nt":
        os.execve(command[0], command, environ)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the child's to answer
    return subprocess.call(command, env=environ)


def clean_environ() -> dict[str, str]:
    """The environment variables without those that make an interpreter look for its packages elsewhere."""
    foreign = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "__PYVENV_LAUNCHER__")
    return {name: value for name, value in os.environ.items() if name not in foreign}


# What is to be installed


def requirements(root: Path, group: str = "") -> list[str]:
    """The packages pyproject.toml asks for: its dependencies, or those of a dependency group."""
    try:
        text = (root / "pyproject.toml").read_text("utf-8")
    except OSError as error:
        raise StartError(f"{root / 'pyproject.toml'} cannot be read; get the studio's folder anew.") from error
    found = array(text, "dependency-groups", group) if group else array(text, "project", "dependencies")
    if found is None:
        raise StartError(f"{root / 'pyproject.toml'} names no packages; get the studio's folder anew.")
    return found


def array(text: str, table: str, key: str) -> list[str] | None:
    """An array of plain strings in a TOML text, None if it is not there (Python 3.10 has no reader for TOML)."""
    section = re.search(rf"^\[{re.escape(table)}\][^\n]*\n(.*?)(?=^\[|\Z)", text, re.M | re.S)
    opening = re.search(rf"^\s*{re.escape(key)}\s*=\s*\[", section.group(1), re.M) if section else None
    if not section or not opening:
        return None
    found = []
    for piece in re.finditer(r"\"([^\"\n]*)\"|'([^'\n]*)'|#[^\n]*|(\])", section.group(1)[opening.end() :]):
        if piece.group(3):
            return found
        if not piece.group().startswith("#"):
            found.append(piece.group(1) if piece.group(1) is not None else piece.group(2))
    return None


def fingerprint(names: Sequence[str]) -> str:
    """A short hash of a list of requirements."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


# What is there


def interpreter(root: Path) -> Path:
    """The environment's Python."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_inside(root: Path) -> bool:
    """Whether this process already runs in the environment."""
    return Path(sys.prefix).resolve() == (root / ".venv").resolve()


def is_sound(root: Path, groups: Sequence[str]) -> bool:
    """Whether the environment is finished and has what pyproject.toml asks for now; takes a few milliseconds."""
    wanted = {group: requirements(root, group) for group in groups}
    finished = stamp(root).get("groups", {})
    if any(finished.get(group) != fingerprint(names) for group, names in wanted.items()) or not is_alive(root):
        return False
    names = [name for group in wanted.values() for name in group if ";" not in name]
    return not missing(root, names)


def stamp(root: Path) -> dict:
    """What the finished environment says of itself; {} if it is not finished."""
    try:
        found = json.loads((root / ".venv" / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def is_alive(root: Path) -> bool:
    """Whether the Python that the environment was made from is still there, in the same version."""
    config = root / ".venv" / "pyvenv.cfg"
    try:
        text = config.read_text("utf-8")
    except (OSError, ValueError):
        return False
    home = re.search(r"^home\s*=\s*(.+)$", text, re.M)
    version = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", text, re.M)
    program = interpreter(root)
    if not home or not version or not Path(home.group(1).strip()).is_dir() or not program.exists():
        return False
    same_program = program.resolve() == Path(sys.executable).resolve()
    return not same_program or (int(version.group(1)), int(version.group(2))) == sys.version_info[:2]


def missing(root: Path, names: Sequence[str]) -> list[str]:
    """Those of the required packages that site-packages has no complete record of."""
    there = {re.sub(r"[-_.]+", "-", path.parent.name.split("-")[0]).lower() for path in records(root)}
    wanted = {name: re.split(r"[^\w.-]", name.strip())[0] for name in names}
    return [name for name, package in wanted.items() if re.sub(r"[-_.]+", "-", package).lower() not in there]


def records(root: Path) -> list[Path]:
    """The RECORD files, which pip writes last, of the installed packages."""
    folder = root / ".venv"
    library = "Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"
    return list(folder.glob(f"{library}/*.dist-info/RECORD"))


# Installing


def install(root: Path, groups: Sequence[str], system: str = sys.platform) -> None:
    """Make or mend the environment. Raises StartError or OSError; what was finished before stays usable then."""
    wanted = {group: requirements(root, group) for group in groups}
    was_ours = (root / ".venv" / LOCK).exists()
    with locked(root / ".venv") as lock:
        before = stamp(root)
        if not is_alive(root) or (was_ours and not before):
            make(root, lock)
            before = {}
        (root / ".venv" / STAMP).unlink(missing_ok=True)
        try:
            install_packages(root, wanted, system, lock)
        except StartError:
            if before:
                write_stamp(root, before["groups"])
            raise
        made = {group: fingerprint(names) for group, names in wanted.items()}
        write_stamp(root, {**before.get("groups", {}), **made})
    say("Ready.")


@contextmanager
def locked(folder: Path) -> Iterator[IO[str]]:
    """Hold the lock in `folder`, so that two starts never install at once. Raises StartError or OSError."""
    folder.mkdir(exist_ok=True)
    with (folder / LOCK).open("a") as file:
        try:
            lock_file(file.fileno())
        except OSError as error:
            raise StartError("Another start is still installing; wait until it is done.") from error
        yield file


def lock_file(descriptor: int) -> None:
    """Lock an open file until it is closed, or raise OSError if another process has."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def make(root: Path, lock: IO[str]) -> None:
    """Empty .venv of everything but the lock and make it anew. Raises StartError or OSError."""
    if is_inside(root):
        raise StartError("This environment is not finished. Start with the Python it was made from: python main.py")
    folder = root / ".venv"
    say(f"Setting up the studio's own Python environment in {folder} (once; several GB are downloaded).")
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()
    command = [sys.executable, "-m", "venv", str(folder)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **inherited(lock)}
    done = subprocess.run(command, env=clean_environ(), **pipes)
    if done.returncode:
        raise StartError(why_venv_failed(done.stdout.decode(errors="replace")))


def why_venv_failed(output: str) -> str:
    """One sentence for what `python -m venv` says."""
    if "ensurepip" in output:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        return f"This Python cannot make environments: install its venv module (Debian: apt install {package})."
    lines = output.strip().splitlines() or ["no reason given"]
    return f"The environment could not be made: {lines[-1]}"


def install_packages(root: Path, wanted: dict[str, list[str]], system: str, lock: IO[str]) -> None:
    """Let pip install every wanted package into the environment. Raises StartError."""
    names = [name for group in wanted.values() for name in group]
    if any(re.match(r"torch\b(?!-)", name) for name in names):
        install_torch(root, torch_builds(system), lock)
    say(f"Installing {len(names)} packages and what they need; pip shows what it is loading:")
    url = os.environ.get("STUDIO_INDEX_URL")
    pip(root, [*(["--index-url", url] if url else []), *names], lock)


def torch_builds(system: str) -> list[tuple[str, str]]:
    """Tags and versions of the builds of torch for the NVIDIA cards here, best first.

    Empty where the registry's own build serves.
    """
    from studio.catalog.torch_builds import REGISTRY_TAG, TORCH_BUILDS
    from studio.core.nvidia import cards

    found = cards(system, timeout_s=20) if system in ("win32", "linux") else []
    if not found:
        return []
    strongest = max(found, key=lambda card: card.capability)
    for group in (found, [strongest]):
        fitting = [b for b in TORCH_BUILDS if all(b.fits(c.capability, c.driver_numbers, system) for c in group)]
        if REGISTRY_TAG.get(system) in [build.tag for build in fitting]:
            return []
        if fitting:
            return [(build.tag, build.torch) for build in fitting]
    say(
        f"No build of torch runs on {strongest.name} with driver {strongest.driver}: pictures will be made by the CPU,"
        " slowly. A newer driver from https://www.nvidia.com/drivers may help; then delete .venv and start again."
    )
    return []


def install_torch(root: Path, builds: Sequence[tuple[str, str]], lock: IO[str]) -> None:
    """Install the first of `builds` that the index has, unless one of them is there. Raises StartError."""
    from studio.catalog.torch_builds import INDEX_URL

    url = os.environ.get("STUDIO_INDEX_URL") or INDEX_URL
    for tag, versions in builds:
        if any(has_torch(root, build) for build, _ in builds):
            return
        say(f"Installing torch for the NVIDIA card (build {tag}):")
        index = ["--index-url", f"{url.rstrip('/')}/{tag}", "--no-deps", "--force-reinstall"]
        with suppress(NoBuildError):
            pip(root, [*index, f"torch{versions}"], lock)
    if builds and not has_torch(root, builds[-1][0]):
        say(f"{url} has no build of torch for this NVIDIA card and Python: pictures will be made by the CPU, slowly.")


def has_torch(root: Path, tag: str) -> bool:
    """Whether the installed torch is the build `tag`."""
    names = [path.parent.name for path in records(root)]
    return any(re.fullmatch(rf"torch-[^-+]+\+{tag}\.dist-info", name) for name in names)


def pip(root: Path, arguments: Sequence[str], lock: IO[str]) -> None:
    """Run `pip install` in the environment: progress goes to stderr, complaints become a StartError."""
    command = [str(interpreter(root)), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *arguments]
    complaints = []
    with subprocess.Popen(command, env=clean_environ(), stdout=2, stderr=subprocess.PIPE, **inherited(lock)) as process:
        for line in process.stderr or ():
            complaints.append(line.decode(errors="replace"))
            if "Retrying (Retry(total=4" in complaints[-1]:
                say("The package index does not answer, trying again ...")
    if process.returncode:
        raise why_pip_failed("".join(complaints))


def inherited(lock: IO[str]) -> dict:
    """Arguments that hand the lock on, so that it holds as long as a child that outlives us."""
    return {} if os.name == "nt" else {"pass_fds": (lock.fileno(),)}


def why_pip_failed(complaints: str) -> StartError:
    """One sentence for what pip said."""
    for pattern, sentence in WHY_PIP_FAILED:
        if re.search(pattern, complaints):
            return StartError(sentence)
    print(complaints, file=sys.stderr)
    package = re.search(r"No matching distribution found for (\S+)", complaints)
    if package:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return NoBuildError(f"The package index has no {package.group(1)} for Python {version} on this machine.")
    return StartError("pip could not install the packages; its own words are above.")


def write_stamp(root: Path, groups: dict[str, str]) -> None:
    """Mark the environment as finished."""
    path = root / ".venv" / STAMP
    path.with_suffix(".tmp").write_text(json.dumps({"groups": groups}), "utf-8")
    path.with_suffix(".tmp").replace(path)


def forget(root: Path = ROOT) -> None:
    """Let the next start make the environment anew."""
    (root / ".venv" / LOCK).touch()
    (root / ".venv" / STAMP).unlink(missing_ok=True)


def say(text: str) -> None:
    """Tell the user something, on stderr: stdout belongs to the command."""
    print(f"SD Studio: {text}", file=sys.stderr, flush=True)
