"""The Environment panel over real environments: checked, repaired, its torch chosen, its packages kept, its shield."""

from dataclasses import replace
from pathlib import Path

import pytest

from webui_page_world import PageWorld, base_venv  # isort: skip - finds the launcher's worlds
from change_world import MACHINE
from PySide6.QtWidgets import QLabel
from wheel_world import pip, versions, wheel

from studio.core.nvidia import Card
from studio.launcher import findings, packages, shield, torch_choice
from studio.launcher.shield import Shield
from studio.ui.panels.webui_checks import areas
from studio.ui.panels.webui_environment import EnvironmentPanel
from studio.ui.session import Session

CARD = Card("NVIDIA GeForce RTX 3060", 12288, 8.6, "535.98")


@pytest.fixture
def page(session: Session, tmp_path: Path) -> PageWorld:
    made = PageWorld(session, tmp_path / "世界", base_venv())
    wheel(made.world.wheels, "torch", "2.1.2")
    wheel(made.world.wheels, "einmal", "1.0")
    (made.install.folder / "requirements_versions.txt").write_text("einmal==1.0\n", "utf-8")
    give(made, "torch", "einmal")
    return made


def give(page: PageWorld, *names: str) -> None:
    pip(page.install.venv, "install", *names, env=dict(page.world.around.base or {}))


def site(page: PageWorld) -> Path:
    return packages.site_packages(page.install.venv)


def told(panel: EnvironmentPanel) -> set[str]:
    return {one.text() for one in panel.checks.findChildren(QLabel)}


def test_every_check_belongs_to_one_part() -> None:
    every = [check for area in areas() for check in area.checks]
    assert sorted(every) == sorted(findings.CHECKS)


def test_a_sound_environment_is_green(page: PageWorld) -> None:
    panel = page.panel(EnvironmentPanel)
    assert panel.checks.headline.text() == "Everything is in order"
    assert {area.title for area in areas()} <= told(panel)
    assert not panel.checks.repair.isEnabled()


def test_what_is_wrong_is_told_planned_and_repaired_and_nothing_else(page: PageWorld) -> None:
    (site(page) / "einmal" / "__init__.py").unlink()
    (site(page) / "~orch").mkdir()
    before = versions(page.install.venv)
    panel = page.panel(EnvironmentPanel)
    found = {row.finding.check.id: row for row in panel.checks.rows}
    assert set(found) == {"missing_files", "leftovers"}
    assert "Files of einmal are missing" in told(panel)
    assert "1. Move to the trash: ~orch" in told(panel)
    assert "2. Install einmal==1.0 again" in told(panel)
    found["leftovers"].box.setChecked(False)
    assert [step.kind for step in panel.checks.steps] == ["reinstall"]
    panel.checks.repair.click()
    page.rest()
    assert page.texts == ["Done: Repair the environment"]
    assert (site(page) / "einmal" / "__init__.py").is_file()
    assert (site(page) / "~orch").is_dir()
    assert versions(page.install.venv) == before
    assert [row.finding.check.id for row in panel.checks.rows] == ["leftovers"]


def test_every_file_is_compared_only_when_asked(page: PageWorld) -> None:
    file = site(page) / "einmal" / "__init__.py"
    file.write_text(file.read_text("utf-8").replace("1", "2", 1), "utf-8")
    panel = page.panel(EnvironmentPanel)
    assert panel.checks.rows == []
    panel.checks.every.click()
    page.rest()
    assert [row.finding.check.id for row in panel.checks.rows] == ["altered_files"]


def test_the_torch_that_fits_card_and_driver_is_chosen(page: PageWorld) -> None:
    page.webui.machine = replace(MACHINE, cards=(CARD,))
    panel = EnvironmentPanel(page.webui)
    panel.restore({"part": "torch"})
    panel.show()
    panel.shown()
    page.rest()
    table = panel.torch.torch
    assert table.record.choice.tag == torch_choice.choose("a1111", page.webui.machine, (3, 11)).tag
    shown = {
        (one.choice.torch, one.choice.tag): table.model_.index(row, 4).data() for row, one in enumerate(table.records)
    }
    assert shown["2.1.2", "cu121"] == "fits · belongs on this machine"
    assert shown["2.7.0", "cu128"] == "needs driver 570.26 or newer"
    assert shown["2.1.2", "rocm5.6"] == "not for this graphics card"
    table.choose(lambda one: one.choice.tag == "cu128")
    assert not panel.torch.install_torch.isEnabled()
    table.choose(lambda one: (one.choice.torch, one.choice.tag) == ("2.1.2", "cu121"))
    panel.torch.install_torch.click()
    page.rest()
    assert panel.torch.plan.text.text() == "1. Install torch==2.1.2+cu121, torchvision==0.16.2+cu121"


def test_packages_are_compared_put_in_again_and_removed(page: PageWorld) -> None:
    wheel(page.world.wheels, "einmal", "1.1")
    panel = EnvironmentPanel(page.webui)
    panel.restore({"part": "packages"})
    panel.show()
    panel.shown()
    page.rest()
    part = panel.packages
    part.newer.click()
    page.rest()
    part.words.setText("einm")
    assert part.count.text() == "1 packages"
    part.table.choose(lambda one: one.name == "einmal")
    assert part.table.model_.index(0, 2).data() == "1.1"
    part.update_it.click()
    page.rest()
    assert versions(page.install.venv)["einmal"] == "1.1"
    act = page.notices[-1].act
    assert act
    act()
    page.rest()
    assert versions(page.install.venv)["einmal"] == "1.0"
    part.table.choose(lambda one: one.name == "einmal")
    part.remove.click()
    page.rest()
    assert "einmal" not in versions(page.install.venv)


def test_packages_are_kept_for_repairs(page: PageWorld) -> None:
    page.session.change_settings(wheel_house_gb=5)
    panel = EnvironmentPanel(page.webui)
    panel.restore({"part": "packages"})
    panel.show()
    panel.shown()
    page.rest()
    assert "0 packages" in panel.packages.kept.text()
    panel.packages.fill.click()
    page.rest()
    assert "0 packages" not in panel.packages.kept.text()
    assert "at most 5.0 GB" in panel.packages.kept.text()


def test_the_shield_is_shown_and_exceptions_are_given_and_taken(page: PageWorld) -> None:
    (page.install.folder / "extensions" / "tagger").mkdir()
    panel = EnvironmentPanel(page.webui)
    panel.restore({"part": "shield"})
    panel.show()
    panel.shown()
    page.rest()
    part = panel.shield
    held = {part.held.model_.index(row, 0).data(): part.held.model_.index(row, 1).data() for row in range(11)}
    assert held["torch"] == "2.1.2"
    assert held["numpy"] == "not installed"
    part.extension.set_value("tagger")
    part.package.set_value("numpy")
    part.allow.click()
    page.rest()
    folder = shield.record_folder(page.install, page.session.places)
    assert Shield.load(folder).allowed == {"tagger": ("numpy",)}
    part.exceptions.choose(lambda one: one.package == "numpy")
    part.forbid.click()
    page.rest()
    assert Shield.load(folder).allowed == {}
    part.on.click()
    page.rest()
    assert not Shield.load(folder).on
    assert part.held.model_.index(0, 1).data() == "not protected"


def test_what_the_shield_stopped_can_be_allowed_and_is_tried_again(page: PageWorld) -> None:
    from studio.ui.panels.webui_extensions import ExtensionsPanel

    for version in ("1.0", "2.0"):
        wheel(page.world.wheels, "numpy", version)
    give(page, "numpy==1.0")
    upstream = page.world.extension("hungry", requirements="numpy>=2\n")
    panel = page.panel(ExtensionsPanel)
    panel.index.address.set_value(upstream.url)
    panel.index.examine.click()
    page.rest()
    panel.index.preview.go.click()
    page.rest(120)
    notice = page.notices[-1]
    assert notice.action == "Allow it and try again"
    assert "numpy" in notice.text
    assert versions(page.install.venv)["numpy"] == "1.0"
    assert notice.act
    notice.act()
    page.rest(120)
    assert versions(page.install.venv)["numpy"] == "2.0"
    assert page.notices[-1].kind == "ok"
