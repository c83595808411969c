"""What a text that a person pasted points at: a model of Civitai, a file of Hugging Face, any address."""

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from studio.core.errors import BadRequest
from studio.library.downloads.sites import CIVITAI, HUB_MIRRORS, HUGGINGFACE, origin_of
from studio.library.downloads.web import check_address

AIR = re.compile(
    r"(?i)(?:(?:urn:)?air:)?(?:[\w-]*:[\w-]*:)?(?P<site>civitai|huggingface):(?P<id>[^@\s]+?)(?:@(?P<version>[^\s+]+?))?"
    r"(?:\+(?P<file>\d+))?(?:\.(?:safetensors?|ckpt|diffusers?|pt|gguf))?"
)
REPOSITORY = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}")
MODEL = re.compile(r"/(?:[a-z]{2}/)?models/(\d+)(?:/|$)")
DOWNLOAD = re.compile(r"/api/download/models/(\d+)/?")
VERSION = re.compile(r"/api/v1/model-versions/(\d+)/?")
API_MODEL = re.compile(r"/api/v1/models/(\d+)/?")
HUB_FILE = re.compile(r"/(?P<repo>[\w.-]+/[\w.-]+)/(?:resolve|blob|raw)/(?P<rest>.+)")
HUB_TREE = re.compile(r"/(?P<repo>[\w.-]+/[\w.-]+)(?:/tree/(?P<revision>[^/]+)(?:/(?P<path>.*))?)?/?")
NOT_REPOSITORIES = {"api", "datasets", "spaces", "docs", "models", "collections", "blog", "papers", "organizations"}
MOST_TEXT = 4096
MOST_DIGITS = 15


@dataclass(frozen=True)
class CivitaiLink:
    """A model, a version of it, one of its files; 0 leaves open which. `wish` are a download address's own wishes."""

    model: int = 0
    version: int = 0
    file: int = 0
    wish: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class HubLink:
    """A repository of Hugging Face and a file in it, "" where it is open which; `mirror` is the origin of another
    server that the address was of."""

    repository: str
    path: str = ""
    revision: str = "main"
    mirror: str = ""


@dataclass(frozen=True)
class PlainLink:
    """Any other address."""

    url: str


Link = CivitaiLink | HubLink | PlainLink


def parse(text: str) -> Link:
    """What a pasted text points at: an address, `owner/repo[/path]`, an AIR, or a version's number.

    Raises BadRequest for what is none of these.
    """
    text = text.strip().strip("<>\"'")
    if not text or len(text) > MOST_TEXT or any(char.isspace() or not char.isprintable() for char in text):
        raise BadRequest(
            "“{text}” is no link to a model.", "Paste the address of a model's page or file.", text=text[:100]
        )
    if re.match(r"(?i)https?://", text):
        return of_address(text)
    if re.fullmatch(rf"\d{{1,{MOST_DIGITS}}}", text):
        return CivitaiLink(version=int(text))
    if found := AIR.fullmatch(text):
        return _of_air(found)
    host = text.partition("/")[0].lower()
    if host in (*CIVITAI.hosts, *HUGGINGFACE.hosts):
        return of_address(f"https://{text}")
    if "://" not in text and (found := REPOSITORY.match(text)) and ".." not in text:
        rest = text[found.end() :]
        if not rest or rest.startswith("/"):
            return _of_path(text)
    raise BadRequest("“{text}” is no link to a model.", "Paste the address of a model's page or file.", text=text[:100])


def of_address(url: str) -> Link:
    """What an address points at. Raises BadRequest."""
    check_address(url)
    host, parts = origin_of(url)[1], urlsplit(url)
    if host in CIVITAI.hosts:
        return _of_civitai(parts.path, parse_qs(parts.query), parts.query)
    if host in HUGGINGFACE.hosts:
        link = _of_hub(url, unquote(parts.path))
        is_mirrored = host in HUB_MIRRORS and isinstance(link, HubLink)
        return replace(link, mirror=f"https://{host}") if is_mirrored else link
    return PlainLink(url)


def token_in(text: str) -> str:
    """The token that a pasted address of Civitai carries, "" if none."""
    try:
        parts = urlsplit(text.strip())
        return parse_qs(parts.query).get("token", [""])[0] if (parts.hostname or "") in CIVITAI.hosts else ""
    except ValueError:
        return ""


def _of_civitai(path: str, query: dict[str, list[str]], whole: str) -> CivitaiLink:
    wishes = tuple((name, value) for name, value in parse_qsl(whole) if name in ("type", "format", "size", "fp"))
    version = _number(query.get("modelVersionId", [""])[0])
    if found := DOWNLOAD.fullmatch(path):
        return CivitaiLink(version=_number(found[1]), file=_number(query.get("fileId", [""])[0]), wish=wishes)
    if found := VERSION.fullmatch(path):
        return CivitaiLink(version=_number(found[1]))
    if found := API_MODEL.fullmatch(path) or MODEL.match(path):
        return CivitaiLink(model=_number(found[1]), version=version)
    raise BadRequest("This page of Civitai is not that of a model.", "Open the model's page and copy its address.")


def _of_hub(url: str, path: str) -> HubLink | PlainLink:
    if path.strip("/").partition("/")[0] in NOT_REPOSITORIES:
        if path.startswith(("/datasets/", "/spaces/")) and "/resolve/" in path:
            return PlainLink(url)
        raise BadRequest(
            "This page of Hugging Face is not that of a model.", "Open the model's page and copy its address."
        )
    if found := HUB_FILE.fullmatch(path):
        revision, _, inside = found["rest"].partition("/")
        if revision == "refs":
            kind, number, inside = [*inside.split("/", 2), "", ""][:3]
            revision = f"refs/{kind}/{number}"
        return _checked(HubLink(found["repo"], inside, revision))
    if found := HUB_TREE.fullmatch(path):
        return _checked(HubLink(found["repo"], (found["path"] or "").strip("/"), found["revision"] or "main"))
    raise BadRequest("This page of Hugging Face is not that of a model.", "Open the model's page and copy its address.")


def _of_path(text: str) -> HubLink:
    owner, repo, *inside = text.split("/")
    return _checked(HubLink(f"{owner}/{repo}", "/".join(inside).strip("/")))


def _of_air(found: re.Match[str]) -> CivitaiLink | HubLink:
    if found["site"].lower() == "huggingface":
        link = _of_path(found["id"]) if found["id"].count("/") else HubLink("")
        if not link.repository:
            raise BadRequest("“{text}” is no link to a model.", "Paste the address of a model's page or file.",
                             text=found[0][:100])  # fmt: skip
        return HubLink(link.repository, link.path, found["version"] or "main")
    model, version = _number(found["id"]), _number(found["version"] or "0")
    if not model:
        raise BadRequest(
            "“{text}” is no link to a model.", "Paste the address of a model's page or file.", text=found[0][:100]
        )
    return CivitaiLink(model, version, _number(found["file"] or "0"))


def _checked(link: HubLink) -> HubLink:
    pieces = [*link.repository.split("/"), *link.path.split("/"), *link.revision.split("/")]
    if {".", ".."} & set(pieces) or "" in link.repository.split("/"):
        raise BadRequest("“{text}” is no link to a model.", "Paste the address of a model's page or file.",
                         text=f"{link.repository}/{link.path}"[:100])  # fmt: skip
    return link


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0
