"""The versions of the web UI: what there is, what is new, switching, updating, going back, mending the repository."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QFrame, QTabBar, QWidget

from studio.catalog.changes import TITLES
from studio.core.job import JobContext
from studio.launcher import by_hand, git_problems, installs, operations, versions
from studio.launcher.by_hand import Stash
from studio.launcher.git import Repository
from studio.launcher.git_problems import Problem
from studio.launcher.install import Install
from studio.launcher.surroundings import Surroundings
from studio.launcher.versions import Commit, Reference
from studio.ui import theme
from studio.ui.panels.webui_change_card import ProbeBox, with_card
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.panels.webui_problems import ProblemList
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.widgets.choice_edit import ChoiceEdit
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import button, column, label, row
from studio.ui.widgets.table import Column, Table
from studio.ui.widgets.text_edit import LineEdit

MOST_COMMITS = 20_000
KINDS = ("commits", "branches", "tags")
KIND_TITLES = {"commits": "Commits", "branches": "Branches", "tags": "Tags"}


@dataclass(frozen=True)
class Versions:
    """What is known of the web UI's repository, as of the last look at its origin. `branch` is "" where none is out."""

    current: Commit | None
    branch: str
    previous: str
    commits: tuple[Commit, ...]
    branches: tuple[Reference, ...]
    tags: tuple[Reference, ...]
    problems: tuple[Problem, ...]
    stashes: tuple[Stash, ...]
    news: int


def read(install: Install, around: Surroundings, context: JobContext, name: str = "") -> Versions:
    """Look at the web UI's repository and those below repositories/; `name` is whose commits are listed."""
    env, row_ = around.git_env(install), installs.source(install.source)
    repository = Repository(install.folder, env)
    found = git_problems.problems(repository, url=row_.url)
    below = install.folder / row_.extensions
    others = [one for one in installs.repository_folders(install)[1:] if not one.is_relative_to(below)]
    found += git_problems.examine(others, env, context)
    if any(one.kind.key in ("no_repository", "broken", "dubious") and one.folder == install.folder for one in found):
        return Versions(None, "", "", (), (), (), tuple(found), (), 0)
    branches = versions.branches(repository)
    known = [one.name for one in branches]
    return Versions(
        current=versions.current(repository),
        branch=next((one.name for one in branches if one.is_current), ""),
        previous=versions.previous(repository),
        commits=tuple(versions.commits(repository, name if name in known else "", limit=MOST_COMMITS)),
        branches=tuple(branches),
        tags=tuple(versions.tags(repository)),
        problems=tuple(found),
        stashes=tuple(by_hand.stashes(repository)),
        news=len(versions.news(repository, limit=MOST_COMMITS)),
    )


def day(seconds: float) -> str:
    """A date as 2026-11-23, "" if there is none."""
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d") if seconds else ""


def commit_columns() -> list[Column]:
    """The columns of a list of commits."""
    return [
        Column(tr("Version"), lambda one: one.hash[:8], 100, is_bold=lambda one: one.is_current, colour=_colour),
        Column("", _mark, 70, key=lambda one: (not one.is_current, not one.is_new), colour=_colour),
        Column(tr("Message"), lambda one: one.title, tip=lambda one: one.message, is_bold=lambda one: one.is_current),
        Column(tr("Author"), lambda one: one.author, 140),
        Column(tr("Date"), lambda one: day(one.date), 96, key=lambda one: one.date, is_number=True),
    ]


def _reference_columns() -> list[Column]:
    return [
        Column(tr("Name"), lambda one: one.name, 200, is_bold=lambda one: one.is_current, colour=_colour),
        Column("", _mark, 70, key=lambda one: not one.is_current, colour=_colour),
        Column(tr("Message"), lambda one: one.title),
        Column(tr("Version"), lambda one: one.commit[:8], 100),
        Column(tr("Date"), lambda one: day(one.date), 96, key=lambda one: one.date, is_number=True),
    ]


def _mark(one: Commit | Reference) -> str:
    if one.is_current:
        return tr("current")
    return tr("new") if isinstance(one, Commit) and one.is_new else ""


def _colour(one: Commit | Reference) -> str:
    if one.is_current:
        return theme.current().accent
    return theme.current().ok if isinstance(one, Commit) and one.is_new else ""


class Head(QFrame):
    """Which version is there, what is new, and the buttons that change that."""

    def __init__(self, panel: "VersionsPanel") -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.title, self.about, self.news = label(role="title"), ElidedLabel(role="muted"), label(role="small")
        self.check = button(
            tr("Look for updates"), panel.refresh_origin, tip=tr("Asks the repository what is new; nothing is changed.")
        )
        self.back = button(
            tr("Go back"), panel.go_back, tip=tr("Returns to the version that was there before the last change.")
        )
        self.update_it = button(
            tr("Update"), panel.update_it, role="primary", tip=tr("Moves to the newest version of this branch.")
        )
        self.probes = ProbeBox(panel.changes)
        top = row(self.title, spacing=theme.MEDIUM)
        top.addWidget(self.about, 1)
        for one in (self.check, self.back, self.update_it):
            top.addWidget(one)
        column(top, row(self.news, None, self.probes), parent=self, margin=theme.MEDIUM)

    def show_versions(self, found: Versions) -> None:
        """Show what is there."""
        now = found.current
        where = found.branch or tr("no branch")
        self.title.setText(f"{where} · {now.hash[:8]}" if now else tr("No version is known"))
        self.about.set_text(f"{day(now.date)} · {now.title}" if now else "")
        self.news.setText(
            tr("{count} new versions", count=found.news) if found.news else tr("Nothing new as of the last look")
        )
        self.back.setEnabled(bool(found.previous))
        self.check.setEnabled(now is not None)
        self.update_it.setEnabled(now is not None)
        theme.dress(self.update_it, "primary" if found.news else "")


class VersionsPanel(WebuiPanel):
    """The head, the problems, a list of commits, branches or tags, and what can be done with the chosen one."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__(webui)
        self.changes = webui.changes
        self.found: Versions | None = None
        self.kind, self._read_for = KINDS[0], ""
        self.head, self.problems = Head(self), ProblemList(self.changes)
        self.tabs, self.of = self._kinds(), ChoiceEdit(label=lambda name: name or tr("The branch you follow"))
        self.of.setAccessibleName(tr("Branch"))
        self.of.setToolTip(tr("Whose commits are listed."))
        self.of.setFixedWidth(220)
        self.words = search_line()
        tip = tr("Choose a version to see what can be done with it.")
        self.commits = Table(commit_columns(), tr("List of versions"), tip)
        self.references = Table(_reference_columns(), tr("Branches and tags"), tip)
        self.chosen = ElidedLabel(role="muted")
        self.switch_to = button(
            tr("Switch to it"), self.switch, tip=tr("Puts the files of this version in place; your settings stay.")
        )
        self.back_to = button(
            tr("Take the branch back to it"),
            self.take_branch_back,
            tip=tr("Stays on the branch, at this older version; the next update moves forward again."),
        )
        lists = QWidget()
        foot = row(spacing=theme.SMALL)
        foot.addWidget(self.chosen, 1)
        foot.addWidget(self.back_to)
        foot.addWidget(self.switch_to)
        bar = row(self.tabs, None, self.words, self.of)
        layout = column(bar, parent=lists)
        layout.addWidget(self.commits, 1)
        layout.addWidget(self.references, 1)
        layout.addLayout(foot)
        self.references.hide()
        self.card = with_card(webui, self, self.head, self.problems, lists)
        self._connect()

    def _kinds(self) -> QTabBar:
        tabs = QTabBar()
        tabs.setAccessibleName(tr("What is listed"))
        tabs.setToolTip(tr("Chooses what is listed."))
        tabs.setExpanding(False)
        for kind in KINDS:
            tabs.addTab(tr(KIND_TITLES[kind]))
        return tabs

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._choose_kind)
        self.of.changed.connect(self._read)
        self.words.changed.connect(self._show_lists)
        self.changes.probes_changed.connect(self.state_changed)
        for table in (self.commits, self.references):
            table.chosen.connect(self._show_chosen)
        self.changes.ended.connect(self._read_again)
        self.webui.install_chosen.connect(self._read_again)

    # reading

    def shown(self) -> None:
        """Look at the repository, if that was not done yet."""
        if self.found is None or self._read_for != self._key:
            self._read()

    @property
    def _key(self) -> str:
        return self.webui.install.key if self.webui.install else ""

    @Slot()
    def _read_again(self) -> None:
        if self.isVisible():
            self._read()
        else:
            self.found = None

    @Slot()
    def _read(self) -> None:
        self._read_for = self._key
        self.changes.look(partial(read, name=self.of.value()), self._take)

    @Slot(object)
    def _take(self, found: Versions) -> None:
        self.found = found
        self.head.show_versions(found)
        self.problems.show_problems(found.problems, found.stashes)
        with QSignalBlocker(self.of):
            self.of.set_choices(["", *(one.name for one in found.branches)])
        self._show_lists()

    @Slot()
    def _show_lists(self) -> None:
        if self.found is None:
            return
        words = self.words.value().casefold().split()
        self.commits.show_records(_holding(self.found.commits, words), lambda one: one.hash)
        named = self.found.tags if self.kind == "tags" else self.found.branches
        self.references.show_records(_holding(named, words), lambda one: one.name)
        self._show_chosen()

    @Slot(int)
    def _choose_kind(self, place: int) -> None:
        self.kind = KINDS[place]
        self.commits.setVisible(self.kind == "commits")
        self.references.setVisible(self.kind != "commits")
        self.of.setVisible(self.kind == "commits")
        self._show_lists()
        self.state_changed.emit()

    # the chosen version

    @property
    def version(self) -> str:
        """The chosen commit, branch or tag; "" if none is."""
        one = (self.commits if self.kind == "commits" else self.references).record
        return "" if one is None else one.hash if isinstance(one, Commit) else one.name

    @Slot()
    def _show_chosen(self) -> None:
        table = self.commits if self.kind == "commits" else self.references
        one: Any = table.record
        self.chosen.set_text(f"{self.version[:40]} · {one.title}" if one is not None else "")
        self.switch_to.setEnabled(one is not None and not one.is_current)
        is_older = isinstance(one, Commit) and not one.is_new and not one.is_current
        self.back_to.setVisible(self.kind == "commits")
        self.back_to.setEnabled(is_older and bool(self.found and self.found.branch) and not self.of.value())

    # changing

    @Slot()
    def refresh_origin(self) -> None:
        """Ask the origin what is new."""
        self.changes.do(tr("Looking for updates"), _refresh)

    @Slot()
    def update_it(self) -> None:
        """Move to the newest version."""
        self._make(tr(TITLES["update"]), operations.update())

    @Slot()
    def go_back(self) -> None:
        """Return to the version that was there before."""
        if self.found and self.found.previous:
            self._go_back_to(self.found.previous)

    @Slot()
    def switch(self) -> None:
        """Switch to the chosen version."""
        if name := self.version:
            shown = name[:8] if self.kind == "commits" else name
            self._make(tr(TITLES["switch"], version=shown), operations.switch(name))

    @Slot()
    def take_branch_back(self) -> None:
        """Take the branch back to the chosen commit."""
        if name := self.version:
            self._go_back_to(name)

    def _go_back_to(self, commit: str) -> None:
        self._make(tr(TITLES["go_back"], version=commit[:8]), operations.go_back(commit))

    def _make(self, title: str, change: operations.Change) -> None:
        self.changes.make(title, lambda _install, _around: change)

    # memory

    def state(self) -> dict[str, object]:
        """What is listed, and whether starts are tried."""
        return {"kind": self.kind, "probes": self.changes.probes}

    def restore(self, state: dict[str, object]) -> None:
        """List the same."""
        if state.get("kind") in KINDS:
            self.tabs.setCurrentIndex(KINDS.index(str(state["kind"])))
        self.changes.let_probe(state.get("probes", True) is not False)


def search_line() -> LineEdit:
    """A line that narrows a list."""
    made = LineEdit()
    made.setPlaceholderText(tr("Search"))
    made.setAccessibleName(tr("Search"))
    made.setToolTip(tr("Lists only what holds all these words."))
    made.setClearButtonEnabled(True)
    made.setFixedWidth(200)
    return made


def _holding(found: tuple[Any, ...], words: list[str]) -> list[Any]:
    return [one for one in found if all(word in _text(one) for word in words)]


def _text(one: Commit | Reference) -> str:
    parts = (one.hash, one.author, one.message) if isinstance(one, Commit) else (one.name, one.commit, one.title)
    return " ".join(parts).casefold()


def _refresh(install: Install, around: Surroundings, context: JobContext) -> None:
    versions.refresh(Repository(install.folder, around.git_env(install)), context)
