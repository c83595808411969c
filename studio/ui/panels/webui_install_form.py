"""Which web UI to install, where, and from which address."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.catalog.webui_sources import WEBUI_SOURCES
from studio.launcher import installs
from studio.launcher.clone import staging_of
from studio.ui import theme
from studio.ui.fields import CheckEdit
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.widgets.choice_edit import ChoiceEdit
from studio.ui.widgets.collapsible import Collapsible
from studio.ui.widgets.list_edit import FolderEdit
from studio.ui.widgets.parts import button, column, label, row
from studio.ui.widgets.text_edit import LineEdit

FIRST = "a1111"
KINDS = sorted((one.key for one in WEBUI_SOURCES), key=lambda key: (key != FIRST, key))
LABEL_WIDTH = 112
WORDS = {
    "a1111": "What most guides and extensions are made for.",
    "forge": "AUTOMATIC1111's page with a faster engine that needs less memory.",
    "forge-classic": "Forge as it was, kept up to date and trimmed.",
    "forge-neo": "Forge for the newest models.",
    "reforge": "Forge's engine, closer to AUTOMATIC1111's extensions.",
    "sdnext": "Its own page and engine; many models and kinds of cards.",
    "comfyui": "Pictures by graphs of nodes instead of a page of fields.",
}


@dataclass(frozen=True)
class Order:
    """A web UI that is wished for; "" is the usual address, branch and way."""

    key: str
    title: str
    folder: Path
    url: str = ""
    branch: str = ""
    mirror: str = ""
    environment: bool = True


class InstallForm(QWidget):
    """A kind, a folder, and folded away where it comes from; `ordered` gives an Order."""

    ordered = Signal(object)

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui = webui
        self.kind = ChoiceEdit(KINDS, label=lambda key: installs.source(key).title)
        self.branch, self.folder = ChoiceEdit(), FolderEdit()
        self.url, self.mirror = LineEdit(), LineEdit()
        self.environment = CheckEdit()
        self.environment.setText(tr("Also make its environment"))
        self.environment.setToolTip(tr("Installs torch for your card and all that the web UI needs: several GB."))
        self.environment.setChecked(True)
        self._about = label(role="small", wrap=True)
        self.go = button(tr("Install"), self.order, role="primary", tip=tr("Fetches the web UI into this folder."))
        self._own_folder = ""
        origin = QWidget()
        column(
            self._line(tr("Branch"), self.branch, tr("The line of versions; the first is the usual one.")),
            self._line(tr("Address"), self.url, tr("Stands instead of the usual repository, for a fork or a copy.")),
            self._line(tr("Mirror"), self.mirror, tr("Is put before https://github.com/ where that is slow.")),
            parent=origin,
        )
        self.origin = Collapsible(tr("Where it comes from"), origin, is_open=False)
        self.origin.header.setToolTip(tr("Branch, own address and mirror."))
        kind = self._line(tr("Web UI"), self.kind, tr("Which web UI is installed."))
        folder = self._line(tr("Folder"), self.folder, tr("Where it is put; the folder must not exist yet."))
        title = label(tr("Install a web UI"), "title")
        foot = row(self.go, self.environment, None, spacing=theme.MEDIUM)
        column(title, kind, self._about, folder, self.origin, foot, parent=self, spacing=theme.SMALL)
        self.kind.changed.connect(self._show_kind)
        self.folder.changed.connect(self._show_action)
        self.mirror.set_value(webui.session.settings.git_mirror)
        webui.work_changed.connect(self._show_action)
        webui.installs_changed.connect(self._show_kind)
        self._show_kind()

    def _line(self, title: str, made: QWidget, tip: str) -> QWidget:
        holder, name = QWidget(), label(title)
        name.setFixedWidth(LABEL_WIDTH)
        made.setAccessibleName(title)
        made.setToolTip(tip)
        if isinstance(made, FolderEdit):
            made.line.setAccessibleName(title)
        row(name, parent=holder).addWidget(made, 1)
        return holder

    @Slot()
    def _show_kind(self) -> None:
        """Offer the kind's branches, and a folder of its own unless another was chosen."""
        row_of_kind = installs.source(self.kind.value())
        self._about.setText(tr(WORDS[row_of_kind.key]))
        self.branch.combo.clear()
        self.branch.set_choices(row_of_kind.branches)
        if self.folder.value() == self._own_folder:
            self._own_folder = str(free_folder(self.webui.places.home / "webuis", row_of_kind.key))
            self.folder.set_value(self._own_folder)
        self._show_action()

    @Slot()
    def _show_action(self) -> None:
        """What an interrupted installation left is used."""
        folder = self.folder.value().strip()
        is_begun = bool(folder) and staging_of(Path(folder)).is_dir()
        self.go.setText(tr("Go on installing") if is_begun else tr("Install"))
        self.go.setEnabled(bool(folder) and not self.webui.lane.jobs)

    @Slot()
    def order(self) -> None:
        """Ask for what the form says."""
        row_of_kind, url = installs.source(self.kind.value()), self.url.value().strip()
        branch = self.branch.value()
        is_usual = branch == row_of_kind.branches[0]
        folder, mirror = Path(self.folder.value().strip()), self.mirror.value().strip()
        chosen = "" if is_usual else branch
        with_environment = self.environment.isChecked()
        self.ordered.emit(Order(row_of_kind.key, row_of_kind.title, folder, url, chosen, mirror, with_environment))


def free_folder(parent: Path, name: str) -> Path:
    """A folder that is not there yet, or that an interrupted installation is meant for."""
    names = (name if number == 1 else f"{name}-{number}" for number in range(1, 1000))
    return next(parent / one for one in names if not (parent / one).exists())
