"""What came of a fix or of the search for a culprit."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame

from studio.launcher.culprit import FAULTY, NONE_NEEDED, NOT_EXTENSIONS, Suspects
from studio.launcher.diagnosis import Diagnosis, Outcome
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.webui_fixes import fix_title
from studio.ui.webui_run import FixTrial
from studio.ui.widgets.parts import button, column, label, row, tool

Act = Callable[[tuple[str, ...]], object]
RESULTS = {
    NONE_NEEDED: "It starts now with every extension: nothing is to blame.",
    NOT_EXTENSIONS: "It fails without any extension too: none of them is to blame.",
    "unsteady": "The same start went well once and failed once; no extension can be named.",
}


class Verdict(QFrame):
    """One sentence, and a button that goes on from it."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui = webui
        self._suspects: Suspects | None = None
        self._act: Act | None = None
        self.setProperty("role", "card")
        self.sign, self.text, self.more = label(), label(role="section", wrap=True), label(role="muted", wrap=True)
        self.go = button(tr("Take it back"), self._go, tip=tr("Goes on from here."))
        self.close_it = tool("x", tr("Close"), self.forget, tip=tr("Takes this message away."))
        layout = row(self.sign, parent=self, spacing=theme.MEDIUM, margin=theme.MEDIUM)
        layout.addLayout(column(self.text, self.more, spacing=2), 1)
        layout.addWidget(self.go)
        layout.addWidget(self.close_it)
        self.hide()

    def refresh(self, is_live: bool) -> None:
        """Show what came of the last fix of the chosen web UI."""
        trial = self.webui.run.trial if self.webui.run else None
        if self._suspects:
            return
        if trial and is_live:
            self._show_trial(trial)
        self.setVisible(bool(trial and is_live))

    def _show_trial(self, trial: FixTrial) -> None:
        title = fix_title(trial.call)
        if trial.outcome is None:
            self._show("hourglass", "accent", tr("Trying whether it helped: {title}", title=title), "")
        elif trial.outcome.helped:
            self._show("check-circle", "ok", tr("It helped: {title}", title=title), self._changed(trial, trial.outcome))
        elif trial.outcome.helped is None:
            how = trial.before[0].verify.of(self.webui.language) if trial.before else ""
            self._show("info", "muted", tr("Nobody can say yet whether it helped: {title}", title=title), how)
        else:
            more = self._changed(trial, trial.outcome)
            self._show("warning", "warn", tr("It did not help: {title}", title=title), more, tr("Take it back"))

    def _changed(self, trial: FixTrial, result: Outcome) -> str:
        """What is not wrong any more, and what is wrong now that was not before, in words."""
        now = self.webui.run.diagnoses if self.webui.run else []
        gone, new = self._causes(trial.before, result.gone), self._causes(now, result.new)
        facts = (tr("Gone: {names}", names=gone) if gone else "", tr("New: {names}", names=new) if new else "")
        return "\n".join(part for part in facts if part)

    def _causes(self, found: Sequence[Diagnosis], rules: Sequence[str]) -> str:
        told = (each.cause.of(self.webui.language) for each in found if each.rule in rules)
        return " ".join(dict.fromkeys(told))

    def show_suspects(self, suspects: Suspects, act: Act | None) -> None:
        """Show what the search for a culprit found; `act` switches it off."""
        self._suspects, self._act = suspects, act
        names = ", ".join(suspects.culprits)
        more = tr("{count} starts were tried.", count=suspects.probes)
        if suspects.result != FAULTY:
            self._show("info", "muted", tr(RESULTS[suspects.result]), more)
        elif len(suspects.culprits) == 1:
            self._show("warning", "warn", tr("To blame: {names}", names=names), more, tr("Switch it off and start"))
        else:
            text = tr("They do not work together: {names}", names=names)
            last = suspects.culprits[-1]
            self._show("warning", "warn", text, more, tr("Switch {name} off and start", name=last))
        self.show()

    def _show(self, sign: str, colour: str, text: str, more: str, action: str = "") -> None:
        self.sign.setPixmap(icon(sign, getattr(theme.current(), colour)).pixmap(theme.ICON))
        self.text.setText(text)
        self.more.setText(more)
        self.more.setVisible(bool(more))
        self.go.setText(action)
        self.go.setVisible(bool(action))

    @Slot()
    def _go(self) -> None:
        run, suspects, act = self.webui.run, self._suspects, self._act
        trial = run.trial if run else None
        self.forget()
        if suspects and act:
            act(suspects.culprits)
        elif run and trial:
            run.stop_and(partial(self.webui.changes.take_back, trial.entry, fix_title(trial.call)))

    @Slot()
    def forget(self) -> None:
        """It has been read."""
        self._suspects = self._act = None
        if self.webui.run:
            self.webui.run.trial = None
        self.hide()
