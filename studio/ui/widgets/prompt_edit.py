"""The prompt's editor: colours, weight keys, completion and chunk marks."""

from collections.abc import Callable, Sequence
from typing import cast

from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QTextCursor
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QWidget

from studio.core.prompt import change_weight, move_item, spans, unbalanced
from studio.ui.widgets.completer import Candidate, CandidateModel, Fragment, fragment, is_worth_showing, matches
from studio.ui.widgets.highlighter import PromptColours, PromptHighlighter, pieces
from studio.ui.widgets.offsets import Offsets
from studio.ui.widgets.text_edit import TextEdit

SOON_MS, LATER_MS, LONG = 40, 250, 3000
WEIGHT_STEP = 0.1  # networks change by half of it
WEIGHT_KEYS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
ITEM_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
POPUP_KEYS = (Qt.Key.Key_Enter, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
KEEP = QTextCursor.MoveMode.KeepAnchor


def never(_text: str) -> bool:
    """The answer where nothing counts as parameters."""
    return False


class PromptEdit(TextEdit):
    """A text field that knows the language of prompts.

    `is_parameters` decides what of a paste goes to `parameters_pasted` instead of into the text; a chosen style goes
    to `style_chosen`.
    """

    parameters_pasted = Signal(str)
    style_chosen = Signal(str)

    def __init__(self, colours: PromptColours, lines: int = 4, is_parameters: Callable[[str], bool] = never) -> None:
        super().__init__(lines)
        self._colours = colours
        self._is_parameters = is_parameters
        self._highlighter = PromptHighlighter(self, colours)
        self._boundaries: Sequence[int] = ()
        self._candidates: Sequence[Candidate] = ()
        self._embeddings: frozenset[str] = frozenset()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.analyse)
        self._completions = CandidateModel(self)
        self._completer = _completer(self, self._completions)
        self._popup = cast(QAbstractItemView, self._completer.popup())
        self._popup.setProperty("role", "popup")
        self._completer.activated[QModelIndex].connect(self._complete)  # type: ignore[index]
        self.document().contentsChange.connect(self._shift)
        self.changed.connect(self._wait)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)

    # what is known

    def set_candidates(self, candidates: Sequence[Candidate]) -> None:
        """What may be completed; embeddings among them get their colour."""
        self._candidates = candidates
        self._embeddings = frozenset(c.name.casefold() for c in candidates if c.kind == "embedding")
        self._wait()

    def show_boundaries(self, boundaries: Sequence[int]) -> None:
        """Mark where chunks after the first begin (character offsets)."""
        places = Offsets(self.toPlainText())
        units = [places.unit(at) for at in boundaries]
        if units != list(self._boundaries):
            self._boundaries = units
            self.viewport().update()

    @Slot()
    def analyse(self) -> None:
        """Colour the text as it is now."""
        text = self.toPlainText()
        self._highlighter.show_pieces(pieces(text, spans(text), unbalanced(text), self._embeddings))

    @Slot()
    def _wait(self) -> None:
        self._timer.start(SOON_MS if self.document().characterCount() < LONG else LATER_MS)

    @Slot(int, int, int)
    def _shift(self, position: int, removed: int, added: int) -> None:
        moved = added - removed
        self._boundaries = [at + moved if at >= position + removed else at for at in self._boundaries]

    # editing

    def change_weight(self, direction: int) -> None:
        """Weigh the selection, or the word or network at the cursor, more (1) or less (-1)."""
        text, cursor = self.toPlainText(), self.textCursor()
        places = Offsets(text)
        start, end = places.character(cursor.selectionStart()), places.character(cursor.selectionEnd())
        self._replace(*change_weight(text, start, end, direction * WEIGHT_STEP))

    def move_item(self, direction: int) -> None:
        """Move the comma item at the cursor one place left (-1) or right (1)."""
        text = self.toPlainText()
        moved, at = move_item(text, Offsets(text).character(self.textCursor().position()), direction)
        self._replace(moved, at, at)

    def change_text(self, text: str) -> None:
        """Make the text `text` by one edit that Ctrl+Z takes back."""
        self._replace(text, len(text), len(text))

    def insert_item(self, text: str) -> None:
        """Add `text` at the end, after a comma."""
        before = self.toPlainText().rstrip()
        joint = "" if not before else " " if before.endswith(",") else ", "
        self._replace(before + joint + text, len(before + joint + text), len(before + joint + text))

    def _replace(self, text: str, start: int, end: int) -> None:
        """Make the text `text` by one edit that can be undone, and select start to end."""
        old = self.toPlainText()
        if text == old:
            return
        same = _common(old, text)
        tail = _common(old[same:][::-1], text[same:][::-1])
        before, after = Offsets(old), Offsets(text)
        cursor = self.textCursor()
        cursor.setPosition(before.unit(same))
        cursor.setPosition(before.unit(len(old) - tail), KEEP)
        cursor.insertText(text[same : len(text) - tail])
        cursor.setPosition(after.unit(start))
        cursor.setPosition(after.unit(end), KEEP)
        self.setTextCursor(cursor)
        self.analyse()

    # completion

    def offer(self, always: bool = False) -> None:
        """Open, narrow or close the list of what could stand at the cursor."""
        found = self._fragment()
        fitting = matches(found, self._candidates) if always or is_worth_showing(found) else []
        if not fitting or (len(fitting) == 1 and fitting[0].insert == found.text):
            self._popup.hide()
            return
        self._completions.show_candidates(fitting)
        self._popup.setCurrentIndex(self._completions.index(0))
        self._completer.complete(self._popup_rect())

    def _fragment(self) -> Fragment:
        line, at = self.textCursor().block().text(), self.textCursor().positionInBlock()
        return fragment(line[: Offsets(line).character(at)])

    def _popup_rect(self) -> QRect:
        width = min(self._popup.sizeHintForColumn(0) + 32, 420)
        return QRect(self.cursorRect().bottomLeft() + QPoint(0, 4), self.cursorRect().size()).adjusted(0, 0, width, 0)

    @Slot(QModelIndex)
    def _complete(self, index: QModelIndex) -> None:
        candidate = index.data(Qt.ItemDataRole.UserRole)
        found, cursor = self._fragment(), self.textCursor()
        start = Offsets(cursor.block().text()).unit(found.start)
        cursor.setPosition(cursor.block().position() + start)
        cursor.setPosition(self.textCursor().position(), KEEP)
        if candidate.kind == "style":
            cursor.removeSelectedText()
            self.style_chosen.emit(candidate.name)
        else:
            cursor.insertText(candidate.insert)
        self.setTextCursor(cursor)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Weight keys, item keys and completion; the rest types."""
        key, modifiers = event.key(), event.modifiers()
        if self._popup.isVisible() and key in POPUP_KEYS:
            event.ignore()
        elif modifiers == CONTROL and key in WEIGHT_KEYS:
            self.change_weight(WEIGHT_KEYS[Qt.Key(key)])
        elif modifiers == ALT and key in ITEM_KEYS:
            self.move_item(ITEM_KEYS[Qt.Key(key)])
        elif modifiers == CONTROL and key == Qt.Key.Key_Space:
            self.offer(always=True)
        elif modifiers == CONTROL and key in (Qt.Key.Key_Enter, Qt.Key.Key_Return):
            event.ignore()
        else:
            self._type(event)

    def _type(self, event: QKeyEvent) -> None:
        before = self.toPlainText()
        super().keyPressEvent(event)
        if event.text().isprintable() and event.text() and before != self.toPlainText():
            self.offer()
        elif self._popup.isVisible():
            self.offer() if event.key() == Qt.Key.Key_Backspace else self._popup.hide()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste text; parameters of a picture are handed on instead."""
        text = source.text()
        if self._is_parameters(text):
            self.parameters_pasted.emit(text)
        else:
            super().insertFromMimeData(source)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Leave files to the page."""
        if event.mimeData().hasUrls():
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text and a mark where each chunk begins."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setPen(QPen(self._colours.muted, 1, Qt.PenStyle.DashLine))
        for at in self._boundaries:
            rect = self._rect_at(at)
            if rect.intersects(event.rect()):
                painter.drawLine(rect.topLeft(), rect.bottomLeft())

    def _rect_at(self, position: int) -> QRect:
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(max(position, 0), self.document().characterCount() - 1))
        return self.cursorRect(cursor)


def _completer(editor: QWidget, model: CandidateModel) -> QCompleter:
    made = QCompleter(model, editor)
    made.setWidget(editor)
    made.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
    made.setMaxVisibleItems(10)
    return made


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))
