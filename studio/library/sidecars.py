"""The files beside a model: what people and programs say of it, and its preview picture.

Read from all of them, written to X.json alone: what the web UI knows under its names, the rest under one name of ours,
which the web UI leaves as it is.
"""

import base64
import json
import os
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field

from studio.catalog.model_folders import PICTURES as EMBEDDED
from studio.core.errors import FileProblem
from studio.core.files import write_atomically
from studio.core.option import Record
from studio.core.settings import lenient

OWN = "sd studio"  # our part of X.json
PICTURES = (".preview.png", ".png", ".preview.jpg", ".jpg", ".preview.jpeg", ".jpeg", ".preview.webp", ".webp")
NOTES = (".json", ".civitai.info", ".cm-info.json", ".txt", ".yaml", ".text_config.json")
MAX_NOTES = 2**23
MAX_TEXT = 100_000
MAX_COVER = 2**26
COVERS = ("modelspec.thumbnail", "ssmd_cover_images")
MOST = 200
MODEL_ENDS = (".safetensors", ".ckpt", ".pt", ".pth", ".bin")
AnyRecord = TypeVar("AnyRecord", bound=Record)
Text = Annotated[str, Field(max_length=MAX_TEXT)]


class ModelDefaults(Record):
    """What a request is set to when the model is chosen; None leaves it. A prompt is a hint for an empty one."""

    sampler: Text | None = None
    schedule: Text | None = None
    steps: Annotated[int, Field(ge=1, le=1_000)] | None = None
    cfg_scale: Annotated[float, Field(ge=0, le=100)] | None = None
    width: Annotated[int, Field(ge=8, le=16_384)] | None = None
    height: Annotated[int, Field(ge=8, le=16_384)] | None = None
    vae: Text | None = None
    clip_skip: Annotated[int, Field(ge=1, le=12)] | None = None
    prompt: Text | None = None
    negative_prompt: Text | None = None


class Sidecar(Record):
    """What the files beside a model say. A preferred weight of 0 is none; `base` is as its writer called it.

    `page` is the address of the model's page; `files` are the names of those that were read.
    """

    title: Text = ""
    description: Text = ""
    notes: Text = ""
    base: Text = ""
    activation_text: Text = ""
    preferred_weight: float = 0
    negative_text: Text = ""
    vae: Text = ""
    trained_words: tuple[Text, ...] = ()
    page: Text = ""
    is_favourite: bool = False
    tags: tuple[Text, ...] = ()
    defaults: ModelDefaults = ModelDefaults()
    files: tuple[str, ...] = ()

    @property
    def trigger_text(self) -> str:
        """What is put into the prompt with the model: its owner's text before its maker's words."""
        return self.activation_text or next(iter(self.trained_words), "")


# Our field -> the web UI's name for it in X.json.
WEB_UI = {
    "description": "description", "notes": "notes", "base": "sd version", "activation_text": "activation text",
    "preferred_weight": "preferred weight", "negative_text": "negative text", "vae": "vae",
}  # fmt: skip
OURS = {"title": "title", "is_favourite": "favourite", "tags": "tags", "defaults": "defaults"}


def read(path: Path) -> Sidecar:
    """What the files beside the model at `path` say; what makes no sense is passed over.

    The owner's X.json counts before the .civitai.info and that before the .cm-info.json of download programs.
    """
    found: dict[str, Any] = {}
    files = []
    for end, meaning in ((".json", _of_json), (".civitai.info", _of_civitai), (".cm-info.json", _of_matrix)):
        file = beside(path, end)
        said = _said(file)
        if said:
            files.append(file.name)
            found = {name: value for name, value in meaning(said).items() if value not in ("", (), None)} | found
    return lenient(Sidecar, {**found, "files": tuple(files)})


def save(path: Path, **changes: object) -> Sidecar:
    """Write `changes` of Sidecar's fields to X.json and leave everything else in it as it is.

    Raises FileProblem if X.json is there and cannot be understood, so that nothing of it is lost, or DiskFull.
    """
    file = beside(path, ".json")
    said = _said(file)
    if said is None and file.exists() and file.stat().st_size:
        raise FileProblem(file, "{name} is no list of properties; it was not changed.", "Mend it or move it away.")
    said = said or {}
    values = Sidecar.model_validate({**read(path).model_dump(), **changes}).model_dump(mode="json")
    own = _table(said.get(OWN))
    for name in changes:
        if name in WEB_UI:
            said[WEB_UI[name]] = values[name]
        else:
            own[OURS[name]] = values[name]
    if own:
        said[OWN] = own
    write_atomically(file, json.dumps(said, indent=4, ensure_ascii=False).encode("utf-8", "replace"))
    return read(path)


def beside(path: Path, end: str) -> Path:
    """The file of the model's name with another ending: dir/a.b.safetensors, .json -> dir/a.b.json."""
    return path.with_name(stem(path) + end)


def stem(path: Path) -> str:
    """The name without the ending of model files; a folder has none."""
    return path.stem if path.suffix.lower() in (*MODEL_ENDS, *EMBEDDED) else path.name


def preview(path: Path) -> Path | None:
    """The picture beside a model."""
    return next((file for end in PICTURES if (file := beside(path, end)) != path and file.is_file()), None)


def family(path: Path) -> list[Path]:
    """The files beside a model that belong to it alone; none if another model of its name lies there too."""
    twins = (beside(path, end) for end in MODEL_ENDS)
    if any(twin != path and twin.exists() for twin in twins):
        return []
    found = (beside(path, end) for end in (*NOTES, *PICTURES))
    return [file for file in found if file != path and os.path.lexists(file)]


def set_preview(path: Path, picture: bytes) -> Path:
    """Make a PNG the model's preview picture. Raises FileProblem or DiskFull."""
    target = beside(path, PICTURES[0])
    write_atomically(target, picture)
    return target


def has_cover(metadata: Mapping[str, str]) -> bool:
    """Whether a safetensors file says that it carries a picture."""
    return any(metadata.get(key) for key in COVERS)


def cover(metadata: Mapping[str, str]) -> bytes | None:
    """The picture that a safetensors file carries in its metadata, as its file's bytes; they may be nonsense."""
    text = metadata.get(COVERS[0], "").partition("base64,")[2]
    text = text or next(iter(_texts(_parsed(metadata.get(COVERS[1], "")))), "")
    text = text.partition("base64,")[2] or text
    if not text or len(text) > MAX_COVER:
        return None
    try:
        return base64.b64decode(text, validate=False)
    except ValueError:
        return None


def _said(file: Path) -> dict[str, Any] | None:
    """The table in a file, None if there is none."""
    try:
        if file.stat().st_size > MAX_NOTES:
            return None
        value = _parsed(file.read_text("utf-8-sig"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if len(text) <= MAX_COVER else None
    except (ValueError, RecursionError):
        return None


def _of_json(said: dict[str, Any]) -> dict[str, Any]:
    own = _table(said.get(OWN))
    weight = said.get(WEB_UI["preferred_weight"])
    texts = {name: _text(said.get(key)) for name, key in WEB_UI.items() if name != "preferred_weight"}
    return {
        **texts,
        "preferred_weight": float(weight) if isinstance(weight, int | float) and abs(weight) < 100 else 0.0,
        "title": _text(own.get("title")),
        "is_favourite": own.get("favourite") is True,
        "tags": tuple(_texts(own.get("tags"))),
        "defaults": lenient(ModelDefaults, _table(own.get("defaults"))),
    }


def _of_civitai(said: dict[str, Any]) -> dict[str, Any]:
    model = _table(said.get("model"))
    number = said.get("modelId")
    return {
        "title": " ".join(filter(None, (_text(model.get("name")), _text(said.get("name"))))),
        "description": plain(_text(model.get("description")) or _text(said.get("description"))),
        "base": _text(said.get("baseModel")),
        "trained_words": tuple(_texts(said.get("trainedWords"))),
        "tags": tuple(_texts(model.get("tags"))),
        "page": f"https://civitai.com/models/{number}" if isinstance(number, int) else "",
    }


def _of_matrix(said: dict[str, Any]) -> dict[str, Any]:
    number = said.get("ModelId")
    return {
        "title": " ".join(filter(None, (_text(said.get("UserTitle")) or _text(said.get("ModelName")),
                                        _text(said.get("VersionName"))))),
        "description": plain(_text(said.get("ModelDescription")) or _text(said.get("VersionDescription"))),
        "base": _text(said.get("BaseModel")),
        "trained_words": tuple(_texts(said.get("TrainedWords"))),
        "tags": tuple(_texts(said.get("Tags"))),
        "page": f"https://civitai.com/models/{number}" if isinstance(number, int) else "",
    }  # fmt: skip


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value.strip()[:MAX_TEXT] if isinstance(value, str) else ""


def _texts(value: object) -> Iterator[str]:
    values = value[:MOST] if isinstance(value, list) else ()
    yield from (text for item in values if (text := item.strip()[:MAX_COVER] if isinstance(item, str) else ""))


class _Words(HTMLParser):
    """Collects the text of a page; blocks begin new lines."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag in ("p", "br", "li", "div", "h1", "h2", "h3"):
            self.parts.append("\n")


def plain(html: str) -> str:
    """The text of a web page's piece, without its marks."""
    if "<" not in html:
        return html
    words = _Words()
    words.feed(html)
    return re.sub(r"\s*\n\s*", "\n", "".join(words.parts)).strip()
