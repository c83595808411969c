"""What there is among the models: what menus and tree offer, counted beside the window."""

from dataclasses import dataclass
from pathlib import Path

from studio.library.index import ModelIndex

MOST_TAGS = 60


@dataclass(frozen=True)
class Overview:
    """How many models have each kind, base, tag and use; the homes of each use, and their folders with counts."""

    kinds: dict[str, int]
    bases: dict[str, int]
    tags: dict[str, int]
    uses: dict[str, int]
    homes: dict[str, tuple[Path, ...]]
    folders: dict[str, dict[Path, int]]


def look(index: ModelIndex) -> Overview:
    """Count everything; some 0.2 s for 10,000 models, so not for the main thread."""
    uses = index.values("use")
    tags = sorted(index.values("tags").items(), key=lambda item: -item[1])[:MOST_TAGS]
    return Overview(
        index.values("kind"),
        index.values("base"),
        dict(tags),
        uses,
        {use: tuple(map(Path, index.values("home", use))) for use in uses},
        {use: index.folders(use) for use in uses},
    )
