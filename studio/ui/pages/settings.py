"""Settings: made from the Settings record; searchable, saved at once, each put back by a click."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.core.settings import APPEARANCE, MEMORY, MODELS, NETWORK, PREVIEW, SAVING, Settings
from studio.ui import theme
from studio.ui.errors import Notice
from studio.ui.fields import Form
from studio.ui.page import Page
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import button, card, column, label, row, scrolled

DELAY_MS = 400
WIDTH = 820
TITLES = {
    APPEARANCE: "Appearance",
    SAVING: "Saving pictures",
    MEMORY: "Memory and speed",
    PREVIEW: "Live preview",
    MODELS: "Models",
    NETWORK: "Network",
}


class SettingsPage(Page):
    """One card a section; a change is in force and on disk within half a second."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.search_line = QLineEdit()
        self.search_line.setPlaceholderText(tr("Search settings"))
        self.search_line.setAccessibleName(tr("Search settings"))
        self.search_line.setToolTip(tr("Shows only settings whose name or explanation has these words."))
        self.search_line.setClearButtonEnabled(True)
        self.search_line.setFixedWidth(260)
        self.forms = {section: self._form(section) for section in TITLES}
        self.cards = {section: self._card(section) for section in TITLES}
        self._nothing = EmptyState("magnifying-glass", tr("Nothing found"), tr("Try another word."))
        self._nothing.hide()
        reset = button(tr("Reset all"), self.reset_all, role="quiet", tip=tr("Puts every default back; can be undone."))
        head = row(label(tr("Settings"), "headline"), None, self.search_line, reset)
        content = QWidget()
        content.setMaximumWidth(WIDTH)
        column(head, *self.cards.values(), self._nothing, None, parent=content, spacing=theme.LARGE, margin=theme.HUGE)
        middle = QWidget()
        row(parent=middle).addWidget(content)
        self.setFocusProxy(self.search_line)
        middle.layout().setAlignment(Qt.AlignmentFlag.AlignHCenter)  # type: ignore[union-attr]
        column(scrolled(middle), parent=self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._apply)
        self.search_line.textChanged.connect(self.search)
        session.settings_changed.connect(self._display)
        self._display(session.settings)

    def _form(self, section: str) -> Form:
        form = Form(Settings, sections=(section,), choices=self.session.choices, label_width=280, explain=True)
        form.changed.connect(self._edited)
        return form

    def _card(self, section: str) -> QWidget:
        return card(label(tr(TITLES[section]), "title"), self.forms[section], spacing=theme.LARGE)

    def values(self) -> dict[str, object]:
        """What the fields show."""
        return {name: value for form in self.forms.values() for name, value in form.read().items()}

    @Slot(str)
    def search(self, text: str) -> None:
        """Show only what has the words of `text` in its title, help or section."""
        found = 0
        for section, form in self.forms.items():
            is_section = bool(text.strip()) and text.casefold() in tr(TITLES[section]).casefold()
            count = form.search("" if is_section else text)
            self.cards[section].setVisible(count > 0)
            found += count
        self._nothing.setVisible(not found)

    @Slot()
    def reset_all(self) -> None:
        """Put every default back; a notice offers the way back."""
        before = self.session.settings.model_dump()
        self.session.change_settings(**Settings().model_dump())
        undo = Notice(
            tr("All settings are back to their defaults."),
            action=tr("Undo"),
            act=lambda: self.session.change_settings(**before),
        )
        self.session.noticed.emit(undo)

    def state(self) -> dict[str, object]:
        """The words searched for."""
        return {"find": self.search_line.text()}

    def restore(self, state: dict[str, object]) -> None:
        """Search again."""
        self.search_line.setText(str(state.get("find", "")))

    @Slot(object)
    def _display(self, settings: Settings) -> None:
        if not self._timer.isActive():
            for form in self.forms.values():
                form.display(settings)

    @Slot()
    def _edited(self) -> None:
        if self.values() != self.session.settings.model_dump():
            self._timer.start()

    @Slot()
    def _apply(self) -> None:
        self.session.change_settings(**self.values())
