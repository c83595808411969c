"""Which kind of model a file is, told from the names of its tensors."""

import re

from studio.catalog.model_kinds import MODEL_KINDS, ModelKind
from studio.library.headers import Header


def kind_of(header: Header) -> ModelKind | None:
    """The kind of a file, None if it is none that is known."""
    names = "\n".join(header.names)
    return next((kind for kind in MODEL_KINDS if re.search(kind.mark, names, re.MULTILINE)), None)
