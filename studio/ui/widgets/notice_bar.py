"""Notices in the corner of the window: nothing waits for them, bad news stays until it is read."""

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from studio.ui import theme
from studio.ui.errors import Notice
from studio.ui.icons import icon
from studio.ui.translate import tr
from studio.ui.widgets.parts import button, column, label, row, tool

WIDTH = 420
STAYS_MS = 6000
MOST = 4
SIGNS = {"info": "info", "ok": "check-circle", "warn": "warning", "bad": "warning-circle"}


class NoticeCard(QFrame):
    """One notice: what happened, what to do, a button that does it, details folded, copy and close."""

    def __init__(self, notice: Notice) -> None:
        super().__init__()
        self.notice, self.is_closed = notice, False
        self.setProperty("role", "notice")
        self.setProperty("kind", notice.kind)
        self.setAccessibleName(notice.text)
        self.setFixedWidth(WIDTH)
        colours = theme.current()
        sign = label()
        sign.setPixmap(icon(SIGNS[notice.kind], getattr(colours, notice.kind, colours.muted)).pixmap(theme.ICON))
        head = row(sign)
        head.addWidget(label(notice.text, wrap=True), 1)
        head.addWidget(tool("x", tr("Close"), self.close_now))
        layout = column(head, parent=self, margin=theme.MEDIUM)
        if notice.remedy:
            layout.addWidget(label(notice.remedy, "muted", wrap=True))
        self.details = self._details()
        layout.addWidget(self.details)
        if notice.act or notice.details:
            layout.addWidget(self._foot())
        if notice.kind != "bad":
            timer = QTimer(self)
            timer.timeout.connect(self.close_now)
            timer.start(STAYS_MS)

    def _details(self) -> QPlainTextEdit:
        details = QPlainTextEdit(self.notice.details)
        details.setReadOnly(True)
        details.setFont(theme.mono_font())
        details.setFixedHeight(160)
        details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        details.setAccessibleName(tr("Details"))
        details.hide()
        return details

    def _foot(self) -> QWidget:
        foot = QWidget()
        layout = row(parent=foot)
        if self.notice.details:
            layout.addWidget(button(tr("Details"), self._unfold, role="quiet", tip=tr("Shows what a developer needs.")))
            layout.addWidget(
                button(tr("Copy"), self._copy, role="quiet", tip=tr("Copies the message and its details."))
            )
        layout.addStretch(1)
        if self.notice.act:
            layout.addWidget(button(self.notice.action, self._act))
        return foot

    @Slot()
    def _unfold(self) -> None:
        self.details.setVisible(self.details.isHidden())

    @Slot()
    def _copy(self) -> None:
        parts = (self.notice.text, self.notice.remedy, self.notice.details)
        QGuiApplication.clipboard().setText("\n".join(part for part in parts if part))

    @Slot()
    def _act(self) -> None:
        if self.notice.act:
            self.notice.act()
        self.close_now()

    @Slot()
    def close_now(self) -> None:
        """Take the notice away."""
        self.is_closed = True
        self.hide()
        self.deleteLater()


class NoticeStack(QWidget):
    """The latest notices, one above the other, in the lower right corner of `over`."""

    def __init__(self, over: QWidget, foot: int) -> None:
        super().__init__(over)
        self._over, self._foot = over, foot
        self._cards: list[NoticeCard] = []
        self._column = column(parent=self)
        over.installEventFilter(self)
        self.hide()

    def add(self, notice: Notice) -> None:
        """Show a notice; one that is already there is not repeated."""
        cards = self.cards()
        if any(card.notice == notice for card in cards):
            return
        if len(cards) >= MOST:
            cards[0].close_now()
        card = NoticeCard(notice)
        self._column.addWidget(card)
        self._cards = [*cards, card]
        self.show()
        self._settle()

    def cards(self) -> list[NoticeCard]:
        """The notices that are shown, oldest first."""
        return [card for card in self._cards if not card.is_closed]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner and follow the size of the notices."""
        if event.type() == QEvent.Type.Resize:
            self._settle()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Grow and shrink with the notices."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._settle()
        return super().event(event)

    @Slot()
    def _settle(self) -> None:
        self.setVisible(bool(self.cards()))
        self.adjustSize()
        room = self._over.size()
        self.move(room.width() - self.width() - theme.LARGE, room.height() - self.height() - self._foot - theme.LARGE)
        self.raise_()
