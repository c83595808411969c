"""Colours, spaces and fonts of the window, once; the palette and the style sheet are made from them."""

from dataclasses import asdict, dataclass
from string import Template
from typing import cast

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from studio.core.paths import RESOURCES

THEMES = RESOURCES / "themes"
TINY, SMALL, MEDIUM, LARGE, HUGE = 4, 8, 12, 16, 24
RADIUS, INPUT_RADIUS = 8, 6
CONTROL = 28  # height of buttons and inputs
TEXT_SIZE, TITLE_SIZE = 13, 15
ICON = QSize(18, 18)


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme as hex values."""

    name: str
    bg: str
    surface: str
    raised: str
    hover: str
    line: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    ok: str
    warn: str
    bad: str

    @property
    def is_dark(self) -> bool:
        """Whether light text stands on dark ground."""
        return self.name == "dark"


DARK = Tokens(
    "dark",
    bg="#16171A",
    surface="#1D1F23",
    raised="#272A30",
    hover="#30343B",
    line="#343840",
    text="#E8EAED",
    muted="#9AA1AC",
    disabled="#646A74",
    accent="#7C93FF",
    accent_hover="#93A6FF",
    on_accent="#0F1226",
    ok="#4CC38A",
    warn="#E7B355",
    bad="#E5646A",
)
LIGHT = Tokens(
    "light",
    bg="#F4F5F7",
    surface="#FFFFFF",
    raised="#ECEEF2",
    hover="#E2E5EB",
    line="#D5D9E0",
    text="#1C1E22",
    muted="#5B626D",
    disabled="#9AA0AA",
    accent="#3F57D9",
    accent_hover="#334AC4",
    on_accent="#FFFFFF",
    ok="#1F8A57",
    warn="#9A6700",
    bad="#C62F36",
)
CHINESE_FONTS = ("Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC")  # else Japanese shapes
THEMES_BY_NAME = {"dark": DARK, "light": LIGHT}


class Theme(QObject):
    """The theme in force; follows the system while the choice is "auto"."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice = "auto"
        self.tokens = DARK
        self._is_applied = False
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    def apply(self, choice: str) -> None:
        """Dress the application in "dark", "light" or what the system has ("auto")."""
        self.choice = choice
        tokens = THEMES_BY_NAME.get(choice) or system_tokens()
        if tokens == self.tokens and self._is_applied:
            return
        self.tokens, self._is_applied = tokens, True
        _apply(application(), tokens)
        self.changed.emit()

    @Slot()
    def _follow(self) -> None:
        if self.choice == "auto":
            self.apply("auto")


def application() -> QApplication:
    """The one QApplication."""
    return cast(QApplication, QApplication.instance())


def theme() -> Theme:
    """The application's one Theme."""
    app = application()
    found = app.property("studio_theme")
    if found is None:
        found = Theme()
        found.setParent(app)
        app.setProperty("studio_theme", found)
    return found


def current() -> Tokens:
    """The colours in force."""
    return theme().tokens


def system_tokens() -> Tokens:
    """What the system prefers; dark where it does not say."""
    is_light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
    return LIGHT if is_light else DARK


def _apply(app: QApplication, tokens: Tokens) -> None:
    app.setStyle("Fusion")
    app.setPalette(palette(tokens))
    font = app.font()
    font.setPixelSize(TEXT_SIZE)
    font.setFamilies(list(dict.fromkeys([QFontInfo(font).family(), *CHINESE_FONTS])))
    app.setFont(font)


def palette(tokens: Tokens) -> QPalette:
    """The tokens as Qt's palette, for everything the style sheet does not reach."""
    role, made = QPalette.ColorRole, QPalette()
    colours = {
        role.Window: tokens.bg,
        role.WindowText: tokens.text,
        role.Base: tokens.raised,
        role.AlternateBase: tokens.surface,
        role.Text: tokens.text,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.bad,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Link: tokens.accent,
        role.Accent: tokens.accent,
        role.Light: tokens.hover,
        role.Midlight: tokens.hover,
        role.Mid: tokens.line,
        role.Dark: tokens.line,
        role.Shadow: tokens.bg,
    }
    for name, colour in colours.items():
        made.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(tokens.disabled))
    return made


def style_sheet(tokens: Tokens) -> str:
    """The style sheet of resources/themes with the tokens filled in."""
    sizes = {"radius": RADIUS, "input_radius": INPUT_RADIUS, "title_size": TITLE_SIZE, "images": THEMES.as_posix()}
    return Template((THEMES / "studio.qss").read_text("utf-8")).substitute(asdict(tokens), **sizes)


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two hex colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def number_font() -> QFont:
    """The text font with digits of equal width."""
    font = QApplication.font()
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def mono_font() -> QFont:
    """The font of logs and infotexts."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(TEXT_SIZE - 1)
    return font


def dress(widget: QWidget, role: str) -> None:
    """Give a widget a role of the style sheet: primary, quiet, danger, title, muted, mono, card, panel ..."""
    widget.setProperty("role", role)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def clothe(window: QWidget) -> None:
    """Give a window (or a pop-up without a parent) the style sheet in force.

    The application itself has none: then every widget would be styled anew each time it, or what it lies in, is put
    into another, which takes four fifths of the time a page needs to be built.
    """
    window.setStyleSheet(style_sheet(current()))
