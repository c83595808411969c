"""The stand-in does what it is told: each of its faults says its words and ends as it should."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from standin_world import (
    add_clashing_extensions,
    add_extension,
    disable,
    environment,
    fault_table,
    free_port,
    make_standin,
    make_wheel,
    run_to_end,
)
from webui_listener import Heard, until, until_ready

from studio.core.paths import Places
from studio.launcher import process
from studio.launcher.process import Patience

FAST = {"model": 0.02, "url_to_ready": 0.02, "install": 0.0}
SAID = {name: fault for name, fault in fault_table().items() if fault.text}
WORKERS = 4


def fails(folder: Path, name: str, fault: Any) -> str:
    """ "" if a start with this fault says its words (and ends with its code), else what was wrong."""
    install = make_standin(folder / name, key=name, fault=name, seconds=FAST)
    heard = Heard()
    arguments = ["--port", str(free_port())]
    webui = process.start(install, arguments, environment(), Places(folder / "home"), heard)
    try:
        words = fault.text.splitlines()[0]
        until(lambda: words in heard.text and (fault.stage == "model" or fault.code is None or webui.wait(0)), 60)
        ended = webui.wait(0)
        if fault.stage != "model" and fault.code is not None and (ended is None or not ended.is_crash):
            return f"{name}: {ended}"
        return ""
    finally:
        webui.stop(Patience(0, 2, 2))


def test_every_fault_says_its_words_and_ends_as_told(tmp_path: Path) -> None:
    assert len({fault.rule for fault in SAID.values()}) >= 50
    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(lambda item: fails(tmp_path, *item), SAID.items()))
    assert [wrong for wrong in found if wrong] == []


def test_broken_settings_end_the_start(tmp_path: Path) -> None:
    install = make_standin(tmp_path / "w", seconds=FAST)
    (install.folder / "config.json").write_text('{"samples_save": tru', "utf-8")
    done = run_to_end(install, "--port", str(free_port()))
    assert done.returncode == 1
    assert b"json.decoder.JSONDecodeError" in done.stdout


def test_real_packages_are_installed_by_real_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_wheel(tmp_path / "wheels", "pocket-paint", "2.1", requires=("pocket-brush>=1",))
    make_wheel(tmp_path / "wheels", "pocket-brush", "1.3")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    install = make_standin(tmp_path / "w", own_venv="pip", seconds=FAST)
    (install.folder / "requirements_versions.txt").write_text("pocket-paint==2.1\n", "utf-8")
    add_extension(install, "painter", "import pocket_paint\nprint('painter has', pocket_paint.__version__)\n")
    done = run_to_end(install, "--port", "0", "--exit", timeout_s=100)
    assert done.returncode == 0
    assert b"Successfully installed pocket-brush-1.3 pocket-paint-2.1" in done.stdout
    (install.folder / "requirements_versions.txt").write_text("pocket-missing\n", "utf-8")
    done = run_to_end(install, "--exit", timeout_s=100)
    assert done.returncode == 1
    assert b"Could not find a version that satisfies the requirement pocket-missing" in done.stdout


def test_extensions_install_py_runs_at_each_start(tmp_path: Path) -> None:
    install = make_standin(tmp_path / "w", seconds=FAST)
    code = "from pathlib import Path\nimport modules.paths\nPath('ran').write_text(Path.cwd().name)\n"
    add_extension(install, "one", install_py=code)
    add_extension(install, "two", install_py="raise SystemExit(5)", requires="three")
    done = run_to_end(install, "--exit")
    assert (install.folder / "ran").read_text() == "w"
    assert b"*** Error running install.py for extension" in done.stdout
    (install.folder / "ran").unlink()
    run_to_end(install, "--exit", "--skip-install")
    run_to_end(install, "--exit", "--disable-extra-extensions")
    assert not (install.folder / "ran").exists()


def test_two_extensions_fail_only_together(tmp_path: Path, places: Places) -> None:
    install = make_standin(tmp_path / "w", seconds=FAST)
    add_clashing_extensions(install, "x-one", "x-two")
    done = run_to_end(install, "--port", str(free_port()))
    assert done.returncode == 1
    assert b"x-two cannot work beside x-one" in done.stdout
    for alone in ("x-one", "x-two"):
        disable(install, alone)
        webui = process.start(install, ["--port", str(free_port())], environment(), places)
        until_ready(webui)
        webui.stop(Patience(0, 2, 2))
