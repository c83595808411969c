"""A ruler of sampling steps that shows which text of a prompt is active when."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

ROW, TICKS, GAP = 14, 13, 2
MOST_ROWS = 4


@dataclass(frozen=True)
class Band:
    """A text that is active from `start` to `end`, in steps from 0 over both passes."""

    start: float
    end: float
    text: str


class TimelineRuler(QWidget):
    """Rows of bands over a scale of steps; the hires pass follows the first behind a divider.

    It takes no room while nothing changes during the run.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rows: tuple[tuple[Band, ...], ...] = ()
        self._steps = self._hires_steps = 0
        self._colours: tuple[QColor, ...] = (QColor("#7C93FF"), QColor("#4CC38A"))
        self.hide()

    @property
    def rows(self) -> tuple[tuple[Band, ...], ...]:
        """The bands that are shown, one row for each place of the prompt that changes."""
        return self._rows

    def show_rows(self, rows: Sequence[Sequence[Band]], steps: int, hires_steps: int = 0) -> None:
        """Show these rows over `steps` of the first pass and `hires_steps` of the second."""
        self._rows = tuple(tuple(row) for row in rows)[:MOST_ROWS]
        self._steps, self._hires_steps = steps, hires_steps
        self.setVisible(bool(self._rows))
        self.updateGeometry()
        self.update()

    def set_colours(self, colours: Sequence[QColor]) -> None:
        """Colours that bands take in turn."""
        self._colours = tuple(colours)
        self.update()

    def sizeHint(self) -> QSize:
        """High enough for the rows."""
        return QSize(200, len(self._rows) * (ROW + GAP) + TICKS)

    def minimumSizeHint(self) -> QSize:
        """As narrow as wished, as high as needed."""
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's
        """Draw scale and bands."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPixelSize(10)
        painter.setFont(font)
        for index, row in enumerate(self._rows):
            self._paint_row(painter, index, row)
        self._paint_scale(painter)

    def _paint_row(self, painter: QPainter, index: int, row: Sequence[Band]) -> None:
        top = index * (ROW + GAP)
        metrics = QFontMetrics(painter.font())
        texts = list(dict.fromkeys(band.text for band in row))
        for band in row:
            left, right = self._x(band.start), self._x(band.end)
            rect = QRectF(left, top, right - left, ROW).adjusted(0.5, 0, -1, 0)
            colour = QColor(self._colours[texts.index(band.text) % len(self._colours)])
            colour.setAlpha(90 if band.text else 24)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(rect, 3, 3)
            painter.setPen(self.palette().text().color())
            text = metrics.elidedText(band.text or "–", Qt.TextElideMode.ElideRight, int(rect.width()) - 6)
            if rect.width() > 14:
                painter.drawText(rect.adjusted(4, 0, -2, 0), Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_scale(self, painter: QPainter) -> None:
        top = len(self._rows) * (ROW + GAP)
        colour = self.palette().placeholderText().color()
        painter.setPen(QPen(colour, 1))
        total = self._steps + self._hires_steps
        painter.drawLine(0, top, self.width(), top)
        free = 0.0
        for step in self._ticks(total):
            x = self._x(step)
            painter.drawLine(int(x), top, int(x), top + 3)
            text = str(step if step <= self._steps else step - self._steps)
            width = painter.fontMetrics().horizontalAdvance(text)
            left = min(max(x - width / 2, 0), self.width() - width)
            if left >= free:
                painter.drawText(QRectF(left, top + 2, width + 2, TICKS - 2), Qt.AlignmentFlag.AlignVCenter, text)
                free = left + width + 6
        if self._hires_steps:
            painter.setPen(QPen(colour, 1, Qt.PenStyle.DashLine))
            painter.drawLine(int(self._x(self._steps)), 0, int(self._x(self._steps)), top)

    def _ticks(self, total: int) -> list[int]:
        distance = next((d for d in (1, 2, 5, 10, 20, 50, 100, 200) if d * self.width() >= 26 * total), 500)
        first = list(range(0, self._steps + 1, distance))
        second = [self._steps + step for step in range(distance, self._hires_steps + 1, distance)]
        return sorted({*first, self._steps, *second, total})

    def _x(self, step: float) -> float:
        total = max(self._steps + self._hires_steps, 1)
        return min(max(step, 0), total) / total * (self.width() - 1)

    def event(self, event: QEvent) -> bool:
        """Tell the whole text of the band under the mouse."""
        if isinstance(event, QHelpEvent) and (text := self._text_at(event.pos().x(), event.pos().y())):
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def _text_at(self, x: int, y: int) -> str:
        index = y // (ROW + GAP)
        if not 0 <= index < len(self._rows):
            return ""
        found = (band for band in self._rows[index] if self._x(band.start) <= x < self._x(band.end))
        return next((f"{band.start:g}–{band.end:g}: {band.text}" for band in found), "")
