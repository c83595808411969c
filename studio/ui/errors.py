"""Notices: what happened in one sentence, what to do in another, a button that does it, details folded away."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from studio.core.errors import StudioError
from studio.ui.jobs import Unexpected, log
from studio.ui.translate import tr_error


@dataclass(frozen=True)
class Notice:
    """Something the user should know; `kind` is "info", "ok", "warn" or "bad".

    `action` is the title of a button and `act` what it does. Only bad news stays until it is closed.
    """

    text: str
    remedy: str = ""
    details: str = ""
    kind: str = "info"
    action: str = ""
    act: Callable[[], object] | None = None


def notice_of(error: StudioError, action: str = "", act: Callable[[], object] | None = None) -> Notice:
    """The notice of an error, in the window's language."""
    text, remedy = tr_error(error)
    return Notice(text, remedy, error.details, "bad", action, act)


def show_unhandled(show: Callable[[Notice], object]) -> None:
    """Let exceptions of the main thread become notices instead of ending up on a terminal nobody sees."""

    def handle(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("unhandled", exc_info=(kind, error, trace))
        show(notice_of(error if isinstance(error, StudioError) else Unexpected(error)))

    sys.excepthook = handle
