"""Facts about a machine, found without torch."""

import subprocess
import sys
from pathlib import Path

import pytest

from studio.core import machine
from studio.core.machine import TorchInstall


def test_a_look_finds_this_machine_without_importing_torch(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from studio.core import machine;"
        "m = machine.look(Path(sys.argv[1])); assert not {'torch', 'PySide6'} & set(sys.modules);"
        "print(m.torch.version, m.ram > 1e9, m.disk_free > 0)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "not" / "there")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    import torch

    assert done.stdout.split() == [torch.__version__, "True", "True"], done.stderr


VERSIONS = {
    "cuda": ("__version__ = '2.14.1+cu130'\ncuda: Optional[str] = '13.0'\nhip: Optional[str] = None\n", "13.0", ""),
    "cpu": ("__version__ = '2.14.1+cpu'\ncuda = None\nhip = None\n", "", ""),
    "rocm": ("__version__ = '2.14.1+rocm7.1'\ncuda: Optional[str] = None\nhip: Optional[str] = '7.1.5'\n", "", "7.1.5"),
}


@pytest.mark.parametrize("build", VERSIONS)
def test_torch_is_read_from_its_version_file(build: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, cuda, hip = VERSIONS[build]
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("raise RuntimeError('imported')")
    (tmp_path / "torch" / "version.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    found = machine.torch_install()
    assert found == TorchInstall(text.split("'")[1], cuda, hip)
    assert found.is_cpu_only == (build == "cpu")


def test_xformers_names_the_torch_it_was_made_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "xformers-0.0.35.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: xformers\nVersion: 0.0.35\nRequires-Dist: numpy\nRequires-Dist: torch==2.10.0\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert machine.xformers_install() == ("0.0.35", "2.10.0")


def test_a_folder_is_writable_if_a_file_can_be_made_in_it_or_where_it_will_be(tmp_path: Path) -> None:
    assert machine.is_writable(tmp_path / "new" / "folder")
    (tmp_path / "file").write_text("")
    assert not machine.is_writable(tmp_path / "file" / "folder")
    assert not list(tmp_path.glob("*/*"))


def test_git_is_asked_for_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\necho git version 2.51.0\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.git_version() == "2.51.0"
    (tmp_path / "git").unlink()
    assert machine.git_version() == ""


def test_torch_speaks_for_itself_in_its_own_process() -> None:
    device, name = machine.ask_torch()
    assert (device, bool(name)) in (("cpu", True), ("cuda", True))
    assert machine.ask_torch(timeout_s=0.001)[0] == ""
