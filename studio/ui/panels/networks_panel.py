"""The models beside the prompt: a small browser, and the networks in the prompt with their weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.core.prompt.network_edit import PlacedTag, placed_tags, shown, with_weight, without_network
from studio.ui import theme
from studio.ui.panels.network_uses import verdict
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.choice_menu import ChoiceMenu
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.number_edit import NumberEdit
from studio.ui.widgets.parts import column, empty, label, row, tool
from studio.ui.widgets.search_field import search_field

if TYPE_CHECKING:
    from studio.library.networks import Named
    from studio.ui.panels.model_grid import ModelGrid

HEIGHT, DELAY_MS = 236, 150
OFFERED = {"network": "LoRAs", "embedding": "Embeddings", "checkpoint": "Checkpoints", "vae": "VAEs"}
WEIGHTS = (-1.0, 2.0)


class NetworksPanel(QWidget):
    """Cards to click and weights to slide; `prompt_changed` gives the prompt as a slider makes it.

    Cards are made when the section is first unfolded.
    """

    changed = Signal()
    prompt_changed = Signal(str)
    used = Signal(object)  # Model
    browse_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._prompt = ""
        self._use = "network"
        self._uses: dict[str, Named] = {}
        self.rows: list[ActiveRow] = []
        self.grid: ModelGrid | None = None
        self._active = column(spacing=theme.SMALL)
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self._search)
        self.field = search_field(
            tr("Search models …"), tr("Finds models by words of their names, descriptions, trigger words and tags.")
        )
        self.field.textChanged.connect(self._timer.start)
        self.menu = ChoiceMenu(tr("Kind"), tr("What the cards show."), has_all=False)
        self.menu.offer({use: tr(OFFERED[use]) for use in OFFERED})
        self.menu.chosen.connect(self._show_use)
        self.menu.show_value(self._use)
        self.browse = tool("arrow-square-out", tr("All models"), self.browse_wanted.emit)
        self.browse.setToolTip(tr("Opens the Models page with everything that is known of each."))
        self._nothing = label(tr("Nothing found"), "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.setFixedHeight(HEIGHT)
        self._stack.addWidget(self._nothing)
        search = row(self.field, self.menu, self.browse, spacing=theme.TINY)
        search.setStretch(0, 1)
        column(self._active, search, self._stack, parent=self)

    def summary(self) -> str:
        """The networks of the prompt in a line."""
        return ", ".join(dict.fromkeys(placed.tag.name for placed in placed_tags(self._prompt) if placed.tag.name))

    def focus_chain(self) -> list[QWidget]:
        """What takes the focus, as the eye reads it."""
        return [self.field, self.menu, self.browse]

    def show_prompt(self, prompt: str) -> None:
        """Show the networks of a prompt; rows whose network is the same stay, so that a slider can be held."""
        if prompt == self._prompt:
            return
        self._prompt = prompt
        placed = [one for one in placed_tags(prompt) if one.tag.name]
        if [row.name for row in self.rows] != [one.tag.name for one in placed]:
            self._make_rows(placed)
        for made, one in zip(self.rows, placed, strict=True):
            made.show_tag(one)
        if self.grid:
            self.grid.set_active(self._names())
        self.changed.emit()

    def show_uses(self, uses: Sequence[Named]) -> None:
        """Show what will become of each network."""
        self._uses = {use.tag.name: use for use in uses}
        for made in self.rows:
            made.show_use(self._uses.get(made.name))

    def showEvent(self, event: QShowEvent) -> None:
        """Make the cards."""
        super().showEvent(event)
        if self.grid is None:
            QTimer.singleShot(0, self, self._make_grid)

    @Slot()
    def _make_grid(self) -> None:
        from studio.ui.panels.model_grid import LEAST_EDGE, ModelGrid  # reads pictures: not before it is needed

        if self.grid:
            return
        library = self._session.library
        self.grid = ModelGrid(self._session, acts_on_click=True)
        self.grid.set_edge(LEAST_EDGE)
        self.grid.used.connect(self.used)
        self.grid.set_active(self._names())
        self._stack.addWidget(self.grid)
        QWidget.setTabOrder(self.browse, self.grid)
        library.opened.connect(self._search)
        library.changed.connect(self._search)
        library.model_changed.connect(self.grid.read_again)
        library.pictures_changed.connect(self.grid.read_again)
        if library.index:
            self._search()
        else:
            library.refresh()

    @Slot()
    def _search(self) -> None:
        index = self._session.library.index
        if index is None or self.grid is None:
            return
        from studio.library.model_rows import Query

        words = self.field.text().strip()
        query = Query(words, self._use, self._use)  # what lies in the right folder and is of that kind
        first = index.find(replace(query, only_favourites=True))
        ids = list(dict.fromkeys([*first, *index.find(query)]))
        self.grid.show_models(index, ids)
        self._stack.setCurrentWidget(self.grid if ids else self._nothing)

    @Slot(str)
    def _show_use(self, use: str) -> None:
        self._use = use
        self.menu.show_value(use)
        self._search()

    def _names(self) -> frozenset[str]:
        return frozenset(placed.tag.name for placed in placed_tags(self._prompt))

    def _make_rows(self, placed: Sequence[PlacedTag]) -> None:
        empty(self._active)
        self.rows = [ActiveRow(at, one) for at, one in enumerate(placed)]
        for made in self.rows:
            self._active.addWidget(made)
            made.show_use(self._uses.get(made.name))
            made.weighed.connect(self._weigh)
            made.removed.connect(self._remove)

    @Slot(int, str, float)
    def _weigh(self, at: int, part: str, weight: float) -> None:
        self._prompt = with_weight(self._prompt, at, weight, part)
        self.prompt_changed.emit(self._prompt)

    @Slot(str)
    def _remove(self, name: str) -> None:
        self.prompt_changed.emit(without_network(self._prompt, name))


class ActiveRow(QWidget):
    """One network of the prompt: its name, its weight, what will become of it, and a button that takes it out.

    `weighed` gives the tag's number, "te" or "unet", and the weight.
    """

    weighed = Signal(int, str, float)
    removed = Signal(str)

    def __init__(self, at: int, placed: PlacedTag) -> None:
        super().__init__()
        self._at, self.name = at, placed.tag.name
        self._is_showing = False
        name = ElidedLabel(self.name, mode=Qt.TextElideMode.ElideMiddle)
        self.verdict = label("", "small", wrap=True)
        self.sliders = {"te": self._slider("te", tr("Weight of {name}", name=self.name))}
        self.sliders["unet"] = self._slider("unet", tr("Weight of {name} in the U-Net", name=self.name))
        remove = tool("x", tr("Take {name} out", name=self.name), self._remove)
        remove.setToolTip(tr("Takes the network out of the prompt."))
        head = row(name, remove)
        head.setStretch(0, 1)
        column(head, *self.sliders.values(), self.verdict, parent=self, spacing=2)
        self.show_tag(placed)

    def show_tag(self, placed: PlacedTag) -> None:
        """Show the weights as the prompt has them; one that changes over the steps has no slider."""
        self._is_showing = True
        for part, value in (("te", placed.te), ("unet", placed.unet)):
            self.sliders[part].setVisible(value is not None and (part == "te" or placed.is_split))
            if value is not None and shown(value) != shown(float(self.sliders[part].value())):
                self.sliders[part].set_value(value)
        self._is_showing = False

    def show_use(self, use: Named | None) -> None:
        """Say whether it will act."""
        kind, text = verdict(use) if use else ("ok", "")
        self.verdict.setText(text)
        self.verdict.setVisible(bool(text))
        self.verdict.setStyleSheet(f"color: {getattr(theme.current(), kind)}")

    def _slider(self, part: str, name: str) -> NumberEdit:
        made = NumberEdit(-10, 10, 0.05, WEIGHTS, is_whole=False)
        made.setAccessibleName(name)
        made.setToolTip(tr("How strongly the network acts: 0 is not at all, 1 as it was trained."))
        made.changed.connect(lambda: self._weigh(part))
        return made

    def _weigh(self, part: str) -> None:
        if not self._is_showing:
            self.weighed.emit(self._at, part, float(self.sliders[part].value()))

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self.name)
