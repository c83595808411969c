"""The models' side of the session: the index, looking for changes, edits, plans, and what is done with a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from studio.core import trash
from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.result import SavedImage
from studio.core.settings import Settings
from studio.core.trash import Discarded
from studio.library import filing, gallery, hashes, index, model_doctor, outputs, plans, sidecars, undo_list
from studio.library.filing import Filing
from studio.library.gallery import Gallery
from studio.library.index import Changes, ModelIndex
from studio.library.model_doctor import Finding
from studio.library.model_rows import Model
from studio.library.plans import Act, Done, Plan
from studio.library.undo_list import Undoable
from studio.ui import images
from studio.ui.jobs import Job
from studio.ui.session import Session
from studio.ui.translate import tr, tr_error
from studio.ui.wishes import Use, is_negative

POLL_MS = 2000
PREVIEW_EDGE = 768


@dataclass(frozen=True)
class Proposal:
    """What would be done, shown before it is: a title, sentences, and plans under the titles of their buttons."""

    title: str
    texts: tuple[str, ...]
    plans: tuple[tuple[str, Plan], ...]


class Library(QObject):
    """What all pages share of models; made when it is first needed."""

    opened = Signal()
    progressed = Signal(object)  # Progress of a scan or a plan
    changed = Signal()  # other models are there
    model_changed = Signal(object)  # Model: what lies beside it
    pictures_changed = Signal()
    checked = Signal(object)  # list[Finding]
    undoable_found = Signal(object)  # list[Undoable]
    rested = Signal()  # nothing that may take long goes on any more

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.index: ModelIndex | None = None
        self.gallery: Gallery | None = None
        self._job: Job | None = None
        self._long: list[Job] = []
        self._is_looking = self._is_wanted_again = False
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self.look)
        self._folders = session.settings.model_folders
        session.settings_changed.connect(self._follow_settings)
        session.image_saved.connect(self._take_saved)
        session.gallery_changed.connect(self.pictures_changed)
        QGuiApplication.instance().applicationStateChanged.connect(self._wake)  # type: ignore[union-attr]

    # what is there

    @Slot()
    def refresh(self) -> None:
        """Bring the index up to date with all model folders."""
        if self._job:
            self._is_wanted_again = True
            return
        places, settings = self._session.places, self._session.settings
        self._job = self._session.in_scans(partial(_scan, places, settings), tr("Looking for models"))
        self._job.delivered.connect(self._take_index)
        self._job.succeeded.connect(self._take_changes)
        self._job.finished.connect(self._scanned)
        self._follow(self._job)

    def watch(self, is_on: bool) -> None:
        """Look for changes every two seconds while somebody looks at models."""
        if is_on:
            self._timer.start()
            self.look()
        else:
            self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Scan if a folder has changed."""
        if self._is_looking or self._job or self.index is None:
            return
        self._is_looking = True
        found, places, settings = self.index, self._session.places, self._session.settings
        job = self._session.files.begin(lambda _: found.has_changed(places, settings))
        job.succeeded.connect(self._take_look)
        job.finished.connect(self._looked)

    @Slot(object)
    def _take_look(self, has_changed: bool) -> None:
        if has_changed:
            self.refresh()

    @Slot()
    def _looked(self) -> None:
        self._is_looking = False

    @Slot(object)
    def _take_index(self, found: tuple[ModelIndex, Gallery]) -> None:
        is_first = self.index is None
        self.index, self.gallery = found
        if is_first:
            if self.index.notice:
                self._session.tell(self.index.notice)
            self.opened.emit()
            self._look_for_interrupted()

    @Slot(object)
    def _take_changes(self, changes: Changes) -> None:
        if changes:
            self._session.refresh_models()
        self.changed.emit()

    @Slot()
    def _scanned(self) -> None:
        self._job = None
        if self._is_wanted_again:
            self._is_wanted_again = False
            self.refresh()

    @Slot(object)
    def _follow_settings(self, settings: Settings) -> None:
        if settings.model_folders != self._folders:
            self._folders = settings.model_folders
            self.refresh()

    @Slot(Qt.ApplicationState)
    def _wake(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.look()

    @Slot(object)
    def _take_saved(self, saved: SavedImage) -> None:
        """Take a new picture in, so that it can be found by the models that made it."""
        if self.gallery:
            known = self.gallery
            job = self._session.files.begin(lambda _: _add(known, saved))
            job.succeeded.connect(self.pictures_changed)

    # edits

    def save(self, model: Model, **changes: object) -> Job:
        """Write what the user says of a model into its X.json."""
        return self._edited(model, lambda _: sidecars.save(model.path, **changes))

    def set_preview(self, model: Model, picture: Path) -> Job:
        """Make a picture the model's preview; the one before goes to the trash and comes back by Undo."""
        places = self._session.places
        job = self._session.in_files(lambda _: _set_preview(model, picture, places), tr("Writing the preview"))
        job.succeeded.connect(lambda gone: self._tell_preview(model, gone))
        return job

    def _tell_preview(self, model: Model, gone: Discarded | None) -> None:
        self._edited(model, lambda _: None)
        text = tr("{name} has this picture as its preview now.", name=model.title)
        places = self._session.places
        self._session.notify(
            text,
            kind="ok",
            action=tr("Undo"),
            act=lambda: self._edited(model, lambda _: _take_preview_back(model, gone, places)),
        )

    def _edited(self, model: Model, work: object) -> Job:
        found = self.index

        def edit(context: JobContext) -> Model | None:
            work(context)  # type: ignore[operator]
            return found.refresh(model.path) if found else None

        job = self._session.in_files(edit)
        job.succeeded.connect(self._tell_edited)
        return job

    @Slot(object)
    def _tell_edited(self, model: Model | None) -> None:
        if model:
            self.model_changed.emit(model)

    # plans

    def file(self, paths: Sequence[Path]) -> Job:
        """Find out where files from elsewhere belong, and show the plan."""
        places, settings = self._session.places, self._session.settings
        job = self._session.in_files(lambda _: filing.filed(paths, places, settings), tr("Looking at files"))
        job.succeeded.connect(self._propose_filing)
        return job

    @Slot(object)
    def _propose_filing(self, found: Filing) -> None:
        if not found.move.steps:
            for error in found.refused:
                self._session.tell(error)
            return
        title = tr("Put {count} models where they belong?", count=len(found.kinds))
        refused = tuple(" ".join(filter(None, tr_error(error))) for error in found.refused)
        self.propose(Proposal(title, refused, ((tr("Move"), found.move), (tr("Copy"), found.copy))))

    def propose(self, proposal: Proposal) -> None:
        """Show plans before one of them is carried out."""
        self._session.plan_proposed.emit(proposal)

    def propose_deletion(self, models: Sequence[Model]) -> None:
        """Show what deleting models would move to the trash."""
        plan = plans.deleting(model.path for model in models)
        title = tr("Move {name} to the trash?", name=models[0].title)
        if len(models) > 1:
            title = tr("Move {count} models to the trash?", count=len(models))
        self.propose(Proposal(title, (), ((tr("Move to the trash"), plan),)))

    def propose_mending(self, finding: Finding) -> None:
        """Show what would be done about a finding; of copies there is a choice."""
        if finding.plan is None:
            return
        text = tuple(filter(None, tr_error(finding.problem)))
        acts = {Act.MOVE: tr("Move"), Act.LINK: tr("Make links"), Act.TRASH: tr("Move to the trash")}
        offered = [(acts[finding.plan.steps[0].act], finding.plan)]
        if finding.plan.steps[0].act is Act.LINK:
            offered.append((acts[Act.TRASH], plans.deleting(step.path for step in finding.plan.steps)))
        self.propose(Proposal(text[0], text[1:], tuple(offered)))

    def carry_out(self, plan: Plan) -> Job:
        """Do what a plan says; a notice offers the way back."""
        places = self._session.places
        job = self._session.in_scans(lambda context: plans.apply(plan, places, context), tr("Moving files"))
        job.succeeded.connect(self._tell_done)
        job.finished.connect(self.refresh)
        return self._follow(job)

    @Slot(object)
    def _tell_done(self, done: Done) -> None:
        self._session.notify(done_text(done), kind="ok", action=tr("Undo"), act=lambda: self._undo(done))

    def _undo(self, done: Done) -> None:
        places = self._session.places
        job = self._session.in_scans(lambda _: plans.undo(done, places), tr("Undoing"))
        job.finished.connect(self.refresh)

    # what was done

    def _look_for_interrupted(self) -> None:
        places = self._session.places
        job = self._session.in_files(lambda _: [done for done in plans.history(places) if not done.is_finished])
        job.succeeded.connect(self._offer_interrupted)

    @Slot(object)
    def _offer_interrupted(self, found: list[Done]) -> None:
        for done in found:
            text = tr("The studio was stopped in the midst of moving {count} files.", count=len(done.steps))
            remedy = tr("Undo puts back those that were moved by then.")
            self._session.notify(
                text, remedy=remedy, kind="warn", action=tr("Undo"), act=lambda done=done: self._undo(done)
            )

    def list_undoable(self) -> Job:
        """Find out what can still be taken back; `undoable_found` tells."""
        places = self._session.places
        job = self._session.in_files(lambda _: undo_list.undoable(places))
        job.succeeded.connect(self.undoable_found)
        return job

    def take_back(self, one: Undoable) -> Job:
        """Put back what was moved, linked or thrown away; pictures come back to the gallery too."""
        places = self._session.places
        if one.discarded and _are_pictures(one.paths, self._session):
            job = self._session.bin.take_back(one.discarded)
        else:
            job = self._session.in_scans(lambda _: one.take_back(places), tr("Undoing"))
        job.finished.connect(self.refresh)
        job.finished.connect(self.list_undoable)
        return job

    def delete_for_good(self, gone: Sequence[Discarded]) -> Job:
        """Empty these out of the trash, for good."""
        places = self._session.places
        job = self._session.in_scans(lambda _: trash.empty(places, gone), tr("Emptying the trash"))
        job.finished.connect(self.list_undoable)
        return job

    # the doctor

    @Slot()
    def check(self) -> None:
        """Look for what is wrong with all models; copies are found by reading files of equal size."""
        if self.index is None:
            return
        found, places = self.index, self._session.places
        job = self._session.in_scans(
            lambda context: model_doctor.check(found.models(found.find()), places, context), tr("Checking models")
        )
        job.succeeded.connect(self.checked)
        self._follow(job)

    def compute_hashes(self, ids: Sequence[int]) -> None:
        """Read models' files for their hashes, which the cache then keeps; what is known already is not read."""
        if self.index is None:
            return
        found, places = self.index, self._session.places

        def compute(context: JobContext) -> tuple[list[Model], list[Path]]:
            models = found.models(ids)
            return models, hashes.compute([model.path for model in models], places, context)

        job = self._session.in_scans(compute, tr("Hashing"))
        job.succeeded.connect(self._tell_hashed)
        self._follow(job)

    @Slot(object)
    def _tell_hashed(self, found: tuple[list[Model], list[Path]]) -> None:
        models, failed = found
        self._session.refresh_models()
        if len(models) == 1:
            self.model_changed.emit(models[0])
        if failed:
            text = tr("{count} files could not be read for their hashes.", count=len(failed))
            details = "\n".join(map(str, failed))
            self._session.notify(text, remedy=tr("Check that they may be read."), kind="warn", details=details)
        elif len(models) > 1:
            self._session.notify(tr("The hashes of {count} models are known.", count=len(models)), kind="ok")

    # what may take long

    @Slot()
    def stop(self) -> None:
        """Stop what is going on within one step."""
        for job in self._long:
            job.cancel()

    def _follow(self, job: Job) -> Job:
        self._long.append(job)
        job.progressed.connect(self.progressed)
        job.finished.connect(self._rest)
        return job

    @Slot()
    def _rest(self) -> None:
        self._long = [job for job in self._long if not job.is_finished]
        if not self._long:
            self.rested.emit()

    # what is done with a model

    def use(self, model: Model, negative: bool | None = None) -> None:
        """Take a model up on the Create page."""
        wish = Use(model, is_negative(model) if negative is None else negative)
        self._session.show_page("create", wish)

    def close(self) -> None:
        """Look for nothing any more."""
        self._timer.stop()
        self.index = None


def done_text(done: Done) -> str:
    """What was done, in a sentence."""
    count, act, name = len(done.steps), done.steps[0].act, done.steps[0].path.name
    texts = {
        Act.MOVE: (tr("{name} was moved.", name=name), tr("{count} files were moved.", count=count)),
        Act.COPY: (tr("{name} was copied.", name=name), tr("{count} files were copied.", count=count)),
        Act.TRASH: (tr("{name} is in the trash.", name=name), tr("{count} files are in the trash.", count=count)),
        Act.LINK: (tr("{name} is a link now.", name=name), tr("{count} files are links now.", count=count)),
    }
    return texts[act][count > 1]


def _are_pictures(paths: Sequence[Path], session: Session) -> bool:
    """Whether all lie where the gallery's pictures do."""
    more = (Path(text).expanduser() for text in session.settings.gallery_folders if text.strip())
    folders = [outputs.root(session.settings, session.places), *more]
    return all(any(path.is_relative_to(folder) for folder in folders) for path in paths)


def _scan(places: Places, settings: Settings, context: JobContext) -> Changes:
    found = index.opened(places)
    context.deliver((found, gallery.opened(places.gallery)))
    return found.scan(places, settings, context)


def _add(known: Gallery, saved: SavedImage) -> None:
    if saved.path.exists() and known.at(saved.path.absolute()) is None:
        known.add(saved, saved.made_from)


def _set_preview(model: Model, picture: Path, places: Places) -> Discarded | None:
    """Write the preview; what its file was before goes to the trash."""
    data = QBuffer()
    data.open(QIODevice.OpenModeFlag.WriteOnly)
    images.read(picture, PREVIEW_EDGE).save(data, "PNG")  # type: ignore[call-overload]
    before = sidecars.beside(model.path, sidecars.PICTURES[0])
    gone = trash.discard([before], places) if before.exists() else None
    try:
        sidecars.set_preview(model.path, bytes(data.data().data()))
    except StudioError:
        if gone:
            trash.restore(gone)
        raise
    return gone


def _take_preview_back(model: Model, gone: Discarded | None, places: Places) -> None:
    trash.discard([sidecars.beside(model.path, sidecars.PICTURES[0])], places)
    if gone:
        trash.restore(gone)
