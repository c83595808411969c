"""What removing a web UI would take away and what stays, shown before it happens."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QListWidget, QWidget

from studio.launcher.install import Install
from studio.launcher.links import DeletePlan
from studio.ui import theme
from studio.ui.translate import tr
from studio.ui.widgets.parts import button, column, label, row

MOST = 200


class RemovalDialog(QDialog):
    """Asks before a web UI goes to the trash; `accepted` is a yes, `only_forget` a wish to leave its files alone."""

    only_forget = Signal()

    def __init__(self, parent: QWidget, install: Install, plan: DeletePlan) -> None:
        super().__init__(parent)
        theme.clothe(self)
        self.setWindowTitle(tr("Remove {title}", title=install.title))
        self.setMinimumSize(560, 420)
        text = tr("{count} files with {size} go to the trash:", count=f"{plan.files:,}", size=sized(plan.size_bytes))
        kept = tr("Models and pictures stay, and what is not the web UI's own:")
        go = button(
            tr("Move to the trash"), self.accept, role="danger", tip=tr("Moves these to the trash; can be taken back.")
        )
        stay = button(tr("Cancel"), self.reject, tip=tr("Changes nothing."))
        forget = button(
            tr("Only take it off the list"),
            self._leave_files,
            role="quiet",
            tip=tr("Every file stays where it is; the folder can be adopted again."),
        )
        parts = [label(text, wrap=True), _list([str(path) for path in plan.items], tr("What goes to the trash"))]
        if plan.kept:
            parts += [label(kept, wrap=True), _list([str(one.path) for one in plan.kept], tr("What stays"))]
        column(*parts, row(forget, None, stay, go), parent=self, spacing=theme.MEDIUM, margin=theme.LARGE)
        stay.setDefault(True)

    @Slot()
    def _leave_files(self) -> None:
        self.only_forget.emit()
        self.reject()


def _list(texts: list[str], name: str) -> QListWidget:
    made = QListWidget()
    made.setAccessibleName(name)
    made.addItems(texts[:MOST])
    if len(texts) > MOST:
        made.addItem(tr("and {count} more", count=f"{len(texts) - MOST:,}"))
    return made


def sized(size_bytes: int) -> str:
    """A size in the unit that suits it."""
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.1f} MB"
