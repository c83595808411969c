"""The search for an extension that is to blame, with real starts of a stand-in; the user's files stay as they are."""

from pathlib import Path

import pytest
from change_world import FAST, MACHINE
from standin_world import (
    add_broken_extension,
    add_clashing_extensions,
    add_extension,
    disable,
    environment,
    make_standin,
)

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.launcher import culprits, journal, probe
from studio.launcher.culprit import FAULTY, NONE_NEEDED, NOT_EXTENSIONS
from studio.launcher.install import Install
from studio.launcher.surroundings import Surroundings

HARMLESS = ("anemone", "birch", "cedar", "daisy", "elm")


@pytest.fixture
def install(tmp_path: Path) -> Install:
    made = make_standin(tmp_path / "web ui", seconds=FAST)
    for name in HARMLESS:
        add_extension(made, name, "print('harmless')\n")
    return made


@pytest.fixture
def around(places: Places) -> Surroundings:
    return Surroundings(places, Settings(), MACHINE, base=environment(), pythons=())


def find(install: Install, around: Surroundings, **more: object) -> culprits.Suspects:
    return culprits.find(install, around, JobContext(), timeout_s=20, confirm=False, **more)  # type: ignore[arg-type]


def test_one_that_ends_the_web_ui(install: Install, around: Surroundings) -> None:
    add_broken_extension(install, "cactus", "crash")
    disable(install, "elm")
    config = install.folder / "config.json"
    before = config.read_bytes()
    found = find(install, around)
    assert (found.result, found.culprits) == (FAULTY, ("cactus",))
    assert config.read_bytes() == before
    assert not (around.places.data / "launcher" / f"{install.key}.probe").exists()


def test_two_that_work_alone(install: Install, around: Surroundings) -> None:
    add_clashing_extensions(install, "fern", "gorse")
    found = find(install, around)
    assert (found.result, set(found.culprits)) == (FAULTY, {"fern", "gorse"})


def test_what_was_changed_last_is_tried_first(install: Install, around: Surroundings) -> None:
    add_broken_extension(install, "zinnia", "crash")
    entry = journal.new(install.key, "extension_update", "Update extensions: {names}", {"names": "daisy, zinnia"}, "x")
    journal.save(around.places, entry.model_copy(update={"status": journal.DONE, "values": {"names": "zinnia"}}))
    found = find(install, around)
    assert (found.culprits, found.probes) == (("zinnia",), 2)


def test_none_is_to_blame(install: Install, around: Surroundings) -> None:
    assert find(install, around).result == NONE_NEEDED


def test_the_web_ui_itself_is_to_blame(tmp_path: Path, around: Surroundings) -> None:
    broken = make_standin(tmp_path / "broken", seconds=FAST, fault="socket_options")
    add_extension(broken, "birch", "print('harmless')\n")
    assert find(broken, around).result == NOT_EXTENSIONS


def test_a_trial_that_hangs_is_ended(tmp_path: Path, around: Surroundings) -> None:
    slow = make_standin(tmp_path / "slow", seconds=FAST, fault="hang")
    probed = probe.probe(slow, around, JobContext(), timeout_s=3)
    assert not probed.is_ready
    assert probed.exit is None
    assert probed.seconds < 20
