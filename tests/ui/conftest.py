"""An application without a screen, and a guard against threads and timers that outlive their test."""

import gc
import os
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from studio.core.paths import Places
from studio.ui import theme, translate
from studio.ui.garbage import Collector, collector
from studio.ui.session import Session


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    app = QApplication.instance() or QApplication(["studio-tests"])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)
    theme.theme().apply("dark")
    Collector.spare_what_stays = lambda _: None  # type: ignore[method-assign] - what is spared is not found below
    return app


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    """Fails a test that leaves a running thread or timer."""
    yield
    translate.install("en")
    for widget in QApplication.topLevelWidgets():
        widget.close()
    settle()
    collector().collect_if_due()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # old names in torch warn whoever asks what they are
        found = [left for left in gc.get_objects() if isinstance(left, QThread | QTimer) and isValid(left)]
    running = [left for left in found if isinstance(left, QThread) and left.isRunning() and left.objectName()]
    active = [left for left in found if isinstance(left, QTimer) and left.isActive()]
    for left in active:
        left.stop()
    assert not running, "a thread was left running"
    assert not active, "a timer was left active"


def settle() -> None:
    """Let every queued event and every deletion happen."""
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # type: ignore[arg-type]


@pytest.fixture
def until(qapp: QApplication) -> Callable[..., None]:
    """Run the event loop until something is true."""

    def wait(condition: Callable[[], object], timeout_s: float = 10) -> None:
        end = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < end, "it did not happen in time"
            QCoreApplication.processEvents()
            time.sleep(0.002)

    return wait


@pytest.fixture
def session(tmp_path: Path, qapp: QApplication) -> Iterator[Session]:
    made = Session(Places(tmp_path / "我的 studio"))
    yield made
    for widget in [widget for widget in QApplication.topLevelWidgets() if is_own(widget)]:
        widget.hide()
        widget.deleteLater()
    settle()
    made.stop()


def is_own(widget: QWidget) -> bool:
    """Whether a window belongs to nobody: popups go with their owners."""
    return widget.parent() is None and widget.windowType() != Qt.WindowType.Popup
