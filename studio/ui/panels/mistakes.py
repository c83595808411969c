"""What cannot be painted as asked, said where it is asked, before an order is given."""

from pathlib import Path

from studio.core.errors import StudioError
from studio.core.prompt.network_timeline import network_timeline
from studio.core.request import GenerateRequest
from studio.ui.session import Session
from studio.ui.translate import tr, tr_error

GRID = 8
STEPS = 20  # of a run that shows every weight a network ever has


def mistakes(request: GenerateRequest, session: Session) -> dict[str, str]:
    """One sentence for each section of the page in which something is wrong."""
    names = session.choices("checkpoints")
    found = {
        "model": _model(request.checkpoint, names),
        "prompt": _prompt(request.prompt),
        "size": _size(request),
        "hires": _model(request.hires.checkpoint, names) if request.hires else "",
        "refiner": _refiner(request, names),
    }
    return {section: text for section, text in found.items() if text}


def _model(name: str, names: list[str]) -> str:
    if not name or not names or any(name in known for known in names) or "[" in name or Path(name).exists():
        return ""
    return tr("There is no checkpoint named “{name}” here. Choose another one.", name=name)


def _refiner(request: GenerateRequest, names: list[str]) -> str:
    if request.refiner is None:
        return ""
    if not request.refiner.checkpoint:
        return tr("Choose the checkpoint that finishes the picture.")
    return _model(request.refiner.checkpoint, names)


def _prompt(prompt: str) -> str:
    try:
        for _, tags in network_timeline(prompt, STEPS):
            _ = [(tag.te, tag.unet, tag.dyn) for tag in tags]
    except StudioError as error:
        return " ".join(filter(None, tr_error(error)))
    return ""


def _size(request: GenerateRequest) -> str:
    width, height = request.width, request.height
    if width % GRID == 0 and height % GRID == 0:
        return ""
    fitting = f"{_fitting(width)} × {_fitting(height)}"
    return tr("Width and height must be multiples of 8: {fitting} would do.", fitting=fitting)


def _fitting(side: int) -> int:
    return max(round(side / GRID) * GRID, GRID)
