"""Snapshots: made by hand and before every change, compared, restored; and the journal of what was changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QCheckBox, QFileDialog, QFrame, QSplitter, QStackedWidget, QTabBar, QWidget

from studio.catalog.changes import TITLES
from studio.catalog.rules import Text
from studio.core.job import JobContext
from studio.launcher import install_state, journal, operations, snapshots
from studio.launcher.install import Install
from studio.launcher.journal import Entry
from studio.launcher.snapshots import BEFORE, BY_HAND, IMPORTED, Difference, Snapshot
from studio.launcher.state_restore import PARTS
from studio.launcher.surroundings import Surroundings
from studio.ui import theme
from studio.ui.panels.webui_change_card import with_card
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.webui_changes import titled
from studio.ui.widgets.choice_edit import ChoiceEdit
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import button, column, label, row
from studio.ui.widgets.table import Column, Table
from studio.ui.widgets.text_edit import LineEdit

NOW = "now"
PART_TITLES = {
    "versions": "Version",
    "extensions": "Extension",
    "enabled": "Switches",
    "settings": "Settings",
    "packages": "Packages",
}
KIND_TITLES = {BY_HAND: "by hand", BEFORE: "before a change", IMPORTED: "imported"}
STATUS_TITLES = {
    journal.OPEN: "going on",
    journal.DONE: "done",
    journal.UNDOING: "being put back",
    journal.UNDONE: "put back",
    journal.REVERTED: "taken back later",
    journal.STUCK: "could not be put back",
}


@dataclass(frozen=True)
class Kept:
    """The snapshots and the journal of a web UI, the newest first."""

    snapshots: tuple[Snapshot, ...] = ()
    entries: tuple[Entry, ...] = ()


def read(install: Install, around: Surroundings, _: JobContext) -> Kept:
    """Read both."""
    places = around.places
    return Kept(
        tuple(snapshots.snapshots(places, install.key)),
        tuple(journal.entries(places, install.key)),
    )


class SnapshotsPanel(WebuiPanel):
    """Two tabs: snapshots with what differs, and the journal."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__(webui)
        self.changes = webui.changes
        self._read_for = ""
        self.tabs, self.stack = QTabBar(), QStackedWidget()
        self.tabs.setAccessibleName(tr("Snapshots or journal"))
        self.tabs.setToolTip(tr("Shows the snapshots, or what was changed when."))
        self.tabs.setExpanding(False)
        self.snapshots, self.journal = SnapshotList(webui), Journal(webui)
        for title, part in ((tr("Snapshots"), self.snapshots), (tr("Journal"), self.journal)):
            self.tabs.addTab(title)
            self.stack.addWidget(part)
        parts = QWidget()
        layout = column(self.tabs, parent=parts, spacing=theme.MEDIUM)
        layout.addWidget(self.stack, 1)
        self.card = with_card(webui, self, parts)
        self.tabs.currentChanged.connect(self._show_part)
        self.changes.ended.connect(self._read_again)
        webui.install_chosen.connect(self._read_again)

    def shown(self) -> None:
        """Read, if that was not done yet."""
        key = self.webui.install.key if self.webui.install else ""
        if self._read_for != key:
            self._read_for = key
            self.changes.look(read, self._take)

    @Slot()
    def _read_again(self) -> None:
        self._read_for = ""
        if self.isVisible():
            self.shown()

    @Slot(object)
    def _take(self, kept: Kept) -> None:
        self.snapshots.show_snapshots(kept.snapshots)
        self.journal.show_entries(kept.entries)

    @Slot(int)
    def _show_part(self, place: int) -> None:
        self.stack.setCurrentIndex(place)
        self.state_changed.emit()

    def state(self) -> dict[str, object]:
        """Which part is shown."""
        return {"tab": self.tabs.currentIndex()}

    def restore(self, state: dict[str, object]) -> None:
        """Show the same part."""
        self.tabs.setCurrentIndex(1 if state.get("tab") == 1 else 0)

    def receive(self, value: object) -> None:
        """Show the journal."""
        if value == "journal":
            self.tabs.setCurrentIndex(1)


class SnapshotList(QWidget):
    """The list; beside it what differs between the chosen one and now or another one; below it the way back."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui, self.changes = webui, webui.changes
        self.by_id: dict[str, Snapshot] = {}
        self.name = LineEdit()
        self.name.setPlaceholderText(tr("Name of the snapshot"))
        self.name.setAccessibleName(tr("Name of the snapshot"))
        self.name.setToolTip(tr("Empty takes the date."))
        self.name.setFixedWidth(220)
        self.name.returnPressed.connect(self.make)
        self.make_it = button(
            tr("Make a snapshot"),
            self.make,
            role="primary",
            tip=tr("Writes down versions, switches, settings and packages as they are now."),
        )
        self.bring = button(
            tr("Import a list…"), self.choose_file, tip=tr("Reads a state that the web UI saved in config_states.")
        )
        self.table = Table(self._columns(), tr("Snapshots"), tr("Choose one to see what differs."))
        self.differences = Differences(self)
        self.differences.against.changed.connect(self._compare)
        self.table.chosen.connect(self._compare)
        both = QSplitter()
        both.setChildrenCollapsible(False)
        both.addWidget(self.table)
        both.addWidget(self.differences)
        both.setSizes([420, 560])
        layout = column(row(self.name, self.make_it, None, self.bring), parent=self)
        layout.addWidget(both, 1)

    def _columns(self) -> list[Column]:
        return [
            Column(tr("When"), lambda one: moment(one.at), 146, key=lambda one: one.at, is_number=True),
            Column(tr("Name"), title_of),
            Column(tr("Kind"), lambda one: tr(KIND_TITLES[one.kind]), 126, colour=lambda _: theme.current().muted),
        ]

    def show_snapshots(self, found: Sequence[Snapshot]) -> None:
        """Show the list."""
        self.by_id = {one.id: one for one in found}
        self.table.show_records(found, lambda one: one.id)
        if self.table.record is None and found:
            self.table.choose(lambda _: True)
        self.differences.offer(found)
        self._compare()

    @Slot()
    def _compare(self) -> None:
        one: Snapshot | None = self.table.record
        self.differences.show_differences(())
        self.differences.let_restore(one is not None)
        if one is not None:
            other = self.by_id.get(self.differences.against.value())
            self.changes.look(partial(compared, one, other), self._take)

    @Slot(object)
    def _take(self, found: tuple[str, list[Difference]]) -> None:
        if self.table.record is not None and self.table.record.id == found[0]:
            self.differences.show_differences(found[1])

    @Slot()
    def make(self) -> None:
        """Make a snapshot."""
        self.changes.do(tr("Making a snapshot"), partial(_taken, self.name.value().strip()))
        self.name.set_value("")

    @Slot()
    def choose_file(self) -> None:
        """Ask for a list to import."""
        folder = str(self.webui.install.folder / "config_states") if self.webui.install else ""
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Import a list"), folder, "*.json")
        if chosen:
            self.import_list(Path(chosen))

    def import_list(self, path: Path) -> None:
        """Read a list that the web UI saved."""
        self.changes.do(tr("Importing"), partial(_imported, path))

    def restore(self, parts: Sequence[str]) -> None:
        """Go back to the chosen one."""
        one: Snapshot | None = self.table.record
        if one is not None and parts:
            change = operations.restore(one, parts)
            title = tr(TITLES["restore"], name=title_of(one))
            self.changes.make(title, lambda _install, _around: change, probes=False)


class Differences(QFrame):
    """What is different, part by part, and which parts are to come back."""

    def __init__(self, owner: SnapshotList) -> None:
        super().__init__()
        self.owner = owner
        self.setProperty("role", "card")
        self._titles: dict[str, str] = {}
        self._is_possible = False
        self.against = ChoiceEdit([NOW], label=lambda key: self._titles.get(key) or tr("how it is now"))
        self.against.setAccessibleName(tr("Compared with"))
        self.against.setToolTip(tr("What the snapshot is compared with."))
        self.summary = ElidedLabel(role="muted")
        self.table = Table(
            [
                Column(tr("Part"), lambda one: tr(PART_TITLES[one.part]), 90),
                Column(tr("What"), lambda one: one.name or tr("the web UI")),
                Column(tr("In the snapshot"), lambda one: short(one, one.before), 130, tip=lambda one: one.before),
                Column(tr("There"), lambda one: short(one, one.after), 130, tip=lambda one: one.after),
            ],
            tr("Differences"),
            tr("What is different between the two."),
        )
        self.parts = {part: QCheckBox(tr(PART_TITLES[part])) for part in PARTS}
        for box in self.parts.values():
            box.setChecked(True)
            box.setToolTip(tr("Whether this comes back when the snapshot is restored."))
            box.toggled.connect(self._show_button)
        self.go = button(
            tr("Restore"),
            self._restore,
            tip=tr("Brings back the checked parts; what is there now is kept as a snapshot too."),
        )
        head = row(label(tr("Compared with")), spacing=theme.SMALL)
        head.addWidget(self.against, 1)
        layout = column(head, self.summary, parent=self, margin=theme.MEDIUM)
        layout.addWidget(self.table, 1)
        layout.addLayout(row(*self.parts.values(), None))
        layout.addLayout(row(None, self.go))

    def offer(self, found: Sequence[Snapshot]) -> None:
        """Offer what can be compared with."""
        self._titles = {one.id: f"{moment(one.at)}  {title_of(one)}" for one in found}
        with QSignalBlocker(self.against):
            value = self.against.value()
            self.against.set_choices([NOW, *self._titles])
            self.against.set_value(value if value in self._titles else NOW)

    def show_differences(self, found: Sequence[Difference]) -> None:
        """Show these."""
        self.table.show_records(found)
        self.summary.set_text(tr("{count} differences", count=len(found)) if found else tr("No difference is known."))

    def let_restore(self, is_possible: bool) -> None:
        """Whether there is something that could be restored."""
        self._is_possible = is_possible
        self._show_button()

    @Slot()
    def _show_button(self) -> None:
        self.go.setEnabled(self._is_possible and bool(self.wanted))

    @property
    def wanted(self) -> list[str]:
        """The parts that are to come back."""
        return [part for part, box in self.parts.items() if box.isChecked()]

    @Slot()
    def _restore(self) -> None:
        self.owner.restore(self.wanted)


class Journal(QWidget):
    """Every change: when, what, how it ended and why; the chosen one can be taken back."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui, self.changes = webui, webui.changes
        self.table = Table(self._columns(), tr("Journal"), tr("Choose a change to take it back."))
        self.why = label(role="muted", wrap=True)
        self.back = button(
            tr("Take it back"),
            self.take_back,
            tip=tr("Everything is as it was before this change, and what came later goes too."),
        )
        layout = column(parent=self)
        layout.addWidget(self.table, 1)
        foot = row(spacing=theme.SMALL)
        foot.addWidget(self.why, 1)
        foot.addWidget(self.back)
        layout.addLayout(foot)
        self.table.chosen.connect(self._show_chosen)
        self._show_chosen()

    def _columns(self) -> list[Column]:
        return [
            Column(tr("When"), lambda one: moment(one.at), 146, key=lambda one: one.at, is_number=True),
            Column(tr("What"), titled),
            Column(tr("How it ended"), lambda one: tr(STATUS_TITLES[one.status]), 170, colour=_status_colour),
        ]

    def show_entries(self, found: Sequence[Entry]) -> None:
        """Show the journal."""
        self.table.show_records(found, lambda one: one.id)
        self._show_chosen()

    @Slot()
    def _show_chosen(self) -> None:
        one: Entry | None = self.table.record
        self.why.setText(why(one, self.webui.language) if one else "")
        self.back.setEnabled(one is not None and one.status == journal.DONE)

    @Slot()
    def take_back(self) -> None:
        """Take back the chosen one."""
        one: Entry | None = self.table.record
        if one is not None:
            self.changes.take_back(one.id, titled(one))


def why(one: Entry, language: str) -> str:
    """Why a change was put back: what the diagnosis of its trial start says, else the error."""
    causes = [Text.model_validate(found["cause"]).of(language) for found in one.findings[:1]]
    return causes[0] if causes else one.why


def moment(seconds: float) -> str:
    """A time as 2026-11-23 14:05."""
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")


def title_of(one: Snapshot) -> str:
    """What a snapshot is called; names given by hand as they are."""
    return tr(one.title, **one.values) if one.kind == BEFORE else one.title


def short(one: Difference, value: str) -> str:
    """A value as the table shows it: commits are cut, "" is nothing."""
    if not value:
        return "-"
    words = {"on": tr("on"), "off": tr("off"), "installed": tr("installed")}
    if one.part == "versions":
        return value[:8]
    return words.get(value, value) if one.part in ("enabled", "extensions") else value


def _status_colour(one: Entry) -> str:
    tokens = theme.current()
    return {journal.DONE: "", journal.UNDONE: tokens.warn, journal.STUCK: tokens.bad}.get(one.status, tokens.muted)


def compared(
    one: Snapshot, other: Snapshot | None, install: Install, around: Surroundings, _: JobContext
) -> tuple[str, list[Difference]]:
    """What differs between a snapshot and another one, or how it is now (None)."""
    after = other.state if other else install_state.look(install, around.places, around.git_env(install))
    return one.id, snapshots.compare(one.state, after, around.places, install)


def _taken(name: str, install: Install, around: Surroundings, context: JobContext) -> Snapshot:
    return operations.take_snapshot(install, around, context, name)


def _imported(path: Path, install: Install, around: Surroundings, _: JobContext) -> Snapshot:
    return snapshots.import_config_state(path, install, around.places)
