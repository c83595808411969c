"""All that is known of one picture, and what can be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QGridLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from studio.core import infotext
from studio.core.request import GenerateRequest
from studio.library.gallery import Gallery, Picture, Relatives
from studio.ui import images, theme
from studio.ui.icons import icon
from studio.ui.panels.lineage import FACTS, Lineage, rows_of
from studio.ui.translate import tr
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import button, column, empty, label, line, row, scrolled, tool

PREVIEW, LEAST_PREVIEW = 296, 140
LONG = 2000  # characters of one value that are shown
NAME_WIDTH, LONG_NAME, SHORT = 104, 17, 24


@dataclass(frozen=True)
class Detail:
    """What the panel shows: a picture of the gallery, or a file from elsewhere (`picture` is None)."""

    path: Path
    text: str
    request: GenerateRequest | None
    leftovers: dict[str, str]
    preview: QImage
    picture: Picture | None = None
    relatives: Relatives | None = None


def read_picture(picture: Picture, gallery: Gallery) -> Detail:
    """The detail of a picture of the gallery."""
    request, leftovers = infotext.read(picture.infotext) if picture.infotext else (None, {})
    relatives = gallery.relatives(picture)
    preview = images.read(picture.path, PREVIEW * 2)
    return Detail(picture.path, picture.infotext, request, leftovers, preview, picture, relatives)


def read_file(path: Path) -> Detail:
    """The detail of any file. Raises FileProblem, and InfotextError for a file without parameters."""
    request, leftovers = infotext.read(path)
    text = infotext.text_in(path)
    is_text = path.suffix.lower() in (".txt", ".json")
    return Detail(path, text, request, leftovers, QImage() if is_text else images.read(path, PREVIEW * 2))


class PictureDetail(QWidget):
    """Preview, buttons, parameters, what could not be read of them, and relatives of the chosen picture."""

    send_wanted = Signal(object)  # Detail
    star_wanted = Signal(object)  # Picture
    open_wanted = Signal(object)  # Picture
    delete_wanted = Signal()
    compare_wanted = Signal()
    folder_wanted = Signal(object)  # Path
    chosen = Signal(object)  # Picture

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.detail: Detail | None = None
        self._preview = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title, self._about = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle), label(role="small", wrap=True)
        self._title.setProperty("role", "title")
        self._table, self._left, self.lineage = Table(columns=2), Table(columns=2), Lineage()
        self._left_title = label(tr("Not taken over"), "section")
        self._left_title.setToolTip(tr("Entries that no field of this program stands for; they are not taken over."))
        self.lineage.chosen.connect(self.chosen)
        self._make_buttons()
        self._stack = QStackedWidget()
        hint = tr("Choose one to see how it was made.")
        self._stack.addWidget(EmptyState("image", tr("No picture chosen"), hint))
        self._stack.addWidget(scrolled(self._inside()))
        column(self._stack, parent=self)

    def clear(self) -> None:
        """Show that no picture is chosen."""
        self.detail = None
        self._stack.setCurrentIndex(0)

    def show_detail(self, detail: Detail) -> None:
        """Show one picture."""
        self.detail = detail
        self._title.set_text(detail.path.name)
        self._about.setText(_about(detail))
        self._show_preview(detail.preview)
        left = {name: text for name, text in detail.leftovers.items() if name not in FACTS}
        said = rows_of(detail.text).items()
        entries = [(tr(name), text[:LONG]) for name, text in said if name not in left]
        self._table.show_rows(entries or [(tr("This picture holds no parameters."),)])
        self._left.show_rows([(name, text[:LONG]) for name, text in left.items()])
        self._left_title.setVisible(bool(left))
        self._show_buttons(detail)
        self.lineage.hide()
        if detail.picture and detail.relatives:
            self.lineage.show_relatives(detail.picture, detail.relatives)
        self._stack.setCurrentIndex(1)

    def show_count(self, count: int) -> None:
        """Offer what can be done with `count` chosen pictures."""
        self.compare.setEnabled(count == 2)

    def _make_buttons(self) -> None:
        self.send = button(tr("Send to Create"), self._send, role="primary")
        self.send.setToolTip(tr("Puts all parameters of this picture on the Create page."))
        self.star = tool("star", tr("Star"), self._star, tip=tr("Marks the picture as one of the good ones (S)."))
        self.compare = tool("columns", tr("Compare"), self.compare_wanted.emit)
        self.compare.setToolTip(tr("Lays two pictures over each other; choose two with Ctrl+click (C)."))
        self.folder = tool("folder-open", tr("Open folder"), self._open_folder)
        self.folder.setToolTip(tr("Shows the file in the system's file manager."))
        self.copy = tool("copy", tr("Copy parameters"), self._copy, tip=tr("Copies the parameters as text."))
        self.delete = tool("trash", tr("Delete"), self.delete_wanted.emit)
        self.delete.setToolTip(tr("Moves the chosen pictures to the studio's trash; this can be undone (Del)."))

    def _inside(self) -> QWidget:
        inside = QWidget()
        tools = row(self.star, self.compare, self.folder, self.copy, None, self.delete, spacing=theme.TINY)
        head = column(self._title, self._about, spacing=2)
        parts = (self._preview, head, self.send, tools, line(), self._table, self._left_title, self._left, self.lineage)
        column(*parts, None, parent=inside, spacing=theme.MEDIUM, margin=theme.LARGE)
        return inside

    def _show_preview(self, image: QImage) -> None:
        self._preview.setVisible(not image.isNull())
        if not image.isNull():
            edge = max(min(PREVIEW, self.width() - 2 * theme.LARGE, self.height() // 3), LEAST_PREVIEW)
            self._preview.setPixmap(images.pixmap(image, edge, self.devicePixelRatioF()))

    def _show_buttons(self, detail: Detail) -> None:
        picture = detail.picture
        is_starred = bool(picture and picture.is_starred)
        self.star.setIcon(icon("star-fill" if is_starred else "star", theme.current().warn if is_starred else ""))
        self.send.setEnabled(detail.request is not None)
        self.copy.setEnabled(bool(detail.text))
        for one in (self.star, self.compare, self.delete):
            one.setVisible(picture is not None)

    @Slot()
    def _send(self) -> None:
        if self.detail and self.detail.request:
            self.send_wanted.emit(self.detail)

    @Slot()
    def _star(self) -> None:
        if self.detail and self.detail.picture:
            self.star_wanted.emit(self.detail.picture)

    @Slot()
    def _open_folder(self) -> None:
        if self.detail:
            self.folder_wanted.emit(self.detail.path)

    @Slot()
    def _copy(self) -> None:
        if self.detail:
            QGuiApplication.clipboard().setText(self.detail.text)


class Table(QWidget):
    """Names and values in columns; the first cell of a row with a single one takes the whole row."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        self._columns = columns
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def show_rows(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show these rows instead of those before."""
        empty(self._layout)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.MEDIUM)
        grid.setVerticalSpacing(theme.TINY)
        for number, texts in enumerate(rows):
            is_short = all(len(text) < SHORT for text in texts)
            alignment = Qt.AlignmentFlag.AlignVCenter if is_short else Qt.AlignmentFlag.AlignTop
            for place, text in enumerate(texts):
                span = self._columns if len(texts) == 1 else 1
                grid.addWidget(_cell(text, place), number, place, 1, span, alignment)
        for place in range(1, self._columns):
            grid.setColumnStretch(place, 1)
        self._layout.addWidget(inside)
        self.setVisible(bool(rows))


def _cell(text: str, place: int) -> QLabel:
    made = label(text, "" if place else "muted", wrap=place > 0 or len(text) > LONG_NAME)
    if place:
        flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        made.setTextInteractionFlags(flags)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    else:
        made.setMinimumWidth(NAME_WIDTH)
    return made


def _about(detail: Detail) -> str:
    if detail.picture is None:
        return tr("A file outside the gallery")
    made = datetime.fromtimestamp(detail.picture.made).strftime("%Y-%m-%d %H:%M")
    return f"{detail.picture.width} × {detail.picture.height}  ·  {made}"
