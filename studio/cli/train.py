"""`train`: train a model without a window."""

import argparse
import sys
from pathlib import Path
from typing import Any

from studio.cli.terminal import DONE, INTERRUPTED, Watch, stopped_by_ctrl_c
from studio.core.errors import Cancelled
from studio.core.job import JobContext


def add(commands: Any) -> None:
    """Add `train` to the commands."""
    parser = commands.add_parser("train", help="train a model", allow_abbrev=False)
    parser.add_argument("what", choices=("pocket",), help="pocket: the small model that comes with the studio")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder that pictures and state are in")
    parser.add_argument("--minutes", type=float, default=150, metavar="N", help="how long; default: 150")
    parser.add_argument("--resume", action="store_true", help="go on with the training in that folder")
    parser.add_argument("--from", dest="start", type=Path, metavar="FILE", help="begin with a finished model file")
    parser.add_argument("--evaluate", action="store_true", help="measure the model in that folder instead")
    parser.set_defaults(run=train)


def train(given: argparse.Namespace) -> int:
    """Train or measure the pocket model; stopped by Ctrl+C it keeps what it has learnt."""
    from studio import tasks

    watch = Watch(sys.stderr, None)
    context = JobContext(watch.report)
    try:
        with stopped_by_ctrl_c(context):
            if given.evaluate:
                print(tasks.evaluate_pocket(given.data, context))
            else:
                print(tasks.train_pocket(given.data, given.minutes, given.resume, context, given.start))
        return DONE
    except Cancelled:
        return INTERRUPTED
    finally:
        watch.close()
