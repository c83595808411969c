"""What opening a page may cost the window: modules without Qt are imported beside it, before."""

import subprocess
import sys

from studio.core.paths import ROOT

LATE = """
import sys
from importlib import import_module, util
import studio.app, studio.ui.main_window, studio.ui.session
from studio.ui.pages import PAGES
for page in PAGES:
    for module in page.modules:
        import_module(module)
there = set(sys.modules)
for page in PAGES:
    page.load()
from studio.ui.pages.webui import PANELS
for panel in PANELS:
    panel.load()
for panel in ("models_get", "models_merge", "plan_dialog", "queue_panel"):
    import_module(f"studio.ui.panels.{panel}")
print(*sorted(n for n in set(sys.modules) - there if n.startswith("studio.") and not n.startswith("studio.ui.")))
"""


def test_pages_import_nothing_slow_in_front_of_the_window() -> None:
    done = subprocess.run([sys.executable, "-c", LATE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
