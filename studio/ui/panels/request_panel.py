"""Everything that can be asked for, in one column."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from studio.core.request import MODEL, SAMPLING, GenerateRequest
from studio.ui import theme
from studio.ui.fields import tr_choice
from studio.ui.panels.networks_panel import NetworksPanel
from studio.ui.panels.prompt_panel import PromptPanel
from studio.ui.panels.section_panel import SectionPanel, joined
from studio.ui.panels.seed_panel import SeedPanel
from studio.ui.panels.size_panel import SizePanel
from studio.ui.panels.switched_panel import HiresPanel, refiner_panel
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.collapsible import Collapsible
from studio.ui.widgets.completer import Candidate
from studio.ui.widgets.number_edit import shown
from studio.ui.widgets.parts import column, label, line, tool


class RequestPanel(QScrollArea):
    """The fields of a GenerateRequest; `display(r)` and then `request()` gives `r`."""

    changed = Signal()
    section_toggled = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._is_displaying = False
        self.model = SectionPanel(session, GenerateRequest, MODEL, lambda _: "")
        refresh = tool(
            "arrows-clockwise",
            tr("Look again"),
            session.refresh_models,
            tip=tr("Looks for models in all model folders again."),
        )
        self.keep = tool("floppy-disk", tr("Remember"))
        self.keep.setToolTip(tr("Keeps sampler, steps, CFG, size, VAE and clip skip as this model's defaults."))
        self.model.put_beside("checkpoint", refresh, self.keep)
        self.prompt = PromptPanel(session)
        self.sampling = SectionPanel(session, GenerateRequest, SAMPLING, _sampling_summary)
        self.sizes = SizePanel(session)
        self.seed = SeedPanel(session)
        self.hires = HiresPanel(session)
        self.prompt.look_also_at(*self.hires.boxes.values())
        self.networks = NetworksPanel(session)
        self.networks.prompt_changed.connect(self.prompt.positive.edit.change_text)
        self.prompt.positive.changed.connect(self._show_networks)
        self.refiner = refiner_panel(session)
        self.mistakes: dict[str, QLabel] = {}
        self.sections = {
            "sampling": Collapsible(tr("Sampling"), self.sampling),
            "size": Collapsible(tr("Size and batch"), self.sizes),
            "seed": Collapsible(tr("Seed"), self.seed, is_open=False),
            "hires": Collapsible(tr("Hires fix"), self.hires, is_open=False),
            "networks": Collapsible(tr("Networks"), self.networks, is_open=False),
            "refiner": Collapsible(tr("Refine"), self.refiner, is_open=False),
        }
        self._lay_out()
        for panel in (self.prompt, *self._panels):
            panel.changed.connect(self._tell)
        self.networks.changed.connect(self._summarise_networks)
        for section in self.sections.values():
            section.toggled.connect(self.section_toggled)

    @property
    def _panels(self) -> tuple[SectionPanel, ...]:
        return self.model, self.sampling, self.sizes, self.seed, self.hires, self.refiner

    def event(self, event: QEvent) -> bool:
        """Measure nothing before it is shown: that would style every field anew whenever a parent gets a parent."""
        if event.type() == QEvent.Type.StyleChange and not self.isVisible():
            return QAbstractScrollArea.event(self, event)
        return super().event(event)

    def request(self) -> GenerateRequest:
        """What the fields ask for."""
        values: dict[str, Any] = {}
        for panel in (self.model, self.prompt, self.sampling, self.sizes, self.seed):
            values |= panel.read()
        return GenerateRequest(**values, hires=self.hires.value(), refiner=self.refiner.value())

    def display(self, request: GenerateRequest) -> None:
        """Show a request; `changed` comes once."""
        self._is_displaying = True
        try:
            for panel in (self.model, self.prompt, self.sampling, self.sizes, self.seed):
                panel.display(request)
            self.hires.show_value(request.hires)
            self.refiner.show_value(request.refiner)
        finally:
            self._is_displaying = False
        self._show_networks()
        self._tell()

    def show_mistakes(self, mistakes: dict[str, str]) -> None:
        """Say at a section ("model", "size", ...) what is wrong there; an empty dict takes it all back."""
        for name, shown_mistake in self.mistakes.items():
            shown_mistake.setText(mistakes.get(name, ""))
            shown_mistake.setVisible(name in mistakes)
            if name in mistakes and name in self.sections:
                self.sections[name].set_open(True)
        if mistakes:
            self.ensureWidgetVisible(self.mistakes[next(iter(mistakes))])

    def set_candidates(self, candidates: Sequence[Candidate]) -> None:
        """What prompts can complete."""
        self.prompt.set_candidates(candidates)

    def refresh_choices(self) -> None:
        """Look lists up again."""
        for panel in self._panels:
            panel.refresh_choices()

    def open_sections(self) -> dict[str, bool]:
        """Which sections are open."""
        return {name: section.is_open for name, section in self.sections.items()}

    def set_open_sections(self, are_open: dict[str, bool]) -> None:
        """Open and close sections."""
        for name, section in self.sections.items():
            section.set_open(bool(are_open.get(name, section.is_open)))

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # never wider than the column
        self.setWidget(inside)  # before it is filled: else everything is styled once more
        lines = column(parent=inside, spacing=theme.TINY)
        lines.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.MEDIUM)
        self._add(lines, "model", self.model)
        self._add(lines, "prompt", self.prompt)
        for name, section in self.sections.items():
            lines.addWidget(line())
            self._add(lines, name, section)
        lines.addStretch(1)
        for before, after in pairwise(self._focus_chain()):
            QWidget.setTabOrder(before, after)

    def _focus_chain(self) -> list[QWidget]:
        panels = (self.sampling, self.sizes, self.seed, self.hires, self.networks, self.refiner)
        folded = zip(self.sections.values(), panels, strict=True)
        sections = [widget for section, panel in folded for widget in (section.header, *panel.focus_chain())]
        return [*self.model.focus_chain(), *self.prompt.focus_chain(), *sections]

    def _add(self, lines: QVBoxLayout, name: str, widget: QWidget) -> None:
        mistake = label("", "mistake", wrap=True)
        mistake.hide()
        self.mistakes[name] = mistake
        lines.addWidget(widget)
        lines.addWidget(mistake)

    @Slot()
    def _show_networks(self) -> None:
        self.networks.show_prompt(self.prompt.positive.edit.value())

    @Slot()
    def _summarise_networks(self) -> None:
        self.sections["networks"].set_summary(self.networks.summary())

    @Slot()
    def _tell(self) -> None:
        if self._is_displaying:
            return
        for panel, name in ((self.sampling, "sampling"), (self.sizes, "size"), (self.seed, "seed")):
            self.sections[name].set_summary(panel.summary())
        self.sections["hires"].set_summary(self.hires.summary())
        self.sections["refiner"].set_summary(self.refiner.summary())
        self.changed.emit()


def _sampling_summary(values: dict[str, Any]) -> str:
    schedule = "" if values["schedule"] == "Automatic" else tr_choice(values["schedule"])
    steps = tr("{count} steps", count=values["steps"])
    return joined(values["sampler"], schedule, steps, f"CFG {shown(values['cfg_scale'])}")
