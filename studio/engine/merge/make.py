"""From a request to a new model file."""

from collections.abc import Callable, Mapping

from studio.core.errors import BadRequest, UnknownName
from studio.core.job import JobContext
from studio.core.merge_request import (
    AnyMerge,
    ConvertRequest,
    ExtractRequest,
    MadeModel,
    MergeNetworksRequest,
    MergeRequest,
    ResizeRequest,
)
from studio.core.option import options
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.engine.merge import apply, checkpoints, convert, extract, resize

Work = Callable[..., MadeModel]
WORK: Mapping[type, Work] = {
    MergeRequest: checkpoints.merge,
    MergeNetworksRequest: apply.merge,
    ExtractRequest: extract.extract,
    ResizeRequest: resize.resize,
    ConvertRequest: convert.convert,
}


def make(request: AnyMerge, context: JobContext, settings: Settings, places: Places) -> MadeModel:
    """Make the file that `request` asks for.

    Raises UnknownName, BadRequest or CheckpointError before anything is written, DiskFull or FileProblem while it
    is, Cancelled at a report; no part of a file stays then.
    """
    for option in options(type(request)):
        value = getattr(request, option.name)
        if isinstance(option.choices, tuple) and option.choices and value not in option.choices:
            raise UnknownName(option.title, value, option.choices)
        is_needed = option.choices in ("checkpoints", "networks") and not isinstance(request, MergeRequest)
        if is_needed and isinstance(value, str) and not value.strip():
            raise BadRequest("{title} is not chosen.", "Choose one.", title=option.title)
    return WORK[type(request)](request, context, settings, places)
