"""The seed: drawn anew, kept from the last picture, or varied."""

from PySide6.QtCore import Signal, Slot

from studio.core.request import SEED, GenerateRequest
from studio.ui.panels.section_panel import SectionPanel
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.parts import tool

ANY = -1


class SeedPanel(SectionPanel):
    """Seed and variation; `last_wanted` asks for the seed of the picture that is shown."""

    last_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session, GenerateRequest, SEED, _summary, tr("Extra"))
        dice = tool("dice-five", tr("New seed each time"), self.draw_anew, tip=tr("A new seed each time (-1)."))
        last = tool(
            "recycle",
            tr("Reuse the picture's seed"),
            self.last_wanted.emit,
            tip=tr("Takes the seed of the picture that is shown."),
        )
        self.put_beside("seed", dice, last)

    def set_seed(self, seed: int) -> None:
        """Show a seed."""
        self.form.editors["seed"].set_value(seed)

    @Slot()
    def draw_anew(self) -> None:
        """A new seed for every order."""
        self.set_seed(ANY)


def _summary(values: dict[str, int]) -> str:
    return tr("new each time") if values["seed"] == ANY else str(values["seed"])
