"""Options of a start: three levels, search, single flags, variables, notices, the command line in and out."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel
from webui_start_world import Until, enter, page_of, panel, standin

from studio.core.nvidia import Card
from studio.core.option import options
from studio.launcher import launch_options, lint, webui_user
from studio.launcher.flags import Flag
from studio.launcher.launch_options import LaunchOptions, Variable
from studio.ui.errors import Notice
from studio.ui.pages.webui import WebuiPage
from studio.ui.panels import webui_flags
from studio.ui.panels.webui_options import OptionsCard
from studio.ui.panels.webui_start import StartPanel
from studio.ui.session import Session

LOGIN = "我:密 码"


@pytest.fixture
def page(session: Session, until: Until, tmp_path: Path) -> Iterator[WebuiPage]:
    enter(session, standin(tmp_path / "web ui"))
    with page_of(session, until) as made:
        yield made


@pytest.fixture
def shown(page: WebuiPage) -> StartPanel:
    return cast(StartPanel, panel(page, "start"))


def visible(card: OptionsCard) -> set[str]:
    return {name for form in card.forms.values() for name, row in form.rows.items() if not row.isHidden()}


def told(shown: StartPanel) -> str:
    QCoreApplication.processEvents()
    return "\n".join(label.text() for label in shown.command.findChildren(QLabel) if label.isVisible())


def test_levels_show_more_and_more(shown: StartPanel) -> None:
    card, hidden = shown.options, {one.name for one in options(LaunchOptions) if one.hidden}
    for level in launch_options.ORDER:
        card.levels[level].click()
        assert visible(card) == set(launch_options.names_at(level)) - hidden
        assert card.variables.isVisible() == (level == "expert")
        assert card.flags.isVisible() == (level == "expert")
        assert shown.state() == {"level": level}


def test_search_looks_through_every_level_and_all_flags(shown: StartPanel, until: Until) -> None:
    card = shown.options
    until(lambda: shown.webui.flags.flags)
    card.words.setText("allocator")
    assert visible(card) == {"allocator"}
    card.words.setText("skip python")
    assert visible(card) == set()
    assert [flag.name for flag in card.flags.model.rows] == ["--skip-python-version-check"]
    assert card.flags.isVisible()
    card.words.setText("no such thing")
    assert card._nothing.isVisible()
    card.words.setText("")
    assert visible(card) == set(launch_options.names_at("simple"))


def test_every_option_is_kept_as_it_was_given(shown: StartPanel, until: Until) -> None:
    chosen = LaunchOptions(
        vram="8-12 GB",
        attention="xformers",
        port=7900,
        password=LOGIN,
        environment=(Variable(name="A", value="1"), Variable(name="B", value="", is_enabled=False)),
        flags={"--ckpt": "a b.ckpt", "--no-half": True},
        free_text='--new "two words"',
    )
    shown.webui.change_options(chosen)
    assert shown.options.read() == chosen
    until(lambda: not shown.webui.reader.jobs)
    assert shown.webui.install is not None
    assert launch_options.load(shown.webui.places, shown.webui.install.key) == chosen


def test_an_edit_is_saved_and_shown_in_the_command_line(shown: StartPanel, until: Until) -> None:
    shown.options.forms["network"].editors["listen"].click()
    until(lambda: shown.webui.options.listen)
    assert "--listen" in shown.command.line.toPlainText()
    assert "without a password" in told(shown)
    shown.options.forms["network"].editors["password"].setText("me:secret")
    until(lambda: shown.webui.options.password)
    assert "--listen: everybody" not in told(shown)
    until(lambda: not shown.webui.reader.jobs)


def test_a_variable_is_taken_apart_where_it_is_pasted_whole(shown: StartPanel, until: Until) -> None:
    shown.options.levels["expert"].click()
    shown.options.variables.add()
    (made,) = shown.options.variables._rows
    made.name.setText("CUDA_VISIBLE_DEVICES=1=2")
    until(lambda: shown.webui.options.environment)
    assert shown.webui.options.environment == (Variable(name="CUDA_VISIBLE_DEVICES", value="1=2"),)
    until(lambda: not shown.webui.reader.jobs)


def test_a_tier_beyond_the_card_is_told(shown: StartPanel, until: Until) -> None:
    assert shown.webui.machine is not None
    small = Card("Small card", 4096, 7.5, "551.86")
    shown.webui.machine = shown.webui.machine.__class__(**{**vars(shown.webui.machine), "cards": (small,)})
    shown.webui.machine_seen.emit()
    assert any("Small card with 4 GB" in label.text() for label in shown.options.findChildren(QLabel))
    shown.options.forms["memory"].editors["vram"].set_value("12 GB or more")
    until(lambda: shown.webui.options.vram == "12 GB or more")
    assert "more than this card has" in told(shown)


def test_reset_all_can_be_undone(shown: StartPanel, session: Session) -> None:
    notices: list[Notice] = []
    session.noticed.connect(notices.append)
    before = shown.webui.options
    shown.options.reset()
    assert shown.webui.options == LaunchOptions()
    assert notices[-1].act is not None
    notices[-1].act()
    assert shown.webui.options == before
    assert shown.options.read() == before


def test_an_open_quote_is_told_and_nothing_breaks(shown: StartPanel) -> None:
    shown.webui.change_options(shown.webui.options.model_copy(update={"free_text": '--ckpt "open'}))
    assert "A quotation mark is not closed" in told(shown)
    shown.command.meaning.header.click()
    shown.command.save(Path("/nowhere/webui-user.bat"))


def test_the_command_line_is_explained(shown: StartPanel) -> None:
    shown.webui.change_options(LaunchOptions(no_half_vae=True, api=False))
    shown.command.meaning.header.click()
    assert "VAE in full precision" in told(shown)
    assert len(lint.explain(shown.command.arguments, shown.webui.flags)) == shown.command._rows.count()


@pytest.mark.parametrize("name", ["webui-user.bat", "webui-user.sh"])
def test_options_go_out_and_come_back(name: str, shown: StartPanel, until: Until, tmp_path: Path) -> None:
    chosen = LaunchOptions(vram="4-6 GB", listen=True, password=LOGIN, open_browser=False, port=7861)
    shown.webui.change_options(chosen)
    shown.command.save(tmp_path / name)
    until(lambda: not shown.webui.reader.jobs)
    assert "--medvram" in webui_user.read(tmp_path / name).arguments
    shown.webui.change_options(LaunchOptions())
    shown.command.load(tmp_path / name)
    until(lambda: shown.webui.options.listen)
    assert shown.webui.options.port == 7861
    assert shown.webui.options.password == LOGIN


def test_flags_are_set_and_reset_one_by_one(shown: StartPanel, until: Until) -> None:
    edit = shown.options.flags
    until(lambda: edit.model.rows)
    for place, flag in enumerate(edit.model.rows):
        edit.view.selectRow(place)
        assert edit.flag is flag
        assert webui_flags.about(flag) or not flag.help
        assert edit._editor.value() in (False, "")
    place = next(place for place, flag in enumerate(edit.model.rows) if flag.name == "--ckpt")
    edit.view.selectRow(place)
    edit._editor.setText("a model.safetensors")
    until(lambda: shown.webui.options.flags == {"--ckpt": "a model.safetensors"})
    assert '--ckpt "a model.safetensors"' in shown.command.line.toPlainText()
    assert edit.reset.isVisibleTo(edit)
    edit.reset.click()
    until(lambda: shown.webui.options.flags == {})


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        (Flag(("--switch",), "store_true"), True),
        (Flag(("--kind",), choices=("a", "b")), "b"),
        (Flag(("--count",), type="int"), "7"),
        (Flag(("--many",), nargs="+"), ["one", "two words"]),
    ],
)
def test_a_flags_editor_gives_back_what_it_was_given(flag: Flag, value: object, qapp: object) -> None:
    made = webui_flags.editor(flag)
    made.set_value(webui_flags._for_editor(flag, value))
    assert webui_flags._from_editor(flag, made.value()) == value
    made.set_value(webui_flags._for_editor(flag, None))
    assert webui_flags._from_editor(flag, made.value()) is None


def test_variables_are_added_switched_off_and_removed(shown: StartPanel, until: Until) -> None:
    edit = shown.options.variables
    edit.add()
    row = edit._rows[0]
    row.name.setText(" CUDA_VISIBLE_DEVICES ")
    row.text.setText("1")
    until(lambda: shown.webui.options.environment)
    assert launch_options.environment(shown.webui.options) == {"CUDA_VISIBLE_DEVICES": "1"}
    row.switch.click()
    until(lambda: launch_options.environment(shown.webui.options) == {})
    row.removed.emit()
    until(lambda: not shown.webui.options.environment)


def test_nothing_of_a_form_is_taken_for_an_edit(page: WebuiPage, until: Until) -> None:
    panel(page, "start")
    until(lambda: not page.webui.reader.jobs)
    before = page.webui.options
    page.webui.options_changed.emit()
    shown = cast(StartPanel, panel(page, "start"))
    assert not shown.options._timer.isActive()
    assert page.webui.options == before
