"""One file over a line that may break: it goes on where it stopped, also after the program was killed.

The length of the part file is the truth of how much is there. What tells that the server still has the same file is
written down before the first byte of it, so that bytes of two files never come together.
"""

import os
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from email.message import Message
from io import FileIO
from itertools import chain
from pathlib import Path
from threading import Event
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from studio.core.files import problem
from studio.core.job import JobContext
from studio.library.downloads import answers, room
from studio.library.downloads.answers import NOT_SATISFIABLE, Busy
from studio.library.downloads.meter import Meter
from studio.library.downloads.wanted import Wanted
from studio.library.downloads.web import Answer, Patience, Web

SYNC_EVERY = 2**26  # bytes between two writes through to the disk
ROUNDING = 2048  # bytes by which sites round sizes
FURTHER = 2**16  # bytes that count as having got further
WEB_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)", re.IGNORECASE)
PAGES = ("text/html", "application/xhtml+xml", "application/json", "text/xml", "application/xml")
RANGE = re.compile(r"bytes\s+(\d+)-(\d+)/(\d+|\*)", re.IGNORECASE)
UNSATISFIED = re.compile(r"bytes\s+\*/(\d+)", re.IGNORECASE)
ENCODED_NAME = re.compile(r"filename\*\s*=\s*(?:utf-8|iso-8859-1)'[^']*'([^;\s]+)", re.IGNORECASE)
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Mark:
    """What a server said of a file: by `etag` or `modified` it is known again; `total` is in bytes, 0 if unknown.

    `name` is what the server calls the file and `sha256` its hash, "" where it does not say.
    """

    etag: str = ""
    modified: str = ""
    total: int = 0
    name: str = ""
    sha256: str = ""

    @property
    def condition(self) -> str:
        """What If-Range may be: a strong ETag, or a date; "" if there is neither."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified

    def is_same(self, other: "Mark") -> bool:
        """Whether both are certainly of the same bytes."""
        if self.total and other.total and self.total != other.total:
            return False
        if self.etag or other.etag:
            return self.etag == other.etag and not self.etag.startswith("W/")
        return bool(self.modified) and self.modified == other.modified

    def contradicts(self, other: "Mark") -> bool:
        """Whether they cannot be of the same bytes."""
        pairs = ((self.etag, other.etag), (self.total, other.total))
        return any(one and two and one != two for one, two in pairs)


def fetch(
    wanted: Wanted, part: Path, web: Web, context: JobContext, mark: Mark, keep: Callable[[Mark], object]
) -> Mark:
    """Bring a file into `part`, going on behind what is there; returns what the server said of it.

    `mark` is what `keep` was last called with for this part. Reports bytes with their rate. Raises NoNetwork and its
    kinds once asking again is no use, DiskFull, FileProblem or Cancelled; the part stays and can be gone on with.
    """
    failures = 0
    while not is_whole(part, wanted, mark):
        before = size_of(part)

        def note(new: Mark) -> None:
            nonlocal mark
            mark = new
            keep(new)

        try:
            _once(wanted, part, web, context, mark, note)
        except OSError as error:
            raise problem(part, error) from error
        except Busy as error:
            context.check()
            failures = 0 if size_of(part) > before + FURTHER else failures + 1
            if failures >= web.patience.attempts:
                raise
            wait(context, delay_s(failures, error.wait_s, web.patience), size_of(part), mark.total or wanted.size)
        else:
            break
    return mark


def is_whole(part: Path, wanted: Wanted, mark: Mark) -> bool:
    """Whether everything is there already."""
    have = size_of(part)
    return have > 0 and (have == mark.total or (bool(wanted.sha256) and have == wanted.size))


def delay_s(failures: int, asked_s: float, patience: Patience) -> float:
    """How long to wait after so many failures in a row: longer each time, and never for all at the same moment."""
    wait = min(patience.first_wait_s * 2 ** max(failures - 1, 0), patience.longest_wait_s)
    return max(wait * random.uniform(0.5, 1.5), asked_s)  # noqa: S311 - no secret


def wait(context: JobContext, seconds: float, done: int, total: int) -> None:
    """Wait, unless the work is cancelled. Raises Cancelled."""
    woken = Event()
    with context.on_cancel(woken.set):
        context.progress(done, total, "Waiting for the server …")
        woken.wait(seconds)
    context.check()


def size_of(path: Path) -> int:
    """The size of a file in bytes, 0 if there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _once(
    wanted: Wanted, part: Path, web: Web, context: JobContext, mark: Mark, keep: Callable[[Mark], object]
) -> None:
    have = size_of(part)
    if have and not (mark.condition or wanted.sha256):
        have = 0  # nothing could tell whether the rest belongs to it
    with web.opened(wanted.url, _range(have, mark), context) as answer:
        if answer.status == NOT_SATISFIABLE:
            _settle(part, answer, mark, keep)
            return
        said, pieces = mark_of(answer), answer.chunks()
        first = next(pieces, b"")
        start = _start(answer, have, mark, said)
        if _is_page(answer, wanted) or (start == 0 and WEB_PAGE.match(first)):
            raise answers.page(urlsplit(answer.url).hostname or "")
        if start is None:
            restart(part, keep)
            raise _another(answer)
        if start or (have and _is_known(wanted, mark, said)):
            said = replace(said, etag=said.etag or mark.etag, modified=said.modified or mark.modified)
        else:
            restart(part, keep)
        if said != mark:
            keep(said)
        _check_room(part, (said.total or wanted.size) - size_of(part))
        _write(part, start, chain((first,), pieces), _length(wanted, said), web.patience, context)


def _range(have: int, mark: Mark) -> dict[str, str]:
    if not have:
        return {}
    return {"Range": f"bytes={have}-", **({"If-Range": mark.condition} if mark.condition else {})}


def mark_of(answer: Answer) -> Mark:
    """What an answer says of its file."""
    headers: Mapping[str, str] = answer.headers
    linked = headers.get("X-Linked-Etag", "").strip('"').lower()
    sha256 = linked if SHA256.fullmatch(linked) else ""
    name = disposition(headers.get("Content-Disposition", ""))
    if answer.is_encoded:
        return Mark(name=name, sha256=sha256)
    etag, modified = headers.get("ETag", "").strip(), headers.get("Last-Modified", "").strip()
    return Mark(etag[:256], modified[:64], _total(answer), name, sha256)


def disposition(text: str) -> str:
    """The file name in a Content-Disposition header, "" if there is none; the encoded form counts first (RFC 6266)."""
    if found := ENCODED_NAME.search(text):
        return unquote(found[1], errors="ignore")[:1024]
    if not text:
        return ""
    message = Message()
    try:
        message["Content-Disposition"] = text.replace("\r", " ").replace("\n", " ")
        return (message.get_filename("") or "")[:1024]
    except (ValueError, LookupError, UnicodeError):
        return ""


def _total(answer: Answer) -> int:
    if found := RANGE.match(answer.headers.get("Content-Range", "")):
        return _number(found[3])
    return _number(answer.headers.get("Content-Length", "")) if answer.status == 200 else 0


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _start(answer: Answer, have: int, mark: Mark, said: Mark) -> int | None:
    """Where in the file an answer begins; None if it is part of another file than what is there."""
    if answer.status != 206:
        return 0
    found = RANGE.match(answer.headers.get("Content-Range", ""))
    begins = int(found[1]) if found else have
    if begins != have or (have and mark.contradicts(said)):
        return None
    return have


def _is_page(answer: Answer, wanted: Wanted) -> bool:
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind in PAGES and not wanted.name.lower().endswith((".json", ".xml", ".html"))


def _settle(part: Path, answer: Answer, mark: Mark, keep: Callable[[Mark], object]) -> None:
    """After a range that is not there: what is on the disk is all, or belongs to another file."""
    found = UNSATISFIED.match(answer.headers.get("Content-Range", ""))
    if found and int(found[1]) == size_of(part):
        keep(replace(mark, total=int(found[1])))
        return
    restart(part, keep)
    raise _another(answer)


def _another(answer: Answer) -> Busy:
    return Busy("{host} has another file there by now.", "Try again.", host=urlsplit(answer.url).hostname)


def _is_known(wanted: Wanted, mark: Mark, said: Mark) -> bool:
    """Whether what is there can be the beginning of an answer that begins at the beginning."""
    return mark.is_same(said) or (bool(wanted.sha256) and not mark.contradicts(said))


def restart(part: Path, keep: Callable[[Mark], object]) -> None:
    """Begin anew: first nothing is there, then nothing is said of it."""
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(b"")
    keep(Mark())


def _check_room(part: Path, missing: int) -> None:
    room.check(part.parent, [(part.parent, max(missing, 0))])


class Length(NamedTuple):
    """How many bytes a file has: what the server says now, and what its site said earlier; 0 if unknown.

    With fewer than `least` it is not whole.
    """

    said: int
    told: int
    least: int


def _length(wanted: Wanted, said: Mark) -> Length:
    """What is known of a file's length; Civitai rounds."""
    rounding = ROUNDING if wanted.site == "civitai" else 0
    return Length(said.total, wanted.size, said.total or wanted.size - rounding)


def _write(
    part: Path, start: int, pieces: Iterator[bytes], length: Length, patience: Patience, context: JobContext
) -> None:
    """Write what comes from byte `start` on; bytes that are there already are compared and kept."""
    meter, slow = Meter(), _Slowness(patience)
    total = length.said or length.told
    with FileIO(part, "r+") as file:
        done = synced = file.seek(start)
        for chunk in pieces:
            context.check()
            _lay(file, chunk)
            done += len(chunk)
            slow.check(done)
            if meter.see(done):
                context.progress(done, max(total, done), rate=meter.rate)
            if done - synced >= SYNC_EVERY:
                os.fsync(file.fileno())
                synced = done
                _check_room(part, 1)
        if done < length.least:
            raise Busy("The file ended too early.", "Try again later.")
        file.truncate(done)
        os.fsync(file.fileno())
    context.progress(done, total or done, rate=meter.rate)


def _lay(file: FileIO, chunk: bytes) -> None:
    """Put a piece where the file stands; what is there and the same is left, from the first difference on it goes."""
    old = file.read(len(chunk)) or b""
    if old == chunk:
        return
    file.seek(-len(old), os.SEEK_CUR)
    file.truncate()
    view = memoryview(chunk)
    while view:
        view = view[file.write(view) or 0 :]


class _Slowness:
    """Notices a line over which nearly nothing comes."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._since_s = time.monotonic()
        self._done = -1

    def check(self, done: int) -> None:
        """Raise Busy if for a long time less came than is worth waiting for."""
        now, least = time.monotonic(), self._patience.least_rate * self._patience.slow_s
        if self._done < 0 or done - self._done >= least:
            self._since_s, self._done = now, done
        elif now - self._since_s > self._patience.slow_s:
            raise Busy("The server sends hardly anything.", "Try again later, or set a proxy or a mirror.")
