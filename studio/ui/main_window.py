"""The window: rail, pages, strip; made anew in place when language or theme change."""

import base64
from functools import partial
from importlib import import_module

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QMoveEvent,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QDialog, QFrame, QMainWindow, QStackedWidget, QWidget

from studio.core.job import JobContext
from studio.core.settings import Settings
from studio.ui import theme, translate
from studio.ui.autosave import State
from studio.ui.errors import Notice, show_unhandled
from studio.ui.garbage import collector
from studio.ui.orders import QueueFile
from studio.ui.page import Page, dropped_files, models_of
from studio.ui.pages import PAGES
from studio.ui.panels.rail import Rail
from studio.ui.panels.strip import Strip
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.notice_bar import NoticeStack
from studio.ui.widgets.parts import column, row

SIZE, LEAST = (1280, 800), (1024, 640)
DRAWER_WIDTH = 440
IDLE_MS, TIDY_MS = 20, 1000


class MainWindow(QMainWindow):
    """The one window. Pages are built when first shown; everything they tell in `state` survives a rebuild.

    `ready` is emitted once all pages are built, some tenths of a second after the window is on the screen.
    """

    ready = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.page_name = ""
        self._pages: dict[str, Page] = {}
        self._prepared: dict[str, Page] = {}
        self._is_painted = False
        self._idle = QTimer(self)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self._prepare)
        self._tidy = QTimer(self, interval=TIDY_MS)
        self._tidy.timeout.connect(collector().collect_if_due)
        self._look = (session.settings.language, session.settings.theme)
        self.setAcceptDrops(True)
        self.setWindowTitle("SD Studio")
        self.setMinimumSize(*LEAST)
        self.resize(QSize(*SIZE).boundedTo(self.screen().availableSize()))
        for place, page in enumerate(PAGES, 1):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{place}"), self)
            shortcut.activated.connect(lambda name=page.name: self.show_page(name))
        session.autosave.watch("window", self._state)
        session.settings_changed.connect(self._follow_settings)
        session.page_wanted.connect(self.show_page)
        session.noticed.connect(self.show_notice)
        session.plan_proposed.connect(self.show_plan)
        theme.theme().changed.connect(self.rebuild)
        show_unhandled(self.show_notice)
        self._restore(session.autosave.recall("window"))

    # contents

    @Slot()
    def rebuild(self) -> None:
        """Make the contents anew, in the language and theme in force; states and the open page stay."""
        for name, page in self._pages.items():
            self.session.autosave.remember(name, page.state())
        self._pages.clear()
        self._prepared.clear()
        if old := self.takeCentralWidget():
            old.hide()
            old.deleteLater()
        self._build()
        self.show_page(self.page_name)

    def _build(self) -> None:
        self.rail, self.strip, self.stack = Rail(), Strip(self.session), QStackedWidget()
        content = QWidget()
        upper = row(self.rail, spacing=0)
        upper.addWidget(self.stack, 1)
        column(upper, self.strip, parent=content, spacing=0)
        theme.clothe(self)
        self.setCentralWidget(content)
        self.notices = NoticeStack(content, theme.CONTROL)
        self.drawer: QFrame | None = None
        self.rail.chosen.connect(self.show_page)
        self.strip.clicked.connect(self.toggle_queue)
        if self._is_painted:
            self.strip.watch()
            self._prepare_later()

    @Slot(str, object)
    def show_page(self, name: str, value: object = None) -> None:
        """Show a page, building it if needed, and hand it `value` if there is one."""
        page = self._pages.get(name) or self._make(name)
        self.page_name = name
        self.rail.mark(name)
        self.stack.setCurrentWidget(page)
        if page.focusProxy():
            page.setFocus()
        self.session.autosave.touch("window")
        if value is not None:
            page.receive(value)

    def _make(self, name: str) -> Page:
        found = next(found for found in PAGES if found.name == name)
        page = self._pages[name] = self._prepared.pop(name, None) or found.load()(self.session)
        page.setAccessibleName(tr(found.title))
        page.restore(self.session.autosave.recall(name))
        self.session.autosave.watch(name, page.state)
        page.state_changed.connect(lambda: self.session.autosave.touch(name))
        self.stack.addWidget(page)
        return page

    @Slot()
    def _prepare_later(self) -> None:
        if self.isVisible():
            self._idle.start()

    @Slot()
    def _prepare(self) -> None:
        """Build the pages that are not shown yet, one small step at a time, so that a click need not wait."""
        row = next((row for row in PAGES if row.name not in self._pages), None)
        if row is None:
            self._idle.stop()
            if not self._tidy.isActive():
                collector().spare_what_stays()
                self._tidy.start()
            self.ready.emit()
        elif row.name in self._prepared:
            self._make(row.name)
        elif row.is_loaded:
            self._prepared[row.name] = row.load()(self.session)
        else:
            row.load()

    @Slot(object)
    def show_notice(self, notice: Notice) -> None:
        """Show a notice in the corner."""
        self.notices.add(notice)

    @Slot(object)
    def show_plan(self, proposal: object) -> None:
        """Show what would be done to files; nothing is, until a button says so."""
        from studio.ui.panels.plan_dialog import PlanDialog

        self.plan = PlanDialog(proposal, self)  # type: ignore[arg-type]
        self.plan.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.plan.accepted_plan.connect(self._carry_out)
        self.plan.open()

    @Slot(object)
    def _carry_out(self, plan: object) -> None:
        """Do it where its progress is seen and can be stopped."""
        self.show_page("models")
        self.session.library.carry_out(plan)  # type: ignore[arg-type]

    @Slot()
    def toggle_queue(self) -> None:
        """Open or close the queue above the strip."""
        if self.drawer and self.drawer.isVisible():
            self.drawer.hide()
            return
        if not self.drawer:
            from studio.ui.panels.queue_panel import QueuePanel

            self.drawer = QFrame(self.centralWidget())
            self.drawer.setProperty("role", "drawer")
            column(QueuePanel(self.session), parent=self.drawer)
        self._place_drawer()
        self.drawer.show()
        self.drawer.raise_()

    def _place_drawer(self) -> None:
        if self.drawer:
            height = min(self.stack.height() - 2 * theme.SMALL, 560)
            top = self.stack.height() - height - theme.SMALL
            self.drawer.setGeometry(self.rail.width() + theme.SMALL, top, DRAWER_WIDTH, height)

    # settings and memory

    @Slot(object)
    def _follow_settings(self, settings: Settings) -> None:
        look, self._look = self._look, (settings.language, settings.theme)
        if look[0] != settings.language:
            translate.install(settings.language)
        theme.theme().apply(settings.theme)
        if look[0] != settings.language:
            self.rebuild()

    def _state(self) -> State:
        geometry = base64.b64encode(self.saveGeometry().data()).decode()
        return {"page": self.page_name, "geometry": geometry}

    def _restore(self, state: State) -> None:
        if isinstance(geometry := state.get("geometry"), str):
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        names = [page.name for page in PAGES]
        page = state.get("page")
        self.page_name = page if isinstance(page, str) and page in names else names[0]
        self._build()
        self.show_page(self.page_name)

    # events

    def paintEvent(self, event: QPaintEvent) -> None:
        """After the first picture on the screen, begin what can wait."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self, self._after_first_paint)

    @Slot()
    def _after_first_paint(self) -> None:
        self.strip.watch()
        job = self.session.files.begin(partial(_get_ready, self.session.orders.file))
        job.finished.connect(self._prepare_later)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Remember the size."""
        super().resizeEvent(event)
        self._place_drawer()
        self.session.autosave.touch("window")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take models anywhere on the window."""
        if models_of(dropped_files(event)):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """File models where they belong, after showing where that is."""
        if models := models_of(dropped_files(event)):
            event.acceptProposedAction()
            self.session.library.file(models)

    def moveEvent(self, event: QMoveEvent) -> None:
        """Remember the place."""
        super().moveEvent(event)
        self.session.autosave.touch("window")

    def keyPressEvent(self, event: QEvent) -> None:
        """Close the queue by Escape."""
        if event.key() == Qt.Key.Key_Escape and self.drawer:  # type: ignore[attr-defined]
            self.drawer.hide()
        super().keyPressEvent(event)  # type: ignore[arg-type]

    def closeEvent(self, event: QCloseEvent) -> None:
        """Write everything, stop the work within one step; what is unfinished goes on at the next start."""
        if self.session.has_live_webui and not self._may_close():
            event.ignore()
            return
        self.session.autosave.close("window", *self._pages)
        self.hide()
        self._idle.stop()
        self._tidy.stop()
        self.session.stop()
        event.accept()

    def _may_close(self) -> bool:
        from studio.ui.panels.webui_closing import ClosingDialog

        return ClosingDialog(self, self.session.webui).exec() == QDialog.DialogCode.Accepted


def _get_ready(queue: QueueFile, _: JobContext) -> None:
    """Do what the pages need and what can be done beside the window: open the queue, import what has no Qt."""
    queue.opened()
    for page in PAGES:
        for module in page.modules:
            import_module(module)
