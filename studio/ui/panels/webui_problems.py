"""What is wrong with repositories: each problem with its cause and the button that mends it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QScrollArea, QSizePolicy, QWidget

from studio.core.job import JobContext
from studio.launcher import by_hand, git_problems, installs, operations, versions
from studio.launcher.by_hand import Stash
from studio.launcher.git import Repository
from studio.launcher.git_problems import Problem
from studio.launcher.install import Install
from studio.launcher.surroundings import Surroundings
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.translate import tr
from studio.ui.webui_changes import WebuiChanges
from studio.ui.widgets.parts import button, column, empty, label, row
from studio.ui.widgets.text_edit import LineEdit

HEIGHT = 168  # two and a bit, so that one sees that there are more
ADDRESSED = ("no_remote", "other_remote", "gone_remote")


class ProblemList(QScrollArea):
    """The problems of some repositories, and what was put aside in them; nothing if there is neither."""

    def __init__(self, changes: WebuiChanges) -> None:
        super().__init__()
        self.changes = changes
        self.rows: list[ProblemRow] = []
        self.stashes: list[StashRow] = []
        self._content = QWidget()
        self._rows = column(parent=self._content, spacing=theme.SMALL)
        self.setWidget(self._content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._content.installEventFilter(self)
        self.hide()

    def show_problems(self, problems: Sequence[Problem], stashes: Sequence[Stash] = ()) -> None:
        """Show these."""
        empty(self._rows)
        self.rows = [ProblemRow(self.changes, problem) for problem in problems]
        self.stashes = [StashRow(self.changes, stash) for stash in stashes]
        for one in (*self.rows, *self.stashes):
            self._rows.addWidget(one)
        self.setVisible(bool(problems or stashes))

    def sizeHint(self) -> QSize:
        """As high as its rows, but leaving room for what is below."""
        height = self._rows.totalHeightForWidth(max(self.viewport().width(), 200))
        return QSize(super().sizeHint().width(), min(height, HEIGHT))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Grow and shrink with the rows."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.updateGeometry()
        return super().eventFilter(watched, event)


class ProblemRow(QFrame):
    """One problem; files that were changed can be given a name under which they are put aside."""

    def __init__(self, changes: WebuiChanges, problem: Problem) -> None:
        super().__init__()
        self.changes, self.problem = changes, problem
        self.setProperty("role", "card")
        colours, kind = theme.current(), problem.kind
        colour = colours.bad if kind.is_serious else colours.warn
        words = column(
            label(tr(kind.title, **problem.values), "section", wrap=True),
            label(tr(kind.cause, **problem.values), "muted", wrap=True),
            spacing=2,
        )
        self.text = self._text()
        head = row(_sign("warning-circle" if kind.is_serious else "warning", colour), spacing=theme.MEDIUM)
        head.addLayout(words, 1)
        self.details = _details(problem.details)
        if problem.details:
            head.addWidget(button(tr("Details"), self._unfold, role="quiet", tip=tr("Shows which files these are.")))
        if self.text:
            head.addWidget(self.text)
        self.mend_button = button(tr(kind.button), self.mend, tip=tr(kind.cause, **problem.values))
        head.addWidget(self.mend_button)
        column(head, self.details, parent=self, margin=theme.MEDIUM)

    def _text(self) -> LineEdit | None:
        """The name of what is put aside, or an address."""
        kind = self.problem.kind.key
        if kind != "dirty" and kind not in ADDRESSED:
            return None
        made = LineEdit()
        made.setFixedWidth(200)
        made.set_value(tr(git_problems.ASIDE) if kind == "dirty" else str(self.problem.values.get("url", "")))
        made.setAccessibleName(tr("Name") if kind == "dirty" else tr("Address"))
        made.setToolTip(
            tr("Under this name the changes are kept.") if kind == "dirty" else tr("Where new versions come from.")
        )
        return made

    @Slot()
    def _unfold(self) -> None:
        self.details.setVisible(self.details.isHidden())

    @Slot()
    def mend(self) -> None:
        """Mend it."""
        problem, title = self.problem, tr(self.problem.kind.button)
        text = self.text.value().strip() if self.text else ""
        if problem.kind.key == "dubious":
            self.changes.do(title, _trust)
        elif problem.kind.key == "dirty":
            self.changes.do(title, partial(_put_aside, problem, text or git_problems.ASIDE))
        else:
            told = replace(problem, values={**problem.values, "url": text}) if text else problem
            self.changes.make(title, _mending(told))


class StashRow(QFrame):
    """Changes that were put aside, with the way back."""

    def __init__(self, changes: WebuiChanges, stash: Stash) -> None:
        super().__init__()
        self.changes, self.stash = changes, stash
        self.setProperty("role", "card")
        self.again = button(tr("Apply it again"), self.apply, tip=tr("Brings these changes back into the files."))
        layout = row(_sign("package", theme.current().muted), parent=self, spacing=theme.MEDIUM, margin=theme.MEDIUM)
        layout.addWidget(label(tr("Put aside in {folder}: {name}", folder=stash.folder.name, name=tr(stash.name))), 1)
        layout.addWidget(self.again)

    @Slot()
    def apply(self) -> None:
        """Bring it back; where it does not fit any more, it stays where it is."""
        self.changes.do(tr("Applying what was put aside"), partial(_take_back, self.stash))


def _sign(name: str, colour: str) -> QWidget:
    made = label()
    made.setPixmap(icon(name, colour).pixmap(theme.ICON))
    return made


def _details(text: str) -> QPlainTextEdit:
    made = QPlainTextEdit(text)
    made.setReadOnly(True)
    made.setFont(theme.mono_font())
    made.setFixedHeight(100)
    made.setAccessibleName(tr("Details"))
    made.setToolTip(tr("Shows which files these are."))
    made.hide()
    return made


def _mending(problem: Problem) -> Callable[[Install, Surroundings], operations.Change]:
    return lambda _install, _around: operations.mend_repository(problem)


def _trust(install: Install, around: Surroundings, _: JobContext) -> None:
    installs.trust(around.places, install.folder)


def _put_aside(problem: Problem, name: str, install: Install, around: Surroundings, context: JobContext) -> object:
    return versions.put_aside(Repository(problem.folder, around.git_env(install)), name, context)


def _take_back(stash: Stash, install: Install, around: Surroundings, context: JobContext) -> None:
    by_hand.take_back(Repository(stash.folder, around.git_env(install)), stash, context)
