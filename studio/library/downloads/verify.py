"""Whether a file that came is what was wanted, and where models of its kind belong."""

from pathlib import Path

from studio.catalog import find
from studio.catalog.model_folders import MODEL_FOLDERS, PICTURES, ModelFolder
from studio.catalog.model_kinds import MODEL_KINDS
from studio.core.errors import CheckpointError, FileProblem
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library import hashes, headers, model_facts
from studio.library.downloads.wanted import Wanted
from studio.library.folders import home_for, homes, roots
from studio.library.picture_embeddings import read_picture
from studio.library.sidecars import MODEL_ENDS


class WrongContent(FileProblem):
    """A file whose hash is another than its site announced."""


def check_hash(part: Path, sha256: str, places: Places, context: JobContext) -> None:
    """Raise WrongContent if a file's sha256 is not `sha256`; "" is not checked."""
    if sha256 and hashes.sha256(part, places, context) != sha256.lower():
        raise WrongContent(
            part,
            "What came is not the file that was announced: its hash is another.",
            "Try again later, or look elsewhere.",
        )


def kind_of(part: Path, name: str) -> str:
    """The row of model_kinds that a file is, from its header. Raises CheckpointError for what is no model or would
    run code; "" is a model of a kind that is not known."""
    if name.lower().endswith(PICTURES):
        if read_picture(part) is None:
            raise CheckpointError(part, "{name} is a picture without an embedding in it.", "Choose another file.")
        return "embedding"
    header = headers.read(part)
    try:
        return model_facts.of_header(header).kind
    except CheckpointError:
        return ""


def folder_for(wanted: Wanted, kind: str, places: Places, settings: Settings) -> Path:
    """Where a file goes: where its user wants it, else the first folder for what it is or was told to be.

    `kind` is a row of model_kinds or ""; one that has several homes goes where its site says it belongs.
    """
    if wanted.folder:
        return Path(wanted.folder).expanduser().absolute()
    uses = homes_of(kind) if kind else ()
    if wanted.kind and (not uses or wanted.kind in uses):
        return first_home(find("model folder", MODEL_FOLDERS, wanted.kind), places, settings)
    if uses:
        return first_home(find("model folder", MODEL_FOLDERS, uses[0]), places, settings)
    return places.models


def homes_of(kind: str) -> tuple[str, ...]:
    """The rows of model_folders where files of a kind belong."""
    row = find("model kind", MODEL_KINDS, kind)
    return row.homes or (row.name,)


def first_home(use: ModelFolder, places: Places, settings: Settings) -> Path:
    """The first folder for such files that there is, else the studio's own, to be made."""
    found = next((home.path for home in homes(places, settings) if home.use.name == use.name), None)
    return found or home_for(use, roots(places, settings)[0])


def check_name(name: str) -> None:
    """Raise FileProblem for a name that no model file has."""
    if name and "." in name and not name.lower().endswith((*MODEL_ENDS, *PICTURES)):
        raise FileProblem(
            name,
            "{name} is not a model file.",
            "Choose one that ends with {ends}.",
            ends=", ".join(MODEL_ENDS),
        )
