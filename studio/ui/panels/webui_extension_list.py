"""The installed extensions: a list with switches, what is new, and what can be done with the chosen one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFrame, QWidget

from studio.catalog.changes import TITLES
from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.launcher import by_hand, extensions, git_problems, operations, stages, versions
from studio.launcher.by_hand import Stash
from studio.launcher.extensions import Extension, Requirement, Updated
from studio.launcher.git import Repository
from studio.launcher.git_problems import Problem
from studio.launcher.install import Install
from studio.launcher.links import DeletePlan
from studio.launcher.surroundings import Surroundings
from studio.launcher.transactions import Finished
from studio.launcher.versions import Commit
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.panels.webui_problems import ProblemList
from studio.ui.panels.webui_removal import RemovalDialog
from studio.ui.panels.webui_versions import commit_columns, day, search_line
from studio.ui.translate import tr, tr_error
from studio.ui.webui import WebuiSession
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import button, column, empty, label, row
from studio.ui.widgets.table import Column, Table

MOST_COMMITS = 5000


@dataclass(frozen=True)
class Seen:
    """The extensions of a web UI; `seconds` are what each took at the last start, by name."""

    extensions: tuple[Extension, ...] = ()
    duplicates: tuple[tuple[Extension, ...], ...] = ()
    unmet: tuple[Requirement, ...] = ()
    seconds: dict[str, float] | None = None
    problems: tuple[Problem, ...] = ()
    stashes: tuple[Stash, ...] = ()


def read(install: Install, around: Surroundings, context: JobContext) -> Seen:
    """Look at the extensions; nothing is asked of a server."""
    env = around.git_env(install)
    found = extensions.extensions(install, env, context)
    history = stages.load_history(around.places, install.key)
    troubled = [one.folder for one in found if one.problem or one.behind]
    problems = git_problems.examine(troubled, env, context)
    repositories = [Repository(one.folder, env) for one in found if one.commit and not one.is_builtin]
    return Seen(
        tuple(found),
        tuple(extensions.duplicates(found)),
        tuple(extensions.unmet(found)),
        stages.extension_seconds(install, history[-1]) if history else {},
        tuple(one for one in problems if one.kind.key != "shallow"),  # that keeps nothing from being updated
        tuple(stash for one in repositories if by_hand.may_hold(one) for stash in by_hand.stashes(one)),
    )


class InstalledList(QWidget):
    """Switches, updates, version, times and sizes; warnings above, the chosen extension below."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui, self.changes = webui, webui.changes
        self.seen, self.errors = Seen(), dict[str, StudioError]()
        self.words, self.count = search_line(), label(role="small")
        self.check = button(
            tr("Look for updates"), self.look_for_updates, tip=tr("Asks every extension's repository what is new.")
        )
        self.update_all = button(
            tr("Update all"), self.update_every, tip=tr("Updates all extensions that have something new, side by side.")
        )
        self.warnings, self.problems = column(spacing=theme.TINY), ProblemList(self.changes)
        self.table = Table(self._columns(), tr("Installed extensions"), tr("The box switches an extension on and off."))
        self.detail = Detail(self)
        head = row(self.words, self.count, None, self.check, self.update_all)
        layout = column(head, self.warnings, self.problems, parent=self)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.detail)
        self.words.changed.connect(self.show_rows)
        self.table.chosen.connect(self._show_chosen)
        self.table.switched.connect(self.switch_on)

    def _columns(self) -> list[Column]:
        return [
            Column(tr("On"), lambda _: "", 40, key=lambda one: one.is_enabled, checked=lambda one: one.is_enabled),
            Column(tr("Name"), _name, tip=lambda one: one.title or one.name, colour=_name_colour),
            Column(tr("Version"), _version, 150),
            Column(tr("Date"), lambda one: day(one.date), 92, key=lambda one: one.date, is_number=True),
            Column(tr("News"), self._news, 120, key=lambda one: -one.behind, colour=self._news_colour, tip=self._why),
            Column(tr("Start"), self._start, 70, key=lambda one: self._seconds(one), is_number=True),
            Column(
                tr("Size"), lambda one: size_text(one.size_bytes), 84, key=lambda one: one.size_bytes, is_number=True
            ),
            Column(tr("From"), lambda one: one.remote.removeprefix("https://"), 180, tip=lambda one: one.remote),
        ]

    # what is shown

    def show_seen(self, seen: Seen) -> None:
        """Show what was found."""
        self.seen = seen
        self.problems.show_problems(seen.problems, seen.stashes)
        self._show_warnings()
        self.show_rows()

    @Slot()
    def show_rows(self) -> None:
        """Show the extensions that hold the words."""
        words = self.words.value().casefold().split()
        found = [one for one in self.seen.extensions if all(word in _text(one) for word in words)]
        self.table.show_records(found, lambda one: one.folder)
        on, behind = sum(one.is_enabled for one in found), sum(one.behind > 0 for one in found)
        self.count.setText(
            tr("{count} extensions, {on} on, {behind} to update", count=len(found), on=on, behind=behind)
        )
        self.update_all.setEnabled(behind > 0)
        theme.dress(self.update_all, "primary" if behind else "")
        self._show_chosen()

    def _show_warnings(self) -> None:
        empty(self.warnings)
        for group in self.seen.duplicates:
            names = ", ".join(one.name for one in group)
            self.warnings.addWidget(_warning(tr("These are one and the same extension: {names}", names=names)))
        for one in self.seen.unmet:
            text = tr("{name} requires {wanted}", name=one.extension, wanted=" / ".join(one.alternatives))
            self.warnings.addWidget(_warning(text, *(self._switch_button(name) for name in one.disabled)))

    def _switch_button(self, canonical: str) -> QWidget:
        name = next(one.name for one in self.seen.extensions if one.canonical == canonical)
        return button(
            tr("Switch {name} on", name=name),
            lambda: self.make("extension_enable", operations.enable_extensions({name: True}), names=name),
            tip=tr("It is there, but off."),
        )

    def _news(self, one: Extension) -> str:
        if one.name in self.errors:
            return tr("cannot be asked")
        if one.problem:
            return tr("damaged")
        parts = [tr("{count} new", count=one.behind)] if one.behind else []
        parts += [tr("{count} own", count=one.ahead)] if one.ahead else []
        parts += [tr("changed by hand")] if one.is_dirty else []
        return ", ".join(parts)

    def _news_colour(self, one: Extension) -> str:
        tokens = theme.current()
        if one.behind or one.problem:
            return tokens.bad
        return tokens.warn if one.name in self.errors or one.ahead or one.is_dirty else ""

    def _why(self, one: Extension) -> str:
        return " ".join(tr_error(self.errors[one.name])) if one.name in self.errors else self._news(one)

    def _seconds(self, one: Extension) -> float:
        return (self.seen.seconds or {}).get(one.name, 0.0)

    def _start(self, one: Extension) -> str:
        seconds = self._seconds(one)
        return tr("{seconds} s", seconds=f"{seconds:.1f}") if seconds else ""

    @Slot()
    def _show_chosen(self) -> None:
        self.detail.show_extension(self.table.record)

    # what can be done

    def make(self, kind: str, change: operations.Change, **values: str) -> None:
        """Make a change."""
        job = self.changes.make(tr(TITLES[kind], **values), lambda _install, _around: change)
        if job:
            job.succeeded.connect(self._tell_failures)

    @Slot(object)
    def _tell_failures(self, made: Finished) -> None:
        """Extensions that could not be updated while others could."""
        if isinstance(made.value, list):
            self._keep_errors(cast(list[Updated], made.value))
            for name, error in self.errors.items():
                text, remedy = tr_error(error)
                self.webui.session.notify(f"{name}: {text}", remedy=remedy, details=error.details, kind="bad")

    def _keep_errors(self, found: Sequence[Updated]) -> None:
        self.errors = {one.name: one.error for one in found if one.error is not None}

    @Slot(object, bool)
    def switch_on(self, one: Extension, on: bool) -> None:
        """Switch an extension on or off."""
        kind = "extension_enable" if on else "extension_disable"
        self.make(kind, operations.enable_extensions({one.name: on}), names=one.name)

    @Slot()
    def look_for_updates(self) -> None:
        """Ask the repositories."""
        job = self.changes.do(tr("Looking for updates"), _check)
        if job:
            job.succeeded.connect(self._keep_errors)

    @Slot()
    def update_every(self) -> None:
        """Update all that are behind."""
        names = [one.name for one in self.seen.extensions if one.behind and not one.is_builtin]
        self.make("extension_update", operations.update_extensions(names), names=", ".join(names))

    def update_one(self, one: Extension) -> None:
        """Update one."""
        self.make("extension_update", operations.update_extensions([one.name]), names=one.name)

    def plan_removal(self, one: Extension) -> None:
        """Show what uninstalling takes away."""
        self.changes.look(partial(_planned, one), self._show_plan)

    @Slot(object)
    def _show_plan(self, found: tuple[Install, Extension, DeletePlan]) -> None:
        install, one, plan = found
        dialog = RemovalDialog(self, replace(install, title=one.name), plan)
        dialog.accepted.connect(partial(self.uninstall, one, plan))
        dialog.open()

    def uninstall(self, one: Extension, plan: DeletePlan) -> None:
        """Move it to the trash; the notice takes it back."""
        self.make("extension_uninstall", operations.uninstall_extension(one.name, plan), name=one.name)

    def list_versions(self, one: Extension) -> None:
        """Offer its versions."""
        self.changes.look(partial(_versions, one), self._show_versions)

    @Slot(object)
    def _show_versions(self, found: tuple[Extension, list[Commit]]) -> None:
        one, commits = found
        dialog = VersionDialog(self, one.name, commits)
        dialog.accepted.connect(lambda: self.switch_version(one, dialog.version))
        dialog.open()

    def switch_version(self, one: Extension, version: str) -> None:
        """Take it to another version."""
        if version:
            change = operations.switch_extension(one.name, version)
            self.make("extension_switch", change, name=one.name, version=version[:8])


class Detail(QFrame):
    """The chosen extension: its last change and its buttons."""

    def __init__(self, owner: InstalledList) -> None:
        super().__init__()
        self.owner, self.one = owner, cast("Extension | None", None)
        self.setProperty("role", "card")
        self.title, self.about = label(role="section"), ElidedLabel(role="muted")
        self.update_it = button(tr("Update"), self._update, tip=tr("Moves this extension to its newest version."))
        self.versions = button(
            tr("Other version…"), self._versions, tip=tr("Lists its versions, to go back or forward to one.")
        )
        self.folder = button(tr("Open folder"), self._open_folder, tip=tr("Shows its files."))
        self.website = button(tr("Open page"), self._open_page, tip=tr("Opens its page in the browser."))
        self.uninstall = button(
            tr("Uninstall…"), self._uninstall, role="danger", tip=tr("Moves it to the trash after showing what goes.")
        )
        layout = row(self.title, parent=self, spacing=theme.SMALL, margin=theme.MEDIUM)
        layout.addWidget(self.about, 1)
        for part in (self.update_it, self.versions, self.folder, self.website, self.uninstall):
            layout.addWidget(part)
        self.show_extension(None)

    def show_extension(self, one: Extension | None) -> None:
        """Show an extension, or what to do to see one."""
        self.one = one
        self.title.setText(one.name if one else "")
        self.about.set_text(one.title if one else tr("Choose an extension to update, change or remove it."))
        self.update_it.setEnabled(bool(one and one.remote and not one.is_builtin))
        self.versions.setEnabled(bool(one and one.commit))
        self.folder.setEnabled(one is not None)
        self.website.setEnabled(bool(one and one.remote.startswith("http")))
        self.uninstall.setEnabled(bool(one and not one.is_builtin))

    @Slot()
    def _update(self) -> None:
        if self.one:
            self.owner.update_one(self.one)

    @Slot()
    def _versions(self) -> None:
        if self.one:
            self.owner.list_versions(self.one)

    @Slot()
    def _open_folder(self) -> None:
        if self.one:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.one.folder)))

    @Slot()
    def _open_page(self) -> None:
        if self.one:
            QDesktopServices.openUrl(QUrl(self.one.remote.removesuffix(".git")))

    @Slot()
    def _uninstall(self) -> None:
        if self.one:
            self.owner.plan_removal(self.one)


class VersionDialog(QDialog):
    """The versions of an extension; `accepted` asks for the chosen one."""

    def __init__(self, parent: QWidget, name: str, commits: Sequence[Commit]) -> None:
        super().__init__(parent)
        theme.clothe(self)
        self.setWindowTitle(tr("Versions of {name}", name=name))
        self.setMinimumSize(760, 480)
        self.table = Table(commit_columns(), tr("List of versions"), tr("Choose the version to go to."))
        self.table.show_records(commits)
        self.go = button(
            tr("Switch to it"), self.accept, role="primary", tip=tr("Takes the extension to this version.")
        )
        stay = button(tr("Cancel"), self.reject, tip=tr("Changes nothing."))
        layout = column(parent=self, spacing=theme.MEDIUM, margin=theme.LARGE)
        layout.addWidget(self.table, 1)
        layout.addLayout(row(None, stay, self.go))
        self.table.chosen.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        self.go.setEnabled(self.table.record is not None and not self.table.record.is_current)

    @property
    def version(self) -> str:
        """The chosen commit."""
        return self.table.record.hash if self.table.record is not None else ""


def size_text(count: int) -> str:
    """A size in MB, in GB from one on."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def _warning(text: str, *buttons: QWidget) -> QWidget:
    holder = QWidget()
    sign = label()
    sign.setPixmap(icon("warning", theme.current().warn).pixmap(theme.ICON))
    layout = row(sign, parent=holder)
    layout.addWidget(label(text, wrap=True), 1)
    for one in buttons:
        layout.addWidget(one)
    return holder


def _name(one: Extension) -> str:
    return tr("{name} (built in)", name=one.name) if one.is_builtin else one.name


def _name_colour(one: Extension) -> str:
    return "" if one.is_enabled else theme.current().muted


def _version(one: Extension) -> str:
    return " · ".join(part for part in (one.commit[:8], one.branch) if part)


def _text(one: Extension) -> str:
    return " ".join((one.name, one.canonical, one.remote, one.title)).casefold()


def _check(install: Install, around: Surroundings, context: JobContext) -> list[Updated]:
    env = around.git_env(install)
    return extensions.check(extensions.extensions(install, env, context), env, context)


def _planned(one: Extension, install: Install, _around: Surroundings, _: JobContext) -> object:
    return install, one, extensions.removal(one)


def _versions(one: Extension, install: Install, around: Surroundings, _: JobContext) -> object:
    return one, versions.commits(Repository(one.folder, around.git_env(install)), limit=MOST_COMMITS)
