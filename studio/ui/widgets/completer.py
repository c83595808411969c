"""What can be completed at the cursor of a prompt: networks, embeddings, wildcards, styles."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

NETWORK, EMBEDDING, WILDCARD, STYLE = "network", "embedding", "wildcard", "style"
MOST = 60


@dataclass(frozen=True)
class Candidate:
    """Something that can be written into a prompt: what is matched, what is inserted, and a word about it."""

    name: str
    kind: str
    insert: str
    note: str = ""


@dataclass(frozen=True)
class Fragment:
    """What was typed before the cursor: where it begins, what it looks for, and which kinds may follow."""

    start: int
    text: str
    kinds: tuple[str, ...]


PATTERNS = (
    (re.compile(r"<(?:\w+:)?([^<>:\n]*)$"), (NETWORK,)),
    (re.compile(r"(?<![\w])__([\w\-/. *]*?)$"), (WILDCARD,)),
    (re.compile(r"([^\s,()\[\]{}|:<>]+)$"), (EMBEDDING, STYLE)),
)


def fragment(before: str) -> Fragment:
    """What could be completed after the line `before` (from the line's start to the cursor)."""
    for pattern, kinds in PATTERNS:
        if found := pattern.search(before):
            return Fragment(found.start(), found[1], kinds)
    return Fragment(len(before), "", (EMBEDDING, NETWORK, WILDCARD, STYLE))


def is_worth_showing(found: Fragment) -> bool:
    """Whether a list may open by itself: at once after a mark, after two letters of a plain word."""
    return found.kinds in ((NETWORK,), (WILDCARD,)) or len(found.text) >= 2


def matches(found: Fragment, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Candidates of the right kinds: first those that begin with the text, then those that contain it."""
    wanted = found.text.casefold().replace(" ", "")
    fitting = [c for c in candidates if c.kind in found.kinds and wanted in c.name.casefold().replace(" ", "")]
    return sorted(fitting, key=lambda c: (_place(wanted, c), c.name.casefold()))[:MOST]


def _place(wanted: str, candidate: Candidate) -> int:
    name = candidate.name.casefold().replace(" ", "")
    words = re.split(r"[/\\_\-. ]", name)
    return 0 if name.startswith(wanted) else 1 if any(word.startswith(wanted) for word in words) else 2


class CandidateModel(QAbstractListModel):
    """The candidates that fit at the moment."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._candidates: Sequence[Candidate] = ()

    def show_candidates(self, candidates: Sequence[Candidate]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._candidates = candidates
        self.endResetModel()

    def candidate(self, row: int) -> Candidate:
        """The candidate of a row."""
        return self._candidates[row]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own
        """How many fit."""
        return 0 if parent.isValid() else len(self._candidates)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name and note of a candidate."""
        candidate = self._candidates[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{candidate.name}   {candidate.note}".rstrip()
        if role == Qt.ItemDataRole.UserRole:
            return candidate
        return None
