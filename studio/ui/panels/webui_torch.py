"""Which torch fits this machine, and which Python the environment is made with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from studio.catalog.changes import TITLES
from studio.core.job import JobContext
from studio.launcher import findings, operations, pythons, torch_choice
from studio.launcher.findings import Step
from studio.launcher.install import Install
from studio.launcher.pythons import Python
from studio.launcher.surroundings import Surroundings
from studio.launcher.torch_choice import Offer, TorchChoice
from studio.ui import theme
from studio.ui.panels.webui_checks import step_text
from studio.ui.translate import tr
from studio.ui.webui import WebuiSession
from studio.ui.widgets.parts import button, column, label, row
from studio.ui.widgets.table import Column, Table

OBSTACLES = {
    "": "fits",
    "driver": "needs driver {driver} or newer",
    "card": "not for this graphics card",
    "python": "not for this Python",
    "webui": "not for this web UI",
}
PROBLEMS = {
    pythons.STUB: "only the store's advertisement",
    pythons.DEAD: "does not run",
    pythons.UNABLE: "cannot make environments",
}


@dataclass(frozen=True)
class Base:
    """What an environment stands on: builds of torch, the one that belongs here, the one that is there; Pythons."""

    offers: tuple[Offer, ...]
    choice: TorchChoice
    installed: str
    pythons: tuple[tuple[Python, bool], ...]
    python: str


def read(install: Install, around: Surroundings, _: JobContext) -> Base:
    """Look at the environment and at the machine's Pythons."""
    known = pythons.find(install.folder) if around.pythons is None else around.pythons
    scene = findings.scene_of(install, around.settings, around.machine, known)
    best = pythons.best(known, scene.source)
    version = scene.state.version[:2] or (best.version[:2] if best else scene.source.best_python)
    torch = scene.named.get("torch")
    return Base(
        tuple(torch_choice.offers(install.source, around.machine, (version[0], version[1]), targets=scene.targets)),
        scene.choice,
        f"{torch.version.partition('+')[0]} {findings.tag_of(scene.site, torch)}" if torch else "",
        tuple((one, one.fits(scene.source)) for one in known),
        ".".join(map(str, scene.state.version)),
    )


class TorchTables(QWidget):
    """Two tables, each with the button that acts on the chosen row."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui, self.changes = webui, webui.changes
        self.base: Base | None = None
        self.torch = Table(
            self._torch_columns(),
            tr("Builds of torch"),
            tr("What fits this card and its driver is chosen."),
            sortable=False,
        )
        self.pythons = Table(
            self._python_columns(), tr("Pythons"), tr("The Pythons that were found on this machine."), sortable=False
        )
        self.now = label(role="muted")
        self.install_torch = button(
            tr("Install this torch…"), self.plan_torch, tip=tr("Shows what is installed, then does it.")
        )
        self.anew = button(
            tr("Make the environment anew with it…"),
            self.plan_anew,
            role="danger",
            tip=tr("Shows the steps first; the old environment goes to the trash."),
        )
        self.plan = PlanCard(webui)
        layout = column(row(label(tr("torch"), "title"), self.now, None, self.install_torch), parent=self)
        layout.addWidget(self.torch, 3)
        layout.addLayout(row(label(tr("Python"), "title"), None, self.anew))
        layout.addWidget(self.pythons, 2)
        layout.addWidget(self.plan)
        self.torch.chosen.connect(self._show_chosen)
        self.pythons.chosen.connect(self._show_chosen)
        self._show_chosen()

    def _torch_columns(self) -> list[Column]:
        return [
            Column("torch", lambda one: one.choice.torch, 90, is_bold=self._is_best),
            Column("torchvision", lambda one: one.choice.torchvision, 100),
            Column("xFormers", lambda one: one.choice.xformers, 120),
            Column(tr("Made for"), lambda one: one.choice.tag or one.choice.kind, 110),
            Column(tr("Here"), self._here, colour=self._colour),
        ]

    def _python_columns(self) -> list[Column]:
        return [
            Column("Python", lambda one: one[0].title, 150, is_bold=lambda one: one[1]),
            Column(tr("Where"), lambda one: str(one[0].path)),
            Column(
                tr("Here"),
                lambda one: _python_here(*one),
                190,
                colour=lambda one: theme.current().ok if one[1] else theme.current().muted,
            ),
        ]

    def read(self) -> None:
        """Look again."""
        self.changes.look(read, self._take)

    @Slot(object)
    def _take(self, base: Base) -> None:
        is_first, self.base = self.base is None, base
        self.now.setText(
            tr("installed: {version}", version=base.installed) if base.installed else tr("not installed yet")
        )
        self.torch.show_records(base.offers, lambda one: one.choice)
        self.pythons.show_records(base.pythons, lambda one: one[0].path)
        if is_first or self.torch.record is None:
            self.torch.choose(self._is_best)
        self._show_chosen()

    def _is_best(self, one: Offer) -> bool:
        best = self.base.choice if self.base else None
        return best is not None and (one.choice.torch, one.choice.tag) == (best.torch, best.tag)

    def _here(self, one: Offer) -> str:
        words = [tr(OBSTACLES[one.obstacle], driver=one.driver)] if one.obstacle else [tr("fits")]
        words += [tr("belongs on this machine")] if self._is_best(one) else []
        is_there = self.base is not None and self.base.installed == f"{one.choice.torch} {one.choice.tag}"
        return " · ".join([*words, *([tr("installed")] if is_there else [])])

    def _colour(self, one: Offer) -> str:
        return theme.current().muted if one.obstacle else theme.current().ok

    @Slot()
    def _show_chosen(self) -> None:
        torch, python = self.torch.record, self.pythons.record
        self.install_torch.setEnabled(torch is not None and not torch.obstacle)
        self.anew.setEnabled(python is not None and python[1])

    @Slot()
    def plan_torch(self) -> None:
        """Show what installing the chosen torch does."""
        if self.torch.record is not None:
            self.changes.look(partial(torch_steps, self.torch.record.choice), self.plan.show_steps)

    @Slot()
    def plan_anew(self) -> None:
        """Show what making the environment anew does."""
        if self.pythons.record is not None:
            self.changes.look(partial(anew_steps, self.pythons.record[0]), self.plan.show_steps)


class PlanCard(QWidget):
    """Steps that are about to be done, with a yes and a no."""

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.changes = webui.changes
        self.steps: list[Step] = []
        self.text = label(role="muted", wrap=True)
        self.go = button(tr("Do it"), self.mend, role="primary", tip=tr("Does these steps; they can be taken back."))
        stay = button(tr("Cancel"), self.hide, tip=tr("Changes nothing."))
        layout = row(parent=self, spacing=theme.SMALL)
        layout.addWidget(self.text, 1)
        layout.addWidget(stay)
        layout.addWidget(self.go)
        self.hide()

    @Slot(object)
    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show steps."""
        self.steps = list(steps)
        lines = [f"{number}. {step_text(step)}" for number, step in enumerate(steps, 1)]
        self.text.setText("\n".join(lines) or tr("There is nothing to do."))
        self.go.setEnabled(bool(steps))
        self.show()

    @Slot()
    def mend(self) -> None:
        """Do them."""
        change = operations.repair_environment(self.steps)
        self.changes.make(tr(TITLES["repair"]), lambda _install, _around: change, probes=False)
        self.hide()


def torch_steps(choice: TorchChoice, install: Install, around: Surroundings, _: JobContext) -> list[Step]:
    """The steps that bring a build of torch."""
    scene = findings.scene_of(install, around.settings, around.machine, around.pythons)
    return findings.torch_steps(choice, scene.named)


def anew_steps(python: Python, install: Install, around: Surroundings, _: JobContext) -> list[Step]:
    """The steps that make the environment anew with a Python."""
    scene = findings.scene_of(install, around.settings, around.machine, around.pythons)
    kind = "python_gone" if scene.state.exists else "no_environment"
    return list(findings.anew(replace(scene, pythons=[python]), kind, home=scene.state.home).steps)


def _python_here(python: Python, fits: bool) -> str:
    if fits:
        return tr("fits")
    return tr(PROBLEMS[python.problem]) if python.problem in PROBLEMS else tr("not for this web UI")
