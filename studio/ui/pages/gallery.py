"""Gallery: every picture on disk, how it was made, and what came of it."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QSplitter, QStackedWidget, QWidget

from studio.core.errors import BadRequest
from studio.core.job import JobContext, Progress
from studio.core.result import SavedImage
from studio.core.settings import Settings
from studio.library import outputs
from studio.library.gallery import Changes, Gallery, Picture, opened
from studio.ui import theme
from studio.ui.page import Page
from studio.ui.panels.compare import PictureViewer
from studio.ui.panels.gallery_filters import GalleryFilters
from studio.ui.panels.picture_detail import Detail, PictureDetail, read_file, read_picture
from studio.ui.session import Session
from studio.ui.translate import tr, tr_error
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import column, label
from studio.ui.widgets.thumbnail_grid import ThumbnailGrid

DETAIL_WIDTH = 320
GATHER_MS = 300
FILES = "*.png *.jpg *.jpeg *.webp *.avif *.gif *.txt *.json"


class GalleryPage(Page):
    """Search, grid and detail; every slow thing is a job, and what comes late for another picture is dropped."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.gallery: Gallery | None = None
        self._wanted: Path | None = None
        self._awaited: Path | None = None
        self._foreign: Path | None = None  # being read; what the grid loses meanwhile does not matter
        self._new: list[SavedImage] = []
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self._add_new)
        self.filters, self.grid, self.detail = GalleryFilters(), ThumbnailGrid(session), PictureDetail()
        self.viewer = PictureViewer(session)
        self._count = label(role="small")
        self._layout()
        self._connect()
        self.setAcceptDrops(True)
        self.setFocusProxy(self.grid)
        self.refresh()

    # what is there

    @Slot()
    def refresh(self) -> None:
        """Bring the index up to date with the folders."""
        path, folders = self.session.places.gallery, picture_folders(self.session)
        self._count.setText(tr("Looking for pictures …"))
        job = self.session.in_scans(partial(_scan, path, folders))
        job.progressed.connect(self._show_progress)
        job.delivered.connect(self._take_gallery)
        job.succeeded.connect(self._take_changes)
        job.succeeded.connect(self._search_again)
        job.finished.connect(self._wait_no_longer)

    @Slot(object)
    def _take_gallery(self, gallery: Gallery) -> None:
        is_first = self.gallery is None
        self.gallery = gallery
        if is_first and gallery.notice:
            self.session.tell(gallery.notice)
        self._search_again()

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        text = tr("Reading pictures … {done} of {total}", done=f"{progress.done:,}", total=f"{progress.total:,}")
        self._count.setText(text)

    @Slot(object)
    def _take_changes(self, changes: Changes) -> None:
        if changes:
            self.session.gallery_changed.emit()
        if changes.moved:
            self.session.notify(tr("{count} moved pictures were found again.", count=changes.moved))

    @Slot()
    def _wait_no_longer(self) -> None:
        """A picture that was to be shown and is in no folder of the gallery is shown as a file."""
        path, self._awaited = self._awaited, None
        if path:
            self.show_file(path)

    @Slot(object)
    def _take_saved(self, saved: SavedImage) -> None:
        self._new.append(saved)
        self._gather.start()

    @Slot()
    def _add_new(self) -> None:
        if self.gallery is None:
            return
        gallery, new, self._new = self.gallery, self._new, []
        job = self.session.in_files(partial(_added, gallery, new, self.filters.text))
        job.succeeded.connect(self._show_added)

    @Slot(object)
    def _show_added(self, found: tuple[str, list[int]]) -> None:
        text, ids = found
        if text == self.filters.text and self.gallery:
            self._show_ids(self.gallery, ids)
            if self._stack.currentWidget() is not self.viewer:
                self._show_grid()

    # searching

    @Slot()
    def _search_again(self) -> None:
        """Look again for the same; a picture shown large stays."""
        if self.gallery:
            self.filters.offer(self.gallery.models(), self.gallery.samplers())
            self._find(self.filters.text)
            if self._stack.currentWidget() is not self.viewer:
                self._show_grid()

    @Slot(str)
    def _search(self, text: str) -> None:
        self._find(text)
        self._show_grid()

    def _find(self, text: str) -> None:
        if self.gallery is None:
            return
        try:
            ids = self.gallery.find(text)
        except BadRequest as error:
            self.filters.show_problem(" ".join(tr_error(error)))
            return
        self.filters.show_problem("")
        self._show_ids(self.gallery, ids)

    def _show_ids(self, gallery: Gallery, ids: list[int]) -> None:
        self.grid.show_pictures(gallery, ids)
        self._count.setText(tr("{count} pictures", count=f"{len(ids):,}"))
        self.state_changed.emit()
        if self._awaited:
            self._choose_path(self._awaited)

    @Slot()
    def _show_grid(self) -> None:
        has_rows = bool(self.grid.pictures.ids)
        self._stack.setCurrentWidget(self.grid if has_rows else self._nothing if self.filters.text else self._empty)

    @Slot()
    def _back(self) -> None:
        self._show_grid()
        self.grid.setFocus()

    # the chosen picture

    @Slot(object)
    def _show_chosen(self, pictures: list[Picture]) -> None:
        self.detail.show_count(len(pictures))
        if pictures:
            self._show(pictures[0])
        elif self._foreign is None and (self.detail.detail is None or self.detail.detail.picture is not None):
            self._wanted = None
            self.detail.clear()

    @Slot(object)
    def _show(self, picture: Picture) -> None:
        shown = self.detail.detail
        if self.gallery is not None and (shown is None or shown.picture != picture or shown.path != self._wanted):
            gallery = self.gallery
            self._foreign = None
            self._load(picture.path, lambda _: read_picture(picture, gallery))

    def show_file(self, path: Path) -> None:
        """Show the parameters of any picture or text file; one of the gallery is chosen there."""
        picture = self.gallery.at(path.absolute()) if self.gallery else None
        if picture and self.grid.pictures.row_of(picture.id) >= 0:
            self._choose(picture)
        else:
            self._foreign = path
            self._load(path, lambda _: read_file(path))

    def _load(self, path: Path, work: object) -> None:
        self._wanted = path
        job = self.session.pictures.begin(work)  # type: ignore[arg-type]
        job.succeeded.connect(self._show_detail)
        job.failed.connect(self.session.tell)

    @Slot(object)
    def _show_detail(self, detail: Detail) -> None:
        if detail.path == self._wanted:
            self.detail.show_detail(detail)

    @Slot(object)
    def _choose(self, picture: Picture) -> None:
        row = self.grid.pictures.row_of(picture.id)
        if row >= 0:
            self._show_grid()
            self.grid.choose(row)
            return
        self.filters.show_text("")
        row = self.grid.pictures.row_of(picture.id)
        if row >= 0:
            self.grid.choose(row)

    def _choose_path(self, path: Path) -> None:
        picture = self.gallery.at(path.absolute()) if self.gallery else None
        if picture:
            self._awaited = None
            self._choose(picture)

    # what can be done

    @Slot(object)
    def _send(self, detail: Detail) -> None:
        """The Create page reads the parameters itself, so that it knows what they are from."""
        picture = detail.picture
        saved = SavedImage(picture.path, detail.text, picture.width, picture.height) if picture else None
        self.session.show_page("create", saved or detail.path)

    @Slot(object)
    def _open(self, picture: Picture) -> None:
        self._stack.setCurrentWidget(self.viewer)
        self.viewer.show_picture(picture)
        self._show(picture)

    @Slot()
    def _compare(self) -> None:
        pictures = self.grid.selected()
        if len(pictures) == 2:
            self._stack.setCurrentWidget(self.viewer)
            self.viewer.compare(*pictures)

    @Slot()
    def _star(self) -> None:
        """Give the chosen pictures a star, or take it away if the first has one."""
        pictures = self.grid.selected()
        if not pictures or self.gallery is None:
            return
        gallery, is_starred = self.gallery, not pictures[0].is_starred
        job = self.session.in_files(lambda _: [gallery.star(picture.id, is_starred) for picture in pictures])
        job.succeeded.connect(self._search_again)

    @Slot()
    def _delete(self) -> None:
        """Move the chosen pictures to the trash and offer to undo it."""
        pictures = self.grid.selected()
        if not pictures or self.gallery is None:
            return
        self._next = min(self.grid.pictures.row_of(picture.id) for picture in pictures)
        job = self.session.bin.discard([picture.path for picture in pictures])
        job.succeeded.connect(self._choose_next)
        job.finished.connect(self._search_again)

    @Slot()
    def _choose_next(self) -> None:
        """Choose what took the place of the pictures deleted here."""
        self._search_again()
        if self.grid.pictures.ids:
            self.grid.choose(self._next)

    @Slot(object)
    def _show_restored(self, back: dict[Path, Path]) -> None:
        self._awaited = next(iter(back.values()), None)
        self._search_again()

    @Slot(object)
    def _open_folder(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    @Slot()
    def _ask_for_file(self) -> None:
        kinds = f"{tr('Pictures and parameter files')} ({FILES})"
        name, _ = QFileDialog.getOpenFileName(self, tr("Read a file's parameters"), "", kinds)
        if name:
            self.show_file(Path(name))

    # the page

    def receive(self, value: object) -> None:
        """Show a saved picture, or the parameters of a file."""
        path = value.path if isinstance(value, SavedImage) else value
        if isinstance(path, Path):
            self._awaited = path
            self._choose_path(path)
            self._show_grid()

    def state(self) -> dict[str, object]:
        """The search, the size of the thumbnails and the splitter."""
        return {"search": self.filters.text, "edge": self.grid.edge, "splitter": self._splitter.sizes()}

    def restore(self, state: dict[str, object]) -> None:
        """Show what `state` gave."""
        if isinstance(search := state.get("search"), str):
            self.filters.show_text(search)
        if isinstance(edge := state.get("edge"), int):
            self.filters.edge.setValue(edge)
        sizes = state.get("splitter")
        if isinstance(sizes, list) and len(sizes) == 2 and all(isinstance(size, int) and size > 0 for size in sizes):
            self._splitter.setSizes(sizes)

    def drop(self, path: Path) -> None:
        """Show the parameters of a file."""
        self.grid.clearSelection()
        self.show_file(path)

    def _layout(self) -> None:
        self._empty = EmptyState(
            "image", tr("No pictures yet"), tr("What you create is shown here at once."), tr("Create a picture")
        )
        self._nothing = EmptyState(
            "magnifying-glass", tr("Nothing found"), tr("No picture matches this search."), tr("Show all pictures")
        )
        self._stack = QStackedWidget()
        for one in (self._empty, self._nothing, self.grid, self.viewer):
            self._stack.addWidget(one)
        left = QWidget()
        inside = column(self.filters, self._stack, self._count, parent=left, margin=theme.MEDIUM)
        inside.setStretch(1, 1)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(left)
        self._splitter.addWidget(self.detail)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setCollapsible(0, False)
        self._splitter.setSizes([900, DETAIL_WIDTH])
        self.detail.setMinimumWidth(280)
        column(self._splitter, parent=self)

    def _connect(self) -> None:
        self.session.image_saved.connect(self._take_saved)
        self.session.bin.discarded.connect(self._search_again)
        self.session.bin.restored.connect(self._show_restored)
        self.session.settings_changed.connect(self._follow_settings)
        self._add_keys()
        self.filters.searched.connect(self._search)
        self.filters.edge_changed.connect(self.grid.set_edge)
        self.filters.edge_changed.connect(self.state_changed)
        self.filters.refresh_wanted.connect(self.refresh)
        self.filters.open_wanted.connect(self._ask_for_file)
        self.filters.left_downwards.connect(self.grid.setFocus)
        self._empty.acted.connect(partial(self.session.show_page, "create"))
        self._nothing.acted.connect(partial(self.filters.show_text, ""))
        self.grid.chosen.connect(self._show_chosen)
        self.grid.opened.connect(self._open)
        self.viewer.closed.connect(self._back)
        self.detail.send_wanted.connect(self._send)
        self.detail.star_wanted.connect(self._star)
        self.detail.compare_wanted.connect(self._compare)
        self.detail.delete_wanted.connect(self._delete)
        self.detail.folder_wanted.connect(self._open_folder)
        self.detail.chosen.connect(self._choose)
        self._splitter.splitterMoved.connect(self.state_changed)
        self._folders = picture_folders(self.session)

    def _add_keys(self) -> None:
        """Letters belong to the grid alone, or they could not be typed into the search."""
        for key, act in (("S", self._star), ("C", self._compare), ("Del", self._delete), ("/", self._to_search)):
            QShortcut(QKeySequence(key), self.grid, act, context=Qt.ShortcutContext.WidgetShortcut)
        for key, act in (("Ctrl+F", self._to_search), ("Ctrl+Return", self.detail.send.click)):
            QShortcut(QKeySequence(key), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    @Slot()
    def _to_search(self) -> None:
        self.filters.field.setFocus()
        self.filters.field.selectAll()

    @Slot(object)
    def _follow_settings(self, _settings: Settings) -> None:
        folders = picture_folders(self.session)
        if folders != self._folders:
            self._folders = folders
            self.refresh()


def picture_folders(session: Session) -> list[Path]:
    """The folders whose pictures are shown: where they are saved, and those the settings add."""
    more = (Path(text).expanduser() for text in session.settings.gallery_folders if text.strip())
    return list(dict.fromkeys([outputs.root(session.settings, session.places), *more]))


def _scan(path: Path, folders: list[Path], context: JobContext) -> Changes:
    gallery = opened(path)
    context.deliver(gallery)
    return gallery.scan(folders, context)


def _added(gallery: Gallery, new: list[SavedImage], text: str, _context: JobContext) -> tuple[str, list[int]]:
    """Take new pictures in and search again, so that the window has nothing left to do but show."""
    for saved in new:
        if saved.path.exists():
            gallery.add(saved, saved.made_from)
    return text, gallery.find(text)
