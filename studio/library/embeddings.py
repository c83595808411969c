"""Embeddings (textual inversions) on disk: their names, how many vectors they have and for which models; no torch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from studio.catalog.model_folders import PICTURES
from studio.core.chunks import chunk
from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library import hashes, headers
from studio.library.folders import EMBEDDINGS, folders, natural, walk
from studio.library.headers import Header
from studio.library.picture_embeddings import read_picture

ENDS = (".safetensors", ".pt", ".bin", *PICTURES)
PREVIEW = ".preview"
SHORT = 12
PAIR = ("clip_l", "clip_g")
WIDTHS = {(768,): "SD1", (1024,): "SD2", (768, 1280): "SDXL"}
Stamp = tuple[str, int, int]  # path, size, mtime in ns


@dataclass(frozen=True)
class EmbeddingFile:
    """An embedding: its `name` in prompts, how many vectors it has, and their `widths`, one for each text encoder.

    `tensors` are the names of its tensors in the order of the encoders.
    """

    path: Path
    name: str
    vectors: int
    widths: tuple[int, ...]
    tensors: tuple[str, ...]

    @property
    def base(self) -> str:
        """The family it was made for, "" if its widths are no family's."""
        return WIDTHS.get(self.widths, "")


def embeddings(places: Places, settings: Settings) -> dict[str, EmbeddingFile]:
    """All embeddings that can be read, by name; where several have a name, the studio's own folder comes first."""
    found: dict[str, EmbeddingFile] = {}
    for folder in reversed(folders(places, settings, EMBEDDINGS)):
        for path in _files(folder):
            if file := _embedding(_stamp(path)):
                found[file.name] = file
    return dict(sorted(found.items(), key=lambda item: natural(item[0])))


def vector_counts(files: Mapping[str, EmbeddingFile], widths: tuple[int, ...] = ()) -> dict[str, int]:
    """How many vectors each embedding puts into a prompt, of those that fit text encoders of `widths` (() = all)."""
    return {name: file.vectors for name, file in files.items() if not widths or file.widths == widths}


def used(texts: Sequence[str], counts: Mapping[str, int], backtrack: int = 20, emphasis: str = "Original") -> list[str]:
    """The embeddings in the texts that a prompt becomes by its schedule, in the order in which the web UI meets them.

    `counts` are the vectors of those that are known.
    """
    if not counts:
        return []
    chunked = [chunk(text, backtrack, emphasis, counts) for text in dict.fromkeys(texts)]
    longest = max(map(len, chunked), default=0)
    columns = ([chunks[number] for chunks in chunked if number < len(chunks)] for number in range(longest))
    return list(dict.fromkeys(name for column in columns for one in column for _, name in one.fixes))


def short_hash(file: EmbeddingFile, places: Places, context: JobContext | None = None) -> str:
    """The 12 digits that infotexts call it by. Raises FileProblem, or Cancelled at a report."""
    return hashes.sha256(file.path, places, context)[:SHORT]


def read(path: Path) -> EmbeddingFile | None:
    """The embedding in a file, None if there is none in it. Raises CheckpointError."""
    is_picture = path.suffix.lower() in PICTURES
    header = read_picture(path) if is_picture else headers.read(path)
    if header is None:
        return None
    found = _tensors(header)
    if not found:
        return None
    shapes = [header.tensors[name].shape for name in found]
    vectors = {1 if len(shape) == 1 else shape[0] for shape in shapes}
    if len(vectors) != 1 or not all(shapes):
        return None
    name = header.metadata.get("name", path.stem) if is_picture else path.stem
    return EmbeddingFile(path, name, vectors.pop(), tuple(shape[-1] for shape in shapes), found)


def _tensors(header: Header) -> tuple[str, ...]:
    """The names of an embedding's tensors, none if a file holds something else."""
    names = header.names
    params = tuple(name for name in names if name.startswith("string_to_param."))
    if params or set(PAIR) <= set(names):
        return (params if len(params) == 1 else ()) if params else PAIR
    fitting = len(names) == 1 and len(header.tensors[names[0]].shape) in (1, 2)
    return names if fitting else ()


def _files(folder: Path) -> Iterable[Path]:
    for where, _, names in sorted(walk(folder), key=lambda one: natural(str(one[0]))):
        for name in sorted(names, key=natural):
            path = where / name
            if path.suffix.lower() in ENDS and not name.startswith("._") and not _is_preview(path):
                yield path


def _is_preview(path: Path) -> bool:
    return path.suffix.lower() in PICTURES and path.stem.lower().endswith(PREVIEW)


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_size, found.st_mtime_ns


@lru_cache(maxsize=16384)
def _embedding(stamp: Stamp) -> EmbeddingFile | None:
    try:
        return read(Path(stamp[0])) if stamp[1] else None
    except StudioError:
        return None
