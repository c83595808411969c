"""One row of the queue from its first byte to the model in its folder."""

from dataclasses import replace
from pathlib import Path

from studio.core.errors import CheckpointError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.library.downloads import place
from studio.library.downloads.fetch import Mark, fetch, restart, size_of
from studio.library.downloads.queue import Queue, Row
from studio.library.downloads.verify import WrongContent, check_hash, check_name, folder_for, kind_of
from studio.library.downloads.web import Web

PART = ".part"


def transfer(row: Row, queue: Queue, web: Web, places: Places, context: JobContext) -> None:
    """Download a row's file into its part, check it, put it where it belongs, with what is said of it.

    Raises NoNetwork and its kinds, FileProblem, DiskFull or Cancelled; what is there then stays for the next try.
    """
    path = placed(row) or _already_there(row, web, places, context)
    if path is None:
        mark, kind = whole(row, queue, web, places, context)
        folder = folder_for(row.wanted, kind, places, web.settings)
        name = place.file_name(row.wanted.name or mark.name or _last(row.wanted.url), folder, _end(kind))
        context.check()
        path = place.put(row.part, folder, name, places, lambda target: queue.note(row.id, path=target))
    else:
        queue.note(row.id, path=path)
    place.describe(path, row.wanted, web, context)


def placed(row: Row) -> Path | None:
    """The file of a row whose program was killed after it was put in its place, else None."""
    is_there = row.path is not None and row.path.is_file() and not row.part.exists()
    return row.path if is_there and row.path and size_of(row.path) == row.total else None


def whole(row: Row, queue: Queue, web: Web, places: Places, context: JobContext) -> tuple[Mark, str]:
    """Fetch a row's file and check it; one with a wrong hash is fetched once more from its beginning.

    Returns what its server said and its kind, a row of model_kinds or "".
    """

    def keep(new: Mark) -> None:
        context.check()
        check_name(row.wanted.name or new.name)
        queue.note(row.id, mark=new)

    mark = row.mark
    for is_last in (False, True):
        mark = fetch(row.wanted, row.part, web, context, mark, keep)
        sha256, name = row.wanted.sha256 or mark.sha256, row.wanted.name or mark.name
        try:
            check_hash(row.part, sha256, places, context)
            kind = kind_of(row.part, name)
            keep(replace(mark, total=size_of(row.part)))  # by which it is known again after a crash
            return mark, kind
        except WrongContent:
            restart(row.part, keep)
            mark = Mark()
            if is_last:
                raise
        except CheckpointError as error:
            error.values["name"] = name or _last(row.wanted.url)
            if not sha256:
                keep(Mark())  # so that the next try begins anew
            raise
    raise AssertionError("unreachable")


def part_file(row: Row, web: Web, places: Places) -> Path:
    """Where the bytes of a row are gathered: in its folder if that is known, so that the end is a mere rename."""
    folder = folder_for(row.wanted, "", places, web.settings)
    name = place.file_name(row.wanted.name or _last(row.wanted.url), folder)
    return folder / f"{name}.{row.id}{PART}"


def _already_there(row: Row, web: Web, places: Places, context: JobContext) -> Path | None:
    """The file that was wanted, if it lies in its place already."""
    if not row.wanted.name or not row.wanted.sha256 or row.part.exists():
        return None
    folder = folder_for(row.wanted, "", places, web.settings)
    path = folder / place.file_name(row.wanted.name, folder)
    is_alike = path.is_file() and abs(size_of(path) - row.wanted.size) <= 2048
    return path if is_alike and place.same(path, row.wanted.sha256, places, context) else None


def _last(url: str) -> str:
    return url.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]


def _end(kind: str) -> str:
    return ".pt" if kind == "hypernetwork" else ".safetensors"
