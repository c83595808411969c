"""A checkpoint brings its recommended values along when it is chosen; a notice takes them back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.settings import Settings
from studio.ui.panels.request_panel import RequestPanel
from studio.ui.session import Session
from studio.ui.translate import tr

if TYPE_CHECKING:
    from studio.library.checkpoints import CheckpointFile
    from studio.library.model_defaults import Recommended
    from studio.library.sidecars import ModelDefaults

    Answer = tuple[str, Recommended]


class Recommend(QObject):
    """Applies a checkpoint's defaults to the fields, and keeps the fields' values as a checkpoint's defaults."""

    def __init__(self, session: Session, fields: RequestPanel) -> None:
        super().__init__()
        self._session, self._fields = session, fields
        self._is_fresh = False
        fields.keep.clicked.connect(self._keep)
        fields.model.form.field_changed.connect(self._choose)

    def begin_fresh(self) -> None:
        """Nothing was kept from before: the first checkpoint's defaults count, its prompt too."""
        self._is_fresh = True
        self.models_found()

    def models_found(self) -> None:
        """Take the first checkpoint's values on the very first start, unless something was typed by then."""
        if self._is_fresh and self._session.choices("checkpoints"):
            self._is_fresh = False
            if self._fields.request() == GenerateRequest():
                self._read("", self._take_first)

    @Slot(str)
    def _choose(self, name: str) -> None:
        if name == "checkpoint":
            self._is_fresh = False
            self._read(self._fields.request().checkpoint, self._take)

    def _read(self, checkpoint: str, take: object) -> None:
        work = partial(_recommended, checkpoint, self._session.places, self._session.settings)
        job = self._session.files.begin(work)
        job.succeeded.connect(take)  # type: ignore[arg-type]

    @Slot(object)
    def _take_first(self, answer: Answer) -> None:
        if self._fields.request() == GenerateRequest():
            self._fields.display(answer[1].applied(GenerateRequest(), with_prompt=True))

    @Slot(object)
    def _take(self, answer: Answer) -> None:
        before = self._fields.request()
        after = answer[1].applied(before)
        if answer[0] != before.checkpoint or after == before:
            return
        self._fields.display(after)
        self._session.notify(
            tr("The values recommended for this model were taken over."),
            kind="ok",
            action=tr("Undo"),
            act=lambda: self._take_back(before, after),
        )

    def _take_back(self, before: GenerateRequest, after: GenerateRequest) -> None:
        """Put back what the defaults changed; what was edited since stays."""
        now = self._fields.request()
        names = [name for name in GenerateRequest.model_fields if getattr(before, name) != getattr(after, name)]
        back = {name: getattr(before, name) for name in names if getattr(now, name) == getattr(after, name)}
        self._fields.display(now.model_copy(update=back))

    @Slot()
    def _keep(self) -> None:
        request = self._fields.request()
        work = partial(_keep, request, self._session.places, self._session.settings)
        job = self._session.in_files(work, tr("Keeping the defaults"))
        job.succeeded.connect(self._tell_kept)

    @Slot(object)
    def _tell_kept(self, kept: tuple[CheckpointFile, ModelDefaults]) -> None:
        from studio.library import sidecars

        file, before = kept
        if "library" in self._session.__dict__:
            self._session.library.look()
        self._session.notify(
            tr("These values are the defaults of {name} now.", name=file.short_name),
            kind="ok",
            action=tr("Undo"),
            act=lambda: self._session.in_files(lambda _: sidecars.save(file.path, defaults=before)),
        )


def _recommended(checkpoint: str, places: Places, settings: Settings, _: JobContext) -> Answer:
    from studio.library import checkpoints, model_defaults

    try:
        file = checkpoints.find(checkpoint, places, settings)
    except StudioError:
        return checkpoint, model_defaults.Recommended()
    return checkpoint, model_defaults.read(file.path)


def _keep(
    request: GenerateRequest, places: Places, settings: Settings, _: JobContext
) -> tuple[CheckpointFile, ModelDefaults]:
    from studio.library import checkpoints, model_defaults, sidecars

    file = checkpoints.find(request.checkpoint, places, settings)
    before = sidecars.read(file.path).defaults
    sidecars.save(file.path, defaults=model_defaults.of_request(request))
    return file, before
