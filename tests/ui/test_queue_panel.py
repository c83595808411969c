"""The queue's panel: what waits moves among what waits, and a change leaves the rest, and the focus, where they are."""

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.core.request import GenerateRequest
from studio.library.queue import State
from studio.ui.panels.queue_panel import MOST_ENDED, QueuePanel
from studio.ui.session import Session


@pytest.fixture
def panel(session: Session) -> QueuePanel:
    queue = session.orders.queue
    queue.pause()
    for name in ("done", "a", "b", "failed", "c"):
        queue.add(GenerateRequest(prompt=name, seed=1))
    rows = queue.rows()
    queue.finish(rows[0].id, State.DONE)
    queue.finish(rows[3].id, State.FAILED, "the card burned")
    made = QueuePanel(session)
    made.show()
    return made


def listed(panel: QueuePanel) -> list[str]:
    places = range(panel._rows.count())
    return [panel._rows.itemAt(place).widget().order.request.prompt for place in places]  # type: ignore[union-attr]


def press(panel: QueuePanel, prompt: str, name: str) -> None:
    card = next(card for card in panel.cards.values() if card.order and card.order.request.prompt == prompt)
    made = card.tools[name][0]
    assert made.isVisibleTo(panel)
    assert made.isEnabled()
    made.setFocus()
    made.click()


def test_what_waits_moves_past_what_waits(panel: QueuePanel) -> None:
    assert listed(panel) == ["a", "b", "c", "failed", "done"]
    press(panel, "c", "up")
    assert listed(panel) == ["a", "c", "b", "failed", "done"]
    press(panel, "c", "up")
    assert listed(panel) == ["c", "a", "b", "failed", "done"]
    press(panel, "c", "down")
    assert listed(panel) == ["a", "c", "b", "failed", "done"]


def test_the_ends_of_what_waits_lead_nowhere(panel: QueuePanel) -> None:
    cards = {card.order.request.prompt: card for card in panel.cards.values() if card.order}
    assert [cards[name].tools["up"][0].isEnabled() for name in "abc"] == [False, True, True]
    assert [cards[name].tools["down"][0].isEnabled() for name in "abc"] == [True, True, False]


def test_a_change_keeps_the_other_cards_and_the_focus(panel: QueuePanel) -> None:
    panel.activateWindow()
    QTest.qWaitForWindowActive(panel)
    cards = dict(panel.cards)
    press(panel, "c", "up")
    assert panel.cards == cards
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.accessibleName() == "Earlier"
    press(panel, "a", "copy")
    assert len(panel.cards) == 6
    press(panel, "a", "remove")
    assert len(panel.cards) == 5


def test_a_failure_says_why(panel: QueuePanel) -> None:
    card = next(card for card in panel.cards.values() if card.order and card.order.state == State.FAILED)
    assert "the card burned" in card._error.text()
    assert not card._error.isHidden()
    press(panel, "failed", "retry")
    assert card._error.isHidden()


def test_a_paused_queue_says_so_and_how_to_go_on(panel: QueuePanel, session: Session) -> None:
    assert not panel.paused.isHidden()
    assert panel.pause.text() == "Resume"
    session.orders.queue.resume()
    panel.refresh()
    assert panel.paused.isHidden()
    assert panel.pause.text() == "Pause"


def test_clearing_takes_what_ended_off(panel: QueuePanel) -> None:
    panel.clear.click()
    assert listed(panel) == ["a", "b", "c"]
    assert not panel.clear.isEnabled()


def test_of_what_ended_the_latest_are_listed(panel: QueuePanel, session: Session) -> None:
    for number in range(MOST_ENDED + 5):
        row = session.orders.queue.add(GenerateRequest(prompt=str(number), seed=1))
        session.orders.queue.finish(row.id, State.DONE)
    panel.refresh()
    assert len(panel.cards) == MOST_ENDED + 3
