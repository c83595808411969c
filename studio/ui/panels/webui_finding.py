"""One diagnosis as a card: cause, what to do, its lines, the buttons that mend it, what not to do."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from studio.catalog.fixes import ASKS, BY_ID, GUIDES, SAFE
from studio.catalog.rules import FixCall
from studio.launcher.diagnosis import Diagnosis, Evidence
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.translate import tr
from studio.ui.webui_fixes import fix_title
from studio.ui.widgets.collapsible import Collapsible
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.parts import button, column, label, row

MOST_LINES = 6
SIGNS = {
    "cause": ("warning-circle", "bad"),
    "consequence": ("arrow-bend-down-right", "muted"),
    "info": ("info", "muted"),
}
TIPS = {
    SAFE: "Does this at once and starts again; it can be taken back.",
    ASKS: "Shows what would be changed and asks before it does anything.",
    GUIDES: "Shows you where to go.",
}


class FindingCard(QFrame):
    """A diagnosis in the window's language; `fix_wanted` gives a call, `line_wanted` a line of evidence."""

    fix_wanted = Signal(object, object)  # FixCall, Diagnosis
    line_wanted = Signal(object)  # Evidence

    def __init__(self, found: Diagnosis, language: str, is_first: bool) -> None:
        super().__init__()
        self.found = found
        self.setProperty("role", "card")
        self.setAccessibleName(found.cause.of(language))
        cause = label(found.cause.of(language), "title" if is_first else "section", wrap=True)
        todo = label(found.todo.of(language), wrap=True)
        for words in (cause, todo):
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = row(self._sign(), spacing=theme.MEDIUM)
        head.addLayout(column(cause, todo, spacing=theme.TINY), 1)
        parts: list[QWidget] = [self._lines()]
        if found.fixes:
            parts.append(self._buttons(is_first))
        if avoid := found.avoid.of(language):
            parts.append(_beside("prohibit", tr("Better not: {words}", words=avoid)))
        parts.append(self._details(language))
        column(head, *parts, parent=self, spacing=theme.MEDIUM, margin=theme.LARGE)

    def _sign(self) -> QWidget:
        name, colour = SIGNS[self.found.kind]
        made = label()
        made.setPixmap(icon(name, getattr(theme.current(), colour)).pixmap(22, 22))
        made.setAlignment(Qt.AlignmentFlag.AlignTop)
        return made

    def _lines(self) -> QWidget:
        holder = QWidget()
        layout = column(parent=holder, spacing=0)
        for evidence in self.found.evidence[:MOST_LINES]:
            layout.addWidget(self._line(evidence))
        return holder

    def _line(self, evidence: Evidence) -> QWidget:
        made = QPushButton()
        made.setProperty("role", "evidence")
        made.setAccessibleName(tr("Line {number}: {words}", number=evidence.line, words=evidence.text))
        made.setToolTip(tr("Shows this line in the log."))
        number, text = label(f"{evidence.line:,}", "small"), ElidedLabel(evidence.text)
        number.setFixedWidth(64)
        number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        number.setFont(theme.number_font())
        text.setFont(theme.mono_font())
        layout = row(number, parent=made, spacing=theme.MEDIUM)
        layout.setContentsMargins(0, 2, theme.SMALL, 2)
        layout.addWidget(text, 1)
        for part in (number, text):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        made.clicked.connect(lambda: self.line_wanted.emit(evidence))
        return made

    def _buttons(self, is_first: bool) -> QWidget:
        holder = QWidget()
        layout = FlowLayout(holder, theme.SMALL)
        for place, call in enumerate(self.found.fixes):
            fix = BY_ID[call.fix]
            made = button(fix_title(call), partial(self._want, call), tip=tr(TIPS[fix.care]))
            if place == 0 and is_first:
                made.setProperty("role", "primary")
            layout.addWidget(made)
        return holder

    def _want(self, call: FixCall, _: bool = False) -> None:
        self.fix_wanted.emit(call, self.found)

    def _details(self, language: str) -> QWidget:
        found, content = self.found, QWidget()
        facts = (
            (tr("How sure this is"), f"{found.confidence:.0%}"),
            (tr("Extension"), found.extension),
            (tr("Follows from"), found.because),
            (tr("How to see that it helped"), found.verify.of(language)),
            (tr("Rule"), found.rule),
            (tr("Mark of this error"), found.fingerprint),
        )
        layout = column(parent=content, spacing=2)
        for title, text in facts:
            if text:
                name, value = label(title, "small"), label(text, "small", wrap=True)
                name.setFixedWidth(180)
                value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                line = row(name)
                line.addWidget(value, 1)
                layout.addLayout(line)
        made = Collapsible(tr("Details"), content, is_open=False)
        made.header.setToolTip(tr("Shows how sure this is and where it comes from."))
        theme.dress(made, "fold")
        return made


def _beside(sign: str, text: str) -> QWidget:
    holder, picture = QWidget(), label()
    picture.setPixmap(icon(sign, theme.current().muted).pixmap(theme.ICON))
    row(picture, parent=holder, spacing=theme.MEDIUM).addWidget(label(text, "muted", wrap=True), 1)
    return holder
