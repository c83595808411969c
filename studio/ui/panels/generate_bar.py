"""The one primary action: Generate, which becomes progress with Stop and Skip while work goes on."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QProgressBar, QPushButton, QStackedWidget, QToolButton, QWidget

from studio.core.job import Progress, Wish
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.jobs import Job
from studio.ui.pace import Pace, duration
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import button, column, row, tool

HEIGHT = 36


class GenerateBar(QWidget):
    """The page's foot; `generate_wanted` and `queue_wanted` ask for what the page holds."""

    generate_wanted = Signal()
    queue_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._job: Job | None = None
        self._pace = Pace()
        self.queue = self._tool(
            "list-plus", tr("Add to queue"), tr("Lines this up without beginning (Ctrl+Shift+Enter).")
        )
        self.queue.clicked.connect(self.queue_wanted)
        about = tr("Begins again with what the page says whenever an order is done.")
        self.forever = self._tool("infinity", tr("Generate forever"), about)
        self.forever.setCheckable(True)
        self._stack = QStackedWidget()
        self._stack.setFixedHeight(HEIGHT)
        self._stack.addWidget(self._idle())
        self._stack.addWidget(self._busy())
        foot = row(self._stack, self.queue, self.forever, parent=self, spacing=theme.TINY)
        foot.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.MEDIUM)
        foot.setStretch(0, 1)
        session.queue_changed.connect(self._catch_up)
        session.progressed.connect(self.show_progress)
        session.job_finished.connect(self._rest)
        self._catch_up()

    @property
    def is_busy(self) -> bool:
        """Whether work goes on."""
        return self._job is not None

    @Slot()
    def _catch_up(self) -> None:
        """Follow the order that runs or is about to; other work of the lane is the strip's to show."""
        job = self._session.orders.job
        if job and job is not self._job:
            self._follow(job)

    def _follow(self, job: Job) -> None:
        self._job = job
        self._pace = Pace()
        self._what.set_text(job.title)
        self._bar.setRange(0, 0)
        self.skip.setEnabled(True)
        self.stop.setEnabled(True)
        had_focus = self.generate.hasFocus()
        self._stack.setCurrentIndex(1)
        if had_focus:
            self.stop.setFocus()

    @Slot(object)
    def show_progress(self, progress: Progress) -> None:
        """Show how far the order is and how long it still takes."""
        if self._job is None or self._session.current is not self._job:
            return
        self._bar.setRange(0, max(progress.total, 1))
        self._bar.setValue(progress.done)
        self._pace.see(progress)
        self._what.set_text(progress_text(progress, self._pace.left_s(progress)))

    @Slot()
    def interrupt(self) -> None:
        """Stop within one step; what is finished is kept, and nothing begins by itself."""
        self.forever.setChecked(False)
        if self._job:
            self._job.wish(Wish.INTERRUPT)
            self.stop.setEnabled(False)
            self._what.set_text(tr("Stopping…"))

    @Slot()
    def leave_out(self) -> None:
        """Go on with the next picture."""
        if self._job:
            self._job.wish(Wish.SKIP)

    @Slot(object)
    def _rest(self, job: Job) -> None:
        if job is not self._job:
            return
        had_focus = self.stop.hasFocus() or self.skip.hasFocus()
        self._job = None
        self._stack.setCurrentIndex(0)
        if had_focus:
            self.generate.setFocus()

    def _idle(self) -> QWidget:
        self.generate = QPushButton(icon("sparkle", theme.current().on_accent), tr("Generate"))
        self.generate.setToolTip(tr("Paints the picture (Ctrl+Enter)."))
        self.generate.setAccessibleName(tr("Generate"))
        self.generate.setFixedHeight(HEIGHT)
        theme.dress(self.generate, "primary")
        self.generate.clicked.connect(self.generate_wanted)
        return self.generate

    def _busy(self) -> QWidget:
        self._what, self._bar = ElidedLabel(), QProgressBar()
        theme.dress(self._what, "small")
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress"))
        self.skip = tool(
            "skip-forward", tr("Skip"), self.leave_out, tip=tr("Leaves this picture and goes on with the next.")
        )
        self.stop = button(
            tr("Stop"), self.interrupt, tip=tr("Stops within one step; finished pictures are kept (Esc).")
        )
        page = QWidget()
        words = column(self._what, self._bar, spacing=theme.TINY)
        row(words, theme.TINY, self.skip, self.stop, parent=page, spacing=theme.TINY).setStretch(0, 1)
        return page

    def _tool(self, sign: str, name: str, about: str) -> QToolButton:
        made = tool(sign, name, tip=f"{name}: {about}")
        theme.dress(made, "")
        made.setFixedSize(HEIGHT, HEIGHT)
        return made


def progress_text(progress: Progress, left_s: float | None) -> str:
    """Step, steps and time left in a line."""
    parts = [tr(progress.text)] if progress.text else []
    if progress.total:
        parts.append(f"{progress.done}/{progress.total}")
    if left_s is not None:
        parts.append(tr("{time} left", time=duration(left_s)))
    return "  ·  ".join(parts)
