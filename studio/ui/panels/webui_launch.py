"""Start, stop and restart: what the web UI does now, how far its start is, and what stood in its way."""

from contextlib import suppress
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QWidget

from studio.catalog.changes import TITLES
from studio.core.errors import StudioError
from studio.launcher.launch import open_page
from studio.launcher.ports import PortTaken
from studio.launcher.process import State
from studio.launcher.spawning import NoEnvironment
from studio.launcher.stages import STAGES, StageTime, StartUp
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.translate import tr, tr_error
from studio.ui.webui import WebuiSession
from studio.ui.webui_run import WebuiRun
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.parts import button, column, label, row

EVERY_MS = 500
STAGE_TITLES = {stage.key: stage.title for stage in STAGES}
SHORTEST_S = 0.05  # a stage that took less is not worth a word


class LaunchCard(QFrame):
    """The large button, the state, the stages; `options_wanted` asks to show the options."""

    options_wanted = Signal()

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui = webui
        self.setProperty("role", "card")
        self.sign, self.headline, self.about = label(), label(role="headline"), label(role="muted", wrap=True)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.start = button(tr("One-click start"), self.webui.start, role="primary", tip=tr("Starts the web UI."))
        self.stop = button(
            tr("Stop"), self.webui.stop, role="danger", tip=tr("Ends the web UI, gently first; nothing of it stays.")
        )
        self.restart = button(tr("Restart"), self.webui.restart, tip=tr("Stops the web UI and starts it again."))
        self.browse = button(
            tr("Open in the browser"), self.open, role="primary", tip=tr("Opens the web UI's page in the browser.")
        )
        for large in (self.start, self.stop, self.restart, self.browse):
            large.setProperty("large", True)
        self.start.setMinimumWidth(180)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(tr("How far the start is"))
        self.times = QWidget()
        self._chips = FlowLayout(self.times, theme.SMALL)
        self.trouble = Trouble(webui)
        words = column(self.headline, self.about, spacing=2)
        head = row(self.sign, spacing=theme.LARGE)
        head.addLayout(words, 1)
        for large in (self.stop, self.restart, self.browse, self.start):
            head.addWidget(large)
        column(head, self.bar, self.times, self.trouble, parent=self, spacing=theme.MEDIUM, margin=theme.LARGE)
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._show_stage)
        webui.state_changed.connect(self.refresh)
        webui.stage_reached.connect(self._show_stage)
        webui.install_chosen.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the state of the chosen install's run."""
        run = self.webui.run
        state = run.state if run and run.is_live else None
        is_ready, is_live = state is State.READY, bool(run and run.is_live)
        self.start.setVisible(not is_live)
        self.stop.setVisible(is_live)
        self.stop.setEnabled(state is not State.STOPPING)
        self.restart.setVisible(is_ready)
        self.browse.setVisible(is_ready and bool(run and run.url))
        self.bar.setVisible(is_live and not is_ready)
        self.trouble.show_run(run)
        self.headline.setText(self._headline(run))
        self.about.setText(self._about(run))
        self._show_sign(run)
        self._show_stage()

    def _headline(self, run: WebuiRun | None) -> str:
        title = run.install.title if run else ""
        if run and run.is_live:
            if run.retrying and run.state is not State.READY:
                return tr("{title} is started again", title=title)
            if run.state is State.READY:
                return tr("{title} is running", title=title)
            return (
                tr("{title} is stopping…", title=title)
                if run.state is State.STOPPING
                else tr("{title} is starting…", title=title)
            )
        return tr("{title} crashed", title=title) if run and run.exit and run.exit.is_crash else title

    def _about(self, run: WebuiRun | None) -> str:
        if run is None:
            return ""
        if not run.is_live:
            return str(run.install.folder)
        if run.retrying and run.state is not State.READY:
            crashes, limit = run.retrying.crashes, run.retrying.limit
            return tr("It crashed; this is try {crashes} of {limit}.", crashes=crashes, limit=limit)
        if run.state is State.READY:
            return " · ".join(part for part in (run.url, run.public_url) if part)
        return ""

    def _show_sign(self, run: WebuiRun | None) -> None:
        colours = theme.current()
        name, colour = "power", colours.muted
        if run and run.is_live:
            name, colour = ("check-circle", colours.ok) if run.state is State.READY else ("hourglass", colours.accent)
        elif run and (run.error or (run.exit and run.exit.is_crash)):
            name, colour = "warning-circle", colours.bad
        self.sign.setPixmap(icon(name, colour).pixmap(32, 32))

    # stages

    @Slot()
    def _show_stage(self) -> None:
        run = self.webui.run
        is_starting = bool(run and run.is_live and run.state is State.STARTING)
        if is_starting != self._timer.isActive():
            self._timer.start() if is_starting else self._timer.stop()
        start_up = self._start_up(run)
        if start_up is None:
            self.bar.setRange(0, 0)
            self.times.hide()
            return
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * start_up.done))
        if is_starting and start_up.title:
            self.about.setText(tr(start_up.title))
        self._show_times(start_up.times)

    def _start_up(self, run: WebuiRun | None) -> StartUp | None:
        """How far it is now: a stage that goes on moves the bar too."""
        if run and run.webui and run.state is State.STARTING:
            with suppress(RuntimeError):  # the run's thread may just add a stage
                return run.webui.watch.state()
        return run.start_up if run else None

    def _show_times(self, times: tuple[StageTime, ...]) -> None:
        shown = [time for time in times if time.seconds >= SHORTEST_S]
        while item := self._chips.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for time in shown:
            self._chips.addWidget(stage_chip(time))
        self.times.setVisible(bool(shown))
        self.times.updateGeometry()

    @Slot()
    def open(self) -> None:
        """Open the page in the chosen browser."""
        run, browser = self.webui.run, self.webui.options.browser
        if run and run.url:
            url = run.url  # a browser may take seconds to answer
            self.webui.read(lambda _: open_page(url, browser)).succeeded.connect(partial(self._tell_if_not, url))

    def _tell_if_not(self, url: str, is_open: bool) -> None:
        if not is_open:
            self.webui.session.notify(
                tr("The browser could not be opened."), remedy=tr("Go to {url} in any browser.", url=url)
            )


def stage_chip(time: StageTime) -> QLabel:
    """How long a stage took; one that got clearly slower says so."""
    title, seconds = tr(STAGE_TITLES[time.key]), f"{time.seconds:.1f}"
    if not time.is_slow:
        return label(tr("{title} {seconds} s", title=title, seconds=seconds), "chip")
    usual = f"{time.usual_s:.1f}"
    made = label(tr("{title} {seconds} s, usually {usual} s", title=title, seconds=seconds, usual=usual), "chip")
    made.setStyleSheet(f"color: {theme.current().warn};")
    made.setToolTip(tr("This part of the start took clearly longer than it used to."))
    return made


class Trouble(QWidget):
    """Why it could not be started, or what its log says is wrong, with the way on."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui = webui
        self._free = 0
        self._text, self._remedy = label(wrap=True), label(role="muted", wrap=True)
        self.other_port = button("", self._use_port, tip=tr("Changes the port in the options and starts again."))
        self.environment = button(
            tr(TITLES["environment"]),
            webui.make_environment,
            role="primary",
            tip=tr("Installs torch for your card and all that the web UI needs: several GB."),
        )
        self.more = button(
            tr("Troubleshooting"), self._show_diagnosis, tip=tr("Shows what went wrong, why, and what mends it.")
        )
        self._sign = label()
        self._sign.setPixmap(icon("warning", theme.current().warn).pixmap(theme.ICON))
        layout = row(self._sign, parent=self, spacing=theme.MEDIUM)
        layout.addLayout(column(self._text, self._remedy, spacing=2), 1)
        layout.addWidget(self.other_port)
        layout.addWidget(self.environment)
        layout.addWidget(self.more)
        webui.diagnosed.connect(self._refresh)
        self.hide()

    @Slot()
    def _refresh(self) -> None:
        self.show_run(self.webui.run)

    def show_run(self, run: WebuiRun | None) -> None:
        """Show what stands in the way of a run, nothing if nothing does."""
        text, remedy = self._words(run)
        error = run.error if run and not run.is_live else None
        self._free = error.free if isinstance(error, PortTaken) else 0
        self._text.setText(text)
        self._remedy.setText(remedy)
        self._remedy.setVisible(bool(remedy))
        self.other_port.setText(tr("Start at port {port}", port=self._free))
        self.other_port.setVisible(bool(self._free))
        self.environment.setVisible(isinstance(error, NoEnvironment))
        self.more.setVisible(bool(text) and error is None)
        self.setVisible(bool(text))

    def _words(self, run: WebuiRun | None) -> tuple[str, str]:
        if run is None:
            return "", ""
        if run.error and not run.is_live:
            return _told(run.error)
        causes = [found for found in run.diagnoses if found.kind == "cause"]
        if causes:
            return causes[0].cause.of(self.webui.language), causes[0].todo.of(self.webui.language)
        if not run.is_live and run.exit and run.exit.is_crash:
            return tr("It ended by itself with code {code}.", code=run.exit.code), ""
        return "", ""

    @Slot()
    def _use_port(self) -> None:
        self.webui.change_options(self.webui.options.model_copy(update={"port": self._free}))
        self.webui.start()

    @Slot()
    def _show_diagnosis(self) -> None:
        self.webui.show_panel("diagnosis")


def _told(error: StudioError) -> tuple[str, str]:
    text, remedy = tr_error(error)
    if isinstance(error, PortTaken) and error.owner.command:
        return text, f"{remedy} ({error.owner.command[:200]})"
    return text, remedy
