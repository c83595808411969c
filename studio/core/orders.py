"""Orders: what each picture of a request is by itself."""

from studio.core import wildcards
from studio.core.errors import UnknownName
from studio.core.paths import Places
from studio.core.prompt import strip_comments
from studio.core.request import GenerateRequest, HiresFix
from studio.core.seeds import of_image
from studio.core.styles import read_styles, styled

OTHER_CHANCE = 2**40  # keeps the choices of prompt and negative prompt apart


def images(request: GenerateRequest, places: Places) -> list[GenerateRequest]:
    """One request a picture: a batch of one with its own seeds, styles put in, comments gone, wildcards replaced.

    Seeds must have been drawn (studio.core.seeds). What a picture's request asks for is that picture; the text before
    wildcards were replaced is its template. Raises UnknownName for a style that is in no file.
    """
    asked = _with_styles(request, places)
    return [_image(asked, index, places) for index in range(request.image_count)]


def _with_styles(request: GenerateRequest, places: Places) -> GenerateRequest:
    if not request.styles:
        return request
    known = read_styles([places.styles])
    for name in request.styles:
        if name not in known:
            raise UnknownName("style", name, known)
    prompt, negative = styled(request.prompt, request.negative_prompt, request.styles, known)
    return request.model_copy(update={"prompt": prompt, "negative_prompt": negative, "styles": ()})


def _image(request: GenerateRequest, index: int, places: Places) -> GenerateRequest:
    seeds = of_image(request, index)
    chance = request.seed + index
    changed: dict[str, object] = {"batch_size": 1, "batch_count": 1, **seeds}
    for name, template, seed in (
        ("prompt", "template", chance),
        ("negative_prompt", "negative_template", chance + OTHER_CHANCE),
    ):
        text = _uncommented(getattr(request, name))
        changed[name] = text
        if request.wildcards and wildcards.has_wildcards(text):
            changed[name] = wildcards.resolve(text, seed, places.wildcards).text
            changed[template] = text
    if request.hires:
        changed["hires"] = _hires(request, request.hires, chance, places)
    if any(wildcards.has_wildcards(str(changed[name])) for name in ("prompt", "negative_prompt")):
        changed["wildcards"] = False  # what is left is meant as text
    return request.model_copy(update=changed)


def _hires(request: GenerateRequest, hires: HiresFix, chance: int, places: Places) -> HiresFix:
    changed = {}
    for name, seed in (("prompt", chance), ("negative_prompt", chance + OTHER_CHANCE)):
        text = _uncommented(getattr(hires, name))
        changed[name] = wildcards.resolve(text, seed, places.wildcards).text if request.wildcards else text
    return hires.model_copy(update=changed)


def _uncommented(text: str) -> str:
    """The text without comments and the line ends they leave at its ends, which no encoder sees."""
    bare = strip_comments(text)
    return text if bare == text else bare.strip("\n")
