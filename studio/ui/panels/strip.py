"""The strip at the foot of the window: what runs, how far, how long still, and what memory is in use."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QProgressBar

from studio.core.job import Progress
from studio.ui import theme
from studio.ui.jobs import Lane
from studio.ui.pace import Pace, duration, speed
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.vitals import Vitals, measure
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import label, row

EVERY_MS = 2000


class Strip(QFrame):
    """Always there, one line high; a click opens the queue."""

    clicked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._pace = Pace()
        self.setProperty("role", "strip")
        self.setFixedHeight(theme.CONTROL)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Status"))
        self.setToolTip(tr("Shows what runs and how long it still takes; a click opens the queue."))
        self.what, self.bar = ElidedLabel(), QProgressBar()
        self.count, self.left, self.rate, self.vram, self.ram = (label() for _ in range(5))
        self.bar.setFixedWidth(160)
        self.bar.setAccessibleName(tr("Progress"))
        for number in (self.count, self.left, self.rate, self.vram, self.ram):
            number.setFont(theme.number_font())
        layout = row(self.what, self.bar, self.count, self.left, self.rate, None, parent=self, spacing=theme.MEDIUM)
        layout.setContentsMargins(theme.MEDIUM, 0, theme.MEDIUM, 0)
        layout.addWidget(self.vram)
        layout.addWidget(self.ram)
        session.job_started.connect(self._begin)
        session.progressed.connect(self._show)
        session.job_finished.connect(self._idle)
        session.queue_changed.connect(self._idle)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._begin() if session.current else self._idle()

    def watch(self) -> None:
        """Begin to look at the memory every two seconds."""
        self._timer.start(EVERY_MS)
        self._look()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the queue."""
        self.clicked.emit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the queue by Enter or Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _begin(self) -> None:
        self._pace = Pace()
        self.bar.setRange(0, 0)
        self.bar.show()
        self._show(self.session.progress or Progress(0, 0))

    @Slot(object)
    def _show(self, progress: Progress) -> None:
        self._pace.see(progress)
        job, left_s = self.session.current, self._pace.left_s(progress)
        title = job.title if job else ""
        self.what.set_text(f"{title} · {tr(progress.text)}" if progress.text and title else title or tr(progress.text))
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self.count.setText(f"{progress.done}/{progress.total}" if progress.total else "")
        self.left.setText(tr("{time} left", time=duration(left_s)) if left_s is not None else "")
        self.rate.setText(speed(progress.rate or self._pace.rate))

    @Slot()
    def _idle(self) -> None:
        if self.session.current:
            return
        self.bar.hide()
        for part in (self.count, self.left, self.rate):
            part.setText("")
        orders = self.session.orders
        waiting = orders.waiting_count if orders.is_open and orders.queue.is_paused else 0
        self.what.set_text(tr("Queue paused, {count} waiting", count=waiting) if waiting else tr("Ready"))

    @Slot()
    def _look(self) -> None:
        lane: Lane = self.session.vitals
        if self.window().isVisible() and not lane.jobs:
            lane.begin(measure).succeeded.connect(self._show_vitals)

    @Slot(object)
    def _show_vitals(self, vitals: Vitals) -> None:
        self.vram.setVisible(bool(vitals.gpu))
        self.vram.setText(f"{vitals.gpu}  {_gib(vitals.vram_used)} / {_gib(vitals.vram_total)} GB")
        self.ram.setText(tr("RAM {used} / {total} GB", used=_gib(vitals.ram_used), total=_gib(vitals.ram_total)))


def _gib(mib: int) -> str:
    return f"{mib / 1024:.1f}"
