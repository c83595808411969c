"""Embeddings that prompts name: which of them a model can use, and their vectors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from studio.catalog.model_folders import PICTURES
from studio.core.errors import StudioError
from studio.core.sentence import Sentence
from studio.engine.loading.files import read_tensors
from studio.library import embeddings
from studio.library.embeddings import EmbeddingFile
from studio.library.picture_embeddings import read_rows

Vectors = Mapping[str, tuple[Tensor, ...]]


@dataclass(frozen=True)
class Found:
    """The vectors of the embeddings that texts use, their files, and what is not done as asked."""

    vectors: Vectors
    files: Mapping[str, EmbeddingFile]
    notes: tuple[str, ...] = ()


def find(
    prompts: Iterable[list[str]], files: Mapping[str, EmbeddingFile], widths: tuple[int, ...], family: str,
    backtrack: int = 20, emphasis: str = "Original",
) -> Found:  # fmt: skip
    """The embeddings that `prompts` (the texts that each becomes) name, for text encoders of `widths`.

    As in the web UI the name of one that was made for another kind of model is read as plain words.
    """
    fitting = embeddings.vector_counts(files, widths)
    others = {name: file.vectors for name, file in files.items() if name not in fitting}
    prompts = list(prompts)
    named, strange = (
        dict.fromkeys(name for texts in prompts for name in embeddings.used(texts, counts, backtrack, emphasis))
        for counts in (fitting, others)
    )
    notes = [_misfit(files[name], family) for name in strange]
    vectors: dict[str, tuple[Tensor, ...]] = {}
    for name in named:
        try:
            vectors[name] = read(files[name])
        except StudioError as error:
            notes.append(Sentence("The embedding {name} was not used: {error}", name=name, error=error))
    return Found(vectors, {name: files[name] for name in vectors}, tuple(notes))


def read(file: EmbeddingFile) -> tuple[Tensor, ...]:
    """Its vectors (count, width) in float32, for each text encoder. Raises CheckpointError."""
    found = file.path.stat()
    return _read(file, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=256)
def _read(file: EmbeddingFile, _size: int, _modified: int) -> tuple[Tensor, ...]:
    tensors = _tensors(file.path)
    return tuple(tensors[name].float().reshape(file.vectors, -1) for name in file.tensors)


def _tensors(path: Path) -> Mapping[str, Tensor]:
    if path.suffix.lower() in PICTURES:
        return {name: torch.tensor(rows) for name, rows in read_rows(path).items()}
    return read_tensors(path)


def of_bundle(tensors: Mapping[str, Tensor], widths: tuple[int, ...]) -> tuple[Tensor, ...] | None:
    """The vectors of an embedding that came inside a network, None if they do not fit text encoders of `widths`."""
    parts = [tensor for name in embeddings.PAIR for end, tensor in tensors.items() if end.endswith(name)]
    parts = parts or list(tensors.values())
    fitted = tuple(part.float().reshape(-1, part.shape[-1]) for part in parts)
    return fitted if tuple(part.shape[-1] for part in fitted) == widths else None


def _misfit(file: EmbeddingFile, family: str) -> Sentence:
    if not file.base:
        return Sentence(
            "The embedding {name} was not used, its name is read as plain words: it was made for another model.",
            name=file.name,
        )  # fmt: skip
    return Sentence(
        "The embedding {name} was not used, its name is read as plain words: it was made for {base}, the model is"
        " {family}.", name=file.name, base=file.base, family=family,
    )  # fmt: skip
