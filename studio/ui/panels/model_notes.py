"""What the owner writes about a model: kept in its X.json as it is typed."""

from typing import Any

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.library.model_rows import Model
from studio.ui import theme
from studio.ui.translate import tr
from studio.ui.widgets.number_edit import NumberEdit
from studio.ui.widgets.parts import column, label
from studio.ui.widgets.text_edit import LineEdit, TextEdit

SAVE_MS = 700


class ModelNotes(QWidget):
    """The fields; `saved` gives the model and what was changed, by the names of Sidecar's fields."""

    saved = Signal(object, object)  # Model, dict

    def __init__(self) -> None:
        super().__init__()
        self.model: Model | None = None
        self._is_showing = False
        self._timer = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._timer.timeout.connect(self.flush)
        self.editors: dict[str, Any] = {}
        self._weight_parts: list[QWidget] = []
        self._column = column(parent=self, spacing=theme.TINY)
        self._add("title", tr("Title"), tr("What cards show instead of the file's name."), LineEdit())
        self._add("activation_text", tr("Trigger words"), tr("Put into the prompt with the model."), LineEdit())
        weight = NumberEdit(-4, 4, 0.05, (-1, 2), is_whole=False)
        self._add("preferred_weight", tr("Preferred weight"), tr("The weight it is put in with; 0 is 1."), weight)
        self._add("negative_text", tr("Negative text"), tr("Put into the negative prompt with the model."), LineEdit())
        self._add("tags", tr("Tags"), tr("Your own words to find it by, with commas between."), LineEdit())
        self._add("notes", tr("Notes"), tr("Whatever you want to remember."), TextEdit(3))
        self._add("description", tr("Description"), tr("What it is; from its page if that is known."), TextEdit(4))

    def show_model(self, model: Model) -> None:
        """Show what is written about a model; what was typed about the one before is saved first."""
        if self.model and self.model.path == model.path and self._timer.isActive():
            return  # the newer text is the one being typed
        self.flush()
        self.model = model
        self._is_showing = True
        for name, value in _values(model).items():
            self.editors[name].set_value(value)
        self._is_showing = False
        is_network = bool(model.facts and model.facts.kind == "network")
        for part in self._weight_parts:
            part.setVisible(is_network)

    @Slot()
    def flush(self) -> None:
        """Save what was typed now."""
        self._timer.stop()
        if self.model is None:
            return
        before = _values(self.model)
        changed = {name: value for name, value in self._read().items() if value != before[name]}
        if changed:
            if "tags" in changed:
                parts = (part.strip() for part in changed["tags"].replace("，", ",").split(","))
                changed["tags"] = tuple(dict.fromkeys(part for part in parts if part))
            self.saved.emit(self.model, changed)

    def _read(self) -> dict[str, Any]:
        return {name: made.value() for name, made in self.editors.items()}

    def _add(self, name: str, title: str, help_text: str, made: Any) -> None:
        heading = label(title, "small")
        heading.setBuddy(made)
        made.setAccessibleName(title)
        made.setToolTip(help_text)
        made.changed.connect(self._edited)
        self.editors[name] = made
        self._column.addWidget(heading)
        self._column.addWidget(made)
        if name == "preferred_weight":
            self._weight_parts = [heading, made]

    @Slot()
    def _edited(self) -> None:
        if not self._is_showing:
            self._timer.start()


def _values(model: Model) -> dict[str, Any]:
    said = model.sidecar
    return {
        "title": said.title,
        "activation_text": said.activation_text,
        "preferred_weight": said.preferred_weight,
        "negative_text": said.negative_text,
        "tags": ", ".join(said.tags),
        "notes": said.notes,
        "description": said.description,
    }
