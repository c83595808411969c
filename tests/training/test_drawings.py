import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.core.errors import FileProblem, StudioError
from studio.training.pocket import drawings, packages, pictures
from studio.training.pocket.drawings import Drawing
from studio.training.pocket.recipe import EMOJI_NAMES, EMOJI_WORDS, NOTO, Package, Recipe

NAMES = {
    "🍎": {"name": "red apple", "group": "Food & Drink"},
    "🕐": {"name": "one o’clock", "group": "Travel & Places"},
    "🇫🇷": {"name": "flag France", "group": "Flags"},
}
ICONS = {"icons": {"red-apple": {"body": "<path/>"}, "one-oclock": {"body": "<path/>"}}, "width": 128, "height": 64}


def packed(folder: Path, package: Package, files: dict[str, object]) -> None:
    folder.mkdir(exist_ok=True)
    with tarfile.open(folder / package.file, "w:gz") as archive:
        for name, content in files.items():
            data = json.dumps(content).encode()
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    packed(tmp_path, EMOJI_NAMES, {"data-by-emoji.json": NAMES})
    packed(tmp_path, EMOJI_WORDS, {"dist/emoji-en-US.json": {"🍎": ["red_apple", "fruit", "apple_pie"]}})
    packed(tmp_path, NOTO.package, {"icons.json": ICONS, "chars.json": {"1f34e": "red-apple", "1f550": "one-oclock"}})
    return tmp_path


def drawing_of(colour: str, size: int = 32) -> Image.Image:
    image = Image.new("RGBA", (size, size))
    ImageDraw.Draw(image).rectangle((4, 4, size - 5, size - 5), fill=colour)
    return image


def colour_at_middle(image: Image.Image) -> tuple[int, int, int]:
    return image.convert("RGB").getpixel((16, 16))  # type: ignore[return-value]


def test_drawings_are_those_of_the_subjects_with_names_and_words(folder: Path) -> None:
    found = list(drawings.drawings(Recipe(), folder))
    assert [(drawing.name, drawing.words, drawing.style) for drawing in found] == [
        ("red apple", ("fruit", "apple pie"), "noto style")
    ]
    assert 'viewBox="0 0 128 64"' in found[0].svg


def test_a_package_that_is_broken_is_named(folder: Path) -> None:
    (folder / NOTO.package.file).write_bytes(b"no archive")
    with pytest.raises(FileProblem, match="iconify-json-noto"):
        list(drawings.drawings(Recipe(), folder))


def test_a_package_without_the_file_is_named(folder: Path) -> None:
    with pytest.raises(FileProblem, match="unicode-emoji-json"):
        packages.read_json(folder / EMOJI_NAMES.file, "other.json")


def test_without_npm_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StudioError, match="npm"):
        packages.fetch(NOTO.package, tmp_path)


@pytest.mark.parametrize("colour", drawings.COLOURS)
def test_a_drawing_gets_another_colour(colour: str) -> None:
    yellow = drawing_of("#f0c010")
    hue = drawings.main_hue(drawings.recoloured(yellow, colour))
    assert hue is not None
    assert abs((hue - drawings.COLOURS[colour] + 180) % 360 - 180) <= 10


def test_only_the_main_colour_changes() -> None:
    apple = drawing_of("#dd2222")
    ImageDraw.Draw(apple).rectangle((4, 4, 27, 8), fill="#22aa22")
    blue = drawings.recoloured(apple, "blue")
    assert np.argmax(colour_at_middle(blue)) == 2
    leaf = blue.convert("RGB").getpixel((16, 6))
    assert np.abs(np.array(leaf) - (0x22, 0xAA, 0x22)).max() <= 3


def test_what_has_no_colour_keeps_none_and_what_has_one_is_not_given_it() -> None:
    assert drawings.other_colours(drawing_of("#888888")) == []
    assert "red" not in drawings.other_colours(drawing_of("#dd2222"))
    assert "blue" in drawings.other_colours(drawing_of("#dd2222"))


def test_variants_say_what_they_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawings, "render", drawing_of)
    drawing = Drawing("red apple", ("fruit",), "noto style", "#dd2222")
    made = list(pictures.variants(drawing, 32, np.random.default_rng(0)))
    assert [row.kind for row, _ in made] == ["plain", "coloured", "coloured", "ground", "spoiled"]
    for row, picture in made:
        assert picture.size == (32, 32)
        if row.kind == pictures.COLOURED:
            colour, _, rest = row.subject.partition(" ")
            assert rest == "apple"
            assert colour in drawings.COLOURS
    ground, shown = made[3]
    name = ground.after[0].removesuffix(" background")
    assert shown.getpixel((0, 0)) == Image.new("RGB", (1, 1), drawings.GROUNDS[name]).getpixel((0, 0))
    assert made[4][0].after == ("low quality", "blurry")


def test_plain_pictures_are_shown_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawings, "render", drawing_of)
    named = [Drawing(name, (), "noto style", colour) for name, colour in (("box", "#dd2222"), ("bar", "#888888"))]
    pictures.write(tmp_path, [made for one in named for made in pictures.variants(one, 32, np.random.default_rng(0))])
    found = pictures.read(tmp_path)
    share = found.share(["box", "bar"])
    assert share.sum() == pytest.approx(1)
    plain = [share[number] for number, row in enumerate(found.rows) if row.kind == pictures.PLAIN]
    assert plain == pytest.approx([0.35, 0.35])
    bar = found.share(["bar"])
    assert bar.sum() == pytest.approx(1)
    assert {row.name for row, part in zip(found.rows, bar, strict=True) if part} == {"bar"}
