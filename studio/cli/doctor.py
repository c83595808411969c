"""`doctor`: check this machine."""

import argparse
import json
from typing import Any

from studio import doctor
from studio.cli.terminal import DONE
from studio.core.paths import places
from studio.core.settings import Settings


def add(commands: Any) -> None:
    """Add `doctor` to the commands."""
    parser = commands.add_parser("doctor", help="check this machine and say what to do", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--deep", action="store_true", help="also ask torch itself, which takes some seconds")
    parser.add_argument("--repair", action="store_true", help="set the environment up anew at the next start")
    parser.set_defaults(run=check)


def check(given: argparse.Namespace) -> int:
    """Print the check list of this machine."""
    if given.repair:
        from studio import bootstrap

        bootstrap.forget()
        print("The next start sets the environment up anew: python main.py")
        return DONE
    here = places()
    found = [check.filled() for check in doctor.checks(here, Settings.load(here.settings), deep=given.deep)]
    if given.json:
        rows = [{name: getattr(row, name) for name in ("id", "title", "status", "value", "remedy")} for row in found]
        print(json.dumps({"checks": rows}, ensure_ascii=False, indent=1))
        return DONE
    for row in found:
        print(f"{row.status:4}  {row.title + ':':22} {row.value}")
        if row.status != "ok" and row.remedy:
            print(f"{'':29}{row.remedy}")
    return DONE
