"""The settings page: every setting, found by words, in force and on disk at once, put back by a click."""

from collections.abc import Callable

import pytest

from studio.core.option import options
from studio.core.settings import Settings
from studio.ui.errors import Notice
from studio.ui.pages.settings import SettingsPage
from studio.ui.session import Session

Until = Callable[..., None]


@pytest.fixture
def page(session: Session) -> SettingsPage:
    made = SettingsPage(session)
    made.show()
    return made


def test_it_shows_every_setting(page: SettingsPage) -> None:
    assert set(page.values()) == {option.name for option in options(Settings) if not option.hidden}


def test_a_change_is_saved_without_a_button(page: SettingsPage, session: Session, until: Until) -> None:
    page.forms["saving"].editors["jpeg_quality"].set_value(93)
    until(lambda: session.settings.jpeg_quality == 93)
    until(lambda: not session.files.jobs)
    assert Settings.load(session.places.settings).jpeg_quality == 93


def test_a_change_from_elsewhere_is_shown(page: SettingsPage, session: Session) -> None:
    session.change_settings(preview_every=9)
    assert page.forms["preview"].editors["preview_every"].value() == 9


def test_one_click_puts_a_default_back(page: SettingsPage, session: Session, until: Until) -> None:
    row = page.forms["preview"].rows["preview_every"]
    assert row._reset.isHidden()
    session.change_settings(preview_every=9)
    assert not row._reset.isHidden()
    row._reset.click()
    until(lambda: session.settings.preview_every == Settings().preview_every)
    assert row._reset.isHidden()


def test_search_shows_what_matches(page: SettingsPage) -> None:
    page.search_line.setText("fp8")
    shown = [name for form in page.forms.values() for name, row in form.rows.items() if row.isVisible()]
    assert shown == ["fp8_storage"]
    page.search_line.setText("appearance")
    shown = [name for form in page.forms.values() for name, row in form.rows.items() if row.isVisible()]
    assert shown == ["language", "theme"]
    page.search_line.setText("no setting has this")
    assert page._nothing.isVisible()
    page.search_line.setText("")
    assert all(card.isVisible() for card in page.cards.values())


def test_resetting_all_can_be_undone(page: SettingsPage, session: Session) -> None:
    session.change_settings(preview_every=9, jpeg_quality=50)
    notices: list[Notice] = []
    session.noticed.connect(notices.append)
    page.reset_all()
    assert session.settings == Settings()
    assert notices[0].act is not None
    notices[0].act()
    assert (session.settings.preview_every, session.settings.jpeg_quality) == (9, 50)
