"""The packages of a web UI's environment: listed, compared with the index, put in again, removed; what is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from studio.catalog.changes import TITLES
from studio.core.job import JobContext
from studio.launcher import operations, packages, repair, shield
from studio.launcher import pip as pips
from studio.launcher.findings import Step
from studio.launcher.install import Install
from studio.launcher.packages import Package
from studio.launcher.surroundings import Surroundings
from studio.ui import theme
from studio.ui.panels.webui_extension_list import size_text
from studio.ui.panels.webui_versions import search_line
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.widgets.parts import button, column, label, row
from studio.ui.widgets.table import Column, Table


@dataclass(frozen=True)
class Kept:
    """What is in the wheel-house."""

    count: int
    size_bytes: int
    limit_bytes: int


def read(install: Install, around: Surroundings, _: JobContext) -> tuple[list[Package], Kept]:
    """The packages that are installed, and what is kept for repairs."""
    found = packages.by_name(packages.installed(packages.site_packages(install.venv)))
    wheels = around.house.wheels()
    size = sum(wheel.size_bytes for wheel in wheels)
    return list(found.values()), Kept(len(wheels), size, around.house.limit_bytes)


class PackageList(QWidget):
    """A table of packages; what is done with the chosen one is a change that can be taken back."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui, self.changes = webui, webui.changes
        self.found: list[Package] = []
        self.latest: dict[str, str] = {}
        self.words, self.count, self.kept = search_line(), label(role="small"), label(role="small")
        self.table = Table(self._columns(), tr("Packages"), tr("Choose a package to put it in again or to remove it."))
        self.newer = button(
            tr("Look for newer ones"),
            self.look_for_newer,
            tip=tr("Asks the package index; newer is not always better."),
        )
        self.update_it = button(
            tr("Update"), self.update_package, tip=tr("Installs the newest version; the protected packages stay.")
        )
        self.again = button(
            tr("Reinstall"), self.reinstall, tip=tr("Puts the same version in again, from what is kept if it is there.")
        )
        self.remove = button(
            tr("Uninstall"),
            self.uninstall,
            role="danger",
            tip=tr("Takes the package out; what depends on it is not asked."),
        )
        self.fill = button(
            tr("Keep these packages"),
            self.keep,
            tip=tr("Packs the whole environment, so that repairs need no network."),
        )
        head = row(self.words, self.count, None, self.newer, self.update_it, self.again, self.remove)
        layout = column(head, parent=self)
        layout.addWidget(self.table, 1)
        layout.addLayout(row(self.kept, None, self.fill))
        self.words.changed.connect(self.show_rows)
        self.table.chosen.connect(self._show_chosen)
        self._show_chosen()

    def _columns(self) -> list[Column]:
        return [
            Column(tr("Name"), lambda one: one.name, 240),
            Column(tr("Version"), lambda one: one.version, 160),
            Column(tr("Newest"), self._newest, 120, colour=lambda _: theme.current().warn),
            Column(tr("From"), _origin, tip=lambda one: one.origin, colour=_origin_colour),
        ]

    def _newest(self, one: Package) -> str:
        return self.latest.get(one.name, "")

    # reading

    def read(self) -> None:
        """Look at the environment."""
        self.changes.look(read, self._take)

    @Slot(object)
    def _take(self, found: tuple[list[Package], Kept]) -> None:
        self.found, kept = found
        self.kept.setText(
            tr(
                "Kept for repairs without a network: {count} packages, {size} of at most {limit}",
                count=kept.count,
                size=size_text(kept.size_bytes),
                limit=size_text(kept.limit_bytes),
            )
        )
        self.show_rows()

    @Slot()
    def show_rows(self) -> None:
        """Show the packages that hold the words."""
        words = self.words.value().casefold().split()
        shown = [one for one in self.found if all(word in one.name for word in words)]
        self.table.show_records(shown, lambda one: one.name)
        self.count.setText(tr("{count} packages", count=len(shown)))
        self._show_chosen()

    @Slot()
    def look_for_newer(self) -> None:
        """Ask the index."""
        job = self.changes.do(tr("Looking for newer packages"), _outdated, only_looks=True)
        if job:
            job.succeeded.connect(self._take_latest)

    @Slot(object)
    def _take_latest(self, found: Sequence[pips.Outdated]) -> None:
        self.latest = {one.name: one.latest for one in found}
        self.show_rows()

    # changing

    @Slot()
    def _show_chosen(self) -> None:
        one: Package | None = self.table.record
        self.update_it.setEnabled(one is not None and one.name in self.latest)
        self.again.setEnabled(one is not None and not one.editable)
        self.remove.setEnabled(one is not None and one.name != "pip")

    @Slot()
    def update_package(self) -> None:
        """Install the newest version of the chosen one."""
        name = self.table.record.name
        wanted = f"{name}=={self.latest[name]}"
        self._make(operations.repair_environment([Step("install", names=(wanted,))]), wanted)

    @Slot()
    def reinstall(self) -> None:
        """Put the chosen one in again."""
        pin = self.table.record.pin
        self._make(operations.reinstall_packages([pin]), pin)

    @Slot()
    def uninstall(self) -> None:
        """Take the chosen one out."""
        name = self.table.record.name
        self._make(operations.uninstall_packages([name]), name)

    def _make(self, change: operations.Change, names: str) -> None:
        self.changes.make(tr(TITLES["packages"], names=names), lambda _install, _around: change, probes=False)

    @Slot()
    def keep(self) -> None:
        """Fill the wheel-house."""
        job = self.changes.do(tr("Keeping packages for repairs"), _kept)
        if job:
            job.succeeded.connect(self._tell_left)

    @Slot(object)
    def _tell_left(self, left: Sequence[Package]) -> None:
        if left:
            names = ", ".join(one.name for one in left)
            self.webui.session.notify(
                tr("These could not be kept, as they are not whole: {names}", names=names), kind="warn"
            )


def _origin(one: Package) -> str:
    if one.problem:
        return tr("its record is broken: {file}", file=one.problem)
    return tr("a folder: {folder}", folder=one.origin) if one.editable else one.origin


def _origin_colour(one: Package) -> str:
    return theme.current().bad if one.problem else theme.current().muted


def _outdated(install: Install, around: Surroundings, context: JobContext) -> list[pips.Outdated]:
    env = shield.guarded_env(install, around.settings, around.places, base=around.child_base)
    free = {name: value for name, value in env.items() if name not in ("PIP_CONSTRAINT", "UV_CONSTRAINT")}
    return pips.outdated(install.venv, free, context)


def _kept(install: Install, around: Surroundings, context: JobContext) -> list[Package]:
    return repair.keep(install, around.house, context)
