"""The colours of console text: a terminal's sixteen and any other, readable on the theme's ground."""

from functools import cache

from PySide6.QtGui import QColor

from studio.launcher.console import COLOURS, Level, Style
from studio.ui.theme import Tokens, contrast

LEAST = 4.5
DARK = ("#8B93A0", "#F0787E", "#5CCB97", "#E7B355", "#7C93FF", "#D490E8", "#4FC3D6", "#C9CDD4")
LIGHT = ("#1C1E22", "#C62F36", "#1A7A4C", "#8A5C00", "#3F57D9", "#9A36B5", "#0F7285", "#5B626D")
STEPS = 20


def ink(style: Style, level: Level, tokens: Tokens) -> tuple[QColor, QColor | None]:
    """The colours of text and ground (None: the view's own) of a style in a line of some level."""
    ground = _named(style.background, tokens) if style.background else ""
    text = _named(style.foreground, tokens) if style.foreground else _of_level(level, tokens)
    if style.inverse:
        text, ground = ground or tokens.surface, text
    if style.dim:
        text = _mixed(text, ground or tokens.surface, 0.25)
    return QColor(readable(text, ground or tokens.surface)), QColor(ground) if ground else None


def _of_level(level: Level, tokens: Tokens) -> str:
    return {Level.ERROR: tokens.bad, Level.WARNING: tokens.warn, Level.PROGRESS: tokens.muted}.get(level, tokens.text)


def _named(colour: str, tokens: Tokens) -> str:
    if colour.startswith("#"):
        return colour
    plain = (DARK if tokens.is_dark else LIGHT)[COLOURS.index(colour.removeprefix("bright "))]
    return _mixed(plain, tokens.text, 0.3) if colour.startswith("bright ") else plain


@cache
def readable(text: str, ground: str) -> str:
    """`text` moved towards black or white, as little as needed to be read on `ground` (hex values)."""
    goal = max(("#000000", "#FFFFFF"), key=lambda end: contrast(end, ground))
    mixes = (_mixed(text, goal, step / STEPS) for step in range(STEPS + 1))
    return next((mixed for mixed in mixes if contrast(mixed, ground) >= LEAST), goal)


def _mixed(one: str, other: str, share: float) -> str:
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)
