"""Parts of a request that may be absent: hires fix and refiner, each with a switch."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Slot

from studio.core.option import Record
from studio.core.request import HIRES, REFINER, HiresFix, Refiner
from studio.ui.fields import CheckEdit, tr_choice
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
    ) -> None:
        self.switch = CheckEdit()
        super().__init__(session, record, section, summarise)
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


def hires_panel(session: Session) -> SwitchedPanel[HiresFix]:
    """The hires fix."""
    return SwitchedPanel(
        session,
        HiresFix,
        HIRES,
        tr("Paint a second, larger pass"),
        tr("Enlarges the picture and paints over it again, which brings detail without doubled bodies."),
        _hires_summary,
    )


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
