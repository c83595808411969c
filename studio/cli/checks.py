"""`test`: check the program itself."""

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from studio.cli.terminal import DONE
from studio.core.paths import ROOT

PARALLEL = ("-n", "auto", "--dist", "loadfile")  # a worker for each core; fixtures of a file are made once


def add(commands: Any) -> None:
    """Add `test` to the commands; `main` hands it over before options are parsed, pytest's are its own."""
    commands.add_parser("test", help="check and test the program; what follows goes to pytest")


def test(arguments: Sequence[str]) -> int:
    """Lint, check types and run the test suite; returns the first exit code that is not 0."""
    commands = (
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["pyright"],
        ["pytest", *PARALLEL, *arguments],
    )
    codes = [subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode for command in commands]
    return next((code for code in codes if code), DONE)
