"""Home: what a beginner needs - where to begin, whether this machine is ready, what was painted last."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from studio.core.errors import FileProblem
from studio.core.job import JobContext
from studio.core.paths import ROOT, Places
from studio.core.result import SavedImage
from studio.core.settings import Settings
from studio.doctor import Check, checks
from studio.ui import images, theme
from studio.ui.icons import icon
from studio.ui.page import Page
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.parts import button, card, column, empty, label, row, scrolled, tool, widen

WIDTH = 1120
RECENT, THUMBNAIL = 8, 128
SIGNS = {"ok": "check-circle", "warn": "warning", "bad": "x-circle"}
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
DRIVERS = "https://www.nvidia.com/drivers"
FIXES = {
    "reinstall_torch": "Repair at next start",
    "open_driver_page": "Get a driver",
    "open_models_folder": "Open models folder",
}


class HomePage(Page):
    """Two large actions, the check list of this machine, recent pictures."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._list, self._pictures = column(spacing=2), PictureRow()
        self._verdict = label("", "small")
        self._fixes: dict[str, Callable[[], object]] = {
            "reinstall_torch": self._repair,
            "open_driver_page": lambda: QDesktopServices.openUrl(QUrl(DRIVERS)),
            "open_models_folder": lambda: self._open_folder(self.session.places.models),
        }
        again = tool("arrow-clockwise", tr("Check this machine again"), self.check)
        machine = card(row(label(tr("This machine"), "title"), self._verdict, None, again), self._list)
        folder = tool("folder-open", tr("Open pictures folder"), self._open_pictures)
        self._recent = card(row(label(tr("Recent pictures"), "title"), None, folder), self._pictures)
        content = QWidget()
        content.setMaximumWidth(WIDTH)
        column(
            label(tr("What shall it be today?"), "headline"),
            self._actions(),
            machine,
            self._recent,
            None,
            parent=content,
            spacing=theme.LARGE,
            margin=theme.HUGE,
        )
        middle = QWidget()
        row(parent=middle).addWidget(content)
        column(scrolled(middle), parent=self)
        self._recent.hide()
        session.image_saved.connect(self._add_picture)
        self.check()
        self.find_pictures()

    def _actions(self) -> QWidget:
        holder = QWidget()
        create = big_button("paint-brush", tr("Create"), tr("Paint a picture from words."), "primary-card")
        create.clicked.connect(lambda: self.session.show_page("create"))
        start = big_button("rocket-launch", tr("Start WebUI"), tr("AUTOMATIC1111 or a relative of it, in the browser."))
        start.clicked.connect(lambda: self.session.show_page("webui", "go"))
        row(create, start, parent=holder, spacing=theme.LARGE)
        self.setFocusProxy(create)
        return holder

    # this machine

    @Slot()
    def check(self) -> None:
        """Look at this machine again."""
        places, settings = self.session.places, self.session.settings
        self._verdict.setText(tr("Looking…"))
        self.session.in_files(lambda _: checks(places, settings)).succeeded.connect(self._show_checks)

    @Slot(object)
    def _show_checks(self, found: list[Check]) -> None:
        empty(self._list)
        for check in found:
            self._list.addWidget(self._check_row(translated(check)))
        wrong = sum(check.status == "bad" for check in found)
        self._verdict.setText(tr("{count} to mend", count=wrong) if wrong else tr("Ready to paint"))

    def _check_row(self, check: Check) -> QWidget:
        colours, line = theme.current(), QWidget()
        line.setProperty("role", "row")
        sign = label()
        sign.setPixmap(icon(SIGNS[check.status], getattr(colours, check.status)).pixmap(theme.ICON))
        sign.setAccessibleName(tr(check.status))
        title = label(check.title)
        title.setFixedWidth(168)
        layout = row(sign, title, parent=line, spacing=theme.MEDIUM)
        layout.setContentsMargins(0, 3, 0, 3)
        is_plain = check.status == "ok" or not check.remedy
        text = check.value if is_plain else tr("{value}. {remedy}", value=check.value, remedy=check.remedy)
        layout.addWidget(widen(label(text, "muted", wrap=True)), 1)
        if check.fix in FIXES and check.status != "ok":
            layout.addWidget(button(tr(FIXES[check.fix]), self._fixes[check.fix], tip=check.remedy))
        return line

    def _repair(self) -> None:
        command = [sys.executable, str(ROOT / "main.py"), "doctor", "--repair"]
        job = self.session.in_scans(lambda _: subprocess.run(command, check=True, capture_output=True))
        job.succeeded.connect(self._tell_repair)

    @Slot()
    def _tell_repair(self) -> None:
        self.session.notify(
            tr("The next start sets the environment up anew."), remedy=tr("Close the studio and start it.")
        )

    # pictures

    def find_pictures(self) -> None:
        """Look for the latest pictures."""
        places, settings = self.session.places, self.session.settings
        job = self.session.pictures.begin(lambda context: recent(context, places, settings))
        job.succeeded.connect(self._show_pictures)

    @Slot(object)
    def _show_pictures(self, found: list[tuple[Path, QImage]]) -> None:
        self._pictures.show_all([self._picture(path, image) for path, image in found])
        self._recent.setVisible(bool(found))

    def _picture(self, path: Path, image: QImage) -> QPushButton:
        made = QPushButton()
        made.setProperty("role", "picture")
        made.setIcon(QPixmap.fromImage(image))
        made.setIconSize(QSize(THUMBNAIL, THUMBNAIL))
        made.setFixedSize(THUMBNAIL + theme.SMALL, THUMBNAIL + theme.SMALL)
        made.setToolTip(tr("Opens {name} in the gallery.", name=path.name))
        made.setAccessibleName(path.name)
        made.clicked.connect(lambda: self.session.show_page("gallery", path))
        return made

    @Slot(object)
    def _add_picture(self, _: SavedImage) -> None:
        if self.isVisible():
            self.find_pictures()

    @Slot()
    def _open_pictures(self) -> None:
        self._open_folder(outputs_folder(self.session.places, self.session.settings))

    def _open_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


class PictureRow(QWidget):
    """Thumbnails in one row: as many as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._row = row(parent=self)
        self._pictures: list[QPushButton] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_all(self, pictures: list[QPushButton]) -> None:
        """Show other pictures."""
        empty(self._row)
        self._pictures = pictures
        for picture in pictures:
            self._row.addWidget(picture)
        self._row.addStretch(1)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many as fit now."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = (self.width() + theme.SMALL) // (THUMBNAIL + 2 * theme.SMALL)
        for place, picture in enumerate(self._pictures):
            picture.setVisible(place < room)


def big_button(sign: str, title: str, text: str, role: str = "big") -> QPushButton:
    """A large button with an icon, a title and a sentence."""
    made = QPushButton()
    made.setProperty("role", role)
    made.setAccessibleName(title)
    made.setToolTip(text)
    made.setMinimumHeight(92)
    colours, picture = theme.current(), label()
    picture.setPixmap(icon(sign, colours.on_accent if role == "primary-card" else colours.accent).pixmap(28, 28))
    words = column(None, label(title, f"{role}-title"), label(text, f"{role}-text"), None, spacing=2)
    layout = row(picture, words, None, parent=made, spacing=theme.LARGE)
    layout.setContentsMargins(theme.HUGE, theme.SMALL, theme.HUGE, theme.SMALL)
    for part in made.findChildren(QWidget):
        part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return widen(made)  # type: ignore[return-value]


def translated(check: Check) -> Check:
    """The check in the window's language, its places filled."""
    value, remedy = (tr(text).format(**check.values) if text else "" for text in (check.value, check.remedy))
    return replace(check, title=tr(check.title), value=value, remedy=remedy, values={})


def outputs_folder(places: Places, settings: Settings) -> Path:
    """Where pictures are saved."""
    return Path(settings.output_folder).expanduser() if settings.output_folder else places.outputs


def recent(context: JobContext, places: Places, settings: Settings) -> list[tuple[Path, QImage]]:
    """The latest pictures, newest first, with their thumbnails."""
    files = (path for path in outputs_folder(places, settings).rglob("*") if path.suffix.lower() in PICTURES)
    dated = sorted(((path.stat().st_mtime, path) for path in files if not path.name.startswith(".")), reverse=True)
    found: list[tuple[Path, QImage]] = []
    for _, path in dated:
        context.check()
        with suppress(FileProblem):
            found.append((path, images.read(path, 2 * THUMBNAIL)))
        if len(found) == RECENT:
            break
    return found
