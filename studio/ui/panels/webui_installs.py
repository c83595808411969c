"""The web UIs of this computer: installed, adopted, chosen, removed to the trash."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.launcher import installs, removal
from studio.launcher.child_env import child_env
from studio.launcher.install import Install
from studio.launcher.links import DeletePlan
from studio.ui import theme
from studio.ui.errors import notice_of
from studio.ui.jobs import Job
from studio.ui.panels.webui_install_form import InstallForm, Order
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.panels.webui_removal import RemovalDialog
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import button, card, column, empty, label, row, scrolled, tool

WIDTH = 960


class InstallsPanel(WebuiPanel):
    """A list of what is there; below it, how to get another one."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__(webui)
        self._list = column(spacing=theme.SMALL)
        self._listed = card(label(tr("Your web UIs"), "title"), self._list, spacing=theme.MEDIUM)
        self._welcome = self._welcome_words()
        self.form = InstallForm(webui)
        adopt = button(
            tr("Adopt a folder…"), self._choose_folder, tip=tr("For a web UI that is already on this computer.")
        )
        text = tr("It stays where it is, with its models, extensions and settings. A folder can also be dropped here.")
        known = card(label(tr("You have one already?"), "title"), label(text, "muted", wrap=True), row(adopt, None))
        content = QWidget()
        content.setMaximumWidth(WIDTH)
        parts = (self._welcome, self._listed, card(self.form), known, None)
        column(*parts, parent=content, spacing=theme.LARGE, margin=theme.LARGE)
        middle = QWidget()
        row(parent=middle).addWidget(content)
        column(scrolled(middle), parent=self)
        self.form.ordered.connect(self.install)
        webui.installs_changed.connect(self.refresh)
        webui.install_chosen.connect(self.refresh)
        webui.state_changed.connect(self.refresh)
        self.refresh()

    def _welcome_words(self) -> QWidget:
        holder = QWidget()
        text = tr("One web UI is enough to begin with: AUTOMATIC1111 is what most guides and extensions are made for.")
        column(
            label(tr("No web UI yet"), "headline"), label(text, "muted", wrap=True), parent=holder, spacing=theme.TINY
        )
        return holder

    @Slot()
    def refresh(self) -> None:
        """Show the list again."""
        empty(self._list)
        for install in self.webui.installs:
            self._list.addWidget(self._row(install))
        self._listed.setVisible(bool(self.webui.installs))
        self._welcome.setVisible(not self.webui.installs)

    def _row(self, install: Install) -> QWidget:
        holder, run = QWidget(), self.webui.runs.get(install.key)
        is_live = bool(run and run.is_live)
        words = column(label(install.title, "section"), ElidedLabel(str(install.folder), "small"), spacing=2)
        layout = row(parent=holder, spacing=theme.SMALL)
        layout.addLayout(words, 1)
        if is_live:
            layout.addWidget(label(tr("running"), "chip"), 0, Qt.AlignmentFlag.AlignVCenter)
        if not install.folder.is_dir():
            layout.addWidget(label(tr("not there"), "chip"), 0, Qt.AlignmentFlag.AlignVCenter)
        use = button(tr("Show"), partial(self._use, install), tip=tr("Makes the page about this web UI."))
        remove = tool("trash", tr("Remove {title}", title=install.title), partial(self._plan, install))
        remove.setToolTip(tr("Moves the program to the trash; models and pictures stay. What goes is shown first."))
        remove.setEnabled(not is_live)
        opens = tool(
            "folder-open", tr("Open the folder of {title}", title=install.title), partial(open_folder, install)
        )
        for part in (use, opens, remove):
            layout.addWidget(part)
        return holder

    def _use(self, install: Install, _: bool = False) -> None:
        self.webui.choose(install.key)
        self.webui.show_panel("start")

    # get another one

    @Slot(object)
    def install(self, order: Order) -> None:
        """Install a web UI; stopped or interrupted, the same order goes on where it was."""
        work = partial(_installed, self.webui.places, self.webui.session.settings, order)
        job = self.webui.work(work, tr("Installing {title}", title=order.title))
        job.succeeded.connect(partial(self._take_new, environment=order.environment))
        job.cancelled.connect(self._tell_stopped)

    @Slot()
    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Choose the folder that holds its launch.py"))
        if folder:
            self.adopt(Path(folder))

    def adopt(self, folder: Path) -> None:
        """Enter a folder in the list; one from a zip gets its repository."""
        work = partial(_taken_over, self.webui.places, self.webui.session.settings, folder)
        job = self.webui.work(work, tr("Adopting {name}", name=folder.name))
        job.succeeded.connect(self._take_new)
        job.failed.connect(self._refresh_list)

    def _take_new(self, install: Install, *, environment: bool = False) -> None:
        """Read the list again, then show what is new in it."""
        job = self.webui.refresh()
        job.succeeded.connect(lambda _: self._show_new(install, environment))

    def _show_new(self, install: Install, environment: bool) -> None:
        self.webui.choose(install.key)
        self._show_models(install.folder)
        remedy = tr("Its models are shown among yours; Settings lists its folder.")
        self.webui.session.notify(tr("{title} is here.", title=install.title), kind="ok", remedy=remedy)
        self.webui.show_panel("start")
        if environment:
            self.webui.make_environment()

    def _show_models(self, folder: Path) -> None:
        """Its models are found with the studio's own from now on."""
        session = self.webui.session
        session.change_settings(model_folders=session.settings.with_models_of(folder).model_folders)

    @Slot()
    def _refresh_list(self) -> None:
        """A folder whose repository could not be reached is in the list all the same."""
        self.webui.refresh()

    @Slot()
    def _tell_stopped(self) -> None:
        self.webui.session.notify(tr("Stopped."), remedy=tr("Installing it again goes on where it was."))

    # remove

    def _plan(self, install: Install, _: bool = False) -> None:
        places = self.webui.places
        job = Job(lambda _: (install, removal.plan(places, install)))
        job.succeeded.connect(self._show_plan)
        job.failed.connect(partial(self._offer_forgetting, install))
        self.webui.reader.submit(job)

    @Slot(object)
    def _show_plan(self, found: tuple[Install, DeletePlan]) -> None:
        install, plan = found
        dialog = RemovalDialog(self, install, plan)
        dialog.accepted.connect(partial(self.remove, install, plan))
        dialog.only_forget.connect(partial(self._forget, install))
        dialog.open()

    def _offer_forgetting(self, install: Install, error: StudioError) -> None:
        """What cannot be removed (its folder is gone, or is not its own) can leave the list."""
        act = partial(self._forget, install)
        self.webui.session.noticed.emit(notice_of(error, tr("Take it off the list"), act))

    def _forget(self, install: Install) -> None:
        places = self.webui.places
        self.webui.read(lambda _: installs.forget(places, install.key)).succeeded.connect(self._refresh_list)

    def remove(self, install: Install, plan: DeletePlan) -> None:
        """Move what the plan names to the trash."""
        places = self.webui.places
        job = self.webui.work(
            lambda _: removal.remove(places, install, plan), tr("Removing {title}", title=install.title)
        )
        job.succeeded.connect(self._refresh_list)

    def receive(self, value: object) -> None:
        """Adopt a folder that was dropped."""
        if isinstance(value, Path):
            self.adopt(value)


def open_folder(install: Install, _: bool = False) -> None:
    """Show a web UI's folder in the system's file browser."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(install.folder)))


def _installed(places: Places, settings: Settings, order: Order, context: JobContext) -> Install:
    return installs.install(
        places,
        order.folder,
        order.key,
        child_env(settings.model_copy(update={"git_mirror": ""})),  # the form's mirror, which may be none
        context,
        url=order.url,
        branch=order.branch,
        mirror=order.mirror,
    )


def _taken_over(places: Places, settings: Settings, folder: Path, context: JobContext) -> Install:
    return installs.adopt(places, folder, child_env(settings), context)
