"""The window's composition root: arguments, log file, settings, session, window."""

import argparse
import faulthandler
import logging
import sys
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler

from PySide6.QtWidgets import QApplication

from studio.core.paths import Places, places
from studio.ui import theme, translate
from studio.ui.main_window import MainWindow
from studio.ui.session import Session

LOG_BYTES, LOG_FILES = 2_000_000, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window and return the exit code once it is closed."""
    argparse.ArgumentParser(prog="python main.py", description="Opens SD Studio's window.").parse_args(arguments)
    here = places()
    write_log(here)
    app = application()
    session = Session(here)
    translate.install(session.settings.language)
    theme.theme().apply(session.settings.theme)
    window = MainWindow(session)
    window.ready.connect(session.begin)
    window.show()
    try:
        return app.exec()
    finally:
        session.stop()


def application() -> QApplication:
    """The QApplication with its name."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("SD Studio")
    app.setDesktopFileName("sd-studio")
    return app


def write_log(here: Places) -> None:
    """Log to a file that never grows large; crashes of libraries leave their stack there too."""
    try:
        here.logs.mkdir(parents=True, exist_ok=True)
        path = here.logs / "studio.log"
        handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
        faulthandler.enable((here.logs / "crash.log").open("a", encoding="utf-8"))
    except OSError as error:
        print(f"No log can be written to {here.logs}: {error}", file=sys.stderr)
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
