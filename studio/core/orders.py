"""Orders: what each picture of a request is by itself."""

from studio.core.paths import Places
from studio.core.request import GenerateRequest
from studio.core.seeds import of_image


def images(request: GenerateRequest, places: Places) -> list[GenerateRequest]:
    """One request a picture: a batch of one with its own seeds, styles put in and wildcards replaced.

    Seeds must have been drawn (studio.core.seeds). What a picture's request asks for is that picture.
    """
    return [_image(request, index, places) for index in range(request.image_count)]


def _image(request: GenerateRequest, index: int, places: Places) -> GenerateRequest:
    return request.model_copy(update={"batch_size": 1, "batch_count": 1, **of_image(request, index)})
