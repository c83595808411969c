"""What is known of the picture that is shown: its parameters, the prompt's chunks, its networks, its notes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import shorten
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from studio.core.result import SavedImage
from studio.ui import theme
from studio.ui.panels.network_uses import verdict
from studio.ui.panels.prompt_facts import ChunkText, Facts
from studio.ui.translate import tr
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import column, label, row, tool

if TYPE_CHECKING:
    from studio.library.networks import Named


class Inspector(QScrollArea):
    """Facts about the picture shown and about the prompt as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._infotext = QPlainTextEdit()
        self._infotext.setReadOnly(True)
        self._infotext.setTabChangesFocus(True)
        self._infotext.setFont(theme.mono_font())
        self._infotext.setAccessibleName(tr("Parameters"))
        self._infotext.setToolTip(tr("Everything this picture was made from, as it stands in its file."))
        self._infotext.setFixedHeight(260)
        self._notes, self._chunks, self._networks = _rows(), _rows(), _rows()
        inside = QWidget()
        inside.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        lines = column(self._head(), self._infotext, parent=inside, margin=theme.MEDIUM)
        self._titles: dict[QLabel, QLabel] = {}
        for title, rows in (
            (tr("Notes"), self._notes),
            (tr("Networks in the prompt"), self._networks),
            (tr("Chunks of the prompt"), self._chunks),
        ):
            self._titles[rows] = label(title, "section")
            lines.addWidget(self._titles[rows])
            lines.addWidget(rows)
        lines.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState("magnifying-glass", tr("Nothing to inspect yet"), tr("Facts about the picture appear here."))
        )
        self._stack.addWidget(inside)
        self.setWidget(self._stack)
        self.show_picture(None)
        self.show_prompt(Facts())
        self.show_networks(())

    def show_picture(self, saved: SavedImage | None) -> None:
        """Show a picture's parameters and notes."""
        self._infotext.setPlainText(saved.infotext if saved else "")
        self._parameters_title.setVisible(saved is not None)
        self._infotext.setVisible(saved is not None)
        self._copy.setVisible(saved is not None)
        self._fill(self._notes, [_plain(tr(note)) for note in (saved.notes if saved else ())])
        self._settle()

    def show_prompt(self, facts: Facts) -> None:
        """Show how the prompt is cut."""
        self._fill(self._chunks, [_chunk_row(chunk) for chunk in facts.chunks])
        self._settle()

    def show_networks(self, uses: Sequence[Named]) -> None:
        """Show which of the prompt's networks will act, and what speaks against the others."""
        self._fill(self._networks, [_network_row(use) for use in uses])
        self._settle()

    def _head(self) -> QHBoxLayout:
        self._parameters_title = label(tr("Parameters"), "section")
        self._copy = tool("copy", tr("Copy parameters"), self._copy_text, tip=tr("Copies the parameters as text."))
        return row(self._parameters_title, None, self._copy)

    def _fill(self, rows: QLabel, texts: list[str]) -> None:
        rows.setText("<br>".join(texts))
        rows.setVisible(bool(texts))
        self._titles[rows].setVisible(bool(texts))

    def _settle(self) -> None:
        is_empty = not self._infotext.toPlainText() and not any(rows.text() for rows in self._titles)
        self._stack.setCurrentIndex(0 if is_empty else 1)

    @Slot()
    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self._infotext.toPlainText())


def _rows() -> QLabel:
    made = label("", "small", wrap=True)
    made.setTextFormat(Qt.TextFormat.RichText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def _plain(text: str) -> str:
    return escape(text)


def _chunk_row(chunk: ChunkText) -> str:
    tokens = theme.current()
    words = _plain(shorten(chunk.text, 90, placeholder="…")) or "–"
    return f"<b style='color:{tokens.text}'>{chunk.count}</b> / 75 &nbsp; {words}"


def _network_row(use: Named) -> str:
    tokens = theme.current()
    kind, text = verdict(use)
    return f"{_coloured(_plain(use.tag.name), tokens.text)} &nbsp; {_coloured(_plain(text), getattr(tokens, kind))}"


def _coloured(text: str, colour: str) -> str:
    return f"<span style='color:{colour}'>{text}</span>"
