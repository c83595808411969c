"""One download on a card: what it is, how far it is, and what can be done about it."""

from collections.abc import Callable

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QProgressBar, QToolButton

from studio.library.downloads.queue import Row, State
from studio.library.downloads.runner import Report
from studio.ui.downloads import Downloads
from studio.ui.pace import duration
from studio.ui.translate import tr, tr_error
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import column, label, row, tool

STATES = {
    State.WAITING: "waiting",
    State.RUNNING: "running",
    State.PAUSED: "paused",
    State.DONE: "done",
    State.FAILED: "failed",
}
SITES = {"civitai": "Civitai", "huggingface": "Hugging Face"}
STEPS = 1000
GB, MB = 1e9, 1e6


class DownloadCard(QFrame):
    """Shows one row of the list, and follows it."""

    def __init__(self, downloads: Downloads) -> None:
        super().__init__()
        self.downloads = downloads
        self.download: Row | None = None
        self.setProperty("role", "card")
        self.head, self.state, self.facts = ElidedLabel(), label(role="small"), ElidedLabel(role="small")
        self.error, self.bar = label(role="mistake", wrap=True), QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.tools: dict[str, tuple[QToolButton, frozenset[State]]] = {}
        self._add("pause", "pause", tr("Pause"), self._pause, {State.WAITING, State.RUNNING})
        self._add("resume", "play", tr("Go on"), self._resume, {State.PAUSED})
        self._add("retry", "arrow-clockwise", tr("Try again"), self._resume, {State.FAILED})
        self._add("show", "cube", tr("Show the model"), self._show_model, {State.DONE})
        self._add("page", "globe", tr("Open its page in the browser"), self._open_page, set(State))
        self._add("remove", "trash", tr("Take off the list"), self._remove, set(State))
        line = row(self.state)
        line.addWidget(self.facts, 1)
        for made, _ in self.tools.values():
            line.addWidget(made)
        column(self.head, line, self.bar, self.error, parent=self, spacing=4, margin=8)

    def show_row(self, found: Row) -> None:
        """Show a row as it is now."""
        self.download = found
        self.setAccessibleName(found.name)
        self.head.set_text(found.wanted.title or found.name)
        self.state.setText(tr(STATES[found.state]))
        self._show_amount(Report(found.id, found.done, found.total))
        self.bar.setVisible(found.state in (State.RUNNING, State.WAITING, State.PAUSED, State.FAILED))
        if found.failure:
            self.error.setText(" ".join(filter(None, tr_error(found.failure.error))))
        self.error.setVisible(found.failure is not None)
        for made, states in self.tools.values():
            made.setVisible(found.state in states)
        self.tools["page"][0].setEnabled(bool(found.wanted.page))

    def show_report(self, report: Report) -> None:
        """Show how far a running row is."""
        if self.download and self.download.state == State.RUNNING:
            self._show_amount(report)

    def _show_amount(self, report: Report) -> None:
        found = self.download
        if found is None:
            return
        self.bar.setValue(round(STEPS * report.done / report.total) if report.total else 0)
        parts = [SITES.get(found.wanted.site, ""), found.wanted.base, amount(report.done, report.total)]
        parts += [speed(report.rate), tr(report.text) if report.text else ""]
        if report.left_s is not None and report.rate:
            parts.append(tr("{time} left", time=duration(report.left_s)))
        self.facts.set_text(" · ".join(filter(None, parts)))

    def _add(self, name: str, sign: str, title: str, act: Callable[[], None], states: set[State]) -> None:
        self.tools[name] = (tool(sign, title, act), frozenset(states))

    @Slot()
    def _pause(self) -> None:
        if self.download:
            self.downloads.pause(self.download.id)

    @Slot()
    def _resume(self) -> None:
        if self.download:
            self.downloads.resume(self.download.id)

    @Slot()
    def _remove(self) -> None:
        if self.download:
            self.downloads.remove(self.download.id)

    @Slot()
    def _show_model(self) -> None:
        if self.download and self.download.path:
            self.downloads.session.show_page("models", self.download.path)

    @Slot()
    def _open_page(self) -> None:
        if self.download:
            QDesktopServices.openUrl(QUrl(self.download.wanted.page))


def amount(done: int, total: int) -> str:
    """How much of how much, in the unit that fits; "" if nothing is known."""
    most = max(done, total)
    unit, name, digits = (GB, "GB", 2) if most >= GB else (MB, "MB", 1)
    if not most:
        return ""
    return (
        f"{done / unit:.{digits}f} / {total / unit:.{digits}f} {name}" if total else f"{done / unit:.{digits}f} {name}"
    )


def speed(rate: float) -> str:
    """A rate of bytes in MB/s, "" if unknown."""
    return f"{rate / MB:.1f} MB/s" if rate else ""
