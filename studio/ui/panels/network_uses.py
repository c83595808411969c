"""The networks of a prompt before the run: is the file there, how much of it fits the model, is its weight wise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.core.errors import CheckpointError, StudioError
from studio.core.paths import Places
from studio.core.prompt import NetworkTag
from studio.core.prompt.network_timeline import network_timeline
from studio.core.request import GenerateRequest
from studio.core.settings import Settings
from studio.ui.translate import tr, tr_error

if TYPE_CHECKING:  # reads headers, which the window can open without
    from studio.library.networks import Named, NetworkFile

STRONG = 1.2  # more than most networks bear


def tags_of(request: GenerateRequest) -> tuple[NetworkTag, ...]:
    """The networks of a request's prompt, each once, with the largest weight it ever has."""
    hires_steps = (request.hires.steps or request.steps) if request.hires else None
    timeline = network_timeline(request.prompt, request.steps, hires_steps, request.old_timelines)
    found: dict[str, NetworkTag] = {}
    for tag in (tag for _, tags in timeline for tag in tags if tag.name):
        known = found.get(tag.name)
        found[tag.name] = known if known and _strength(known) >= _strength(tag) else tag
    return tuple(found.values())


def find_uses(
    tags: Sequence[NetworkTag], checkpoint: str, files: Sequence[NetworkFile], places: Places, settings: Settings
) -> tuple[Named, ...]:
    """Look tags up and compare their files with the checkpoint, by their headers. Never raises."""
    from studio.library import checkpoints, networks

    try:
        model = checkpoints.find(checkpoint, places, settings).path if tags else None
    except StudioError:
        model = None
    return tuple(networks.named(tags, model, files))


def verdict(use: Named) -> tuple[str, str]:
    """What is said of a network: "ok", "warn" or "bad", and the sentence."""
    kind, text = _fit(use)
    if kind != "bad" and _strength(use.tag) > STRONG:
        return "warn", f"{text}  ·  {tr('a weight above 1.2 often spoils the picture')}"
    return kind, text


def _fit(use: Named) -> tuple[str, str]:
    report = use.report
    if use.file is None:
        hint = f" ({tr('did you mean {names}?', names=', '.join(use.close))})" if use.close else ""
        return "bad", tr("no such file") + hint
    if use.problem and not (isinstance(use.problem, CheckpointError) and use.problem.path != use.file.path):
        return "bad", tr_error(use.problem)[0]
    if report is None:  # the model cannot be read, which is said where it is chosen
        return "ok", tr("found")
    counts = tr("{matched} of {total} keys", matched=report.matched, total=report.total)
    if not report.fits and report.base and report.base != report.family:
        values = {"base": report.base, "family": report.family}
        return "bad", tr("made for {base}, the model is {family}: it will not act", **values)
    if not report.fits:
        return "bad", tr("{counts} fit: it will not act", counts=counts)
    return ("ok" if report.matched == report.total else "warn"), counts


def _strength(tag: NetworkTag) -> float:
    try:
        return max(abs(tag.te), abs(tag.unet))
    except StudioError:
        return 0.0
