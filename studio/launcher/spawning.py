"""Beginning the process of a web UI: what must hold before, and the child with its environment and log."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from studio.catalog.webui_sources import WEBUI_SOURCES, WebuiSource
from studio.core.errors import BadRequest, FileProblem, StudioError
from studio.core.paths import Places
from studio.launcher import ports, process_group, run_file
from studio.launcher.install import Install


class AlreadyRunning(StudioError):
    """The install runs already."""


class NoEnvironment(FileProblem):
    """The install has no Python to run with."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            "The environment of the web UI is missing.",
            "Make it: Python packages of several GB, fitted to this machine.",
        )


def source_of(install: Install) -> WebuiSource:
    """The row of the program an install is."""
    return next(row for row in WEBUI_SOURCES if row.key == install.source)


def port_of(arguments: Sequence[str], usual: int = 7860) -> int:
    """The port that arguments ask for (the last counts), else the usual one."""
    usual = 7861 if "--nowebui" in arguments else usual
    for place, argument in reversed(list(enumerate(arguments))):
        name, _, value = argument.partition("=")
        if name == "--port":
            value = value or next(iter(arguments[place + 1 :]), "")
            return int(value) if value.isdecimal() and int(value) <= ports.HIGHEST else usual
    return usual


def check(install: Install, arguments: Sequence[str], places: Places) -> None:
    """Raise what a start would: FileProblem (no entry script), NoEnvironment, AlreadyRunning, PortTaken."""
    row = source_of(install)
    if not (install.folder / row.entry).is_file():
        raise FileProblem(install.folder / row.entry, "{path} is missing.", "Repair the web UI or install it again.")
    if not install.python.is_file():
        raise NoEnvironment(install.python)
    run = run_file.running(places, install.key)
    if run is not None:
        raise AlreadyRunning(
            "{title} is running already.", "Stop it first, or show its log.", title=install.title, pid=run.pid
        )
    is_open = any(argument.partition("=")[0] in ("--listen", "--server-name") for argument in arguments)
    ports.check(port_of(arguments, row.port), "0.0.0.0" if is_open else "127.0.0.1")  # noqa: S104 - asked for


def spawn(
    install: Install, arguments: Sequence[str], environ: Mapping[str, str], mark: str, log: Path
) -> "subprocess.Popen[bytes]":
    """The child; all processes of its run carry `mark`. Raises FileProblem and BadRequest.

    Output goes to a file: it outlives the studio, and a web UI that writes much never waits for a reader.
    """
    command = [str(install.python), source_of(install).entry, *arguments]
    try:
        with log.open("ab") as file:
            return subprocess.Popen(
                command,
                cwd=install.folder,
                env=_environment(environ, mark),
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=subprocess.STDOUT,
                creationflags=process_group.creation_flags(),
                start_new_session=True,
            )
    except OSError as error:
        raise FileProblem(command[0], "{path} cannot be run.", "Repair the environment.", details=str(error)) from error
    except ValueError as error:  # a zero byte, half a character, a name with an equals sign
        raise BadRequest(
            "An argument or an environment variable cannot be handed over: {reason}",
            "Look through the options for signs that do not belong there.",
            reason=error,
        ) from error


def _environment(environ: Mapping[str, str], mark: str) -> dict[str, str]:
    """The browser is the studio's to open: a restarting web UI opens none."""
    return {**environ, process_group.MARK: mark, "SD_WEBUI_RESTART": "tmp/restart", "SD_WEBUI_RESTARTING": "1"}
