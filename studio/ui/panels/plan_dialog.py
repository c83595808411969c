"""A plan before it is carried out: how many files, how large, from where to where, what stands in the way."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton, QWidget

from studio.library.plans import Act, Plan
from studio.ui import theme
from studio.ui.library import Proposal
from studio.ui.sizes import size_of
from studio.ui.translate import tr
from studio.ui.widgets.parts import button, column, label, row

WIDTH, LIST_HEIGHT = 620, 200
MOST = 200


class PlanDialog(QDialog):
    """Shows a Proposal; `accepted_plan` gives the plan whose button was pressed."""

    accepted_plan = Signal(object)  # Plan

    def __init__(self, proposal: Proposal, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.proposal = proposal
        first = proposal.plans[0][1]
        self.setWindowTitle(proposal.title)
        self.setMinimumWidth(WIDTH)
        self.buttons = [self._button(title, plan, at == 0) for at, (title, plan) in enumerate(proposal.plans)]
        cancel = button(tr("Cancel"), self.reject, role="quiet", tip=tr("Leaves everything as it is."))
        texts = [label(text, "muted", wrap=True) for text in proposal.texts]
        warnings = [label(text, "mistake", wrap=True) for text in warnings_of(first)]
        column(
            label(proposal.title, "title", wrap=True),
            *texts,
            label(size_text(first), "small"),
            self._list(first),
            *warnings,
            row(None, cancel, *self.buttons[::-1]),
            parent=self,
            spacing=theme.MEDIUM,
            margin=theme.LARGE,
        )
        (self.buttons[0] if self.buttons[0].isEnabled() else cancel).setFocus()

    def _list(self, plan: Plan) -> QPlainTextEdit:
        self.steps = QPlainTextEdit(steps_text(plan))
        self.steps.setReadOnly(True)
        self.steps.setTabChangesFocus(True)
        self.steps.setFont(theme.mono_font())
        self.steps.setFixedHeight(LIST_HEIGHT)
        self.steps.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.steps.setAccessibleName(tr("Files"))
        self.steps.setToolTip(tr("Where each file is and what becomes of it."))
        return self.steps

    def _button(self, title: str, plan: Plan, is_first: bool) -> QPushButton:
        made = button(title, partial(self._accept, plan), role="primary" if is_first else "")
        made.setToolTip(tr("Can be undone afterwards."))
        made.setEnabled(not plan.collisions)
        made.setDefault(is_first)
        return made

    def _accept(self, plan: Plan, _checked: bool = False) -> None:
        self.accepted_plan.emit(plan)
        self.accept()


def size_text(plan: Plan) -> str:
    """How much a plan is about."""
    texts = [tr("{count} files", count=plan.count), size_of(plan.size_bytes)]
    if plan.freed_bytes:
        texts.append(tr("frees {size}", size=size_of(plan.freed_bytes)))
    return "  ·  ".join(texts)


def steps_text(plan: Plan) -> str:
    """What becomes of each file, in lines."""
    lines = []
    for step in plan.steps[:MOST]:
        lines.append(str(step.path))
        lines.append(f"    {_becomes(step.act, step.target)}")
    if plan.count > MOST:
        lines.append(tr("… {count} more", count=plan.count - MOST))
    return "\n".join(lines)


def warnings_of(plan: Plan) -> list[str]:
    """What stands in the way, and links on the way."""
    found = [tr("{path} is there already: nothing can be done until it is renamed.", path=p) for p in plan.collisions]
    if plan.links:
        links = ", ".join(map(str, plan.links[:3]))
        found.append(tr("The way leads through links ({links}): what lies behind is elsewhere.", links=links))
    return found


def _becomes(act: Act, target: Path | None) -> str:
    if act is Act.TRASH:
        return "→ " + tr("trash")
    return f"= {target}" if act is Act.LINK else f"→ {target.parent if target else ''}"
