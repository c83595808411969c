"""The Create page: a request on the left, the picture in the middle, what is known of it on the right."""

import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QTimer, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QSplitter, QTabWidget, QWidget

from studio.core import infotext
from studio.core.errors import StudioError
from studio.core.job import Progress
from studio.core.request import GenerateRequest, HiresFix
from studio.core.result import SavedImage
from studio.core.settings import lenient
from studio.ui import theme
from studio.ui.jobs import Job
from studio.ui.page import Page
from studio.ui.panels.create_empty import CreateEmpty
from studio.ui.panels.generate_bar import GenerateBar
from studio.ui.panels.history import History
from studio.ui.panels.inspector import Inspector
from studio.ui.panels.mistakes import mistakes
from studio.ui.panels.parameters import is_parameters, missed
from studio.ui.panels.prompt_facts import Facts
from studio.ui.panels.queue_panel import QueuePanel
from studio.ui.panels.request_panel import RequestPanel
from studio.ui.panels.results import ResultsPanel
from studio.ui.panels.vocabulary import find_candidates, networks_in
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.completer import Candidate
from studio.ui.widgets.parts import column, line, tool

LEFT, RIGHT, NARROW = 360, 264, 1060
LOOK_MS = 60


class CreatePage(Page):
    """Text to pictures; `display(r)` and then `request()` gives `r`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.fields = RequestPanel(session)
        self.bar = GenerateBar(session)
        self.empty = CreateEmpty(session)
        self.results = ResultsPanel(session, self.empty)
        self.inspector, self.history, self.queue = Inspector(), History(), QueuePanel(session)
        self._candidates: list[Candidate] = []
        self._facts = Facts()
        self._details_wish: bool | None = None
        self._removed: dict[Path, SavedImage] = {}
        self._look_timer = QTimer(self)
        self._look_timer.setSingleShot(True)
        self._look_timer.setInterval(LOOK_MS)
        self._look_timer.timeout.connect(self._look)
        self.setAcceptDrops(True)
        self._lay_out()
        self._listen_to_fields()
        self._listen_to_results()
        self._listen_to_session()
        self._make_shortcuts()
        self._look()
        self._take_models()

    # the request

    def request(self) -> GenerateRequest:
        """What the page asks for."""
        return self.fields.request()

    def display(self, request: GenerateRequest) -> None:
        """Show a request."""
        self.fields.display(request)

    @Slot()
    def generate(self) -> Job | None:
        """Order what the page asks for; None if something in it is wrong, which is then said there."""
        request = self.request()
        found = mistakes(request, self.session)
        self.fields.show_mistakes(found)
        return None if found else self._order(request)

    def _order(self, request: GenerateRequest) -> Job | None:
        try:
            job = self.session.generate(request)
        except StudioError as error:
            self.session.tell(error)
            return None
        job.succeeded.connect(self._again)
        job.failed.connect(self._stop_repeating)
        job.cancelled.connect(self._stop_repeating)
        self.history.add(request, time.time())
        self.state_changed.emit()
        return job

    @Slot()
    def _again(self) -> None:
        if self.bar.forever.isChecked():
            self.generate()

    @Slot()
    def _stop_repeating(self) -> None:
        self.bar.forever.setChecked(False)

    # parameters from outside

    def receive(self, value: object) -> None:
        """Take a request, a picture or a file."""
        if isinstance(value, GenerateRequest):
            self.apply(value)
        elif isinstance(value, SavedImage):
            self.apply_text(value.infotext)
        elif isinstance(value, Path):
            self.apply_file(value)

    def apply(self, request: GenerateRequest, leftovers: dict[str, str] | None = None) -> None:
        """Show a request in place of what stands here; a notice offers the way back and says what had no place."""
        before = self.request()
        self.display(self._with_known_model(request))
        lines = missed(leftovers or {})
        self.session.notify(
            tr("The parameters were applied."),
            remedy=tr("{count} entries have no place here.", count=len(lines)) if lines else "",
            details="\n".join(lines),
            kind="warn" if lines else "ok",
            action=tr("Undo"),
            act=lambda: self.display(before),
        )

    @Slot(str)
    def apply_text(self, text: str) -> None:
        """Apply the parameters in a text."""
        self.apply(*infotext.read(text))

    def apply_file(self, path: Path) -> None:
        """Apply the parameters in a picture or text file."""
        job = self.session.in_files(lambda _: infotext.read(path), tr("Reading parameters"))
        job.succeeded.connect(self._apply_read)

    @Slot(object)
    def _apply_read(self, read: tuple[GenerateRequest, dict[str, str]]) -> None:
        self.apply(*read)

    @Slot()
    def _paste_parameters(self) -> None:
        text = QGuiApplication.clipboard().text()
        urls = QGuiApplication.clipboard().mimeData().urls()
        if is_parameters(text):
            self.apply_text(text)
        elif urls and urls[0].isLocalFile():
            self.apply_file(Path(urls[0].toLocalFile()))
        else:
            self.session.notify(
                tr("There are no parameters in the clipboard."),
                remedy=tr("Copy the text of a picture's parameters, or a picture file, first."),
                kind="warn",
            )

    def _with_known_model(self, request: GenerateRequest) -> GenerateRequest:
        """Pictures name models without their files' endings."""
        names = self.session.choices("checkpoints")
        found = [name for name in names if request.checkpoint not in names and request.checkpoint == Path(name).stem]
        return request.model_copy(update={"checkpoint": found[0]}) if found else request

    # results

    @Slot(object)
    def _reuse(self, saved: SavedImage) -> None:
        self.apply_text(saved.infotext)

    @Slot(object)
    def _reuse_seed(self, saved: SavedImage | None) -> None:
        if saved:
            self.fields.seed.set_seed(infotext.read(saved.infotext)[0].seed)
            self.fields.sections["seed"].set_open(True)

    @Slot()
    def _reuse_shown_seed(self) -> None:
        self._reuse_seed(self.results.saved)

    @Slot(object)
    def _to_hires(self, saved: SavedImage) -> None:
        request = self._with_known_model(infotext.read(saved.infotext)[0])
        hires = HiresFix(**self.fields.hires.read())
        self._order(request.model_copy(update={"hires": hires, "batch_count": 1, "batch_size": 1}))

    @Slot(object)
    def _delete(self, saved: SavedImage) -> None:
        self.session.bin.discard([saved.path])

    @Slot(object)
    def _remove(self, paths: list[Path]) -> None:
        for saved in [saved for saved in self.results.strip.pictures() if saved.path in paths]:
            self._removed[saved.path] = saved
            self.results.remove(saved)
        self.state_changed.emit()

    @Slot(object)
    def _show_restored(self, back: dict[Path, Path]) -> None:
        for before in [before for before in back if before in self._removed]:
            restored = replace(self._removed.pop(before), path=back[before])
            self.results.take(restored)
            self.results.strip.choose(restored)
        self.state_changed.emit()

    # what is kept

    def state(self) -> dict[str, object]:
        """The request, what is open, the history and the pictures of the strip."""
        return {
            "request": self.request().model_dump(mode="json"),
            "sections": self.fields.open_sections(),
            "splitter": self.splitter.saveState().toBase64().toStdString(),
            "details": self._details_wish,
            "tab": self.tabs.currentIndex(),
            "history": self.history.state(),
            "pictures": self.results.state(),
        }

    def restore(self, state: dict[str, object]) -> None:
        """Show what `state` gave."""
        if isinstance(values := state.get("request"), dict):
            self.display(lenient(GenerateRequest, values))
        if isinstance(sections := state.get("sections"), dict):
            self.fields.set_open_sections(sections)
        if isinstance(splitter := state.get("splitter"), str):
            self.splitter.restoreState(QByteArray.fromBase64(splitter.encode("ascii", "replace")))
        if isinstance(wish := state.get("details"), bool):
            self._details_wish = wish
        if isinstance(tab := state.get("tab"), int):
            self.tabs.setCurrentIndex(tab)
        self.history.restore(state.get("history"))
        self.results.restore(state.get("pictures"))
        self._arrange()

    # Qt

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Apply the parameters of a dropped picture."""
        files = [url for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.apply_file(Path(files[0].toLocalFile()))
            event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the picture the room of the details where there is little."""
        super().resizeEvent(event)
        self._arrange()

    # making

    def _lay_out(self) -> None:
        left = QWidget()
        theme.dress(left, "panel")
        left.setMinimumWidth(LEFT - 40)
        column(self.fields, line(), self.bar, parent=left, spacing=0).setStretch(0, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        column(self.splitter, parent=self, spacing=0)  # before it is filled: else everything is styled once more
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        for widget in (left, self.results, self._details()):
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([LEFT, 10_000, RIGHT])

    def _details(self) -> QWidget:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(tr("Details"))
        self.tabs.setMinimumWidth(220)
        for panel, title, about in (
            (self.queue, tr("Queue"), tr("What is painted now and what comes next.")),
            (self.inspector, tr("Inspector"), tr("Facts about the picture and the prompt.")),
            (self.history, tr("History"), tr("Every order you gave, to take up again.")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(panel, title), about)
        self.details_button = tool("info", tr("Details"), tip=tr("Queue, inspector and history (Ctrl+I)."))
        self.details_button.setCheckable(True)
        self.details_button.clicked.connect(self._wish_details)
        self.results.bar.addWidget(self.details_button)
        panel = QWidget()
        theme.dress(panel, "panel")
        column(self.tabs, parent=panel, spacing=0)
        self.details = panel
        return panel

    def _listen_to_fields(self) -> None:
        self.fields.changed.connect(self._edited)
        self.fields.section_toggled.connect(self.state_changed)
        self.fields.seed.last_wanted.connect(self._reuse_shown_seed)
        self.fields.prompt.paste_wanted.connect(self._paste_parameters)
        self.fields.prompt.parameters_pasted.connect(self.apply_text)
        self.fields.prompt.styles.saved.connect(self._take_models)
        self.fields.prompt.facts_found.connect(self._show_facts)
        self.bar.generate_wanted.connect(self.generate)
        self.bar.queue_wanted.connect(self.generate)
        self.history.chosen.connect(self.apply)
        self.splitter.splitterMoved.connect(self.state_changed)
        self.tabs.currentChanged.connect(self.state_changed)

    def _listen_to_results(self) -> None:
        self.results.picture_shown.connect(self.inspector.show_picture)
        self.results.parameters_wanted.connect(self._reuse)
        self.results.seed_wanted.connect(self._reuse_seed)
        self.results.hires_wanted.connect(self._to_hires)
        self.results.delete_wanted.connect(self._delete)

    def _listen_to_session(self) -> None:
        self.session.image_saved.connect(self._take_picture)
        self.session.progressed.connect(self._show_progress)
        self.session.job_started.connect(self._expect)
        self.session.models_changed.connect(self._take_models)
        self.session.bin.discarded.connect(self._remove)
        self.session.bin.restored.connect(self._show_restored)

    def _make_shortcuts(self) -> None:
        for keys, act in (
            ("Ctrl+Return", self.generate),
            ("Ctrl+Enter", self.generate),
            ("Escape", self._escape),
            ("Ctrl+I", self._toggle_details),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    # keeping up

    @Slot()
    def _edited(self) -> None:
        self._look_timer.start()
        self.state_changed.emit()

    @Slot()
    def _look(self) -> None:
        request = self.request()
        self.fields.prompt.look(request)
        if any(mistake.text() for mistake in self.fields.mistakes.values()):
            self.fields.show_mistakes(mistakes(request, self.session))

    @Slot(object)
    def _show_facts(self, facts: Facts) -> None:
        self._facts = facts
        prompt = self.fields.prompt.prompts()[0]
        self.inspector.show_prompt(facts, networks_in(prompt, self._candidates))

    @Slot(object)
    def _take_picture(self, saved: SavedImage) -> None:
        self.results.take(saved)
        self.state_changed.emit()

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        self.results.show_preview(progress)

    @Slot()
    def _expect(self) -> None:
        row = self.session.orders.running
        if row:
            self.results.expect(row.request.width, row.request.height)

    @Slot()
    def _take_models(self) -> None:
        self.fields.refresh_choices()
        self.empty.show_models(bool(self.session.choices("checkpoints")))
        places, settings = self.session.places, self.session.settings
        job = self.session.in_files(lambda _: find_candidates(places, settings), tr("Looking for networks"))
        job.succeeded.connect(self._take_candidates)

    @Slot(object)
    def _take_candidates(self, candidates: list[Candidate]) -> None:
        styles = [Candidate(name, "style", "", tr("Style")) for name in self.fields.prompt.styles.styles()]
        self._candidates = [*candidates, *styles]
        self.fields.set_candidates(self._candidates)
        self._show_facts(self._facts)

    @Slot()
    def _escape(self) -> None:
        if self.bar.is_busy:
            self.bar.interrupt()

    @Slot(bool)
    def _wish_details(self, is_on: bool) -> None:
        self._details_wish = is_on
        self._arrange()
        self.state_changed.emit()

    @Slot()
    def _toggle_details(self) -> None:
        self._wish_details(not self.details.isVisibleTo(self))

    def _arrange(self) -> None:
        is_shown = self.width() >= NARROW if self._details_wish is None else self._details_wish
        self.details.setVisible(is_shown)
        self.details_button.setChecked(is_shown)
