"""Mending an environment: only what is wrong is changed, offline first; whether nothing else was is checked."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from studio.core import trash
from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.launcher import packages, requirements, shield, venv
from studio.launcher import pip as pips
from studio.launcher.child_env import child_env
from studio.launcher.findings import Finding, Step
from studio.launcher.install import Install
from studio.launcher.packages import Package
from studio.launcher.wheelhouse import Wheel, WheelHouse

ORDER = ("make", "recreate", "rehome", "rename", "discard", "restore_pip", "install", "reinstall")
NEW = ("make", "recreate")
LOCAL_FAILURES = (pips.ABSENT, pips.CONFLICT, pips.DAMAGED, pips.HASHES, pips.OTHER)


@dataclass(frozen=True)
class Change:
    """A package whose version is another one than before; "" where it was not or is no longer there."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Repaired:
    """What a repair changed, which of that nobody asked for, and what went to the trash."""

    changes: tuple[Change, ...]
    unexpected: tuple[Change, ...]
    discarded: tuple[trash.Discarded, ...]


class RepairFailed(StudioError):
    """A repair that could not begin."""


def plan(found: Iterable[Finding]) -> list[Step]:
    """The steps that mend these findings, in the order they are to be done, each thing once.

    Where the environment is made anew, nothing else is mended in it first.
    """
    found = list(found)
    anew = [one for one in found if any(step.kind in NEW for step in one.steps)]
    return ordered(step for one in anew[:1] or found for step in one.steps)


def ordered(steps: Iterable[Step]) -> list[Step]:
    """Steps in the order they are to be done; each package in the first that names it, those alike made one."""
    return _once(sorted(dict.fromkeys(steps), key=lambda step: ORDER.index(step.kind)))


def _once(steps: Sequence[Step]) -> list[Step]:
    told: set[str] = set()
    merged: dict[tuple[object, ...], Step] = {}
    for step in steps:
        names = tuple(text for text in step.names if _name(text) not in told)
        told |= {_name(text) for text in names}
        if step.names and not names:
            continue
        key = (step.kind, step.python, step.index_url, step.dependencies, step.wheels)
        before = merged.get(key, Step(step.kind))
        merged[key] = Step(
            step.kind,
            (*before.names, *names),
            (*before.paths, *(path for path in step.paths if path not in before.paths)),
            step.python,
            step.index_url,
            step.dependencies,
            step.wheels,
        )
    return list(merged.values())


def _name(text: str) -> str:
    return requirements.parse(text).name or text


def run(
    steps: Sequence[Step],
    install: Install,
    settings: Settings,
    context: JobContext,
    places: Places,
    *,
    house: WheelHouse | None = None,
    base: Mapping[str, str] | None = None,
    line: Callable[[str], None] | None = None,
) -> Repaired:
    """Do the steps of a plan; each is delivered once it is done.

    Packages no step names are held at their versions, whatever the new ones ask for. `base` is what the children's
    environment grows from. Raises StudioError or Cancelled; what went to the trash and was not replaced by then comes
    back, so that the environment is as it was or better.
    """
    before = _versions(install)
    done: list[trash.Discarded] = []
    repair = _Repair(install, settings, context, places, house, base, line, done, _names(steps))
    try:
        for step in steps:
            context.check()
            repair.do(step)
            context.deliver(step)
    except BaseException:
        _put_back(done, install, places)
        raise
    changes = changed(before, _versions(install))
    is_new = any(step.kind in NEW for step in steps)
    wanted = {_name(text) for step in steps for text in step.names} | _restored(steps)
    unexpected = [one for one in changes if one.before and one.name not in wanted and not is_new]
    return Repaired(tuple(changes), tuple(unexpected), tuple(done))


def _names(steps: Iterable[Step]) -> frozenset[str]:
    return frozenset(_name(text) for step in steps for text in step.names)


def _restored(steps: Iterable[Step]) -> set[str]:
    return {"pip", "setuptools"} if any(step.kind == "restore_pip" for step in steps) else set()


def _versions(install: Install) -> dict[str, str]:
    found = packages.by_name(packages.installed(packages.site_packages(install.venv)))
    return {name: package.version for name, package in found.items()}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """The packages that differ between two lists of versions by name."""
    names = sorted({*before, *after})
    return [
        Change(name, before.get(name, ""), after.get(name, "")) for name in names if before.get(name) != after.get(name)
    ]


@dataclass(frozen=True)
class _Repair:
    """A repair that is going on."""

    install: Install
    settings: Settings
    context: JobContext
    places: Places
    house: WheelHouse | None
    base: Mapping[str, str] | None
    line: Callable[[str], None] | None
    done: list[trash.Discarded]
    free: frozenset[str]

    def do(self, step: Step) -> None:
        """Do one step."""
        {
            "make": self.make,
            "recreate": self.make,
            "rehome": self.rehome,
            "rename": lambda _: venv.rename_scripts(self.install.venv),
            "discard": self.discard,
            "restore_pip": self.restore_pip,
            "install": self.put_in,
            "reinstall": self.put_in,
        }[step.kind](step)

    def environ(self, constraints: Path | None = None, build: Path | None = None) -> dict[str, str]:
        """The environment of a child."""
        return child_env(self.settings, base=self.base, constraints=constraints, build_constraints=build)

    def make(self, step: Step) -> None:
        """Make the environment; the old one is kept in the trash."""
        if step.python is None:
            raise RepairFailed("No Python was chosen for the environment.", "Choose one from the list.")
        old = venv.recreate(step.python.path, self.install.venv, self.environ(), self.context, self.places)
        if old is not None:
            self.done.append(old)

    def rehome(self, step: Step) -> None:
        """Lead the environment to another Python of the same version."""
        if step.python is None:
            raise RepairFailed("No Python was chosen for the environment.", "Choose one from the list.")
        venv.rehome(self.install.venv, step.python.path, step.python.version)

    def discard(self, step: Step) -> None:
        """Move files to the trash; those that are gone by now are done already."""
        paths = [path for path in step.paths if os.path.lexists(path)]
        if paths:
            self.done.append(trash.discard(paths, self.places))

    def restore_pip(self, _: Step) -> None:
        """Bring pip back."""
        venv.restore_pip(self.install.venv, self.environ(), self.context)

    def put_in(self, step: Step) -> None:
        """Install from the wheel-house; what it lacks, from the index."""
        found = packages.installed(packages.site_packages(self.install.venv))
        with TemporaryDirectory(prefix="repair-") as scratch:
            held = [package.name for package in found if package.name not in self.free]
            runtime, build = shield.write(Path(scratch), found, held)
            environ = self.environ(runtime, build)
            if not self._from_house(step, environ, packages.by_name(found)):
                self._pip(step, environ)

    def _from_house(self, step: Step, environ: Mapping[str, str], found: Mapping[str, Package]) -> bool:
        """Whether the wheel-house had all of it; what is put in again is the very same, if that is there."""
        if self.house is None:
            return False
        same = [wheel for text in step.names if (wheel := _same(self.house, text, found.get(_name(text))))]
        chosen = step.wheels or (same if step.kind == "reinstall" else ())
        versions = {wheel.name: wheel.version for wheel in chosen}
        names = [_kept_as(self.house, text, versions.get(_name(text), "")) for text in step.names]
        if not all(names):
            return False
        with self.house.links(chosen) as folder:
            try:
                self._pip(replace(step, names=tuple(names)), environ, find_links=folder, offline=True)
            except pips.PipFailed as failed:
                if failed.code not in LOCAL_FAILURES:
                    raise
                return False
        return True

    def _pip(
        self, step: Step, environ: Mapping[str, str], *, find_links: Path | None = None, offline: bool = False
    ) -> None:
        pips.install(
            self.install.venv,
            step.names,
            environ,
            self.context,
            index_url=step.index_url,
            find_links=find_links,
            offline=offline,
            dependencies=step.dependencies,
            anew=step.kind == "reinstall",
            line=self.line,
        )


def _same(house: WheelHouse, text: str, package: Package | None) -> Wheel | None:
    """The kept wheel of an installed package, if that is what a requirement asks for."""
    wanted = requirements.parse(text)
    if package is None or wanted.requirement is None:
        return None
    fits = wanted.url == package.origin if wanted.url else requirements.accepts(wanted.requirement, package.version)
    return house.exact(package.name, package.version, packages.fingerprint(package)) if fits else None


def _kept_as(house: WheelHouse, text: str, version: str) -> str:
    """The requirement by which the wheel-house has what is wanted, in a chosen `version` if there is one; "" if not.

    What came from an address it has by name, as long as there is one version of it only.
    """
    if version:
        return f"{_name(text)}=={version}"
    if _is_plain(text):
        return text if house.find(text) else ""
    return _name(text) if len({wheel.version for wheel in house.find(_name(text))}) == 1 else ""


def _is_plain(text: str) -> bool:
    """Whether a requirement is a name with versions, no address."""
    wanted = requirements.parse(text)
    return wanted.requirement is not None and not wanted.url


def _put_back(done: Sequence[trash.Discarded], install: Install, places: Places) -> None:
    """Take back from the trash what has not been replaced; an environment half made makes way for the old one."""
    for one in reversed(done):
        originals = [item.original for item in one.items]
        if install.venv.absolute() in originals and install.venv.exists():
            trash.discard([install.venv], places)
        if not any(os.path.lexists(path) for path in originals):
            trash.restore(one)


def keep(install: Install, house: WheelHouse, context: JobContext) -> list[Package]:
    """Fill the wheel-house from an environment that works; the packages that could not be kept. Raises Cancelled."""
    return house.fill(packages.installed(packages.site_packages(install.venv)), context)
