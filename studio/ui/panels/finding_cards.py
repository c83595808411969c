"""What the doctor found, one card each, with the button that mends it."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from studio.library.model_doctor import Finding, Severity
from studio.library.plans import Act
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.translate import tr, tr_error
from studio.ui.widgets.parts import button, card, column, empty, label, plain_tip, row

MENDING = {Act.MOVE: "Move it there …", Act.LINK: "Keep one …", Act.TRASH: "To the trash …"}
MOST = 100


class FindingCards(QWidget):
    """Findings; `mend_wanted` asks for one's plan, `show_wanted` for its model, `delete_wanted` for its trashing."""

    mend_wanted = Signal(object)  # Finding
    show_wanted = Signal(object)  # Path
    delete_wanted = Signal(object)  # Path

    def __init__(self, with_link: bool) -> None:
        super().__init__()
        self._with_link = with_link
        self.findings: Sequence[Finding] = ()
        self._cards = column(parent=self)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show these instead of those before."""
        self.findings = findings
        empty(self._cards)
        for finding in findings[:MOST]:
            self._cards.addWidget(self._card(finding))
        if len(findings) > MOST:
            self._cards.addWidget(label(tr("… {count} more", count=len(findings) - MOST), "small"))
        self.setVisible(bool(findings))

    def _card(self, finding: Finding) -> QFrame:
        tokens = theme.current()
        text, remedy = tr_error(finding.problem)
        sign = label()
        is_bad = finding.severity is Severity.BAD
        colour = tokens.bad if is_bad else tokens.warn
        sign.setPixmap(icon("warning-circle" if is_bad else "warning", colour).pixmap(theme.ICON))
        head = row(sign)
        head.addWidget(label(text, wrap=True), 1)
        parts = [label(remedy, "muted", wrap=True)] if remedy else []
        made = card(head, *parts, row(*self._buttons(finding), None), spacing=theme.TINY, margin=theme.MEDIUM)
        made.setToolTip(plain_tip(str(finding.path)))
        return made

    def _buttons(self, finding: Finding) -> list[QWidget]:
        made: list[QWidget] = []
        if finding.plan and finding.plan.steps:
            act = finding.plan.steps[0].act
            tip = tr("Shows first what would be done.")
            made.append(button(tr(MENDING[act]), partial(self._mend, finding), tip=tip))
        elif finding.code in ("broken", "code"):
            tip = tr("Shows first what would be done.")
            made.append(button(tr(MENDING[Act.TRASH]), partial(self._delete, finding), tip=tip))
        if self._with_link:
            tip = tr("Chooses the model among the cards.")
            made.append(button(tr("Show"), partial(self._show, finding), role="quiet", tip=tip))
        return made

    def _mend(self, finding: Finding, _checked: bool = False) -> None:
        self.mend_wanted.emit(finding)

    def _delete(self, finding: Finding, _checked: bool = False) -> None:
        self.delete_wanted.emit(finding.path)

    def _show(self, finding: Finding, _checked: bool = False) -> None:
        self.show_wanted.emit(finding.path)
