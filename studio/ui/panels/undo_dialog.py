"""What was moved, linked and thrown away: put back, or deleted for good."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QDialog, QFrame, QPushButton, QWidget

from studio.core.trash import Discarded
from studio.library.undo_list import Undoable
from studio.ui import theme
from studio.ui.library import Library, done_text
from studio.ui.sizes import size_of
from studio.ui.translate import tr
from studio.ui.widgets.parts import button, card, column, empty, label, plain_tip, row, scrolled

SIZE = QSize(640, 520)
MOST = 100


class UndoDialog(QDialog):
    """Lists what can be taken back, the newest first; what is deleted for good asks a second time."""

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.clothe(self)
        self.library = library
        self.found: Sequence[Undoable] = ()
        self.setWindowTitle(tr("Undo and trash"))
        self.resize(SIZE)
        self._note = label(tr("Looking …"), "muted")
        inside = QWidget()
        self._cards = column(spacing=theme.SMALL)
        column(self._cards, None, parent=inside)
        tip = tr("Deletes everything that lies in the trash; this cannot be undone.")
        self.empty = button(tr("Empty the trash"), role="danger", tip=tip)
        self.empty.clicked.connect(partial(self._delete, self.empty, None))
        close = button(tr("Close"), self.accept, role="quiet", tip=tr("Leaves everything as it is."))
        foot = row(self.empty, None, close)
        column(self._note, scrolled(inside), foot, parent=self, spacing=theme.MEDIUM, margin=theme.LARGE)
        library.undoable_found.connect(self.show_found)
        library.list_undoable()

    @Slot(object)
    def show_found(self, found: Sequence[Undoable]) -> None:
        """Show what can be taken back now."""
        self.found = found
        empty(self._cards)
        for one in found[:MOST]:
            self._cards.addWidget(self._card(one))
        if len(found) > MOST:
            self._cards.addWidget(label(tr("… {count} more", count=len(found) - MOST), "small"))
        size = sum(one.size_bytes for one in found)
        in_trash = tr("{size} lie in the trash.", size=size_of(size)) if size else ""
        self._note.setText(in_trash if found else tr("Nothing was moved or deleted."))
        self._note.setVisible(bool(self._note.text()))
        self.empty.setText(tr("Empty the trash"))
        self.empty.setEnabled(bool(_discarded(found)))
        self.empty.setProperty("armed", False)

    def _card(self, one: Undoable) -> QFrame:
        when = datetime.fromtimestamp(one.at).strftime("%Y-%m-%d %H:%M")
        facts = "  ·  ".join(filter(None, (when, size_of(one.size_bytes) if one.size_bytes else "")))
        back = button(tr("Put back"), partial(self._take_back, one), tip=tr("Puts everything back where it was."))
        buttons = [back]
        if one.discarded:
            gone = button(tr("Delete for good"), role="quiet", tip=tr("Takes it out of the trash; cannot be undone."))
            gone.clicked.connect(partial(self._delete, gone, one.discarded))
            buttons.append(gone)
        made = card(
            label(text_of(one), wrap=True), label(facts, "small"), row(*buttons, None),
            spacing=theme.TINY, margin=theme.MEDIUM,
        )  # fmt: skip
        made.setToolTip(plain_tip("\n".join(map(str, one.paths[:20]))))
        return made

    def _take_back(self, one: Undoable, _checked: bool = False) -> None:
        self.library.take_back(one)

    def _delete(self, asked: QPushButton, one: Discarded | None, _checked: bool = False) -> None:
        """Delete at the second press of the button."""
        if not asked.property("armed"):
            asked.setProperty("armed", True)
            asked.setText(tr("Press again: this cannot be undone"))
            return
        asked.setEnabled(False)
        self.library.delete_for_good([one] if one else _discarded(self.found))


def text_of(one: Undoable) -> str:
    """What was done, in a sentence."""
    if one.plan:
        return done_text(one.plan)
    if len(one.paths) == 1:
        return tr("{name} is in the trash.", name=one.paths[0].name)
    return tr("{name} and {count} more are in the trash.", name=one.paths[0].name, count=len(one.paths) - 1)


def _discarded(found: Sequence[Undoable]) -> list[Discarded]:
    return [one.discarded for one in found if one.discarded]
