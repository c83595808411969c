"""What a request is best set to when a checkpoint is chosen: its owner's word, else its maker's in the file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.core.errors import StudioError
from studio.core.request import GenerateRequest
from studio.core.settings import lenient
from studio.library import headers, sidecars, training_facts
from studio.library.sidecars import ModelDefaults

KEY = "studio.defaults"
RESOLUTION = "modelspec.resolution"
MAX_JSON = 2**16
LIKE = 1.25  # so many times the native number of pixels, or its inverse, is still a size the model can paint


@dataclass(frozen=True)
class Recommended:
    """Values for a request, and the size (width, height) that the model was trained for, None if that is not told."""

    values: ModelDefaults = field(default_factory=ModelDefaults)
    native: tuple[int, int] | None = None

    def applied(self, request: GenerateRequest, with_prompt: bool = False) -> GenerateRequest:
        """`request` with what is recommended.

        Prompts are hints: they fill what is empty, or replace what is there `with_prompt`. The native size replaces
        one of much fewer or more pixels only: the shape is the user's choice.
        """
        told = {name: value for name, value in self.values if value is not None}
        hints = {name: told.pop(name) for name in ("prompt", "negative_prompt") if name in told}
        new = hints if with_prompt or not request.prompt else {}
        size = self._size(request) if not {"width", "height"} & told.keys() else {}
        return GenerateRequest.model_validate({**request.model_dump(), **size, **told, **new})

    def _size(self, request: GenerateRequest) -> dict[str, int]:
        if self.native is None:
            return {}
        width, height = self.native
        share = request.width * request.height / (width * height)
        return {} if 1 / LIKE <= share <= LIKE else {"width": width, "height": height}


def read(path: Path) -> Recommended:
    """What is recommended for the model at `path`, field by field: X.json before the file's metadata. Never raises."""
    own = of_metadata(_metadata(path))
    said = {name: value for name, value in sidecars.read(path).defaults if value is not None}
    return Recommended(own.values.model_copy(update=said), own.native)


def of_metadata(metadata: Mapping[str, str]) -> Recommended:
    """What a file's metadata recommend; what makes no sense is passed over."""
    native = training_facts.resolution({RESOLUTION: metadata.get(RESOLUTION, "")})
    is_size = native is not None and all(64 <= side <= 16_384 for side in native)
    return Recommended(lenient(ModelDefaults, _table(metadata.get(KEY, ""))), native if is_size else None)


def of_request(request: GenerateRequest) -> ModelDefaults:
    """A request's values as the defaults of its model; the prompts stay out of them."""
    names = [name for name in ModelDefaults.model_fields if name not in ("prompt", "negative_prompt")]
    return lenient(ModelDefaults, {name: getattr(request, name) for name in names})


def _metadata(path: Path) -> Mapping[str, str]:
    try:
        header = headers.read(path) if path.is_file() else None
    except StudioError:
        return {}
    return {} if header is None or header.is_pickled else header.metadata


def _table(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text) if len(text) <= MAX_JSON else None
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
