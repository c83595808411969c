"""Both themes can be read, and every token reaches the style sheet."""

import re
from dataclasses import asdict

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QWidget

from studio.ui import theme
from studio.ui.icons import icon

BOTH = pytest.mark.parametrize("tokens", [theme.DARK, theme.LIGHT], ids=lambda tokens: tokens.name)
GROUNDS = ("bg", "surface", "raised", "hover")


def test_contrast_is_what_wcag_says() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.01)
    assert theme.contrast("#123456", "#123456") == 1


@BOTH
def test_text_stands_out_from_every_ground(tokens: theme.Tokens) -> None:
    for ink in ("text", "muted"):
        for ground in GROUNDS:
            assert theme.contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5, (ink, ground)
    for ground in ("bg", "surface", "raised"):
        assert theme.contrast(tokens.accent, getattr(tokens, ground)) >= 4.5, ground
    for ground in ("accent", "accent_hover"):
        assert theme.contrast(tokens.on_accent, getattr(tokens, ground)) >= 4.5, ground


@BOTH
def test_signs_stand_out_from_cards(tokens: theme.Tokens) -> None:
    for sign in ("ok", "warn", "bad", "accent"):
        for ground in ("bg", "surface", "raised"):
            assert theme.contrast(getattr(tokens, sign), getattr(tokens, ground)) >= 3, (sign, ground)


@BOTH
def test_the_style_sheet_is_filled_and_its_pictures_exist(tokens: theme.Tokens) -> None:
    sheet = theme.style_sheet(tokens)
    assert "$" not in sheet
    colours = {value.lower() for value in asdict(tokens).values()}
    assert {found.lower() for found in re.findall(r"#[0-9A-Fa-f]{6}\b", sheet)} <= colours
    pictures = re.findall(r"url\(([^)]+)\)", sheet)
    assert pictures
    for picture in pictures:
        assert (theme.THEMES / picture.rsplit("/", 1)[1]).is_file()


def test_switching_dresses_the_application_and_tells() -> None:
    app, told = QApplication.instance(), []
    assert isinstance(app, QApplication)
    theme.theme().changed.connect(lambda: told.append(theme.current().name))
    theme.theme().apply("light")
    assert app.palette().color(QPalette.ColorRole.Window).name().upper() == theme.LIGHT.bg
    assert not theme.current().is_dark
    theme.theme().apply("light")
    theme.theme().apply("dark")
    window = QWidget()
    theme.clothe(window)
    assert theme.DARK.accent in window.styleSheet()
    window.deleteLater()
    assert told == ["light", "dark"]


def test_auto_is_what_the_system_has() -> None:
    theme.theme().apply("auto")
    assert theme.current() == theme.system_tokens()
    theme.theme().apply("dark")


def test_icons_are_drawn_in_their_colour() -> None:
    image = icon("house", "#FF0000").pixmap(32, 32).toImage()
    inked = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    seen = {colour.name() for colour in inked if colour.alpha() == 255}
    assert seen == {"#ff0000"}
    with pytest.raises(KeyError):
        icon("no-such-sign")


def test_chinese_is_written_in_chinese_shapes() -> None:
    theme.theme().apply("light")
    theme.theme().apply("dark")
    families = QApplication.font().families()
    assert families[0] not in theme.CHINESE_FONTS
    assert families[-len(theme.CHINESE_FONTS) :] == list(theme.CHINESE_FONTS)
    assert len(families) == len(set(families))
