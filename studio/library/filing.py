"""Model files from anywhere put where they belong: each is told by its contents and filed by its kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from studio.catalog import find
from studio.catalog.model_folders import MODEL_FOLDERS
from studio.catalog.model_kinds import MODEL_KINDS
from studio.core.errors import FileProblem, StudioError
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library import headers, model_facts, plans
from studio.library.folders import home_for, homes
from studio.library.plans import Plan, Step
from studio.library.sidecars import MODEL_ENDS


@dataclass(frozen=True)
class Filing:
    """What becomes of files: the plan that moves them, the one that copies them, and what has no place, with why.

    `kinds` are the labels of what was found, by path.
    """

    move: Plan
    copy: Plan
    refused: tuple[StudioError, ...]
    kinds: dict[Path, str]


def is_model(path: Path) -> bool:
    """Whether a path looks like a model: by its ending, or as a diffusers folder; no file is opened."""
    return path.suffix.lower() in MODEL_ENDS or headers.is_folder(path)


def filed(paths: Iterable[Path], places: Places, settings: Settings) -> Filing:
    """Where files go, from their headers; the files beside them that are theirs go with them. Never raises."""
    known = [home.path for home in homes(places, settings)]
    moves: list[Step] = []
    copies: list[Step] = []
    refused: list[StudioError] = []
    kinds: dict[Path, str] = {}
    for path in dict.fromkeys(path.absolute() for path in paths):
        try:
            folder, kinds[path] = _folder(path, places, known)
        except StudioError as error:
            refused.append(error)
            continue
        moves += plans.moving([path], folder).steps
        copies += plans.copying([path], folder).steps
    return Filing(Plan(tuple(dict.fromkeys(moves))), Plan(tuple(dict.fromkeys(copies))), tuple(refused), kinds)


def _folder(path: Path, places: Places, known: list[Path]) -> tuple[Path, str]:
    """The folder a file belongs in, and how its kind is called."""
    if any(path.is_relative_to(home) for home in known):
        raise FileProblem(path, "{name} lies in a folder of models already.", "Look for it on the Models page.")
    facts = model_facts.read(path)
    row = find("model kind", MODEL_KINDS, facts.kind)
    use = find("model folder", MODEL_FOLDERS, (row.homes or (row.name,))[0])
    return home_for(use, places.models), facts.label
