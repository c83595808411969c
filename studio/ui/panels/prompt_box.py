"""One prompt with everything that is said of it."""

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from studio.core.option import Record
from studio.ui import theme
from studio.ui.panels.prompt_facts import Facts
from studio.ui.translate import tr
from studio.ui.widgets.highlighter import prompt_colours
from studio.ui.widgets.parts import column, label, row, tool
from studio.ui.widgets.prompt_edit import PromptEdit, never
from studio.ui.widgets.timeline_ruler import TimelineRuler


class PromptBox(QWidget):
    """One prompt: its title, counter, editor and ruler."""

    changed = Signal()

    def __init__(
        self, record: type[Record], name: str, lines: int, is_parameters: Callable[[str], bool] = never
    ) -> None:
        super().__init__()
        tokens = theme.current()
        option = record.model_fields[name]
        title, help_text = tr(option.title or name), tr(option.description or "")
        colours = prompt_colours(tokens.text, tokens.muted, tokens.bad, tokens.is_dark)
        self.edit = PromptEdit(colours, lines, is_parameters)
        self.edit.setAccessibleName(title)
        self.edit.setAccessibleDescription(help_text)
        self.edit.setToolTip(help_text)
        self.edit.setPlaceholderText(help_text)
        self.counter = label("0/75", "small")
        self.counter.setFont(theme.number_font())
        self.counter.setToolTip(tr("Tokens of the prompt, and how many its chunks of 75 can hold."))
        self.ruler = TimelineRuler()
        self.ruler.set_colours([QColor(colour) for colour in (tokens.accent, tokens.ok, tokens.warn, tokens.bad)])
        self.ruler.setToolTip(tr("What is active at which step; the hires pass follows behind the dashed line."))
        heading = label(title, "section")
        heading.setBuddy(self.edit)
        self.clear = tool("backspace", tr("Clear"), self._clear, tip=tr("Empties this prompt; Ctrl+Z brings it back."))
        self.head = row(heading, None, self.counter, self.clear, spacing=theme.TINY)
        column(self.head, self.edit, self.ruler, parent=self, spacing=theme.TINY)
        self.edit.changed.connect(self.changed)

    def show_facts(self, facts: Facts) -> None:
        """Show counter, chunk marks and ruler."""
        self.counter.setText(f"{facts.count}/{facts.room}")
        self.edit.show_boundaries(facts.boundaries)
        self.ruler.show_rows(facts.rows, facts.steps, facts.hires_steps)

    @Slot()
    def _clear(self) -> None:
        self.edit.selectAll()
        self.edit.textCursor().removeSelectedText()
        self.edit.setFocus()
