"""The public list of extensions: fetched, kept for offline use, searched; everything in it is foreign and checked."""

import hashlib
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from studio.core.errors import FileProblem, NoNetwork, StudioError
from studio.core.files import write_atomically
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher.git import bare_url
from studio.launcher.git_errors import redacted

ADDRESS = "https://raw.githubusercontent.com/AUTOMATIC1111/stable-diffusion-webui-extensions/master/index.json"
MAX_BYTES, MAX_ENTRIES, MAX_TAGS, MAX_TEXT, MAX_URL = 32 << 20, 20_000, 50, 2_000, 500
MAX_STARS = 10_000_000
FRESH_S, TIMEOUT_S = 6 * 3600.0, 20.0
HIDDEN = ("ads", "localization")
TAG = re.compile(r"[^\x00-\x1f]{1,60}")

Fetch = Callable[[str, Mapping[str, str]], bytes]


@dataclass(frozen=True)
class Entry:
    """One extension of the list; times in seconds since 1970, 0 where it is not known."""

    name: str
    url: str
    description: str = ""
    tags: tuple[str, ...] = ()
    stars: int = 0
    added: float = 0.0
    created: float = 0.0
    updated: float = 0.0


@dataclass(frozen=True)
class Index:
    """The list. `tags` are tag -> description; `at` is when it was fetched; `left_out` counts what was no extension.

    `is_offline` says that the server could not be asked and this is the copy of `at`.
    """

    entries: tuple[Entry, ...]
    tags: Mapping[str, str]
    at: float = 0.0
    is_offline: bool = False
    left_out: int = 0


SORTS: dict[str, tuple[Callable[[Entry], Any], bool]] = {
    "stars": (lambda one: one.stars, True),
    "updated": (lambda one: one.updated, True),
    "added": (lambda one: one.added, True),
    "created": (lambda one: one.created, True),
    "name": (lambda one: one.name.casefold(), False),
    "listed": (lambda one: 0, False),  # noqa: ARG005
}


def load(
    places: Places,
    env: Mapping[str, str],
    context: JobContext,
    *,
    url: str = "",
    fetch: Fetch | None = None,
    max_age_s: float = FRESH_S,
) -> Index:
    """The list, from the copy kept here if it is younger than `max_age_s`, else from the server.

    Where the server cannot be asked or answers nonsense, the copy is given and the context is told. `env` holds the
    proxy. Raises NoNetwork or FileProblem if there is no copy either, Cancelled.
    """
    address = url or env.get("WEBUI_EXTENSIONS_INDEX") or ADDRESS
    kept = places.data / "launcher" / f"extensions-{hashlib.sha256(address.encode()).hexdigest()[:12]}.json"
    copy = _kept(kept)
    if copy is not None and 0 <= time.time() - copy.at < max_age_s:
        return copy
    context.progress(0, 0, "Fetching the list of extensions")
    try:
        data = (fetch or fetched)(address, env)
        index = parse(data)
    except StudioError:
        if copy is None:
            raise
        context.note("The list of extensions could not be fetched; this is the last copy.")
        return Index(copy.entries, copy.tags, copy.at, is_offline=True, left_out=copy.left_out)
    context.check()
    write_atomically(kept, data)
    return Index(index.entries, index.tags, time.time(), left_out=index.left_out)


def _kept(path: Path) -> Index | None:
    try:
        index = parse(path.read_bytes()[: MAX_BYTES + 1])
        return Index(index.entries, index.tags, path.stat().st_mtime, left_out=index.left_out)
    except (OSError, StudioError):
        return None


def fetched(address: str, env: Mapping[str, str]) -> bytes:
    """What a server answers, through the proxy of `env`. Raises NoNetwork."""
    proxies = {
        scheme: env.get(f"{scheme.upper()}_PROXY") or env.get(f"{scheme}_proxy", "") for scheme in ("http", "https")
    }
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({scheme: proxy for scheme, proxy in proxies.items() if proxy})
    )
    try:
        if urlsplit(address).scheme not in ("http", "https"):
            raise ValueError("no web address")
        request = urllib.request.Request(address, headers={"User-Agent": "sd-studio"})  # noqa: S310
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            return answer.read(MAX_BYTES + 1)
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise NoNetwork(
            "The list of extensions cannot be fetched from {url}.",
            "Check the connection, the proxy and the address of the list in the settings.",
            url=redacted(address),
            details=str(error),
        ) from error


def parse(data: bytes) -> Index:
    """Read a list; entries that are none are left out and counted. Raises FileProblem if it is no list at all."""
    try:
        said = json.loads(data.decode("utf-8-sig")) if len(data) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        said = None
    rows = said.get("extensions") if isinstance(said, dict) else None
    if not isinstance(rows, list):
        raise FileProblem("index.json", "The answer is no list of extensions.", "Check the address of the list.")
    found: dict[str, Entry] = {}
    for row in rows[:MAX_ENTRIES]:
        entry = _entry(row)
        if entry is not None:
            found.setdefault(entry.url.casefold(), entry)
    tags = said.get("tags") if isinstance(said, dict) else None
    described = {tag: _text(text) for tag, text in tags.items() if TAG.fullmatch(tag)} if isinstance(tags, dict) else {}
    return Index(tuple(found.values()), described, left_out=len(rows) - len(found))


def _entry(row: object) -> Entry | None:
    if not isinstance(row, dict):
        return None
    name, url = _text(row.get("name")), row.get("url")
    if not name or not isinstance(url, str) or not is_web_address(url):
        return None
    tags, stars = row.get("tags"), row.get("stars")
    return Entry(
        name[:200],
        url.strip(),
        _text(row.get("description")),
        tuple(tag for tag in tags[:MAX_TAGS] if isinstance(tag, str) and TAG.fullmatch(tag))
        if isinstance(tags, list)
        else (),
        min(max(stars, 0), MAX_STARS) if isinstance(stars, int) and not isinstance(stars, bool) else 0,
        _time(row.get("added")),
        _time(row.get("created_at")),
        _time(row.get("commit_time")),
    )


def is_web_address(url: str) -> bool:
    """Whether a foreign list may offer this address: a plain web address without a password, nothing on this disk."""
    try:
        parts = urlsplit(url.strip())
        host, has_user = parts.hostname or "", parts.username is not None or parts.password is not None
    except ValueError:
        return False
    plain = len(url) <= MAX_URL and url.strip().isprintable() and " " not in url.strip()
    named = bool(re.fullmatch(r"[a-z0-9][a-z0-9.-]*|[0-9a-f:.]+", host))
    return plain and parts.scheme in ("https", "http") and named and not has_user and len(parts.path) > 1


def _text(value: object) -> str:
    """A text of one line without control characters; "" for anything else."""
    if not isinstance(value, str):
        return ""
    shown = "".join(letter if letter.isprintable() else " " for letter in value[:MAX_TEXT])
    return " ".join(shown.split())


def _time(value: object) -> float:
    if not isinstance(value, str) or len(value) > 40:
        return 0.0
    try:
        found = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def search(
    index: Index,
    text: str = "",
    *,
    tags: Iterable[str] = (),
    hidden: Iterable[str] = HIDDEN,
    installed: Iterable[str] = (),
    hide_installed: bool = False,
    sort: str = "stars",
) -> list[Entry]:
    """The extensions that hold every word of `text` (in name, description, tags or address) and every one of `tags`.

    Those with a `hidden` tag are left out unless it is asked for. `installed` are the addresses of what is there.
    Raises KeyError for an unknown `sort`.
    """
    words, asked = text.casefold().split(), set(tags)
    off, known = set(hidden) - asked, {bare_url(url) for url in installed}
    key, newest_first = SORTS[sort]
    found = [
        one
        for one in index.entries
        if asked.issubset(one.tags)
        and off.isdisjoint(one.tags)
        and _holds(one, words)
        and not (hide_installed and bare_url(one.url) in known)
    ]
    return sorted(found, key=key, reverse=newest_first)


def _holds(one: Entry, words: list[str]) -> bool:
    text = " ".join((one.name, one.description, *one.tags, one.url)).casefold()
    return all(word in text for word in words)
