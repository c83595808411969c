"""The shield: which packages extensions may not replace, and what single extensions may nevertheless."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from studio.core.job import JobContext
from studio.core.option import options
from studio.launcher import install_state, packages, shield
from studio.launcher.install import Install
from studio.launcher.shield import HELD, Shield
from studio.launcher.surroundings import Surroundings
from studio.ui import theme
from studio.ui.translate import tr, tr_option
from studio.ui.webui import WebuiSession
from studio.ui.widgets.choice_edit import ChoiceEdit
from studio.ui.widgets.parts import button, column, label, row
from studio.ui.widgets.table import Column, Table


@dataclass(frozen=True)
class Seen:
    """The record, the versions that are held by package, and the extensions that there are."""

    record: Shield
    versions: dict[str, str]
    extensions: tuple[str, ...]


@dataclass(frozen=True)
class Allowance:
    """A package that an extension may change."""

    extension: str
    package: str


def read(install: Install, around: Surroundings, _: JobContext) -> Seen:
    """Look at the record and at what it holds."""
    found = packages.by_name(packages.installed(packages.site_packages(install.venv)))
    record = Shield.load(shield.record_folder(install, around.places))
    return Seen(
        record,
        {name: found[name].version for name in HELD if name in found},
        tuple(sorted(install_state.switches(install))),
    )


class ShieldEdit(QWidget):
    """On or off, what is held, and the exceptions."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui, self.changes = webui, webui.changes
        self.seen: Seen | None = None
        switch = next(one for one in options(Shield) if one.name == "on")
        title, help_ = tr_option(switch)
        self.on = QCheckBox(title)
        self.on.setToolTip(help_)
        self.held = Table(
            [
                Column(tr("Package"), lambda name: name, 200),
                Column(tr("Held at"), self._version),
            ],
            tr("Protected packages"),
            tr("These stay at their versions, whatever an extension asks for."),
            sortable=False,
        )
        self.exceptions = Table(
            [
                Column(tr("Extension"), lambda one: one.extension, 240),
                Column(tr("may change"), lambda one: one.package),
            ],
            tr("Exceptions"),
            tr("What single extensions may change nevertheless."),
            sortable=False,
        )
        self.extension, self.package = _choice(tr("Extension")), _choice(tr("Package"))
        self.package.set_choices(list(HELD))
        self.allow = button(tr("Allow it"), self.add, tip=tr("Lets this extension, and only it, change this package."))
        self.forbid = button(tr("Forbid it again"), self.take_off, tip=tr("Takes the chosen exception back."))
        about = label(help_, "muted", wrap=True)
        layout = column(self.on, about, parent=self, spacing=theme.SMALL)
        layout.addWidget(self.held, 3)
        layout.addWidget(label(tr("Exceptions"), "title"))
        layout.addWidget(self.exceptions, 2)
        layout.addLayout(row(self.extension, self.package, self.allow, None, self.forbid))
        self.on.toggled.connect(self.switch)
        self.exceptions.chosen.connect(self._show_chosen)
        self._show_chosen()

    def _version(self, name: str) -> str:
        seen = self.seen
        if seen is None or not seen.record.on:
            return tr("not protected")
        return seen.versions.get(name, tr("not installed"))

    def read(self) -> None:
        """Look again."""
        self.changes.look(read, self._take)

    @Slot(object)
    def _take(self, seen: Seen) -> None:
        self.seen = seen
        with QSignalBlocker(self.on):
            self.on.setChecked(seen.record.on)
        self.held.show_records(HELD)
        rows = [Allowance(who, name) for who, names in seen.record.allowed.items() for name in names]
        self.exceptions.show_records(rows)
        self.extension.set_choices(list(seen.extensions))
        self.allow.setEnabled(bool(seen.extensions))
        self._show_chosen()

    @Slot()
    def _show_chosen(self) -> None:
        self.forbid.setEnabled(self.exceptions.record is not None)

    @Slot(bool)
    def switch(self, on: bool) -> None:
        """Protect or not."""
        self._save(lambda record: record.model_copy(update={"on": on}))

    @Slot()
    def add(self) -> None:
        """Allow the chosen extension the chosen package."""
        who, name = self.extension.value(), self.package.value()
        if who and name:
            self._save(lambda record: record.allow(who, (*record.allowed.get(who, ()), name)))

    @Slot()
    def take_off(self) -> None:
        """Take the chosen exception back."""
        one: Allowance | None = self.exceptions.record
        if one:
            self._save(lambda record: record.allow(one.extension, _without(record, one)))

    def _save(self, alter: Callable[[Shield], Shield]) -> None:
        self.changes.do(tr("Writing the settings"), partial(_altered, alter))


def _without(record: Shield, one: Allowance) -> tuple[str, ...]:
    return tuple(name for name in record.allowed.get(one.extension, ()) if name != one.package)


def _choice(name: str) -> ChoiceEdit:
    made = ChoiceEdit()
    made.setAccessibleName(name)
    made.setToolTip(tr("Who may change what."))
    made.setFixedWidth(220)
    return made


def _altered(alter: Callable[[Shield], Shield], install: Install, around: Surroundings, _: JobContext) -> None:
    folder = shield.record_folder(install, around.places)
    alter(Shield.load(folder)).save(folder)
