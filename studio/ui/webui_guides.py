"""What those buttons of a diagnosis do that only show the way: a page, a folder, a check, a list of facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from studio.catalog.rules import FixCall
from studio.core import nvidia
from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.launcher import space
from studio.launcher.install import Install
from studio.launcher.space import Taken
from studio.launcher.surroundings import Surroundings
from studio.library import model_doctor
from studio.library.folders import walk
from studio.library.model_doctor import Severity
from studio.library.sidecars import MODEL_ENDS
from studio.ui.errors import notice_of
from studio.ui.panels.webui_fix_dialog import FactsDialog
from studio.ui.sizes import size_of
from studio.ui.translate import tr, tr_error

if TYPE_CHECKING:
    from studio.ui.webui import WebuiSession

PANELS = {"open_network_doctor": "network", "find_culprit": "diagnosis"}
ROOMS = ("models", "embeddings")
Unsound = list[tuple[Path, StudioError]]


class Guides(QObject):
    """Shows the way for the chosen install; dialogs belong to `window`."""

    def __init__(self, webui: WebuiSession, window: QWidget) -> None:
        super().__init__(window)
        self.webui, self.window = webui, window

    def show(self, call: FixCall) -> None:
        """Show what a person needs to go on."""
        install = self.webui.install
        folder = install.folder if install else Path()
        if call.fix in PANELS:
            self.webui.show_panel(PANELS[call.fix], call.fix)
        elif call.fix == "open_page":
            QDesktopServices.openUrl(QUrl(call.arguments["url"]))
        elif call.fix == "open_folder":
            open_folder(existing(folder / call.arguments["folder"], folder))
        elif call.fix == "move_install":
            self._show_how_to_move(folder)
        elif call.fix == "free_memory":
            self._look(tr("Looking at the graphics card"), _users, self._show_users)
        elif call.fix == "free_space":
            self._look(tr("Looking for what takes space"), _space, self._show_space)
        else:
            work = partial(_checked, call.arguments.get("file", ""))
            self._look(tr("Checking model files"), work, self._show_models)

    def _show_how_to_move(self, folder: Path) -> None:
        self.webui.session.notify(
            tr("Stop the web UI and move its folder {folder}.", folder=folder),
            remedy=tr("Then adopt it at its new place; “Check and repair” of its environment corrects the paths."),
            action=tr("Open the folder"),
            act=partial(open_folder, folder),
        )

    def _look(self, title: str, work: Callable[..., Any], taken: Callable[[Any], object]) -> None:
        job = self.webui.changes.do(title, work, only_looks=True)
        if job:
            job.succeeded.connect(taken)

    @Slot(object)
    def _show_users(self, users: Sequence[str]) -> None:
        text = tr("Close what else uses the graphics card: games, other web UIs, browsers with video.")
        if users:
            FactsDialog(self.window, tr("What uses the graphics card"), users, text).open()
        else:
            self.webui.session.notify(text, remedy=tr("Then start the web UI again."), kind="warn")

    @Slot(object)
    def _show_space(self, found: tuple[int, list[Taken]]) -> None:
        free, folders = found
        lines = [f"{size_of(one.size_bytes):>10}   {one.path}" for one in folders]
        text = tr("{size} are free. A double click opens a folder; nothing is removed here.", size=size_of(free))
        FactsDialog(self.window, tr("What takes space"), lines, text, [one.path for one in folders]).open()

    @Slot(object)
    def _show_models(self, found: tuple[int, Unsound]) -> None:
        count, unsound = found
        if not count:
            self.webui.session.notify(tr("No model file was found."), kind="warn")
        elif not unsound:
            text = tr("{count} model files were checked: nothing is wrong with them.", count=count)
            self.webui.session.notify(text, kind="ok")
        elif len(unsound) == 1:
            path, error = unsound[0]
            self.webui.session.noticed.emit(notice_of(error, tr("Open the folder"), partial(open_folder, path.parent)))
        else:
            lines = [f"{path.name}: {tr_error(error)[0]}" for path, error in unsound]
            text = tr("Download these again, or move them out of the models folder.")
            paths = [path.parent for path, _ in unsound]
            FactsDialog(self.window, tr("Model files that cannot be used"), lines, text, paths).open()


def open_folder(folder: Path) -> None:
    """Show a folder in the system's file browser."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def existing(path: Path, other: Path) -> Path:
    """The folder of `path` that is there, else `other`."""
    return next((one for one in (path, *path.parents) if one.is_dir() and one.is_relative_to(other)), other)


def _users(_: Install, around: Surroundings, __: JobContext) -> list[str]:
    return [_told(user) for user in nvidia.users(around.machine.system)]


def _told(user: nvidia.User) -> str:
    memory = f"{user.memory_mib / 1024:.1f} GB" if user.memory_mib is not None else "?"
    try:
        name = psutil.Process(user.pid).name()
    except psutil.Error:
        name = Path(user.program.replace("\\", "/")).name
    return f"{memory:>8}   {name} ({user.pid})"


def _space(install: Install, around: Surroundings, context: JobContext) -> tuple[int, list[Taken]]:
    return space.free_bytes(install), space.taken(install, around, context)


def _checked(named: str, install: Install, _: Surroundings, context: JobContext) -> tuple[int, Unsound]:
    """How many files were looked at (the named one if it is there, else all), and what is wrong with which."""
    one = install.folder / named
    paths = [one] if named and one.is_file() else _models(install.folder)
    unsound: Unsound = []
    for number, path in enumerate(paths):
        context.progress(number, len(paths), "Checking model files")
        bad = (each for each in model_doctor.examine(path).findings if each.severity is Severity.BAD)
        unsound += [(path, each.problem) for each in bad]
    return len(paths), unsound


def _models(folder: Path) -> list[Path]:
    found = [where / name for room in ROOMS for where, _, files in walk(folder / room) for name in files]
    return sorted(path for path in found if path.suffix.lower() in MODEL_ENDS)
