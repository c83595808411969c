"""What is written down of a running web UI, so that a studio that was killed finds it again."""

import time
from pathlib import Path

import psutil
from pydantic import ValidationError

from studio.core.files import write_atomically
from studio.core.option import Record
from studio.core.paths import Places
from studio.launcher import process_group


class Run(Record):
    """One run of a web UI: its leading process, the mark all its processes carry, where its output goes."""

    pid: int
    created: float
    mark: str
    arguments: tuple[str, ...]
    log: str
    begun: float
    url: str = ""

    @property
    def is_alive(self) -> bool:
        """Whether that very process still runs; its number alone may belong to another by now."""
        try:
            process = psutil.Process(self.pid)
            return abs(process.create_time() - self.created) < 1 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


def path(places: Places, key: str) -> Path:
    """Where the run of an install is written down."""
    return places.data / "launcher" / f"{key}.run.json"


def written(pid: int, mark: str, arguments: tuple[str, ...], log: Path) -> Run:
    """The record of a process that was started just now."""
    try:
        created = psutil.Process(pid).create_time()
    except psutil.Error:  # it ended at once
        created = 0.0
    return Run(pid=pid, created=created, mark=mark, arguments=arguments, log=str(log), begun=time.time())


def save(places: Places, key: str, run: Run) -> None:
    """Write a run down."""
    write_atomically(path(places, key), run.model_dump_json(indent=1).encode())


def forget(places: Places, key: str, run: Run) -> None:
    """The run is over; a record of another run is left alone."""
    if load(places, key) in (None, run):
        path(places, key).unlink(missing_ok=True)


def load(places: Places, key: str) -> Run | None:
    """What is written down, whether it still runs or not."""
    try:
        return Run.model_validate_json(path(places, key).read_bytes())
    except (OSError, ValidationError):
        return None


def running(places: Places, key: str) -> Run | None:
    """The run of an install that is still going on; processes of one whose leader died are ended."""
    run = load(places, key)
    if run is None or run.is_alive:
        return run
    process_group.kill(run.pid, run.mark)
    forget(places, key, run)
    return None
