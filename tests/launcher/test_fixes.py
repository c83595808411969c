"""What the buttons of a diagnosis do: each does what it says, and can be taken back."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import wheel_world
from change_world import ChangeWorld
from git_world import git
from hypothesis import given
from hypothesis import strategies as st

from studio.catalog.fixes import FIXES, GUIDES
from studio.catalog.rules import FixCall, rules
from studio.core import trash
from studio.core.errors import BadRequest, UnknownName
from studio.core.job import JobContext
from studio.core.nvidia import Card
from studio.core.paths import Places
from studio.launcher import environment_fixes, fixes, flags, launch_options, operations, snapshots, transactions
from studio.launcher.flags import FlagTable
from studio.launcher.launch_options import LaunchOptions, Variable
from studio.launcher.probe import probe
from studio.launcher.transactions import Finished

CARD = Card("NVIDIA GeForce RTX 3060", 12288, 8.6, "551.86")


@pytest.fixture
def world(tmp_path: Path, places: Places) -> ChangeWorld:
    return ChangeWorld(tmp_path / "世界", places)


def fix(world: ChangeWorld, which: str, /, blamed: str = "", **arguments: str) -> Finished:
    """Press the button."""
    call = FixCall(fix=which, arguments=arguments)
    change = fixes.change(call, world.install, world.around, extension=blamed)
    assert change is not None
    return transactions.run(world.install, change, world.around, JobContext(), probes=False)


def back(world: ChangeWorld) -> None:
    change = operations.rollback(world.install, world.around)
    transactions.run(world.install, change, world.around, JobContext(), probes=False)


def options(world: ChangeWorld) -> LaunchOptions:
    return launch_options.load(world.places, world.install.key)


def arguments(world: ChangeWorld) -> list[str]:
    return launch_options.argv(options(world), flags.read_flags(world.install))


def test_every_fix_is_done_by_somebody() -> None:
    source = Path(environment_fixes.__file__).read_text("utf-8")
    for row in FIXES:
        is_known = row.id in fixes.DOING or f'"{row.id}"' in source
        assert is_known == (row.care != GUIDES), row.id


def test_guides_change_nothing(world: ChangeWorld) -> None:
    for row in FIXES:
        if row.care == GUIDES:
            call = FixCall(fix=row.id, arguments=dict.fromkeys(row.arguments, "x"))
            assert fixes.change(call, world.install, world.around) is None


def test_options_are_given_and_taken_away(world: ChangeWorld) -> None:
    fix(world, "set_option", option="--no-half-vae")
    fix(world, "set_option", option="--lowvram --xformers")
    assert {"--lowvram", "--xformers"} <= set(arguments(world))
    fix(world, "set_option", option="--theme dark")
    assert options(world).theme == "dark"
    fix(world, "unset_option", option="--xformers")
    fix(world, "unset_option", option="--theme")
    assert not {"--xformers", "--theme"} & set(arguments(world))
    assert "--lowvram" in arguments(world)
    back(world)
    assert "--theme" in arguments(world)


def test_options_in_free_text_are_taken_away_too(world: ChangeWorld) -> None:
    text = '--ckpt "我的 model.ckpt" --unknown-flag 3 --medvram'
    launch_options.save(world.places, world.install.key, LaunchOptions(free_text=text, listen=True))
    fix(world, "unset_option", option="--medvram")
    fix(world, "unset_option", option="--listen")
    assert "--medvram" not in arguments(world)
    assert "--listen" not in arguments(world)
    assert launch_options.split(options(world).free_text) == ["--ckpt", "我的 model.ckpt", "--unknown-flag", "3"]


def rule_options() -> list[str]:
    """Every option that a rule sets or takes away."""
    calls = [call for rule in rules() for call in rule.fixes if call.fix in ("set_option", "unset_option")]
    return sorted({call.arguments["option"] for call in calls if "{" not in call.arguments["option"]})


@given(st.lists(st.sampled_from(rule_options()), max_size=4), st.sampled_from(rule_options()))
def test_what_was_given_can_be_taken_away(before: list[str], option: str) -> None:
    table = FlagTable()
    start = LaunchOptions()
    for one in before:
        start = fixes.with_option(start, table, one)
    there = fixes.with_option(start, table, option)
    names = re.findall(r"--[\w-]+", option)
    assert set(names) <= set(launch_options.argv(there, table))
    assert fixes.with_option(there, table, option) == there
    for name in names:
        there = fixes.without_option(there, table, name)
    assert not set(names) & set(launch_options.argv(there, table))


def test_variables(world: ChangeWorld) -> None:
    launch_options.save(world.places, world.install.key, LaunchOptions(environment=(Variable(name="A", value="1"),)))
    fix(world, "set_env", name="HF_ENDPOINT", value="https://hf-mirror.com")
    fix(world, "set_env", name="HF_ENDPOINT", value="https://other")
    assert launch_options.environment(options(world)) == {"A": "1", "HF_ENDPOINT": "https://other"}
    fix(world, "unset_env", name="A")
    assert launch_options.environment(options(world)) == {"HF_ENDPOINT": "https://other"}


def test_tier_and_port(world: ChangeWorld) -> None:
    world.around = replace(world.around, machine=replace(world.around.machine, cards=(CARD,)))
    fix(world, "choose_vram_tier")
    first = options(world).vram
    fix(world, "choose_vram_tier")
    assert options(world).vram != first
    fix(world, "next_free_port")
    assert options(world).port > 7860
    while True:
        try:
            fix(world, "choose_vram_tier")
        except BadRequest:
            break
    assert options(world).vram == launch_options.VRAM_TIERS[0].label


def test_settings_of_the_web_ui(world: ChangeWorld) -> None:
    fix(world, "set_setting", key="upcast_attn", value="true")
    assert world.settings() == {"outdir_samples": "", "own": "值", "upcast_attn": True}
    back(world)
    assert world.settings() == {"outdir_samples": "", "own": "值"}


def test_a_damaged_settings_file_gets_its_last_good_copy(world: ChangeWorld) -> None:
    path = world.install.folder / "config.json"
    good = path.read_bytes()
    snapshots.take(world.install, world.places, world.around.git_env(world.install))
    path.write_text('{"own": "ha', "utf-8")
    snapshots.take(world.install, world.places, world.around.git_env(world.install))
    fix(world, "restore_config", file="config.json")
    assert path.read_bytes() == good
    (world.install.folder / "cache.json").write_text("{", "utf-8")
    fix(world, "restore_config", file="cache.json")
    assert not (world.install.folder / "cache.json").exists()
    assert trash.contents(world.places)[0].items[0].original.name == "cache.json"


def test_extensions(world: ChangeWorld) -> None:
    sketch = world.extension("sketch")
    change = operations.install_extension(sketch.url, name="sketch")
    transactions.run(world.install, change, world.around, JobContext(), probes=False)
    new = sketch.commit("Second", readme_md="2")
    fix(world, "update_extension", extension="sketch")
    folder = world.install.folder / "extensions" / "sketch"
    assert git(folder, "rev-parse", "HEAD") == new
    fix(world, "disable_extension", extension="sketch")
    assert world.settings()["disabled_extensions"] == ["sketch"]
    fix(world, "rename_extension", "sketch", name="sketch2")
    assert not folder.exists()
    back(world)
    assert git(folder, "rev-parse", "HEAD") == new
    with pytest.raises(UnknownName):
        fix(world, "update_extension", extension="nobody")


def test_repositories(world: ChangeWorld, tmp_path: Path) -> None:
    below = world.install.folder / "repositories"
    below.mkdir()
    upstream = world.extension("k-diffusion")
    git(below, "clone", "--quiet", upstream.url, "k-diffusion")
    other = world.extension("other")
    fix(world, "set_remote", repository="K-diffusion", url=other.url)
    assert git(below / "k-diffusion", "remote", "get-url", "origin") == other.url
    back(world)
    assert git(below / "k-diffusion", "remote", "get-url", "origin") == upstream.url
    (below / "k-diffusion" / ".git" / "HEAD").write_text("", "utf-8")
    fix(world, "reclone", repository="k_diffusion")
    assert git(below / "k-diffusion", "status", "--porcelain") == ""
    with pytest.raises(UnknownName):
        fix(world, "reclone", repository="nothing")


def test_changes_put_aside_and_folders_trusted(world: ChangeWorld) -> None:
    script = world.install.folder / "webui-user.sh"
    script.write_text("# mine\n", "utf-8")
    fix(world, "stash_changes")
    assert git(world.install.folder, "status", "--porcelain") == ""
    back(world)
    assert script.read_text("utf-8") == "# mine\n"
    fix(world, "trust_folder", folder=str(world.install.folder / "repositories" / "x"))
    env = world.around.git_env(world.install)
    assert "safe.directory" in {value for name, value in env.items() if name.startswith("GIT_CONFIG_KEY")}
    with pytest.raises(BadRequest):
        fix(world, "trust_folder", folder="/")


def test_a_folder_without_git_is_connected(world: ChangeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(world.install.folder / ".git")
    github = "https://github.com/AUTOMATIC1111/stable-diffusion-webui.git"
    rewritten = {**(world.around.base or {}), "GIT_CONFIG_COUNT": "1",
                 "GIT_CONFIG_KEY_0": f"url.{world.upstream.url}.insteadOf", "GIT_CONFIG_VALUE_0": github}  # fmt: skip
    world.around = replace(world.around, base=rewritten)
    fix(world, "adopt_git")
    assert git(world.install.folder, "rev-parse", "HEAD") == world.first
    assert world.settings()["own"] == "值"


def test_packages(tmp_path: Path, places: Places, base_venv: Path) -> None:
    world = ChangeWorld(tmp_path / "packages", places, base_venv)
    wheel_world.wheel(world.wheels, "painter", "1.0")
    with pytest.raises(BadRequest, match="painter"):
        fix(world, "install_module", module="painter")
    extension = world.install.folder / "extensions" / "paints"
    extension.mkdir()
    (extension / "requirements.txt").write_text("painter>=1\n", "utf-8")
    fix(world, "install_module", module="painter")
    assert "painter" in wheel_world.versions(world.install.venv)
    back(world)
    assert "painter" not in wheel_world.versions(world.install.venv)
    with pytest.raises(BadRequest):
        fix(world, "delete_leftovers")


def test_whether_a_fix_helped_is_seen_by_a_start(world: ChangeWorld) -> None:
    snapshots.take(world.install, world.places, world.around.git_env(world.install))
    (world.install.folder / "config.json").write_text('{"own": ', "utf-8")
    before = probe(world.install, world.around, JobContext())
    assert not before.is_ready
    again, _ = fixes.helped(before.diagnoses, world.install, world.around, JobContext())
    assert again.helped is False
    fix(world, "restore_config", file="config.json")
    outcome, probed = fixes.helped(before.diagnoses, world.install, world.around, JobContext())
    assert outcome.helped
    assert probed.is_ready
