"""All that is known of one model, and what can be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from studio.core.errors import StudioError
from studio.core.paths import Places
from studio.library import gallery, hashes, headers, model_covers, model_defaults, model_doctor
from studio.library.gallery import Gallery, Picture
from studio.library.model_defaults import Recommended
from studio.library.model_doctor import Examination
from studio.library.model_rows import Model
from studio.library.pickles import Verdict
from studio.library.sidecars import ModelDefaults
from studio.ui import images, theme
from studio.ui.icons import icon
from studio.ui.panels.finding_cards import FindingCards
from studio.ui.panels.metadata_tree import MetadataTree
from studio.ui.panels.model_notes import ModelNotes
from studio.ui.panels.model_texts import about, is_usable, kind_of, rows
from studio.ui.panels.picture_detail import Table
from studio.ui.panels.tag_cloud import TagCloud
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.collapsible import Collapsible
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import button, column, label, line, row, scrolled, tool
from studio.ui.widgets.thumbnail_grid import ThumbnailGrid

COVER, MOST_PICTURES, PICTURES_HEIGHT, PICTURE_EDGE = 280, 120, 220, 96
MADE_WITH = ("checkpoint", "network", "embedding")
USE_TITLES = {
    "checkpoint": "Paint with this model",
    "network": "Put into the prompt",
    "embedding": "Put into the prompt",
    "vae": "Use this VAE",
}


@dataclass(frozen=True)
class ModelDetailFacts:
    """What is read of a model for the panel, beside the window."""

    model: Model
    seen: Examination
    metadata: dict[str, str]
    cover: QImage
    pictures: list[int]
    gallery: Gallery
    recommended: Recommended
    digits: str


def read_model(model: Model, places: Places) -> ModelDetailFacts:
    """Read what the panel shows; never raises for a broken file."""
    pictures = gallery.opened(places.gallery)
    made = pictures.made_with(model.use, model.names)[:MOST_PICTURES] if model.use in MADE_WITH else []
    digest = hashes.known([model.path], places).get(model.path, "")
    return ModelDetailFacts(
        model,
        model_doctor.examine(model.path, model.place),
        _metadata(model.path),
        _cover(model, pictures, places),
        made,
        pictures,
        model_defaults.read(model.path) if kind_of(model) == "checkpoint" else Recommended(),
        hashes.short(digest) if digest else "",
    )


class ModelDetail(QWidget):
    """Cover, buttons, findings, what is written about it, facts, tags, pictures, metadata of the chosen model."""

    use_wanted = Signal(object, object)  # Model, whether negative (None: by its name)
    words_wanted = Signal(str)
    star_wanted = Signal(object)  # Model
    folder_wanted = Signal(object)  # Path
    delete_wanted = Signal()
    preview_wanted = Signal(object, object)  # Model, Path
    picture_opened = Signal(object)  # Picture
    defaults_changed = Signal(object, object)  # Model, ModelDefaults
    hash_wanted = Signal(object)  # Model

    def __init__(self, session: Session) -> None:
        super().__init__()
        theme.dress(self, "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.facts: ModelDetailFacts | None = None
        self._cover = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title, self._about = ElidedLabel(role="title", mode=Qt.TextElideMode.ElideMiddle), label(role="small")
        self.findings, self.notes, self.table = FindingCards(with_link=False), ModelNotes(), Table(columns=2)
        self.triggers, self.tags = TagCloud(tr("Trigger words")), TagCloud(tr("Tags of its training pictures"))
        self.pictures, self.metadata = ThumbnailGrid(session), MetadataTree()
        self._make_buttons()
        self._make_sections()
        self._stack = QStackedWidget()
        hint = tr("Choose one to see what it is and what it made.")
        self._stack.addWidget(EmptyState("cube", tr("No model chosen"), hint))
        self._stack.addWidget(scrolled(self._inside()))
        column(self._stack, parent=self)

    def clear(self) -> None:
        """Show that no model is chosen."""
        self.notes.flush()
        self.facts = None
        self._stack.setCurrentIndex(0)

    def show_facts(self, facts: ModelDetailFacts) -> None:
        """Show one model."""
        self.facts, model = facts, facts.model
        self.show_model(model)
        self._cover.setVisible(not facts.cover.isNull())
        if not facts.cover.isNull():
            edge = min(COVER, max(self.width() - 4 * theme.LARGE, 120))
            self._cover.setPixmap(images.pixmap(facts.cover, edge, self.devicePixelRatioF()))
        self.findings.show_findings(facts.seen.findings)
        self._show_trust(facts.seen)
        told = facts.seen.facts or model.facts
        self.tags.show_words(told.tags if told else ())
        self._sections["tags"].setVisible(bool(told and told.tags))
        self.table.show_rows([(name, text) for name, text in rows(model, facts.digits) if text])
        self.hash.setVisible(not facts.digits and model.path.is_file())
        self.pictures.show_pictures(facts.gallery, facts.pictures)
        self._sections["pictures"].setVisible(model.use in MADE_WITH)
        self.pictures.setVisible(bool(facts.pictures))
        self.as_preview.setEnabled(bool(facts.pictures))
        self._no_pictures.setVisible(not facts.pictures)
        self.metadata.show_metadata(facts.metadata)
        self._sections["metadata"].setVisible(bool(facts.metadata))
        self._show_defaults(facts)
        self._stack.setCurrentIndex(1)

    def show_model(self, model: Model) -> None:
        """Show what lies beside a model as it is now."""
        said = model.sidecar
        self._title.set_text(model.title)
        self._about.setText(about(model))
        is_starred = said.is_favourite
        self.star.setIcon(icon("star-fill" if is_starred else "star", theme.current().warn if is_starred else ""))
        kind = kind_of(model)
        self.use.setText(tr(USE_TITLES[kind]) if kind in USE_TITLES else "")
        self.use.setVisible(is_usable(model))
        self.use_negative.setVisible(is_usable(model) and kind == "embedding")
        self.notes.show_model(model)
        told = (said.activation_text, *said.trained_words, model.facts.trigger_phrase if model.facts else "")
        words = tuple(dict.fromkeys(text for text in told if text))
        self.triggers.show_words([(word, 0) for word in words])
        self._triggers_title.setVisible(bool(words))

    def _make_buttons(self) -> None:
        self.use = button(
            tr("Put into the prompt"), self._use, role="primary", tip=tr("Goes to the Create page with this model.")
        )
        tip = tr("For embeddings that say what a picture should not be.")
        self.use_negative = button(tr("Put into the negative prompt"), self._use_negative, tip=tip)
        self.star = tool("star", tr("Favourite"), self._star, tip=tr("Marks the model as one of the good ones (S)."))
        self.folder = tool("folder-open", tr("Open folder"), self._open_folder)
        self.folder.setToolTip(tr("Shows the file in the system's file manager."))
        self.delete = tool("trash", tr("Delete"), self.delete_wanted.emit)
        self.delete.setToolTip(tr("Shows what would go to the studio's trash; it can be undone (Del)."))
        self.as_preview = button(tr("Set as preview"), self._set_preview)
        self.as_preview.setToolTip(tr("Makes the chosen picture, else the newest, the one on the card."))
        tip = tr("Reads the whole file; by its hash a model is known under any name.")
        self.hash = button(tr("Compute the hash"), self._want_hash, role="quiet", tip=tip)
        self.forget = button(tr("Forget"), self._forget, role="quiet", tip=tr("Takes your defaults away again."))

    def _make_sections(self) -> None:
        self.pictures.setFixedHeight(PICTURES_HEIGHT)
        self.pictures.set_edge(PICTURE_EDGE)
        self.pictures.opened.connect(self.picture_opened)
        self._no_pictures = label(tr("None yet."), "muted")
        made = QWidget()
        column(self.pictures, self._no_pictures, row(self.as_preview, None), parent=made)
        self._defaults, self._recommended = QWidget(), label("", "muted", wrap=True)
        column(self._recommended, row(self.forget, None), parent=self._defaults)
        about_file = QWidget()
        column(self.table, row(self.hash, None), parent=about_file)
        self._sections = {
            "pictures": Collapsible(tr("Made with it"), made),
            "defaults": Collapsible(tr("Recommended settings"), self._defaults),
            "notes": Collapsible(tr("Your notes"), self.notes),
            "tags": Collapsible(tr("Tags of its training pictures"), self.tags),
            "facts": Collapsible(tr("About the file"), about_file),
            "metadata": Collapsible(tr("Metadata"), self.metadata, is_open=False),
        }
        for cloud in (self.triggers, self.tags):
            cloud.chosen.connect(self.words_wanted)

    def _inside(self) -> QWidget:
        inside = QWidget()
        tools = row(self.star, self.folder, None, self.delete, spacing=theme.TINY)
        self._triggers_title = label(tr("Trigger words"), "section")
        self._trust = label("", "small", wrap=True)
        column(
            self._cover,
            column(self._title, self._about, spacing=2),
            self.use,
            self.use_negative,
            tools,
            self._trust,
            self.findings,
            self._triggers_title,
            self.triggers,
            line(),
            *self._sections.values(),
            None,
            parent=inside,
            spacing=theme.SMALL,
            margin=theme.LARGE,
        )
        return inside

    def _show_trust(self, seen: Examination) -> None:
        """What the opcodes of a pickle say; other files cannot run anything."""
        is_pickle = seen.path.suffix.lower() in headers.PICKLE_ENDS and seen.path.is_file()
        texts = {
            Verdict.SAFE: tr("A pickle file: it holds tensors only and calls nothing dangerous."),
            Verdict.UNKNOWN: tr("A pickle file that holds more than tensors: {code}.", code=", ".join(seen.code[:5])),
        }
        bad = tr("A pickle file that would run code: {code}. It is never opened.", code=", ".join(seen.code[:5]))
        self._trust.setText(texts.get(seen.verdict, bad) if is_pickle else "")
        self._trust.setVisible(is_pickle)

    def _show_defaults(self, facts: ModelDetailFacts) -> None:
        is_checkpoint = kind_of(facts.model) == "checkpoint"
        self._sections["defaults"].setVisible(is_checkpoint)
        text = defaults_text(facts.recommended)
        none = tr("None. Set the Create page as you like it and press “Remember” beside the checkpoint there.")
        self._recommended.setText(text or none)
        self.forget.setVisible(facts.model.sidecar.defaults != ModelDefaults())

    @Slot()
    def _use(self) -> None:
        if self.facts:
            self.use_wanted.emit(self.facts.model, None)

    @Slot()
    def _use_negative(self) -> None:
        if self.facts:
            self.use_wanted.emit(self.facts.model, True)

    @Slot()
    def _star(self) -> None:
        if self.facts:
            self.star_wanted.emit(self.facts.model)

    @Slot()
    def _open_folder(self) -> None:
        if self.facts:
            self.folder_wanted.emit(self.facts.model.path)

    @Slot()
    def _want_hash(self) -> None:
        if self.facts:
            self.hash_wanted.emit(self.facts.model)

    @Slot()
    def _set_preview(self) -> None:
        chosen: Sequence[Picture] = self.pictures.selected()
        first = chosen[0] if chosen else self.pictures.pictures.picture(0)
        if self.facts and first:
            self.preview_wanted.emit(self.facts.model, first.path)

    @Slot()
    def _forget(self) -> None:
        if self.facts:
            self.defaults_changed.emit(self.facts.model, ModelDefaults())


def defaults_text(found: Recommended) -> str:
    """Recommended values in a line."""
    values = found.values
    size = (values.width, values.height) if values.width and values.height else found.native or ()
    parts = (
        values.sampler,
        values.schedule if values.schedule != "Automatic" else "",
        tr("{count} steps", count=values.steps) if values.steps else "",
        f"CFG {values.cfg_scale:g}" if values.cfg_scale is not None else "",
        " × ".join(map(str, size)),
        f"VAE {values.vae}" if values.vae not in (None, "Automatic") else "",
        f"{tr('Clip skip')} {values.clip_skip}" if values.clip_skip and values.clip_skip > 1 else "",
        tr("for example “{prompt}”", prompt=values.prompt) if values.prompt else "",
    )
    return "  ·  ".join(part for part in parts if part)


def _metadata(path: Path) -> dict[str, str]:
    try:
        return {name: str(text) for name, text in headers.read(path).metadata.items()} if path.is_file() else {}
    except StudioError:
        return {}


def _cover(model: Model, pictures: Gallery, places: Places) -> QImage:
    try:
        if model.preview:
            return images.read(model.preview, 2 * COVER)
    except StudioError:
        pass
    try:
        file = model_covers.thumbnail(model_covers.key(model), pictures, places)
        return images.read(file) if file else QImage()
    except StudioError:
        return QImage()
