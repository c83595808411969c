"""What one page deletes no other shows, and the way back brings it to all of them."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image

from studio.core.result import SavedImage
from studio.library.gallery import opened
from studio.ui.errors import Notice
from studio.ui.pages.create import CreatePage
from studio.ui.session import Session

Until = Callable[..., None]


def pictures(folder: Path, count: int) -> list[SavedImage]:
    folder.mkdir(parents=True)
    made = [SavedImage(folder / f"{number}.png", "a\nSteps: 1", 8, 8) for number in range(count)]
    for number, saved in enumerate(made):
        Image.new("RGB", (8, 8), (number * 50, 0, 0)).save(saved.path)
    return made


def test_a_picture_deleted_on_the_create_page_leaves_the_gallery_too(session: Session, until: Until) -> None:
    page, notices = CreatePage(session), list[Notice]()
    session.noticed.connect(notices.append)
    gallery = opened(session.places.gallery)
    made = pictures(session.places.outputs, 2)
    for saved in made:
        gallery.add(saved)
        page.results.take(saved)
    page.results.delete.trigger()
    until(lambda: notices)
    assert not made[1].path.exists()
    assert [picture.path for picture in gallery.pictures(gallery.find())] == [made[0].path]
    notices[0].act()  # type: ignore[misc]
    until(lambda: len(list(page.results.strip.pictures())) == 2)
    assert len(gallery.find()) == 2


def test_what_is_deleted_elsewhere_leaves_the_strip_and_comes_back(session: Session, until: Until) -> None:
    page, notices = CreatePage(session), list[Notice]()
    session.noticed.connect(notices.append)
    made = pictures(session.places.outputs, 3)
    for saved in made:
        page.results.take(saved)
    session.bin.discard([made[0].path, made[1].path])
    until(lambda: notices)
    assert "2" in notices[0].text
    assert list(page.results.strip.pictures()) == [made[2]]
    notices[0].act()  # type: ignore[misc]
    until(lambda: len(list(page.results.strip.pictures())) == 3)
    assert all(saved.path.exists() for saved in made)


def test_a_new_file_in_its_place_stays_and_the_picture_comes_back_beside_it(session: Session, until: Until) -> None:
    page, notices, back = CreatePage(session), list[Notice](), list[dict[Path, Path]]()
    session.noticed.connect(notices.append)
    session.bin.restored.connect(back.append)
    (saved,) = pictures(session.places.outputs, 1)
    page.results.take(saved)
    until(lambda: not session.pictures.jobs)
    session.bin.discard([saved.path])
    until(lambda: notices)
    saved.path.write_bytes(b"new")
    notices[0].act()  # type: ignore[misc]
    until(lambda: back)
    assert saved.path.read_bytes() == b"new"
    assert [kept.path for kept in page.results.strip.pictures()] == [back[0][saved.path]]
    assert back[0][saved.path] != saved.path
