"""Requirement files as pip reads them, and whether an environment fulfils them; nothing is run, nothing asked."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.markers import UndefinedEnvironmentName, default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from studio.core.errors import FileProblem
from studio.core.files import problem
from studio.launcher.packages import Package, by_name

WEBUI_FILES = ("requirements_versions.txt", "requirements.txt")
MAX_FILES = 50
MAX_BYTES = 5_000_000
MET, MISSING, WRONG, SKIPPED, UNKNOWN = "met", "missing", "wrong version", "not for this Python", "unknown"
NESTED = {"-r": False, "--requirement": False, "-c": True, "--constraint": True}
EDITABLE = ("-e", "--editable")

# pip's spellings of what stands for a requirement but is none
URL = re.compile(r"^(?:(?:git|hg|svn|bzr)\+)?(?:https?|ssh|git|file|ftps?)(?:\+\w+)?://|^git\+", re.I)


@dataclass(frozen=True)
class Wanted:
    """One line of a requirements file. `origin` says where it stands ("requirements.txt:3").

    `requirement` is None and `name` "" where the line does not say which package it is about (a bare address).
    """

    text: str
    name: str
    requirement: Requirement | None
    origin: str = ""
    url: str = ""
    editable: bool = False
    constraint: bool = False


@dataclass(frozen=True)
class Judgement:
    """Whether a wanted package is there: one of MET, MISSING, WRONG, SKIPPED, UNKNOWN; `found` is its version or ""."""

    wanted: Wanted
    status: str
    found: str = ""


@dataclass(frozen=True)
class Unmet:
    """What an installed package needs and does not find; `found` is the version that is there, "" if none."""

    package: Package
    requirement: Requirement
    found: str


def environment(version: tuple[int, ...], base: Mapping[str, str] | None = None) -> dict[str, str]:
    """What markers see in a Python of that version on this machine."""
    numbers = (*version, 0, 0)[:3]
    full = ".".join(map(str, numbers))
    said = {str(key): str(value) for key, value in (base or default_environment()).items()}
    return said | {
        "python_version": ".".join(map(str, numbers[:2])),
        "python_full_version": full,
        "implementation_version": full,
        "extra": "",
    }


def read(path: Path) -> list[Wanted]:
    """The requirements in a file and in those it includes (-r, -c), each file once. Raises FileProblem."""
    return list(_read(path, path.absolute().parent, False, set()))


def of_webui(folder: Path) -> list[Wanted]:
    """What a web UI itself asks for; [] without a file that says so. Raises FileProblem."""
    path = next((folder / name for name in WEBUI_FILES if (folder / name).is_file()), None)
    return read(path) if path else []


def _read(path: Path, root: Path, constraint: bool, seen: set[Path]) -> Iterator[Wanted]:
    path = Path(os.path.normpath(path.absolute()))
    if path in seen:
        return
    seen.add(path)
    if len(seen) > MAX_FILES:
        raise FileProblem(path, "{path} includes too many files.", "Look into the requirements files by hand.")
    for number, line in logical_lines(_text(path)):
        place = f"{_relative(path, root)}:{number}"
        option, value = _option(line)
        if option in NESTED:
            if not URL.match(value):
                yield from _read(path.parent / value, root, constraint or NESTED[option], seen)
        elif option in EDITABLE:
            yield replace(parse(value, place), editable=True, constraint=constraint)
        elif not option:
            yield replace(parse(line, place), constraint=constraint)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileProblem(path, "{path} is too large for a requirements file.", "Look into the file.")
        data = path.read_bytes()
    except OSError as error:
        raise problem(path, error) from error
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data.decode(encoding, "replace")


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers: continued ones joined, comments and blanks left out, ${NAME} filled in."""
    begun, parts = 0, []
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        begun = begun if parts else number
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            parts.append(line.removesuffix("\\").strip() if not parts else " " + line.removesuffix("\\").strip())
            continue
        whole = "".join(parts) + ("" if is_comment else (" " if parts else "") + line)
        parts = []
        clean = re.sub(r"(^|\s+)#.*$", "", whole).strip()
        if clean:
            yield begun, re.sub(r"\$\{([A-Z0-9_]+)\}", lambda found: os.environ.get(found[1]) or found[0], clean)


def _option(line: str) -> tuple[str, str]:
    """The option a line consists of and its value; ("", "") for a requirement."""
    found = re.match(r"(-[a-zA-Z]|--[a-z][a-z-]*)(?:\s*=\s*|\s+|$|(?<=^-[rce]))(.*)", line)
    return (found[1], found[2].strip().strip("\"'")) if found else ("", "")


def parse(text: str, origin: str = "") -> Wanted:
    """One requirement as it stands in a file or on a command line."""
    line = re.sub(r"\s+--(?:hash|config-settings?|global-option)[= ].*$", "", text.strip())
    if URL.match(line):
        return _of_address(line, origin)
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return _of_path(line, origin)
    name = canonicalize_name(requirement.name)
    return Wanted(line, name, requirement, origin, url=requirement.url or "")


def _of_address(line: str, origin: str) -> Wanted:
    """A bare address: its name is in #egg=, or it is a wheel."""
    address = line.split(" ;")[0].strip()
    parts = urlsplit(address)
    egg = re.search(r"(?:^|&)egg=([\w.-]+)(\[[\w,. -]*\])?", unquote(parts.fragment))
    if egg:
        return Wanted(line, canonicalize_name(egg[1]), _requirement(egg[1] + (egg[2] or "")), origin, url=address)
    wheel = _wheel(unquote(parts.path).rsplit("/", 1)[-1])
    return replace(wheel, text=line, origin=origin, url=address) if wheel else Wanted(line, "", None, origin, address)


def _of_path(line: str, origin: str) -> Wanted:
    wheel = _wheel(re.split(r"[\\/]", line.split(" ;")[0].strip())[-1])
    return replace(wheel, text=line, origin=origin, url=line) if wheel else Wanted(line, "", None, origin)


def _wheel(filename: str) -> Wanted | None:
    try:
        name, version, _, _ = parse_wheel_filename(filename)
    except (InvalidWheelFilename, InvalidVersion):
        return None
    return Wanted(filename, name, _requirement(f"{name}=={version}"))


def _requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def judge(wanted: Iterable[Wanted], packages: Iterable[Package], env: Mapping[str, str]) -> list[Judgement]:
    """Whether each wanted package is there in a version that fits; constraints only count for what is there."""
    named = by_name(packages)
    return [_judgement(one, named, env) for one in wanted]


def _judgement(wanted: Wanted, named: Mapping[str, Package], env: Mapping[str, str]) -> Judgement:
    requirement = wanted.requirement
    if requirement is not None and not applies(requirement, env):
        return Judgement(wanted, SKIPPED)
    package = named.get(wanted.name)
    found = package.version if package else ""
    if not wanted.name:
        return Judgement(wanted, UNKNOWN)
    if package is None or package.problem:
        return Judgement(wanted, MET if wanted.constraint and package is None else MISSING)
    if requirement is None:
        return Judgement(wanted, MET, found)
    if not accepts(requirement, found):
        return Judgement(wanted, WRONG, found)
    return Judgement(wanted, MET if not lacking_extras(requirement, named, env) else MISSING, found)


def applies(requirement: Requirement, env: Mapping[str, str], extras: Iterable[str] = ("",)) -> bool:
    """Whether a requirement's marker holds there, with at least one of `extras`."""
    if requirement.marker is None:
        return True
    try:
        return any(requirement.marker.evaluate({**env, "extra": extra}) for extra in extras)
    except (UndefinedEnvironmentName, InvalidVersion):
        return True


def applies_to(wanted: Wanted, version: tuple[int, ...]) -> bool:
    """Whether a wanted line is meant for a Python of that version on this machine."""
    return wanted.requirement is None or applies(wanted.requirement, environment(version))


def accepts(requirement: Requirement, version: str) -> bool:
    """Whether a version fulfils a requirement; what is installed may be a preview, and an odd version fits no range."""
    try:
        return requirement.specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return not requirement.specifier or any(
            s.operator == "===" and s.version == version for s in requirement.specifier
        )


def lacking_extras(requirement: Requirement, named: Mapping[str, Package], env: Mapping[str, str]) -> list[Requirement]:
    """What a requirement's extras need and do not find."""
    package = named.get(canonicalize_name(requirement.name))
    if package is None or not requirement.extras:
        return []
    wanted = (one for one in needs(package) if one.marker is not None and "extra" in str(one.marker))
    return [
        one
        for one in wanted
        if applies(one, env, requirement.extras) and not applies(one, env) and not is_met(one, named)
    ]


def needs(package: Package) -> list[Requirement]:
    """What a package's metadata requires; lines that cannot be read are passed over."""
    return [one for one in map(_requirement, package.requires) if one is not None]


def is_met(requirement: Requirement, named: Mapping[str, Package]) -> bool:
    """Whether a package is there in a version that fits."""
    package = named.get(canonicalize_name(requirement.name))
    return package is not None and accepts(requirement, package.version)


def unmet(packages: Iterable[Package], env: Mapping[str, str]) -> list[Unmet]:
    """What installed packages need from each other and do not find, without extras (as `pip check`)."""
    named = by_name(packages)
    found = []
    for package in named.values():
        for one in needs(package):
            if applies(one, env) and not is_met(one, named):
                there = named.get(canonicalize_name(one.name))
                found.append(Unmet(package, one, there.version if there else ""))
    return found
