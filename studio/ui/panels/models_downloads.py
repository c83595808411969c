"""Downloads: a line to paste links into, the list with what can be done about each, and a token where one is wanted."""

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.library.downloads.queue import Row, State
from studio.library.downloads.runner import Report
from studio.library.downloads.sites import SITES
from studio.ui import theme
from studio.ui.panels.download_card import DownloadCard, speed
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.parts import button, card, column, label, row, scrolled
from studio.ui.widgets.text_edit import LineEdit

MOST_DONE = 30


class TokenCard(QWidget):
    """Asks for a site's token; it goes to the keyring, or stays until the window is closed."""

    given = Signal(str, str)  # site, token

    def __init__(self) -> None:
        super().__init__()
        self.site = SITES[0]
        self.title, self.text = label(), LineEdit()
        self.text.setEchoMode(QLineEdit.EchoMode.Password)
        self.text.setAccessibleName(tr("Token"))
        self.text.setPlaceholderText(tr("Token"))
        self.text.setToolTip(tr("It is kept in the system's keyring, or only until you close the window without one."))
        self.text.returnPressed.connect(self._give)
        keep = button(tr("Use this token"), self._give, tip=tr("What waited for the token then goes on."))
        page = button(tr("Where do I get one?"), self._open, role="link", tip=tr("Opens the site in the browser."))
        line = row(keep, page)
        line.insertWidget(0, self.text, 1)
        column(card(self.title, line, margin=theme.MEDIUM), parent=self)

    @Slot(str)
    def ask(self, site: str) -> None:
        """Ask for the token of a site."""
        self.site = next(one for one in SITES if one.name == site)
        self.title.setText(tr("{site} wants to know who downloads.", site=self.site.label))
        self.show()

    @Slot()
    def _give(self) -> None:
        if self.text.text().strip():
            self.given.emit(self.site.name, self.text.text())
            self.text.clear()
            self.hide()

    @Slot()
    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl(self.site.tokens))


class DownloadsPanel(QWidget):
    """All downloads in their order, those that are done last."""

    state_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.downloads = session, session.downloads
        self.setAccessibleName(tr("Downloads"))
        self.cards: dict[int, DownloadCard] = {}
        self.link = LineEdit()
        self.link.setPlaceholderText(tr("Link, owner/repository/file or Civitai number"))
        self.link.setAccessibleName(tr("What to download"))
        self.link.setToolTip(tr("Paste the address of a model; it is put into the folder for models of its kind."))
        self.link.returnPressed.connect(self._download)
        self.start = button(tr("Download"), self._download, role="primary", tip=tr("Puts it on the list and begins."))
        self.rate = label(role="small")
        self.pause = button(
            tr("Pause all"), self._pause_all, role="quiet", tip=tr("Everything rests; nothing is lost.")
        )
        self.resume = button(tr("Resume all"), self._resume_all, role="quiet", tip=tr("Goes on where each stopped."))
        self.clear = button(tr("Clear"), self.downloads.clear, role="quiet", tip=tr("Takes what is done off the list."))
        self.token = TokenCard()
        self.token.hide()
        self.token.given.connect(self._keep_token)
        self._rows = column(spacing=theme.SMALL)
        content = QWidget()
        column(self._rows, None, parent=content)
        self._list = scrolled(content)
        self.empty = EmptyState("download-simple", tr("No downloads"), tr("Paste a link above, or search for models."))
        line = row(self.start)
        line.insertWidget(0, self.link, 1)
        head = row(self.rate, None, self.clear, self.pause, self.resume)
        layout = column(line, self.token, head, parent=self, margin=theme.MEDIUM)
        layout.addWidget(self._list, 1)
        layout.addWidget(self.empty, 1)
        self.setFocusProxy(self.link)
        self.downloads.changed.connect(self.refresh)
        self.downloads.reported.connect(self._show_report)
        self.downloads.token_wanted.connect(self.token.ask)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the list as it is now; what did not change stays, the focus too."""
        rows = shown(self.downloads.queue.rows())
        for key in self.cards.keys() - {found.id for found in rows}:
            gone = self.cards.pop(key)
            self._rows.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, found in enumerate(rows):
            self._place(place, found)
        states = {found.state for found in rows}
        self._list.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.pause.setEnabled(bool(states & {State.WAITING, State.RUNNING}))
        self.resume.setEnabled(bool(states & {State.PAUSED, State.FAILED}))
        self.clear.setEnabled(State.DONE in states)
        self._show_rate()

    def _place(self, place: int, found: Row) -> None:
        shown_card = self.cards.get(found.id)
        if shown_card is None:
            shown_card = self.cards[found.id] = DownloadCard(self.downloads)
        if self._rows.indexOf(shown_card) != place:
            self._rows.insertWidget(place, shown_card)
        if shown_card.download != found:
            shown_card.show_row(found)

    @Slot(object)
    def _show_report(self, report: Report) -> None:
        if report.id in self.cards:
            self.cards[report.id].show_report(report)
        self._show_rate()

    def _show_rate(self) -> None:
        self.rate.setText(speed(self.downloads.rate))

    @Slot()
    def _download(self) -> None:
        if text := self.link.text().strip():
            self.link.clear()
            self.downloads.add_text(text)

    @Slot()
    def _pause_all(self) -> None:
        self.downloads.pause(*self._ids(State.WAITING, State.RUNNING))

    @Slot()
    def _resume_all(self) -> None:
        self.downloads.resume(*self._ids(State.PAUSED, State.FAILED))

    def _ids(self, *states: State) -> list[int]:
        return [found.id for found in self.downloads.queue.rows() if found.state in states]

    @Slot(str, str)
    def _keep_token(self, site: str, text: str) -> None:
        self.downloads.keep_token(site, text)

    def showEvent(self, event: QShowEvent) -> None:
        """What happens is seen here."""
        super().showEvent(event)
        self.downloads.is_watched = True

    def hideEvent(self, event: QHideEvent) -> None:
        """What happens has to be told again."""
        super().hideEvent(event)
        self.downloads.is_watched = False

    def receive(self, value: object) -> None:
        """Download what another page sends: a link as text."""
        if isinstance(value, str):
            self.link.set_value(value)

    def state(self) -> dict[str, object]:
        """The link that is being typed."""
        return {"link": self.link.text()}

    def restore(self, state: dict[str, object]) -> None:
        """Show what `state` gave."""
        if isinstance(link := state.get("link"), str):
            self.link.set_value(link)


def shown(rows: list[Row]) -> list[Row]:
    """What the panel lists: everything unfinished in its order, then the latest that are done, the newest first."""
    done = [found for found in rows if found.state == State.DONE][-MOST_DONE:]
    return [*(found for found in rows if found.state != State.DONE), *reversed(done)]
