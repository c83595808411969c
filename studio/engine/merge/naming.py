"""Where results lie and what they are called if nobody says."""

from pathlib import Path

from studio.catalog import find
from studio.catalog.model_folders import MODEL_FOLDERS
from studio.core.errors import BadRequest
from studio.core.merge_request import ADD_DIFFERENCE, WEIGHTED_SUM, MergeRequest
from studio.core.paths import Places
from studio.library.folders import home_for
from studio.library.safe_names import safe_part, safe_parts, stem_bytes

ENDS = (".safetensors", ".ckpt")


def merged_name(request: MergeRequest, a: str, b: str, c: str) -> str:
    """The web UI's name for a merge of models of these names: "0.7(a) + 0.3(b)", "a + 0.3(b - c)"."""
    multiplier = round(request.multiplier, 2)
    if request.method == WEIGHTED_SUM:
        return f"{round(1 - request.multiplier, 2)}({a}) + {multiplier}({b})"
    return f"{a} + {multiplier}({b} - {c})" if request.method == ADD_DIFFERENCE else a


def target(name: str, otherwise: str, kind: str, places: Places, end: str, mark: str = "") -> Path:
    """The path of a result of the `kind` of model folder; `mark` comes before the ending, `otherwise` names it.

    A name with folders lies below the models' folder; a whole path is taken as it is. Raises BadRequest for a name of
    which nothing can be in a path.
    """
    home = home_for(find("model folder", MODEL_FOLDERS, kind), places.models)
    given = Path(name.strip()).expanduser()
    if given.is_absolute() and given.name:
        return given.with_name(_stem(given.name) + mark + end)
    *inner, last = (safe_parts(name.strip()) or [""]) if name.strip() else [otherwise.replace("/", "_")]
    folder = home.joinpath(*inner)
    stem = safe_part(_stem(last), stem_bytes(folder, mark + end))
    if not stem:
        raise BadRequest("“{name}” cannot be a file's name.", "Give another name.", name=name)
    return folder / (stem + mark + end)


def _stem(name: str) -> str:
    return name.rpartition(".")[0] if name.lower().endswith(ENDS) else name


def existing(name: str) -> Path | None:
    """The file that `name` is the path of."""
    path = Path(name.strip()).expanduser().absolute()
    try:
        return path if name.strip() and path.is_file() else None
    except (OSError, ValueError):  # too long, or a zero byte: no path
        return None
