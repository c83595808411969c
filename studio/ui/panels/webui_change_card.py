"""The change of a web UI that goes on, and why the last one was taken back."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QFrame, QPlainTextEdit, QProgressBar, QWidget

from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.pace import Pace, duration
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.webui_changes import KEPT_LINES, WebuiChanges, step_text
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import button, column, label, row, tool

LOG_HEIGHT = 140


class ProbeBox(QCheckBox):
    """Whether a start is tried after changes; the same wherever it stands."""

    def __init__(self, changes: WebuiChanges) -> None:
        super().__init__(tr("Try a start after changes, and take them back if it fails"))
        self._changes = changes
        self.setToolTip(
            tr("A trial start without a model; if it does not get ready, everything is put back as it was.")
        )
        self.toggled.connect(changes.let_probe)
        changes.probes_changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        self.setChecked(self._changes.probes)


class ChangeCard(QFrame):
    """What goes on with a bar and a way to stop it; afterwards, if it was taken back, the reason."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui, self.changes = webui, webui.changes
        self.setProperty("role", "card")
        self._pace = Pace()
        self.sign, self.title, self.text = label(), label(role="section"), ElidedLabel(role="muted")
        self.left, self.bar = label(role="small"), QProgressBar()
        self.bar.setAccessibleName(tr("How far the change is"))
        self.stop = button(
            tr("Stop"), self.changes.cancel, role="danger", tip=tr("Stops it and puts everything back as it was.")
        )
        self.details = button(
            tr("Details"), self._unfold, role="quiet", tip=tr("Shows what the programs of this change write.")
        )
        self.close_it = tool("x", tr("Close"), self.changes.forget, tip=tr("Takes this message away."))
        self.cause, self.todo = label(wrap=True), label(role="muted", wrap=True)
        self.log = _log()
        head = row(self.sign, self.title, spacing=theme.SMALL)
        head.addWidget(self.text, 1)
        for part in (self.left, self.details, self.stop, self.close_it):
            head.addWidget(part)
        column(head, self.bar, self.cause, self.todo, self.log, parent=self, margin=theme.MEDIUM)
        self.changes.began.connect(self.refresh)
        self.changes.rested.connect(self.refresh)
        self.changes.taken_back_changed.connect(self.refresh)
        self.changes.progressed.connect(self._show_progress)
        self.changes.line_written.connect(self.log.appendPlainText)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what goes on now, else what was taken back, else nothing."""
        job, gone = self.changes.job, self.changes.taken_back
        for part in (self.bar, self.stop, self.left):
            part.setVisible(job is not None)
        for part in (self.cause, self.todo, self.close_it):
            part.setVisible(job is None and gone is not None)
        self.setVisible(bool(job or gone))
        colours = theme.current()
        name, colour = ("hourglass", colours.accent) if job else ("arrow-u-up-left", colours.warn)
        self.sign.setPixmap(icon(name, colour).pixmap(theme.ICON))
        if job:
            self._pace = Pace()
            self.title.setText(job.title)
            self.log.setPlainText("\n".join(self.changes.lines))
            self._show_progress()
        elif gone:
            self.title.setText(tr("Taken back: {change}", change=gone.title))
            self.text.set_text(tr("The web UI did not start after this; everything is as it was before."))
            self.cause.setText(gone.cause or tr("Why it did not start is not known; the details are its own words."))
            self.todo.setText(gone.todo)
            self.todo.setVisible(bool(gone.todo))
            self.log.setPlainText(gone.log)

    @Slot()
    def _show_progress(self) -> None:
        progress = self.changes.progress
        if progress is None:
            self.bar.setRange(0, 0)
            self.text.set_text("")
            self.left.setText("")
            return
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self.text.set_text(step_text(progress.text))
        self._pace.see(progress)
        left = self._pace.left_s(progress) if progress.total else None
        self.left.setText("" if left is None else tr("{time} left", time=duration(left)))

    @Slot()
    def _unfold(self) -> None:
        self.log.setVisible(self.log.isHidden())


def _log() -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setReadOnly(True)
    made.setMaximumBlockCount(KEPT_LINES)
    made.setFont(theme.mono_font())
    made.setFixedHeight(LOG_HEIGHT)
    made.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    made.setAccessibleName(tr("Details"))
    made.setToolTip(tr("What the programs of this change write."))
    made.hide()
    return made


def with_card(webui: WebuiSession, panel: QWidget, *parts: QWidget) -> ChangeCard:
    """Lay a panel out: its parts, of which the last takes the room there is, and the card at its foot."""
    card = ChangeCard(webui)
    layout = column(*parts[:-1], parent=panel, spacing=theme.MEDIUM, margin=theme.LARGE)
    layout.addWidget(parts[-1], 1)
    layout.addWidget(card)
    return card
