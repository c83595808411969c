"""The whole program as a process: opens without torch, writes its log, closes cleanly, also where none can be kept."""

import os
import subprocess
import sys
from pathlib import Path

from studio.core.paths import ROOT

CHILD = """
import sys
from PySide6.QtCore import QTimer
from studio import app
from studio.ui.main_window import MainWindow
from studio.ui.session import Session
Session.begin = lambda self: None
shown = MainWindow._after_first_paint
def painted(self):
    shown(self)
    print("torch" in sys.modules, "diffusers" in sys.modules, self.page_name)
    self.ready.connect(self.close)
MainWindow._after_first_paint = painted
sys.exit(app.main([]))
"""


def start(home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "STUDIO_HOME": str(home), "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", CHILD]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def test_it_opens_without_torch_and_closes_cleanly(tmp_path: Path) -> None:
    home = tmp_path / "我的 studio"
    ended = start(home)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == ["False", "False", "home"]
    assert "QThread" not in ended.stderr
    assert (home / "data" / "logs" / "studio.log").exists()
    assert (home / "data" / "window.json").exists()


def test_a_log_that_cannot_be_written_is_said_and_the_window_opens(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "logs").write_text("in the way")
    ended = start(tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "No log can be written" in ended.stderr
