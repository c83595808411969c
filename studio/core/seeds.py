"""Seeds: drawing the random ones, and which picture of an order gets which."""

from random import SystemRandom

from studio.core.request import GenerateRequest

SEED_LIMIT = 4294967294  # the web UI draws below it


def with_seeds(request: GenerateRequest) -> GenerateRequest:
    """`request` with -1 replaced by a random seed, so that what is begun can be continued and repeated."""
    drawn = {
        name: SystemRandom().randrange(SEED_LIMIT)
        for name in ("seed", "variation_seed")
        if getattr(request, name) == -1 and (name == "seed" or request.variation_strength)
    }
    return request.model_copy(update=drawn)


def of_image(request: GenerateRequest, index: int) -> dict[str, int]:
    """The seeds of picture `index` (from 0) of an order whose seeds are drawn, as the web UI counts them.

    With a variation all pictures share the seed and the variation seed counts; without one it has no meaning.
    """
    if request.variation_strength:
        return {"seed": request.seed, "variation_seed": request.variation_seed + index}
    return {"seed": request.seed + index, "variation_seed": -1}
