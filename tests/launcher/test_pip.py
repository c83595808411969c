import os
import sys
import time
from pathlib import Path

import psutil
import pytest
import wheel_world
from wheel_world import copy_venv, environ, index, wheel

from studio.core.errors import Cancelled
from studio.core.job import JobContext, Progress
from studio.launcher import pip as pips
from studio.launcher import running
from studio.launcher.pip import PipFailed, Telling, download, install, outdated, preview, uninstall, why
from studio.launcher.running import NotRunnable, run


@pytest.fixture(scope="module")
def venv(base_venv: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_venv(base_venv, tmp_path_factory.mktemp("pip 管理") / "venv")


def test_install_list_outdated_reinstall_download_uninstall(venv: Path, tmp_path: Path) -> None:
    wheels = [wheel(tmp_path / "w", "demo", "1.0", ["needed"]), wheel(tmp_path / "w", "needed", "1.0")]
    base = environ() | {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": index(tmp_path / "simple", wheels)}
    context, lines = JobContext(), []
    install(venv, ["demo"], base, context, line=lines.append)
    assert any("Successfully installed demo-1.0 needed-1.0" in line for line in lines)
    index(tmp_path / "simple", [wheel(tmp_path / "w", "demo", "2.0")])
    found = {one.name: one for one in outdated(venv, base, context)}
    assert (found["demo"].version, found["demo"].latest) == ("1.0", "2.0")
    assert "needed" not in found
    module = venv / "lib" / "python3.11" / "site-packages" / "demo" / "__init__.py"
    module.unlink()
    install(venv, ["demo==1.0"], base, context, anew=True, dependencies=False)
    assert module.is_file()
    (fetched,) = download(venv, ["demo==2.0"], tmp_path / "to here", base, context)
    assert fetched.name == "demo-2.0-py3-none-any.whl"
    uninstall(venv, ["demo", "needed"], base, context)
    assert {"demo", "needed"} & set(wheel_world.versions(venv)) == set()


def test_names_that_look_like_options_are_not(venv: Path, tmp_path: Path) -> None:
    with pytest.raises(PipFailed):
        install(venv, [f"--target={tmp_path / 'x'}"], environ(), JobContext(), offline=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("requirement", "url", "code"),
    [("nothing", "", pips.ABSENT), ("nothing", "http://127.0.0.1:9/simple", pips.OFFLINE)],
)
def test_what_pip_says_becomes_one_sentence(venv: Path, requirement: str, url: str, code: str) -> None:
    base = environ() | ({"PIP_NO_INDEX": "0", "PIP_RETRIES": "1"} if url else {})
    with pytest.raises(PipFailed) as caught:
        install(venv, [requirement], base, JobContext(), index_url=url)
    assert caught.value.code == code
    assert caught.value.details


def test_a_damaged_wheel(venv: Path, tmp_path: Path) -> None:
    path = wheel(tmp_path, "demo", "1.0")
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(PipFailed) as caught:
        install(venv, [str(path)], environ(), JobContext())
    assert caught.value.code == pips.DAMAGED


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("OSError: [Errno 28] No space left on device", pips.NO_SPACE),
        ("/venv/bin/python: No module named pip", pips.GONE),
        ("No module named 'pip'", pips.GONE),
        ("ERROR: Could not install packages: Missing dependencies for SOCKS support.", pips.SOCKS),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", pips.CERTIFICATE),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", pips.HASHES),
        ("[WinError 5] Access is denied: 'C:\\\\venv\\\\Lib'", pips.BUSY),
        ("error: Microsoft Visual C++ 14.0 or greater is required.", pips.COMPILER),
        ("something else", pips.OTHER),
    ],
)
def test_known_failures(output: str, code: str) -> None:
    assert why(output).code == code


def test_the_missing_package_is_named() -> None:
    text = "ERROR: No matching distribution found for torch==9 (from -r x.txt (line 1))"
    assert "torch==9." in str(why(text))


def test_progress_is_read_from_the_lines() -> None:
    seen: list[Progress] = []
    told = Telling(JobContext(report=lambda _, value: seen.append(value)))  # type: ignore[arg-type]
    for line in (
        "Collecting torch==2.1.2+cu121",
        "  Downloading https://x/torch.whl (2200.7 MB)",
        "Progress 1048576 of 2307000000",
        "Progress 2307000000 of 2307000000",
        "Progress 5 of 0",
        "Installing collected packages: torch",
        "    Uninstalling torch-2.0.1:",
        "Successfully installed torch-2.1.2",
    ):
        told.line(line)
    assert [(one.done, one.total, one.text) for one in seen] == [
        (0, 0, "Looking for packages"),
        (0, 0, "Downloading packages"),
        (1, 2200, "Downloading packages"),
        (2200, 2200, "Downloading packages"),
        (0, 1, "Downloading packages"),
        (0, 0, "Installing packages"),
        (0, 0, "Installing packages"),
        (0, 0, "Installing packages"),
    ]


def test_what_a_finished_program_left_running_is_not_waited_for() -> None:
    code = (
        "import subprocess, sys\nprint('done')\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(30)']).pid)\n"
    )
    begun = time.monotonic()
    done = run([sys.executable, "-c", code], os.environ, JobContext())
    text, pid = done.output.split()
    psutil.Process(int(pid)).kill()
    assert (done.code, text) == (0, "done")
    assert time.monotonic() - begun < 20


def test_a_program_and_what_it_started_end_when_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.stop, "__defaults__", (1.0,))
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import signal, time; "
        "signal.signal(signal.SIGINT, signal.SIG_IGN); print(1, flush=True); time.sleep(60)'])\n"
        "print(child.pid, flush=True)\ntime.sleep(60)\n"
    )
    context, pids = JobContext(), []

    def line(text: str) -> None:
        pids.append(int(text))
        if len(pids) == 2:
            context.cancel()

    begun = time.monotonic()
    with pytest.raises(Cancelled):
        run([sys.executable, "-c", code], os.environ, context, line=line)
    assert time.monotonic() - begun < 30
    assert not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids if pid != 1)


def test_a_cancelled_pip_has_changed_nothing_yet(venv: Path, tmp_path: Path) -> None:
    install(venv, [str(wheel(tmp_path / "w", "slow", "1.0"))], environ(), JobContext())
    new, context = wheel(tmp_path / "w", "slow", "2.0"), JobContext()

    def line(text: str) -> None:
        if text.startswith("Processing"):
            context.cancel()

    with pytest.raises(Cancelled):
        install(venv, [str(new)], environ(), context, line=line)
    assert wheel_world.versions(venv)["slow"] == "1.0"


def test_what_pip_replaces_it_replaces_to_the_end(venv: Path, tmp_path: Path) -> None:
    install(venv, [str(wheel(tmp_path / "w", "steady", "1.0"))], environ(), JobContext())
    many = {f"steady/part{number}.py": "x = 1\n" * 50 for number in range(2000)}
    new = wheel(tmp_path / "w", "steady", "2.0", files=many)
    context = JobContext()

    def line(text: str) -> None:
        if "Uninstalling" in text:
            context.cancel()

    with pytest.raises(Cancelled):
        pips.pip(venv, ["install", str(new)], environ(), context, line=line)
    assert wheel_world.versions(venv)["steady"] == "2.0"
    site = venv / "lib" / "python3.11" / "site-packages"
    assert len(list((site / "steady").glob("*.py"))) == 2000


def test_a_preview_changes_nothing(venv: Path, tmp_path: Path) -> None:
    install(venv, [str(wheel(tmp_path / "w", "base-kit", "1.0"))], environ(), JobContext())
    wheel(tmp_path / "w", "base-kit", "2.0")
    wheel(tmp_path / "w", "top-kit", "1.0", ["base-kit>=2"])
    base = environ() | {"PIP_FIND_LINKS": (tmp_path / "w").as_uri()}
    found = {one.name: one for one in preview(venv, ["top-kit"], base, JobContext())}
    assert {name: (one.before, one.after) for name, one in found.items()} == {
        "base-kit": ("1.0", "2.0"),
        "top-kit": ("", "1.0"),
    }
    assert found["top-kit"].url.endswith(".whl")
    assert wheel_world.versions(venv)["base-kit"] == "1.0"
    held = tmp_path / "held file.txt"
    held.write_text("base-kit==1.0")
    with pytest.raises(PipFailed) as caught:
        preview(venv, ["top-kit"], base | {"PIP_CONSTRAINT": held.as_uri()}, JobContext())
    assert caught.value.code == pips.CONFLICT


def test_time_limit_and_programs_that_are_not_there(tmp_path: Path) -> None:
    done = run([sys.executable, "-c", "print('a'); import time; time.sleep(60)"], os.environ, JobContext(), timeout_s=1)
    assert (done.code, done.output) == (-1, "a")
    with pytest.raises(NotRunnable):
        run([str(tmp_path / "none")], {}, JobContext())


def test_output_is_kept_whole_whatever_its_bytes() -> None:
    code = "import sys; sys.stdout.buffer.write(b'\\xff\\xe7\\xbb\\x98\\r\\nlast')"
    assert run([sys.executable, "-c", code], os.environ, JobContext()).output == "\ufffd绘\nlast"
