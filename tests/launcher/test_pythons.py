import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from studio.catalog.webui_sources import WEBUI_SOURCES
from studio.launcher import pythons
from studio.launcher.pythons import DEAD, STUB, UNABLE, Python, best, candidates, find, probe

A1111 = next(row for row in WEBUI_SOURCES if row.key == "a1111")
NONE: list[str] = []


def program(path: Path, output: str, code: int = 0) -> Path:
    """A program that prints `output`, whatever it is asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{output}\nEND\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_this_python_is_found_on_the_path_and_leads_to_its_base() -> None:
    found = find(environ={"PATH": str(Path(sys.executable).parent), "HOME": "/nowhere"})
    mine = [python for python in found if python.version == sys.version_info[:3]]
    assert mine
    assert all(python.bits == 64 and not python.problem for python in mine)
    assert all(Path(sys.base_prefix) in python.path.resolve().parents for python in mine[:1])


def test_pythons_of_every_place(tmp_path: Path) -> None:
    webui, home = tmp_path / "web ui", tmp_path / "家"
    program(webui / "python" / "bin" / "python3", '["", [3, 10, 6], 64, false]')
    program(home / ".pyenv" / "versions" / "3.10.11" / "bin" / "python", '["", [3, 10, 11], 64, true]')
    program(home / ".local/share/uv/python/cpython-3.11/bin/python3", '["", [3, 11, 2], 64, true]')
    program(tmp_path / "bin" / "python3", '["", [3, 10, 9], 32, true]')
    program(tmp_path / "bin" / "python3.9", "rubbish")
    program(tmp_path / ".pyenv" / "shims" / "python3", '["", [3, 8, 0], 64, true]')
    path = os.pathsep.join((str(tmp_path / "bin"), str(tmp_path / ".pyenv" / "shims")))
    found = [p for p in find(webui, {"PATH": path, "HOME": str(home)}, "linux") if tmp_path in p.path.parents]
    assert {(p.origin, p.version, p.problem) for p in found} == {
        ("embedded", (3, 10, 6), UNABLE),
        ("pyenv", (3, 10, 11), ""),
        ("uv", (3, 11, 2), ""),
        ("path", (3, 10, 9), ""),
        ("path", (), DEAD),
    }
    chosen = best(found, A1111)
    assert chosen is not None
    assert chosen.version == (3, 10, 11)


def test_only_64_bits_and_fitting_versions_are_taken() -> None:
    def python(*version: int, bits: int = 64, problem: str = "") -> Python:
        return Python(Path("p"), version, bits, "path", problem)

    assert best([python(3, 12, 1), python(3, 10, 1, bits=32), python(3, 10, 2, problem=UNABLE)], A1111) is None
    assert best([python(3, 11, 9), python(3, 10, 1), python(3, 9, 9)], A1111) == python(3, 10, 1)
    assert best([python(3, 8, 9), python(3, 9, 1)], A1111) == python(3, 9, 1)


def test_the_stores_advertisement_is_known_and_not_run(tmp_path: Path) -> None:
    stub = tmp_path / "Microsoft" / "WindowsApps" / "python.exe"
    stub.parent.mkdir(parents=True)
    stub.write_bytes(b"")
    assert probe(stub).problem == STUB
    real = program(tmp_path / "Microsoft" / "WindowsApps" / "python3.exe", '["", [3, 10, 6], 64, true]')
    assert probe(real).version == (3, 10, 6)


def test_a_python_that_hangs_is_dead(tmp_path: Path) -> None:
    path = tmp_path / "python3"
    path.write_text("#!/bin/sh\nexec sleep 60\n")
    path.chmod(0o755)
    assert probe(path, timeout_s=0.3).problem == DEAD
    assert probe(tmp_path / "none").problem == DEAD


def test_windows_places(tmp_path: Path) -> None:
    places = {
        "registry": tmp_path / "Program Files" / "Python310" / "python.exe",
        "pyenv": tmp_path / "pyenv" / "versions" / "3.11.1" / "python.exe",
        "folder": tmp_path / "Local" / "Programs" / "Python" / "Python310" / "python.exe",
        "embedded": tmp_path / "webui" / "system" / "python" / "python.exe",
    }
    for path in places.values():
        path.parent.mkdir(parents=True)
        path.touch()
    environ = {"PYENV": str(tmp_path / "pyenv"), "LOCALAPPDATA": str(tmp_path / "Local"), "Path": ""}
    found = candidates(tmp_path / "webui", environ, "win32", lambda: [str(places["registry"])])
    assert {origin: path for path, origin in found} == places


def test_the_registry_is_read_as_pep_514_says(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {
        r"Software\Python": ["PythonCore", "ContinuumAnalytics"],
        r"Software\Python\PythonCore": ["3.10", "3.9-32", "3.8"],
        r"Software\Python\ContinuumAnalytics": [],
    }
    values = {
        r"Software\Python\PythonCore\3.10\InstallPath": {"ExecutablePath": r"C:\Py310\python.exe"},
        r"Software\Python\PythonCore\3.9-32\InstallPath": {"": "C:\\Py39\\"},
    }

    class Key:
        def __init__(self, name: str) -> None:
            self.name = name

        def __enter__(self) -> "Key":
            return self

        def __exit__(self, *error: object) -> None:
            pass

    def opened(root: object, name: str, reserved: int, access: int) -> Key:
        if name not in keys and name not in values:
            raise FileNotFoundError
        return Key(name)

    def enumerated(key: Key, number: int) -> str:
        if number >= len(keys[key.name]):
            raise OSError("no more")
        return keys[key.name][number]

    def value(key: Key, name: str) -> tuple[str, int]:
        if name not in values[key.name]:
            raise FileNotFoundError
        return values[key.name][name], 1

    winreg = SimpleNamespace(
        HKEY_CURRENT_USER=1,
        HKEY_LOCAL_MACHINE=2,
        KEY_READ=1,
        KEY_WOW64_64KEY=256,
        KEY_WOW64_32KEY=512,
        OpenKey=opened,
        EnumKey=enumerated,
        QueryValueEx=value,
    )
    monkeypatch.setitem(sys.modules, "winreg", winreg)
    monkeypatch.setattr(pythons.sys, "platform", "win32")
    assert pythons.registered() == [r"C:\Py310\python.exe", r"C:\Py39\python.exe"]
