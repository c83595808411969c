import subprocess
import sys
from pathlib import Path

import pytest
import wheel_world
from packaging.requirements import Requirement
from wheel_world import copy_venv, environ, pip, wheel

from studio.core.settings import Settings
from studio.launcher import packages, shield
from studio.launcher.child_env import child_env
from studio.launcher.packages import Package
from studio.launcher.shield import HELD, Blocked, Shield, ShieldBlocked, blocked, constraints


def package(name: str, version: str, problem: str = "") -> Package:
    return Package(name, version, Path(f"{name}.dist-info"), problem=problem)


def test_what_is_held() -> None:
    found = [package("torch", "2.1.2+cu121"), package("numpy", "1.26.2"), package("rich", "13"), package("httpx", "x?")]
    assert constraints(found) == ["torch==2.1.2+cu121", "numpy==1.26.2"]
    assert constraints([package("numpy", "1.26.2", "RECORD")]) == []
    wanted = {"torch", "torchvision", "xformers", "numpy", "protobuf", "gradio", "pydantic", "httpx", "transformers"}
    assert wanted | {"setuptools"} <= set(HELD)


def test_what_the_web_ui_asks_for_itself_comes_first() -> None:
    found = [package("gradio", "3.41.2"), package("setuptools", "65.5.0"), package("numpy", "1.26.4")]
    own = [Requirement(text) for text in ("setuptools==69.5.1", "numpy<2", "protobuf==3.20.0", "gradio", "rich==1")]
    assert sorted(constraints(found, HELD, own)) == [
        "gradio==3.41.2",
        "numpy==1.26.4",
        "protobuf==3.20.0",
        "setuptools==69.5.1",
    ]


def test_exceptions_for_one_extension(tmp_path: Path) -> None:
    one = Shield().allow("tagger", ["Protobuf", "numpy"]).allow("other", ["gradio"])
    assert "protobuf" not in one.held(["tagger"])
    assert "gradio" in one.held(["tagger"])
    assert {"protobuf", "numpy", "gradio"} & set(one.held()) == set()
    assert "numpy" in one.held(["unknown"])
    one.save(tmp_path / "绘")
    assert Shield.load(tmp_path / "绘") == one
    assert one.allow("tagger", []).allow("other", []) == Shield()
    assert Shield(on=False).held() == ()


@pytest.mark.parametrize("text", ["", "[]", '{"on": "perhaps"}', '{"new": 1}'])
def test_an_unreadable_record_protects(tmp_path: Path, text: str) -> None:
    (tmp_path / shield.RECORD_FILE).write_text(text)
    assert Shield.load(tmp_path) == Shield()


PINS = ["numpy==1.26.2", "protobuf==3.20.0"]
PIP = """\
*** Error running install.py for extension /webui/extensions/sd-tagger.
*** Command: "/webui/venv/bin/python" "/webui/extensions/sd-tagger/install.py"
*** Error code: 1
*** stdout: Looking in links: /w
***
*** The conflict is caused by:
    needs-new 1.0 depends on numpy>=2
    The user requested protobuf>=4
    The user requested protobuf
    The user requested (constraint) numpy==1.26.2
ERROR: Cannot install needs-new==1.0 because these package versions have conflicting dependencies.
"""
UV = """\
error: No solution found when resolving dependencies
  cause: Because all versions of needs-new depend on numpy>=2 and numpy==1.26.2, we can conclude that all
         versions of needs-new cannot be used.
         And because you require needs-new, we can conclude that your requirements are unsatisfiable.
"""


def test_who_wanted_what_is_read_from_the_log() -> None:
    assert blocked(PIP, PINS) == [
        Blocked("numpy", ">=2", "1.26.2", "needs-new 1.0", "sd-tagger"),
        Blocked("protobuf", ">=4", "3.20.0", "", "sd-tagger"),
    ]
    assert blocked(UV, PINS) == [Blocked("numpy", ">=2", "1.26.2", "needs-new")]
    assert blocked("numpy>=2 is mentioned\nThe user requested pillow>=9", PINS) == []
    assert blocked("The user requested pydantic>=2", ["pydantic<2"]) == [Blocked("pydantic", ">=2", "<2")]
    windows = (
        "*** Error running install.py for extension D:\\绘 画\\extensions\\sd tagger.\nThe user requested numpy>=2"
    )
    assert blocked(windows, PINS)[0].extension == "sd tagger"
    text = str(ShieldBlocked(blocked(PIP, PINS)[0]))
    assert "sd-tagger wants numpy >=2, but 1.26.2 is protected." in text


@pytest.mark.parametrize("name", ["shield", "绘 画 with spaces"])
def test_real_pip_below_an_install_script_is_held(base_venv: Path, tmp_path: Path, name: str) -> None:
    venv = copy_venv(base_venv, tmp_path / name / "venv")
    wheels = tmp_path / name / "wheels"
    for one, version in (("numpy", "1.26.2"), ("numpy", "2.0.0"), ("free", "1.0"), ("free", "2.0")):
        wheel(wheels, one, version)
    wheel(wheels, "greedy", "1.0", ["numpy>=2"])
    wheel(wheels, "modest", "1.0", ["numpy"])
    base = environ() | {"PIP_FIND_LINKS": wheels.as_uri()}
    pip(venv, "install", "numpy<2", "free<2", env=base)
    site = packages.site_packages(venv)
    script = tmp_path / name / "install.py"
    script.write_text(
        "import subprocess, sys\n"
        "sys.exit(subprocess.call([sys.executable, '-m', 'pip', 'install', '--upgrade', *sys.argv[1:]]))\n"
    )

    def install_script(guard: Shield, *wanted: str) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / name / "guard"
        runtime, build = shield.write(folder, packages.installed(site), guard.held(["ext"]))
        env = child_env(Settings(), base=base, constraints=runtime, build_constraints=build)
        command = [str(venv / "bin" / "python"), str(script), *wanted]
        return subprocess.run(command, env=env, capture_output=True, text=True)

    assert install_script(Shield(), "modest", "free").returncode == 0
    assert wheel_world.versions(venv)["numpy"] == "1.26.2"
    assert wheel_world.versions(venv)["free"] == "2.0"
    refused = install_script(Shield(), "greedy")
    assert refused.returncode
    pins = constraints(packages.installed(site))
    assert blocked(refused.stdout + refused.stderr, pins) == [Blocked("numpy", ">=2", "1.26.2", "greedy 1.0")]
    assert wheel_world.versions(venv)["numpy"] == "1.26.2"
    assert install_script(Shield().allow("ext", ["numpy"]), "greedy").returncode == 0
    assert wheel_world.versions(venv)["numpy"] == "2.0.0"


@pytest.mark.parametrize("whose", ["environment", "studio"])
def test_real_pip_builds_with_an_older_setuptools(base_venv: Path, tmp_path: Path, whose: str) -> None:
    """A source whose build needs pkg_resources, while the index has a setuptools without it; pip old and new."""
    program = base_venv / "bin" / "python" if whose == "environment" else Path(sys.executable)
    wheels = tmp_path / "wheels"
    backend = "def build_wheel(d, c=None, m=None):\n    raise SystemExit('built with ' + VERSION)\n"
    for version in ("81.0", "82.0"):
        files = {"setuptools/__init__.py": "", "setuptools/build_meta.py": f"VERSION = {version!r}\n{backend}"}
        wheel(wheels, "setuptools", version, files=files)
    source = tmp_path / "clip"
    source.mkdir()
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "clip"\nversion = "1.0"\n'
    )
    _, build = shield.write(tmp_path / "guard 盾", [])
    env = child_env(Settings(), base=environ() | {"PIP_FIND_LINKS": wheels.as_uri()}, build_constraints=build)
    command = [str(program), "-m", "pip", "wheel", "--no-deps", "-w", str(tmp_path / "out"), str(source)]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert "built with 81.0" in done.stdout + done.stderr
