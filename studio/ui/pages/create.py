"""The Create page: a request on the left, the picture in the middle, what is known of it on the right."""

import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QSplitter, QWidget

from studio.core import infotext
from studio.core.errors import StudioError
from studio.core.job import Progress
from studio.core.request import GenerateRequest, HiresFix
from studio.core.result import SavedImage
from studio.core.settings import lenient
from studio.library.queue import Row, State
from studio.ui import theme
from studio.ui.jobs import Job
from studio.ui.page import Page
from studio.ui.panels.create_empty import CreateEmpty
from studio.ui.panels.details import Details
from studio.ui.panels.generate_bar import GenerateBar
from studio.ui.panels.incoming import Arrival, Incoming, with_known_model
from studio.ui.panels.mistakes import mistakes
from studio.ui.panels.model_use import ModelUse
from studio.ui.panels.network_look import NetworkLook
from studio.ui.panels.order_edit import OrderEdit
from studio.ui.panels.parameters import missed
from studio.ui.panels.prompt_facts import Facts
from studio.ui.panels.recommend import Recommend
from studio.ui.panels.request_panel import RequestPanel
from studio.ui.panels.results import ResultsPanel
from studio.ui.panels.vocabulary import Vocabulary, find_vocabulary
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.completer import Candidate
from studio.ui.widgets.parts import column, line, tool

LEFT, RIGHT, NARROW = 360, 264, 1060
LOOK_MS = 60

Origin = tuple[Path, int]  # a picture whose parameters were taken, and its seed


class CreatePage(Page):
    """Text to pictures; `display(r)` and then `request()` gives `r`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.fields = RequestPanel(session)
        self.use = ModelUse(session, self.fields)
        self.bar, self.order_edit, self.incoming = GenerateBar(session), OrderEdit(session), Incoming(session)
        self.empty = CreateEmpty(session)
        self.results = ResultsPanel(session, self.empty)
        self.details = Details(session)
        self.inspector, self.history, self.tabs = self.details.inspector, self.details.history, self.details.tabs
        self._vocabulary = Vocabulary()
        self._recommend = Recommend(session, self.fields)
        self._uses = NetworkLook(session)
        self._details_wish: bool | None = None
        self._origin: Origin | None = None
        self._removed: dict[Path, SavedImage] = {}
        self._look_timer = QTimer(self)
        self._look_timer.setSingleShot(True)
        self._look_timer.setInterval(LOOK_MS)
        self._look_timer.timeout.connect(self._look)
        self.setAcceptDrops(True)
        self.setFocusProxy(self.fields.prompt.positive.edit)
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
        request = self._sound_request()
        return self._order(request, self._origin_of(request)) if request else None

    @Slot()
    def put_aside(self) -> None:
        """Line up what the page asks for; where nothing runs, it waits until the queue is resumed."""
        if request := self._sound_request():
            try:
                self.session.orders.put_aside(request, self._origin_of(request))
            except StudioError as error:
                self.session.tell(error)
                return
            self._tell_put_aside()
            self._note(request)

    def _sound_request(self) -> GenerateRequest | None:
        request = self.request()
        found = mistakes(request, self.session)
        self.fields.show_mistakes(found)
        return None if found else request

    def _order(self, request: GenerateRequest, made_from: Path | None) -> Job | None:
        try:
            job = self.session.generate(request, made_from)
        except StudioError as error:
            self.session.tell(error)
            return None
        job.succeeded.connect(self._again)
        job.failed.connect(self._stop_repeating)
        job.cancelled.connect(self._stop_repeating)
        self._note(request)
        return job

    def _note(self, request: GenerateRequest) -> None:
        self.history.add(request, time.time())
        self.state_changed.emit()

    def _tell_put_aside(self) -> None:
        orders = self.session.orders
        if orders.queue.is_paused and not self.details.queue.isVisible():  # else it is seen there
            text = tr("Lined up; {count} wait until you resume the queue.", count=orders.waiting_count)
            self.session.notify(text, kind="ok", action=tr("Begin now"), act=orders.resume)

    @Slot()
    def _again(self) -> None:
        if self.bar.forever.isChecked():
            self.generate()

    @Slot()
    def _stop_repeating(self) -> None:
        self.bar.forever.setChecked(False)

    # parameters from outside

    def receive(self, value: object) -> None:
        """Take a request, a picture, a file, or an order of the queue: one that waits is changed here."""
        if isinstance(value, GenerateRequest):
            self.apply(value)
        elif isinstance(value, SavedImage):
            self._reuse(value)
        elif isinstance(value, Path):
            self.incoming.take_file(value)
        elif isinstance(value, Row) and value.state == State.WAITING:
            self.order_edit.begin(value.id, self.request())
            self.display(value.request)
        elif isinstance(value, Row):
            self._take(Arrival(value.request, source=value.made_from))
        else:
            self.use.take(value)

    def apply(self, request: GenerateRequest) -> None:
        """Show a request in place of what stands here; a notice offers the way back."""
        self._take(Arrival(request))

    def drop(self, path: Path) -> None:
        """Apply the parameters of a picture."""
        self.incoming.take_file(path)

    @Slot(object)
    def _take(self, arrival: Arrival) -> None:
        before, origin = self.request(), self._origin
        self.display(arrival.request)
        self._origin = (arrival.source, arrival.request.seed) if arrival.source else None
        lines = missed(arrival.leftovers)
        self.session.notify(
            tr("The parameters were applied."),
            remedy=tr("{count} entries have no place here.", count=len(lines)) if lines else "",
            details="\n".join(lines),
            kind="warn" if lines else "ok",
            action=tr("Undo"),
            act=lambda: self._go_back(before, origin),
        )

    def _go_back(self, request: GenerateRequest, origin: Origin | None) -> None:
        self.display(request)
        self._origin = origin

    def _origin_of(self, request: GenerateRequest) -> Path | None:
        """The picture that `request` makes a version of: the one whose parameters were taken, while its seed stays."""
        return self._origin[0] if self._origin and self._origin[1] == request.seed else None

    @Slot(str, str)
    def _take_model(self, wanted: str, name: str) -> None:
        if self.request().checkpoint == wanted:
            self.display(self.request().model_copy(update={"checkpoint": name}))

    @Slot()
    def _save_order(self) -> None:
        if request := self._sound_request():
            self.order_edit.put(request)

    # results

    @Slot(object)
    def _reuse(self, saved: SavedImage) -> None:
        self.incoming.take_text(saved.infotext, saved.path)

    @Slot(object)
    def _reuse_seed(self, saved: SavedImage | None) -> None:
        if saved:
            seed = infotext.read(saved.infotext)[0].seed
            self._origin = (saved.path, seed)
            self.fields.seed.set_seed(seed)
            self.fields.sections["seed"].set_open(True)

    @Slot()
    def _reuse_shown_seed(self) -> None:
        self._reuse_seed(self.results.saved)

    @Slot(object)
    def _to_hires(self, saved: SavedImage) -> None:
        names = self.session.choices("checkpoints")
        arrival = Arrival(infotext.read(saved.infotext)[0], source=saved.path)
        request = (with_known_model(arrival, names) or arrival).request
        hires = HiresFix(**self.fields.hires.read())
        self._order(request.model_copy(update={"hires": hires, "batch_count": 1, "batch_size": 1}), saved.path)

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
            "origin": [str(self._origin[0]), self._origin[1]] if self._origin else [],
            "order": self.order_edit.state(),
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
        else:
            self._recommend.begin_fresh()
        self._origin = _origin(state.get("origin"))
        self.order_edit.restore(state.get("order"))
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the picture the room of the details where there is little."""
        super().resizeEvent(event)
        self._arrange()

    # making

    def _lay_out(self) -> None:
        left = QWidget()
        theme.dress(left, "panel")
        left.setMinimumWidth(LEFT - 40)
        column(self.fields, line(), self.order_edit, self.bar, parent=left, spacing=0).setStretch(0, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        column(self.splitter, parent=self, spacing=0)  # before it is filled: else everything is styled once more
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self._add_details_button()
        for widget in (left, self.results, self.details):
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([LEFT, 10_000, RIGHT])

    def _add_details_button(self) -> None:
        self.details_button = tool("info", tr("Details"), tip=tr("Queue, inspector and history (Ctrl+I)."))
        self.details_button.setCheckable(True)
        self.details_button.clicked.connect(self._wish_details)
        self.results.bar.addWidget(self.details_button)

    def _listen_to_fields(self) -> None:
        self.fields.changed.connect(self._edited)
        self.fields.section_toggled.connect(self.state_changed)
        self.fields.seed.last_wanted.connect(self._reuse_shown_seed)
        self.fields.prompt.paste_wanted.connect(self.incoming.take_clipboard)
        self.fields.prompt.parameters_pasted.connect(self.incoming.take_text)
        self.incoming.arrived.connect(self._take)
        self.incoming.model_found.connect(self._take_model)
        self.fields.prompt.styles.saved.connect(self._take_models)
        self.fields.prompt.facts_found.connect(self._show_facts)
        self.fields.networks.used.connect(self.use.toggle)
        self.fields.networks.browse_wanted.connect(self._browse)
        self._uses.found.connect(self.inspector.show_networks)
        self._uses.found.connect(self.fields.networks.show_uses)
        self.bar.generate_wanted.connect(self.generate)
        self.bar.queue_wanted.connect(self.put_aside)
        self.order_edit.saved.connect(self._save_order)
        self.order_edit.ended.connect(self.display)
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
            ("Ctrl+Shift+Return", self.put_aside),
            ("Ctrl+Shift+Enter", self.put_aside),
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
        self.fields.prompt.look(request, self._vocabulary.vectors)
        self._uses.look(request)
        if any(mistake.text() for mistake in self.fields.mistakes.values()):
            self.fields.show_mistakes(mistakes(request, self.session))

    @Slot(object)
    def _show_facts(self, facts: Facts) -> None:
        self.inspector.show_prompt(facts)

    @Slot()
    def _browse(self) -> None:
        self.session.show_page("models")

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
        self._recommend.models_found()
        job = self.session.in_files(lambda _: find_vocabulary(places, settings), tr("Looking for networks"))
        job.succeeded.connect(self._take_vocabulary)

    @Slot(object)
    def _take_vocabulary(self, found: Vocabulary) -> None:
        self._vocabulary = found
        styles = [Candidate(name, "style", "", tr("Style")) for name in self.fields.prompt.styles.styles()]
        self.fields.set_candidates([*found.candidates, *styles])
        self._uses.set_files(found.networks)
        self._look()

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


def _origin(state: object) -> Origin | None:
    if isinstance(state, list) and len(state) == 2 and isinstance(state[0], str) and isinstance(state[1], int):
        return Path(state[0]), state[1]
    return None
