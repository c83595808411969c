"""The queue: what runs, what waits, what ended, each with what can be done about it."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from studio.core.job import Progress
from studio.library.queue import ENDED, Row, State
from studio.ui import theme
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import button, column, empty, label, row, scrolled, tool

MOST_ENDED = 20
STATES = {
    State.WAITING: "waiting",
    State.RUNNING: "running",
    State.DONE: "done",
    State.CANCELLED: "stopped",
    State.FAILED: "failed",
}


class QueuePanel(QWidget):
    """All rows of the queue in their order; what is waiting can be moved, duplicated, edited and removed."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setAccessibleName(tr("Queue"))
        self._pause = button("", self._toggle_pause, tip=tr("What runs is finished; nothing else begins."))
        self._clear = button(tr("Clear"), self._remove_ended, role="quiet", tip=tr("Takes what ended off the list."))
        self._rows = column(spacing=theme.SMALL)
        content = QWidget()
        column(self._rows, None, parent=content)
        self._empty = EmptyState("queue", tr("Nothing to do"), tr("What you generate lines up here."))
        self._list = scrolled(content)
        head = row(label(tr("Queue"), "title"), None, self._clear, self._pause)
        column(head, self._list, self._empty, parent=self, margin=theme.MEDIUM)
        session.queue_changed.connect(self.refresh)
        session.progressed.connect(self._show_progress)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the queue anew."""
        rows = shown(self.session.orders.rows())
        empty(self._rows)
        self._cards = {found.id: OrderCard(self.session, found) for found in rows}
        for card in self._cards.values():
            self._rows.addWidget(card)
        self._list.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self._clear.setEnabled(any(found.state in ENDED for found in rows))
        self._pause.setText(tr("Resume") if self.session.orders.queue.is_paused else tr("Pause"))

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        running = self.session.orders.running
        if running and running.id in self._cards:
            self._cards[running.id].show_progress(progress)

    @Slot()
    def _toggle_pause(self) -> None:
        with self.session.orders.changing() as queue:
            queue.resume() if queue.is_paused else queue.pause()

    @Slot()
    def _remove_ended(self) -> None:
        with self.session.orders.changing() as queue:
            for found in queue.rows():
                if found.state in ENDED:
                    queue.remove(found.id)


def shown(rows: list[Row]) -> list[Row]:
    """What the panel lists: everything unfinished, behind the latest of what ended."""
    ended = [found for found in rows if found.state in ENDED][-MOST_ENDED:]
    return [*ended, *(found for found in rows if found.state not in ENDED)]


class OrderCard(QFrame):
    """One row: its prompt, what it will make, how far it is, and its buttons."""

    def __init__(self, session: Session, order: Row) -> None:
        super().__init__()
        self.session, self.order = session, order
        self.setProperty("role", "card")
        request = order.request
        prompt = request.template or request.prompt or tr("(no prompt)")
        self.setAccessibleName(prompt)
        size = f"{request.width} × {request.height} · {tr(request.sampler)} · {request.steps}"
        self._bar = QProgressBar()
        self._bar.setRange(0, order.total)
        self._bar.setValue(order.done)
        if order.state != State.RUNNING:
            self._bar.hide()
        head = ElidedLabel(" ".join(prompt.split()))
        facts = row(label(self._status(), "small"))
        facts.addWidget(ElidedLabel(size, "small"), 1)
        tools = row(None, *self._tools(), spacing=0)
        column(head, facts, self._bar, tools, parent=self, spacing=theme.TINY, margin=theme.SMALL)
        self.setToolTip(order.error)

    def show_progress(self, progress: Progress) -> None:
        """Show how far the running row is."""
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)

    def _status(self) -> str:
        state = tr(STATES[self.order.state])
        return f"{state} {self.order.done}/{self.order.total}" if self.order.total > 1 else state

    def _tools(self) -> list[QWidget]:
        """The buttons that make sense in this state."""
        if self.order.state == State.RUNNING:
            return [tool("stop", tr("Stop"), self._stop)]
        again = tool("arrow-clockwise", tr("Go on with what is missing"), self._retry)
        up = tool("arrow-up", tr("Earlier"), self._earlier)
        down = tool("arrow-down", tr("Later"), self._later)
        edit = tool("pencil-simple", tr("Show on the Create page"), self._edit)
        copy = tool("copy", tr("Duplicate"), self._duplicate)
        remove = tool("trash", tr("Take off the list"), self._remove)
        if self.order.state == State.WAITING:
            return [up, down, edit, copy, remove]
        return [again, edit, copy, remove] if self.order.state != State.DONE else [edit, copy, remove]

    @Slot()
    def _stop(self) -> None:
        if self.session.orders.job:
            self.session.orders.job.cancel()

    @Slot()
    def _retry(self) -> None:
        with self.session.orders.changing() as queue:
            queue.retry(self.order.id)

    @Slot()
    def _earlier(self) -> None:
        with self.session.orders.changing() as queue:
            queue.move(self.order.id, self.order.position - 1)

    @Slot()
    def _later(self) -> None:
        with self.session.orders.changing() as queue:
            queue.move(self.order.id, self.order.position + 1)

    @Slot()
    def _edit(self) -> None:
        self.session.show_page("create", self.order.request)

    @Slot()
    def _duplicate(self) -> None:
        with self.session.orders.changing() as queue:
            queue.duplicate(self.order.id)

    @Slot()
    def _remove(self) -> None:
        with self.session.orders.changing() as queue:
            queue.remove(self.order.id)
