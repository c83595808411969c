"""Models: everything that lies in the model folders, what it is, what it made, and putting it to use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QSplitter, QStackedWidget, QWidget

from studio.core.job import Progress
from studio.library.gallery import Picture
from studio.library.model_doctor import Finding
from studio.library.model_rows import SORTS, Model, Query
from studio.library.sidecars import MODEL_ENDS, ModelDefaults
from studio.ui import theme
from studio.ui.page import Page
from studio.ui.panels import model_overview
from studio.ui.panels.finding_cards import FindingCards
from studio.ui.panels.model_detail import ModelDetail, ModelDetailFacts, read_model
from studio.ui.panels.model_filters import ModelFilters
from studio.ui.panels.model_grid import ModelGrid
from studio.ui.panels.model_overview import Overview
from studio.ui.panels.model_tree import ModelTree
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import button, column, label, row, scrolled, tool
from studio.ui.wishes import Words

if TYPE_CHECKING:
    from studio.ui.panels.models_get import GetPanel
    from studio.ui.panels.models_merge import MergePanel

TREE, GRID, DETAIL = 176, 640, 320


class ModelsPage(Page):
    """Folders, cards and detail; every slow thing is a job, and what comes late for another model is dropped."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.library = session.library
        self._wanted: Path | None = None
        self._awaited: Path | None = None
        self.get: GetPanel | None = None
        self._get_state: dict[str, object] = {}
        self.merge: MergePanel | None = None
        self._merge_state: dict[str, object] = {}
        self.tree, self.filters, self.grid = ModelTree(), ModelFilters(), ModelGrid(session)
        self.detail, self.findings = ModelDetail(session), FindingCards(with_link=True)
        self._count = label(role="small")
        self._stop = button(tr("Stop"), self.library.stop, role="quiet")
        self._stop.setToolTip(tr("Stops what is going on; what is done by then stays."))
        self._stop.hide()
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self.setFocusProxy(self.filters.field)
        if self.library.index:
            self._show_index()
        self.library.refresh()

    # what is there

    @Slot()
    def _show_index(self) -> None:
        """Show what the index knows now."""
        self._search()
        self._look()

    def _look(self) -> None:
        if self.library.index:
            found = self.library.index
            job = self.session.files.begin(lambda _: model_overview.look(found))
            job.succeeded.connect(self._show_overview)

    @Slot(object)
    def _show_overview(self, there: Overview) -> None:
        self.filters.offer(there)
        self.tree.show_folders(there)

    @Slot()
    def _search(self) -> None:
        if self.library.index is None:
            return
        ids = self.library.index.find(self.filters.query)
        self.grid.show_models(self.library.index, ids)
        self._show_count()
        self._show_grid()
        self.state_changed.emit()
        if self._awaited:
            self._choose_path(self._awaited)

    @Slot()
    def _show_grid(self) -> None:
        is_narrow = replace(self.filters.query, sort="name") != Query()
        shown = self.grid if self.grid.rows.ids else self._nothing if is_narrow else self._empty
        self._stack.setCurrentWidget(shown)

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        counts = f"{progress.done:,} / {progress.total:,}" if progress.total else ""
        self._count.setText(f"{tr(progress.text)} {counts}".strip())
        self._stop.show()

    @Slot()
    def _show_count(self) -> None:
        self._count.setText(tr("{count} models", count=f"{len(self.grid.rows.ids):,}"))
        self._stop.hide()

    @Slot(str, str)
    def _take_folder(self, use: str, folder: str) -> None:
        self.filters.query = replace(self.filters.query, use=use, folder=folder)
        self._search()

    @Slot(object)
    def _take_model(self, model: Model) -> None:
        """Something was written beside a model: show it, without losing what is chosen."""
        self.grid.read_again()
        self._look()
        if self.detail.facts and self.detail.facts.model.path == model.path:
            self._load(model)

    @Slot()
    def _take_pictures(self) -> None:
        self.grid.read_again()
        if self.detail.facts:
            self._load(self.detail.facts.model)

    # the chosen model

    @Slot(object)
    def _show_chosen(self, models: list[Model]) -> None:
        if models:
            if self._wanted != models[0].path:
                self._load(models[0])
        elif self._wanted and self._gone(self._wanted):
            self._wanted = None
            self.detail.clear()

    def _gone(self, path: Path) -> bool:
        """Whether a model is not among the cards any more; an empty selection alone keeps what is shown."""
        found = self.library.index.at(path) if self.library.index else None
        return found is None or self.grid.rows.row_of(found.id) < 0

    def _load(self, model: Model) -> None:
        self._wanted = model.path
        places = self.session.places
        job = self.session.pictures.begin(lambda _: read_model(model, places))
        job.succeeded.connect(self._show_detail)
        job.failed.connect(self.session.tell)

    @Slot(object)
    def _show_detail(self, facts: ModelDetailFacts) -> None:
        if facts.model.path == self._wanted:
            found = self.library.index.at(facts.model.path) if self.library.index else None
            self.detail.show_facts(replace(facts, model=found or facts.model))

    @Slot(object)
    def show_path(self, path: Path) -> None:
        """Choose the model with this path among the cards; filters that hide it are taken away."""
        self._awaited = path
        self._choose_path(path)

    def _choose_path(self, path: Path) -> None:
        model = self.library.index.at(path) if self.library.index else None
        if model is None:
            return
        self._awaited = None
        if self.grid.rows.row_of(model.id) < 0:
            self.tree.select("", "")
            self.filters.clear()
        self._show_grid()
        self.grid.choose(self.grid.rows.row_of(model.id))

    # what can be done

    @Slot(object)
    def _use(self, model: Model) -> None:
        self.library.use(model)

    @Slot(object, object)
    def _use_as(self, model: Model, negative: bool | None) -> None:
        self.library.use(model, negative)

    @Slot(str)
    def _use_words(self, text: str) -> None:
        self.session.show_page("create", Words(text))

    @Slot(object)
    def _star(self, model: Model) -> None:
        self.library.save(model, is_favourite=not model.sidecar.is_favourite)

    @Slot()
    def _star_chosen(self) -> None:
        """Give the chosen models a star, or take it away if the first has one."""
        models = self.grid.selected()
        for model in models:
            self.library.save(model, is_favourite=not models[0].sidecar.is_favourite)

    @Slot()
    def _delete(self) -> None:
        chosen = self.grid.selected() or ([self.detail.facts.model] if self.detail.facts else [])
        if chosen:
            self.library.propose_deletion(chosen)

    @Slot(object)
    def _delete_path(self, path: Path) -> None:
        if self.library.index and (model := self.library.index.at(path)):
            self.library.propose_deletion([model])

    @Slot(object, object)
    def _save(self, model: Model, changes: dict[str, object]) -> None:
        self.library.save(model, **changes)

    @Slot(object, object)
    def _save_defaults(self, model: Model, defaults: ModelDefaults) -> None:
        self.library.save(model, defaults=defaults)

    @Slot(object, object)
    def _set_preview(self, model: Model, picture: Path) -> None:
        self.library.set_preview(model, picture)

    @Slot(object)
    def _open_folder(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    @Slot(object)
    def _open_picture(self, picture: Picture) -> None:
        self.session.show_page("gallery", picture.path)

    @Slot()
    def _ask_for_files(self) -> None:
        kinds = f"{tr('Model files')} ({' '.join('*' + end for end in MODEL_ENDS)})"
        names, _ = QFileDialog.getOpenFileNames(self, tr("Add models"), "", kinds)
        if names:
            self.library.file([Path(name) for name in names])

    # the doctor

    @Slot()
    def _check(self) -> None:
        self._count.setText(tr("Checking models …"))
        self.library.check()

    @Slot(object)
    def _show_findings(self, found: list[Finding]) -> None:
        if not found:
            self.session.notify(tr("Nothing is wrong with your models."), kind="ok")
            self._show_grid()
            return
        self._findings_title.setText(tr("{count} findings", count=len(found)))
        self.findings.show_findings(found)
        self._stack.setCurrentWidget(self._doctor)

    @Slot(object)
    def _show_found(self, path: Path) -> None:
        self.show_path(path)

    # what was done

    @Slot()
    def show_undoable(self) -> None:
        """Show what was moved and deleted."""
        from studio.ui.panels.undo_dialog import UndoDialog  # seldom needed

        self.undo = UndoDialog(self.library, self)
        self.undo.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.undo.open()

    # getting models

    @Slot()
    def show_get(self) -> None:
        """Show what searches the sites and downloads."""
        if self.get is None:
            from studio.ui.panels.models_get import GetPanel  # brings an HTTP library

            self.get = GetPanel(self.session)
            self.get.left.connect(self._leave_get)
            self.get.state_changed.connect(self.state_changed)
            self.get.restore(self._get_state)
            self._views.addWidget(self.get)
        self._views.setCurrentWidget(self.get)
        self.get.setFocus()

    @Slot()
    def show_merge(self) -> None:
        """Show what makes new models of others."""
        if self.merge is None:
            from studio.ui.panels.models_merge import MergePanel  # forms that few need

            self.merge = MergePanel(self.session)
            self.merge.left.connect(self._leave_get)
            self.merge.state_changed.connect(self.state_changed)
            self.merge.restore(self._merge_state)
            self._views.addWidget(self.merge)
        self._views.setCurrentWidget(self.merge)
        self.merge.setFocus()

    @Slot()
    def _leave_get(self) -> None:
        self._views.setCurrentWidget(self._splitter)

    # the page

    def receive(self, value: object) -> None:
        """Show a model by its path, or the downloads."""
        if isinstance(value, Path):
            self._leave_get()
            self.show_path(value)
        elif value == "downloads":
            self.show_get()
            if self.get:
                self.get.show_panel("downloads")

    def drop(self, path: Path) -> None:
        """File a picture that may be an embedding."""
        self.library.file([path])

    def showEvent(self, event: QShowEvent) -> None:
        """Look for changes while the page is seen."""
        super().showEvent(event)
        self.library.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Look for changes no longer; what was typed is saved."""
        super().hideEvent(event)
        self.library.watch(False)
        self.detail.notes.flush()

    def state(self) -> dict[str, object]:
        """The query, how cards are shown, the chosen model and the splitter."""
        query = self.filters.query
        return {
            "query": {name: getattr(query, name) for name in Query.__dataclass_fields__},
            "edge": self.grid.edge,
            "list": self.grid.is_list,
            "model": str(self._wanted or ""),
            "splitter": self._splitter.saveState().toBase64().toStdString(),
            "get": self.get.state() if self.get else self._get_state,
            "merge": self.merge.state() if self.merge else self._merge_state,
        }

    def restore(self, state: dict[str, object]) -> None:
        """Show what `state` gave."""
        if isinstance(edge := state.get("edge"), int):
            self.filters.edge.setValue(edge)
        if state.get("list") is True:
            self.filters.as_list.click()
        if isinstance(splitter := state.get("splitter"), str):
            self._splitter.restoreState(QByteArray.fromBase64(splitter.encode("ascii", "replace")))
        if isinstance(kept := state.get("get"), dict):
            self._get_state = kept
        if isinstance(kept := state.get("merge"), dict):
            self._merge_state = kept
        if isinstance(path := state.get("model"), str) and path:
            self._awaited = Path(path)
        query = _query(state.get("query"))
        self.tree.select(query.use, query.folder)
        self.filters.show_query(query)

    def _lay_out(self) -> None:
        self._empty = EmptyState(
            "cube",
            tr("No models yet"),
            tr("Drop model files anywhere on this window: each is put into the folder it belongs in."),
            tr("Choose files …"),
        )
        self._nothing = EmptyState(
            "magnifying-glass", tr("Nothing found"), tr("No model matches this search."), tr("Show all models")
        )
        self._findings_title = label("", "title")
        back = tool("x", tr("Close"), self._show_grid, tip=tr("Back to the cards."))
        self._doctor = QWidget()
        inside = QWidget()
        column(self.findings, None, parent=inside)
        column(row(self._findings_title, None, back), scrolled(inside), parent=self._doctor)
        self._stack = QStackedWidget()
        for one in (self._empty, self._nothing, self.grid, self._doctor):
            self._stack.addWidget(one)
        add = button(tr("Add models"), self._ask_for_files)
        add.setToolTip(tr("Chooses model files; each is put into the folder it belongs in, which is shown first."))
        left, middle = QWidget(), QWidget()
        theme.dress(left, "panel")
        left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        get = button(tr("Get models"), self.show_get, tip=tr("Searches Civitai and Hugging Face, and downloads links."))
        make = button(tr("Make models"), self.show_merge, tip=tr("Merges models, extracts and resizes LoRAs."))
        tip = tr("Shows what was moved and deleted, to put it back or to empty the trash.")
        undo = button(tr("Undo and trash"), self.show_undoable, role="quiet", tip=tip)
        column(self.tree, get, make, add, undo, parent=left, margin=theme.SMALL).setStretch(0, 1)
        foot = row(self._count, self._stop, None)
        column(self.filters, self._stack, foot, parent=middle, margin=theme.MEDIUM).setStretch(1, 1)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._views = QStackedWidget()
        self._views.addWidget(self._splitter)
        column(self._views, parent=self, spacing=0)
        self._splitter.setChildrenCollapsible(False)
        for widget, least in ((left, 140), (middle, 380), (self.detail, 280)):
            widget.setMinimumWidth(least)
            self._splitter.addWidget(widget)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([TREE, GRID, DETAIL])

    def _connect(self) -> None:
        library, detail = self.library, self.detail
        library.opened.connect(self._show_index)
        library.changed.connect(self._show_index)
        library.progressed.connect(self._show_progress)
        library.rested.connect(self._show_count)
        library.model_changed.connect(self._take_model)
        library.pictures_changed.connect(self._take_pictures)
        library.checked.connect(self._show_findings)
        self.tree.chosen.connect(self._take_folder)
        self.filters.searched.connect(self._search)
        self.filters.edge_changed.connect(self.grid.set_edge)
        self.filters.edge_changed.connect(self.state_changed)
        self.filters.list_wanted.connect(self.grid.set_list)
        self.filters.list_wanted.connect(self.state_changed)
        self.filters.refresh_wanted.connect(library.refresh)
        self.filters.check_wanted.connect(self._check)
        self.filters.hashes_wanted.connect(lambda: library.compute_hashes(self.grid.rows.ids))
        self.filters.left_downwards.connect(self.grid.setFocus)
        self._empty.acted.connect(self._ask_for_files)
        self._nothing.acted.connect(self._show_all)
        self.grid.chosen.connect(self._show_chosen)
        self.grid.used.connect(self._use)
        detail.use_wanted.connect(self._use_as)
        detail.words_wanted.connect(self._use_words)
        detail.star_wanted.connect(self._star)
        detail.folder_wanted.connect(self._open_folder)
        detail.delete_wanted.connect(self._delete)
        detail.preview_wanted.connect(self._set_preview)
        detail.picture_opened.connect(self._open_picture)
        detail.defaults_changed.connect(self._save_defaults)
        detail.hash_wanted.connect(lambda model: library.compute_hashes([model.id]))
        detail.notes.saved.connect(self._save)
        for cards in (detail.findings, self.findings):
            cards.mend_wanted.connect(library.propose_mending)
            cards.delete_wanted.connect(self._delete_path)
        self.findings.show_wanted.connect(self._show_found)
        self._splitter.splitterMoved.connect(self.state_changed)
        for key, act in (("S", self._star_chosen), ("Del", self._delete), ("/", self._to_search)):
            QShortcut(QKeySequence(key), self.grid, act, context=Qt.ShortcutContext.WidgetShortcut)
        QShortcut(QKeySequence("Ctrl+F"), self, self._to_search, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    @Slot()
    def _show_all(self) -> None:
        self.tree.select("", "")
        self.filters.clear()

    @Slot()
    def _to_search(self) -> None:
        self.filters.field.setFocus()
        self.filters.field.selectAll()


def _query(state: object) -> Query:
    """A query as it was kept; what is not understood is left out."""
    values = state if isinstance(state, dict) else {}
    known = {
        name: value
        for name, value in values.items()
        if name in Query.__dataclass_fields__ and type(value) is type(getattr(Query(), name))
    }
    return Query(**known) if known.get("sort", "name") in SORTS else Query()
