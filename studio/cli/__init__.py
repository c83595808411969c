"""The same work without a window: one file a group of commands, each with `add(commands)`."""

import argparse
import sys
from collections.abc import Sequence

from studio.cli import checks, doctor, generate, models, train, webui
from studio.cli.terminal import BAD_INPUT, DONE, INTERRUPTED
from studio.core.errors import StudioError

__all__ = ["BAD_INPUT", "DONE", "INTERRUPTED", "main"]

GROUPS = (generate, models, webui, doctor, train, checks)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 done, 2 bad input, 130 interrupted."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments[:1] == ["test"]:
        return checks.test(arguments[1:])
    given = _parser().parse_args(arguments)
    try:
        return given.run(given)
    except StudioError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python main.py",
        description="SD Studio: Stable Diffusion on your own GPU. Without a command the window opens.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for group in GROUPS:
        group.add(commands)
    return parser
