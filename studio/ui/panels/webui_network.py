"""The network doctor: which ways to Git, pip and the hub work, how fast, and which settings would be better."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QMenu, QWidget

from studio.catalog.mirrors import MIRRORS
from studio.core.job import JobContext
from studio.core.option import Option, options
from studio.core.settings import Settings
from studio.launcher import network
from studio.launcher.git_errors import redacted
from studio.launcher.network import PROBLEMS, Examination, Measure
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.translate import tr, tr_option
from studio.ui.webui import WebuiSession
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import button, column, empty, label, row
from studio.ui.widgets.table import Column, Table
from studio.ui.widgets.text_edit import LineEdit

KINDS = {
    network.GIT: "Git (versions and extensions)",
    network.PIP: "pip (Python packages)",
    network.HUB: "Hugging Face (models)",
}
WAYS = {
    network.DIRECT: "directly",
    network.SYSTEM: "through the system's proxy",
    network.PROXY: "through the proxy",
    network.MIRROR: "from the mirror",
    network.MIRROR_PROXY: "from the mirror through the proxy",
}


class NetworkPanel(WebuiPanel):
    """Measures only when asked; what it proposes changes the studio's own settings and can be undone."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__(webui)
        self.found: Examination | None = None
        self.measure_it = button(
            tr("Measure"),
            self.measure,
            role="primary",
            tip=tr("Asks each server by every way that is set up; nothing is changed."),
        )
        self.more = {kind: self._address(kind) for kind in KINDS}
        self.problems = column(spacing=theme.TINY)
        self.table = Table(_columns(), tr("Ways to the servers"), tr("Which way works, and how fast."), sortable=False)
        self.proposal = Proposal(self)
        self._empty = EmptyState(
            "globe",
            tr("Nothing measured yet"),
            tr("If downloads fail or crawl, measure which way works: direct, by proxy or from a mirror."),
        )
        about = label(
            tr("What is set here is given to the programs the studio starts; nothing else on this computer changes."),
            "muted",
            wrap=True,
        )
        head = row(spacing=theme.MEDIUM)
        head.addWidget(about, 1)
        head.addWidget(self.measure_it)
        parts = (head, self._mirrors(), self.problems)
        layout = column(*parts, parent=self, spacing=theme.MEDIUM, margin=theme.LARGE)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self.proposal)
        self.table.hide()

    def _mirrors(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.SMALL)
        grid.addWidget(label(tr("Mirrors to try as well"), "small"), 0, 0, 1, 3)
        for place, edit in enumerate(self.more.values()):
            grid.addWidget(edit, 1, place)
        return holder

    def _address(self, kind: str) -> LineEdit:
        """Where the address of a mirror is written, or chosen among those that are known."""
        made, menu = LineEdit(), QMenu(kind, self)
        made.setPlaceholderText(tr(KINDS[kind]))
        made.setAccessibleName(tr(KINDS[kind]))
        made.setToolTip(tr("Address of a mirror that is measured as well, if you know one you trust."))
        for mirror in MIRRORS:
            if mirror.kind == kind:
                menu.addAction(f"{mirror.name}  {mirror.url}", partial(made.set_value, mirror.url))
        known = made.addAction(icon("caret-down"), LineEdit.ActionPosition.TrailingPosition)
        known.setToolTip(tr("Shows mirrors that others run; who runs one sees what is fetched from it."))
        known.triggered.connect(lambda: menu.popup(made.mapToGlobal(made.rect().bottomLeft())))
        return made

    @property
    def mirrors(self) -> dict[str, list[str]]:
        """The further addresses to try, by class."""
        return {kind: [edit.value().strip()] for kind, edit in self.more.items() if edit.value().strip()}

    @Slot()
    def measure(self) -> None:
        """Measure all ways at once."""
        work = partial(_measured, self.webui.session.settings, self.webui.changes.base, self.mirrors)
        job = self.webui.work(work, tr("Measuring the network"))
        self.measure_it.setEnabled(False)
        job.succeeded.connect(self.show_examination)
        job.finished.connect(self._let_measure)

    @Slot()
    def _let_measure(self) -> None:
        self.measure_it.setEnabled(True)

    @Slot(object)
    def show_examination(self, found: Examination) -> None:
        """Show what was measured."""
        self.found = found
        self._empty.hide()
        self.table.show()
        self.table.show_records(found.measures)
        empty(self.problems)
        for text in found.problems:
            self.problems.addWidget(_problem(tr(text)))
        self.proposal.show_proposed(found.proposed, self.webui.session.settings)

    def apply(self, values: Mapping[str, object]) -> None:
        """Set these; the notice sets them back."""
        session = self.webui.session
        before = {name: getattr(session.settings, name) for name in values}
        session.change_settings(**values)
        session.notify(
            tr("The network settings were changed."),
            kind="ok",
            action=tr("Undo"),
            act=lambda: session.change_settings(**before),
        )


class Proposal(QFrame):
    """Settings that would be better, old and new, with the button that sets them."""

    def __init__(self, owner: NetworkPanel) -> None:
        super().__init__()
        self.owner = owner
        self.values: dict[str, object] = {}
        self.setProperty("role", "card")
        self._lines = column(spacing=2)
        self.apply = button(
            tr("Set it so"), self._apply, role="primary", tip=tr("Changes these settings; it can be undone.")
        )
        layout = row(parent=self, spacing=theme.MEDIUM, margin=theme.MEDIUM)
        layout.addLayout(column(label(tr("Better settings"), "section"), self._lines), 1)
        layout.addWidget(self.apply)
        self.hide()

    def show_proposed(self, values: Mapping[str, object], now: Settings) -> None:
        """Show what is proposed, nothing if all is well."""
        self.values = dict(values)
        empty(self._lines)
        for name, value in values.items():
            title, _ = tr_option(_option(name))
            self._lines.addWidget(label(f"{title}: {_said(getattr(now, name))} → {_said(value)}", "muted", wrap=True))
        self.setVisible(bool(values))

    @Slot()
    def _apply(self) -> None:
        self.owner.apply(self.values)
        self.hide()


def _columns() -> list[Column]:
    tokens = theme.current()
    return [
        Column(tr("For"), lambda one: tr(KINDS[one.kind]), 240, is_bold=lambda one: one.is_used),
        Column(tr("Way"), lambda one: tr(WAYS[one.way.name]), 190, is_bold=lambda one: one.is_used),
        Column(tr("Address"), _place, 180),
        Column(tr("Time"), _time, 80, key=lambda one: one.seconds, is_number=True),
        Column(
            tr("Result"),
            result,
            colour=lambda one: tokens.ok if one.works else tokens.bad,
            tip=lambda one: one.details or result(one),
        ),
    ]


def _time(one: Measure) -> str:
    return tr("{seconds} s", seconds=f"{one.seconds:.1f}") if one.works else ""


def _place(one: Measure) -> str:
    return redacted(" · ".join(part for part in (one.way.mirror, one.way.proxy) if part))


def result(one: Measure) -> str:
    """Whether a way works, and whether it is the one in use."""
    said = tr("works") if one.works else tr(PROBLEMS[one.problem])
    return tr("{result} (in use)", result=said) if one.is_used else said


def _option(name: str) -> Option:
    return next(one for one in options(Settings) if one.name == name)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    return redacted(str(value)) or tr("none")


def _problem(text: str) -> QWidget:
    holder, sign = QWidget(), label()
    sign.setPixmap(icon("warning", theme.current().warn).pixmap(theme.ICON))
    layout = row(sign, parent=holder)
    layout.addWidget(label(text, wrap=True), 1)
    return holder


def _measured(
    settings: Settings, base: Mapping[str, str] | None, mirrors: Mapping[str, list[str]], context: JobContext
) -> Examination:
    return network.measure(settings, context, base=base, mirrors=mirrors)
