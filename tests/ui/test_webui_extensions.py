"""The Extensions panel over real repositories: switched, updated, looked at, installed, uninstalled and taken back."""

import json
from pathlib import Path

import pytest

from webui_page_world import PageWorld, base_venv  # isort: skip - finds the launcher's worlds
from change_world import ChangeWorld
from git_world import Upstream, cloned, git
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from wheel_world import pip, wheel

from studio.launcher import extension_index, extensions
from studio.ui.panels.webui_extension_list import VersionDialog
from studio.ui.panels.webui_extensions import ExtensionsPanel
from studio.ui.panels.webui_removal import RemovalDialog
from studio.ui.session import Session


@pytest.fixture
def page(session: Session, tmp_path: Path) -> PageWorld:
    return PageWorld(session, tmp_path / "世界")


def give(world: ChangeWorld, name: str, **told: str) -> Upstream:
    """An extension that is installed already."""
    made = world.extension(name, **told)
    cloned(made, world.install.folder / "extensions" / name)
    return made


def cell(panel: ExtensionsPanel, name: str, title: str, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    table = panel.installed.table
    row = next(place for place, one in enumerate(table.records) if one.name == name)
    column = next(place for place, one in enumerate(table.model_.columns) if one.title == title)
    return table.model_.index(row, column).data(role)


def names(panel: ExtensionsPanel) -> list[str]:
    return [one.name for one in panel.installed.table.records if not one.is_builtin]


def test_what_is_installed_is_listed_with_its_facts(page: PageWorld) -> None:
    upstream = give(page.world, "tagger")
    history = page.session.places.data / "launcher" / f"{page.install.key}.stages.json"
    history.parent.mkdir(parents=True, exist_ok=True)
    history.write_text(json.dumps([{"scripts/tagger.py": 1.25}]), "utf-8")
    panel = page.panel(ExtensionsPanel)
    assert names(panel) == ["tagger"]
    head = git(upstream.work, "rev-parse", "HEAD")
    assert cell(panel, "tagger", "Version") == f"{head[:8]} · master"
    assert cell(panel, "tagger", "On", Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert str(cell(panel, "tagger", "Size")).endswith("MB")
    assert cell(panel, "tagger", "From") == upstream.url
    seconds = panel.installed.seen.seconds or {}
    assert (cell(panel, "tagger", "Start") == "1.2 s") == (seconds == {"tagger": 1.25})


def test_a_box_switches_and_undo_switches_back(page: PageWorld) -> None:
    give(page.world, "tagger")
    panel = page.panel(ExtensionsPanel)
    table = panel.installed.table
    row = next(place for place, one in enumerate(table.records) if one.name == "tagger")
    table.model_.setData(table.model_.index(row, 0), Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    page.rest()
    assert page.world.settings()["disabled_extensions"] == ["tagger"]
    assert page.world.settings()["own"] == "值"
    assert cell(panel, "tagger", "On", Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    act = page.notices[-1].act
    assert act
    act()
    page.rest()
    assert "tagger" not in page.world.settings().get("disabled_extensions", [])


def test_updates_are_found_shown_in_red_and_made_side_by_side(page: PageWorld) -> None:
    made = {name: give(page.world, name) for name in ("one", "two", "三")}
    wanted = {name: upstream.commit("Better", news_txt="x") for name, upstream in made.items() if name != "two"}
    panel = page.panel(ExtensionsPanel)
    assert not panel.installed.update_all.isEnabled()
    panel.installed.check.click()
    page.rest()
    assert cell(panel, "one", "News") == "1 new"
    assert cell(panel, "one", "News", Qt.ItemDataRole.ForegroundRole)
    assert cell(panel, "two", "News") == ""
    panel.installed.update_all.click()
    page.rest()
    for name, commit in wanted.items():
        assert git(page.install.folder / "extensions" / name, "rev-parse", "HEAD") == commit
    assert not panel.installed.update_all.isEnabled()


def test_one_that_cannot_be_asked_does_not_hide_the_others_news(page: PageWorld) -> None:
    give(page.world, "gone").bare.rename(page.world.folder / "moved.git")
    give(page.world, "alive").commit("Better", news_txt="x")
    panel = page.panel(ExtensionsPanel)
    panel.installed.check.click()
    page.rest()
    assert cell(panel, "gone", "News") == "cannot be asked"
    assert "exist" in str(cell(panel, "gone", "News", Qt.ItemDataRole.ToolTipRole))
    assert cell(panel, "alive", "News") == "1 new"


def test_an_update_that_breaks_the_start_is_taken_back(page: PageWorld) -> None:
    upstream = give(page.world, "tagger")
    before = git(upstream.work, "rev-parse", "HEAD")
    (upstream.work / "scripts" / "tagger.py").write_text("import os\nos._exit(3)\n", "utf-8")
    upstream.save("Broken")
    panel = page.panel(ExtensionsPanel)
    panel.installed.check.click()
    page.rest()
    panel.installed.update_all.click()
    page.rest()
    assert git(page.install.folder / "extensions" / "tagger", "rev-parse", "HEAD") == before
    assert panel.card.isVisible()
    assert "Taken back" in panel.card.title.text()


def test_another_version_is_chosen_from_its_list(page: PageWorld) -> None:
    upstream = give(page.world, "tagger")
    first = git(upstream.work, "rev-parse", "HEAD")
    upstream.commit("Better", news_txt="x")
    git(page.install.folder / "extensions" / "tagger", "pull", "--quiet")
    panel = page.panel(ExtensionsPanel)
    panel.installed.table.choose(lambda one: one.name == "tagger")
    panel.installed.detail.versions.click()
    page.rest()
    (dialog,) = panel.findChildren(VersionDialog)
    assert not dialog.go.isEnabled()
    dialog.table.choose(lambda one: one.hash == first)
    dialog.go.click()
    page.rest()
    assert git(page.install.folder / "extensions" / "tagger", "rev-parse", "HEAD") == first


def test_uninstalling_shows_its_plan_spares_models_and_can_be_undone(page: PageWorld) -> None:
    give(page.world, "tagger")
    folder = page.install.folder / "extensions" / "tagger"
    (folder / "models").mkdir()
    (folder / "models" / "big.safetensors").write_bytes(b"x" * 100)
    panel = page.panel(ExtensionsPanel)
    panel.receive("tagger")
    panel.installed.detail.uninstall.click()
    page.rest()
    (dialog,) = panel.findChildren(RemovalDialog)
    assert folder.is_dir()
    dialog.accept()
    page.rest()
    assert not (folder / "scripts").exists()
    assert (folder / "models" / "big.safetensors").read_bytes() == b"x" * 100
    act = page.notices[-1].act
    assert act
    act()
    page.rest()
    assert (folder / "scripts" / "tagger.py").is_file()


def test_doubles_and_what_is_required_are_told_with_a_way_out(page: PageWorld) -> None:
    upstream = give(page.world, "tagger")
    cloned(upstream, page.install.folder / "extensions" / "tagger-copy")
    give(page.world, "needed")
    other = page.world.extension("needs")
    (other.work / "metadata.ini").write_text("[Extension]\nName = needs\nRequires = needed\n", "utf-8")
    other.save("It needs something")
    cloned(other, page.install.folder / "extensions" / "needs")
    extensions.set_enabled(page.install, {"needed": False})
    panel = page.panel(ExtensionsPanel)
    told = [one.text() for one in panel.installed.findChildren(QLabel)]
    assert "These are one and the same extension: tagger, tagger-copy" in told
    assert "needs requires needed" in told
    (switch,) = [one for one in panel.findChildren(QPushButton) if one.text() == "Switch needed on"]
    switch.click()
    page.rest()
    assert "disabled_extensions" not in page.world.settings() or not page.world.settings()["disabled_extensions"]


def test_before_installing_it_is_told_what_an_extension_wants(session: Session, tmp_path: Path) -> None:
    page = PageWorld(session, tmp_path / "世界", base_venv())
    for version in ("1.0", "2.0"):
        wheel(page.world.wheels, "numpy", version)
    wheel(page.world.wheels, "einmal", "1.0")
    pip(page.install.venv, "install", "numpy==1.0", env=dict(page.world.around.base or {}))
    install_py = "import launch\nimport os\nlaunch.run_pip('install ' + os.environ.get('X', 'numpy'), 'x')\n"
    upstream = page.world.extension("hungry", install_py=install_py, requirements="numpy>=2\neinmal\n")
    panel = page.panel(ExtensionsPanel)
    panel.index.address.set_value(upstream.url)
    panel.index.examine.click()
    page.rest()
    assert panel.index.preview.found
    assert names(panel) == []
    told = "\n".join(panel.index.preview.lines)
    assert "numpy>=2, einmal" in told
    assert "numpy 1.0 would be replaced" in told
    assert "The environment is protected from it." in told
    assert "install.py:3" in told
    panel.index.preview.stay.click()
    assert not panel.index.preview.isVisible()
    assert not (page.install.folder / "extensions" / "work").exists()


def test_an_address_is_installed_and_undone(page: PageWorld) -> None:
    upstream = page.world.extension("neu")
    panel = page.panel(ExtensionsPanel)
    panel.tabs.setCurrentIndex(1)
    page.rest()
    panel.index.address.set_value(upstream.url)
    panel.index.examine.click()
    page.rest()
    assert panel.index.preview.lines == ["It wants no further packages."]
    panel.index.preview.go.click()
    page.rest()
    assert names(panel) == ["upstream"]
    act = page.notices[-1].act
    assert act
    act()
    page.rest()
    assert names(panel) == []


INDEX = {
    "tags": {"tab": "Adds a tab"},
    "extensions": [
        {"name": f"Extension {n}", "url": f"https://example.org/e{n}.git", "description": "does things" * (n % 3),
         "tags": ["tab"] if n % 2 else ["script"], "stars": n, "added": "2024-01-01"}
        for n in range(40)
    ],
}  # fmt: skip


def test_the_list_is_searched_sorted_and_told_to_be_old(page: PageWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [json.dumps(INDEX).encode()]

    def fetched(address: str, env: object) -> bytes:
        if not answers:
            raise extension_index.NoNetwork("The list of extensions cannot be fetched from {url}.", url=address)
        return answers.pop()

    monkeypatch.setattr(extension_index, "fetched", fetched)
    panel = page.panel(ExtensionsPanel)
    panel.tabs.setCurrentIndex(1)
    page.rest()
    index = panel.index
    assert [one.stars for one in index.table.records][:2] == [39, 38]
    assert not index.notice.isVisible()
    index.words.setText("extension 1")
    assert {one.stars for one in index.table.records} == {n for n in range(40) if "1" in str(n)}
    index.tag.set_value("script")
    assert {one.stars for one in index.table.records} == {10, 12, 14, 16, 18}
    index.sort.set_value("name")
    assert [one.stars for one in index.table.records] == [10, 12, 14, 16, 18]
    index.show_installed(["https://example.org/e10"])
    index.hide_installed.setChecked(True)
    assert [one.stars for one in index.table.records] == [12, 14, 16, 18]
    index.table.choose(lambda one: one.stars == 14)
    assert index.address.value() == "https://example.org/e14.git"
    index.again.click()
    page.rest()
    assert index.notice.isVisible()
    assert "copy of" in index.notice.text()


def test_what_is_searched_for_comes_back(page: PageWorld) -> None:
    panel = page.panel(ExtensionsPanel)
    panel.index.sort.set_value("name")
    panel.index.words.setText("lora")
    again = ExtensionsPanel(page.webui)
    again.restore(panel.state())
    assert (again.index.sort.value(), again.index.words.value()) == ("name", "lora")
    again.restore({"tab": "x", "index": 3})
    again.deleteLater()


def test_what_was_changed_by_hand_is_put_aside_and_applied_again(page: PageWorld) -> None:
    """Where it keeps an extension from being updated."""
    upstream = give(page.world, "tagger")
    file = page.install.folder / "extensions" / "tagger" / "scripts" / "tagger.py"
    file.write_text("# mine\n", "utf-8")
    panel = page.panel(ExtensionsPanel)
    assert panel.installed.problems.rows == []  # it hinders nothing
    new = upstream.commit("Better", news_txt="x")
    panel.installed.look_for_updates()
    page.rest()
    [row] = panel.installed.problems.rows
    assert row.problem.kind.key == "dirty"
    row.mend_button.click()
    page.rest()
    assert file.read_text("utf-8") != "# mine\n"
    [aside] = panel.installed.problems.stashes
    assert "tagger" in " ".join(one.text() for one in aside.findChildren(QLabel))
    panel.installed.update_every()
    page.rest()
    assert git(file.parent, "rev-parse", "HEAD") == new
    panel.installed.problems.stashes[0].again.click()
    page.rest()
    assert file.read_text("utf-8") == "# mine\n"
    assert panel.installed.problems.stashes == []
