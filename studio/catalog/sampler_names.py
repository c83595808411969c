"""Sampler and schedule names as they were written over the years: "DPM++ 2M Karras", "k_euler_a"."""

from collections.abc import Mapping

from studio.catalog import find
from studio.catalog.samplers import SAMPLERS, Sampler
from studio.catalog.schedules import SCHEDULES, Schedule
from studio.core.errors import UnknownName
from studio.core.infotext_names import split_sampler
from studio.core.request import GenerateRequest

SAME_SAMPLER, SAME_SCHEDULE = "Use same sampler", "Use same scheduler"


def sampler_and_schedule(name: str, schedule: str = "", *, convert_automatic: bool = False) -> tuple[str, str]:
    """The labels that a sampler's and a schedule's names mean, whatever their age.

    A schedule in the sampler's name wins over `schedule`, whose "" is Automatic. With `convert_automatic` the
    sampler's own schedule is called Automatic, as the web UI shows it. Raises UnknownName, never guesses.
    """
    found = split_sampler(name)
    if found is None:
        raise UnknownName("sampler", name, [row.label for row in SAMPLERS])
    sampler: Sampler = find("sampler", SAMPLERS, found[0])
    row: Schedule = find("schedule", SCHEDULES, found[1] or schedule or "Automatic")
    return sampler.label, _shown(sampler, row, convert_automatic)


def settled(request: GenerateRequest) -> GenerateRequest:
    """`request` with the labels of its samplers, and the schedules that Automatic means for them: what infotexts say.

    Hires fix names its own only where they are not the first pass's. It asks for the same picture. Raises UnknownName.
    """
    label, schedule = _settled(request.sampler, request.schedule)
    update: dict[str, object] = {"sampler": label, "schedule": schedule}
    if hires := request.hires:
        own = _settled(hires.sampler or request.sampler, hires.schedule or request.schedule)
        names = {"sampler": "" if own[0] == label else own[0], "schedule": "" if own[1] == schedule else own[1]}
        update["hires"] = hires.model_copy(update=names)
    return request.model_copy(update=update)


def _settled(name: str, schedule: str) -> tuple[str, str]:
    label, shown = sampler_and_schedule(name, schedule)
    sampler: Sampler = find("sampler", SAMPLERS, label)
    if shown != SCHEDULES[0].label or not sampler.schedule:
        return label, shown
    return label, find("schedule", SCHEDULES, sampler.schedule).label


def webui_sampler_and_schedule(
    name: str | None, schedule: str | None, *, convert_automatic: bool = True
) -> tuple[str, str]:
    """What the web UI 1.10.1 itself makes of two names: it knows no aliases, and takes DPM++ 2M for what it does not
    know and Automatic for such a schedule. For showing what it will do, not for painting."""
    row = next((row for row in SCHEDULES if schedule in (row.name, row.label)), SCHEDULES[0])
    text = name or SAMPLERS[0].label
    for candidate in SCHEDULES:
        ending = next((e for e in _endings(candidate) if text.endswith(f" {e}")), None)
        if ending is not None:
            row, text = candidate, text[: -len(ending) - 1]
    sampler = next((sampler for sampler in SAMPLERS if sampler.label == text), SAMPLERS[0])
    return sampler.label, _shown(sampler, row, convert_automatic)


def webui_hires_sampler_and_schedule(parameters: Mapping[str, object]) -> tuple[str, str]:
    """What the web UI 1.10.1 puts into the hires fields for a parsed infotext (studio.core.infotext.parse)."""
    sampler, schedule = parameters.get("Sampler"), parameters.get("Schedule type")
    hires_sampler = parameters.get("Hires sampler", SAME_SAMPLER)
    hires_schedule = parameters.get("Hires schedule type", SAME_SCHEDULE)
    label, shown = webui_sampler_and_schedule(
        _text(sampler if hires_sampler == SAME_SAMPLER else hires_sampler),
        _text(schedule if hires_schedule == SAME_SCHEDULE else hires_schedule),
    )
    return SAME_SAMPLER if label == sampler else label, SAME_SCHEDULE if shown == schedule else shown


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _endings(row: Schedule) -> list[str]:
    return [row.label, row.name, *row.aliases]


def _shown(sampler: Sampler, schedule: Schedule, convert_automatic: bool) -> str:
    return SCHEDULES[0].label if convert_automatic and sampler.schedule == schedule.name else schedule.label
