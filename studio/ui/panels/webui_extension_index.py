"""Extensions that can be installed: the public list, or any address; what one wants is shown before it is installed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFrame, QWidget

from studio.catalog.changes import TITLES
from studio.core.job import JobContext
from studio.launcher import extension_index, operations
from studio.launcher.conflicts import AMONG, BREAKS, CHANGE, UNKNOWN, Conflict
from studio.launcher.extension_index import Entry, Index
from studio.launcher.extension_preview import Preview, preview
from studio.launcher.git import bare_url
from studio.launcher.install import Install
from studio.launcher.shield import ShieldBlocked
from studio.launcher.surroundings import Surroundings
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.panels.webui_versions import day, search_line
from studio.ui.translate import tr, tr_error
from studio.ui.webui import WebuiSession
from studio.ui.widgets.choice_edit import ChoiceEdit
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.parts import button, column, empty, label, row, scrolled, tool
from studio.ui.widgets.table import Column, Table
from studio.ui.widgets.text_edit import LineEdit

SORT_TITLES = {
    "stars": "Most stars",
    "updated": "Newest change",
    "added": "Newest in the list",
    "created": "Newest repository",
    "name": "By name",
    "listed": "As listed",
}
TROUBLES = {
    AMONG: "No version of {package} suits all: {wants}",
    CHANGE: "{package} {installed} would be replaced; wanted is: {wants}",
    BREAKS: "Another {package} than {installed} would break others: {wants}",
    UNKNOWN: "It cannot be told what this needs: {wants}",
}
KINDS = ("bad", "warn", "info", "ok")
PREVIEW_HEIGHT = 220


class IndexList(QWidget):
    """Search, tags and order above, the list, the address, and what the chosen extension would bring."""

    state_changed = Signal()

    def __init__(self, webui: WebuiSession) -> None:
        super().__init__()
        self.webui, self.changes = webui, webui.changes
        self.index: Index | None = None
        self._remotes: list[str] = []
        self._known: set[str] = set()
        self.words, self.tag = search_line(), ChoiceEdit([""], label=lambda tag: tag or tr("All tags"))
        self.sort = ChoiceEdit(list(SORT_TITLES), label=lambda key: tr(SORT_TITLES[key]))
        self.hide_installed = QCheckBox(tr("Hide installed"))
        self.hide_installed.setToolTip(tr("Lists only what is not there yet."))
        self.again = tool("arrow-clockwise", tr("Fetch the list again"), self.load_anew)
        self.count, self.notice = label(role="small"), label(role="small", wrap=True)
        self.notice.setStyleSheet(f"color: {theme.current().warn};")
        self.notice.hide()
        self.table = Table(
            self._columns(), tr("Extensions that can be installed"), tr("Choose one to see what it would bring.")
        )
        self.address, self.branch = self._lines()
        self.examine = button(
            tr("Look at it"),
            self.look_at_it,
            role="primary",
            tip=tr("Fetches it and shows what it wants; installs nothing."),
        )
        self.preview = PreviewCard(self)
        self._lay_out()
        for one in (self.words, self.tag, self.sort):
            one.changed.connect(self.show_rows)
        self.hide_installed.toggled.connect(self.show_rows)
        self.table.chosen.connect(self._take_address)

    def _columns(self) -> list[Column]:
        return [
            Column(tr("Name"), lambda one: one.name, 220),
            Column(tr("About"), lambda one: one.description),
            Column(tr("Tags"), lambda one: ", ".join(one.tags), 130),
            Column(
                tr("Stars"),
                lambda one: f"{one.stars:,}" if one.stars else "",
                64,
                key=lambda one: one.stars,
                is_number=True,
            ),
            Column(tr("Changed"), lambda one: day(one.updated), 92, key=lambda one: one.updated, is_number=True),
            Column("", self._state, 80, colour=lambda _: theme.current().ok),
        ]

    def _lines(self) -> tuple[LineEdit, LineEdit]:
        address, branch = LineEdit(), LineEdit()
        address.setPlaceholderText(tr("Address of a repository"))
        address.setAccessibleName(tr("Address of a repository"))
        address.setToolTip(tr("Where the extension comes from; choose one from the list, or paste any address."))
        address.returnPressed.connect(self.look_at_it)
        branch.setPlaceholderText(tr("Branch"))
        branch.setAccessibleName(tr("Branch"))
        branch.setToolTip(tr("Empty is the repository's own choice."))
        branch.setFixedWidth(120)
        return address, branch

    def _lay_out(self) -> None:
        for edit, name, tip, width in (
            (self.tag, tr("Tag"), tr("Lists only extensions with this tag."), 160),
            (self.sort, tr("Order"), tr("Which extensions come first."), 160),
        ):
            edit.setAccessibleName(name)
            edit.setToolTip(tip)
            edit.setFixedWidth(width)
        head = row(self.words, self.tag, self.sort, self.hide_installed, None, self.count, self.again)
        foot = row(spacing=theme.SMALL)
        foot.addWidget(self.address, 1)
        foot.addWidget(self.branch)
        foot.addWidget(self.examine)
        layout = column(head, self.notice, parent=self)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)
        layout.addWidget(self.preview)

    # the list

    def load_once(self) -> None:
        """Fetch the list, if it is not here yet."""
        if self.index is None:
            self.changes.look(partial(_load, extension_index.FRESH_S), self._take)

    @Slot()
    def load_anew(self) -> None:
        """Fetch the list, however new the copy is."""
        self.changes.look(partial(_load, 0.0), self._take)

    @Slot(object)
    def _take(self, found: Index) -> None:
        self.index = found
        tags = sorted({tag for one in found.entries for tag in one.tags})
        self.tag.set_choices(["", *tags])
        when = datetime.fromtimestamp(found.at).strftime("%Y-%m-%d %H:%M") if found.at else ""
        self.notice.setText(tr("The list could not be fetched; this is the copy of {when}.", when=when))
        self.notice.setVisible(found.is_offline)
        self.show_rows()

    def show_installed(self, remotes: Sequence[str]) -> None:
        """Tell which extensions are there, by their addresses."""
        self._remotes, self._known = list(remotes), {bare_url(remote) for remote in remotes}
        self.show_rows()

    @Slot()
    def show_rows(self) -> None:
        """Show what is searched for."""
        if self.index is None:
            return
        found = extension_index.search(
            self.index,
            self.words.value(),
            tags=[self.tag.value()] if self.tag.value() else [],
            installed=self._remotes,
            hide_installed=self.hide_installed.isChecked(),
            sort=self.sort.value() or "stars",
        )
        self.table.show_records(found, lambda one: one.url)
        self.count.setText(tr("{count} extensions", count=f"{len(found):,}"))
        self.state_changed.emit()

    def _state(self, one: Entry) -> str:
        return tr("installed") if bare_url(one.url) in self._known else ""

    # one of them

    @Slot()
    def _take_address(self) -> None:
        if self.table.record is not None:
            self.address.set_value(self.table.record.url)
            self.branch.set_value("")

    @Slot()
    def look_at_it(self) -> None:
        """Fetch it to a folder that goes away again, and show what it wants."""
        url = self.address.value().strip()
        if url:
            self.preview.close_it()
            work = partial(_preview, url, self.branch.value().strip())
            job = self.changes.do(tr("Looking at {url}", url=url), work, only_looks=True)
            if job:
                job.succeeded.connect(self.preview.show_preview)

    def install(self, found: Preview) -> None:
        """Install it."""
        change = operations.install_extension(found.url, branch=found.branch)
        self.changes.make(tr(TITLES["extension_install"], name=found.name), lambda _install, _around: change)
        self.preview.close_it()

    # memory

    def state(self) -> dict[str, object]:
        """What is searched for."""
        return {
            "words": self.words.value(),
            "sort": self.sort.value(),
            "hide_installed": self.hide_installed.isChecked(),
        }

    def restore(self, state: Mapping[str, object]) -> None:
        """Search for the same."""
        if isinstance(words := state.get("words"), str):
            self.words.set_value(words)
        if isinstance(sort := state.get("sort"), str) and sort in SORT_TITLES:
            self.sort.set_value(sort)
        self.hide_installed.setChecked(state.get("hide_installed") is True)


class PreviewCard(QFrame):
    """What an extension would bring: its wishes, its conflicts, what cannot be told."""

    def __init__(self, owner: IndexList) -> None:
        super().__init__()
        self.owner = owner
        self.found: Preview | None = None
        self.setProperty("role", "card")
        self.title, self.about = label(role="section"), ElidedLabel(role="muted")
        self.go = button(tr("Install"), self._install, role="primary", tip=tr("Installs it; it can be taken back."))
        self.stay = button(tr("Cancel"), self.close_it, tip=tr("Installs nothing."))
        head = row(self.title, spacing=theme.MEDIUM)
        head.addWidget(self.about, 1)
        head.addWidget(self.stay)
        head.addWidget(self.go)
        content = QWidget()
        self._lines = column(parent=content, spacing=theme.TINY)
        self._content, self._area = content, scrolled(content)
        self._area.setMaximumHeight(PREVIEW_HEIGHT)
        column(head, self._area, parent=self, margin=theme.MEDIUM)
        self.hide()

    @property
    def lines(self) -> list[str]:
        """What the card says."""
        return told(self.found) if self.found else []

    @Slot(object)
    def show_preview(self, found: Preview) -> None:
        """Show what was found."""
        self.found = found
        self.title.setText(found.name)
        self.about.set_text(" · ".join(part for part in (found.commit[:8], day(found.date), found.title) if part))
        empty(self._lines)
        for text, kind in troubles(found):
            self._lines.addWidget(_line(text, kind))
        self._area.setMinimumHeight(min(self._content.sizeHint().height(), PREVIEW_HEIGHT))
        theme.dress(self.go, "" if any(kind == "bad" for _, kind in troubles(found)) else "primary")
        self.show()

    @Slot()
    def close_it(self) -> None:
        """Take the card away."""
        self.found = None
        self.hide()

    @Slot()
    def _install(self) -> None:
        if self.found:
            self.owner.install(self.found)


def told(found: Preview) -> list[str]:
    """What there is to know before it is installed."""
    return [text for text, _ in troubles(found)]


def troubles(found: Preview) -> list[tuple[str, str]]:
    """Each thing to know, with its kind, the worst first: bad, warn, info or ok."""
    wishes = ", ".join(found.wanted.requirements)
    lines = [(tr("It wants: {packages}", packages=wishes), "info")] if wishes else []
    if found.planned:
        lines.append((tr("pip would bring: {packages}", packages=", ".join(one.text for one in found.planned)), "info"))
    lines += [_trouble(one, found.held) for one in found.conflicts]
    lines += [(" ".join(tr_error(ShieldBlocked(one))), "bad") for one in found.blocked]
    for names in found.missing:
        lines.append((tr("It requires the extension {name}, which is not on.", name=" / ".join(names)), "warn"))
    if found.unread:
        packages = ", ".join(found.unread)
        lines.append(
            (tr("What these need themselves shows only when they are installed: {packages}", packages=packages), "warn")
        )
    if found.wanted.is_unknown:
        places = ", ".join(found.wanted.unknown)
        lines.append((tr("What else it installs is decided only while it runs ({places}).", places=places), "warn"))
    elif not wishes:
        lines.append((tr("It wants no further packages."), "ok"))
    if wishes and not (found.conflicts or found.blocked or found.unread or found.wanted.is_unknown):
        lines.append((tr("Nothing of this gets in the way of what is there."), "ok"))
    return sorted(lines, key=lambda line: KINDS.index(line[1]))


def _trouble(one: Conflict, held: Sequence[str]) -> tuple[str, str]:
    wants = ", ".join(f"{who}: {what}" for who, what in one.wants)
    text = tr(TROUBLES[one.kind], package=one.package, installed=one.installed or "-", wants=wants)
    if one.package in held:
        return tr("{trouble} The environment is protected from it.", trouble=f"{text}."), "bad"
    return text, "bad" if one.kind in (AMONG, BREAKS) else "warn"


def _line(text: str, kind: str) -> QWidget:
    signs = {"ok": "check-circle", "info": "package", "warn": "warning", "bad": "warning-circle"}
    holder, sign, colours = QWidget(), label(), theme.current()
    sign.setPixmap(icon(signs[kind], getattr(colours, kind, colours.muted)).pixmap(theme.ICON))
    layout = row(sign, parent=holder)
    layout.addWidget(label(text, wrap=True), 1)
    return holder


def _load(max_age_s: float, _install: Install, around: Surroundings, context: JobContext) -> Index:
    env = around.git_env(_install)
    return extension_index.load(around.places, env, context, url=around.settings.index_mirror, max_age_s=max_age_s)


def _preview(url: str, branch: str, install: Install, around: Surroundings, context: JobContext) -> Preview:
    return preview(install, around, url, context, branch=branch)
