"""Which pictures belong together: what one was made from, what came of it, what shares its seed."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from studio.core.infotext_read import from_text
from studio.library.gallery import Picture, Relatives
from studio.ui.translate import tr
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import column, empty, label

MOST_SHOWN = 8
FACTS = {"Version", "Model hash", "VAE hash", "Lora hashes", "TI hashes"}  # entries that tell, but ask for nothing


class Lineage(QWidget):
    """Links to a picture's relatives; `chosen` asks for one to be shown."""

    chosen = Signal(object)  # Picture

    def __init__(self) -> None:
        super().__init__()
        self._rows = column(parent=self, spacing=2)

    def show_relatives(self, picture: Picture, relatives: Relatives) -> None:
        """Show the relatives of a picture."""
        empty(self._rows)
        origin = [relatives.origin] if relatives.origin else []
        self._add(tr("Made from"), origin, picture)
        self._add(tr("Made from this one"), relatives.made_from_it, picture)
        self._add(tr("The same seed"), relatives.same_seed, picture)
        self.setVisible(self._rows.count() > 0)

    def _add(self, title: str, pictures: Iterable[Picture], of: Picture) -> None:
        shown = list(pictures)
        if not shown:
            return
        self._rows.addWidget(label(title, "section"))
        for picture in shown[:MOST_SHOWN]:
            self._rows.addWidget(self._link(picture))
            self._rows.addWidget(_difference(picture, of))
        if len(shown) > MOST_SHOWN:
            self._rows.addWidget(label(tr("and {count} more", count=len(shown) - MOST_SHOWN), "small"))

    def _link(self, picture: Picture) -> QPushButton:
        made = QPushButton()
        made.setProperty("role", "link")
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.setText(
            made.fontMetrics().elidedText(picture.path.name, Qt.TextElideMode.ElideMiddle, 250).replace("&", "&&")
        )
        made.setStyleSheet("text-align: left; padding: 0; min-height: 20px")
        made.setToolTip(tr("Shows this picture in the gallery."))
        made.clicked.connect(partial(self._choose, picture))
        return made

    def _choose(self, picture: Picture, _checked: bool = False) -> None:
        self.chosen.emit(picture)


def _difference(picture: Picture, of: Picture) -> ElidedLabel:
    names = [tr(name) for name in differing(of.infotext, picture.infotext)]
    made = ElidedLabel(tr("differs in {names}", names=", ".join(names)) if names else tr("the same parameters"))
    made.setProperty("role", "small")
    return made


def rows_of(infotext: str) -> dict[str, str]:
    """An infotext's parts under their names, in the order of a reader's interest."""
    if not infotext.strip():
        return {}
    said = from_text(infotext)
    prompts = {"Prompt": said.prompt.strip(), "Negative prompt": said.negative_prompt.strip()}
    return {name: text for name, text in {**prompts, **said.entries}.items() if text}


def differing(one: str, other: str) -> list[str]:
    """The names of what two infotexts say differently."""
    first, second = rows_of(one), rows_of(other)
    return [name for name in {**first, **second} if first.get(name) != second.get(name) and name not in FACTS]
