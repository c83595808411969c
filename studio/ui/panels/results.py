"""The picture and what can be done with it; below it the pictures of this session."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication, QImage, QKeySequence
from PySide6.QtWidgets import QMenu, QSizePolicy, QStackedWidget, QToolButton, QWidget

from studio.core.errors import StudioError
from studio.core.job import Progress
from studio.core.result import SavedImage
from studio.ui import images, theme
from studio.ui.icons import icon
from studio.ui.panels.film_strip import EDGE, FilmStrip
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.image_view import ImageView
from studio.ui.widgets.parts import column, line, row, tool

KEPT = 40


class ResultsPanel(QWidget):
    """Shows previews and pictures; what needs the request is asked for by signals."""

    picture_shown = Signal(object)  # SavedImage or None
    parameters_wanted = Signal(object)  # SavedImage
    seed_wanted = Signal(object)  # SavedImage
    hires_wanted = Signal(object)  # SavedImage
    delete_wanted = Signal(object)  # SavedImage

    def __init__(self, session: Session, empty: QWidget) -> None:
        super().__init__()
        self._session = session
        self._saved: SavedImage | None = None
        self._previous: SavedImage | None = None
        self._image: QImage | None = None
        self._follows = True
        self._expected = QSize()
        self.view = ImageView()
        self.view.setAccessibleName(tr("Picture"))
        self.view.setToolTip("")
        self.strip = FilmStrip()
        self._make_actions()
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self.view)
        self._foot = QWidget()
        column(line(), self.strip, parent=self._foot, spacing=0)
        column(self._toolbar(), self._stack, self._foot, parent=self, spacing=0).setStretch(1, 1)
        self.strip.picked.connect(self.show_saved)
        self.strip.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.view.zoom_changed.connect(self._say_zoom)
        self._refresh()

    @property
    def saved(self) -> SavedImage | None:
        """The picture that is chosen."""
        return self._saved

    @Slot(object)
    def take(self, saved: SavedImage) -> None:
        """A new picture: it joins the strip and is shown, unless the user looks at an older one."""
        self.strip.add(saved)
        self._load_thumbnail(saved)
        if self._follows:
            self.strip.choose(saved)
        self._refresh()

    def state(self) -> list[object]:
        """The latest pictures of the strip as JSON values."""
        pictures = list(self.strip.pictures())[-KEPT:]
        return [[str(p.path), p.infotext, p.width, p.height, p.index, list(p.notes)] for p in pictures]

    def restore(self, state: object) -> None:
        """Fill the strip with what `state` gave, without pictures that are gone."""
        rows = state if isinstance(state, list) else []
        for saved in filter(None, map(_saved, rows)):
            self.strip.add(saved)
            self._load_thumbnail(saved)
        if (latest := next(reversed(list(self.strip.pictures())), None)) is not None:
            self.strip.choose(latest)

    @Slot(object)
    def show_saved(self, saved: SavedImage) -> None:
        """Show a picture of the strip."""
        if self._saved is not None and self._saved.path != saved.path and not self.view.is_comparing:
            self._previous = self._saved
        self._saved = saved
        pictures = list(self.strip.pictures())
        self._follows = not pictures or pictures[-1].path == saved.path
        self.picture_shown.emit(saved)
        path = saved.path
        job = self._session.pictures.begin(lambda _: (path, images.read(path)))
        job.succeeded.connect(self._show_image)
        job.failed.connect(self._fail)
        self._refresh()

    @Slot(object)
    def show_preview(self, progress: Progress) -> None:
        """Show what the picture looks like so far, unless the user looks at another."""
        if progress.preview is None or not self._follows or self.view.is_comparing:
            return
        preview = images.of_array(progress.preview)
        self._stack.setCurrentWidget(self.view)
        self.view.show_picture(preview, self._wanted_size(preview.size()))

    def expect(self, width: int, height: int) -> None:
        """The size that previews stand for."""
        self._expected = QSize(width, height)
        self._follows = True

    def remove(self, saved: SavedImage) -> None:
        """Take a picture out of the strip."""
        self.strip.remove(saved)
        if self._previous and self._previous.path == saved.path:
            self._previous = None
        if not list(self.strip.pictures()):
            self._saved = self._image = self._previous = None
            self.view.clear()
            self._stack.setCurrentIndex(0)
            self.picture_shown.emit(None)
        self._refresh()

    def _wanted_size(self, size: QSize) -> QSize:
        """Previews of the expected shape stand for pictures of the expected size."""
        scaled = size.scaled(self._expected, Qt.AspectRatioMode.KeepAspectRatio)
        is_alike = abs(scaled.width() - self._expected.width()) + abs(scaled.height() - self._expected.height()) <= 16
        return self._expected if is_alike and not self._expected.isEmpty() else size

    @Slot(object)
    def _show_image(self, loaded: tuple[Path, QImage]) -> None:
        path, image = loaded
        if self._saved is None or path != self._saved.path:
            return
        self._image = image
        self._stack.setCurrentWidget(self.view)
        self.view.show_picture(image)
        self._refresh()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._session.tell(error)

    def _load_thumbnail(self, saved: SavedImage) -> None:
        path, edge = saved.path, round(EDGE * self.devicePixelRatioF()) * 2
        job = self._session.pictures.begin(lambda _: (saved, images.read(path, edge)))
        job.succeeded.connect(self._show_thumbnail)

    @Slot(object)
    def _show_thumbnail(self, loaded: tuple[SavedImage, QImage]) -> None:
        self.strip.set_thumbnail(*loaded)

    # actions

    def _make_actions(self) -> None:
        self.fit = self._action("frame-corners", tr("Fit"), tr("Shows the whole picture (0)."), self.view.fit)
        self.actual = self._action(
            "magnifying-glass-plus",
            tr("Actual size"),
            tr("Shows one picture pixel as one screen pixel (1)."),
            self.view.show_actual_size,
        )
        self.compare = self._action(
            "columns",
            tr("Compare"),
            tr("Lays the picture before under this one; drag the line."),
            None,
        )
        self.compare.setCheckable(True)
        self.compare.toggled.connect(self._compare)
        self.to_hires = self._action(
            "arrows-out",
            tr("To hires fix"),
            tr("Paints this picture again, with the same seed and hires fix."),
            lambda: self.hires_wanted.emit(self._saved),
        )
        self.reuse = self._action(
            "sliders-horizontal",
            tr("Reuse parameters"),
            tr("Puts all values of this picture on the page."),
            lambda: self.parameters_wanted.emit(self._saved),
        )
        self.reuse_seed = self._action(
            "recycle",
            tr("Reuse seed"),
            tr("Keeps this picture's seed."),
            lambda: self.seed_wanted.emit(self._saved),
        )
        self.copy = self._action("copy", tr("Copy picture"), tr("Copies the picture (Ctrl+C)."), self.copy_picture)
        self.copy_text = self._action(
            "text-align-left", tr("Copy parameters"), tr("Copies the parameters as text."), self.copy_parameters
        )
        self.folder = self._action(
            "folder-open", tr("Open folder"), tr("Opens the folder this picture is in."), self.open_folder
        )
        self.delete = self._action(
            "trash",
            tr("Delete"),
            tr("Moves the picture to the trash; it can be taken back (Del)."),
            lambda: self.delete_wanted.emit(self._saved),
        )
        self.copy.setShortcut(QKeySequence.StandardKey.Copy)
        self.delete.setShortcut(QKeySequence.StandardKey.Delete)
        self._picture_actions = (
            self.to_hires,
            self.reuse,
            self.reuse_seed,
            self.copy,
            self.copy_text,
            self.folder,
            self.delete,
        )
        for widget in (self.view, self.strip):
            widget.addActions(self._picture_actions)

    def _action(self, sign: str, title: str, help: str, act: object) -> QAction:
        made = QAction(icon(sign), title, self)
        made.setToolTip(help)
        made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        if act is not None:
            made.triggered.connect(lambda: act())  # type: ignore[operator]
        return made

    def _toolbar(self) -> QWidget:
        panel = QWidget()
        theme.dress(panel, "panel")
        self._about = ElidedLabel()
        theme.dress(self._about, "small")
        self._about.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        looks = [action_button(action) for action in (self.fit, self.actual, self.compare)]
        uses = [action_button(action) for action in (self.to_hires, self.reuse, self.reuse_seed)]
        ends = [action_button(action) for action in (self.folder, self.delete)]
        items = (*looks, theme.TINY, self._about, *uses, self._copy_button(), *ends)
        self.bar = row(*items, parent=panel, spacing=2)
        self.bar.setContentsMargins(theme.SMALL, theme.TINY, theme.SMALL, theme.TINY)
        self.bar.setStretch(len(looks) + 1, 1)
        return panel

    def _copy_button(self) -> QToolButton:
        menu = QMenu(self)
        menu.addActions((self.copy, self.copy_text))
        self._copy = tool("copy", tr("Copy"), tip=tr("Copies the picture or its parameters."))
        self._copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._copy.setMenu(menu)
        return self._copy

    @Slot()
    def _refresh(self) -> None:
        for action in self._picture_actions:
            action.setEnabled(self._saved is not None)
        for action in (self.fit, self.actual):
            action.setEnabled(not self.view.picture.isNull())
        self._copy.setEnabled(self._saved is not None)
        self.compare.setEnabled(self._other() is not None or self.compare.isChecked())
        self._foot.setVisible(next(self.strip.pictures(), None) is not None)
        self._say_zoom()

    @Slot()
    def _say_zoom(self) -> None:
        if self.view.picture.isNull():
            self._about.set_text("")
            return
        size = self.view.picture_size
        self._about.set_text(f"{size.width()} × {size.height()}   {self.view.zoom:.0%}")

    @Slot(bool)
    def _compare(self, is_on: bool) -> None:
        other = self._other()
        if not is_on or other is None:
            self.view.compare(None)
            self._refresh()
            return
        path = other.path
        job = self._session.pictures.begin(lambda _: images.read(path))
        job.succeeded.connect(self._compare_with)
        job.failed.connect(self._fail)

    def _other(self) -> SavedImage | None:
        """What to compare with: the picture that was shown before, else a neighbour in the strip."""
        others = [saved for saved in self.strip.pictures() if self._saved and saved.path != self._saved.path]
        return self._previous or (others[-1] if others else None)

    @Slot(object)
    def _compare_with(self, image: QImage) -> None:
        if self.compare.isChecked():
            self.view.compare(image)

    @Slot()
    def copy_picture(self) -> None:
        """Put the picture into the clipboard, as pixels and as a file."""
        if self._saved and self._image is not None:
            data = QMimeData()
            data.setImageData(self._image)
            data.setUrls([QUrl.fromLocalFile(str(self._saved.path))])
            QGuiApplication.clipboard().setMimeData(data)

    @Slot()
    def copy_parameters(self) -> None:
        """Put the parameters into the clipboard."""
        if self._saved:
            QGuiApplication.clipboard().setText(self._saved.infotext)

    @Slot()
    def open_folder(self) -> None:
        """Show the picture's folder in the system's file manager."""
        if self._saved:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._saved.path.parent)))


def action_button(action: QAction) -> QToolButton:
    """A quiet button for an action."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setAccessibleName(action.text())
    button.setIconSize(theme.ICON)
    theme.dress(button, "quiet")
    return button


def _saved(row: Any) -> SavedImage | None:
    """A picture of an earlier state, None if it is gone or the state is not understood."""
    try:
        path, text, width, height, index, notes = row
        saved = SavedImage(Path(path), str(text), int(width), int(height), int(index), tuple(map(str, notes)))
    except (TypeError, ValueError):
        return None
    return saved if saved.path.is_file() else None
