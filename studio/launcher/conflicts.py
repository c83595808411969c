"""Whether what several extensions want of the environment can be had together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from studio.launcher.packages import Package, by_name
from studio.launcher.requirements import accepts, applies, needs, parse

AMONG, CHANGE, BREAKS, UNKNOWN = "among", "change", "breaks", "unknown"


@dataclass(frozen=True)
class Conflict:
    """What cannot or must not be had.

    `kind` is "among" (no version suits all who want it), "change" (the installed version would be replaced), "breaks"
    (replacing it would leave `wants` of installed packages unmet) or "unknown" (nothing can be said, as the line names
    no package or no version that can be compared). `wants` are (who, what they want), `installed` a version or "".
    """

    package: str
    kind: str
    wants: tuple[tuple[str, str], ...]
    installed: str = ""


def conflicts(
    wants: Mapping[str, Sequence[str]], installed: Iterable[Package], env: Mapping[str, str] | None = None
) -> list[Conflict]:
    """Conflicts between the requirement lines of several parties (by name) and with what is installed.

    With `env` (see requirements.environment) lines whose marker does not hold there are left out.
    """
    named = by_name(installed)
    asked: dict[str, list[tuple[str, Requirement]]] = {}
    found: list[Conflict] = []
    for who, lines in wants.items():
        for line in lines:
            one = parse(line)
            if one.requirement is None:
                found.append(Conflict(one.name, UNKNOWN, ((who, line),)))
            elif env is None or applies(one.requirement, env):
                asked.setdefault(one.name, []).append((who, one.requirement))
    for name, parties in sorted(asked.items()):
        found += _of_package(name, parties, named)
    return found


def _of_package(
    name: str, parties: Sequence[tuple[str, Requirement]], named: Mapping[str, Package]
) -> Iterator[Conflict]:
    package = named.get(name)
    version = package.version if package else ""
    said = tuple((who, _spelt(one)) for who, one in parties)
    addresses = {one.url for _, one in parties if one.url}
    if not can_be_had([one.specifier for _, one in parties], version) or len(addresses) > 1:
        yield Conflict(name, AMONG, said, version)
        return
    unmet = tuple((who, _spelt(one)) for who, one in parties if version and not accepts(one, version))
    if not unmet:
        return
    yield Conflict(name, CHANGE, unmet, version)
    wider = [one.specifier for _, one in parties]
    holders = [
        (holder.name, one) for holder in named.values() for one in needs(holder) if canonicalize_name(one.name) == name
    ]
    broken = tuple((who, _spelt(one)) for who, one in holders if not can_be_had([*wider, one.specifier], version))
    if broken:
        yield Conflict(name, BREAKS, (*unmet, *broken), version)


def _spelt(requirement: Requirement) -> str:
    return requirement.url or str(requirement.specifier) or "*"


def can_be_had(specifiers: Sequence[SpecifierSet], installed: str = "") -> bool:
    """Whether some version could fulfil all; which versions there are is not asked.

    Ranges are cut where a specifier says so, so that one version from each piece between the cuts decides.
    """
    every = [one for specifier in specifiers for one in specifier]
    if any(one.operator == "===" for one in every):
        literal = {one.version for one in every if one.operator == "==="}
        return len(literal) == 1 and all(_contains(specifier, next(iter(literal))) for specifier in specifiers)
    cuts = {one.version.removesuffix(".*") for one in every} | ({installed} if installed else set())
    return any(
        all(specifier.contains(version, prereleases=True) for specifier in specifiers) for version in _samples(cuts)
    )


def _contains(specifier: SpecifierSet, version: str) -> bool:
    return all(
        one.version == version if one.operator == "===" else one.contains(version, prereleases=True)
        for one in specifier
    )


def _samples(cuts: Iterable[str]) -> Iterator[Version]:
    """Versions at, just above and between the cuts."""
    yield Version("0")
    yield Version("99999")
    for text in cuts:
        try:
            cut = Version(text)
        except InvalidVersion:
            continue
        yield cut
        numbers = (*cut.release, 0, 0)[: max(3, len(cut.release))]
        yield from (Version(f"{cut.epoch}!" + ".".join(map(str, (*numbers, n)))) for n in (1, 2, 99999))
        for place in range(len(numbers)):
            raised = (*numbers[:place], numbers[place] + 1, *([0] * (len(numbers) - place - 1)))
            yield Version(f"{cut.epoch}!" + ".".join(map(str, raised)))
