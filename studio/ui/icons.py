"""Icons: Phosphor, from the font that qtawesome ships, drawn at any size in the theme's text colour.

qtawesome itself is not imported: that takes longer than everything else the window shows first.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from studio.ui import theme


def icon(name: str, colour: str = "") -> QIcon:
    """The Phosphor icon `name` ("house", "gear") in `colour` (a hex value), or in the text's. Raises KeyError."""
    tokens = theme.current()
    return QIcon(GlyphEngine(chr(int(_glyphs()[name], 16)), colour or tokens.text, tokens.disabled))


class GlyphEngine(QIconEngine):
    """Draws one character of the icon font."""

    def __init__(self, glyph: str, colour: str, disabled: str) -> None:
        super().__init__()
        self._glyph, self._colour, self._disabled = glyph, colour, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:  # noqa: ARG002
        """Draw the glyph as large as the rectangle."""
        painter.save()
        font = QFont(_family())
        font.setPixelSize(rect.height())
        painter.setFont(font)
        painter.setPen(QColor(self._disabled if mode == QIcon.Mode.Disabled else self._colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._glyph)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The glyph on a transparent ground."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        """Another one of the same."""
        return GlyphEngine(self._glyph, self._colour, self._disabled)


@cache
def _fonts() -> Path:
    spec = find_spec("qtawesome")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("qtawesome")
    return Path(spec.submodule_search_locations[0]) / "fonts"


@cache
def _glyphs() -> dict[str, str]:
    return json.loads(next(_fonts().glob("phosphor-charmap-*.json")).read_text("utf-8"))


@cache
def _family() -> str:
    font = QFontDatabase.addApplicationFont(str(next(_fonts().glob("phosphor-[0-9]*.ttf"))))
    return QFontDatabase.applicationFontFamilies(font)[0]
