"""A process that works through a list of downloads, to be killed at any moment."""

import sys
from pathlib import Path

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library.downloads import runner
from studio.library.downloads.queue import opened
from studio.library.downloads.tokens import Tokens
from studio.library.downloads.web import Patience, Web

if __name__ == "__main__":
    places = Places(Path(sys.argv[1]))
    patience = Patience(connect_s=5, stall_s=2, first_wait_s=0.01, longest_wait_s=0.05, attempts=50)
    with opened(places.data / "downloads.db") as queue:
        print("ready", flush=True)
        runner.run(queue, Web(Settings(), Tokens(), patience=patience), places, JobContext())
