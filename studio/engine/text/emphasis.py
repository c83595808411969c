"""What (word:1.2) does to a text's hidden states: the web UI's emphasis modes."""

from torch import Tensor

from studio.core.errors import BadRequest, UnknownName

ORIGINAL, NO_NORM, IGNORE, NONE = MODES = ("Original", "No norm", "Ignore", "None")


def emphasised(mode: str, hidden: Tensor, weights: Tensor, shares: Tensor) -> Tensor:
    """Apply token `weights` (texts, 77) to the `hidden` states (texts, 77, width) of one chunk of some texts.

    The texts are those one prompt becomes by its schedule; `shares` (texts,) says how often each occurs among them,
    summing to 1. "Original" rescales them all so that the mean over all of them stays as it was: that is how the web
    UI encodes a prompt, so a prompt's result depends on no other prompt. "Ignore" and "None" change nothing here.
    Raises UnknownName for a mode, BadRequest for a weight beyond all numbers.
    """
    if mode not in MODES:
        raise UnknownName("emphasis mode", mode, MODES)
    if mode in (IGNORE, NONE) or bool((weights == 1).all()):
        return hidden
    if not weights.isfinite().all():
        raise BadRequest("The prompt has a weight that is too large.", "Write weights such as 1.2.")
    weighted = hidden * weights[..., None]
    return weighted * (_mean(hidden, shares) / _mean(weighted, shares)) if mode == ORIGINAL else weighted


def _mean(hidden: Tensor, shares: Tensor) -> Tensor:
    return (hidden.mean(dim=(1, 2)) * shares).sum()
