"""The queue: what runs, what waits, what ended, each with what can be done about it."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from studio.core.job import Progress
from studio.library.queue import ENDED, Row, State
from studio.ui import theme
from studio.ui.panels.order_card import OrderCard
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import button, column, label, row, scrolled

MOST_ENDED = 20


class QueuePanel(QWidget):
    """All rows of the queue in their order; what is waiting can be moved, duplicated, changed and removed."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setAccessibleName(tr("Queue"))
        self.pause = button("", self._toggle_pause)
        self.clear = button(tr("Clear"), self._remove_ended, role="quiet", tip=tr("Takes what ended off the list."))
        self.paused = label(tr("Paused: what waits begins when you resume."), "small", wrap=True)
        self.cards: dict[int, OrderCard] = {}
        self._rows = column(spacing=theme.SMALL)
        content = QWidget()
        column(self._rows, None, parent=content)
        self._empty = EmptyState("queue", tr("Nothing to do"), tr("What you generate lines up here."))
        self._list = scrolled(content)
        head = row(label(tr("Queue"), "title"), None, self.clear, self.pause)
        column(head, self.paused, self._list, self._empty, parent=self, margin=theme.MEDIUM)
        session.queue_changed.connect(self.refresh)
        session.progressed.connect(self._show_progress)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the queue as it is now; what did not change stays as it is, the focus too."""
        rows, is_paused = shown(self.session.orders.rows()), self.session.orders.queue.is_paused
        gone = self.cards.keys() - {found.id for found in rows}
        for card in [self.cards.pop(key) for key in gone]:
            self._rows.removeWidget(card)
            card.hide()
            card.deleteLater()
        waiting = [found for found in rows if found.state == State.WAITING]
        for place, found in enumerate(rows):
            self._place(place, found, waiting)
        self._list.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self.clear.setEnabled(any(found.state in ENDED for found in rows))
        self.paused.setVisible(is_paused and bool(waiting))
        self.pause.setText(tr("Resume") if is_paused else tr("Pause"))
        theme.dress(self.pause, "primary" if is_paused and waiting else "")
        self.pause.setToolTip(
            tr("Begins what waits.") if is_paused else tr("What runs is finished; nothing else begins.")
        )

    def _place(self, place: int, found: Row, waiting: list[Row]) -> None:
        card = self.cards.get(found.id)
        if card is None:
            card = self.cards[found.id] = OrderCard(self.session)
        if self._rows.indexOf(card) != place:
            self._rows.insertWidget(place, card)
        card.show_order(found, waiting)

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        running = self.session.orders.running
        if running and running.id in self.cards:
            self.cards[running.id].show_progress(progress)

    @Slot()
    def _toggle_pause(self) -> None:
        orders = self.session.orders
        orders.resume() if orders.queue.is_paused else orders.pause()

    @Slot()
    def _remove_ended(self) -> None:
        with self.session.orders.changing() as queue:
            for found in queue.rows():
                if found.state in ENDED:
                    queue.remove(found.id)


def shown(rows: list[Row]) -> list[Row]:
    """What the panel lists: everything unfinished in its order, then the latest of what ended, the newest first."""
    ended = [found for found in rows if found.state in ENDED][-MOST_ENDED:]
    return [*(found for found in rows if found.state not in ENDED), *reversed(ended)]
