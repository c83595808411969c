"""From a download to a picture on a card: dropped on the window, filed, clicked, painted, seen."""

from collections.abc import Callable, Iterator
from pathlib import Path

import models_world as world
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest

from studio.core.request import GenerateRequest
from studio.core.result import SavedImage
from studio.library.model_rows import Model, Query
from studio.ui.main_window import MainWindow
from studio.ui.pages.create import CreatePage
from studio.ui.pages.models import ModelsPage
from studio.ui.session import Session

Until = Callable[..., None]
LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(session: Session, until: Until) -> Iterator[MainWindow]:
    world.checkpoint(session.places.models / "Stable-diffusion/tiny.safetensors")
    made = MainWindow(session)
    made.show()
    session.refresh_models()
    until(lambda: session.choices("checkpoints"))
    yield made
    until(lambda: not session.scans.jobs and not session.files.jobs and not session.pictures.jobs)
    made.close()


def drop(window: MainWindow, files: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, LEFT, NO_KEYS)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, LEFT, NO_KEYS))


def paint(page: CreatePage, until: Until) -> SavedImage:
    job = page.generate()
    assert job is not None
    done: list[SavedImage] = []
    page.session.image_saved.connect(done.append)
    until(lambda: job.is_finished, 200)
    assert done
    return done[0]


def find(page: ModelsPage, words: str) -> Model:
    index = page.library.index
    assert index is not None
    (model,) = index.models(index.find(Query(words)))
    return model


def test_three_downloads_are_filed_and_the_network_acts(
    window: MainWindow, session: Session, tmp_path: Path, until: Until
) -> None:
    downloads = tmp_path / "下载 downloads"
    files = [
        world.fitting_network(downloads / "ink style.safetensors"),
        world.embedding(downloads / "badhands.safetensors"),
        world.vae(downloads / "colours.safetensors"),
    ]
    drop(window, files)
    until(lambda: hasattr(window, "plan"))
    assert all(path.exists() for path in files), "nothing moves before it was shown"
    window.plan.buttons[0].click()
    assert window.page_name == "models", "where progress is seen and can be stopped"
    models = session.places.models
    network = models / "Lora/ink style.safetensors"
    until(lambda: network.exists() and not any(path.exists() for path in files))
    assert (models / "embeddings/badhands.safetensors").exists()
    assert (models / "VAE/colours.safetensors").exists()

    window.show_page("create")
    create = window._pages["create"]
    assert isinstance(create, CreatePage)
    create.display(GenerateRequest(prompt="a cat", seed=7, steps=2, width=64, height=64, checkpoint="tiny.safetensors"))
    before = paint(create, until)

    window.show_page("models")
    page = window._pages["models"]
    assert isinstance(page, ModelsPage)
    until(lambda: page.library.index and page.library.index.find(Query("ink")))
    until(lambda: page.grid.rows.row_of(find(page, "ink").id) >= 0)
    model = find(page, "ink")
    index = page.grid.rows.index(page.grid.rows.row_of(model.id))
    page.grid.scrollTo(index)
    QTest.mouseClick(page.grid.viewport(), LEFT, pos=page.grid.plus(index).center())
    assert window.page_name == "create"
    assert create.request().prompt == "a cat <lora:ink style:1>"
    until(lambda: "keys" in create.inspector._networks.text())
    after = paint(create, until)
    assert "Lora hashes" in after.infotext
    assert QImage(str(before.path)) != QImage(str(after.path))

    window.show_page("models")
    until(lambda: page.library.gallery and page.library.gallery.made_with("network", model.names))
    covers = page.grid.covers
    until(lambda: (pixmap := covers.pixmap(find(page, "ink"))) is not None and not pixmap.isNull())
    assert covers.pixmap(find(page, "ink")).size().width() == 64  # type: ignore[union-attr]


def test_what_was_dropped_can_go_back(window: MainWindow, session: Session, tmp_path: Path, until: Until) -> None:
    path = world.network(tmp_path / "a.safetensors")
    drop(window, [path, tmp_path / "notes.txt"])
    until(lambda: hasattr(window, "plan"))
    window.plan.buttons[0].click()
    there = session.places.models / "Lora/a.safetensors"
    until(there.exists)
    until(lambda: any(card.notice.action == "Undo" for card in window.notices.cards()))
    next(card for card in window.notices.cards() if card.notice.action == "Undo").notice.act()  # type: ignore[misc]
    until(lambda: path.exists() and not there.exists())


def test_a_plan_that_is_refused_changes_nothing(window: MainWindow, tmp_path: Path, until: Until) -> None:
    path = world.network(tmp_path / "a.safetensors")
    drop(window, [path])
    until(lambda: hasattr(window, "plan"))
    window.plan.reject()
    assert path.exists()


def test_pictures_are_still_the_pages_own(window: MainWindow, session: Session) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/x/picture.png")])
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, LEFT, NO_KEYS)
    window.dragEnterEvent(enter)
    assert not enter.isAccepted()
    window.show_page("create")
    page = window._pages["create"]
    page.dragEnterEvent(enter)
    assert enter.isAccepted()
    data.setUrls([QUrl.fromLocalFile("/x/model.safetensors")])
    page.dragEnterEvent(enter)
    assert not enter.isAccepted()
