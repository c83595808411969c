"""The picture on a model's card: the one beside it, else the one inside it, else the first that was made with it."""

from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import FileProblem
from studio.core.files import write_atomically
from studio.core.paths import Places
from studio.library import headers, sidecars, thumbnails
from studio.library.gallery import Gallery
from studio.library.model_rows import Model


@dataclass(frozen=True)
class CoverKey:
    """Everything that decides which picture a card shows."""

    path: Path
    mtime_ns: int
    preview: Path | None
    preview_mtime_ns: int
    has_cover: bool
    use: str
    names: tuple[str, ...]


def key(model: Model) -> CoverKey:
    """The key of a model's card; it changes when the file or its preview does."""
    preview_mtime_ns = _mtime_ns(model.preview) if model.preview else 0
    has_cover = bool(model.facts and model.facts.has_cover)
    return CoverKey(model.path, model.mtime_ns, model.preview, preview_mtime_ns, has_cover, model.use, model.names)


def thumbnail(of: CoverKey, gallery: Gallery | None, places: Places) -> Path | None:
    """The file with the small cover of a card, made if there is none yet; None if there is nothing to show.

    A preview that cannot be read gives way to the next source.
    """
    for find in (_beside, _inside):
        try:
            if found := find(of, places):
                return found
        except FileProblem:
            continue
    picture = first_picture(of, gallery) if gallery else None
    try:
        return thumbnails.thumbnail(picture, _mtime_ns(picture), places) if picture else None
    except FileProblem:
        return None


def first_picture(of: CoverKey, gallery: Gallery) -> Path | None:
    """The first picture that was made with a model and is still there."""
    ids = gallery.made_with(of.use, of.names)
    found = gallery.pictures(ids[-1:])
    return found[0].path if found else None


def _beside(of: CoverKey, places: Places) -> Path | None:
    return thumbnails.thumbnail(of.preview, of.preview_mtime_ns, places) if of.preview else None


def _inside(of: CoverKey, places: Places) -> Path | None:
    """The thumbnail of an embedded cover; a picture that is itself an embedding shows itself."""
    if of.path.suffix.lower() in sidecars.EMBEDDED:
        return thumbnails.thumbnail(of.path, of.mtime_ns, places)
    if not of.has_cover:
        return None
    file = thumbnails.place(of.path, of.mtime_ns, places)
    if not file.exists():
        data = sidecars.cover(headers.read(of.path).metadata)
        if data is None:
            return None
        write_atomically(file, thumbnails.small(data, of.path))
    return file


def _mtime_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
