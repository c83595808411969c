"""What a click on a model does on the Create page: select, or put into a prompt, or take out of it again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from studio.core.prompt.network_edit import has_network, with_network, without_network
from studio.library.sidecars import stem
from studio.ui.panels.prompt_box import PromptBox
from studio.ui.panels.request_panel import RequestPanel
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.wishes import Use, Words, is_negative

if TYPE_CHECKING:
    from studio.library.model_rows import Model


class ModelUse(QObject):
    """Acts on the fields of a request."""

    def __init__(self, session: Session, fields: RequestPanel) -> None:
        super().__init__()
        self._session, self._fields = session, fields

    def take(self, value: object) -> None:
        """Do what another page asks for: use a model, add words. A notice offers the way back."""
        if isinstance(value, Words):
            self._fields.prompt.positive.edit.insert_item(value.text)
        elif isinstance(value, Use):
            before = self._fields.request()
            self._use(value.model, value.negative)
            if self._fields.request() != before:
                text = tr("{name} is in the request now.", name=value.model.title)
                self._session.notify(text, kind="ok", action=tr("Undo"), act=lambda: self._fields.display(before))

    @Slot(object)
    def toggle(self, model: Model) -> None:
        """Use a model; one that is in the prompt already is taken out."""
        edit = self._fields.prompt.positive.edit
        name = self._name(model)
        if _kind(model) == "network" and has_network(edit.value(), name):
            edit.change_text(without_network(edit.value(), name, model.sidecar.trigger_text))
        else:
            self._use(model, is_negative(model))

    def _use(self, model: Model, negative: bool) -> None:
        kind, said = _kind(model), model.sidecar
        boxes = self._fields.prompt
        if kind == "checkpoint":
            self._fields.model.editors["checkpoint"].set_value(model.name)
        elif kind == "vae":
            self._fields.model.editors["vae"].set_value(model.path.name)
        elif kind == "network":
            edit = boxes.positive.edit
            weight = said.preferred_weight or 1.0
            edit.change_text(with_network(edit.value(), self._name(model), weight, said.trigger_text))
            if said.negative_text:
                _add_once(boxes.negative, said.negative_text)
        elif kind == "embedding":
            _add_once(boxes.negative if negative else boxes.positive, stem(model.path))

    def _name(self, model: Model) -> str:
        """What the prompt calls a network: with its folder where another has its name."""
        from studio.library.model_rows import Query  # known by the time there is a model

        index, name = self._session.library.index, stem(model.path)
        alike = index.models(index.find(Query(name, "network"))) if index else []
        has_twin = any(stem(one.path) == name and one.path != model.path for one in alike)
        return Path(model.name).with_name(name).as_posix() if has_twin else name


def _kind(model: Model) -> str:
    return model.facts.kind if model.facts else ""


def _add_once(box: PromptBox, text: str) -> None:
    if text not in box.edit.value():
        box.edit.insert_item(text)
