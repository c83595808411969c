"""Downloads and search in the window, against a server of this machine."""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from safetensors.torch import save

from studio.core.settings import Settings
from studio.library.downloads import web
from studio.library.downloads.queue import State
from studio.library.downloads.sites import Site, Sites
from studio.ui.errors import Notice
from studio.ui.panels.download_card import amount
from studio.ui.panels.models_downloads import DownloadsPanel
from studio.ui.panels.models_search import SearchPanel
from studio.ui.session import Session

sys.path.append(str(Path(__file__).parents[1] / "library"))

from hub_server import File, Hub, serving

DATA = save({"lora_unet_x_attn2_to_k.lora_down.weight": torch.randn(4, 60_000)})
Until = Callable[..., None]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving() as made:
        sites = Sites(
            Site("civitai", "Civitai", made.origin, ("127.0.0.1",), "https://civitai.com/user/account", "NO_SUCH"),
            Site("huggingface", "Hugging Face", made.origin, ("127.0.0.1",), "x", "NO_SUCH"),
        )
        monkeypatch.setattr(web, "sites_of", lambda _: sites)
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        yield made


@pytest.fixture
def notices(session: Session) -> list[Notice]:
    told: list[Notice] = []
    session.noticed.connect(told.append)
    return told


@pytest.fixture
def panel(hub: Hub, session: Session) -> DownloadsPanel:
    made = DownloadsPanel(session)
    made.resize(700, 500)
    made.show()
    return made


def paste(panel: DownloadsPanel, text: str) -> None:
    panel.link.setText(text)
    QTest.keyClick(panel.link, Qt.Key.Key_Return)


def press(panel: DownloadsPanel, name: str) -> None:
    (card,) = panel.cards.values()
    made = card.tools[name][0]
    assert made.isVisibleTo(panel)
    made.click()


def state(panel: DownloadsPanel) -> State | None:
    """What the first card shows."""
    card = next(iter(panel.cards.values()), None)
    return card.download.state if card and card.download else None


def test_a_pasted_link_is_downloaded_and_told(
    hub: Hub, panel: DownloadsPanel, session: Session, until: Until, notices: list[Notice]
) -> None:
    assert panel.empty.isVisible()
    hub.files["/m.safetensors"] = File(DATA)
    paste(panel, hub.url("/m.safetensors"))
    assert panel.link.text() == ""
    until(lambda: state(panel) == State.DONE)
    assert not notices  # the list says it
    assert (session.places.models / "Lora" / "m.safetensors").read_bytes() == DATA
    (card,) = panel.cards.values()
    assert not panel.empty.isVisible()
    assert "MB" in card.facts.whole
    panel.clear.click()
    until(lambda: not panel.cards)


def test_nonsense_is_told(panel: DownloadsPanel, until: Until, notices: list[Notice]) -> None:
    paste(panel, "hello")
    until(lambda: notices)
    assert "no link to a model" in notices[0].text


def test_progress_pause_and_going_on(hub: Hub, panel: DownloadsPanel, session: Session, until: Until) -> None:
    hub.files["/m.safetensors"] = File(DATA, pause_s=0.08)
    paste(panel, hub.url("/m.safetensors"))
    until(lambda: panel.cards and next(iter(panel.cards.values())).bar.value() > 0)
    until(lambda: "MB/s" in panel.rate.text())
    press(panel, "pause")
    until(lambda: state(panel) == State.PAUSED and not session.downloads.lane.jobs)
    hub.files["/m.safetensors"].pause_s = 0
    press(panel, "resume")
    until(lambda: state(panel) == State.DONE)
    assert hub.ranges("/m.safetensors")[-1].startswith("bytes=")
    assert (session.places.models / "Lora" / "m.safetensors").read_bytes() == DATA


def test_pausing_all_and_resuming_all(hub: Hub, panel: DownloadsPanel, until: Until) -> None:
    for number in range(3):
        hub.files[f"/{number}.safetensors"] = File(DATA, pause_s=0.1)
        paste(panel, hub.url(f"/{number}.safetensors"))
    until(lambda: len(panel.cards) == 3)
    panel.pause.click()
    until(lambda: {row.state for row in panel.downloads.queue.rows()} == {State.PAUSED})
    for file in hub.files.values():
        file.pause_s = 0
    assert not panel.pause.isEnabled()
    panel.resume.click()
    until(lambda: {row.state for row in panel.downloads.queue.rows()} == {State.DONE}, 20)


def test_taking_one_off_the_list_while_it_runs(hub: Hub, panel: DownloadsPanel, session: Session, until: Until) -> None:
    hub.files["/m.safetensors"] = File(DATA, pause_s=0.2)
    paste(panel, hub.url("/m.safetensors"))
    until(lambda: panel.cards and next(iter(panel.cards.values())).bar.value() > 0)
    press(panel, "remove")
    until(lambda: not panel.cards and not session.downloads.lane.jobs)
    assert [file for file in session.places.models.rglob("*") if file.is_file()] == []


def test_a_token_is_asked_for_and_what_failed_goes_on(
    hub: Hub, panel: DownloadsPanel, until: Until, notices: list[Notice]
) -> None:
    hub.files["/m.safetensors"] = File(DATA, token="secret")  # noqa: S106
    paste(panel, hub.url("/m.safetensors"))
    until(panel.token.isVisible)
    assert "Civitai" in panel.token.title.text()
    until(lambda: state(panel) == State.FAILED)
    (card,) = panel.cards.values()
    assert "only to its users" in card.error.text()
    panel.token.text.setText("secret")
    QTest.keyClick(panel.token.text, Qt.Key.Key_Return)
    until(lambda: state(panel) == State.DONE)
    assert panel.token.text.text() == ""
    assert not panel.token.isVisible()
    assert any("until you close" in notice.text for notice in notices)
    kept = [file for file in panel.session.places.data.rglob("*") if file.is_file()]
    assert all(b"secret" not in file.read_bytes() for file in kept)


def test_a_failure_says_why_and_can_be_tried_again(hub: Hub, panel: DownloadsPanel, until: Until) -> None:
    paste(panel, hub.url("/m.safetensors"))
    until(lambda: state(panel) == State.FAILED and panel.cards)
    (card,) = panel.cards.values()
    until(card.error.isVisible)
    assert "removed or renamed" in card.error.text()
    hub.files["/m.safetensors"] = File(DATA)
    press(panel, "retry")
    until(lambda: state(panel) == State.DONE)


def test_what_was_running_goes_on_at_the_next_start(
    hub: Hub, panel: DownloadsPanel, session: Session, until: Until
) -> None:
    hub.files["/m.safetensors"] = File(DATA, pause_s=0.1)
    paste(panel, hub.url("/m.safetensors"))
    until(lambda: panel.cards and next(iter(panel.cards.values())).bar.value() > 0)
    session.downloads.close()
    hub.files["/m.safetensors"].pause_s = 0
    again = Session(session.places)
    try:
        again.begin()
        until(lambda: "downloads" in again.__dict__)
        shown = DownloadsPanel(again)
        until(lambda: state(shown) == State.DONE, 20)
    finally:
        again.stop()


@pytest.mark.parametrize(
    ("done", "total", "text"),
    [
        (0, 0, ""),
        (0, 5_000_000, "0.0 / 5.0 MB"),
        (1_500_000_000, 6_940_000_000, "1.50 / 6.94 GB"),
        (2_000_000, 0, "2.0 MB"),
    ],
)
def test_amounts(done: int, total: int, text: str) -> None:
    assert amount(done, total) == text


# search


def picture(colour: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (600, 800), colour).save(target, "JPEG")
    return target.getvalue()


def found(hub: Hub, key: int, level: int = 1, **more: Any) -> dict[str, Any]:
    file = {
        "id": key * 10,
        "name": f"m{key}.safetensors",
        "type": "Model",
        "sizeKB": len(DATA) / 1024,
        "downloadUrl": hub.url(f"/api/download/models/{key}"),
        "primary": True,
    }
    version = {
        "id": key,
        "name": f"v{key}",
        "baseModel": "SDXL 1.0",
        "files": [file],
        "images": [{"url": hub.url(f"/picture{key}.jpeg"), "nsfwLevel": level, "type": "image"}],
    }
    return {"id": key, "name": f"Model {key}", "type": "LORA", "nsfw": level > 2, "modelVersions": [version],
            "creator": {"username": "maker"}, "stats": {"downloadCount": 1000 + key}, **more}  # fmt: skip


@pytest.fixture
def search(hub: Hub, session: Session) -> SearchPanel:
    rows = [found(hub, key) for key in range(1, 4)]
    hub.files["/api/v1/models"] = File(json={"items": [*rows, found(hub, 9, level=16, nsfw=False)], "metadata": {}})
    for key in (1, 2, 3, 9):
        hub.files[f"/picture{key}.jpeg"] = File(picture("red"), type="image/jpeg")
    made = SearchPanel(session)
    made.resize(1000, 700)
    made.show()
    return made


def look_for(search: SearchPanel, words: str) -> None:
    search.field.setText(words)
    QTest.keyClick(search.field, Qt.Key.Key_Return)


def asked(hub: Hub, path: str) -> list[dict[str, list[str]]]:
    return [query for seen, query, _ in hub.seen if seen == path]


def test_what_is_found_is_shown_with_its_pictures(hub: Hub, search: SearchPanel, until: Until) -> None:
    look_for(search, "nice")
    until(lambda: len(search.grid.rows.found) == 4)
    until(lambda: search.stack.currentWidget() is search.grid)
    search.grid.grab()
    until(lambda: {query for query, *_ in hub.seen if "picture" in query} >= {f"/picture{n}.jpeg" for n in (1, 2, 3)})
    until(lambda: (pixmap := search.grid.picture(search.grid.rows.found[0])) and not pixmap.isNull())
    assert "/picture9.jpeg" not in {path for path, *_ in hub.seen}  # for adults: not even asked for
    assert search.grid.picture(search.grid.rows.found[3]).isNull()  # type: ignore[union-attr]


def test_pictures_for_adults_only_if_wanted(hub: Hub, search: SearchPanel, session: Session, until: Until) -> None:
    look_for(search, "nice")
    until(lambda: len(search.grid.rows.found) == 4)
    search.adult.click()
    assert session.settings.adult_previews
    until(lambda: len(asked(hub, "/api/v1/models")) == 2 and len(search.grid.rows.found) == 4)
    assert [query["nsfw"] for query in asked(hub, "/api/v1/models")] == [["false"], ["true"]]
    search.grid.grab()
    until(lambda: "/picture9.jpeg" in {path for path, *_ in hub.seen})


def test_filters_ask_again(hub: Hub, search: SearchPanel, until: Until) -> None:
    look_for(search, "nice")
    until(lambda: search.grid.rows.found)
    for name, value in (("kind", "network"), ("base", "SDXL"), ("period", "Week"), ("sort", "newest")):
        search.menus[name].chosen.emit(value)
    last = {"types": ["LORA", "LoCon", "DoRA"], "period": ["Week"], "sort": ["Newest"], "query": ["nice"]}
    until(lambda: any(last.items() <= one.items() for one in asked(hub, "/api/v1/models")))
    assert "LoRA" in search.menus["kind"].text()


def test_the_end_asks_for_more(hub: Hub, search: SearchPanel, until: Until) -> None:
    many = [found(hub, key) for key in range(20, 60)]
    hub.files["/api/v1/models"] = File(json={"items": many, "metadata": {"nextCursor": "next"}})
    look_for(search, "nice")
    until(lambda: len(search.grid.rows.found) == 40 and search.count.text() == "40 models")
    more = [found(hub, key) for key in range(50, 70)]
    hub.files["/api/v1/models"] = File(json={"items": more, "metadata": {}})
    bar = search.grid.verticalScrollBar()
    bar.setValue(bar.maximum())
    until(lambda: len(search.grid.rows.found) == 50)
    assert asked(hub, "/api/v1/models")[-1]["cursor"] == ["next"]


def test_more_comes_by_itself_while_there_is_room_for_it(hub: Hub, search: SearchPanel, until: Until) -> None:
    pages = [{"items": [found(hub, key)], "metadata": {"nextCursor": f"to {key + 1}"}} for key in range(20, 40)]
    hub.files["/api/v1/models"] = File(jsons=pages, json={"items": [], "metadata": {}})
    look_for(search, "nice")
    until(lambda: search.count.text() == "20 models", 20)
    cursors = [query.get("cursor", [""])[0] for query in asked(hub, "/api/v1/models")]
    assert cursors[:4] == ["", "to 21", "to 22", "to 23"]


def test_pages_of_which_nothing_is_shown_are_passed_over_but_not_for_ever(
    hub: Hub, search: SearchPanel, until: Until
) -> None:
    dry = {"items": [], "metadata": {"nextCursor": "on"}}
    hub.files["/api/v1/models"] = File(jsons=[dry, dry], json={"items": [found(hub, 1)], "metadata": {}})
    look_for(search, "nice")
    until(lambda: search.count.text() == "1 models")
    assert search.stack.currentWidget() is search.grid
    hub.seen.clear()
    hub.files["/api/v1/models"] = File(json=dry)
    look_for(search, "nicer")
    until(lambda: search.stack.currentWidget() is search.nothing)
    assert len(asked(hub, "/api/v1/models")) == 5


def test_the_chosen_file_is_downloaded_to_its_folder(
    hub: Hub, search: SearchPanel, session: Session, until: Until, notices: list[Notice]
) -> None:
    hub.files["/api/download/models/2"] = File(DATA)
    look_for(search, "nice")
    until(lambda: search.grid.rows.found)
    assert not search.detail.isVisibleTo(search)
    search.grid.setCurrentIndex(search.grid.rows.index(1))
    assert search.detail.title.text() == "Model 2"
    assert "SDXL" in search.detail.version.combo.currentText()
    assert "m2.safetensors" in search.detail.file.combo.currentText()
    search.detail.download.click()
    path = session.places.models / "Lora" / "m2.safetensors"
    until(path.exists)
    until(lambda: len(notices) == 2)
    assert ["on the list" in notices[0].text, "was downloaded" in notices[1].text] == [True, True]
    until(lambda: not session.downloads.lane.jobs)
    assert path.read_bytes() == DATA
    assert path.with_name("m2.preview.png").exists()
    assert path.with_name("m2.civitai.info").exists()


def test_a_repository_gets_its_files_when_it_is_chosen(
    hub: Hub, search: SearchPanel, session: Session, until: Until
) -> None:
    hub.files["/api/models"] = File(json=[{"id": "owner/repo", "tags": ["lora"]}])
    hub.files["/api/models/owner/repo"] = File(json={"id": "owner/repo", "tags": ["lora"]})
    hub.files["/api/models/owner/repo/tree/main"] = File(json=[{"type": "file", "path": "x.safetensors", "size": 9}])
    search.menus["site"].chosen.emit("huggingface")
    look_for(search, "nice")
    until(lambda: search.grid.rows.found)
    search.grid.setCurrentIndex(search.grid.rows.index(0))
    assert not search.detail.download.isEnabled()
    until(search.detail.download.isEnabled)
    assert "x.safetensors" in search.detail.file.combo.currentText()


def test_early_access_cannot_be_downloaded(hub: Hub, search: SearchPanel, until: Until) -> None:
    row = found(hub, 1)
    row["modelVersions"][0]["earlyAccessEndsAt"] = "2999-01-01T00:00:00.000Z"
    hub.files["/api/v1/models"] = File(json={"items": [row], "metadata": {}})
    look_for(search, "nice")
    until(lambda: search.grid.rows.found)
    search.grid.setCurrentIndex(search.grid.rows.index(0))
    assert not search.detail.download.isEnabled()
    assert "2999-01-01" in search.detail.note.text()


def test_nothing_found_and_a_site_in_trouble(
    hub: Hub, search: SearchPanel, until: Until, notices: list[Notice]
) -> None:
    hub.files["/api/v1/models"] = File(json={"items": [], "metadata": {}})
    look_for(search, "xyz")
    until(lambda: search.stack.currentWidget() is search.nothing)
    hub.files["/api/v1/models"] = File(statuses=[(429, {})])
    look_for(search, "xyz")
    until(lambda: notices)
    assert "too many requests" in notices[0].text
    until(lambda: search.stack.currentWidget() is search.empty)  # not: nothing found
    assert len(asked(hub, "/api/v1/models")) == 2


def test_what_is_looked_for_comes_back(hub: Hub, search: SearchPanel, session: Session) -> None:
    search.field.setText("nice")
    search.menus["base"].chosen.emit("Flux")
    again = SearchPanel(session)
    again.restore(search.state())
    assert (again.field.text(), again.query.base, again.menus["base"].value) == ("nice", "Flux", "Flux")
    again.restore({"query": {"kind": 3, "site": "nowhere", "words": "x"}})
    assert (again.query.site, again.field.text()) == ("civitai", "x")
    assert Settings().adult_previews is False


def test_every_control_says_what_it_does(panel: DownloadsPanel, search: SearchPanel) -> None:
    for root in (panel, search):
        widgets = [one for one in root.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
        for one in widgets:
            if one.isVisibleTo(root) and not one.parent().inherits("QComboBox"):
                assert one.accessibleName() or getattr(one, "text", lambda: "")(), one
