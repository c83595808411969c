import os
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from studio.core.errors import BadRequest, Cancelled, FileProblem
from studio.core.infotext_pictures import encode
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.result import SavedImage
from studio.library import thumbnails
from studio.library.gallery import Changes, Gallery
from studio.library.gallery_search import parse, value_of, with_term


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    gallery = Gallery(tmp_path / "data" / "gallery.sqlite")
    yield gallery
    gallery.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "我的 pictures"
    folder.mkdir()
    return folder


def parameters(prompt: str, negative: str = "", **entries: object) -> str:
    said = {"Steps": 20, "Sampler": "Euler a", "CFG scale": 7, "Seed": 1, "Size": "64x48", **entries}
    line = ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in said.items())
    return f"{prompt}\nNegative prompt: {negative}\n{line}" if negative else f"{prompt}\n{line}"


def paint(path: Path, text: str = "", size: tuple[int, int] = (64, 48), age_s: float = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.effect_noise(size, 60).convert("RGB")
    image.save(path) if not text else path.write_bytes(encode(image, path.suffix, text))
    moment = time.time() - age_s
    os.utime(path, (moment, moment))
    return path


def names(gallery: Gallery, search: str = "") -> list[str]:
    return [picture.path.name for picture in gallery.pictures(gallery.find(search))]


@pytest.fixture
def filled(gallery: Gallery, folder: Path) -> Gallery:
    noon = datetime(2026, 11, 5, 12).timestamp()
    paint(folder / "apple.png", parameters("a red apple on a table", "blurry", Model="anything-v3"), age_s=30)
    paint(folder / "cat.jpg", parameters("一只可爱的猫，阳光", "模糊", Seed=77, Model="写实 mix"), age_s=20)
    paint(folder / "bird.webp", parameters("a bird, best_quality", Sampler="DPM++ 2M", Seed=2**64 - 1), (80, 64), 10)
    paint(folder / "foreign.png", age_s=5)
    paint(folder / "sub" / "old.png", parameters("an old applecart 🐈", Seed=77))
    os.utime(folder / "sub" / "old.png", (noon, noon))
    assert gallery.scan([folder]) == Changes(added=5)
    return gallery


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("", ["foreign.png", "bird.webp", "cat.jpg", "apple.png", "old.png"]),
        ("apple", ["apple.png", "old.png"]),
        ("APPLE table", ["apple.png"]),
        ('"red apple"', ["apple.png"]),
        ('"apple red"', []),
        ("apple -table", ["old.png"]),
        ("猫", ["cat.jpg"]),
        ("可爱", ["cat.jpg"]),
        ("爱可", []),
        ("🐈", ["old.png"]),
        ("best_quality", ["bird.webp"]),
        ("foreign", ["foreign.png"]),
        ("blurry", []),
        ("negative:blurry", ["apple.png"]),
        ("反向：模糊", ["cat.jpg"]),
        ("model:anything", ["apple.png"]),
        ('model:"写实 mix"', ["cat.jpg"]),
        ('sampler:"euler a" seed:77', ["cat.jpg", "old.png"]),
        ("种子：77 猫", ["cat.jpg"]),
        (f"seed:{2**64 - 1}", ["bird.webp"]),
        ("size:80x64", ["bird.webp"]),
        ("size:64×48 -seed:77", ["foreign.png", "apple.png"]),
        ("date:2026-11-05", ["old.png"]),
        ("starred", []),
        ("model:100%", []),
        ('"', ["foreign.png", "bird.webp", "cat.jpg", "apple.png", "old.png"]),
    ],
)
def test_search(filled: Gallery, search: str, expected: list[str]) -> None:
    assert names(filled, search) == expected


@pytest.mark.parametrize("search", ["seed:", "seed:x", "seed:²", "size:64", "date:soon", "date:2026-13", "-seed:x"])
def test_a_malformed_term_says_what_it_wants(gallery: Gallery, search: str) -> None:
    with pytest.raises(BadRequest, match="for example"):
        gallery.find(search)


@given(st.text(alphabet=st.sampled_from('ab "-:：猫🐈*()^{}%_\\\n') | st.characters(), max_size=30))
def test_any_text_can_be_searched_for(empty: Gallery, text: str) -> None:
    with suppress(BadRequest):
        assert empty.find(text) == []


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    return Gallery(tmp_path_factory.mktemp("empty") / "gallery.sqlite")


def test_terms_can_be_set_and_taken_back() -> None:
    text = with_term("red apple", "model", "a b")
    assert text == 'red apple model:"a b"'
    assert value_of(text, "model") == "a b"
    assert with_term(with_term(text, "starred", "yes"), "model", "c") == "red apple starred model:c"
    assert with_term(text, "model") == "red apple"
    assert [str(term) for term in parse('-x "a b" foo:bar')] == ["-x", '"a b"', "foo:bar"]


def test_a_second_scan_reads_nothing(filled: Gallery, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.library.gallery.describe", None)
    assert not filled.scan([folder])


def test_a_changed_file_is_read_again(filled: Gallery, folder: Path) -> None:
    paint(folder / "apple.png", parameters("a green pear"))
    filled.scan([folder])
    assert names(filled, "pear") == ["apple.png"]
    assert names(filled, "red") == []


def test_a_deleted_picture_vanishes_and_comes_back_with_its_star(filled: Gallery, folder: Path) -> None:
    (found,) = filled.find("apple table")
    filled.star(found, True)
    content, stat = (folder / "apple.png").read_bytes(), (folder / "apple.png").stat()
    (folder / "apple.png").unlink()
    assert filled.scan([folder]) == Changes(gone=1)
    assert names(filled, "table") == []
    (folder / "apple.png").write_bytes(content)
    os.utime(folder / "apple.png", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    filled.scan([folder])
    assert names(filled, "starred") == ["apple.png"]


def test_a_moved_picture_is_found_again(filled: Gallery, folder: Path) -> None:
    (found,) = filled.find("猫")
    filled.star(found, True)
    (folder / "new place").mkdir()
    (folder / "cat.jpg").rename(folder / "new place" / "kitten.jpg")
    assert filled.scan([folder]) == Changes(moved=1)
    assert filled.find("starred kitten") == [found]
    assert not filled.scan([folder])


def test_a_copy_is_a_picture_of_its_own(filled: Gallery, folder: Path) -> None:
    (folder / "copy.jpg").write_bytes((folder / "cat.jpg").read_bytes())
    assert filled.scan([folder]) == Changes(added=1)
    assert sorted(names(filled, "猫")) == ["cat.jpg", "copy.jpg"]


def test_a_folder_that_is_not_there_keeps_its_pictures(filled: Gallery, folder: Path, tmp_path: Path) -> None:
    folder.rename(tmp_path / "unplugged")
    assert not filled.scan([folder])
    assert len(filled.find()) == 5


def test_a_folder_taken_from_the_list_hides_its_pictures(filled: Gallery, folder: Path) -> None:
    filled.scan([folder / "sub"])
    assert names(filled) == ["old.png"]
    filled.scan([folder])
    assert len(filled.find()) == 5


def test_what_is_no_picture_is_passed_over_and_read_once(
    gallery: Gallery, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "page.png").write_bytes(b"<html>")
    (folder / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (folder / "empty.webp").touch()
    (folder / ".half.png.tmp").write_bytes(b"x")
    gallery.scan([folder])
    assert gallery.find() == []
    monkeypatch.setattr("studio.library.gallery.describe", None)
    gallery.scan([folder])


def test_half_characters_stop_no_scan(gallery: Gallery, folder: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Software", "NovelAI")
    text.add_text("Comment", '{"prompt": "half \\ud800 cat", "steps": 20, "seed": 5, "uc": ""}')
    Image.new("RGB", (8, 8)).save(folder / "half.png", pnginfo=text)
    paint(Path(os.fsdecode(os.fsencode(folder) + b"/\xff.png")))
    gallery.scan([folder])
    assert names(gallery, "half cat seed:5") == ["half.png"]


def test_a_scan_can_be_stopped(gallery: Gallery, folder: Path) -> None:
    paint(folder / "a.png")
    context = JobContext()
    context.cancel()
    with pytest.raises(Cancelled):
        gallery.scan([folder], context)


def test_originals_are_not_touched(filled: Gallery, folder: Path, places: Places) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}
    for picture in filled.pictures(filled.find()):
        filled.star(picture.id, True)
        thumbnails.thumbnail(picture.path, picture.mtime_ns, places)
    filled.scan([folder])
    assert before == {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


def test_a_saved_picture_is_there_at_once_with_its_origin(filled: Gallery, folder: Path) -> None:
    text = parameters("a red apple, larger", Hires_upscale=2)
    path = paint(folder / "larger.png", text, (128, 96))
    added = filled.add(SavedImage(path, text, 128, 96), made_from=folder / "apple.png")
    assert filled.find("larger") == [added.id]
    assert not filled.scan([folder])
    relatives = filled.relatives(added)
    assert relatives.origin is not None
    assert relatives.origin.path.name == "apple.png"
    assert [p.path.name for p in relatives.same_seed] == ["apple.png"]
    assert [p.path.name for p in filled.relatives(relatives.origin).made_from_it] == ["larger.png"]
    (folder / "apple.png").rename(folder / "renamed.png")
    filled.scan([folder])
    moved = filled.relatives(filled.pictures([added.id])[0]).origin
    assert moved is not None
    assert moved.path.name == "renamed.png"


def test_hidden_pictures_can_be_taken_back(filled: Gallery, folder: Path) -> None:
    filled.hide([folder / "cat.jpg"])
    assert names(filled, "猫") == []
    assert filled.at(folder / "cat.jpg") is None
    filled.take_back([folder / "cat.jpg"])
    assert names(filled, "猫") == ["cat.jpg"]


def test_a_picture_taken_back_under_another_name_keeps_its_star(filled: Gallery, folder: Path) -> None:
    (found,) = filled.find("猫")
    filled.star(found, True)
    filled.hide([folder / "cat.jpg"])
    (folder / "cat.jpg").rename(folder / "cat-1.jpg")
    filled.take_back([folder / "cat-1.jpg"])
    assert names(filled, "starred") == ["cat-1.jpg"]
    assert not filled.scan([folder])


def test_models_and_samplers_are_listed(filled: Gallery) -> None:
    assert filled.models() == ["anything-v3", "写实 mix"]
    assert {"DPM++ 2M", "Euler a"} <= set(filled.samplers())


def test_a_thumbnail_is_small_made_once_and_anew_for_a_changed_file(folder: Path, places: Places) -> None:
    path = paint(folder / "wide.png", size=(1200, 300))
    first = thumbnails.thumbnail(path, 1, places)
    with Image.open(first) as image:
        assert image.size == (256, 64)
    stamp = first.stat().st_mtime_ns
    assert thumbnails.thumbnail(path, 1, places) == first
    assert first.stat().st_mtime_ns == stamp
    assert thumbnails.thumbnail(path, 2, places) != first


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_picture_has_a_thumbnail(folder: Path, places: Places, mode: str) -> None:
    path = folder / ("x.jpg" if mode == "CMYK" else "x.png")
    Image.new(mode, (300, 200)).save(path)
    with Image.open(thumbnails.thumbnail(path, 1, places)) as image:
        assert image.size == (256, 171)


def test_a_decompression_bomb_has_no_thumbnail(folder: Path, places: Places) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1 << 20), 9)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    (folder / "bomb.png").write_bytes(bomb)
    with pytest.raises(FileProblem, match="cannot be shown"):
        thumbnails.thumbnail(folder / "bomb.png", 1, places)


def test_the_oldest_thumbnails_make_room_and_come_back(tmp_path: Path, places: Places) -> None:
    made = []
    for number in range(3):
        path = paint(tmp_path / f"{number}.png")
        made.append(thumbnails.thumbnail(path, path.stat().st_mtime_ns, places))
        os.utime(made[-1], (1_700_000_000 + number, 1_700_000_000 + number))
    room = sum(file.stat().st_size for file in made[1:])
    assert thumbnails.prune(places, JobContext(), room) == 1
    assert [file.exists() for file in made] == [False, True, True]
    assert thumbnails.prune(places, JobContext(), room) == 0
    assert thumbnails.prune(places, JobContext(), 0) == 2
    path = tmp_path / "0.png"
    assert thumbnails.thumbnail(path, path.stat().st_mtime_ns, places) == made[0]
