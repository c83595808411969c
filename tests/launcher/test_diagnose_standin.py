"""Diagnosis and the search for a culprit on a web UI that really runs, really fails and really starts again."""

import socket
import subprocess
from pathlib import Path

import pytest
from standin_world import add_clashing_extensions, add_extension, environment, make_standin, tell

from studio.launcher import log_text
from studio.launcher.culprit import FAULTY, find_culprit, probe_argv, probe_settings
from studio.launcher.diagnose import diagnose
from studio.launcher.facts import Facts
from studio.launcher.install import Install

FAULTS = {
    "clip": "clip-build", "repository_gone": "sd-repo-gone", "dubious": "dubious-ownership", "no_pip": "pip-missing",
    "locked": "file-in-use", "torch_no_gpu": "torch-no-gpu", "driver": "driver-too-old", "numpy2": "numpy-2",
    "missing_module": "missing-module", "native_crash": "native-crash", "no_words": "silent-end",
}  # fmt: skip


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Install:
    return make_standin(tmp_path_factory.mktemp("绘画 ui") / "webui")


@pytest.mark.parametrize("fault", FAULTS)
def test_what_really_fails_is_named_first(install: Install, fault: str) -> None:
    tell(install, fault=fault)
    command = [str(install.python), "-u", "launch.py", "--ui-debug-mode"]
    done = subprocess.run(
        command, cwd=install.folder, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=100, check=False,
    )  # fmt: skip
    found = diagnose(log_text.decode(done.stdout), Facts(exit_code=done.returncode))
    assert found[0].rule == FAULTS[fault], done.stdout


def gets_ready(install: Install, settings: Path) -> bool:
    """Start the stand-in as a probe does; whether it gets ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(install.python), "-u", "launch.py", *probe_argv(["--api"], settings, port)]
    with subprocess.Popen(
        command, cwd=install.folder, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            return any(line.startswith("Startup time") for line in process.stdout)
        finally:
            process.kill()


def test_two_extensions_that_clash_are_found_by_real_starts(tmp_path: Path) -> None:
    install = make_standin(tmp_path / "webui")
    for name in ("alpha", "beta", "delta", "eta"):
        add_extension(install, name, "ready = True\n")
    add_clashing_extensions(install, "gamma", "zeta")
    config = install.folder / "config.json"
    before = config.read_bytes()
    names = sorted(path.name for path in (install.folder / "extensions").iterdir())

    def probe(enabled: frozenset[str]) -> bool:
        return gets_ready(install, probe_settings(config, enabled, tmp_path / "probe.json"))

    found = find_culprit(names, probe)
    assert (found.result, found.culprits) == (FAULTY, ("gamma", "zeta"))
    assert config.read_bytes() == before
