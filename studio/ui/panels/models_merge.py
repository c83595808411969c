"""New models made of others: merged, with networks put in, extracted, resized, renamed inside."""

from collections.abc import Sequence

from pydantic import ValidationError
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QProgressBar, QStackedWidget, QWidget

from studio import tasks
from studio.core.job import JobContext, Progress
from studio.core.merge_request import (
    AnyMerge,
    ConvertRequest,
    ExtractRequest,
    MadeModel,
    MergeNetworksRequest,
    MergeRequest,
    ResizeRequest,
)
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library import networks
from studio.ui import theme
from studio.ui.fields import Form
from studio.ui.jobs import Job
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.collapsible import Collapsible
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import button, column, row, scrolled

RECORDS: dict[str, type[AnyMerge]] = {
    "merge": MergeRequest,
    "networks": MergeNetworksRequest,
    "extract": ExtractRequest,
    "resize": ResizeRequest,
    "convert": ConvertRequest,
}
TITLES = {
    "merge": "Merge checkpoints",
    "networks": "Put LoRAs into a checkpoint",
    "extract": "Extract a LoRA",
    "resize": "Resize a LoRA",
    "convert": "Rename what is in a LoRA",
}


class MergeForm(QWidget):
    """The fields of one kind of request, the advanced ones folded."""

    changed = Signal()

    def __init__(self, session: Session, record: type[AnyMerge], names: Sequence[str]) -> None:
        super().__init__()
        self.session, self.record, self.networks = session, record, list(names)
        self.usual = Form(record, advanced=False, choices=self._choices)  # type: ignore[arg-type]
        self.extra = Form(record, advanced=True, choices=self._choices)  # type: ignore[arg-type]
        fold = Collapsible(tr("Advanced"), self.extra, is_open=False)
        fold.setVisible(bool(self.extra.editors))
        column(self.usual, fold, None, parent=self)
        for form in (self.usual, self.extra):
            form.changed.connect(self.changed)

    def request(self) -> AnyMerge:
        """What is asked for. Raises pydantic's ValidationError."""
        return self.record(**self.usual.read(), **self.extra.read())

    def refresh_choices(self, names: Sequence[str]) -> None:
        """Offer the models that are there now."""
        self.networks = list(names)
        for form in (self.usual, self.extra):
            form.refresh_choices()

    def _choices(self, name: str) -> Sequence[str]:
        return self.networks if name == "networks" else self.session.choices(name)


class MergePanel(QWidget):
    """Choosing what to make, its fields, and how far it is; the work runs in the gpu lane."""

    left = Signal()
    state_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.job: Job | None = None
        self.kind, self.stack = QComboBox(), QStackedWidget()
        self.kind.setAccessibleName(tr("What to make"))
        self.kind.setToolTip(tr("Chooses what is made of which models."))
        self.forms = {name: MergeForm(session, record, ()) for name, record in RECORDS.items()}
        for name, form in self.forms.items():
            self.kind.addItem(tr(TITLES[name]), name)
            self.stack.addWidget(scrolled(form))
            form.changed.connect(self.state_changed)
        self.start = button(tr("Make it"), self._start, role="primary", tip=tr("Writes a new file; none is changed."))
        self.stop = button(tr("Stop"), self._stop, tip=tr("Stops the work; nothing of the new file stays."))
        self.bar, self.what = QProgressBar(), ElidedLabel(role="small")
        self.bar.setAccessibleName(tr("Progress"))
        foot = row(self.start, self.stop, self.bar)
        foot.setStretch(2, 1)
        back = button(tr("Your models"), self.left.emit, tip=tr("Back to the models in your folders."))
        head = row(self.kind, None, back)
        column(head, self.stack, self.what, foot, parent=self, margin=theme.LARGE).setStretch(1, 1)
        self.setFocusProxy(self.kind)
        self.kind.currentIndexChanged.connect(self.stack.setCurrentIndex)
        self.kind.currentIndexChanged.connect(self.state_changed)
        session.models_changed.connect(self.refresh)
        self._show_work(is_running=False)
        self.refresh()

    @property
    def form(self) -> MergeForm:
        """The form that is seen."""
        return self.forms[self.kind.currentData()]

    @Slot()
    def refresh(self) -> None:
        """Look for the models to choose from."""
        places, settings = self.session.places, self.session.settings
        self.session.in_files(lambda _: network_names(places, settings)).succeeded.connect(self._take_networks)

    @Slot(object)
    def _take_networks(self, names: list[str]) -> None:
        for form in self.forms.values():
            form.refresh_choices(names)

    @Slot()
    def _start(self) -> None:
        try:
            request = self.form.request()
        except ValidationError as error:
            self.session.notify(error.errors()[0]["msg"], kind="error")
            return
        places, settings = self.session.places, self.session.settings

        def work(context: JobContext) -> MadeModel:
            return tasks.merge(request, context, settings=settings, places=places)

        self._show_work(is_running=True)
        self.job = self.session.in_gpu(work, self.kind.currentText())
        self.job.progressed.connect(self._show_progress)
        self.job.succeeded.connect(self._take_model)
        self.job.finished.connect(self._finish)

    @Slot()
    def _stop(self) -> None:
        if self.job:
            self.job.cancel()
            self.what.set_text(tr("Stopping…"))

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self.what.set_text(tr(progress.text))

    @Slot(object)
    def _take_model(self, made: MadeModel) -> None:
        self.session.notify(tr("{name} was made.", name=made.path.name), kind="ok")
        self.session.refresh_models()
        if self.session.library.index:
            self.session.library.refresh()

    @Slot()
    def _finish(self) -> None:
        self.job = None
        self._show_work(is_running=False)

    def _show_work(self, is_running: bool) -> None:
        self.start.setEnabled(not is_running)
        for widget in (self.stop, self.bar, self.what):
            widget.setVisible(is_running)
        self.bar.setRange(0, 0)
        self.what.set_text("")

    def state(self) -> dict[str, object]:
        """What is made; models are chosen anew each time."""
        return {"kind": self.kind.currentData()}

    def restore(self, state: dict[str, object]) -> None:
        """Show what `state` gave."""
        if (kind := state.get("kind")) in RECORDS:
            self.kind.setCurrentIndex(list(RECORDS).index(str(kind)))


def network_names(places: Places, settings: Settings) -> list[str]:
    """What networks can be called by: those of one name with their folders."""
    files = networks.network_files(places, settings)
    names = [file.name for file in files]
    return [file.name if names.count(file.name) == 1 else file.long_name for file in files]
