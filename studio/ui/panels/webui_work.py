"""What changes a web UI just now: its name, how far it is, how long still, and a button that stops it."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QProgressBar

from studio.core.job import Progress
from studio.launcher.transactions import Line
from studio.ui import theme
from studio.ui.jobs import Job
from studio.ui.pace import Pace, duration
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.webui_changes import step_text
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import button, column, label, row


class WorkBar(QFrame):
    """One line at the foot of the page while the `webui` lane works."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui = webui
        self._job: Job | None = None
        self._leaves_changes = False
        self._pace = Pace()
        self.setProperty("role", "card")
        self.title, self.what, self.left = label(role="section"), ElidedLabel(role="small"), label(role="small")
        self.bar = QProgressBar()
        self.bar.setAccessibleName(tr("Progress"))
        self.stop = button(
            tr("Stop"), self._stop, role="danger", tip=tr("Stops this at its next step; what it changed is put back.")
        )
        upper = row(self.title, spacing=theme.MEDIUM)
        upper.addWidget(self.what, 1)
        upper.addWidget(self.left)
        layout = row(parent=self, spacing=theme.LARGE, margin=theme.MEDIUM)
        layout.addLayout(column(upper, self.bar, spacing=theme.TINY), 1)
        layout.addWidget(self.stop)
        webui.work_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the job that is under way, nothing if none is."""
        job = next((job for job in self.webui.lane.jobs if not job.is_finished), None)
        if self._leaves_changes and job is self.webui.changes.job:
            job = None
        self.setVisible(job is not None)
        if job is None or job is self._job:
            self._job = job
            return
        self._job, self._pace = job, Pace()
        self.title.setText(job.title)
        self.stop.setEnabled(True)
        self._show(job.last_progress or Progress(0, 0))
        job.progressed.connect(self._show)
        job.delivered.connect(self._show_line)

    def leave_changes(self, is_left: bool) -> None:
        """Whether what is shown beside this tells of changes itself."""
        self._leaves_changes = is_left
        self.refresh()

    @Slot(object)
    def _show(self, progress: Progress) -> None:
        if self._job is None or self.sender() not in (None, self._job, self.webui):
            return
        self._pace.see(progress)
        left_s = self._pace.left_s(progress)
        self.what.set_text(step_text(progress.text))
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self.left.setText(tr("{time} left", time=duration(left_s)) if left_s is not None else "")

    @Slot(object)
    def _show_line(self, value: object) -> None:
        if isinstance(value, Line) and value.text.strip():
            self.what.set_text(value.text.strip())

    @Slot()
    def _stop(self) -> None:
        if self._job:
            self._job.cancel()
            self.stop.setEnabled(False)
            self.what.set_text(tr("Stopping…"))
