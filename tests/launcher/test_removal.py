"""Removing web UIs: the program goes, and nothing that is anybody else's."""

import json
from pathlib import Path

import pytest
from standin_world import environment, free_port, make_standin
from webui_listener import until_ready

from studio.core import trash
from studio.core.errors import BadRequest
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import installs, journal, process, removal
from studio.launcher.install import Install
from studio.launcher.spawning import AlreadyRunning


def listed(folder: Path, places: Places) -> Install:
    """A stand-in that is in the list."""
    made = make_standin(folder, own_venv="bare", seconds={"model": 0, "url_to_ready": 0, "install": 0})
    (folder / ".git").mkdir()  # what has none would be fetched
    return installs.adopt(places, made.folder, {}, JobContext(), key="a1111")


def files(folder: Path) -> set[str]:
    """What lies below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def test_models_and_pictures_stay(places: Places, tmp_path: Path) -> None:
    made = listed(tmp_path / "绘画 ui", places)
    outside = tmp_path / "shared models"
    outside.mkdir()
    (outside / "shared.safetensors").write_text("precious")
    kept = {
        "models/Stable-diffusion/one.safetensors": "model",
        "outputs/txt2img-images/00001.png": "picture",
        "textual_inversion/2026-01-01/cat/images/cat-10.png": "picture",
        "my pictures/00001.jpg": "picture",
        "extensions/controlnet/models/control.pth": "model",
    }
    for name, text in kept.items():
        (made.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (made.folder / name).write_text(text)
    (made.folder / "models" / "Lora").symlink_to(outside)
    (made.folder / "shared").symlink_to(outside)
    (made.venv / "weights.pt").write_text("of a package")
    (made.folder / "config.json").write_text(json.dumps({"outdir_samples": "my pictures", "outdir_grids": 5}))
    before = files(made.folder)
    plan = removal.plan(places, made)
    assert made.folder / "shared" in plan.links
    discarded = removal.remove(places, made, plan)
    assert files(made.folder) == {*kept}
    assert (outside / "shared.safetensors").read_text() == "precious"
    assert installs.installs(places) == []
    trash.restore(discarded)
    assert files(made.folder) == before


def test_other_web_uis_and_the_studio_stay(tmp_path: Path) -> None:
    folder = tmp_path / "ui"
    places = Places(folder / "my studio")
    outer, inner = listed(folder, places), listed(folder / "second ui", places)
    removal.remove(places, outer, removal.plan(places, outer))
    assert installs.installs(places) == [inner]
    assert (inner.folder / "launch.py").is_file()
    assert not (outer.folder / "launch.py").exists()
    assert len(trash.contents(places)) == 1


@pytest.mark.parametrize("where", ["", "..", "Desktop", "Downloads"])
def test_a_folder_of_everything_is_not_removed(
    where: str, places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "homes" / "me"
    monkeypatch.setattr(Path, "home", lambda: home)
    made = listed(home / where, places)
    with pytest.raises(BadRequest, match="more than a web UI"):
        removal.plan(places, made)
    with pytest.raises(BadRequest, match="more than a web UI"):
        removal.plan(places, Install("disk", Path(tmp_path.anchor), "a1111", "x"))


def test_not_while_it_runs_or_is_changed(places: Places, tmp_path: Path) -> None:
    made = listed(tmp_path / "ui", places)
    plan = removal.plan(places, made)
    webui = process.start(made, ["--port", str(free_port()), "--api", "--api-server-stop"], environment(), places)
    try:
        until_ready(webui)
        with pytest.raises(AlreadyRunning):
            removal.remove(places, made, plan)
    finally:
        webui.stop()
    with journal.locked(places, made.key), pytest.raises(journal.Busy):
        removal.remove(places, made, plan)
    assert (made.folder / "launch.py").is_file()
    assert installs.installs(places) == [made]
