"""The check list of a web UI's environment: green, amber, red; what mends it is listed before it is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QFrame, QWidget

from studio.catalog.changes import TITLES
from studio.catalog.environment_checks import BAD, STEPS
from studio.core.job import JobContext
from studio.launcher import findings, operations, repair
from studio.launcher.findings import Finding, Step
from studio.launcher.install import Install
from studio.launcher.surroundings import Surroundings
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.widgets.parts import button, column, empty, label, row, scrolled

PYTHON = {"no_environment", "python_gone", "moved", "python_unfit", "no_python", "no_pip"}
TORCH = {
    *("no_torch", "cpu_torch", "wrong_torch", "driver_too_old", "card_unusable"),
    *("torchvision_mismatch", "xformers_mismatch"),
}
RECORDS = {"leftovers", "broken_record", "duplicate", "missing_files", "altered_files"}
NETWORK = {"socks_support"}


@dataclass(frozen=True)
class Area:
    """A part of the environment: what it is called when all is well, and the checks that belong to it."""

    title: str
    checks: frozenset[str]


def areas() -> list[Area]:
    """The parts that are looked at; every check belongs to one."""
    rest = frozenset(findings.CHECKS) - PYTHON - TORCH - RECORDS - NETWORK
    return [
        Area(tr("The environment and its Python"), frozenset(PYTHON)),
        Area(tr("torch and its companions"), frozenset(TORCH)),
        Area(tr("Files and records of packages"), frozenset(RECORDS)),
        Area(tr("What the web UI and its packages need"), rest),
        Area(tr("The way through the proxy"), frozenset(NETWORK)),
    ]


def look(install: Install, around: Surroundings, context: JobContext, *, thorough: bool = False) -> list[Finding]:
    """All that is wrong with the environment."""
    return findings.findings(
        install,
        around.settings,
        around.machine,
        found_pythons=around.pythons,
        thorough=thorough,
        context=context,
    )


class CheckList(QWidget):
    """Findings with boxes, the steps that would mend the checked ones, and the button that does them."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui, self.changes = webui, webui.changes
        self.found: list[Finding] = []
        self.rows: list[FindingRow] = []
        self.headline = label(role="title")
        self.again = button(tr("Check again"), self.check, tip=tr("Looks at the environment; nothing is changed."))
        self.every = button(
            tr("Check every file"),
            self.check_thoroughly,
            tip=tr("Compares every file with its recorded hash, which takes minutes for torch."),
        )
        self.repair = button(
            tr("Repair"), self.mend, role="primary", tip=tr("Does the steps that are listed, and nothing else.")
        )
        content = QWidget()
        self._list, self._steps, self._in_order = column(), column(spacing=2), column(spacing=0)
        self._plan = QFrame()
        self._plan.setProperty("role", "card")
        column(label(tr("What the repair does"), "section"), self._steps, parent=self._plan, margin=theme.MEDIUM)
        column(self._list, self._plan, self._in_order, None, parent=content)
        head = row(self.headline, None, self.again, self.every, self.repair)
        layout = column(head, parent=self, spacing=theme.MEDIUM)
        layout.addWidget(scrolled(content), 1)
        self.headline.setText(tr("Looking…"))
        self.repair.setEnabled(False)
        self._plan.hide()

    @Slot()
    def check(self) -> None:
        """Look at the environment."""
        self.changes.look(look, self.show_findings)

    @Slot()
    def check_thoroughly(self) -> None:
        """Compare every file."""
        job = self.changes.do(tr("Checking every file"), partial(look, thorough=True), only_looks=True)
        if job:
            job.succeeded.connect(self.show_findings)

    @Slot(object)
    def show_findings(self, found: Sequence[Finding]) -> None:
        """Show what was found, and what is in order."""
        self.found, self.rows = list(found), []
        empty(self._list)
        empty(self._in_order)
        for one in sorted(found, key=lambda one: one.check.status != BAD):
            self.rows.append(FindingRow(one, self._show_steps))
            self._list.addWidget(self.rows[-1])
        wrong = {one.check.id for one in found}
        for area in areas():
            if wrong.isdisjoint(area.checks):
                self._in_order.addWidget(_in_order(area.title))
        self.headline.setText(tr("{count} to mend", count=len(found)) if found else tr("Everything is in order"))
        self._show_steps()

    @property
    def steps(self) -> list[Step]:
        """What mends the checked findings."""
        return repair.plan(one.finding for one in self.rows if one.is_wanted)

    @Slot()
    def _show_steps(self) -> None:
        empty(self._steps)
        for number, step in enumerate(self.steps, 1):
            self._steps.addWidget(label(f"{number}. {step_text(step)}", "muted", wrap=True))
        self._plan.setVisible(bool(self.steps))
        self.repair.setEnabled(bool(self.steps))

    @Slot()
    def mend(self) -> None:
        """Do the steps."""
        change = operations.repair_environment(self.steps)
        self.changes.make(tr(TITLES["repair"]), lambda _install, _around: change, probes=False)


def step_text(step: Step) -> str:
    """A step of a repair in words."""
    return tr(STEPS[step.kind], **step.values)


class FindingRow(QFrame):
    """One thing that is wrong, with its cause; its box says whether it is to be mended."""

    def __init__(self, finding: Finding, changed: Callable[[], object]) -> None:
        super().__init__()
        self.finding = finding
        self.setProperty("role", "card")
        title, cause = tr(finding.check.title, **finding.values), tr(finding.check.cause, **finding.values)
        colours, is_bad = theme.current(), finding.check.status == BAD
        sign = label()
        name, colour = ("warning-circle", colours.bad) if is_bad else ("warning", colours.warn)
        sign.setPixmap(icon(name, colour).pixmap(theme.ICON))
        self.box = QCheckBox(tr("Mend"))
        self.box.setChecked(bool(finding.steps))
        self.box.setEnabled(bool(finding.steps))
        self.box.setAccessibleName(title)
        self.box.setToolTip(
            tr("Whether the repair mends this.") if finding.steps else tr("This has to be mended by hand.")
        )
        self.box.toggled.connect(changed)
        layout = row(sign, parent=self, spacing=theme.MEDIUM, margin=theme.MEDIUM)
        layout.addLayout(column(label(title, "section", wrap=True), label(cause, "muted", wrap=True), spacing=2), 1)
        layout.addWidget(self.box)

    @property
    def is_wanted(self) -> bool:
        """Whether it is to be mended."""
        return self.box.isChecked()


def _in_order(title: str) -> QWidget:
    holder, sign = QWidget(), label()
    sign.setPixmap(icon("check-circle", theme.current().ok).pixmap(theme.ICON))
    layout = row(sign, parent=holder, spacing=theme.MEDIUM)
    layout.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, theme.TINY)
    layout.addWidget(label(title), 1)
    return holder
