import shutil
import sys
from pathlib import Path

import pytest
import wheel_world
from hypothesis import given
from hypothesis import strategies as st
from wheel_world import copy_venv, environ

from studio.core import trash
from studio.core.errors import Cancelled
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import venv as venvs
from studio.launcher.running import NotRunnable
from studio.launcher.venv import EnvironmentProblem, look, make, moved, recreate, rehome, restore_pip

PYTHON = Path(sys.base_prefix) / "bin" / "python3"


def test_an_environment_is_made_and_looked_at(tmp_path: Path) -> None:
    venv = tmp_path / "绘 画" / "venv"
    assert not look(venv).exists
    make(PYTHON, venv, environ(), JobContext())
    state = look(venv)
    assert state.is_sound
    assert state.pip
    assert state.was == ""
    assert state.version[:2] == sys.version_info[:2]
    assert "pip" in wheel_world.versions(venv)


def test_a_python_that_cannot_make_environments(tmp_path: Path) -> None:
    python = tmp_path / "python3"
    python.write_text(
        "#!/bin/sh\necho 'The virtual environment was not created: ensurepip is not available.'\nexit 1\n"
    )
    python.chmod(0o755)
    with pytest.raises(EnvironmentProblem) as caught:
        make(python, tmp_path / "venv", environ(), JobContext())
    assert "ensurepip" in str(caught.value)


@pytest.mark.parametrize("failure", ["fails", "cancelled"])
def test_the_old_environment_comes_back_where_a_new_one_cannot_be_made(
    base_venv: Path, tmp_path: Path, places: Places, failure: str
) -> None:
    venv = copy_venv(base_venv, tmp_path / "venv")
    (venv / "mine").touch()
    context = JobContext()
    if failure == "cancelled":
        context.cancel()
    python = PYTHON if failure == "cancelled" else tmp_path / "none"
    with pytest.raises((EnvironmentProblem, Cancelled, NotRunnable)):
        recreate(python, venv, environ(), context, places)
    assert (venv / "mine").exists()
    assert look(venv).is_sound


def test_the_old_environment_is_kept_in_the_trash(base_venv: Path, tmp_path: Path, places: Places) -> None:
    venv = copy_venv(base_venv, tmp_path / "venv")
    (venv / "mine").touch()
    old = recreate(PYTHON, venv, environ(), JobContext(), places)
    assert old is not None
    assert look(venv).pip
    assert not (venv / "mine").exists()
    shutil.rmtree(venv)
    trash.restore(old)
    assert (venv / "mine").exists()


def test_pip_comes_back_without_network(base_venv: Path, tmp_path: Path) -> None:
    venv = copy_venv(base_venv, tmp_path / "venv")
    for path in (venv / "lib" / "python3.11" / "site-packages").glob("pip*"):
        shutil.rmtree(path)
    assert not look(venv).pip
    restore_pip(venv, environ(), JobContext())
    assert look(venv).pip


def test_only_the_same_version_takes_over(base_venv: Path, tmp_path: Path) -> None:
    venv = copy_venv(base_venv, tmp_path / "venv")
    with pytest.raises(EnvironmentProblem, match=r"3\.11.*3\.10\.6"):
        rehome(venv, Path("/usr/bin/python3.10"), (3, 10, 6))


def test_a_portable_environment_of_windows(tmp_path: Path) -> None:
    """What only text files tell: nothing is run."""
    python = tmp_path / "new 位置" / "python" / "python.exe"
    python.parent.mkdir(parents=True)
    python.touch()
    venv = tmp_path / "new 位置" / "venv"
    (venv / "Scripts").mkdir(parents=True)
    (venv / "Scripts" / "python.exe").touch()
    (venv / "pyvenv.cfg").write_text(
        "home = D:\\old\\python\nversion = 3.10.6\nexecutable = D:\\old\\python\\python.exe\ncommand = x -m venv y\n"
    )
    (venv / "Scripts" / "activate.bat").write_text('@echo off\nset "VIRTUAL_ENV=D:\\old\\venv"\n')
    launcher = b"MZ\0launcher" + b"#!D:\\old\\venv\\Scripts\\python.exe\r\n" + b"PK\x03\x04zip D:\\old\\venv"
    (venv / "Scripts" / "pip.exe").write_bytes(launcher)
    state = look(venv, "win32")
    assert (state.python, state.is_alive, state.was) == (True, False, "D:\\old\\venv")
    rehome(venv, python, (3, 10, 11), "win32")
    state = look(venv, "win32")
    assert state.is_sound
    assert state.was == ""
    said = venvs.packages.config(venv)
    assert (said["home"], said["executable"]) == (str(python.parent), str(python))
    assert "command" not in said
    data = (venv / "Scripts" / "pip.exe").read_bytes()
    assert f"#!{venv}\\Scripts\\python.exe\r\n".encode() in data
    assert data.endswith(b"PK\x03\x04zip D:\\old\\venv")


@given(st.binary(max_size=60), st.booleans())
def test_scripts_without_the_old_folder_stay_as_they_are(data: bytes, is_launcher: bool) -> None:
    assert moved(data, "/old/place/venv", "/new", is_launcher=is_launcher) == data


def test_only_whole_names_are_replaced() -> None:
    text = b'#!/a/venv/bin/python\nVIRTUAL_ENV="/a/venv"\n/a/venv2/x /a/venv-old\n/a/venv'
    assert moved(text, "/a/venv", "/b c", is_launcher=False) == (
        b'#!/b c/bin/python\nVIRTUAL_ENV="/b c"\n/a/venv2/x /a/venv-old\n/b c'
    )
