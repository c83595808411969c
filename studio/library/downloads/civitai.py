"""Civitai's public REST API, version 1: a model, a version, a search."""

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from studio.catalog.hubs import CIVITAI_SORTS, HUB_BASES, HUB_KINDS
from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.library.downloads.answers import Gone, Refused, early_access
from studio.library.downloads.found import Found, Page, Query, Variant
from studio.library.downloads.links import CivitaiLink
from studio.library.downloads.sites import origin_of
from studio.library.downloads.values import number, table, tables, text, texts
from studio.library.downloads.wanted import Wanted
from studio.library.downloads.web import Web
from studio.library.sidecars import MODEL_ENDS, plain

KINDS = {kind: row.name for row in HUB_KINDS for kind in row.civitai}
FILE_KINDS = {"VAE": "vae"}
NOT_MODELS = ("Training Data", "Config", "Archive", "Workflow")
PUBLIC_LEVELS = 0b11  # PG and PG-13; the rest is for adults, and so is what nobody rated
SHA256 = re.compile(r"[0-9a-fA-F]{64}")
MOST_IMAGES, MOST_VERSIONS, MOST_RESULTS = 20, 100, 24
VIDEO = re.compile(r"\.(mp4|webm|mov|gif)(\?|$)", re.IGNORECASE)
WIDTH = re.compile(r"/(width=\d+|original=true)(,[^/]*)?/")


def find(link: CivitaiLink, web: Web, context: JobContext) -> Found:
    """The model that a link points at, with its versions; a link's own version comes first.

    Raises NoNetwork and its kinds, or Cancelled.
    """
    model, version = link.model, link.version
    told: Mapping[str, Any] = {}
    if not model:
        told = _asked(f"/api/v1/model-versions/{version}", web, context)
        model = number(told.get("modelId"))
    said = _model_of(model, told, web, context)
    found = found_of(said, web)
    variants = sorted(found.variants, key=lambda one: one.id != str(version)) if version else found.variants
    if version and (not variants or variants[0].id != str(version)):
        raise Gone("{host} does not have this file.", "It was removed or renamed; look at its page.", host="Civitai")
    return found.model_copy(update={"variants": tuple(variants)})


def chosen(link: CivitaiLink, found: Found) -> Wanted:
    """The file that a link means: the one it names, else the best match of its wishes, else the version's main one.

    Raises Refused for a version in early access or without files.
    """
    variant = next(iter(found.variants), None)
    if variant is None or not variant.files:
        raise Refused(
            "{title} has no files to download.", "Look at its page: {page}", title=found.title, page=found.page
        )
    if variant.locked_until:
        raise early_access(variant.locked_until)
    if link.file:
        told = tables(variant.files[0].metadata.get("files"))
        names = [text(file.get("name")) for file in told if file.get("id") == link.file]
        return next((file for file in variant.files if file.name in names), variant.files[0])
    wishes = [value.lower() for _, value in link.wish]
    return max(variant.files, key=lambda file: sum(wish in f"{file.note} {file.name}".lower() for wish in wishes))


def search(query: Query, web: Web, context: JobContext) -> Page:
    """One page of a search. Raises NoNetwork and its kinds, or Cancelled."""
    kinds = [kind for row in HUB_KINDS if row.name == query.kind for kind in row.civitai]
    bases = [base for row in HUB_BASES if row.name == query.base for base in row.civitai]
    given = {
        "limit": MOST_RESULTS,
        "query": query.words,
        "types": kinds,
        "baseModels": bases,
        "sort": CIVITAI_SORTS[query.sort],
        "period": query.period,
        "nsfw": str(query.adult).lower(),
        "cursor": query.cursor,
    }
    said, _ = web.json(
        f"{web.sites.civitai.origin}/api/v1/models", {name: value for name, value in given.items() if value}, context
    )
    found = tuple(found_of(item, web) for item in tables(table(said).get("items"))[:100])
    shown = tuple(one for one in found if query.adult or not one.is_adult)
    return Page(found=shown, cursor=_cursor(table(table(said).get("metadata"))))


def _cursor(metadata: Mapping[str, Any]) -> str:
    """What leads to the next page: a text or a number that means nothing to us, "" at the end."""
    cursor = metadata.get("nextCursor")
    return text(cursor)[:4096] or str(number(cursor) or "")


def found_of(said: Mapping[str, Any], web: Web) -> Found:
    """A model of the API as a record; what makes no sense in it is passed over."""
    versions = [one for one in tables(said.get("modelVersions"))[:MOST_VERSIONS] if number(one.get("id"))]
    stats, creator = table(said.get("stats")), table(said.get("creator"))
    key = number(said.get("id"))
    return Found(
        site="civitai",
        id=str(key),
        title=text(said.get("name"))[:300] or str(key),
        creator=text(creator.get("username"))[:100],
        kind=KINDS.get(text(said.get("type")), ""),
        description=plain(text(said.get("description")))[:20_000],
        tags=tuple(tag[:100] for tag in texts(said.get("tags"))[:50]),
        downloads=number(stats.get("downloadCount")),
        likes=number(stats.get("thumbsUpCount")) or number(stats.get("favoriteCount")),
        is_adult=said.get("nsfw") is True,
        page=f"{web.sites.civitai.origin}/models/{key}",
        variants=tuple(_variant(one, said, web) for one in versions),
    )


def _variant(version: Mapping[str, Any], model: Mapping[str, Any], web: Web) -> Variant:
    preview, is_adult = _preview(version, model.get("nsfw") is True)
    files = [_wanted(file, version, model, web, preview, is_adult) for file in _files(version)]
    return Variant(
        id=str(number(version.get("id"))),
        title=text(version.get("name"))[:200],
        base=text(version.get("baseModel"))[:100],
        published=text(version.get("publishedAt"))[:10],
        locked_until=_locked_until(version),
        preview=preview,
        is_preview_adult=is_adult,
        files=tuple(files),
    )


def _files(version: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The model files of a version, the main one first."""
    files = [file for file in tables(version.get("files"))[:50] if text(file.get("type")) not in NOT_MODELS]
    files = [file for file in files if text(file.get("name")).lower().endswith(MODEL_ENDS)]
    return sorted(
        files, key=lambda file: (file.get("primary") is not True, text(file.get("type")) not in ("", "Model"))
    )


def _wanted(
    file: Mapping[str, Any],
    version: Mapping[str, Any],
    model: Mapping[str, Any],
    web: Web,
    preview: str,
    is_adult: bool,
) -> Wanted:
    told = text(table(file.get("hashes")).get("SHA256"))
    more = table(file.get("metadata"))
    size = file.get("sizeKB")
    kind = FILE_KINDS.get(text(file.get("type"))) or KINDS.get(text(model.get("type")), "")
    is_shown = bool(preview) and (web.settings.adult_previews or not is_adult)
    return Wanted(
        url=_address(file, version, web),
        name=text(file.get("name"))[:300],
        kind=kind,
        size=round(size * 1024) if isinstance(size, int | float) and 0 <= size < 2**40 else 0,
        sha256=told.lower() if SHA256.fullmatch(told) else "",
        site="civitai",
        title=f"{text(model.get('name'))} {text(version.get('name'))}".strip()[:500],
        base=text(version.get("baseModel"))[:100],
        page=f"{web.sites.civitai.origin}/models/{number(model.get('id'))}?modelVersionId={number(version.get('id'))}",
        preview=preview if is_shown else "",
        note=" ".join(filter(None, (text(more.get(name))[:30] for name in ("format", "size", "fp")))),
        metadata=_info(version, model),
    )


def _address(file: Mapping[str, Any], version: Mapping[str, Any], web: Web) -> str:
    """Where a file is; an address outside Civitai is not believed."""
    url, origin = text(file.get("downloadUrl")), web.sites.civitai.origin
    if url and origin_of(url) == origin_of(origin):
        return url[:2000]
    return f"{origin}/api/download/models/{number(version.get('id'))}"


def _info(version: Mapping[str, Any], model: Mapping[str, Any]) -> dict[str, Any]:
    """What becomes .civitai.info: the version, with what the field's programs look for of its model."""
    kept = {name: value for name, value in version.items() if name not in ("images", "files", "stats", "model")}
    about = {name: model.get(name) for name in ("name", "type", "nsfw", "poi", "description", "tags")}
    files = [{name: file.get(name) for name in ("id", "name", "type", "sizeKB", "hashes", "metadata", "primary")}
             for file in tables(version.get("files"))[:50]]  # fmt: skip
    images = [{name: image.get(name) for name in ("url", "nsfwLevel", "width", "height", "type")}
              for image in tables(version.get("images"))[:MOST_IMAGES]]  # fmt: skip
    return {**kept, "modelId": number(model.get("id")), "model": about, "files": files, "images": images}


def _preview(version: Mapping[str, Any], is_model_adult: bool) -> tuple[str, bool]:
    """The address of a version's picture and whether it is for adults; one that is not comes first."""
    pictures = [(_small(text(image.get("url"))), is_adult(image, is_model_adult))
                for image in tables(version.get("images"))[:MOST_IMAGES] if _is_picture(image)]  # fmt: skip
    return next((one for one in pictures if not one[1]), pictures[0] if pictures else ("", False))


def is_adult(image: Mapping[str, Any], is_model_adult: bool) -> bool:
    """Whether a picture is for adults, by its level, or its old mark, or else its model's."""
    level, mark = image.get("nsfwLevel"), image.get("nsfw")
    if isinstance(level, int) and not isinstance(level, bool):
        return level & PUBLIC_LEVELS == 0 or level & ~PUBLIC_LEVELS != 0
    if isinstance(mark, str):
        return mark not in ("None", "Soft")
    return mark is True or is_model_adult


def _is_picture(image: Mapping[str, Any]) -> bool:
    url = text(image.get("url"))
    return url.startswith("http") and text(image.get("type")) in ("", "image") and not VIDEO.search(url)


def _small(url: str) -> str:
    return WIDTH.sub("/width=450/", url, count=1)[:2000]


def _locked_until(version: Mapping[str, Any]) -> str:
    """The day until which a version is only for those who paid; "" if it is free."""
    until = text(version.get("earlyAccessEndsAt")) or text(version.get("earlyAccessDeadline"))
    try:
        end = datetime.fromisoformat(until.replace("Z", "+00:00"))
    except ValueError:
        return ""
    end = end if end.tzinfo else end.replace(tzinfo=timezone.utc)
    return f"{end:%Y-%m-%d}" if end > datetime.now(timezone.utc) else ""


def _asked(path: str, web: Web, context: JobContext) -> Mapping[str, Any]:
    said, _ = web.json(f"{web.sites.civitai.origin}{path}", {}, context)
    return table(said)


def _model_of(model: int, version: Mapping[str, Any], web: Web, context: JobContext) -> Mapping[str, Any]:
    """A whole model; where it cannot be had but a version was, what that says of it."""
    try:
        return _asked(f"/api/v1/models/{model}", web, context)
    except StudioError:
        if not version:
            raise
        return {"id": model, **table(version.get("model")), "modelVersions": [version]}
