"""What prompts can name on this machine: networks, embeddings, wildcards. Without Qt, for the files lane."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.core import wildcards
from studio.core.paths import Places
from studio.core.prompt import extract_networks
from studio.core.settings import Settings
from studio.library.folders import folders, natural, walk
from studio.ui.widgets.completer import EMBEDDING, NETWORK, WILDCARD, Candidate

NETWORKS = ("Lora", "LyCORIS", "loras")
EMBEDDINGS = ("embeddings",)
NETWORK_ENDS = (".safetensors", ".pt", ".ckpt")
EMBEDDING_ENDS = (".safetensors", ".pt", ".bin")


@dataclass(frozen=True)
class NetworkUse:
    """A network that a prompt names, and whether its file exists."""

    name: str
    is_found: bool


def find_candidates(places: Places, settings: Settings) -> list[Candidate]:
    """Everything a prompt can name, in natural order."""
    found = [
        *(_network(path) for path in _files(folders(places, settings, NETWORKS), NETWORK_ENDS)),
        *(
            Candidate(path.stem, EMBEDDING, path.stem)
            for path in _files(folders(places, settings, EMBEDDINGS), EMBEDDING_ENDS)
        ),
        *(Candidate(name, WILDCARD, f"__{name}__") for name in wildcards.names(places.wildcards)),
    ]
    return sorted(dict.fromkeys(found), key=lambda candidate: natural(candidate.name))


def networks_in(prompt: str, candidates: list[Candidate]) -> tuple[NetworkUse, ...]:
    """The networks of a prompt in order, each once."""
    known = {candidate.name for candidate in candidates if candidate.kind == NETWORK}
    names = dict.fromkeys(tag.name for tag in extract_networks(prompt)[1] if tag.name)
    return tuple(NetworkUse(name, name in known) for name in names)


def _network(path: Path) -> Candidate:
    return Candidate(path.stem, NETWORK, f"<lora:{path.stem}:1>", path.parent.name)


def _files(where: list[Path], ends: tuple[str, ...]) -> Iterator[Path]:
    for folder in where:
        for inside, _, names in walk(folder):
            yield from (inside / name for name in names if name.lower().endswith(ends))
