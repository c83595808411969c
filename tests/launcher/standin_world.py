"""Stand-in web UIs for tests: real programs in real environments, told how to fail."""

import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from functools import cache
from itertools import count, islice
from pathlib import Path
from typing import Any

from studio.launcher import ports as ports_of_machine
from studio.launcher.install import Install

STANDIN = Path(__file__).parent / "standin"
LEFT_OUT = shutil.ignore_patterns("__pycache__", "tmp", "repositories", "venv")


def make_standin(
    folder: Path, key: str = "standin", source: str = "a1111", own_venv: str = "", **told: object
) -> Install:
    """A stand-in web UI in `folder`; `told` goes to its standin.json (see standin/modules/faults.py).

    `own_venv`: "" shares one environment between the tests of a run, "bare" makes one without pip, "pip" one with.
    """
    shutil.copytree(STANDIN, folder, ignore=LEFT_OUT, dirs_exist_ok=True)
    (folder / "extensions").mkdir(exist_ok=True)
    install = Install(key, folder, source, "Stand-in")
    if own_venv:
        make_venv(install.venv, with_pip=own_venv == "pip")
    else:
        install.venv.symlink_to(shared_venv(), target_is_directory=True)
    tell(install, **told)
    return install


def tell(install: Install, **told: object) -> None:
    """Tell the stand-in anew how to behave; the count of its starts begins again."""
    (install.folder / "standin.json").write_text(json.dumps(told), "utf-8")
    (install.folder / "tmp" / "starts").unlink(missing_ok=True)


def make_venv(folder: Path, with_pip: bool = False) -> Path:
    """A real environment; without pip it takes a twentieth of a second."""
    venv.EnvBuilder(with_pip=with_pip, symlinks=sys.platform != "win32").create(folder)
    return folder


@cache
def shared_venv() -> Path:
    """One environment without pip for all stand-ins of a test run, made anew for each run."""
    keeper = tempfile.TemporaryDirectory(prefix="standin-venv-")
    KEPT.append(keeper)
    return make_venv(Path(keeper.name) / "venv")


KEPT: list[tempfile.TemporaryDirectory[str]] = []


def add_extension(
    install: Install, name: str, script: str = "", install_py: str = "", preload: str = "",
    requires: str = "", requirements: str = "",
) -> Path:  # fmt: skip
    """An extension with the files that are given; `script` is the source of scripts/NAME.py."""
    folder = install.folder / "extensions" / name
    files = {
        f"scripts/{name.replace('-', '_')}.py": script,
        "install.py": install_py,
        "preload.py": preload,
        "metadata.ini": f"[Extension]\nName = {name}\nRequires = {requires}\n" if requires else "",
        "requirements.txt": requirements,
    }
    folder.mkdir(parents=True)
    for file, text in files.items():
        if text:
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_text(text, "utf-8")
    return folder


BREAKS = {
    "raise": "raise RuntimeError({text!r})",
    "import": "import a_package_that_nobody_has",
    "crash": "import os, sys; print({text!r}, file=sys.stderr, flush=True); os._exit(1)",
    "hang": "import time; time.sleep(3600)",
}


def add_broken_extension(install: Install, name: str, how: str = "raise", text: str = "it is broken") -> Path:
    """An extension whose script fails: "raise" and "import" are survived, "crash" ends the web UI, "hang" stalls it."""
    return add_extension(install, name, BREAKS[how].format(text=text) + "\n")


def add_clashing_extensions(install: Install, first: str, second: str, how: str = "crash") -> None:
    """Two extensions that work alone; together the one loaded later fails as `how` says."""
    for name, other in ((first, second), (second, first)):
        broken = BREAKS[how].format(text=f"{name} cannot work beside {other}")
        add_extension(
            install,
            name,
            f"from modules import shared\nshared.marks[{name!r}] = 1\nif {other!r} in shared.marks:\n    {broken}\n",
        )


def disable(install: Install, *names: str) -> None:
    """Disable extensions as the web UI's own page does."""
    file = install.folder / "config.json"
    settings = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**settings, "disabled_extensions": list(names)}, indent=4), "utf-8")


def environment() -> dict[str, str]:
    """What a child needs of this process's environment, without what would change Python's behaviour."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "COV_"))}
    return {
        **kept, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1",
        "WEBUI_LAUNCH_LIVE_OUTPUT": "1", "SD_WEBUI_RESTART": "tmp/restart",
    }  # fmt: skip


def make_wheel(folder: Path, name: str, version: str = "1.0", requires: tuple[str, ...] = (), source: str = "") -> Path:
    """A pure Python wheel with one module; pip finds it with PIP_NO_INDEX=1 and PIP_FIND_LINKS=`folder`."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    metadata = [
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        *(f"Requires-Dist: {r}\n" for r in requires),
    ]
    files = {
        f"{module}.py": source or f"__version__ = {version!r}\n",
        f"{info}/METADATA": "".join(metadata),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: standin\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)
    return wheel


def fault_table() -> dict[str, Any]:
    """The ways the stand-in can be told to fail, by name (see standin/modules/fault_table.py)."""
    return runpy.run_path(str(STANDIN / "modules" / "fault_table.py"))["FAULTS"]


LOWEST_PORT, PORT_COUNT = 12000, 18000  # below those that the system gives to connections going out
PORTS = count(os.getpid() * 101)  # each process of a test run begins elsewhere


def free_port() -> int:
    """A port of loopback that nobody listens at, and that no connection gets before a server takes it."""
    ports = (LOWEST_PORT + number % PORT_COUNT for number in islice(PORTS, PORT_COUNT))
    return next(port for port in ports if ports_of_machine.is_free(port))


def run_to_end(install: Install, *arguments: str, timeout_s: float = 30) -> subprocess.CompletedProcess[bytes]:
    """Run the stand-in until it ends by itself, outputs joined."""
    command = [str(install.python), "launch.py", *arguments]
    return subprocess.run(
        command, cwd=install.folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=timeout_s, check=False,
    )  # fmt: skip
