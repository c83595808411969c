"""What prompts can name on this machine: networks, embeddings, wildcards. Without Qt, for the files lane."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.core import wildcards
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library.folders import natural
from studio.ui.widgets.completer import EMBEDDING, NETWORK, WILDCARD, Candidate

if TYPE_CHECKING:
    from studio.library.networks import NetworkFile


@dataclass(frozen=True)
class Vocabulary:
    """What can be completed, the network files, and how many vectors each embedding has."""

    candidates: tuple[Candidate, ...] = ()
    networks: tuple[NetworkFile, ...] = ()
    vectors: dict[str, int] = field(default_factory=dict)


def find_vocabulary(places: Places, settings: Settings) -> Vocabulary:
    """Everything a prompt can name, in natural order."""
    from studio.library import embeddings, networks  # they read files, which the window can open without

    files = networks.network_files(places, settings)
    known = embeddings.embeddings(places, settings)
    found = [
        *(Candidate(file.name, NETWORK, f"<lora:{file.name}:1>", file.folder) for file in files),
        *(Candidate(name, EMBEDDING, name, _note(file.base, file.vectors)) for name, file in known.items()),
        *(Candidate(name, WILDCARD, f"__{name}__") for name in wildcards.names(places.wildcards)),
    ]
    candidates = sorted(dict.fromkeys(found), key=lambda candidate: natural(candidate.name))
    return Vocabulary(tuple(candidates), tuple(files), embeddings.vector_counts(known))


def _note(base: str, vectors: int) -> str:
    return f"{base} × {vectors}".strip()
