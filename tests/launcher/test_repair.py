"""Environments really broken in every way, found, and mended."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import wheel_world
from wheel_world import copy_venv, index, pip, wheel

from studio.catalog.environment_checks import STEPS
from studio.core import trash
from studio.core.errors import Cancelled
from studio.core.job import JobContext
from studio.core.machine import Machine
from studio.core.nvidia import Card
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.launcher import environment_fixes, packages, repair, shield, torch_choice
from studio.launcher import findings as checks
from studio.launcher.findings import Finding
from studio.launcher.install import Install
from studio.launcher.pip import PipFailed
from studio.launcher.pythons import Python, probe
from studio.launcher.wheelhouse import WheelHouse

CARD = Card("NVIDIA GeForce RTX 3060", 12288, 8.6, "551.86")
MACHINE = Machine("linux", "3.11.7", None, (CARD,), (12000,), (), 32 << 30, 1 << 40, "2.39", None)
DEEP = Path("绘 画", *("a folder with a long name, so that paths are long" for _ in range(4)))


@dataclass
class World:
    """A web UI with an environment, an index of its own, and all that a repair needs."""

    install: Install
    places: Places
    base: dict[str, str]
    wheels: Path
    machine: Machine = MACHINE
    python: Python | None = None

    @property
    def site(self) -> Path:
        return packages.site_packages(self.install.venv)

    def find(self, *, thorough: bool = False) -> list[Finding]:
        known = [self.python] if self.python else []
        return checks.findings(
            self.install, Settings(), self.machine, found_pythons=known, targets=(), thorough=thorough
        )

    def ids(self, *, thorough: bool = False) -> list[str]:
        return [one.id for one in self.find(thorough=thorough)]

    def mend(self, *, house: WheelHouse | None = None, thorough: bool = False) -> repair.Repaired:
        steps = repair.plan(self.find(thorough=thorough))
        return repair.run(steps, self.install, Settings(), JobContext(), self.places, house=house, base=self.base)

    def versions(self) -> dict[str, str]:
        return {one.name: one.version for one in packages.installed(self.site)}


@pytest.fixture(scope="module")
def index_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheels, laid out as the package index and as torch's."""
    root = tmp_path_factory.mktemp("index")
    made = root / "wheels"
    plain = [
        wheel(made, "numpy", "1.26.2"),
        wheel(made, "numpy", "2.0.0"),
        wheel(made, "pillow", "9.5.0"),
        wheel(made, "gradio", "3.41.2", ["numpy<2", "pillow"], scripts={"gradio": "gradio:__version__.strip"}),
        wheel(made, "pydantic", "1.10.13"),
        wheel(made, "pydantic", "2.5.0"),
        wheel(made, "clip-tool", "1.0", ["pydantic"]),
    ]
    index(root / "simple", plain)
    for tag in ("cu121", "cu118", "cpu"):
        torch = [
            wheel(made / tag, "torch", f"2.1.2+{tag}", ["numpy"]),
            wheel(made / tag, "torchvision", f"0.16.2+{tag}", ["torch==2.1.2", "pillow"]),
            wheel(made / tag, "xformers", "0.0.23.post1", ["torch==2.1.2", "numpy"]),
            wheel(made / tag, "xformers", "0.0.27", ["torch==2.3.1", "numpy"]),
        ]
        index(root / "whl" / tag, [*torch, *plain])
    return root


@pytest.fixture(scope="module")
def sound_venv(base_venv: Path, index_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with everything the web UI wants."""
    venv = copy_venv(base_venv, tmp_path_factory.mktemp("sound") / "venv")
    links = [f"--find-links={index_folder / 'wheels'}", f"--find-links={index_folder / 'wheels' / 'cu121'}"]
    wanted = ["torch==2.1.2+cu121", "torchvision==0.16.2+cu121", "xformers==0.0.23.post1", "gradio==3.41.2"]
    pip(venv, "install", *links, *wanted, "numpy==1.26.2", "pillow==9.5.0", "pydantic==1.10.13")
    return venv


@pytest.fixture(params=[Path("webui")])
def world(
    request: pytest.FixtureRequest,
    sound_venv: Path,
    index_folder: Path,
    tmp_path: Path,
    places: Places,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    """A web UI whose environment is sound."""
    folder = tmp_path / request.param
    folder.mkdir(parents=True)
    copy_venv(sound_venv, folder / "venv")
    (folder / "requirements_versions.txt").write_text(
        "gradio==3.41.2\nnumpy==1.26.2\npydantic<2\nPillow>=9\ntorch\nuvloop; sys_platform=='never'\n"
    )
    monkeypatch.setattr(torch_choice, "INDEX_URL", (index_folder / "whl").as_uri())
    base = wheel_world.environ() | {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": (index_folder / "simple").as_uri()}
    return World(Install("one", folder, "a1111", "one"), places, base, index_folder / "wheels")


def discard(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def damage_torch(world: World, requirement: str, tag: str = "cpu") -> None:
    links = [f"--find-links={world.wheels / tag}", f"--find-links={world.wheels}"]
    pip(world.install.venv, "install", *links, "--no-deps", "--force-reinstall", requirement)


def test_nothing_is_wrong_with_a_sound_environment(world: World) -> None:
    assert world.ids(thorough=True) == []
    assert repair.plan(world.find()) == []


def wreck_record(world: World) -> None:
    discard(world.site / "numpy-1.26.2.dist-info" / "RECORD")


def wreck_metadata(world: World) -> None:
    discard(world.site / "numpy-1.26.2.dist-info" / "METADATA")


def wreck_file(world: World) -> None:
    discard(world.site / "numpy" / "__init__.py")


def wreck_content(world: World) -> None:
    path = world.site / "numpy" / "__init__.py"
    path.write_text(path.read_text().replace("1", "3"))


def wreck_leftovers(world: World) -> None:
    (world.site / "~umpy" / "core").mkdir(parents=True)
    (world.site / "~umpy-1.0.dist-info").mkdir()


def wreck_duplicate(world: World) -> None:
    shutil.unpack_archive(world.wheels / "numpy-2.0.0-py3-none-any.whl", world.site, "zip")


def wreck_version(world: World) -> None:
    pip(world.install.venv, "install", f"--find-links={world.wheels}", "--no-deps", "numpy==2.0.0")


def wreck_package(world: World) -> None:
    pip(world.install.venv, "uninstall", "-y", "pydantic", "pillow")


def wreck_torch(world: World) -> None:
    pip(world.install.venv, "uninstall", "-y", "torch")


def wreck_to_cpu(world: World) -> None:
    damage_torch(world, "torch==2.1.2+cpu")


def wreck_xformers(world: World) -> None:
    damage_torch(world, "xformers==0.0.27")


def wreck_pip(world: World) -> None:
    discard(world.site / "pip")


def wreck_pips_record(world: World) -> None:
    discard(next(world.site.glob("pip-*.dist-info")) / "METADATA")


def wreck_pips_insides(world: World) -> None:
    discard(world.site / "pip" / "_internal" / "commands")


WRECKS: dict[Callable[[World], None], list[str]] = {
    wreck_record: ["broken_record:numpy"],
    wreck_metadata: ["broken_record:numpy"],
    wreck_file: ["missing_files:numpy"],
    wreck_content: ["altered_files:numpy"],
    wreck_leftovers: ["leftovers"],
    wreck_duplicate: ["duplicate:numpy"],
    wreck_version: ["requirement_wrong:numpy"],
    wreck_package: ["requirement_missing:pydantic", "requirement_missing:pillow"],
    wreck_torch: ["no_torch"],
    wreck_to_cpu: ["cpu_torch"],
    wreck_xformers: ["xformers_mismatch"],
    wreck_pip: ["no_pip"],
    wreck_pips_record: ["no_pip"],
    wreck_pips_insides: ["missing_files:pip"],
}


@pytest.mark.parametrize("wreck", WRECKS, ids=lambda wreck: wreck.__name__)
def test_what_is_broken_is_found_and_mended_and_nothing_else_changes(
    world: World, wreck: Callable[[World], None]
) -> None:
    before = world.versions()
    wreck(world)
    found = world.ids(thorough=True)
    assert set(WRECKS[wreck]) <= set(found)
    done = world.mend(thorough=True)
    assert world.ids(thorough=True) == []
    assert done.unexpected == ()
    after = world.versions()
    assert {name: version for name, version in after.items() if name not in ("pip", "setuptools")} == {
        name: version for name, version in before.items() if name not in ("pip", "setuptools")
    }


@pytest.mark.parametrize("world", [DEEP], indirect=True)
def test_paths_with_spaces_chinese_and_length(world: World) -> None:
    assert len(str(world.install.venv)) > 200
    wreck_file(world)
    wreck_to_cpu(world)
    world.mend()
    assert world.ids(thorough=True) == []


def test_everything_at_once(world: World) -> None:
    for wreck in (wreck_record, wreck_leftovers, wreck_xformers, wreck_package, wreck_pip):
        wreck(world)
    steps = repair.plan(world.find())
    kinds = [step.kind for step in steps]
    assert kinds == sorted(kinds, key=repair.ORDER.index)
    world.mend()
    assert world.ids(thorough=True) == []


def test_repair_without_network_from_the_wheel_house(world: World, tmp_path: Path) -> None:
    house = WheelHouse(tmp_path / "house")
    left = repair.keep(world.install, house, JobContext())
    assert left == []
    for wreck in (wreck_file, wreck_torch, wreck_package, wreck_version):
        wreck(world)
    offline = replace(world, base=world.base | {"PIP_NO_INDEX": "1", "PIP_INDEX_URL": "http://127.0.0.1:9/"})
    offline.mend(house=house)
    assert world.ids(thorough=True) == []


def test_without_network_and_wheel_house_nothing_is_lost(world: World) -> None:
    wreck_record(world)
    offline = replace(world, base=world.base | {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0"})
    with pytest.raises(PipFailed):
        offline.mend()
    assert (world.site / "numpy-1.26.2.dist-info" / "METADATA").is_file()
    assert (world.site / "numpy" / "__init__.py").is_file()


def test_a_cancelled_repair_leaves_the_old_state(world: World) -> None:
    wreck_record(world)
    context = JobContext(report=lambda name, _: context.cancel() if name == "progress" else None)
    with pytest.raises(Cancelled):
        repair.run(repair.plan(world.find()), world.install, Settings(), context, world.places, base=world.base)
    assert "numpy" in world.versions()
    assert world.mend().unexpected == ()
    assert world.ids() == []


def test_a_repair_may_not_pull_another_package_along(world: World) -> None:
    """clip-tool wants pydantic of any version; a wish for pydantic 2 beside it is not granted in passing."""
    wheel(world.wheels, "greedy", "1.0", ["pydantic>=2"])
    step = checks.Step("install", names=("greedy",))
    base = world.base | {"PIP_FIND_LINKS": world.wheels.as_uri()}
    with pytest.raises(PipFailed) as caught:
        repair.run([step], world.install, Settings(), JobContext(), world.places, base=base)
    assert caught.value.code == "conflict"
    assert world.versions()["pydantic"] == "1.10.13"
    (world.wheels / "greedy-1.0-py3-none-any.whl").unlink()


def test_packages_that_need_what_is_not_there(world: World) -> None:
    pip(world.install.venv, "install", f"--find-links={world.wheels}", "--no-deps", "clip-tool")
    assert world.ids() == []
    (world.install.folder / "requirements_versions.txt").write_text("gradio==3.41.2\n")
    pip(world.install.venv, "uninstall", "-y", "pydantic", "pillow")
    assert world.ids() == [f"dependency_unmet:{name}" for name in ("clip-tool", "gradio", "torchvision")]
    world.mend()
    assert world.ids() == []


def test_a_moved_environment(world: World) -> None:
    moved = world.install.folder.rename(world.install.folder.with_name("moved 到这里"))
    here = replace(world, install=replace(world.install, folder=moved))
    assert here.ids() == ["moved"]
    here.mend()
    assert here.ids(thorough=True) == []
    assert wheel_world.versions(here.install.venv)["torch"] == "2.1.2+cu121"
    script = (here.install.venv / "bin" / "pip").read_text()
    assert str(here.install.venv / "bin") in script.splitlines()[0] + script.splitlines()[1]


def test_the_python_is_gone_and_another_of_its_version_takes_over(world: World, base_venv: Path) -> None:
    config = world.install.venv / "pyvenv.cfg"
    real = probe(base_venv / "bin" / "python")
    home = packages.config(world.install.venv)["home"]
    config.write_text(config.read_text().replace(home, "/nowhere/python/bin"))
    (world.install.venv / "bin" / "python3").unlink()
    (world.install.venv / "bin" / "python").unlink()
    (world.install.venv / "bin" / "python").symlink_to("/nowhere/python/bin/python3")
    here = replace(world, python=real)
    assert here.ids() == ["python_gone"]
    here.mend()
    assert here.ids(thorough=True) == []
    assert "gradio" in wheel_world.versions(here.install.venv)


def test_the_python_is_gone_and_only_another_version_is_there(world: World, base_venv: Path) -> None:
    config = world.install.venv / "pyvenv.cfg"
    real = probe(base_venv / "bin" / "python")
    config.write_text("home = /nowhere\nversion = 3.10.6\n")
    (world.install.venv / "lib" / "python3.11").rename(world.install.venv / "lib" / "python3.10")
    here = replace(world, python=real)
    (found,) = here.find()
    assert (found.id, found.steps[0].kind) == ("python_gone", "recreate")
    broken = replace(here, base=here.base | {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0"})
    torch_url, torch_choice.INDEX_URL = torch_choice.INDEX_URL, "http://127.0.0.1:9/whl"
    with pytest.raises(PipFailed):
        broken.mend()
    torch_choice.INDEX_URL = torch_url
    assert config.read_text() == "home = /nowhere\nversion = 3.10.6\n"
    here.mend()
    assert here.ids() == []
    assert here.versions()["torch"] == "2.1.2+cu121"
    assert any(item.original == world.install.venv for one in trash.contents(world.places) for item in one.items)


def test_an_environment_is_made_where_there_is_none(world: World, base_venv: Path) -> None:
    discard(world.install.venv)
    here = replace(world, python=probe(base_venv / "bin" / "python"))
    (found,) = here.find()
    assert [step.kind for step in found.steps] == ["make", "install", "install"]
    here.mend()
    assert here.ids() == []
    assert {"torch", "gradio", "numpy", "pillow"} <= set(here.versions())


def test_no_python_at_all_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    discard(world.install.venv)
    monkeypatch.setattr(checks.pythons, "find", lambda _: [])
    (found,) = world.find()
    assert (found.id, found.steps) == ("no_python", ())
    assert "3.11" in found.cause


def test_a_python_that_does_not_suit(world: World, base_venv: Path) -> None:
    config = world.install.venv / "pyvenv.cfg"
    config.write_text(config.read_text().replace("version = 3.11", "version = 3.13"))
    here = replace(world, python=probe(base_venv / "bin" / "python"))
    assert here.ids() == ["python_unfit"]


def test_a_32_bit_python_does_not_suit(world: World, base_venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    windows = replace(world, machine=replace(MACHINE, system="win32"), python=probe(base_venv / "bin" / "python"))
    assert windows.ids() == []
    monkeypatch.setattr(checks.pythons, "probe", lambda path: Python(path, (3, 10, 6), 32))
    (found,) = windows.find()
    assert found.id == "python_unfit"
    assert "(32-bit)" in found.cause


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (Card("RTX 5090", 32607, 12.0, "576.02"), ["wrong_torch"]),
        (Card("RTX 5090", 32607, 12.0, "551.86"), ["driver_too_old"]),
        (Card("GTX 780", 3072, 3.5, "475.14"), ["card_unusable"]),
        (Card("GTX 1080", 8192, 6.1, "551.86"), []),
        (Card("RTX 2060", 6144, 7.5, "470.00"), ["wrong_torch"]),
    ],
)
def test_torch_and_the_card(world: World, card: Card, expected: list[str]) -> None:
    assert replace(world, machine=replace(MACHINE, cards=(card,))).ids() == expected


def test_a_torch_of_the_package_index_is_known_by_its_version_file(world: World) -> None:
    files = {
        "torch/__init__.py": "",
        "torch/version.py": "__version__ = '2.1.2'\ncuda: Optional[str] = '12.1'\nhip = None\n",
    }
    made = wheel(world.wheels / "own", "torch", "2.1.2", ["numpy"], files)
    pip(world.install.venv, "install", "--no-deps", "--force-reinstall", str(made))
    assert world.ids() == []
    files["torch/version.py"] = "__version__ = '2.1.2'\ncuda = None\n"
    made = wheel(world.wheels / "own", "torch", "2.1.2", ["numpy"], files)
    pip(world.install.venv, "install", "--no-deps", "--force-reinstall", str(made))
    assert world.ids() == ["cpu_torch"]


def test_a_socks_proxy_needs_packages(world: World) -> None:
    settings = Settings(proxy="socks5://127.0.0.1:1080")
    found = checks.findings(world.install, settings, MACHINE, found_pythons=[], targets=())
    assert [one.id for one in found] == ["socks_support"]


def test_findings_are_the_whole_truth_in_words(world: World) -> None:
    for wreck in (wreck_record, wreck_leftovers, wreck_to_cpu, wreck_package, wreck_pip):
        wreck(world)
    found = world.find()
    assert len(found) >= 5
    for one in found:
        assert "{" not in one.title + one.cause
        assert all("{" not in STEPS[step.kind].format(**step.values) for step in one.steps)


FIXES = {
    "install_module": [
        ("yaml", ["install: pyyaml"]),
        ("numpy.core", ["reinstall: numpy==1.26.2"]),
        ("sgm.x", None),
        ("utils", None),
    ],
    "reinstall_package": [("numpy", ["reinstall: numpy==1.26.2"]), ("rich", ["install: rich"])],
    "install_package": [("httpx==0.24.1", ["install: httpx==0.24.1"])],
    "reinstall_pair": [("", ["install: torch==2.1.2+cu121, torchvision==0.16.2+cu121, xformers==0.0.23.post1"])],
    "delete_leftovers": [("", ["discard: ~umpy, ~umpy-1.0.dist-info"])],
    "reinstall_requirements": [("", ["install: pydantic<2, Pillow>=9"])],
    "set_option": [("", None)],
}


def test_the_fixes_of_a_diagnosis(world: World, base_venv: Path) -> None:
    wreck_leftovers(world)
    wreck_package(world)
    for fix, cases in FIXES.items():
        for value, expected in cases:
            arguments = dict.fromkeys(("module", "package", "requirement"), value)
            steps = environment_fixes.steps(
                fix, arguments, world.install, Settings(), MACHINE, found_pythons=[probe(base_venv / "bin" / "python")]
            )
            assert (steps and [f"{step.kind}: {step.values['names']}" for step in steps]) == expected


def test_a_sound_environment_made_anew_gets_the_same_again(world: World, base_venv: Path) -> None:
    before = world.versions()
    steps = environment_fixes.steps(
        "rebuild_venv", {}, world.install, Settings(), MACHINE, found_pythons=[probe(base_venv / "bin" / "python")]
    )
    assert steps is not None
    repair.run(steps, world.install, Settings(), JobContext(), world.places, base=world.base)
    assert world.versions() == before


def test_a_web_ui_is_started_behind_its_shield(world: World) -> None:
    environ = shield.guarded_env(world.install, Settings(), world.places, base=world.base)
    folder = shield.record_folder(world.install, world.places)
    lines = (folder / shield.RUNTIME_FILE).read_text().split()
    assert {"torch==2.1.2+cu121", "numpy==1.26.2", "gradio==3.41.2"} <= set(lines)
    assert environ["PATH"].startswith(str(world.install.venv / "bin"))
    pip(world.install.venv, "check", env=environ)
    shield.Shield().allow("ext", ["numpy"]).save(folder)
    shield.guarded_env(world.install, Settings(), world.places, base=world.base, extensions=["ext"])
    assert "numpy==1.26.2" not in (folder / shield.RUNTIME_FILE).read_text()


def test_an_updated_web_ui_gets_what_it_asks_for(world: World) -> None:
    """The web UI's own requirements, newer than what is installed, go through its shield; an extension's do not."""
    asked = world.install.folder / "requirements_versions.txt"
    asked.write_text("gradio==3.41.2\nnumpy==1.26.2\npydantic==2.5.0\n")
    environ = shield.guarded_env(world.install, Settings(), world.places, base=world.base)
    with pytest.raises(AssertionError, match="conflict"):
        pip(world.install.venv, "install", "numpy==2.0.0", env=environ)
    pip(world.install.venv, "install", "-r", str(asked), env=environ)
    assert world.versions()["pydantic"] == "2.5.0"


def test_the_environment_of_another_does_not_leak_in(world: World) -> None:
    base = world.base | {"PYTHONPATH": str(world.wheels), "PIP_TARGET": str(world.places.home / "elsewhere")}
    wreck_file(world)
    replace(world, base=base).mend()
    assert world.ids() == []
    assert not (world.places.home / "elsewhere").exists()
    assert os.environ.get("PIP_TARGET") is None
