"""Prompt, negative prompt and styles, with what the text encoder will make of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from studio.core.request import GenerateRequest
from studio.ui.fields import Form
from studio.ui.icons import icon
from studio.ui.panels.parameters import is_parameters
from studio.ui.panels.prompt_box import PromptBox
from studio.ui.panels.prompt_facts import Facts, Question, look, questions
from studio.ui.panels.styles_edit import StylesEdit
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.completer import Candidate
from studio.ui.widgets.parts import button, column, tool


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
        self._asked: tuple[Question, ...] | None = None
        self._is_looking = False
        self.positive = PromptBox(GenerateRequest, "prompt", 6, is_parameters)
        self.negative = PromptBox(GenerateRequest, "negative_prompt", 3, is_parameters)
        self._hires_boxes: tuple[PromptBox, ...] = ()
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
        for box in self._hires_boxes:
            box.edit.set_candidates([c for c in candidates if c.kind not in ("network", "style")])

    def look_also_at(self, *boxes: PromptBox) -> None:
        """Look at the second pass's prompt and negative prompt too, which stand elsewhere."""
        self._hires_boxes = boxes

    def look(self, request: GenerateRequest, vectors: Mapping[str, int]) -> None:
        """Count tokens (embeddings by their `vectors`) and find out what is active when, beside the main thread."""
        asked = questions(request, vectors)
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
    def _show(self, answer: tuple[object, tuple[Facts, ...]]) -> None:
        asked, facts = answer
        if asked == self._asked:
            for box, found in zip((self.positive, self.negative, *self._hires_boxes), facts, strict=False):
                box.show_facts(found)
            self.facts_found.emit(facts[0])
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
        chip.setToolTip(tr("Puts back what stood here before wildcards were replaced:"))
        chip.hide()
        return chip

    def _show_template(self) -> None:
        text = "\n".join(template for template in self._templates if template)
        self.template.setVisible(bool(text))
        self.template.setToolTip(tr("Puts back what stood here before wildcards were replaced:") + "\n" + text[:800])
