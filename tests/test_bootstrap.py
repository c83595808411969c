"""The first start, with real environments and a pip that only knows a folder of tiny wheels."""

import ast
import base64
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from studio import bootstrap

ROOT = Path(__file__).parents[1]
PYPROJECT = """[project]
name = "tiny"
dependencies = [
    "tiny-thing>=1,<2",  # a comment with "quotes" and ]
    'other[extra]>=1; python_version >= "3.10"',
]

[dependency-groups]
test = ["tiny-test"]
"""
CLI = """
import sys
def main(arguments):
    import tiny_thing
    print("ran", *arguments, tiny_thing.VERSION)
    return 7
"""


def wheel(folder: Path, name: str, version: str, text: str = "") -> Path:
    """A wheel of one module."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    files = {
        f"{module}.py": text or f"VERSION = {version!r}",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: extra\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{digest(data)},{len(data)}\n" for path, data in files.items())
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name_in_wheel, data in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(name_in_wheel, data)
    return path


def digest(text: str) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    for name in ("tiny-thing", "other", "tiny-test"):
        wheel(folder, name, "1.0")
    return folder


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    """A copy of what starts the program, with a command line of its own, in a folder that is hard to handle."""
    root = tmp_path / "我的 studio"
    for name in ("main.py", "studio/__init__.py", "studio/bootstrap.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    for room in ("core", "catalog"):
        shutil.copytree(ROOT / "studio" / room, root / "studio" / room, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "studio" / "cli.py").write_text(CLI)
    (root / "studio" / "app.py").write_text("def main():\n    print('window')\n    return 0\n")
    (root / "pyproject.toml").write_text(PYPROJECT)
    return root


def environ(**values: str) -> dict[str, str]:
    """The variables of a machine where pip has no settings but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "STUDIO_"))}
    return {**kept, "PIP_CONFIG_FILE": os.devnull, **values}


def command(root: Path, *arguments: str) -> list[str]:
    return [sys.executable, str(root / "main.py"), *arguments]


def start(root: Path, *arguments: str, **values: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(root, *arguments), env=environ(**values), capture_output=True, encoding="utf-8", timeout=120, cwd="/"
    )


def offline(wheels: Path) -> dict[str, str]:
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}


def test_first_start_installs_second_does_not_changed_list_is_noticed(studio: Path, wheels: Path) -> None:
    first = start(studio, "hello", "a b", **offline(wheels))
    assert (first.returncode, first.stdout) == (7, "ran hello a b 1.0\n"), first.stderr
    assert "Installing 2 packages" in first.stderr
    assert "tiny-thing" in first.stderr  # pip's own progress

    pip = next((studio / ".venv").glob("lib/python*/site-packages/pip"))
    pip.rename(pip.with_name("pip.away"))
    second = start(studio, "hello", **offline(wheels))
    assert (second.returncode, second.stdout, second.stderr) == (7, "ran hello 1.0\n", "")
    pip.with_name("pip.away").rename(pip)

    wheel(wheels, "added", "3.0")
    (studio / "pyproject.toml").write_text(PYPROJECT.replace('"tiny-thing', '"added", "tiny-thing'))
    third = start(studio, "hello", **offline(wheels))
    assert third.returncode == 7
    assert "Successfully installed added-3.0" in third.stderr
    assert {path.name for path in studio.iterdir()} == {"main.py", "studio", "pyproject.toml", ".venv"}


def test_a_list_that_cannot_be_installed_leaves_the_finished_environment(studio: Path, wheels: Path) -> None:
    start(studio, "hello", **offline(wheels))
    (studio / "pyproject.toml").write_text(PYPROJECT.replace("tiny-thing>=1", "tiny-thing>=1.5"))
    failed = start(studio, "hello", **offline(wheels))
    assert failed.returncode == bootstrap.FAILED
    assert "The package index has no tiny-thing" in failed.stderr
    (studio / "pyproject.toml").write_text(PYPROJECT)
    again = start(studio, "hello", **offline(wheels))
    assert (again.returncode, again.stderr) == (7, "")


def test_the_test_command_installs_its_group_and_moving_the_folder_installs_nothing(studio: Path, wheels: Path) -> None:
    assert "tiny-test" in start(studio, "test", **offline(wheels)).stderr
    moved = studio.rename(studio.with_name("moved"))
    assert start(moved, "test", **offline(wheels)).stderr == ""
    assert start(moved, "hello", **offline(wheels)).stderr == ""


def test_a_package_that_went_missing_is_put_back(studio: Path, wheels: Path) -> None:
    start(studio, "hello", **offline(wheels))
    shutil.rmtree(next((studio / ".venv").glob("lib/python*/site-packages/tiny_thing-*")))
    mended = start(studio, "hello", **offline(wheels))
    assert mended.returncode == 7
    assert "tiny-thing" in mended.stderr


class Index(SimpleHTTPRequestHandler):
    """A package index over a folder of wheels; `stall` lets downloads hang."""

    stall = False
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        Index.asked.append(self.path)
        if self.path.endswith("/"):
            name = self.path.rstrip("/").rpartition("/")[2].replace("-", "_")
            folder = Path(self.directory) / self.path.strip("/").rpartition("/")[0]
            links = [f'<a href="/{path.relative_to(self.directory)}">{path.name}</a>' for path in folder.glob("*.whl")]
            page = "".join(link for link in links if f">{name}-" in link).encode()
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page)
        elif Index.stall:
            time.sleep(30)
        else:
            super().do_GET()

    def log_message(self, *values: object) -> None:
        pass


@pytest.fixture
def index(wheels: Path):
    Index.stall, Index.asked = False, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Index, directory=str(wheels)))
    server.daemon_threads = True
    server.block_on_close = False
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_killed_half_way_the_next_start_mends(studio: Path, wheels: Path, index: str) -> None:
    simple = wheels / "simple"
    simple.mkdir()
    for path in wheels.glob("*.whl"):
        path.rename(simple / path.name)
    Index.stall = True
    process = subprocess.Popen(
        command(studio, "hello"),
        env=environ(PIP_INDEX_URL=f"{index}/simple"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(lambda: any(path.endswith(".whl") for path in Index.asked))
    busy = start(studio, "hello", PIP_INDEX_URL=f"{index}/simple")
    assert (busy.returncode, busy.stderr.count("\n")) == (bootstrap.FAILED, 1)
    assert "Another start is still installing" in busy.stderr

    half_made = studio / ".venv" / "half-made"
    half_made.write_text("")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    Index.stall = False
    mended = start(studio, "hello", PIP_INDEX_URL=f"{index}/simple")
    assert (mended.returncode, mended.stdout) == (7, "ran hello 1.0\n"), mended.stderr
    assert not half_made.exists()
    assert start(studio, "hello").stderr == ""


def wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_no_network_is_one_clear_sentence(studio: Path) -> None:
    done = start(studio, "hello", PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="1")
    assert done.returncode == bootstrap.FAILED
    last = done.stderr.splitlines()[-1]
    assert last.startswith("SD Studio: The package index cannot be reached. Connect to the internet")
    assert "Traceback" not in done.stderr
    assert "Retrying" not in done.stderr


def test_a_folder_that_cannot_be_written_is_a_clear_error(studio: Path) -> None:
    (studio / ".venv").write_text("in the way: as good as a read-only folder, which root would write to all the same")
    done = start(studio, "hello")
    assert done.returncode == bootstrap.FAILED
    assert str(studio / ".venv") in done.stderr
    assert "cannot be written" in done.stderr
    assert done.stderr.count("\n") == 1
    assert (studio / ".venv").is_file()


def test_the_own_index_is_used_for_everything(studio: Path, wheels: Path, index: str) -> None:
    done = start(studio, "hello", STUDIO_INDEX_URL=f"{index}/", PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert (done.returncode, done.stdout) == (7, "ran hello 1.0\n"), done.stderr


NVIDIA_SMI = """#!/bin/sh
case "$*" in *compute_cap*) echo "{line}";; *) exit 1;; esac
"""


def fake_card(folder: Path, line: str) -> str:
    """A PATH on which nvidia-smi names a card."""
    folder.mkdir(exist_ok=True)
    program = folder / "nvidia-smi"
    program.write_text(NVIDIA_SMI.format(line=line))
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.parametrize(
    ("card", "system", "tags"),
    [
        ("NVIDIA GeForce RTX 5090, 32607, 12.0, 596.21", "win32", ["cu132", "cu130", "cu128"]),
        ("NVIDIA GeForce RTX 4090, 24564, 8.9, 581.15", "win32", ["cu130", "cu128", "cu126"]),
        ("NVIDIA GeForce RTX 4090, 24564, 8.9, 551.86", "win32", ["cu126"]),
        ("NVIDIA GeForce RTX 5070, 12227, 12.0, 572.83", "win32", ["cu128"]),
        ("NVIDIA GeForce GTX 1060 6GB, 6144, 6.1, 591.00", "win32", ["cu126"]),
        ("NVIDIA GeForce GTX 1060 6GB, 6144, 6.1, 591.00", "linux", ["cu126"]),
        ("NVIDIA GeForce GTX 680, 2048, 3.0, 474.11", "win32", []),
        ("NVIDIA GeForce RTX 4090, 24564 MiB, 8.9, 580.95.05", "linux", []),
        ("NVIDIA A100, 81920, 8.0, 550.54.15", "linux", ["cu126"]),
        ("NVIDIA GeForce RTX 4090, 24564, 8.9, 596.21", "darwin", []),
    ],
)
def test_the_build_of_torch_fits_card_and_driver(
    card: str, system: str, tags: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", fake_card(tmp_path / "bin", card))
    assert [tag for tag, _ in bootstrap.torch_builds(system)] == tags


def test_without_a_card_the_registry_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.torch_builds("win32") == []


def test_windows_with_a_card_gets_the_cuda_build(
    studio: Path, wheels: Path, index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (studio / "pyproject.toml").write_text(PYPROJECT.replace('"tiny-thing', '"torch>=2.10,<2.15", "tiny-thing'))
    wheel(wheels, "torch", "2.14.1", "CUDA = False")
    wheel(wheels / "cu130", "torch", "2.14.0+cu130", "CUDA = True")
    monkeypatch.setenv("PATH", fake_card(tmp_path / "bin", "NVIDIA GeForce RTX 4090, 24564, 8.9, 596.21"))
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("STUDIO_INDEX_URL", index)
    bootstrap.install(studio, ("",), system="win32")
    assert (installed_torch(studio), "/cu132/torch/" in Index.asked) == ("True", True)

    asked = len(Index.asked)
    (studio / "pyproject.toml").write_text(PYPROJECT.replace('"tiny-thing', '"torch>=2.10,<2.15", "tiny-thing>1'))
    bootstrap.install(studio, ("",), system="win32")
    assert installed_torch(studio) == "True"
    assert not [path for path in Index.asked[asked:] if "cu13" in path]


def installed_torch(root: Path) -> str:
    program = [str(bootstrap.interpreter(root)), "-c", "import torch; print(torch.CUDA)"]
    return subprocess.run(program, capture_output=True, text=True, check=True).stdout.strip()


def test_no_display_is_said_in_one_line_with_the_command_for_the_terminal(studio: Path) -> None:
    done = start(studio, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "python main.py generate" in done.stderr
    assert not (studio / ".venv").exists()


@pytest.mark.parametrize(
    ("environ", "there"),
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, True),
        ({"QT_QPA_PLATFORM": "xcb"}, False),
        ({"QT_QPA_PLATFORM": "wayland;xcb"}, False),
        ({"QT_QPA_PLATFORM": "vnc:size=1280x800"}, True),
    ],
)
def test_displays(environ: dict[str, str], there: bool) -> None:
    assert bootstrap.has_display("linux", environ) is there
    assert bootstrap.has_display("win32", environ)


def test_an_old_python_hears_why(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    assert bootstrap.main(["hello"]) == bootstrap.FAILED
    assert "This is Python 3.9; the studio needs Python 3.10 or newer" in capsys.readouterr().err
    with pytest.raises(bootstrap.StartError, match="32-bit"):
        bootstrap.check_python((3, 11), is_64_bit=False)


@pytest.mark.parametrize("name", ["main.py", "studio/__init__.py", "studio/bootstrap.py"])
def test_an_old_python_can_read_what_it_runs(name: str) -> None:
    ast.parse((ROOT / name).read_text("utf-8"), feature_version=(3, 7))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib came with Python 3.11")
def test_requirements_are_what_a_toml_reader_sees() -> None:
    import tomllib

    for text in (PYPROJECT, (ROOT / "pyproject.toml").read_text("utf-8")):
        read = tomllib.loads(text)
        assert bootstrap.array(text, "project", "dependencies") == read["project"]["dependencies"]
        assert bootstrap.array(text, "dependency-groups", "test") == read["dependency-groups"]["test"]
    assert bootstrap.array(text, "project", "no-such-key") is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "certificate"),
        ("WARNING: Retrying (Retry(total=4, connect=None)) ... [Errno -2] Name or service not known", "reached"),
        ("ERROR: No matching distribution found for torch>=2", "has no torch>=2 for Python"),
        ("ERROR: something new", "own words are above"),
    ],
)
def test_what_pip_says_becomes_one_sentence(words: str, sentence: str) -> None:
    assert sentence in str(bootstrap.why_pip_failed(words))


def test_debian_without_venv_is_told_the_package() -> None:
    said = "The virtual environment was not created successfully because ensurepip is not available."
    assert "-venv)" in bootstrap.why_venv_failed(said)
