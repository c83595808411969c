"""A WebUI page over a stand-in web UI, for the tests of what is started, followed and understood."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "launcher"))

from standin_world import add_broken_extension, add_clashing_extensions, add_extension, free_port, make_standin

from studio.core.machine import Machine
from studio.launcher.install import Install
from studio.ui import theme
from studio.ui.pages.webui import WebuiPage
from studio.ui.panels.webui_panel import WebuiPanel
from studio.ui.session import Session

__all__ = [
    "Until", "add_broken_extension", "add_clashing_extensions", "add_extension", "enter", "free_port", "page_of",
    "panel", "standin",
]  # fmt: skip
MACHINE = Machine("linux", "3.11.7", None, (), (), (), 32 << 30, 1 << 40, "2.39", None)
FAST = {"model": 0.0, "url_to_ready": 0.0, "install": 0.0}
Until = Callable[..., None]


def enter(session: Session, *installs: Install) -> None:
    """Let a session know these web UIs and choose the first."""
    webui = session.webui
    webui.installs, webui.is_listed, webui.machine = list(installs), True, MACHINE
    webui.choose(installs[0].key)
    webui.change_options(webui.options.model_copy(update={"port": free_port(), "open_browser": False}))


def standin(folder: Path, key: str = "standin", **told: object) -> Install:
    """A stand-in that is told how to behave and takes no time it need not."""
    return make_standin(folder, key, seconds=FAST, **told)


@contextmanager
def page_of(session: Session, until: Until) -> Iterator[WebuiPage]:
    """The page, shown; afterwards every web UI is stopped and none of its processes is left."""
    page = WebuiPage(session)
    page.resize(1180, 760)
    theme.clothe(page)
    page.show()
    until(lambda: not session.webui.reader.jobs)
    yield page
    for run in session.webui.live:
        run.stop()
    until(lambda: not session.webui.live, 40)
    until(lambda: not session.webui.reader.jobs and not session.webui.lane.jobs, 40)
    page.close()
    folders = [str(install.folder) for install in session.webui.installs]
    assert [one.pid for one in psutil.process_iter() if _is_below(one, folders)] == []


def _is_below(process: psutil.Process, folders: list[str]) -> bool:
    try:
        return any(process.cwd().startswith(folder) for folder in folders)
    except psutil.Error:
        return False


def panel(page: WebuiPage, name: str) -> WebuiPanel:
    """A panel of the page, shown."""
    page.show_panel(name)
    made = page.stack.currentWidget()
    assert isinstance(made, WebuiPanel)
    return made
