"""Hugging Face's public API: the files of a repository, a search."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

from studio.catalog.hubs import HUB_BASES, HUB_KINDS, HUGGINGFACE_SORTS, PERIOD_DAYS
from studio.catalog.model_folders import PICTURES
from studio.core.job import JobContext
from studio.library.downloads.answers import Gone, Refused
from studio.library.downloads.found import Found, Page, Query, Variant
from studio.library.downloads.links import HubLink
from studio.library.downloads.sites import origin_of
from studio.library.downloads.values import number, table, tables, text, texts
from studio.library.downloads.wanted import Wanted
from studio.library.downloads.web import Web
from studio.library.sidecars import MODEL_ENDS

ADULT = "not-for-all-audiences"
NEXT = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="?next"?')
SHA256 = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
PREVIEWS = (".png", ".jpg", ".jpeg", ".webp")
MOST_RESULTS, MOST_FILES, MOST_PAGES = 24, 1000, 5
MOST_SIFTED = 100  # asked for where some of them will be left out
# A word in a file's path -> the row of model_folders it speaks for.
PATHS = (("lora", "network"), ("embedding", "embedding"), ("textual_inversion", "embedding"), ("controlnet", "control"))


def find(link: HubLink, web: Web, context: JobContext) -> Found:
    """A repository with its model files. Raises NoNetwork and its kinds, or Cancelled."""
    said, _ = web.json(f"{_repository(link, web)}", {}, context)
    found = found_of(table(said), web)
    return found.model_copy(update={"variants": (Variant(id=link.revision, title=link.revision, preview=found.preview,
                                                         files=tuple(files(link, found, web, context))),)})  # fmt: skip


def files(link: HubLink, found: Found, web: Web, context: JobContext) -> list[Wanted]:
    """The model files of a repository, safetensors first, then those at its top. Raises NoNetwork and its kinds."""
    url = f"{_repository(link, web)}/tree/{quote(link.revision, safe='')}"
    parameters: Mapping[str, Any] = {"recursive": "true"}
    rows: list[Mapping[str, Any]] = []
    for _ in range(MOST_PAGES):
        said, headers = web.json(url, parameters, context)
        rows += tables(said)
        url, parameters = _next(headers, web), {}
        if not url:
            break
    models = [row for row in rows if text(row.get("type")) == "file" and _is_model(text(row.get("path")))]
    models.sort(key=lambda row: (not text(row.get("path")).endswith(".safetensors"), text(row.get("path")).count("/")))
    return [_wanted(row, link, found, web) for row in models[:MOST_FILES]]


def chosen(link: HubLink, found: Found) -> Wanted:
    """The file that a link names, or the one that there is where it looks. Raises Gone, or Refused where it is open."""
    every = found.variants[0].files if found.variants else ()
    if not every:
        raise Refused(
            "{title} has no files to download.", "Look at its page: {page}", title=found.title, page=found.page
        )
    alike = [file for file in every if file.note == link.path]
    inside = [file for file in every if file.note.startswith(f"{link.path}/")] if link.path else list(every)
    if not alike and not inside:
        raise Gone(
            "{host} does not have this file.", "It was removed or renamed; look at its page.", host="Hugging Face"
        )
    return alike[0] if alike else _only(inside, link)


def _only(files: list[Wanted], link: HubLink) -> Wanted:
    """Of the files least deep in folders the only one, or the only one in safetensors. Raises Refused."""
    depth = min(file.note.count("/") for file in files)
    upper = [file for file in files if file.note.count("/") == depth]
    safe = [file for file in upper if file.note.endswith(".safetensors")] or upper
    if len(safe) > 1:
        raise Refused(
            "{title} has {count} model files; which one do you want?",
            "Give its path too, like {example}, or choose it in the search.",
            title=link.repository,
            count=len(files),
            example=f"{link.repository}/{safe[0].note}",
            details="\n".join(file.note for file in files[:MOST_FILES]),
        )
    return safe[0]


def search(query: Query, web: Web, context: JobContext) -> Page:
    """One page of a search. Raises NoNetwork and its kinds, or Cancelled.

    The site knows no periods: what was not changed in it is left out here.
    """
    tags = [row.huggingface for row in HUB_KINDS if row.name == query.kind]
    tags += [row.huggingface for row in HUB_BASES if row.name == query.base]
    given = {
        "search": query.words,
        "filter": tags,
        "sort": HUGGINGFACE_SORTS[query.sort],
        "direction": "-1",
        "limit": MOST_RESULTS if query.period == "AllTime" else MOST_SIFTED,
        "full": "true",
    }
    url = query.cursor if _is_own(query.cursor, web) else f"{web.sites.hub}/api/models"
    is_first = url != query.cursor
    said, headers = web.json(url, {name: value for name, value in given.items() if value} if is_first else {}, context)
    rows = [row for row in tables(said) if _is_recent(row, query.period)]
    found = (found_of(row, web).model_copy(update={"kind": query.kind}) for row in rows)
    return Page(found=tuple(one for one in found if query.adult or not one.is_adult), cursor=_next(headers, web))


def found_of(said: Mapping[str, Any], web: Web) -> Found:
    """A repository of the API as a record; what makes no sense in it is passed over."""
    key = text(said.get("id")) or text(said.get("modelId"))
    tags = tuple(tag[:100] for tag in texts(said.get("tags"))[:50])
    names = [text(row.get("rfilename")) for row in tables(said.get("siblings"))]
    picture = next((name for name in names if name.lower().endswith(PREVIEWS)), "")
    return Found(
        site="huggingface",
        id=key[:200],
        title=key.rpartition("/")[2][:300] or key[:300],
        creator=key.partition("/")[0][:100] if "/" in key else "",
        kind=_kind_by_tags(tags),
        tags=tags,
        downloads=number(said.get("downloads")),
        likes=number(said.get("likes")),
        is_adult=ADULT in tags,
        page=f"{web.sites.huggingface.origin}/{key}",
        preview=f"{web.sites.huggingface.origin}/{key}/resolve/main/{quote(picture)}" if picture else "",
    )


def _wanted(row: Mapping[str, Any], link: HubLink, found: Found, web: Web) -> Wanted:
    path, large = text(row.get("path")), table(row.get("lfs"))
    hashed = SHA256.fullmatch(text(large.get("oid")))
    is_shown = web.settings.adult_previews or not found.is_adult
    return Wanted(
        url=f"{web.sites.huggingface.origin}/{link.repository}/resolve/{quote(link.revision, safe='')}/{quote(path)}",
        name=_name(path, link),
        kind=_kind_by_path(path) or (found.kind if found.kind != "checkpoint" else ""),
        size=number(large.get("size")) or number(row.get("size")),
        sha256=hashed[1] if hashed else "",
        site="huggingface",
        title=found.title,
        page=found.page,
        preview=found.preview if is_shown else "",
        note=path,
    )


def _name(path: str, link: HubLink) -> str:
    """A file's name; one that says nothing in itself gets its repository's before it."""
    name = path.rpartition("/")[2]
    first = name.partition(".")[0]
    is_mute = first in ("diffusion_pytorch_model", "pytorch_model", "model", "pytorch_lora_weights", "learned_embeds")
    return f"{link.repository.rpartition('/')[2]} {name}" if is_mute else name


def _is_model(path: str) -> bool:
    return path.lower().endswith((*MODEL_ENDS, *PICTURES)) and not path.lower().endswith(PREVIEWS)


def _kind_by_tags(tags: tuple[str, ...]) -> str:
    order = ("embedding", "network", "control", "vae", "hypernetwork")
    rows = {row.name: row.huggingface for row in HUB_KINDS}
    return next((name for name in order if rows[name] in tags), "")


def _kind_by_path(path: str) -> str:
    folders = path.lower().rpartition("/")[0]
    return next((kind for word, kind in PATHS if word in folders), "")


def _repository(link: HubLink, web: Web) -> str:
    return f"{web.sites.hub}/api/models/{quote(link.repository)}"


def _next(headers: Mapping[str, str], web: Web) -> str:
    """The address of the next page, "" at the end; one outside the site is not believed."""
    given = next((value for name, value in headers.items() if name.lower() == "link"), "")
    found = NEXT.search(given)
    if not found:
        return ""
    url = found[1]
    if origin_of(url) == origin_of(web.sites.huggingface.origin):
        url = web.sites.address(url)
    return url[:4096] if _is_own(url, web) else ""


def _is_own(url: str, web: Web) -> bool:
    return bool(url) and origin_of(url) == origin_of(web.sites.hub)


def _is_recent(row: Mapping[str, Any], period: str) -> bool:
    if period not in PERIOD_DAYS:
        return True
    try:
        changed = datetime.fromisoformat(text(row.get("lastModified")).replace("Z", "+00:00"))
    except ValueError:
        return False
    changed = changed if changed.tzinfo else changed.replace(tzinfo=timezone.utc)
    return changed >= datetime.now(timezone.utc) - timedelta(days=PERIOD_DAYS[period])
