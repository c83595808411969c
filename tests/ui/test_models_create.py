"""Models on the Create page: clicked into the prompt, weighed, told before the run; checkpoints with defaults."""

import json
from collections.abc import Callable, Iterator

import models_world as world
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.request import GenerateRequest
from studio.library import sidecars
from studio.library.model_rows import Model, Query
from studio.library.sidecars import ModelDefaults
from studio.ui.errors import Notice
from studio.ui.pages.create import CreatePage
from studio.ui.session import Session
from studio.ui.wishes import Use, Words

Until = Callable[..., None]
TOLD = {"sampler": "Heun", "steps": 12, "cfg_scale": 3.0, "prompt": "red apple", "clip_skip": 2}


@pytest.fixture
def session(session: Session, until: Until) -> Session:
    models = session.places.models
    metadata = {"studio.defaults": json.dumps(TOLD), "modelspec.resolution": "128x96"}
    world.checkpoint(models / "Stable-diffusion/a tiny.safetensors", **metadata)
    world.checkpoint(models / "Stable-diffusion/plain.safetensors")
    world.fitting_network(models / "Lora/ink.safetensors")
    world.network(models / "Lora/sdxl style.safetensors", width=2048)
    world.embedding(models / "embeddings/badhands.safetensors", vectors=5)
    world.vae(models / "VAE/colours.safetensors")
    path = models / "Lora/ink.safetensors"
    sidecars.save(path, activation_text="ink drawing", preferred_weight=0.7, negative_text="photo")
    job = session.refresh_models()
    until(lambda: job.is_finished)
    return session


@pytest.fixture
def notices(session: Session) -> list[Notice]:
    found: list[Notice] = []
    session.noticed.connect(found.append)
    return found


@pytest.fixture
def page(session: Session, notices: list[Notice], until: Until) -> Iterator[CreatePage]:
    page = CreatePage(session)
    page.resize(1280, 800)
    page.show()
    session.library.refresh()
    until(lambda: session.library.index and session.library.index.find(Query()))
    calm(session, until)
    yield page
    calm(session, until)


def calm(session: Session, until: Until) -> None:
    until(lambda: not session.scans.jobs and not session.files.jobs and not session.pictures.jobs)


def model(session: Session, words: str) -> Model:
    index = session.library.index
    assert index is not None
    (found,) = [one for one in index.models(index.find()) if one.path.stem.startswith(words)]
    return found


def undo(notices: list[Notice]) -> None:
    act = next(notice for notice in reversed(notices) if notice.action == "Undo").act
    assert act
    act()


def verdicts(page: CreatePage) -> str:
    return page.inspector._networks.text()


def test_a_checkpoint_brings_its_defaults_and_they_can_be_taken_back(
    page: CreatePage, session: Session, notices: list[Notice], until: Until
) -> None:
    before = GenerateRequest(prompt="mine", steps=30, checkpoint="plain.safetensors")
    page.display(before)
    page.receive(Use(model(session, "a tiny")))
    until(lambda: page.request().steps == 12)
    now = page.request()
    assert (now.checkpoint, now.sampler, now.cfg_scale, now.clip_skip) == ("a tiny.safetensors", "Heun", 3.0, 2)
    assert (now.width, now.height, now.prompt) == (128, 96, "mine")
    page.fields.prompt.positive.edit.change_text("edited since")
    undo(notices)
    assert page.request() == before.model_copy(update={"checkpoint": "a tiny.safetensors", "prompt": "edited since"})


def test_applied_parameters_are_not_changed_by_defaults(page: CreatePage, session: Session, until: Until) -> None:
    wanted = GenerateRequest(prompt="x", steps=30, checkpoint="a tiny.safetensors")
    page.apply(wanted)
    calm(session, until)
    assert page.request() == wanted


def test_the_owner_can_keep_defaults(page: CreatePage, session: Session, notices: list[Notice], until: Until) -> None:
    page.display(GenerateRequest(checkpoint="plain.safetensors", steps=44, sampler="Euler"))
    page.fields.keep.click()
    path = session.places.models / "Stable-diffusion/plain.safetensors"
    until(lambda: sidecars.read(path).defaults.steps == 44)
    until(lambda: any("plain" in notice.text for notice in notices))
    page.display(GenerateRequest(checkpoint="a tiny.safetensors"))
    page.fields.model.editors["checkpoint"].set_value("plain.safetensors")
    until(lambda: page.request().steps == 44)
    undo([notice for notice in notices if "defaults of" in notice.text])
    until(lambda: sidecars.read(path).defaults == ModelDefaults())


def test_the_first_start_takes_the_first_models_values_with_its_prompt(
    session: Session, notices: list[Notice], until: Until
) -> None:
    page = CreatePage(session)
    page.restore({})
    until(lambda: page.request().prompt == "red apple")
    assert (page.request().steps, page.request().width, page.request().checkpoint) == (12, 128, "")
    assert notices == []
    later = CreatePage(session)
    later.restore(json.loads(json.dumps(page.state() | {"request": GenerateRequest().model_dump(mode="json")})))
    calm(session, until)
    assert later.request() == GenerateRequest()


def test_what_is_typed_before_the_models_are_found_stays(session: Session, until: Until) -> None:
    page = CreatePage(session)
    page.restore({})
    page.fields.prompt.positive.edit.change_text("typed")
    calm(session, until)
    assert page.request() == GenerateRequest(prompt="typed")


def test_using_a_network_an_embedding_and_a_vae(
    page: CreatePage, session: Session, notices: list[Notice], until: Until
) -> None:
    page.display(GenerateRequest(prompt="a cat"))
    page.receive(Use(model(session, "ink")))
    assert page.request().prompt == "a cat, ink drawing <lora:ink:0.7>"
    assert page.request().negative_prompt == "photo"
    undo(notices)
    assert page.request() == GenerateRequest(prompt="a cat")
    page.receive(Use(model(session, "badhands"), negative=True))
    assert page.request().negative_prompt == "badhands"
    page.receive(Use(model(session, "badhands"), negative=False))
    assert page.request().prompt == "a cat, badhands"
    page.receive(Use(model(session, "colours")))
    assert page.request().vae == "colours.safetensors"
    page.receive(Words("smile"))
    assert page.request().prompt == "a cat, badhands, smile"


def test_of_two_networks_of_one_name_the_one_with_a_folder_is_named_with_it(
    page: CreatePage, session: Session, until: Until
) -> None:
    world.network(session.places.models / "Lora/other/ink.safetensors", content=4)
    session.library.refresh()
    index = session.library.index
    assert index is not None
    until(lambda: len(index.find(Query("ink", "network"))) == 2)
    twin = next(one for one in index.models(index.find(Query("ink"))) if one.path.parent.name == "other")
    page.receive(Use(twin))
    assert page.request().prompt == "<lora:other/ink:1>"
    page.fields.networks.used.emit(twin)
    assert page.request().prompt == ""


def test_a_click_in_the_section_puts_a_network_in_and_out(page: CreatePage, session: Session, until: Until) -> None:
    panel = page.fields.networks
    page.display(GenerateRequest(prompt="a cat"))
    page.fields.sections["networks"].set_open(True)
    until(lambda: panel.grid and len(panel.grid.rows.ids) == 2)
    assert panel.grid
    page.fields.ensureWidgetVisible(panel.grid)
    row = panel.grid.rows.row_of(model(session, "ink").id)
    place = panel.grid.card(panel.grid.rows.index(row)).center()
    QTest.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.request().prompt == "a cat, ink drawing <lora:ink:0.7>"
    assert panel.grid.active == {"ink"}
    assert panel.summary() == "ink"
    QTest.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.request().prompt == "a cat"
    panel.field.setText("sdxl")
    until(lambda: len(panel.grid.rows.ids) == 1)  # type: ignore[union-attr]
    panel.menu.chosen.emit("embedding")
    panel.field.setText("")
    until(lambda: len(panel.grid.rows.ids) == 1)  # type: ignore[union-attr]


def test_sliders_edit_the_tags_and_follow_them(page: CreatePage, until: Until) -> None:
    panel = page.fields.networks
    page.display(GenerateRequest(prompt="a <lora:ink:1> <lora:sdxl style:0.5:0.25> <lora:x:[0.2:1:0.5]>"))
    assert [row.name for row in panel.rows] == ["ink", "sdxl style", "x"]
    first = panel.rows[0]
    first.sliders["te"].set_value(0.35)
    assert page.request().prompt.startswith("a <lora:ink:0.35> <lora:sdxl")
    assert panel.rows[0] is first, "a slider that is held must not be made anew"
    panel.rows[1].sliders["unet"].set_value(1.5)
    assert "<lora:sdxl style:0.5:1.5>" in page.request().prompt
    assert panel.rows[2].sliders["te"].isHidden()
    page.fields.prompt.positive.edit.change_text("<lora:ink:0.9>")
    assert [float(row.sliders["te"].value()) for row in panel.rows] == [0.9]
    panel.rows[0].removed.emit("ink")
    assert page.request().prompt == ""


def test_what_will_act_is_told_before_the_run(page: CreatePage, until: Until) -> None:
    prompt = "<lora:ink:1> <lora:sdxl style:1> <lora:inc:1>"
    page.display(GenerateRequest(prompt=prompt, checkpoint="plain.safetensors"))
    until(lambda: "keys" in verdicts(page))
    said = verdicts(page)
    assert "made for SDXL, the model is SD1" in said
    assert "no such file (did you mean ink?)" in said
    assert "1.2" not in said
    matched = page.fields.networks.rows[0].verdict.text().split()
    assert matched[0] == matched[2]
    assert matched[3] == "keys"
    page.fields.prompt.positive.edit.change_text("<lora:ink:1.5>")
    until(lambda: "1.2" in verdicts(page))
    page.fields.prompt.positive.edit.change_text("no networks")
    until(lambda: verdicts(page) == "")


def test_a_broken_network_is_told(page: CreatePage, session: Session, until: Until) -> None:
    (session.places.models / "Lora/broken.safetensors").write_bytes(b"<html>")
    session.refresh_models()
    page.display(GenerateRequest(prompt="<lora:broken:1>", checkpoint="plain.safetensors"))
    until(lambda: "web page" in verdicts(page))


def test_the_counter_knows_how_many_vectors_an_embedding_has(page: CreatePage, until: Until) -> None:
    page.display(GenerateRequest(prompt="a badhands cat", negative_prompt="badhands"))
    until(lambda: page.fields.prompt.positive.counter.text() == "7/75")
    until(lambda: page.fields.prompt.negative.counter.text() == "5/75")
