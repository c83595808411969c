"""Parts of a request that may be absent: hires fix and refiner, each with a switch."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from studio.core.option import Record
from studio.core.request import HIRES, REFINER, HiresFix, Refiner
from studio.ui.fields import CheckEdit, tr_choice
from studio.ui.panels.prompt_box import PromptBox
from studio.ui.panels.section_panel import SectionPanel, joined
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.number_edit import shown

AnyRecord = TypeVar("AnyRecord", bound=Record)


class SwitchedPanel(SectionPanel, Generic[AnyRecord]):
    """A section that is None while its switch is off; what was set stays for the next time."""

    def __init__(
        self,
        session: Session,
        record: type[AnyRecord],
        section: str,
        title: str,
        about: str,
        summarise: Callable[[dict[str, Any]], str],
        **more: Any,
    ) -> None:
        self.switch = CheckEdit()
        super().__init__(session, record, section, summarise, **more)
        self._record = record
        self.switch.setText(title)
        self.switch.setToolTip(about)
        self.switch.setAccessibleName(title)
        self.switch.changed.connect(self._switched)
        self.put_above(self.switch)
        self._switched()

    def value(self) -> AnyRecord | None:
        """The record, None while the switch is off."""
        return self._record(**self.read()) if self.switch.value() else None

    def show_value(self, record: AnyRecord | None) -> None:
        """Show a record, or switch off."""
        if record is not None:
            self.display(record)
        self.switch.set_value(record is not None)

    def summary(self) -> str:
        """The values in a line, or that it is off."""
        return super().summary() if self.switch.value() else tr("off")

    @Slot()
    def _switched(self) -> None:
        is_on = self.switch.value()
        self.form.setVisible(is_on)
        self.fold.setVisible(is_on)
        self.changed.emit()


class HiresPanel(SwitchedPanel[HiresFix]):
    """The hires fix; its prompts are edited like those of the picture."""

    def __init__(self, session: Session) -> None:
        self.boxes = {name: PromptBox(HiresFix, name, 3) for name in ("prompt", "negative_prompt")}
        title = tr("Paint a second, larger pass")
        about = tr("Enlarges the picture and paints over it again, which brings detail without doubled bodies.")
        super().__init__(
            session,
            HiresFix,
            HIRES,
            title,
            about,
            _hires_summary,
            without=set(self.boxes),
            below=tuple(self.boxes.values()),
        )
        for box in self.boxes.values():
            box.changed.connect(self._tell)

    @property
    def editors(self) -> dict[str, Any]:
        """All editors by field name."""
        return {**super().editors, **{name: box.edit for name, box in self.boxes.items()}}

    def read(self) -> dict[str, Any]:
        """The values by field name."""
        return {**super().read(), **{name: box.edit.value() for name, box in self.boxes.items()}}

    def display(self, record: Record) -> None:
        """Show a record's values."""
        super().display(record)
        for name, box in self.boxes.items():
            box.edit.set_value(getattr(record, name))

    def extra_summary(self) -> str:
        """What the folded fields say that are not at their defaults."""
        titles = (tr(HiresFix.model_fields[name].title or name) for name, box in self.boxes.items() if box.edit.value())
        return joined(super().extra_summary(), *titles)

    def focus_chain(self) -> list[QWidget]:
        """What takes the focus, as the eye reads it."""
        return [*super().focus_chain(), *(part for box in self.boxes.values() for part in (box.clear, box.edit))]


def refiner_panel(session: Session) -> SwitchedPanel[Refiner]:
    """The refiner."""
    return SwitchedPanel(
        session,
        Refiner,
        REFINER,
        tr("Finish with a second model"),
        tr("Another checkpoint takes over for the last part of the steps."),
        _refiner_summary,
    )


def _hires_summary(values: dict[str, Any]) -> str:
    size = f"{values['width'] or '?'} × {values['height'] or '?'}"
    factor = size if values["width"] or values["height"] else f"×{shown(values['scale'])}"
    return joined(factor, tr_choice(values["upscaler"]), shown(values["denoising_strength"]))


def _refiner_summary(values: dict[str, Any]) -> str:
    return joined(tr_choice(values["checkpoint"]), tr("from {part}", part=shown(values["switch_at"])))
