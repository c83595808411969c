"""Everything that can still be taken back: plans that were carried out, and what lies in the trash."""

from dataclasses import dataclass
from pathlib import Path

from studio.core import trash
from studio.core.paths import Places
from studio.core.trash import Discarded
from studio.library import plans
from studio.library.plans import Act, Done


@dataclass(frozen=True)
class Undoable:
    """A plan, or what was thrown away together; `at` is seconds since 1970, `size_bytes` what the trash would give."""

    at: float
    paths: tuple[Path, ...]
    plan: Done | None = None
    discarded: Discarded | None = None
    size_bytes: int = 0

    def take_back(self, places: Places) -> None:
        """Put everything back where it was. Raises FileProblem or DiskFull."""
        if self.plan:
            plans.undo(self.plan, places)
        elif self.discarded:
            trash.restore(self.discarded)


def undoable(places: Places) -> list[Undoable]:
    """All of it, the newest first; walks through what is in the trash for its size."""
    done = [one for one in plans.history(places) if any(step.act is not Act.TRASH for step in one.steps)]
    taken = {discarded.folder for one in done for discarded in plans.thrown(one, places)}
    found = [Undoable(one.at, tuple(step.path for step in one.steps), plan=one) for one in done]
    found += [
        Undoable(one.at, tuple(item.original for item in one.items), discarded=one, size_bytes=one.size_bytes)
        for one in trash.contents(places)
        if one.folder not in taken
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)
