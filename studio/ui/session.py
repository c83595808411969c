"""What the pages share: settings, lanes, the queue, models, and the news of all work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, Signal, Slot

from studio.catalog.samplers import SAMPLERS
from studio.catalog.schedules import SCHEDULES
from studio.catalog.upscalers import UPSCALERS
from studio.core.errors import StudioError
from studio.core.job import JobContext, Progress
from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.settings import Settings
from studio.ui.autosave import Autosave
from studio.ui.bin import Bin
from studio.ui.errors import Notice, notice_of
from studio.ui.jobs import Job, Lane
from studio.ui.orders import Orders
from studio.ui.translate import tr

if TYPE_CHECKING:
    from studio.ui.downloads import Downloads
    from studio.ui.library import Library
    from studio.ui.webui import WebuiSession

LISTS: dict[str, Sequence[Any]] = {"samplers": SAMPLERS, "schedules": SCHEDULES, "upscalers": UPSCALERS}


class Session(QObject):
    """One run of the studio, outliving every page.

    Lanes: `gpu` (pixels), `files` (what is short: writes, lists), `scans` (what may take minutes: whole folders,
    hashes), `pictures` (thumbnails), `vitals` (memory in use). The queue is the truth: what `generate` takes is a row
    first and runs when it becomes the next.
    """

    settings_changed = Signal(object)  # Settings
    models_changed = Signal()
    image_saved = Signal(object)  # SavedImage
    job_started = Signal(object)  # Job
    progressed = Signal(object)  # Progress of what runs in the gpu lane
    job_finished = Signal(object)  # Job
    queue_changed = Signal()
    noticed = Signal(object)  # Notice
    page_wanted = Signal(str, object)
    plan_proposed = Signal(object)  # Proposal
    gallery_changed = Signal()  # pictures were found or are gone

    def __init__(self, places: Places) -> None:
        super().__init__()
        self.places = places
        self.settings = Settings.load(places.settings)
        self.gpu, self.files, self.pictures = Lane("gpu"), Lane("files"), Lane("pictures")
        self.scans, self.vitals = Lane("scans"), Lane("vitals")
        self.autosave = Autosave(places.data / "window.json", self.files)
        self.lists: dict[str, list[str]] = {}
        self.current: Job | None = None
        self.orders = Orders(self)
        self.orders.changed.connect(self.queue_changed)
        self.bin = Bin(self)

    @Slot()
    def begin(self) -> None:
        """What can wait until the window is on the screen: find models, warm the engine, go on with the queue."""
        self.refresh_models()
        places, settings = self.places, self.settings
        self.in_scans(lambda context: _sweep(places, settings, context))
        self.in_gpu(_warm, tr("Getting ready"))
        self.orders.go_on()
        if (places.data / "downloads.db").exists():
            self.in_scans(lambda _: _downloads_wait(places)).succeeded.connect(self._go_on_downloading)

    @Slot(object)
    def _go_on_downloading(self, is_waiting: bool) -> None:
        if is_waiting:
            self.downloads.run()

    @cached_property
    def webui(self) -> WebuiSession:
        """The launcher's side; made when it is first needed."""
        from studio.ui.webui import WebuiSession  # takes as long to import as the rest of the window

        return WebuiSession(self)

    @property
    def has_live_webui(self) -> bool:
        """Whether a web UI runs that the studio follows."""
        return "webui" in self.__dict__ and bool(self.webui.live)

    @cached_property
    def downloads(self) -> Downloads:
        """The downloads' side; made when it is first needed."""
        from studio.ui.downloads import Downloads  # brings an HTTP library, which the window can open without

        return Downloads(self)

    @cached_property
    def library(self) -> Library:
        """The models' side; made when it is first needed."""
        from studio.ui.library import Library  # reads headers and pictures, which the window can open without

        return Library(self)

    # settings

    def change_settings(self, **changes: object) -> None:
        """Set settings, save them at once and tell everyone. Raises pydantic's ValidationError."""
        settings = Settings(**{**self.settings.model_dump(), **changes})
        if settings == self.settings:
            return
        self.settings = settings
        path = self.places.settings
        self.in_files(lambda _: settings.save(path))
        self.settings_changed.emit(settings)

    # work

    def generate(self, request: GenerateRequest, made_from: Path | None = None) -> Job:
        """Put an order at the end of the queue; the Job runs when it becomes the next."""
        return self.orders.add(request, made_from)

    def in_gpu(self, work: Callable[[JobContext], Any], title: str) -> Job:
        """Run `work` in the gpu lane and show it in the strip."""
        return self.start(Job(work, title))

    def start(self, job: Job) -> Job:
        """Run a job in the gpu lane: the strip shows it, and its deliveries and failure become news."""
        job.started.connect(self._begun)
        job.progressed.connect(self.progressed)
        job.failed.connect(self.tell)
        job.noted.connect(self.note)
        job.finished.connect(self._finished)
        return self.gpu.submit(job)

    def in_files(self, work: Callable[[JobContext], Any], title: str = "") -> Job:
        """Run short `work` in the files lane; a failure becomes a notice."""
        return self._told(self.files, Job(work, title))

    def in_scans(self, work: Callable[[JobContext], Any], title: str = "") -> Job:
        """Run `work` that may read for minutes; a failure becomes a notice."""
        return self._told(self.scans, Job(work, title))

    def _told(self, lane: Lane, job: Job) -> Job:
        job.failed.connect(self.tell)
        return lane.submit(job)

    @Slot()
    def _begun(self) -> None:
        job = cast(Job, self.sender())
        self.current = job
        self.job_started.emit(job)

    @Slot()
    def _finished(self) -> None:
        job = cast(Job, self.sender())
        self.current = None
        self.job_finished.emit(job)

    @property
    def progress(self) -> Progress | None:
        """The latest report of what runs in the gpu lane."""
        return self.current.last_progress if self.current else None

    # news

    @Slot(object)
    def tell(self, error: StudioError) -> None:
        """Show an error as a notice."""
        self.noticed.emit(notice_of(error))

    @Slot(str)
    def note(self, text: str) -> None:
        """Show a sentence."""
        self.noticed.emit(Notice(tr(text)))

    def notify(self, text: str, **more: Any) -> None:
        """Show a notice; `more` are the attributes of Notice from `remedy` on."""
        self.noticed.emit(Notice(text, **more))

    def show_page(self, name: str, value: object = None) -> None:
        """Go to the page `name` ("home", "create", "models" ...) and hand it `value`, if any."""
        self.page_wanted.emit(name, value)

    # models

    def choices(self, name: str) -> list[str]:
        """The list a field names: samplers, schedules, upscalers, checkpoints, vaes, styles."""
        if name in LISTS:
            return [row.label for row in LISTS[name]]
        return list(self.lists.get(name, []))

    def refresh_models(self) -> Job:
        """Look for models again; `models_changed` tells when `choices` has what was found."""
        places, settings = self.places, self.settings
        job = self.in_files(lambda _: found_lists(places, settings))
        job.succeeded.connect(self._take_lists)
        return job

    @Slot(object)
    def _take_lists(self, lists: dict[str, list[str]]) -> None:
        self.lists = lists
        self.models_changed.emit()

    # the end

    def stop(self) -> None:
        """Stop all work within one step; everything unfinished stays in the queue."""
        self.orders.close()
        if "webui" in self.__dict__:
            self.webui.close()
        if "downloads" in self.__dict__:
            self.downloads.close()
        if "library" in self.__dict__:
            self.library.close()
        for lane in (self.gpu, self.vitals, self.scans, self.pictures, self.files):
            lane.stop()
        self.orders.close_file()
        self.autosave.close()


def _warm(context: JobContext) -> None:
    from studio import tasks  # numpy and Pillow, which the window can open without

    tasks.warm(context)


def _downloads_wait(places: Places) -> bool:
    """Whether downloads of an earlier start are to go on."""
    from studio.library.downloads import runner  # takes too long to import beside the window

    return runner.is_waiting(places.data / "downloads.db")


def _sweep(places: Places, settings: Settings, context: JobContext) -> None:
    """Take away what a killed program left half written among the pictures, and thumbnails beyond their room."""
    from studio.library import outputs, thumbnails

    outputs.sweep(outputs.root(settings, places))
    thumbnails.prune(places, context)


def found_lists(places: Places, settings: Settings) -> dict[str, list[str]]:
    """The names of everything on disk that fields choose from."""
    from studio.library import checkpoints

    return {
        "checkpoints": [file.name for file in checkpoints.checkpoints(places, settings)],
        "vaes": [checkpoints.AUTOMATIC, checkpoints.NONE, *(p.name for p in checkpoints.vaes(places, settings))],
    }
