"""Troubleshooting: findings with their lines, fixes that are done, tried and taken back, the culprit, other logs."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from webui_start_world import (
    Until,
    add_broken_extension,
    add_clashing_extensions,
    enter,
    free_port,
    page_of,
    panel,
    standin,
)

from studio.catalog.fixes import BY_ID, FIXES, GUIDES, SAFE
from studio.catalog.rules import FixCall, Text
from studio.core import nvidia
from studio.launcher import webui_config
from studio.launcher.console import Console
from studio.launcher.diagnosis import Diagnosis, Evidence
from studio.launcher.process import State
from studio.ui import translate, webui_fixes, webui_guides
from studio.ui.pages.webui import WebuiPage
from studio.ui.panels.webui_diagnosis import DiagnosisPanel, line_of
from studio.ui.panels.webui_finding import FindingCard
from studio.ui.panels.webui_fix_dialog import FactsDialog, FixDialog
from studio.ui.session import Session
from studio.ui.webui_fixes import fix_title

CLIP = "\n".join(("Python 3.10.6", *(f"line {n}" for n in range(50)), "RuntimeError: Couldn't install clip."))


@pytest.fixture
def page(session: Session, until: Until, tmp_path: Path) -> Iterator[WebuiPage]:
    enter(session, standin(tmp_path / "我的 web ui"))
    with page_of(session, until) as made:
        yield made


def troubleshooting(page: WebuiPage) -> DiagnosisPanel:
    return cast(DiagnosisPanel, panel(page, "diagnosis"))


def cards(shown: DiagnosisPanel) -> list[FindingCard]:
    layout = shown._cards
    return [cast(FindingCard, layout.itemAt(place).widget()) for place in range(layout.count())]


def button(shown: DiagnosisPanel, text: str) -> QPushButton:
    found = [one for card in cards(shown) for one in card.findChildren(QPushButton) if one.text() == text]
    assert found, [one.text() for card in cards(shown) for one in card.findChildren(QPushButton)]
    return found[0]


def broken(page: WebuiPage, until: Until, how: str = "raise") -> DiagnosisPanel:
    webui = page.webui
    assert webui.install is not None
    add_broken_extension(webui.install, "sd-bad", how)
    webui.start()
    until(lambda: webui.run and webui.run.state is State.READY, 30)
    until(lambda: webui.run and webui.run.diagnoses, 30)
    return troubleshooting(page)


def off(page: WebuiPage) -> list[str]:
    assert page.webui.install is not None
    return list(webui_config.read(page.webui.install.folder / "config.json").get("disabled_extensions", []))


def test_a_broken_extension_is_named_mended_tried_and_taken_back(page: WebuiPage, until: Until) -> None:
    shown, webui = broken(page, until), page.webui
    card = cards(shown)[0]
    assert card.found.extension == "sd-bad"
    assert [call.fix for call in card.found.fixes] == ["disable_extension"]  # it has no repository to be updated from
    lines = [one for one in card.findChildren(QPushButton) if one.property("role") == "evidence"]
    lines[0].click()
    console = panel(page, "console")
    number = console.view.marked  # type: ignore[attr-defined]
    assert card.found.evidence[0].text in shown.console.line(number).text
    page.show_panel("diagnosis")
    button(shown, "Disable the extension sd-bad").click()
    until(lambda: webui.run and webui.run.trial and webui.run.trial.outcome, 40)
    assert webui.run is not None
    assert webui.run.trial is not None
    assert webui.run.trial.outcome is not None
    assert webui.run.trial.outcome.helped
    assert shown.verdict.isVisible()
    assert shown.verdict.text.text() == "It helped: Disable the extension sd-bad"
    assert off(page) == ["sd-bad"]
    assert webui.run.state is State.READY
    assert shown.verdict.more.text().startswith("Gone: A script failed in the extension sd-bad")
    translate.install("zh_CN")
    shown.verdict.refresh(True)
    assert "停用扩展 sd-bad" in shown.verdict.text.text()
    translate.install("en")
    trial = webui.run.trial
    webui.restart()
    until(lambda: webui.run and webui.run.trial is None, 40)
    assert not shown.verdict.isVisible()
    until(lambda: webui.run and webui.run.state is State.READY, 40)
    webui.run.stop_and(lambda: webui.changes.take_back(trial.entry, fix_title(trial.call)))
    until(lambda: off(page) == [] and not webui.lane.jobs, 40)


def test_a_fix_that_did_not_help_says_so_and_goes_back(page: WebuiPage, until: Until) -> None:
    shown, webui = broken(page, until), page.webui
    found = cards(shown)[0].found
    call = FixCall(fix="set_env", arguments={"name": "OF_NO_USE", "value": "1"})
    shown._fix(call, found)
    until(lambda: webui.run and webui.run.trial and webui.run.trial.outcome, 40)
    assert [one.name for one in webui.options.environment] == ["OF_NO_USE"]
    assert shown.verdict.text.text() == "It did not help: Set OF_NO_USE to 1 for the web UI"
    shown.verdict.go.click()
    until(lambda: not webui.live and not webui.lane.jobs and not webui.options.environment, 40)
    assert not shown.verdict.isVisible()


def test_fixes_that_install_ask_first(page: WebuiPage, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(webui_fixes.Fixer, "mend", lambda _, call, *__: done.append(call.fix))
    shown = broken(page, until, "import")
    assert page.webui.install is not None
    wanted = page.webui.install.folder / "extensions" / "sd-bad" / "requirements.txt"
    wanted.write_text("a_package_that_nobody_has\n", "utf-8")
    name = "Install the package that provides a_package_that_nobody_has"
    button(shown, name).click()
    until(lambda: shown.findChildren(FixDialog), 30)
    (dialog,) = shown.findChildren(FixDialog)
    assert [dialog.list.item(place).text() for place in range(dialog.list.count())] == [
        "Install a_package_that_nobody_has"
    ]
    assert done == []
    dialog.reject()
    assert done == []
    dialog.go.click()
    assert done == ["install_module"]


def test_every_fix_has_words_and_a_way(page: WebuiPage, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = troubleshooting(page)
    ways: list[str] = []
    monkeypatch.setattr(webui_fixes.Fixer, "mend", lambda _, call, *__: ways.append(call.fix))
    monkeypatch.setattr(webui_fixes.Fixer, "preview", lambda _, call, __: ways.append(call.fix))
    monkeypatch.setattr(webui_guides.QDesktopServices, "openUrl", lambda url: ways.append(url.toString()))
    monkeypatch.setattr(page.webui.changes, "do", lambda title, *_, **__: ways.append(title))
    monkeypatch.setattr(page.webui, "show_panel", lambda name, _: ways.append(name))
    page.webui.session.noticed.connect(lambda notice: ways.append(notice.text))
    for fix in FIXES:
        call = FixCall(fix=fix.id, arguments=dict.fromkeys(fix.arguments, "x"))
        before = len(ways)
        shown._fix(call, finding("a"))
        assert len(ways) == before + 1, fix.id
        assert "{" not in fix_title(call)
    assert {BY_ID[name].care for name in ways if name in BY_ID} == {SAFE, "asks"}
    assert len([fix for fix in FIXES if fix.care == GUIDES]) + len(set(ways) & set(BY_ID)) == len(FIXES)


def guided(page: WebuiPage, until: Until, fix: str, **arguments: str) -> DiagnosisPanel:
    shown = troubleshooting(page)
    shown._fix(FixCall(fix=fix, arguments=arguments), finding("a"))
    until(lambda: not page.webui.lane.jobs, 30)
    return shown


def test_what_takes_space_is_listed_the_largest_first(page: WebuiPage, until: Until) -> None:
    install = page.webui.install
    assert install is not None
    (install.folder / "outputs").mkdir()
    (install.folder / "outputs" / "a.png").write_bytes(bytes(3_000_000))
    (install.folder / "linked").symlink_to(install.folder / "outputs", target_is_directory=True)
    (dialog,) = guided(page, until, "free_space").findChildren(FactsDialog)
    place = dialog.paths.index(install.folder / "outputs")
    assert "3.0 MB" in dialog.list.item(place).text()
    assert install.folder / "linked" not in dialog.paths


def test_model_files_are_checked_not_only_shown(page: WebuiPage, until: Until) -> None:
    install, told = page.webui.install, list[tuple[str, str]]()
    assert install is not None
    page.webui.session.noticed.connect(lambda notice: told.append((notice.kind, notice.text)))
    folder = install.folder / "models" / "Stable-diffusion"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.safetensors").write_bytes(b"<!DOCTYPE html><html>" + bytes(100))
    guided(page, until, "check_model", file="models/Stable-diffusion/page.safetensors")
    assert told[-1][0] == "bad"
    assert "page.safetensors" in told[-1][1]
    (folder / "half.ckpt").write_bytes(b"PK\x03\x04 and no more")
    (dialog,) = guided(page, until, "check_models").findChildren(FactsDialog)
    names = {dialog.list.item(place).text().split(":")[0] for place in range(dialog.list.count())}
    assert names >= {"page.safetensors", "half.ckpt"}


def test_who_uses_the_card_is_told(page: WebuiPage, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    user = nvidia.User(2**22 + 1, r"C:\\games\\game.exe", None)
    monkeypatch.setattr(nvidia, "users", lambda *_: [user])
    (dialog,) = guided(page, until, "free_memory").findChildren(FactsDialog)
    assert dialog.list.item(0).text().split() == ["?", "game.exe", f"({user.pid})"]


def finding(cause: str, kind: str = "cause") -> Diagnosis:
    text = Text(en=cause, zh=f"{cause} 中")
    return Diagnosis("rule", kind, text, text, text, text, (Evidence(2, "it"),))


def test_a_pasted_log_is_looked_through(page: WebuiPage, until: Until) -> None:
    shown = troubleshooting(page)
    QGuiApplication.clipboard().setText(CLIP)
    shown.paste()
    until(lambda: shown.reading)
    assert shown.found[0].evidence[0].line == 52
    assert shown.view.isVisible()
    next(one for one in cards(shown)[0].findChildren(QPushButton) if one.property("role") == "evidence").click()
    assert shown.view.marked == 51
    shown.back.click()
    assert shown.found == []
    assert not shown.view.isVisible()


def test_a_dropped_log_file_is_looked_through(page: WebuiPage, until: Until, tmp_path: Path) -> None:
    shown = troubleshooting(page)
    for name, data in (
        ("日志.txt", CLIP.encode()),
        ("16.log", CLIP.encode("utf-16")),
        ("gbk.log", CLIP.replace("line 0", "系统找不到指定的路径。").encode("gbk")),
    ):
        (tmp_path / name).write_bytes(data)
        page.drop(tmp_path / name)
        until(lambda name=name: shown.reading and shown.reading.name == name)
        assert "clip" in shown.found[0].cause.en.lower()
    assert shown.console.line(1).text == "系统找不到指定的路径。"
    page.drop(tmp_path / "missing.log")
    until(lambda: not page.webui.reader.jobs)
    assert shown.reading is not None


def test_it_speaks_the_windows_language(page: WebuiPage, session: Session, until: Until) -> None:
    session.change_settings(language="zh_CN")
    translate.install("zh_CN")
    shown = troubleshooting(page)
    QGuiApplication.clipboard().setText(CLIP)
    shown.paste()
    until(lambda: shown.reading)
    words = {label.text() for label in cards(shown)[0].findChildren(QLabel)}
    assert shown.found[0].cause.zh in words
    until(lambda: not session.files.jobs)


def test_the_culprit_is_found_by_starts_and_switched_off(page: WebuiPage, until: Until) -> None:
    webui = page.webui
    assert webui.install is not None
    add_clashing_extensions(webui.install, "first-of-two", "second-of-two")
    add_broken_extension(webui.install, "harmless", "raise")
    shown = troubleshooting(page)
    shown.find_culprit()
    until(lambda: shown.verdict.isVisible(), 90)
    assert set(shown.verdict.text.text().removeprefix("They do not work together: ").split(", ")) == {
        "first-of-two",
        "second-of-two",
    }
    assert off(page) == []
    shown.verdict.go.click()
    until(lambda: webui.run and webui.run.state is State.READY, 60)
    assert len(off(page)) == 1


def test_a_report_tells_nothing_private(page: WebuiPage, until: Until, tmp_path: Path) -> None:
    shown, webui = troubleshooting(page), page.webui
    webui.change_options(webui.options.model_copy(update={"password": "me:geheim123", "port": free_port()}))
    assert webui.run is not None
    webui.run.console.append("C:\\Users\\Zhang San\\webui --gradio-auth me:geheim123\nand geheim123 again\n")
    shown.save_report(tmp_path / "report.txt")
    until(lambda: not webui.reader.jobs)
    text = (tmp_path / "report.txt").read_text("utf-8")
    assert "geheim123" not in text
    assert "Zhang" not in text
    assert "## Log" in text
    assert "web UI: a1111" in text
    assert "extensions: pocket-networks" in text
    assert "[removed]]" not in text


def test_causes_stand_before_what_follows(page: WebuiPage) -> None:
    shown = troubleshooting(page)
    assert page.webui.run is not None
    page.webui.run.diagnoses = [
        finding("one"),
        finding("two"),
        finding("three", "consequence"),
        finding("four", "info"),
    ]
    page.webui.diagnosed.emit()
    assert [card.found.cause.en for card in cards(shown)] == ["one", "two"]
    assert shown.headline.text() == "Causes found: 2"
    page.webui.run.diagnoses = [finding("four", "info")]
    page.webui.diagnosed.emit()
    assert [card.found.cause.en for card in cards(shown)] == ["four"]


def test_lines_of_evidence_are_found_although_bars_moved_them() -> None:
    console = Console()
    console.append("".join(f"bar {n}\x1b[A\r" for n in range(30)) + "\n" * 3 + "The error\nmore\n")
    wanted = next(number for number in range(len(console)) if console.line(number).text == "The error")
    assert line_of(console, Evidence(30, "The error")) == wanted
    assert 0 <= line_of(console, Evidence(9999, "nowhere")) < len(console)
    assert line_of(Console(), Evidence(1, "x")) == 0
