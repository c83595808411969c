"""`webui`: install, start, update and mend web UIs; the acts are in the files beside this one."""

import argparse
from typing import Any

from studio.cli import webui_change, webui_environment, webui_extensions, webui_look, webui_run
from studio.cli.webui_common import Act

PARTS = (webui_run, webui_look, webui_change, webui_extensions, webui_environment)


def add(commands: Any) -> None:
    """Add `webui` to the commands."""
    parser = commands.add_parser("webui", help="install, start, update and mend web UIs", allow_abbrev=False)
    acts = parser.add_subparsers(metavar="act", required=True)
    for part in PARTS:
        for act in part.ACTS:
            _add(acts, act)


def _add(acts: Any, act: Act) -> None:
    parser: argparse.ArgumentParser = acts.add_parser(act.name, help=act.help, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    if act.is_of_install:
        parser.add_argument("--webui", metavar="KEY", default="", help="which one, if there are several (webui status)")
    for flags, settings in act.arguments:
        parser.add_argument(*flags, **settings)
    parser.set_defaults(run=act.run)
