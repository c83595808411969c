"""Which kind of model a file is, told from the names of its tensors."""

import re

from studio.catalog.model_kinds import MODEL_KINDS, ModelKind
from studio.library.headers import Header

EMBEDDING_WIDTHS = (768, 1024, 1280)


def kind_of(header: Header) -> ModelKind | None:
    """The kind of a file, None if it is none that is known."""
    names = "\n".join(header.names)
    found = next((kind for kind in MODEL_KINDS if re.search(kind.mark, names, re.MULTILINE)), None)
    return MODEL_KINDS[0] if found is None and _is_single_vector(header) else found


def _is_single_vector(header: Header) -> bool:
    """An embedding as diffusers writes it: one tensor under the name of its word."""
    shapes = [info.shape for info in header.tensors.values()]
    return len(shapes) == 1 and 1 <= len(shapes[0]) <= 2 and shapes[0][-1] in EMBEDDING_WIDTHS
