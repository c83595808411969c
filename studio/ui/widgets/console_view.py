"""Hundreds of thousands of console lines: only those that are seen are drawn, nothing is laid out ahead."""

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QMenu

from studio.launcher.console import PLAIN, Console, Line, Span, Style
from studio.ui import theme
from studio.ui.console_colours import ink
from studio.ui.sieve import Sieve
from studio.ui.translate import tr

MARGIN = theme.SMALL
LEADING = 3
LONG = 1000  # characters


class Spot(NamedTuple):
    """A place in the text: a line's number and how many characters stand before it."""

    line: int
    column: int


class ConsoleView(QAbstractScrollArea):
    """Shows the lines of a Console that a Sieve lets through; selects, copies, follows the end.

    `follow_changed` tells whether the view stays at the end while lines arrive.
    """

    follow_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.sieve = Sieve(self)
        self.is_following = True
        self._is_laying_out = False
        self._console = Console()
        self._anchor = self._cursor = Spot(0, 0)
        self._marked = -1
        self._words = ""
        self.setFont(theme.mono_font())
        self._metrics = QFontMetricsF(self.font())
        self._row_height = round(self._metrics.height()) + LEADING
        self._narrowest = max(1.0, self._metrics.horizontalAdvance("i"))
        self._widest = 0
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Console"))
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().valueChanged.connect(self._follow_or_not)
        self.horizontalScrollBar().valueChanged.connect(self.viewport().update)
        self.sieve.changed.connect(self._lay_out)

    # what is shown

    def show_console(self, console: Console) -> None:
        """Show the lines of another console from now on."""
        self._console = console
        self._anchor = self._cursor = Spot(0, 0)
        self._marked, self._widest = -1, 0
        self.sieve.look_in(console)
        self.follow(True)

    def refresh(self, first: int) -> None:
        """The lines from number `first` on are new or changed."""
        self.sieve.refresh(first)
        if self.sieve.is_open:
            self._lay_out()

    def highlight(self, words: str) -> None:
        """Mark every place of `words`, letter case aside."""
        self._words = words.casefold()
        self.viewport().update()

    def reveal(self, line: int) -> None:
        """Scroll to a line, in the middle of the view, and mark it."""
        self._marked = line
        self.follow(False)
        bar = self.verticalScrollBar()
        bar.setValue(self._row_of(line) - self._rows_seen() // 2)
        self.horizontalScrollBar().setValue(0)
        self.viewport().update()

    @property
    def marked(self) -> int:
        """The line that was revealed last, -1 if none."""
        return self._marked

    def follow(self, is_following: bool) -> None:
        """Stay at the end while lines arrive, or stay where the view is."""
        if is_following != self.is_following:
            self.is_following = is_following
            self.follow_changed.emit(is_following)
        self._lay_out()

    @property
    def row_count(self) -> int:
        """How many lines can be scrolled to."""
        return len(self._console) if self.sieve.is_open else len(self.sieve.numbers)

    def number_at(self, row: int) -> int:
        """The number of the line in a row."""
        return self._console.first + row if self.sieve.is_open else self.sieve.numbers[row]

    def _row_of(self, line: int) -> int:
        return line - self._console.first if self.sieve.is_open else bisect_left(self.sieve.numbers, line)

    def _rows_seen(self) -> int:
        return max(1, (self.viewport().height() - 2 * MARGIN) // self._row_height)

    @Slot()
    def _lay_out(self) -> None:
        bar, rows, follows = self.verticalScrollBar(), self._rows_seen(), self.is_following
        self._is_laying_out = True
        bar.setPageStep(rows)
        bar.setRange(0, max(0, self.row_count - rows))
        if follows:
            bar.setValue(bar.maximum())
        self._is_laying_out = False
        self.viewport().update()

    @Slot(int)
    def _follow_or_not(self, value: int) -> None:
        is_at_end = value >= self.verticalScrollBar().maximum()
        if is_at_end != self.is_following and not self._is_laying_out:
            self.is_following = is_at_end
            self.follow_changed.emit(is_at_end)
        self.viewport().update()

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's
        """Draw the lines that are seen."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(theme.current().surface))
        top, first = MARGIN, self.verticalScrollBar().value()
        left = MARGIN - self.horizontalScrollBar().value()
        for row in range(first, min(first + self._rows_seen() + 1, self.row_count)):
            number = self.number_at(row)
            self._draw_row(painter, number, self._console.line(number), left, top)
            top += self._row_height
        self._widen()

    def _draw_row(self, painter: QPainter, number: int, line: Line, left: int, top: int) -> None:
        tokens, width = theme.current(), self.viewport().width()
        if number == self._marked:
            painter.fillRect(QRect(0, top, width, self._row_height), QColor(tokens.raised))
            painter.fillRect(QRect(0, top, 3, self._row_height), QColor(tokens.accent))
        self._widest = max(self._widest, self._width_of(line.text))
        seen = seen_part(line, int((width - left) / self._narrowest) + 1)
        self._draw_words(painter, seen.text, left, top)
        for span in _whole(seen):
            self._draw_span(painter, seen, span, left, top)
        self._draw_selection(painter, number, seen, left, top)

    def _width_of(self, text: str) -> int:
        """How wide a line is; of very long ones about."""
        return round(self._metrics.horizontalAdvance(text) if len(text) < LONG else len(text) * self._narrowest)

    def _draw_span(self, painter: QPainter, line: Line, span: Span, left: int, top: int) -> None:
        text, before = line.text[span.start : span.end], self._metrics.horizontalAdvance(line.text[: span.start])
        colour, ground = ink(span.style, line.level, theme.current())
        font = self._font(span.style)
        x = left + before
        if ground:
            advance = self._metrics.horizontalAdvance(text)
            painter.fillRect(QRect(round(x), top, round(advance), self._row_height), ground)
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(QPoint(round(x), top + round(self._metrics.ascent()) + LEADING // 2), text)

    def _font(self, style: Style) -> QFont:
        if style == PLAIN:
            return self.font()
        font = QFont(self.font())
        font.setBold(style.bold)
        font.setItalic(style.italic)
        font.setUnderline(style.underline)
        font.setStrikeOut(style.strike)
        return font

    def _draw_words(self, painter: QPainter, text: str, left: int, top: int) -> None:
        """The ground of every place that is searched for."""
        place = text.casefold().find(self._words) if self._words else -1
        colour = QColor(theme.current().warn)
        colour.setAlpha(70)
        while place >= 0:
            painter.fillRect(self._part(text, place, place + len(self._words), left, top), colour)
            place = text.casefold().find(self._words, place + len(self._words))

    def _draw_selection(self, painter: QPainter, number: int, line: Line, left: int, top: int) -> None:
        start, end = self._selected_of(number, len(line.text))
        if start < 0:
            return
        colour = QColor(theme.current().accent)
        colour.setAlpha(90)
        painter.fillRect(self._part(line.text, start, max(end, start), left, top).adjusted(0, 0, 2, 0), colour)

    def _part(self, text: str, start: int, end: int, left: int, top: int) -> QRect:
        x = self._metrics.horizontalAdvance(text[:start])
        return QRect(round(left + x), top, round(self._metrics.horizontalAdvance(text[:end]) - x), self._row_height)

    def _widen(self) -> None:
        """Let the view scroll sideways as far as the longest line that was seen."""
        most = max(0, self._widest + 2 * MARGIN - self.viewport().width())
        if most != self.horizontalScrollBar().maximum():
            self.horizontalScrollBar().setRange(0, most)
            self.horizontalScrollBar().setPageStep(self.viewport().width())
            self.horizontalScrollBar().setSingleStep(24)

    # selection

    def _selected_of(self, number: int, length: int) -> tuple[int, int]:
        """First and last selected place of a line, (-1, -1) if none is."""
        low, high = sorted((self._anchor, self._cursor))
        if low == high or not low.line <= number <= high.line:
            return -1, -1
        return (low.column if number == low.line else 0), (high.column if number == high.line else length)

    @property
    def selected_text(self) -> str:
        """What is selected, of the lines that are shown."""
        low, high = sorted((self._anchor, self._cursor))
        if low == high:
            return ""
        texts = self._texts(max(low.line, self._console.first), high.line)
        if texts and self._is_shown(high.line):
            texts[-1] = texts[-1][: high.column]
        if texts and self._is_shown(low.line):
            texts[0] = texts[0][low.column :]
        return "\n".join(texts)

    def _is_shown(self, number: int) -> bool:
        """Whether a line is kept and goes through the sieve."""
        row = self._row_of(number)
        return 0 <= row < self.row_count and self.number_at(row) == number

    def _texts(self, start: int, end: int) -> list[str]:
        """The texts of the lines that are shown, from number `start` to `end`."""
        lines, first = self._console.lines, self._console.first
        if self.sieve.is_open:
            return [line.text for line in lines[start - first : end + 1 - first]]
        numbers = self.sieve.numbers
        return [lines[n - first].text for n in numbers[bisect_left(numbers, start) : bisect_right(numbers, end)]]

    @Slot()
    def select_all(self) -> None:
        """Select every line that is shown."""
        if self.row_count:
            last = self.number_at(self.row_count - 1)
            self._anchor = Spot(self.number_at(0), 0)
            self._cursor = Spot(last, len(self._console.line(last).text))
            self.viewport().update()

    @Slot()
    def copy(self) -> None:
        """Put what is selected, else the marked line, on the clipboard."""
        text = self.selected_text
        if not text and self._marked >= self._console.first:
            text = self._console.line(self._marked).text
        if text:
            QGuiApplication.clipboard().setText(text)

    def _spot(self, at: QPoint) -> Spot:
        if not self.row_count:
            return Spot(0, 0)
        row = (at.y() - MARGIN) // self._row_height + self.verticalScrollBar().value()
        number = self.number_at(min(max(0, row), self.row_count - 1))
        text = self._console.line(number).text
        x = at.x() - MARGIN + self.horizontalScrollBar().value()
        return Spot(number, self._column(text, x))

    def _column(self, text: str, x: float) -> int:
        low, high = 0, len(text)
        while low < high:
            middle = (low + high) // 2
            half = (
                self._metrics.horizontalAdvance(text[: middle + 1]) + self._metrics.horizontalAdvance(text[:middle])
            ) / 2
            low, high = (middle + 1, high) if half < x else (low, middle)
        return low

    # events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._cursor = self._spot(event.position().toPoint())
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._anchor = self._cursor
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select further; beyond the edge the view scrolls."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            at, bar = event.position().toPoint(), self.verticalScrollBar()
            if at.y() < 0 or at.y() > self.viewport().height():
                bar.setValue(bar.value() + (1 if at.y() > 0 else -1))
            self._cursor = self._spot(at)
            self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select the line."""
        spot = self._spot(event.position().toPoint())
        if self.row_count:
            self._anchor = Spot(spot.line, 0)
            self._cursor = Spot(spot.line, len(self._console.line(spot.line).text))
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, select everything, go to the begin and the end; the arrows scroll."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.key() == Qt.Key.Key_End:
            self.follow(True)
        elif event.key() == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(0)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer copying and selecting."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Copy"), self.copy)
        menu.addAction(tr("Select all"), self.select_all)
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many lines as fit now."""
        super().resizeEvent(event)
        self._lay_out()

    def sizeHint(self) -> QSize:
        """As much as there is."""
        return QSize(600, 400)


def seen_part(line: Line, most: int) -> Line:
    """The first `most` characters of a line: what stands beyond the edge is not drawn."""
    if len(line.text) <= most:
        return line
    spans = (Span(span.start, min(span.end, most), span.style) for span in line.spans if span.start < most)
    return Line(line.text[:most], line.level, tuple(spans))


def _whole(line: Line) -> list[Span]:
    """The spans of a line with plain ones between them."""
    found: list[Span] = []
    place = 0
    for span in line.spans:
        if span.start > place:
            found.append(Span(place, span.start, PLAIN))
        found.append(span)
        place = span.end
    if place < len(line.text):
        found.append(Span(place, len(line.text), PLAIN))
    return found
