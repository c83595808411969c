import ast
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QThread, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from studio.core.infotext_pictures import encode
from studio.core.paths import Places
from studio.core.result import SavedImage
from studio.ui import theme, translate
from studio.ui.errors import Notice
from studio.ui.pages.gallery import GalleryPage
from studio.ui.session import Session

ROOT = Path(__file__).parents[2]
SOURCES = (
    "pages/gallery.py",
    "panels/gallery_filters.py",
    "panels/picture_detail.py",
    "panels/lineage.py",
    "panels/compare.py",
    "widgets/thumbnail_grid.py",
)


def until(condition: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        QApplication.processEvents()
        QThread.msleep(2)


def text_of(number: int, prompt: str = "") -> str:
    return (
        f"{prompt or f'an apple, number {number}'}\nNegative prompt: blurry\nSteps: {20 + number}, Sampler: Euler a, "
        f"Schedule type: Karras, CFG scale: 7, Seed: {100 + number % 2}, Size: 64x48, Model: tiny, Oddity: 9"
    )


def paint(path: Path, text: str, colour: int = 0) -> SavedImage:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(Image.new("RGB", (64, 48), (colour, 90, 90)), path.suffix, text))
    return SavedImage(path, text, 64, 48)


@pytest.fixture
def session(places: Places) -> Iterator[Session]:
    _app = QApplication.instance() or QApplication([])
    theme.theme().apply("dark")
    translate.install("en")
    session = Session(places)
    yield session
    session.stop()
    assert not any(lane.isRunning() for lane in (session.gpu, session.files, session.pictures))


@pytest.fixture
def notices(session: Session) -> list[Notice]:
    found: list[Notice] = []
    session.noticed.connect(found.append)
    return found


@pytest.fixture
def page(session: Session, places: Places, notices: list[Notice]) -> Iterator[GalleryPage]:
    for number in range(5):
        paint(places.outputs / "2026-11-23" / f"{number}.png", text_of(number), number * 40)
        time.sleep(0.002)
    page = GalleryPage(session)
    page.resize(1190, 760)
    page.show()
    until(lambda: len(page.grid.pictures.ids) == 5)
    yield page
    until(lambda: not session.files.jobs and not session.pictures.jobs)
    page.close()
    page.deleteLater()
    QApplication.processEvents()


def names(page: GalleryPage) -> list[str]:
    rows = range(page.grid.pictures.rowCount())
    return [picture.path.name for row in rows if (picture := page.grid.pictures.picture(row))]


def shown(page: GalleryPage) -> str:
    return page.detail.detail.path.name if page.detail.detail else ""


def choose(page: GalleryPage, row: int) -> None:
    page.grid.choose(row)
    picture = page.grid.pictures.picture(row)
    assert picture is not None
    until(lambda: shown(page) == picture.path.name)


def words(page: GalleryPage) -> str:
    return "\n".join(one.text() for one in page.detail.findChildren(QLabel) if not one.isHidden())


def test_pictures_are_shown_the_newest_first_with_thumbnails(page: GalleryPage) -> None:
    assert names(page) == ["4.png", "3.png", "2.png", "1.png", "0.png"]
    first = page.grid.pictures.picture(0)
    assert first is not None
    until(lambda: page.grid.thumbnails.pixmap(first))
    pixmap = page.grid.thumbnails.pixmap(first)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (64, 48)


def test_typing_searches_and_a_wrong_term_is_explained(page: GalleryPage) -> None:
    page.filters.field.setFocus()
    QTest.keyClicks(page.filters.field, "seed:101")
    until(lambda: names(page) == ["3.png", "1.png"])
    page.filters.show_text("seed:x")
    assert "seed:123" in page.filters.problem.text()
    assert names(page) == ["3.png", "1.png"]
    page.filters.show_text("unicorn")
    assert page._stack.currentWidget() is page._nothing
    page._nothing.acted.emit()
    assert len(names(page)) == 5
    assert not page.filters.problem.text()


def test_what_is_chosen_is_explained_and_sent_whole(page: GalleryPage, session: Session) -> None:
    sent: list[tuple[str, object]] = []
    session.page_wanted.connect(lambda name, value: sent.append((name, value)))
    choose(page, 1)
    assert "an apple, number 3" in words(page)
    assert "Oddity" in words(page)
    QTest.keyClick(page.grid, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    picture = page.grid.pictures.picture(1)
    assert picture is not None
    assert sent == [("create", SavedImage(picture.path, text_of(3), 64, 48))]


def test_relatives_are_listed_and_lead_to_each_other(page: GalleryPage) -> None:
    choose(page, 0)
    links = [one for one in page.detail.lineage.findChildren(QPushButton) if not one.isHidden()]
    assert [link.text() for link in links] == ["2.png", "0.png"]
    assert "differs in Prompt, Steps" in words(page)
    links[0].click()
    until(lambda: shown(page) == "2.png")


def test_a_star_is_given_by_key_and_filtered_by(page: GalleryPage) -> None:
    choose(page, 2)
    page.grid.setFocus()
    QTest.keyClick(page.grid, Qt.Key.Key_S)
    until(lambda: page.detail.detail and page.detail.detail.picture and page.detail.detail.picture.is_starred)
    page.filters.star.click()
    assert (page.filters.text, names(page)) == ("starred", ["2.png"])
    page.filters.star.click()
    assert (page.filters.text, len(names(page))) == ("", 5)


def test_letters_typed_into_the_search_do_nothing_else(page: GalleryPage) -> None:
    choose(page, 2)
    page.filters.field.setFocus()
    QTest.keyClicks(page.filters.field, "sc/")
    assert page.filters.text == "sc/"
    assert page._stack.currentWidget() is page.grid
    picture = page.grid.pictures.picture(2)
    assert picture is not None
    assert not picture.is_starred


def test_deleting_can_be_undone(page: GalleryPage, notices: list[Notice], places: Places) -> None:
    before = {path: path.read_bytes() for path in places.outputs.rglob("*.png")}
    choose(page, 2)
    choose(page, 1)
    page.grid.selectionModel().select(page.grid.pictures.index(2), page.grid.selectionModel().SelectionFlag.Select)
    QTest.keyClick(page.grid, Qt.Key.Key_Delete)
    until(lambda: notices)
    assert names(page) == ["4.png", "1.png", "0.png"]
    until(lambda: shown(page) == "1.png")
    assert len(list(places.outputs.rglob("*.png"))) == 3
    assert notices[0].act is not None
    notices[0].act()
    until(lambda: shown(page) == "3.png")
    assert len(names(page)) == 5
    assert {path: path.read_bytes() for path in places.outputs.rglob("*.png")} == before


def test_two_pictures_are_compared_with_their_differences(page: GalleryPage) -> None:
    choose(page, 0)
    assert not page.detail.compare.isEnabled()
    page.grid.selectionModel().select(page.grid.pictures.index(2), page.grid.selectionModel().SelectionFlag.Select)
    assert page.detail.compare.isEnabled()
    page.detail.compare.click()
    until(lambda: page.viewer.view.is_comparing)
    texts = [one.text() for one in page.viewer._table.findChildren(QLabel) if not one.isHidden()]
    assert {"Steps", "24", "22"} <= set(texts)
    assert "Sampler" not in texts
    page.viewer.closed.emit()
    assert page._stack.currentWidget() is page.grid


def test_a_new_picture_appears_at_once_and_takes_nothing_away(
    page: GalleryPage, session: Session, places: Places
) -> None:
    choose(page, 3)
    page._open(page.grid.selected()[0])
    saved = paint(places.outputs / "new.png", text_of(9))
    session.image_saved.emit(saved)
    until(lambda: names(page)[0] == "new.png")
    assert [picture.path.name for picture in page.grid.selected()] == ["1.png"]
    assert page._stack.currentWidget() is page.viewer


def drop(page: GalleryPage, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    page.dropEvent(QDropEvent(QPointF(QPoint(9, 9)), Qt.DropAction.CopyAction, data, buttons, keys))


@pytest.mark.parametrize("end", [".png", ".jpg", ".webp"])
def test_a_dropped_foreign_picture_is_read(page: GalleryPage, tmp_path: Path, end: str) -> None:
    paint(tmp_path / f"外来 foreign{end}", text_of(1, "一只猫 from elsewhere"))
    drop(page, tmp_path / f"外来 foreign{end}")
    until(lambda: shown(page) == f"外来 foreign{end}")
    assert "一只猫 from elsewhere" in words(page)
    assert "Not taken over" in words(page)
    assert page.detail.send.isEnabled()
    assert page.detail.delete.isHidden()
    assert len(names(page)) == 5


def test_a_dropped_picture_without_parameters_says_so(page: GalleryPage, tmp_path: Path, notices: list[Notice]) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "bare.png")
    drop(page, tmp_path / "bare.png")
    until(lambda: notices)
    assert "bare.png" in notices[0].text
    assert notices[0].remedy


def test_state_comes_back(page: GalleryPage, session: Session) -> None:
    page.filters.show_text("seed:101")
    page.filters.edge.setValue(200)
    other = GalleryPage(session)
    other.restore(page.state())
    until(lambda: names(other) == ["3.png", "1.png"])
    assert other.grid.edge == 200
    until(lambda: not session.files.jobs and not session.pictures.jobs)
    other.restore({"search": 3, "edge": "x", "splitter": [1]})
    other.deleteLater()


def test_another_page_can_show_a_picture_here(page: GalleryPage, places: Places, tmp_path: Path) -> None:
    page.filters.show_text("unicorn")
    page.receive(places.outputs / "2026-11-23" / "2.png")
    until(lambda: shown(page) == "2.png")
    assert page.grid.isVisible()


def test_an_empty_gallery_says_what_to_do(session: Session) -> None:
    wanted: list[str] = []
    session.page_wanted.connect(lambda name, _value: wanted.append(name))
    page = GalleryPage(session)
    until(lambda: page.gallery and not session.files.jobs)
    assert page._stack.currentWidget() is page._empty
    page._empty.acted.emit()
    assert wanted == ["create"]
    page.deleteLater()


@pytest.mark.parametrize("source", SOURCES)
def test_every_text_is_there_in_chinese(source: str) -> None:
    table = translate.table("zh_CN")
    tree = ast.parse((ROOT / "studio" / "ui" / source).read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr"]
    texts = [str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)]
    assert [text for text in texts if text not in table] == []
    assert all(translate.places(text) == translate.places(table[text]) for text in texts)


def test_every_control_has_a_name_and_a_tooltip(page: GalleryPage) -> None:
    choose(page, 0)
    for one in page.findChildren(type(page.filters.star)):
        if one.isVisible() and not isinstance(one.parent(), QLineEdit):
            assert one.accessibleName(), one
            assert one.toolTip(), one.accessibleName()
