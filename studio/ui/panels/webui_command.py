"""The command line that the options make: what is dangerous in it, what each part means, ways in and out."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QFrame, QPlainTextEdit, QWidget

from studio.catalog.flag_lint import DANGER, WARNING
from studio.core.errors import BadRequest
from studio.core.job import JobContext
from studio.launcher import launch_options, webui_user
from studio.launcher.command_line import join
from studio.launcher.flags import FlagTable
from studio.launcher.launch_options import LaunchOptions
from studio.launcher.lint import Explained, Finding, explain, lint
from studio.ui import theme
from studio.ui.errors import Notice
from studio.ui.icons import icon
from studio.ui.translate import tr, tr_error
from studio.ui.webui import WebuiSession
from studio.ui.widgets.collapsible import Collapsible
from studio.ui.widgets.parts import button, column, empty, label, row, tool

FILES = "webui-user.bat webui-user.sh *.bat *.sh"


class CommandCard(QFrame):
    """Notices about the options, the command line, its explanation, and files of the web UI's own scripts."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui = webui
        self.setProperty("role", "card")
        self.notices, self._rows = column(spacing=theme.MEDIUM), column(spacing=theme.SMALL)
        self.line = self._command_line()
        self._meaning = QWidget()
        column(self._rows, parent=self._meaning)
        self.meaning = Collapsible(tr("What each part means"), self._meaning, is_open=False)
        self.meaning.header.setToolTip(tr("Explains every argument of the command line."))
        copy = tool("copy", tr("Copy the command line"), self._copy)
        load = button(
            tr("Import…"), self._choose_import, tip=tr("Takes the options from a webui-user.bat or webui-user.sh.")
        )
        save = button(
            tr("Export…"), self._choose_export, tip=tr("Writes the options into a webui-user.bat or webui-user.sh.")
        )
        head = row(label(tr("Command line"), "title"), None, copy)
        parts = (self.notices, head, self.line, self.meaning, row(load, save, None), None)
        column(*parts, parent=self, spacing=theme.MEDIUM, margin=theme.LARGE)
        for news in (webui.options_changed, webui.flags_read, webui.machine_seen):
            news.connect(self.refresh)
        self.meaning.toggled.connect(self._explain)
        self.refresh()

    def _command_line(self) -> QPlainTextEdit:
        made = QPlainTextEdit()
        made.setReadOnly(True)
        made.setFont(theme.mono_font())
        made.setFixedHeight(96)
        made.setTabChangesFocus(True)
        made.setAccessibleName(tr("Command line"))
        made.setToolTip(tr("What the web UI is started with."))
        return made

    @property
    def arguments(self) -> list[str]:
        """The arguments of the options; what is wrong with them is shown as a notice."""
        return launch_options.argv(self.webui.options, self.webui.flags, self.webui.card)

    @Slot()
    def refresh(self) -> None:
        """Look over the options again."""
        empty(self.notices)
        try:
            arguments = self.arguments
        except BadRequest as error:
            self.line.setPlainText("")
            self.notices.addWidget(notice(DANGER, *tr_error(error)))
            return
        self.line.setPlainText(join(arguments) or tr("No arguments: everything is the web UI's own default."))
        for finding in self.findings(arguments):
            self.notices.addWidget(notice(finding.severity, *told(finding)))
        self._explain()

    def findings(self, arguments: list[str]) -> list[Finding]:
        """What the linter says of a command line."""
        webui, machine = self.webui, self.webui.machine
        has_nvidia = machine is None or bool(machine.cards)
        return lint(arguments, webui.flags, webui.options, webui.card, has_nvidia)

    @Slot()
    def _explain(self) -> None:
        empty(self._rows)
        if not self.meaning.is_open:
            return
        for one in explain(self.arguments, self.webui.flags):
            self._rows.addWidget(explanation(one))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(join(self.arguments))

    # webui-user files

    @Slot()
    def _choose_import(self) -> None:
        folder = str(self.webui.install.folder) if self.webui.install else ""
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Import options"), folder, FILES)
        if chosen:
            self.load(Path(chosen))

    def load(self, path: Path) -> None:
        """Take the options from a webui-user file."""
        job = self.webui.read(partial(_imported, path, self.webui.flags, self.webui.options))
        job.succeeded.connect(self._take_imported)

    @Slot(object)
    def _take_imported(self, found: tuple[LaunchOptions, tuple[str, ...]]) -> None:
        options, notes = found
        before = self.webui.options
        self.webui.change_options(options)
        undo = partial(self.webui.change_options, before)
        told = Notice(tr("The options were taken over."), details="\n".join(notes), action=tr("Undo"), act=undo)
        self.webui.session.noticed.emit(told)

    @Slot()
    def _choose_export(self) -> None:
        folder = self.webui.install.folder if self.webui.install else Path()
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Export options"), str(folder / "webui-user.bat"), FILES)
        if chosen:
            self.save(Path(chosen))

    def save(self, path: Path) -> None:
        """Write the options into a webui-user file; its ending says which kind."""
        try:
            arguments = self.arguments
        except BadRequest as error:
            self.webui.session.tell(error)
            return
        variables, places = launch_options.environment(self.webui.options, self.webui.card), self.webui.places
        job = self.webui.read(lambda _: webui_user.write(path, arguments, variables, places))
        job.succeeded.connect(partial(self._tell_saved, path))

    def _tell_saved(self, path: Path, _: object) -> None:
        self.webui.session.notify(tr("Saved to {path}.", path=path), kind="ok")


def _imported(
    path: Path, table: FlagTable, start: LaunchOptions, _: JobContext
) -> tuple[LaunchOptions, tuple[str, ...]]:
    found = webui_user.read(path)
    return webui_user.options_of(found, table, start), found.notes


def told(finding: Finding) -> tuple[str, str]:
    """A finding in the window's language."""
    values = {name: tr(value) for name, value in finding.values.items()}
    return tr(finding.text).format(**values), tr(finding.remedy).format(**values)


def notice(severity: str, text: str, remedy: str) -> QWidget:
    """One thing that should be known about the options: red is dangerous, yellow does not work."""
    colours, holder = theme.current(), QWidget()
    sign, colour = ("info", colours.muted)
    if severity in (DANGER, WARNING):
        sign, colour = ("warning-octagon", colours.bad) if severity == DANGER else ("warning", colours.warn)
    picture, words = label(), label(text, wrap=True)
    picture.setPixmap(icon(sign, colour).pixmap(theme.ICON))
    picture.setAccessibleName(tr(SEVERITIES[severity]))
    if severity == DANGER:
        words.setStyleSheet(f"color: {colours.bad};")
    layout = row(picture, parent=holder, spacing=theme.MEDIUM)
    layout.addLayout(column(words, label(remedy, "small", wrap=True), spacing=2), 1)
    return holder


SEVERITIES = {"danger": "Danger", "warning": "Warning", "note": "Note"}


def explanation(one: Explained) -> QWidget:
    """What one argument means."""
    holder = QWidget()
    argument = label(join(one.arguments))
    argument.setFont(theme.mono_font())
    argument.setWordWrap(True)
    words = " – ".join(tr(text) for text in (one.title, one.help) if text) or tr("Nobody tells what it does.")
    column(argument, label(words, "small", wrap=True), parent=holder, spacing=2)
    return holder
