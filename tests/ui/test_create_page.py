"""The Create page: its law, its keys, and a whole order through a real queue."""

import hashlib
import json
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from studio import tasks
from studio.core import infotext
from studio.core.errors import BadRequest
from studio.core.job import JobContext, Wish
from studio.core.option import Record, options
from studio.core.paths import Places
from studio.core.request import GenerateRequest, HiresFix, Refiner
from studio.core.result import SavedImage
from studio.core.styles import Style, save_style
from studio.library import hashes
from studio.library.queue import State
from studio.ui.errors import Notice
from studio.ui.pages.create import CreatePage
from studio.ui.session import Session

Until = Callable[..., None]


@pytest.fixture
def session(session: Session, until: Until) -> Session:
    """The session of every test, with a model and a network to choose from."""
    for folder, name in (("Stable-diffusion", "tiny"), ("Lora", "film grain")):
        (session.places.models / folder).mkdir(parents=True)
        (session.places.models / folder / f"{name}.safetensors").write_bytes(b"none")
    job = session.refresh_models()
    until(lambda: job.is_finished)
    return session


@pytest.fixture
def page(session: Session) -> CreatePage:
    page = CreatePage(session)
    page.resize(1280, 800)
    page.show()
    return page


def notices(session: Session) -> list[Notice]:
    found: list[Notice] = []
    session.noticed.connect(found.append)
    return found


def numbers(low: float, high: float, is_whole: bool) -> st.SearchStrategy[Any]:
    return st.integers(int(low), int(high)) if is_whole else st.floats(low, high)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


def values_of(record: type[Record]) -> dict[str, st.SearchStrategy[Any]]:
    found: dict[str, st.SearchStrategy[Any]] = {}
    for option in options(record):
        if option.type is bool:
            found[option.name] = st.booleans()
        elif option.type in (int, float):
            assert option.minimum is not None
            assert option.maximum is not None
            found[option.name] = numbers(option.minimum, option.maximum, option.type is int)
        elif option.type is str:
            known = st.sampled_from(option.choices) if isinstance(option.choices, tuple) and option.choices else TEXTS
            found[option.name] = known | TEXTS
        else:
            found[option.name] = st.lists(TEXTS, max_size=3).map(tuple)
    return found


def records(record: type[Record], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(record, **values_of(record), **more)


REQUESTS = records(GenerateRequest, hires=st.none() | records(HiresFix), refiner=st.none() | records(Refiner))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=REQUESTS)
def test_what_is_displayed_is_what_is_asked_for(page: CreatePage, request: GenerateRequest) -> None:
    page.display(request)
    assert page.request() == request


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=REQUESTS)
def test_a_state_brings_everything_back(page: CreatePage, session: Session, request: GenerateRequest) -> None:
    page.display(request)
    kept = json.loads(json.dumps(page.state()))
    page.display(GenerateRequest())
    page.restore(kept)
    assert page.request() == request


def test_every_field_of_a_request_is_on_the_page(page: CreatePage) -> None:
    shown = {*page.request().model_dump()}
    assert shown == set(GenerateRequest.model_fields)
    reachable = {
        name
        for panel in (page.fields.model, page.fields.sampling, page.fields.sizes, page.fields.seed)
        for name in panel.editors
    }
    apart = {"prompt", "negative_prompt", "styles", "wildcards", "template", "negative_template", "hires", "refiner"}
    assert reachable | apart == set(GenerateRequest.model_fields)
    assert set(page.fields.hires.editors) == set(HiresFix.model_fields)
    assert set(page.fields.refiner.editors) == set(Refiner.model_fields)


def test_every_control_says_what_it_is_and_does(page: CreatePage) -> None:
    for control in page.findChildren(QWidget):
        if control.focusPolicy() & Qt.FocusPolicy.TabFocus and control.isVisibleTo(page):
            is_scroll_area = control.metaObject().className() in ("RequestPanel", "Inspector", "QScrollArea")
            text = control.text() if isinstance(control, QAbstractButton) else ""
            assert control.accessibleName() or text or is_scroll_area or has_named_parent(control), control


def test_tab_goes_from_top_to_bottom(page: CreatePage) -> None:
    for section in page.fields.sections.values():
        section.set_open(True)
    page.fields.sampling.fold.set_open(True)
    page.fields.hires.switch.set_value(True)
    QApplication.processEvents()
    content = page.fields.widget()
    chain, widget = [], page.nextInFocusChain()
    while widget is not page:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and content.isAncestorOf(widget):
            chain.append(widget)
        widget = widget.nextInFocusChain()
    assert content.width() == page.fields.viewport().width()
    middles = [widget.mapTo(content, widget.rect().center()) for widget in chain if widget.focusProxy() is None]
    assert len(middles) > 40
    for before, after in pairwise(middles):
        is_same_line = abs(before.y() - after.y()) < 12
        assert after.x() > before.x() if is_same_line else after.y() > before.y()


def has_named_parent(control: QWidget) -> bool:
    parent = control.parentWidget()
    return bool(parent and parent.accessibleName()) or control.metaObject().className() in ("QTabBar", "NumberField")


def paint(request: GenerateRequest, context: JobContext, **rest: Any) -> list[SavedImage]:
    """A task that paints noise and saves it as pictures, in steps that can be stopped."""
    places: Places = rest["places"]
    saved = []
    for index in range(request.image_count):
        pixels = np.random.default_rng(index).integers(0, 255, (request.height, request.width, 3), np.uint8)
        for step in range(request.steps):
            context.progress(step + 1, request.steps, "Painting", pixels[::8, ::8], 10.0)
            if context.take(Wish.INTERRUPT):
                return saved
            time.sleep(0.002)
        text = infotext.write(request.model_copy(update={"seed": 100 + index, "batch_count": 1}))
        path = places.outputs / f"{index}-{time.time_ns()}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        info = PngInfo()
        info.add_text("parameters", text)
        Image.fromarray(pixels).save(path, pnginfo=info)
        saved.append(SavedImage(path, text, request.width, request.height, index))
        context.deliver(saved[-1])
    return saved


@pytest.fixture
def painting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "generate", paint)
    monkeypatch.setattr(tasks, "warm", lambda _: None)


SMALL = GenerateRequest(prompt="a red apple", width=64, height=64, steps=3, batch_count=2)


def test_an_order_becomes_pictures(page: CreatePage, session: Session, painting: None, until: Until) -> None:
    previews: list[object] = []
    session.progressed.connect(lambda progress: previews.append(progress.preview))
    page.display(SMALL)
    job = page.generate()
    assert job is not None
    until(lambda: job.is_finished)
    until(lambda: page.results.view.picture_size.width() == 64 and page.results.saved)
    assert len(list(page.results.strip.pictures())) == 2
    assert any(preview is not None for preview in previews)
    assert not page.bar.is_busy
    assert page.history.entries[0].request == SMALL
    assert "a red apple" in page.inspector._infotext.toPlainText()


def test_control_enter_generates_and_escape_stops(
    page: CreatePage, session: Session, painting: None, until: Until
) -> None:
    page.display(SMALL.model_copy(update={"steps": 1000}))
    page.activateWindow()
    until(page.isActiveWindow)
    page.fields.prompt.positive.edit.setFocus()
    QTest.keyClick(page.fields.prompt.positive.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    until(lambda: page.bar.is_busy)
    assert page.fields.prompt.positive.edit.value() == "a red apple"
    started = time.monotonic()
    QTest.keyClick(page.fields.prompt.positive.edit, Qt.Key.Key_Escape)
    until(lambda: not page.bar.is_busy)
    assert time.monotonic() - started < 2
    assert list(page.results.strip.pictures()) == []


class Windows(QObject):
    """Takes down every window that opens."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[QWidget] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.opened.append(watched)
        return False


def test_no_part_of_the_page_opens_as_a_window_of_its_own(
    session: Session, painting: None, until: Until, qapp: QApplication
) -> None:
    windows = Windows()
    qapp.installEventFilter(windows)
    page = CreatePage(session)
    page.show()
    page.display(SMALL.model_copy(update={"styles": ("a",), "template": "b", "hires": HiresFix()}))
    job = page.generate()
    assert job is not None
    until(lambda: job.is_finished)
    qapp.removeEventFilter(windows)
    assert windows.opened == [page]


def test_generate_forever_goes_on_until_stop(page: CreatePage, session: Session, painting: None, until: Until) -> None:
    page.display(SMALL.model_copy(update={"batch_count": 1}))
    page.bar.forever.setChecked(True)
    page.generate()
    until(lambda: len(list(page.results.strip.pictures())) >= 3)
    page.bar.interrupt()
    until(lambda: not page.bar.is_busy and not session.orders.running)
    count = len(list(page.results.strip.pictures()))
    QTest.qWait(100)
    assert len(list(page.results.strip.pictures())) == count
    assert not page.bar.forever.isChecked()


def test_mistakes_are_said_at_their_fields_and_nothing_is_lost(
    page: CreatePage, session: Session, until: Until
) -> None:
    wrong = GenerateRequest(
        prompt="<lora:film grain:much>", width=513, checkpoint="nowhere", refiner=Refiner(), hires=HiresFix()
    )
    page.display(wrong)
    assert page.generate() is None
    said = {name: label.text() for name, label in page.fields.mistakes.items() if label.text()}
    assert set(said) == {"model", "prompt", "size", "refiner"}
    assert "512" in said["size"]
    assert page.request() == wrong
    assert session.orders.rows() == []
    page.fields.sizes.set_size(512, 512)
    until(lambda: not page.fields.mistakes["size"].text())


def test_a_failed_order_becomes_a_notice(
    page: CreatePage, session: Session, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise BadRequest("Too large: {size}.", "Choose less.", size=9)

    monkeypatch.setattr(tasks, "generate", fail)
    monkeypatch.setattr(tasks, "warm", lambda _: None)
    found = notices(session)
    page.bar.forever.setChecked(True)
    job = page.generate()
    assert job is not None
    until(lambda: job.is_finished)
    assert [(notice.text, notice.kind) for notice in found] == [("Too large: 9.", "bad")]
    assert not page.bar.forever.isChecked()


def picture(path: Path, request: GenerateRequest) -> Path:
    info = PngInfo()
    info.add_text("parameters", infotext.write(request))
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    return path


def drop(page: CreatePage, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    page.dropEvent(
        QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0))
    )


def test_a_dropped_picture_is_applied_and_can_be_undone(
    page: CreatePage, session: Session, tmp_path: Path, until: Until
) -> None:
    before = GenerateRequest(prompt="mine", steps=7)
    page.display(before)
    found = notices(session)
    wanted = GenerateRequest(prompt="a boat", seed=5, sampler="Euler a", checkpoint="tiny", width=256)
    drop(page, picture(tmp_path / "图 1.png", wanted))
    until(lambda: found)
    assert page.request() == wanted.model_copy(update={"checkpoint": "tiny.safetensors"})
    assert found[0].act is not None
    found[0].act()
    assert page.request() == before


def test_what_has_no_place_is_listed(page: CreatePage, session: Session) -> None:
    found = notices(session)
    page.incoming.take_text("a cat\nSteps: 9, Sampler: Euler, CFG scale: 7, Seed: 3, Size: 64x64, Quux factor: 12")
    assert page.request().steps == 9
    assert (found[0].details, found[0].kind) == ("Quux factor: 12", "warn")


def test_facts_about_a_picture_are_not_missed(page: CreatePage, session: Session, until: Until) -> None:
    found = notices(session)
    page.incoming.take_text(infotext.write(GenerateRequest(prompt="a"), {"Model hash": "0123456789"}))
    until(lambda: found)
    assert (found[0].details, found[0].kind) == ("", "ok")


def test_a_picture_without_parameters_is_a_notice(
    page: CreatePage, session: Session, tmp_path: Path, until: Until
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "plain.png")
    found = notices(session)
    before = page.request()
    drop(page, tmp_path / "plain.png")
    until(lambda: found)
    assert found[0].kind == "bad"
    assert page.request() == before


def test_parameters_pasted_into_the_prompt_are_applied(page: CreatePage) -> None:
    text = infotext.write(GenerateRequest(prompt="a boat", steps=11, seed=5))
    QGuiApplication.clipboard().setText(text)
    page.fields.prompt.positive.edit.paste()
    assert (page.request().prompt, page.request().steps) == ("a boat", 11)


def test_a_template_lasts_until_its_prompt_is_edited(page: CreatePage) -> None:
    page.display(GenerateRequest(prompt="a red cat", template="a {red|blue} cat", negative_template="__bad__"))
    page.fields.prompt.positive.edit.setPlainText("a red dog")
    assert (page.request().template, page.request().negative_template) == ("", "__bad__")


def test_a_template_can_be_taken_up_again(page: CreatePage) -> None:
    page.display(GenerateRequest(prompt="a red cat", template="a {red|blue} cat"))
    page.fields.prompt.template.click()
    assert (page.request().prompt, page.request().template) == ("a {red|blue} cat", "")


def test_styles_are_saved_chosen_renamed_and_deleted(page: CreatePage, session: Session) -> None:
    save_style(session.places.styles, Style("Film", "film grain", "blurry"))
    edit = page.fields.prompt.styles
    edit.add("Film")
    assert page.request().styles == ("Film",)
    edit.save(Style("Cinema", "film grain"), "Film")
    assert page.request().styles == ("Cinema",)
    assert list(edit.styles()) == ["Cinema"]
    found = notices(session)
    edit.delete(Style("Cinema", "film grain"))
    assert edit.styles() == {}
    assert found[0].act is not None
    found[0].act()
    assert list(edit.styles()) == ["Cinema"]


def test_a_deleted_picture_can_be_taken_back(page: CreatePage, session: Session, painting: None, until: Until) -> None:
    page.display(SMALL.model_copy(update={"batch_count": 1}))
    job = page.generate()
    assert job is not None
    until(lambda: job.is_finished and page.results.saved)
    saved = page.results.saved
    assert saved is not None
    found = notices(session)
    page.results.delete.trigger()
    until(lambda: found)
    assert not saved.path.exists()
    assert list(page.results.strip.pictures()) == []
    assert found[0].act is not None
    found[0].act()
    until(lambda: list(page.results.strip.pictures()))
    assert saved.path.exists()
    assert [kept.path for kept in page.results.strip.pictures()] == [saved.path]


def test_result_buttons_reuse_seed_and_order_a_hires_pass(
    page: CreatePage, session: Session, painting: None, until: Until
) -> None:
    page.display(SMALL.model_copy(update={"batch_count": 1}))
    job = page.generate()
    assert job is not None
    until(lambda: job.is_finished and page.results.saved)
    page.results.reuse_seed.trigger()
    assert page.request().seed == 100
    asked: list[GenerateRequest] = []
    session.job_started.connect(lambda _: asked.append(session.orders.running.request))  # type: ignore[union-attr]
    page.results.to_hires.trigger()
    until(lambda: asked and not page.bar.is_busy)
    assert (asked[0].seed, asked[0].hires) == (100, HiresFix())
    assert page.request().hires is None


def test_sizes_can_be_swapped_locked_and_brought_into_a_ratio(page: CreatePage) -> None:
    sizes = page.fields.sizes
    sizes.set_size(512, 768)
    sizes.swap_button.click()
    assert sizes.size_in_pixels() == (768, 512)
    sizes.lock.click()
    sizes.form.editors["width"].set_value(384)
    assert sizes.size_in_pixels() == (384, 256)
    sizes.lock.click()
    sizes.set_size(1024, 1024)
    sizes.set_ratio(16, 9)
    assert sizes.size_in_pixels() == (1344, 768)


def test_closed_sections_show_their_values(page: CreatePage) -> None:
    page.display(GenerateRequest(seed=77, width=640, steps=33, eta=0.5, hires=HiresFix(scale=1.5)))
    said = " ".join(panel.summary() for panel in (page.fields.sampling, page.fields.sizes, page.fields.seed))
    for part in ("DPM++ 2M", "33", "Eta 0.5", "640", "77"):
        assert part in said
    assert "1.5" in page.fields.hires.summary()
    assert page.fields.refiner.summary() == "off"


def test_the_prompt_is_counted_and_its_networks_are_looked_up(page: CreatePage, until: Until) -> None:
    page.display(GenerateRequest(prompt="a cat " * 80 + "<lora:film grain:1> <lora:none:1> [a:b:0.5]"))
    box = page.fields.prompt.positive
    until(lambda: box.counter.text() == "161/225")
    assert box.ruler.rows
    until(lambda: "no such file" in page.inspector._networks.text())
    assert page.inspector._networks.text().count("found") == 1


def test_prompts_of_the_second_pass_are_edited_like_the_others(page: CreatePage, until: Until) -> None:
    hires = HiresFix(prompt="a cat " * 80 + "[a:b:0.5]", negative_prompt="bad", steps=7)
    page.display(GenerateRequest(hires=hires))
    box, negative = page.fields.hires.boxes.values()
    until(lambda: box.counter.text() == "161/225" and negative.counter.text() == "1/75")
    assert box.ruler.rows
    assert page.fields.prompt.positive.counter.text() == "0/75"
    assert "Hires prompt" in page.fields.hires.summary()
    box.edit.setPlainText("big hands")
    QTest.keyClick(box.edit, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert page.request().hires == hires.model_copy(update={"prompt": "(big:1.1) hands"})


def test_without_a_model_the_page_says_what_to_do(qapp: QApplication, places: Places) -> None:
    session = Session(places)
    page = CreatePage(session)
    page.show()
    assert page.empty.currentWidget() is page.empty.no_model
    page.deleteLater()
    session.stop()


def test_history_survives_and_an_entry_comes_back(page: CreatePage, session: Session) -> None:
    asked = GenerateRequest(prompt="old", seed=9, hires=HiresFix(steps=3))
    page.history.add(asked, 1_700_000_000.0)
    again = CreatePage(session)
    again.restore(json.loads(json.dumps(page.state())))
    again.history.chosen.emit(again.history.entries[0].request)
    assert again.request() == asked


def test_pictures_of_the_strip_come_back_unless_they_are_gone(page: CreatePage, session: Session) -> None:
    folder = session.places.outputs
    folder.mkdir(parents=True)
    for name in ("gone", "kept"):
        Image.new("RGB", (8, 8)).save(folder / f"{name}.png")
        page.results.take(SavedImage(folder / f"{name}.png", "a\nSteps: 1", 8, 8, 0, ("note",)))
    kept = json.loads(json.dumps(page.state()))
    (folder / "gone.png").unlink()
    again = CreatePage(session)
    again.restore(kept)
    assert [saved.notes for saved in again.results.strip.pictures()] == [("note",)]
    assert again.results.saved == SavedImage(folder / "kept.png", "a\nSteps: 1", 8, 8, 0, ("note",))


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"request": {"steps": "many", "nonsense": 1}, "history": [1, [2]], "pictures": 3},
        {"splitter": "ü", "sections": {"size": "x"}, "pictures": [[1, 2]], "tab": 99},
    ],
)
def test_a_broken_state_is_passed_over(page: CreatePage, state: dict[str, object]) -> None:
    page.restore(state)
    assert page.request() == GenerateRequest()


def order_of(page: CreatePage, session: Session, name: str) -> None:
    """Press a button of the queue's one card."""
    (card,) = page.details.queue.cards.values()
    card.tools[name][0].click()


def test_adding_to_the_queue_waits_and_generate_does_not(
    page: CreatePage, session: Session, painting: None, until: Until
) -> None:
    found = notices(session)
    page.display(SMALL)
    page.bar.queue.click()
    assert [row.state for row in session.orders.rows()] == [State.WAITING]
    assert not page.details.queue.paused.isHidden()
    job = page.generate()
    assert job is not None
    until(lambda: job.is_finished and not session.orders.running)
    assert [row.state for row in session.orders.rows()] == [State.WAITING, State.DONE]
    assert found == []
    page._toggle_details()
    page.put_aside()
    assert "2" in found[0].text
    assert found[0].act is not None
    found[0].act()
    until(lambda: [row.state for row in session.orders.rows()] == [State.DONE] * 3)


def test_a_waiting_order_is_changed_on_the_page(page: CreatePage, session: Session, until: Until) -> None:
    session.page_wanted.connect(lambda _, value: page.receive(value))
    mine, waiting = GenerateRequest(prompt="mine", seed=1), GenerateRequest(prompt="waiting", seed=5)
    session.orders.put_aside(waiting)
    page.display(mine)
    order_of(page, session, "edit")
    assert page.request() == waiting
    assert page.order_edit.isVisible()
    page.fields.prompt.positive.edit.setPlainText("changed")
    again = CreatePage(session)
    again.restore(json.loads(json.dumps(page.state())))
    again.order_edit.save.click()
    assert [row.request.prompt for row in session.orders.rows()] == ["changed"]
    assert again.request() == mine
    assert not again.order_edit.is_on
    page.order_edit.cancel.click()
    assert page.request() == mine
    assert [row.request.prompt for row in session.orders.rows()] == ["changed"]


def test_changes_to_an_order_that_has_begun_are_not_lost(page: CreatePage, session: Session, until: Until) -> None:
    found = notices(session)
    session.orders.put_aside(SMALL)
    page.receive(session.orders.rows()[0])
    page.fields.prompt.positive.edit.setPlainText("changed")
    session.orders.queue.start(session.orders.rows()[0].id)
    page.order_edit.save.click()
    assert [notice.text for notice in found] == ["This job has already begun."]
    assert (page.request().prompt, page.order_edit.isVisible()) == ("changed", False)


def test_pictures_know_what_they_were_made_from(
    page: CreatePage, session: Session, painting: None, until: Until
) -> None:
    saved: list[SavedImage] = []
    session.image_saved.connect(saved.append)

    def painted(act: Callable[[], object]) -> SavedImage:
        count = len(saved)
        act()
        until(lambda: len(saved) > count and not session.orders.running)
        return saved[-1]

    page.display(SMALL.model_copy(update={"batch_count": 1}))
    first = painted(page.generate)
    assert first.made_from is None
    assert painted(page.results.to_hires.trigger).made_from == first.path
    page.results.strip.choose(first)
    page.results.reuse.trigger()
    page.fields.seed.extra.editors["variation_strength"].set_value(0.2)
    kept = json.loads(json.dumps(page.state()))
    assert painted(page.generate).made_from == first.path
    page.fields.seed.draw_anew()
    assert painted(page.generate).made_from is None
    again = CreatePage(session)
    again.restore(kept)
    assert painted(again.generate).made_from == first.path


def test_a_model_is_known_by_its_hash(page: CreatePage, session: Session, until: Until) -> None:
    path = session.places.models / "Stable-diffusion" / "tiny.safetensors"
    found, mark = notices(session), hashes.sha256(path, session.places)[:10]
    page.incoming.take_text(infotext.write(GenerateRequest(prompt="a", checkpoint="renamed"), {"Model hash": mark}))
    until(lambda: found)
    assert page.request().checkpoint == "tiny.safetensors"


def test_a_model_whose_hash_is_not_known_yet_is_looked_for_when_asked(
    page: CreatePage, session: Session, until: Until
) -> None:
    path = session.places.models / "Stable-diffusion" / "tiny.safetensors"
    found, mark = notices(session), hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    page.incoming.take_text(infotext.write(GenerateRequest(prompt="a", checkpoint="renamed"), {"Model hash": mark}))
    until(lambda: len(found) == 2)
    assert page.request().checkpoint == "renamed"
    assert found[1].act is not None
    found[1].act()
    until(lambda: page.request().checkpoint == "tiny.safetensors")


def test_a_model_in_a_folder_is_known_by_its_name_in_infotexts(page: CreatePage, session: Session) -> None:
    session.lists = {"checkpoints": ["sub/one.safetensors"]}
    page.incoming.take_text(infotext.write(GenerateRequest(prompt="a", checkpoint="sub_one")))
    assert page.request().checkpoint == "sub/one.safetensors"
