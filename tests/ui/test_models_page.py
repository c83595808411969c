"""The Models page: found, understood, edited, mended; nothing moves before it was shown."""

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import models_world as world
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtGui import Qt as Gui
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPushButton, QWidget

from studio.core import trash
from studio.core.job import Progress
from studio.library import hashes, plans, sidecars
from studio.library.model_rows import Query
from studio.library.sidecars import ModelDefaults
from studio.ui import translate
from studio.ui.errors import Notice
from studio.ui.library import Proposal
from studio.ui.pages.models import ModelsPage
from studio.ui.panels import model_overview
from studio.ui.panels.model_tree import PLACE
from studio.ui.panels.plan_dialog import PlanDialog, size_text
from studio.ui.session import Session
from studio.ui.widgets.parts import plain_tip
from studio.ui.wishes import Use, Words

Until = Callable[..., None]


@pytest.fixture
def notices(session: Session) -> list[Notice]:
    found: list[Notice] = []
    session.noticed.connect(found.append)
    return found


@pytest.fixture
def wanted(session: Session) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    session.page_wanted.connect(lambda name, value: found.append((name, value)))
    return found


@pytest.fixture
def proposals(session: Session) -> list[Proposal]:
    found: list[Proposal] = []
    session.plan_proposed.connect(found.append)
    return found


def fill(models: Path) -> None:
    world.network(models / "Lora/people/hair.safetensors", content=1)
    world.network(models / "Lora/grain.safetensors", width=2048, content=2, **{"modelspec.trigger_phrase": "grainy"})
    world.embedding(models / "embeddings/badhands.safetensors")
    world.embedding(models / "Lora/lost.safetensors", content=3)
    world.vae(models / "VAE/colours.safetensors")
    (models / "Lora/broken.safetensors").write_bytes(b"<html>404</html>")
    said = {"activation text": "long hair", "preferred weight": 0.7, "notes": "mine", "their own": [1]}
    (models / "Lora/people/hair.json").write_text(json.dumps(said))
    before = time.time() - 60
    for path in models.rglob("*"):
        os.utime(path, (before, before))


@pytest.fixture
def page(session: Session, notices: list[Notice], until: Until) -> Iterator[ModelsPage]:
    fill(session.places.models)
    page = ModelsPage(session)
    page.resize(1200, 760)
    page.show()
    until(lambda: len(page.grid.rows.ids) == 6)
    calm(session, until)
    yield page
    calm(session, until)
    page.hide()


def calm(session: Session, until: Until) -> None:
    until(lambda: not session.scans.jobs and not session.files.jobs and not session.pictures.jobs)


def names(page: ModelsPage) -> list[str]:
    rows = range(page.grid.rows.rowCount())
    return [model.path.stem for row in rows if (model := page.grid.rows.item(row))]


def choose(page: ModelsPage, name: str, until: Until) -> None:
    index = page.library.index
    assert index is not None
    (model,) = [model for model in index.models(index.find()) if model.path.stem == name]
    page.show_path(model.path)
    until(lambda: page.detail.facts and page.detail.facts.model.path == model.path)


def words(widget: QWidget) -> str:
    parts = [*widget.findChildren(QLabel), *widget.findChildren(QPushButton)]
    return "\n".join(part.text() for part in parts if part.isVisibleTo(widget))


def test_everything_is_shown_and_narrowed(page: ModelsPage, until: Until) -> None:
    assert names(page) == ["badhands", "broken", "colours", "grain", "lost", "hair"]
    QTest.keyClicks(page.filters.field, "HAIR")
    until(lambda: names(page) == ["hair"])
    page.filters.clear()
    page.filters.menus["kind"].chosen.emit("embedding")
    assert names(page) == ["badhands", "lost"]
    page.filters.menus["kind"].chosen.emit("")
    page.filters.menus["base"].chosen.emit("SDXL")
    assert names(page) == ["grain"]
    page.filters.clear()
    page.filters.menus["sort"].chosen.emit("largest")
    assert names(page)[0] == max(page.session.places.models.rglob("*.safetensors"), key=lambda p: p.stat().st_size).stem


def test_the_tree_shows_folders_with_counts(page: ModelsPage) -> None:
    rows = {item.text(0): (item, item.text(1)) for item in page.tree._items()}
    assert {name: count for name, (_, count) in rows.items()} == {
        "All models": "6", "VAEs": "1", "LoRAs": "4", "people": "1", "Embeddings": "1",
    }  # fmt: skip
    page.tree.setCurrentItem(rows["people"][0])
    assert names(page) == ["hair"]
    page.tree.setCurrentItem(rows["LoRAs"][0])
    assert names(page) == ["broken", "grain", "lost", "hair"]


def test_thousands_of_folders_do_not_stall_the_tree(page: ModelsPage, tmp_path: Path, until: Until) -> None:
    index = page.library.index
    assert index is not None
    before, home = model_overview.look(index), page.session.places.models / "Lora"
    folders = {home / f"artist {at % 50}" / f"pack {at}": 1 for at in range(3000)}
    begin = time.process_time()
    counts = model_overview.counted([home], folders)
    page.tree.show_folders(replace(before, folders={**before.folders, "network": counts}))
    assert time.process_time() - begin < 10
    networks = next(item for item in page.tree._items() if item.data(0, PLACE) == ("network", ""))
    assert [networks.child(at).text(0) for at in (0, 1, 49)] == ["artist 0", "artist 1", "artist 49"]
    assert (networks.child(0).text(1), networks.child(0).childCount()) == ("60", 60)


def test_the_detail_says_what_is_known(page: ModelsPage, until: Until) -> None:
    choose(page, "hair", until)
    said = words(page.detail)
    for part in ("hair", "SD1", "LoRA", "people/hair.safetensors", "fp32"):
        assert part in said
    assert page.detail.triggers.words == ("long hair",)
    assert page.detail.tags.words == ("1girl", "smile")
    assert page.detail.notes.editors["preferred_weight"].value() == 0.7
    choose(page, "broken", until)
    assert "web page" in words(page.detail)
    assert not page.detail.use.isVisibleTo(page.detail)


def test_what_is_typed_is_kept_and_nothing_else_of_the_file_is_lost(page: ModelsPage, until: Until) -> None:
    choose(page, "hair", until)
    page.detail.notes.editors["notes"].setPlainText("good for portraits")
    page.detail.notes.editors["tags"].setText("people, 头发")
    path = page.session.places.models / "Lora/people/hair.json"
    until(lambda: json.loads(path.read_text("utf-8")).get("notes") == "good for portraits")
    said = json.loads(path.read_text("utf-8"))
    assert said["their own"] == [1]
    assert (said["activation text"], said["preferred weight"]) == ("long hair", 0.7)
    until(lambda: page.filters.menus["tag"].menu() and page.filters.menus["tag"].isEnabled())
    page.filters.menus["tag"].chosen.emit("头发")
    assert names(page) == ["hair"]


def test_leaving_a_model_saves_what_was_typed(page: ModelsPage, until: Until) -> None:
    choose(page, "grain", until)
    page.detail.notes.editors["description"].setPlainText("film")
    choose(page, "hair", until)
    until(lambda: sidecars.read(page.session.places.models / "Lora/grain.safetensors").description == "film")
    assert page.detail.notes.editors["description"].value() == ""


def test_a_star_is_kept_and_found(page: ModelsPage, until: Until) -> None:
    choose(page, "hair", until)
    page.detail.star.click()
    until(lambda: sidecars.read(page.session.places.models / "Lora/people/hair.safetensors").is_favourite)
    calm(page.session, until)
    page.filters.star.click()
    assert names(page) == ["hair"]


def test_using_goes_to_the_create_page(page: ModelsPage, wanted: list[tuple[str, object]], until: Until) -> None:
    choose(page, "hair", until)
    page.detail.use.click()
    page.detail.tags.chosen.emit("smile")
    (first, use), (second, text) = wanted
    assert (first, second) == ("create", "create")
    assert isinstance(use, Use)
    assert use.model.path.stem == "hair"
    assert text == Words("smile")
    choose(page, "badhands", until)
    page.detail.use.click()
    assert wanted[-1][1].negative is True  # type: ignore[attr-defined]


def test_the_plus_of_a_card_acts_at_once(page: ModelsPage, wanted: list[tuple[str, object]]) -> None:
    row = names(page).index("grain")
    place: QRect = page.grid.plus(page.grid.rows.index(row))
    QTest.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    assert [value.model.path.stem for _, value in wanted] == ["grain"]  # type: ignore[attr-defined]


def test_deleting_is_shown_first_and_can_be_undone(
    page: ModelsPage, proposals: list[Proposal], notices: list[Notice], until: Until
) -> None:
    models = page.session.places.models
    choose(page, "hair", until)
    page.detail.delete.click()
    (proposal,) = proposals
    assert (models / "Lora/people/hair.safetensors").exists()
    plan = proposal.plans[0][1]
    assert {step.path.name for step in plan.steps} == {"hair.safetensors", "hair.json"}
    assert size_text(plan).startswith("2 files")
    page.library.carry_out(plan)
    until(lambda: "hair" not in names(page))
    assert not (models / "Lora/people/hair.safetensors").exists()
    undo = next(notice for notice in notices if notice.action == "Undo")
    assert undo.act
    undo.act()
    until(lambda: "hair" in names(page))
    assert (models / "Lora/people/hair.json").exists()


def test_the_doctor_finds_and_mends(
    page: ModelsPage, proposals: list[Proposal], notices: list[Notice], until: Until
) -> None:
    models = page.session.places.models
    page.library.check()
    until(lambda: len(page.findings.findings) == 2)
    assert {finding.code for finding in page.findings.findings} == {"broken", "misplaced"}
    text = words(page.findings)
    assert "web page" in text
    assert "lost.safetensors is an embedding" in text
    buttons = {made.text(): made for made in page.findings.findChildren(QPushButton)}
    buttons["Move it there …"].click()
    assert proposals[-1].plans[0][1].steps[0].target == models / "embeddings/lost.safetensors"
    page.library.carry_out(proposals[-1].plans[0][1])
    until((models / "embeddings/lost.safetensors").exists)
    calm(page.session, until)
    undo = next(notice for notice in reversed(notices) if notice.action == "Undo")
    assert undo.act
    undo.act()
    until((models / "Lora/lost.safetensors").exists)


def test_copies_can_become_links_or_go(page: ModelsPage, proposals: list[Proposal], until: Until) -> None:
    models = page.session.places.models
    copy = models / "Lora/copy.safetensors"
    copy.write_bytes((models / "Lora/grain.safetensors").read_bytes())
    page.library.refresh()
    until(lambda: "copy" in names(page))
    page.library.check()
    until(lambda: any(finding.code == "duplicate" for finding in page.findings.findings))
    page.library.propose_mending(next(one for one in page.findings.findings if one.code == "duplicate"))
    titles = [title for title, _ in proposals[-1].plans]
    assert titles == ["Make links", "Move to the trash"]
    page.library.carry_out(proposals[-1].plans[0][1])
    until(lambda: copy.samefile(models / "Lora/grain.safetensors"))


def test_the_plan_is_shown_with_what_stands_in_the_way(page: ModelsPage, tmp_path: Path, until: Until) -> None:
    dialogs: list[PlanDialog] = []
    page.session.plan_proposed.connect(lambda proposal: dialogs.append(PlanDialog(proposal, page)))
    page.library.file([world.network(tmp_path / "down/grain.safetensors", content=9)])
    until(lambda: dialogs)
    (dialog,) = dialogs
    assert [button.isEnabled() for button in dialog.buttons] == [False, False]
    assert "is there already" in words(dialog)
    assert str(tmp_path / "down/grain.safetensors") in dialog.steps.toPlainText()
    page.library.file([world.network(tmp_path / "down/new.safetensors", content=9), tmp_path / "down/gone.safetensors"])
    until(lambda: len(dialogs) == 2)
    taken: list[object] = []
    dialogs[1].accepted_plan.connect(taken.append)
    dialogs[1].buttons[1].click()
    assert taken == [dialogs[1].proposal.plans[1][1]]
    assert len(dialogs[1].proposal.texts) == 1


def test_pictures_made_with_it_are_shown_and_one_becomes_the_preview(
    page: ModelsPage, session: Session, notices: list[Notice], until: Until
) -> None:
    text = "x <lora:hair:0.7>\nNegative prompt: y\nSteps: 2, Seed: 1, Size: 64x64"
    choose(page, "hair", until)
    assert page.detail.pictures.pictures.ids == []
    session.image_saved.emit(world.picture(session.places, "one", text))
    until(lambda: len(page.detail.pictures.pictures.ids) == 1)
    preview = session.places.models / "Lora/people/hair.preview.png"
    page.detail.as_preview.click()
    until(preview.exists)
    until(lambda: any(notice.action == "Undo" for notice in notices))
    assert QImage(str(preview)).pixelColor(5, 5).name() == "#336699"
    undo = next(notice for notice in notices if notice.action == "Undo")
    assert undo.act
    undo.act()
    until(lambda: not preview.exists())


def test_the_card_of_a_model_shows_its_first_picture(page: ModelsPage, session: Session, until: Until) -> None:
    index = page.library.index
    assert index is not None
    (model,) = index.models(index.find(Query("hair")))
    until(lambda: page.grid.covers.pixmap(model) is not None)
    assert page.grid.covers.pixmap(model).isNull()  # type: ignore[union-attr]
    text = "x <lora:hair:0.7>\nNegative prompt: y\nSteps: 2, Seed: 1, Size: 64x64"
    session.image_saved.emit(world.picture(session.places, "one", text))
    until(lambda: (pixmap := page.grid.covers.pixmap(model)) is not None and not pixmap.isNull())


def test_changes_of_folders_are_noticed(page: ModelsPage, session: Session, until: Until) -> None:
    world.network(session.places.models / "Lora/fresh.safetensors", content=5)
    page.library.look()
    until(lambda: "fresh" in names(page))
    (session.places.models / "Lora/fresh.safetensors").unlink()
    QGuiApplication.instance().applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)  # type: ignore[union-attr]
    until(lambda: "fresh" not in names(page))


def test_a_model_that_arrives_is_offered_on_the_create_page(page: ModelsPage, session: Session, until: Until) -> None:
    world.checkpoint(session.places.models / "Stable-diffusion/new.safetensors")
    page.library.look()
    until(lambda: session.choices("checkpoints") == ["new.safetensors"])


def test_a_long_check_can_be_stopped(page: ModelsPage, session: Session, until: Until) -> None:
    is_free = threading.Event()
    session.in_scans(lambda _: is_free.wait(10))
    page.library.check()
    page.library.progressed.emit(Progress(1, 9, "Hashing …"))
    assert page._stop.isVisible()
    page._stop.click()
    is_free.set()
    until(lambda: not page._stop.isVisible())
    calm(session, until)
    assert page.findings.findings == ()


def test_a_hash_is_computed_when_asked_for(page: ModelsPage, session: Session, until: Until) -> None:
    choose(page, "hair", until)
    page.detail.hash.click()
    path = session.places.models / "Lora/people/hair.safetensors"
    wanted = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    until(lambda: wanted in words(page.detail))
    assert not page.detail.hash.isVisibleTo(page.detail)


def test_all_that_is_shown_can_be_hashed(
    page: ModelsPage, session: Session, notices: list[Notice], until: Until
) -> None:
    page.filters.field.setText("hair")
    page.filters.search()
    page.filters.hashes_wanted.emit()
    calm(session, until)
    page.filters.clear()
    page.filters.hashes_wanted.emit()
    until(lambda: notices)
    assert [notice.text for notice in notices] == ["The hashes of 6 models are known."]
    paths = list(session.places.models.rglob("*.safetensors"))
    assert len(hashes.known(paths, session.places)) == 6


def test_defaults_can_be_forgotten(page: ModelsPage, session: Session, until: Until) -> None:
    path = world.checkpoint(session.places.models / "Stable-diffusion/tiny.safetensors")
    sidecars.save(path, defaults=ModelDefaults(steps=33, sampler="Heun"))
    page.library.refresh()
    until(lambda: "tiny" in names(page))
    choose(page, "tiny", until)
    assert "Heun" in words(page.detail)
    page.detail.forget.click()
    until(lambda: sidecars.read(path).defaults == ModelDefaults())


def test_the_state_brings_everything_back(page: ModelsPage, session: Session, until: Until) -> None:
    choose(page, "hair", until)
    page.filters.show_query(Query("a", use="network", sort="newest"))
    page.filters.as_list.click()
    kept = json.loads(json.dumps(page.state()))
    again = ModelsPage(session)
    again.restore(kept)
    again.show()
    until(lambda: again.detail.facts is not None)
    assert again.filters.query == Query("a", use="network", sort="newest")
    assert again.grid.is_list
    assert names(again) == names(page)
    assert again.detail.facts
    assert again.detail.facts.model.path.stem == "hair"
    again.restore({"query": {"sort": "DROP TABLE", "use": 5}, "edge": "x", "model": 3, "list": "yes"})
    calm(session, until)
    again.hide()


def test_an_empty_studio_says_what_to_do(session: Session, until: Until) -> None:
    page = ModelsPage(session)
    page.show()
    until(lambda: page.library.index is not None)
    calm(session, until)
    assert "Drop model files" in words(page)
    page.filters.show_query(Query("nothing of that name"))
    assert "Nothing found" in words(page)
    page.hide()


def test_the_page_speaks_chinese(session: Session, until: Until) -> None:
    translate.install("zh_CN")
    fill(session.places.models)
    page = ModelsPage(session)
    page.show()
    until(lambda: len(page.grid.rows.ids) == 6)
    choose(page, "hair", until)
    said = words(page)
    for part in ("触发词", "6 个模型", "加入提示词", "训练图片的标签"):
        assert part in said
    calm(session, until)
    page.hide()


def test_every_control_is_named(page: ModelsPage, until: Until) -> None:
    choose(page, "hair", until)
    for control in page.findChildren(QAbstractButton):
        if control.isVisible() and not isinstance(control.parent(), QLineEdit):
            assert control.accessibleName() or control.text(), control
            assert control.toolTip(), control.text() or control.accessibleName()


def test_ten_thousand_cards_are_read_a_page_at_a_time(page: ModelsPage, session: Session, until: Until) -> None:
    index = page.library.index
    assert index is not None
    asked: list[int] = []
    page.grid.rows.show_ids(lambda ids: asked.append(len(ids)) or [], list(range(10_000)))
    page.grid.verticalScrollBar().setValue(page.grid.verticalScrollBar().maximum() // 2)
    QTest.qWait(50)
    assert 0 < sum(asked) < 600


def test_what_strangers_wrote_is_never_drawn_as_a_page(page: ModelsPage, until: Until) -> None:
    """A picture in a tooltip would be fetched, on Windows from any computer that its path names."""
    hostile = '<img src="file:////evil/x.png">'
    index = page.library.index
    assert index is not None
    for path in page.session.places.models.rglob("*.safetensors"):
        sidecars.save(path, title=hostile, tags=(hostile,))
        index.refresh(path)
    page.grid.read_again()
    tip = page.grid.rows.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img" in tip
    assert page.grid.rows.index(0).data(Qt.ItemDataRole.AccessibleTextRole).startswith(hostile)
    assert plain_tip("a, <lora:b:1>") == "a, <lora:b:1>"
    choose(page, "hair", until)
    for widget in page.detail.findChildren(QWidget):
        assert not Gui.mightBeRichText(widget.toolTip()) or "<img" not in widget.toolTip()


def test_what_was_moved_and_deleted_is_put_back_later(
    page: ModelsPage, session: Session, until: Until, tmp_path: Path
) -> None:
    """Notices go by; the list stays, also over a restart."""
    models = session.places.models
    hair, grain = models / "Lora/people/hair.safetensors", models / "Lora/grain.safetensors"
    page.library.carry_out(plans.moving([hair], models / "Lora"))
    calm(session, until)
    page.library.carry_out(plans.deleting([grain]))
    calm(session, until)
    press(page, "Undo and trash", until)
    until(lambda: "2 files were moved." in words(page.undo))
    assert "17.0 KB lie in the trash." in words(page.undo)
    assert "grain.safetensors is in the trash." in words(page.undo)
    for left in (1, 0):
        press(page.undo, "Put back", until)
        until(lambda left=left: len(page.undo.found) == left)
    assert hair.exists()
    assert hair.with_suffix(".json").exists()
    assert grain.exists()
    calm(session, until)
    until(lambda: len(page.grid.rows.ids) == 6)


def test_the_trash_is_emptied_at_the_second_press(page: ModelsPage, session: Session, until: Until) -> None:
    page.library.carry_out(plans.deleting([session.places.models / "Lora/grain.safetensors"]))
    calm(session, until)
    press(page, "Undo and trash", until)
    until(lambda: page.undo.found)
    page.undo.empty.click()
    calm(session, until)
    assert len(trash.contents(session.places)) == 1
    page.undo.empty.click()
    until(lambda: not page.undo.found)
    assert trash.contents(session.places) == []
    assert not page.undo.empty.isEnabled()
    calm(session, until)


def test_a_deleted_picture_comes_back_to_the_gallery(page: ModelsPage, session: Session, until: Until) -> None:
    saved = world.picture(session.places, "one", "a cat")
    restored: list[dict[Path, Path]] = []
    session.bin.restored.connect(restored.append)
    session.bin.discard([saved.path])
    calm(session, until)
    press(page, "Undo and trash", until)
    until(lambda: page.undo.found)
    press(page.undo, "Put back", until)
    until(lambda: restored)
    assert restored == [{saved.path: saved.path}]
    calm(session, until)


def test_what_a_power_cut_interrupted_is_offered_at_the_start(
    session: Session, notices: list[Notice], until: Until, tmp_path: Path
) -> None:
    models = [world.network(tmp_path / f"{number}.safetensors", content=number) for number in range(2)]
    done = plans.apply(plans.moving(models, tmp_path / "to"), session.places)
    (tmp_path / "to/1.safetensors").rename(models[1])  # as if it had not come so far
    plans._write(replace(done, is_finished=False))
    session.library.refresh()
    until(lambda: notices)
    assert notices[0].text == "The studio was stopped in the midst of moving 2 files."
    assert notices[0].act
    notices[0].act()
    until(lambda: models[0].exists())
    calm(session, until)
    assert plans.history(session.places) == []


def press(widget: QWidget, text: str, until: Until) -> None:
    """Press the first such button, as soon as it is on the screen."""

    def there() -> list[QPushButton]:
        return [one for one in widget.findChildren(QPushButton) if one.text() == text and one.isVisible()]

    until(there)
    there()[0].click()
