"""Prompt, negative prompt and styles, with what the text encoder will make of them."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QPushButton, QWidget

from studio.core.request import GenerateRequest
from studio.ui import theme
from studio.ui.fields import Form
from studio.ui.icons import icon
from studio.ui.panels.parameters import is_parameters
from studio.ui.panels.prompt_facts import Facts, Question, look
from studio.ui.panels.styles_edit import StylesEdit
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.completer import Candidate
from studio.ui.widgets.highlighter import prompt_colours
from studio.ui.widgets.parts import button, column, label, row, tool
from studio.ui.widgets.prompt_edit import PromptEdit
from studio.ui.widgets.timeline_ruler import TimelineRuler


class PromptBox(QWidget):
    """One prompt: its title, counter, editor and ruler."""

    changed = Signal()

    def __init__(self, name: str, lines: int) -> None:
        super().__init__()
        tokens = theme.current()
        option = GenerateRequest.model_fields[name]
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


class PromptPanel(QWidget):
    """Both prompts, styles and wildcards; `paste_wanted` asks to apply the clipboard's parameters."""

    changed = Signal()
    paste_wanted = Signal()
    parameters_pasted = Signal(str)
    facts_found = Signal(object)  # Facts of the prompt

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._templates = ("", "")
        self._prompts = ("", "")
        self._asked: tuple[Question, Question] | None = None
        self._is_looking = False
        self.positive, self.negative = PromptBox("prompt", 6), PromptBox("negative_prompt", 3)
        self.styles = StylesEdit(session, self.prompts)
        self.form = Form(GenerateRequest, names=("wildcards",), choices=session.choices)
        self.template = self._template_chip()
        paste = tool(
            "clipboard-text",
            tr("Paste parameters"),
            self.paste_wanted.emit,
            tip=tr("Applies the parameters of a picture's text in the clipboard."),
        )
        self.positive.head.insertWidget(self.positive.head.count() - 1, paste)
        self._paste = paste
        self.styles.head.addWidget(self.form)
        column(self.positive, self.template, self.negative, self.styles, parent=self)
        for box in (self.positive, self.negative):
            box.changed.connect(self._edited)
            box.edit.parameters_pasted.connect(self.parameters_pasted)
            box.edit.style_chosen.connect(self.styles.add)
        self.styles.changed.connect(self.changed)
        self.styles.taken.connect(self._take_style)
        self.form.changed.connect(self.changed)

    def focus_chain(self) -> list[QWidget]:
        """What takes the focus, as the eye reads it."""
        first = [self._paste, self.positive.clear, self.positive.edit, self.template]
        return [*first, self.negative.clear, self.negative.edit, self.styles.button, self.form.editors["wildcards"]]

    def prompts(self) -> tuple[str, str]:
        """Prompt and negative prompt."""
        return self.positive.edit.value(), self.negative.edit.value()

    def read(self) -> dict[str, Any]:
        """The values by field name."""
        prompt, negative = self.prompts()
        return {
            "prompt": prompt,
            "negative_prompt": negative,
            "styles": self.styles.value(),
            "template": self._templates[0],
            "negative_template": self._templates[1],
            **self.form.read(),
        }

    def display(self, request: GenerateRequest) -> None:
        """Show a request's prompts."""
        self._prompts = (request.prompt, request.negative_prompt)
        self._templates = (request.template, request.negative_template)
        self.positive.edit.set_value(request.prompt)
        self.negative.edit.set_value(request.negative_prompt)
        self._templates = (request.template, request.negative_template)
        self.styles.set_value(request.styles)
        self.form.display(request)
        self._show_template()

    def set_candidates(self, candidates: Sequence[Candidate]) -> None:
        """What both prompts can complete."""
        self.positive.edit.set_candidates(candidates)
        self.negative.edit.set_candidates([c for c in candidates if c.kind != "network"])

    def look(self, request: GenerateRequest) -> None:
        """Count tokens and find out what is active when, beside the main thread."""
        asked = (Question.of(request, False), Question.of(request, True))
        if asked == self._asked:
            return
        self._asked = asked
        if not self._is_looking:
            self._begin()

    def _begin(self) -> None:
        self._is_looking = True
        asked = self._asked
        job = self._session.pictures.begin(lambda _: (asked, tuple(look(question) for question in asked or ())))
        job.succeeded.connect(self._show)
        job.finished.connect(self._looked)

    @Slot(object)
    def _show(self, answer: tuple[object, tuple[Facts, Facts]]) -> None:
        asked, (positive, negative) = answer
        if asked == self._asked:
            self.positive.show_facts(positive)
            self.negative.show_facts(negative)
            self.facts_found.emit(positive)
        else:
            self._begin()

    @Slot()
    def _looked(self) -> None:
        self._is_looking = False

    @Slot()
    def _edited(self) -> None:
        """A template says how a prompt came about, so it goes when that prompt is changed."""
        pairs = zip(self.prompts(), self._prompts, self._templates, strict=True)
        self._templates = tuple(template if now == then else "" for now, then, template in pairs)  # type: ignore[assignment]
        self._show_template()
        self.changed.emit()

    @Slot(str, str)
    def _take_style(self, prompt: str, negative: str) -> None:
        for box, text in ((self.positive, prompt), (self.negative, negative)):
            if text:
                box.edit.insert_item(text)

    @Slot()
    def _use_template(self) -> None:
        for box, template in zip((self.positive, self.negative), self._templates, strict=True):
            if template:
                box.edit.set_value(template)

    def _template_chip(self) -> QPushButton:
        chip = button(tr("Back to the template with wildcards"), self._use_template, role="quiet")
        chip.setIcon(icon("shuffle"))
        chip.hide()
        return chip

    def _show_template(self) -> None:
        text = "\n".join(template for template in self._templates if template)
        self.template.setVisible(bool(text))
        self.template.setToolTip(tr("Puts back what stood here before wildcards were replaced:") + "\n" + text[:800])
