"""New models are made in the window."""

from collections.abc import Callable

import pytest
from safetensors.torch import load_file

from studio.core.merge_request import ExtractRequest, MergeRequest, ResizeRequest
from studio.ui.errors import Notice
from studio.ui.pages.models import ModelsPage
from studio.ui.panels.models_merge import RECORDS, MergePanel
from studio.ui.session import Session
from tests.engine import checkpoints

Until = Callable[..., None]


@pytest.fixture
def notices(session: Session) -> list[Notice]:
    told: list[Notice] = []
    session.noticed.connect(told.append)
    return told


@pytest.fixture
def panel(session: Session, until: Until) -> MergePanel:
    folder = session.places.models / "Stable-diffusion"
    for seed, name in enumerate("ab"):
        checkpoints.write(folder, f"{name}.safetensors", seed=seed)
    made = MergePanel(session)
    session.refresh_models()
    until(lambda: session.lists.get("checkpoints") and not session.files.jobs)
    made.resize(600, 700)
    made.show()
    return made


def test_every_kind_of_request_has_its_form(panel: MergePanel) -> None:
    for place, (name, record) in enumerate(RECORDS.items()):
        panel.kind.setCurrentIndex(place)
        assert panel.form.request() == record()
        assert panel.state() == {"kind": name}
        assert panel.stack.currentIndex() == place
    panel.restore({"kind": "merge"})
    assert isinstance(panel.form.request(), MergeRequest)
    panel.restore({"kind": "nonsense"})
    assert isinstance(panel.form.request(), MergeRequest)


def test_a_model_that_nobody_chose_is_not_called_the_default(panel: MergePanel) -> None:
    for form, field in (("merge", "primary"), ("networks", "checkpoint"), ("extract", "tuned"), ("convert", "network")):
        assert panel.forms[form].usual.editors[field].combo.itemText(0) == "Not chosen"
    assert panel.forms["merge"].usual.editors["bake_in_vae"].combo.currentText() == "None"


def test_models_are_merged(panel: MergePanel, session: Session, until: Until, notices: list[Notice]) -> None:
    panel.form.usual.editors["primary"].set_value("a.safetensors")
    panel.form.usual.editors["secondary"].set_value("b.safetensors")
    panel.form.usual.editors["name"].set_value("新")
    panel.start.click()
    assert not panel.start.isEnabled()
    assert panel.stop.isVisible()
    until(lambda: panel.start.isEnabled(), 60)
    assert not panel.stop.isVisible()
    assert [(notice.text, notice.kind) for notice in notices] == [("新.safetensors was made.", "ok")]
    folder = session.places.models / "Stable-diffusion"
    assert load_file(folder / "新.safetensors").keys() == load_file(folder / "a.safetensors").keys()
    until(lambda: "新.safetensors" in session.lists["checkpoints"])


def test_a_lora_that_was_extracted_can_be_chosen(panel: MergePanel, session: Session, until: Until) -> None:
    panel.restore({"kind": "extract"})
    assert isinstance(panel.form.request(), ExtractRequest)
    for name, value in (("original", "a.safetensors"), ("tuned", "b.safetensors"), ("rank", 2), ("name", "l")):
        panel.form.usual.editors[name].set_value(value)
    panel.start.click()
    until(lambda: panel.start.isEnabled() and panel.forms["resize"].networks == ["l"], 60)
    panel.restore({"kind": "resize"})
    panel.form.usual.editors["network"].set_value("l")
    assert panel.form.request() == ResizeRequest(network="l")


def test_what_goes_wrong_is_told_and_stopping_leaves_nothing(
    panel: MergePanel, session: Session, until: Until, notices: list[Notice]
) -> None:
    panel.start.click()
    until(lambda: panel.start.isEnabled(), 60)
    assert "needs a model A" in notices[-1].text
    panel.form.usual.editors["primary"].set_value("a.safetensors")
    panel.form.usual.editors["secondary"].set_value("b.safetensors")
    panel.start.click()
    panel.stop.click()
    until(lambda: panel.start.isEnabled(), 60)
    assert {path.name for path in (session.places.models / "Stable-diffusion").iterdir()} == {
        "a.safetensors", "b.safetensors"
    }  # fmt: skip


def test_the_models_page_leads_there_and_back(session: Session) -> None:
    page = ModelsPage(session)
    page.show()
    page.show_merge()
    assert page.merge is not None
    assert page.merge.isVisible()
    page.merge.restore({"kind": "resize"})
    state = page.state()
    page.merge.left.emit()
    assert not page.merge.isVisible()
    again = ModelsPage(session)
    again.restore(state)
    again.show_merge()
    assert again.merge is not None
    assert again.merge.state() == {"kind": "resize"}
